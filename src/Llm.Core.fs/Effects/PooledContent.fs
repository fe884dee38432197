// A request's body on its way over HttpClient: written into segments of the shared pool, which go back when it was sent.
// Called by HttpTransport. Segments rather than one array, so that a large attachment is never copied to grow, nor rounded up to the
// pool's next size.
namespace Llm.Core

open System
open System.Buffers
open System.IO
open System.Net
open System.Net.Http
open System.Threading
open System.Threading.Tasks

/// Grows by segments from the pool, each twice as large as the one before up to the largest. One thread at a time.
[<Sealed>]
type internal PooledSegments(pool: ArrayPool<byte>) =
    // A call holds it while it waits for a connection, as thousands may at once; most requests are smaller.
    static let smallest = 1024
    static let largest = 1024 * 1024

    /// Places for segments, at first: they double, so a body of a megabyte has ten.
    static let several = 16

    // Most requests need one segment, so there are mostly none; they are borrowed as the segments are.
    let mutable full: struct (byte[] * int)[] | null = null
    let mutable fullCount = 0
    let mutable current = Array.Empty<byte>()
    let mutable filled = 0
    let mutable length = 0L

    let places () =
        match full with
        | null ->
            let first = ArrayPool<struct (byte[] * int)>.Shared.Rent several
            full <- first
            first
        | places when fullCount < places.Length -> places
        | places ->
            let more = ArrayPool<struct (byte[] * int)>.Shared.Rent(2 * fullCount)
            Array.Copy(places, more, fullCount)
            ArrayPool<struct (byte[] * int)>.Shared.Return(places, clearArray = true)
            full <- more
            more

    let next (sizeHint: int) =
        if current.Length > 0 then
            places()[fullCount] <- struct (current, filled)
            fullCount <- fullCount + 1

        current <- pool.Rent(max sizeHint (min largest (max smallest (current.Length * 2))))
        filled <- 0

    /// Bytes written.
    member _.Length = length

    /// How many segments were written.
    member _.Count = if filled > 0 then fullCount + 1 else fullCount

    /// The segment of a position, in the order of writing.
    member _.Item
        with get (position: int): ReadOnlyMemory<byte> =
            match full with
            | null -> ReadOnlyMemory(current, 0, filled)
            | _ when position = fullCount -> ReadOnlyMemory(current, 0, filled)
            | places ->
                let struct (segment, count) = places[position]
                ReadOnlyMemory(segment, 0, count)

    /// Gives all memory back to the pool; nothing was written then.
    member _.Return() : unit =
        match full with
        | null -> ()
        | places ->
            for position in 0 .. fullCount - 1 do
                let struct (segment, _) = places[position]
                pool.Return segment

            ArrayPool<struct (byte[] * int)>.Shared.Return(places, clearArray = true)

        if current.Length > 0 then pool.Return current

        full <- null
        fullCount <- 0
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

    /// Writes from a position on. Most requests are one segment, which the connection takes at once.
    let rec write (position: int) (stream: Stream) (cancellationToken: CancellationToken) : ValueTask =
        if position = segments.Count then
            ValueTask.CompletedTask
        else
            let writing = stream.WriteAsync(segments[position], cancellationToken)

            if writing.IsCompletedSuccessfully then
                write (position + 1) stream cancellationToken
            else
                ValueTask(writeAfter writing (position + 1) stream cancellationToken)

    and writeAfter (writing: ValueTask) (first: int) (stream: Stream) (cancellationToken: CancellationToken) : Task = task {
        do! writing.ConfigureAwait false
        // A loop over a range would be an enumerator here, which a process's first call compiles.
        let mutable position = first

        while position < segments.Count do
            do! stream.WriteAsync(segments[position], cancellationToken).ConfigureAwait false
            position <- position + 1
    }

    let copyTo (stream: Stream) (cancellationToken: CancellationToken) : Task =
        enter ()

        let writing =
            try
                write 0 stream cancellationToken
            with failure ->
                ValueTask.FromException failure

        if writing.IsCompletedSuccessfully then
            leave ()
            Task.CompletedTask
        else
            task {
                try
                    do! writing.ConfigureAwait false
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
