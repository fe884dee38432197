// A request's body on its way over HttpClient: written into segments of the shared pool, which go back when it was sent.
// Called by HttpTransport. Segments rather than one array, so that a large attachment is never copied to grow, nor rounded up to the
// pool's next size.
namespace Llm.Core

open System
open System.Buffers
open System.Collections.Generic
open System.IO
open System.Net
open System.Net.Http
open System.Threading
open System.Threading.Tasks

/// Grows by segments from the pool, each twice as large as the one before up to the largest. One thread at a time.
[<Sealed>]
type internal PooledSegments(pool: ArrayPool<byte>) =
    static let smallest = 16 * 1024
    static let largest = 1024 * 1024

    let full = List<struct (byte[] * int)>()
    let mutable current = Array.Empty<byte>()
    let mutable filled = 0
    let mutable length = 0L

    let next (sizeHint: int) =
        if current.Length > 0 then full.Add(struct (current, filled))

        current <- pool.Rent(max sizeHint (min largest (max smallest (current.Length * 2))))
        filled <- 0

    /// Bytes written.
    member _.Length = length

    /// How many segments were written.
    member _.Count = if filled > 0 then full.Count + 1 else full.Count

    /// The segment of a position, in the order of writing.
    member _.Item
        with get (position: int): ReadOnlyMemory<byte> =
            if position < full.Count then
                let struct (segment, count) = full[position]
                ReadOnlyMemory(segment, 0, count)
            else
                ReadOnlyMemory(current, 0, filled)

    /// Gives all memory back to the pool; nothing was written then.
    member _.Return() : unit =
        for struct (segment, _) in full do
            pool.Return segment

        if current.Length > 0 then pool.Return current

        full.Clear()
        current <- Array.Empty<byte>()
        filled <- 0
        length <- 0L

    member private _.Reserve(sizeHint: int) : unit = if current.Length - filled < max 1 sizeHint then next sizeHint

    interface IBufferWriter<byte> with
        member _.Advance(count: int) =
            filled <- filled + count
            length <- length + int64 count

        member this.GetMemory(sizeHint: int) =
            this.Reserve sizeHint
            current.AsMemory filled

        member this.GetSpan(sizeHint: int) =
            this.Reserve sizeHint
            current.AsSpan filled

/// <summary>
/// The body as HTTP content of a known length; it can be sent again, as a redirect does. Disposing it gives the memory back, though never
/// under the hands of a send that still reads it (a server may answer, or the caller cancel, before all was sent).
/// </summary>
[<Sealed>]
type internal PooledContent(body: RequestBody, pool: ArrayPool<byte>) =
    inherit HttpContent()

    let segments = PooledSegments pool
    let mutable readers = 0
    let mutable isDisposed = false
    do body.WriteTo segments

    let enter () =
        lock segments (fun () ->
            ObjectDisposedException.ThrowIf(isDisposed, typeof<PooledContent>)
            readers <- readers + 1)

    let leave () =
        lock segments (fun () ->
            readers <- readers - 1

            if isDisposed && readers = 0 then segments.Return())

    let copyTo (stream: Stream) (cancellationToken: CancellationToken) : Task = task {
        enter ()
        // A loop over a range would be an enumerator here, which a process's first call compiles.
        let mutable position = 0

        try
            while position < segments.Count do
                do! stream.WriteAsync(segments[position], cancellationToken).ConfigureAwait false
                position <- position + 1
        finally
            leave ()
    }

    override _.TryComputeLength(length: byref<int64>) =
        length <- segments.Length
        true

    override _.SerializeToStreamAsync(stream: Stream, _: TransportContext) : Task = copyTo stream CancellationToken.None

    override _.SerializeToStreamAsync(stream: Stream, _: TransportContext, cancellationToken: CancellationToken) : Task =
        copyTo stream cancellationToken

    override _.SerializeToStream(stream: Stream, _: TransportContext, _: CancellationToken) : unit =
        enter ()

        try
            for position in 0 .. segments.Count - 1 do
                stream.Write segments[position].Span
        finally
            leave ()

    override _.Dispose(disposing: bool) =
        lock segments (fun () ->
            if disposing && not isDisposed then
                isDisposed <- true

                if readers = 0 then segments.Return())

        base.Dispose disposing
