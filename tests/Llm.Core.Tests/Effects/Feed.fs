// A body that a test feeds by hand, piece by piece, and a transport that answers with it.
namespace Llm.Core.Tests

open System
open System.IO
open System.Text
open System.Threading
open System.Threading.Channels
open System.Threading.Tasks
open Llm.Core

/// What a feed gives next.
[<RequireQualifiedAccess>]
type private Piece =
    | Bytes of byte[]
    | Break

/// <summary>A body whose bytes come when the test says so. A read waits until then, or until it is cancelled.</summary>
[<Sealed>]
type Feed() =
    inherit Stream()
    let pieces = Channel.CreateUnbounded<Piece>()
    let disposed = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously
    let mutable rest = ReadOnlyMemory<byte>.Empty
    let mutable reading = 0

    let write piece = if not (pieces.Writer.TryWrite piece) then invalidOp "the feed has ended"

    /// Bytes that come now.
    member _.Bytes(bytes: byte[]) : unit = write (Piece.Bytes bytes)

    /// Text that comes now.
    member this.Text(text: string) : unit = this.Bytes(Encoding.UTF8.GetBytes text)

    /// An event that comes now.
    member this.Event(data: string) : unit = this.Text $"data: {data}\n\n"

    /// The connection breaks after what came.
    member _.Break() : unit = write Piece.Break

    /// The body ends after what came.
    member _.End() : unit = pieces.Writer.Complete()

    /// Completes when the body is disposed of.
    member _.Disposed: Task = disposed.Task

    /// Waits until somebody waits for bytes.
    member _.WhenAwaited() : Task = task {
        while Volatile.Read &reading = 0 do
            do! Task.Yield()
    }

    override _.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<int> =
        ValueTask<int>(
            task {
                if rest.IsEmpty then
                    Interlocked.Increment &reading |> ignore

                    try
                        let! more = pieces.Reader.WaitToReadAsync cancellationToken

                        if more then
                            match pieces.Reader.TryRead() with
                            | true, Piece.Bytes bytes -> rest <- ReadOnlyMemory bytes
                            | true, Piece.Break -> raise (IOException "The connection was reset.")
                            | _ -> ()
                    finally
                        Interlocked.Decrement &reading |> ignore

                let count = min rest.Length memory.Length
                rest.Slice(0, count).CopyTo memory
                rest <- rest.Slice count
                return count
            }
        )

    override _.Dispose(_: bool) = disposed.TrySetResult() |> ignore
    override _.CanRead = true
    override _.CanSeek = false
    override _.CanWrite = false
    override _.Length = raise (NotSupportedException())

    override _.Position
        with get () = raise (NotSupportedException())
        and set _ = raise (NotSupportedException())

    override _.Flush() = ()
    override _.Read(_: byte[], _, _) = raise (NotSupportedException())
    override _.Seek(_, _) = raise (NotSupportedException())
    override _.SetLength _ = raise (NotSupportedException())
    override _.Write(_: byte[], _, _) = raise (NotSupportedException())

[<RequireQualifiedAccess>]
module Feed =
    /// A transport whose one answer has this status and body.
    let answering (status: int) (feed: Feed) : Transport =
        Transport.create (fun _ _ -> Task.FromResult(Ok(new TransportResponse(status, [], feed, null))))
