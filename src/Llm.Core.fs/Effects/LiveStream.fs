// An answer while it comes. What was read is kept, so that every view can start at the beginning, at any time, and go on live.
// Whoever asks for more than was read does the reading; nobody reads ahead, and only one reads at a time.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// An open answer and its reader.
type internal OpenStream = { Headers: HeaderSource; Body: Body; Reader: BodyReader }

/// The call of a stream: how it connects, once, and what the answer's end needs to know of it.
[<AbstractClass>]
type internal StreamCall() =
    abstract Provider: string
    abstract ShowsThoughts: bool
    abstract Connect: cancellationToken: CancellationToken -> Task<Result<OpenStream, LlmError>>
    abstract ToResponse: reply: Reply * headers: HeaderSource -> Response

    /// What came and what had begun, with the call around it; None where there was no call.
    abstract Interrupt: partial: Reply * unfinished: AssistantPart list -> Interruption option

    /// The error without what is secret.
    abstract Redact: error: LlmError -> LlmError

/// The live answer behind a StreamResponse: it reads and keeps.
[<Sealed>]
type internal LiveStream(call: StreamCall) =
    // All that came, and of that what is shown.
    let log = ChunkLog()
    let chunks = if call.ShowsThoughts then log else ChunkLog()
    let gate = new SemaphoreSlim(1, 1)
    // Cancelled when the stream is disposed of, so that nobody waits for a connection that nobody wants; there while a read connects.
    let mutable connecting: CancellationTokenSource | null = null
    let mutable isDisposed = false
    // Options, for other threads read them while they are written: a reference is never seen half.
    let mutable source: OpenStream option = None
    let mutable ending: StreamEnd option = None
    let mutable onEnd: StreamEnd -> unit = ignore

    let isHidden (chunk: Chunk) =
        match chunk with
        | Chunk.ThoughtStart _
        | Chunk.ThoughtDelta _
        | Chunk.ThoughtEnd _ -> true
        | _ -> false

    let take (chunk: Chunk) =
        log.Add chunk

        if not call.ShowsThoughts && not (isHidden chunk) then chunks.Add chunk

    let count (counting: ICounting) =
        log.Add counting

        if not call.ShowsThoughts then chunks.Add counting

    /// All before what is shown of it, so that who sees a chunk finds it in the content.
    let publish () =
        log.Publish()
        chunks.Publish()

    let shown (reply: Reply) : Reply = if call.ShowsThoughts then reply else { reply with Content = Content.withoutThoughts reply.Content }

    let close (how: StreamEnd) =
        ending <- Some how

        match source with
        | Some opened ->
            (opened.Body :> IDisposable).Dispose()
            (opened.Reader :> IDisposable).Dispose()
            source <- None
        | None -> ()

        onEnd how

    /// What all that came comes to; by the one who reads.
    let folded () : PartialReply =
        publish ()
        log.Folded

    let partial () = shown (Reducer.partial (folded ()))

    let closeComplete (headers: HeaderSource) =
        match Reducer.finish (folded ()) with
        | Completion.Complete reply -> close (StreamEnd.Complete(call.ToResponse(reply, headers)))
        | Completion.Truncated partial -> close (StreamEnd.Truncated(shown partial))

    /// After the proof, a break of the connection takes nothing away.
    let closeBroken (headers: HeaderSource) (error: LlmError) =
        if Reducer.isFinished (folded ()) then
            closeComplete headers
        else
            close (StreamEnd.Failed(partial (), call.Redact error))

    /// Takes all events that are there; says whether more bytes are needed.
    let rec drain (opened: OpenStream) : bool =
        match opened.Reader.Read() with
        | ReadStep.Chunks more ->
            Chunks.iter take count more
            drain opened
        | ReadStep.Failed error ->
            close (StreamEnd.Failed(partial (), call.Redact error))
            false
        | ReadStep.Done ->
            closeComplete opened.Headers
            false
        | ReadStep.NeedBytes ->
            publish ()
            true

    /// From here on, disposing of the stream ends a read that waits; at once where it was disposed of while it connected.
    let attach (opened: OpenStream) =
        Volatile.Write(&source, Some opened)
        Interlocked.MemoryBarrier()

        if Volatile.Read &isDisposed then opened.Body.Abort()

    /// What ends the connecting: the caller's token, or the stream when it is disposed of; at once where it was.
    let startConnecting (cancellationToken: CancellationToken) : CancellationToken =
        let source =
            if cancellationToken.CanBeCanceled then
                CancellationTokenSource.CreateLinkedTokenSource cancellationToken
            else
                new CancellationTokenSource()

        Volatile.Write(&connecting, source)
        Interlocked.MemoryBarrier()

        if Volatile.Read &isDisposed then source.Cancel()

        source.Token

    /// The caller's token is not followed any more.
    let endConnecting () =
        match connecting with
        | null -> ()
        | source ->
            Volatile.Write(&connecting, null)
            source.Dispose()

    /// From another thread; it may have connected just then.
    let abortConnecting () =
        match Volatile.Read &connecting with
        | null -> ()
        | source ->
            try
                source.Cancel()
            with :? ObjectDisposedException ->
                ()

    let closeFailed (opened: OpenStream) (error: LlmError) =
        match error with
        | LlmError.Cancelled _ -> close (StreamEnd.Cancelled(partial ()))
        | _ -> closeBroken opened.Headers error

    /// Takes the bytes that a read gave, or its error.
    let takeRead (opened: OpenStream) (read: Result<int, LlmError>) =
        match read with
        | Ok 0 ->
            opened.Reader.End()
            drain opened |> ignore
        | Ok count ->
            opened.Reader.Advance count
            drain opened |> ignore
        | Error error -> closeFailed opened error

    let isWanting (known: int) = ending.IsNone && chunks.Count <= known

    /// Closes the connection, and ends a read that waits.
    let stop () : Task = task {
        Volatile.Write(&isDisposed, true)
        Interlocked.MemoryBarrier()

        abortConnecting ()
        Volatile.Read &source |> Option.iter (fun opened -> opened.Body.Abort())
        do! gate.WaitAsync().ConfigureAwait false

        try
            if ending.IsNone then close (StreamEnd.Cancelled(partial ()))
        finally
            gate.Release() |> ignore
    }

    /// A codec or transport that throws is broken: the stream must not go on as if nothing had been lost.
    let failWith (failure: exn) : unit =
        match failure with
        | :? OperationCanceledException -> close (StreamEnd.Cancelled(partial ()))
        | _ ->
            let error = LlmError.InvalidResponse(call.Provider, failure.Message, "")
            close (StreamEnd.Failed(partial (), call.Redact error))

    /// Reads until there is a chunk more than were known, or the end. All in one state machine: a stream waits for each of its chunks.
    let pull (known: int) (cancellationToken: CancellationToken) : Task<bool> = task {
        try
            do! gate.WaitAsync(cancellationToken).ConfigureAwait false

            try
                try
                    if isWanting known && source.IsNone then
                        match! (call.Connect(startConnecting cancellationToken)).ConfigureAwait false with
                        | Ok opened -> attach opened
                        | Error error -> close (StreamEnd.Failed(partial (), call.Redact error))

                    while isWanting known do
                        let opened = source.Value

                        // Where nothing is pending it waits with no buffer in hand: thousands of streams idle at once.
                        if opened.Reader.Rest() && opened.Body.WaitsWithoutBuffer then
                            let! ready = opened.Body.ReadAsync(Memory.Empty, cancellationToken).ConfigureAwait false

                            match ready with
                            | Ok _ -> ()
                            | Error error -> closeFailed opened error

                        if ending.IsNone then
                            let! read = opened.Body.ReadAsync(opened.Reader.GetMemory(), cancellationToken).ConfigureAwait false
                            takeRead opened read
                with failure when ending.IsNone ->
                    failWith failure
            finally
                endConnecting ()
                gate.Release() |> ignore

            cancellationToken.ThrowIfCancellationRequested()
        with :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            do! (stop ()).ConfigureAwait false
            cancellationToken.ThrowIfCancellationRequested()

        return chunks.Count > known
    }

    /// The provider's id.
    member _.Provider = call.Provider

    /// Whether a chunk of this position comes; waits for it.
    member _.WaitForAsync(position: int, cancellationToken: CancellationToken) : ValueTask<bool> =
        if not cancellationToken.IsCancellationRequested && chunks.Count > position then
            ValueTask<bool> true
        else
            ValueTask<bool>(pull position cancellationToken)

    /// The chunk of a position that has come.
    member _.Item
        with get (position: int): Chunk = chunks[position]

    /// The chunk of a position that has come, where it may be one of a part: what is enough for who shows parts.
    member _.TryPart(position: int) : Chunk voption = chunks.TryPart position

    /// How many have come.
    member _.Count = chunks.Count

    /// Opens the connection, so that a refusal is known before the first read; gives the face that the open stream is shown as.
    member _.OpenAsync(face: 'face, cancellationToken: CancellationToken) : Task<Result<'face, LlmError>> = task {
        match! (call.Connect cancellationToken).ConfigureAwait false with
        | Ok opened ->
            attach opened
            return Ok face
        | Error error -> return Error(call.Redact error)
    }

    /// How it ended; None while it has not.
    member _.End: StreamEnd option = ending

    /// <summary>What has come so far: text as it grows, thoughts and tool calls when whole.</summary>
    member _.Content: AssistantPart list =
        let content = Reducer.content log.Folded

        if call.ShowsThoughts then content else Content.withoutThoughts content

    /// What is there to go on with, after an end that is no answer.
    member _.Interruption: Interruption option =
        let unfinished () =
            let parts = Reducer.unfinished log.Folded
            if call.ShowsThoughts then parts else Content.withoutThoughts parts

        match ending with
        | Some(StreamEnd.Truncated partial | StreamEnd.Failed(partial, _) | StreamEnd.Cancelled partial) ->
            call.Interrupt(partial, unfinished ())
        | Some(StreamEnd.Complete _)
        | None -> None

    /// What was used, as far as the provider has said.
    member _.Usage: Usage option = Reducer.usage log.Folded

    /// Is told how it ends, once, after those that were to be told before; to be said before anybody reads.
    member _.TellEnd(action: StreamEnd -> unit) : unit =
        let earlier = onEnd

        onEnd <-
            fun ending ->
                earlier ending
                action ending

    /// The error that the end is; None while it lives and after a complete answer.
    member _.Error: LlmError option =
        match ending |> Option.map (StreamEnd.toResult call.Provider) with
        | Some(Error error) -> Some error
        | Some(Ok _)
        | None -> None

    /// <summary>Stops reading and closes the connection; a stream that had not ended is then cancelled.</summary>
    member _.DisposeAsync() : ValueTask = ValueTask(stop ())

    interface IAsyncDisposable with
        member this.DisposeAsync() = this.DisposeAsync()
