// A streamed answer and its views. Each view starts at the beginning and ends with the stream; its last item is an error where the
// stream is not complete, so that no view of a cut stream passes for a whole one.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks

/// <summary>
/// A streamed answer. Its views start at the beginning whenever they are asked for and share what was read. A token that is cancelled while
/// one reads cancels the stream: the connection is closed and what came so far is kept. Dispose of it to stop reading early.
/// </summary>
[<Sealed>]
type StreamResponse internal (live: LiveStream) =
    member internal _.Live = live

    /// What another face of the library shows it as.
    member val internal Face: obj = null with get, set

    /// The provider's id.
    member _.Provider = live.Provider

    /// How it ended; None while it has not.
    member _.End: StreamEnd option = live.End

    /// <summary>
    /// After an end that is no answer: what there is to go on with, by <c>Interruption.resume</c>. None while it has not ended, and for a
    /// complete one.
    /// </summary>
    member _.Interruption: Interruption option = live.Interruption

    /// <summary>What has come so far: text as it grows, thoughts and tool calls when whole.</summary>
    member _.Content: AssistantPart list = live.Content

    /// What was used, as far as the provider has said.
    member _.Usage: Usage option = live.Usage

    /// <summary>Stops reading and closes the connection; a stream that had not ended is then cancelled.</summary>
    member _.DisposeAsync() : ValueTask = live.DisposeAsync()

    interface IAsyncDisposable with
        member _.DisposeAsync() = live.DisposeAsync()

/// <summary>Functions on <see cref="T:Llm.Core.StreamResponse"/>.</summary>
[<RequireQualifiedAccess>]
module StreamResponse =
    /// Inlined, so that each view is a type that can be compiled ahead of time (docs/decisions/0010).
    let inline private viewOf (seen: Seen) (initial: 'state) step (cancellationToken: CancellationToken) (stream: StreamResponse) =
        ViewEnumerable(stream.Live, 0, seen, (fun () -> SteppingViewer(initial, ViewStep step)), cancellationToken)
        :> IAsyncEnumerable<Result<'item, LlmError>>

    /// <summary>All chunks. The last item is an <c>Error</c> where the stream is not complete.</summary>
    let chunks (cancellationToken: CancellationToken) (stream: StreamResponse) : IAsyncEnumerable<Result<Chunk, LlmError>> =
        viewOf Seen.All () (fun () chunk -> struct (Item chunk, ())) cancellationToken stream

    let private shownText style (cancellationToken: CancellationToken) (stream: StreamResponse) =
        let step state chunk =
            match View.step state chunk with
            | struct ("", next) -> struct (Nothing, next)
            | struct (text, next) -> struct (Item text, next)

        viewOf Seen.Parts (View.start style) step cancellationToken stream

    /// <summary>The text, piece by piece: joined, it is <c>Response.text</c>.</summary>
    let text (cancellationToken: CancellationToken) (stream: StreamResponse) : IAsyncEnumerable<Result<string, LlmError>> =
        shownText ViewStyle.Text cancellationToken stream

    /// <summary>The readable form of all parts, piece by piece: joined, it is <c>Response.pretty</c>.</summary>
    let pretty (cancellationToken: CancellationToken) (stream: StreamResponse) : IAsyncEnumerable<Result<string, LlmError>> =
        shownText ViewStyle.Pretty cancellationToken stream

    /// <summary>
    /// What is known of the answer's value, each time that more is: each has grown from the one before. The last has a <c>Result</c>: the
    /// value, or what is wrong with the answer.
    /// </summary>
    /// <example><c>stream |> StreamResponse.partials (Format.ofType&lt;Book&gt; ()) cancellationToken</c></example>
    let partials
        (format: Format<'value>)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : IAsyncEnumerable<Result<Partial<'value>, LlmError>> =
        viewOf Seen.Parts (Growth.start format) (Growth.step format) cancellationToken stream

    /// <summary>
    /// All chunks, each with how far the tool call has come that it belongs to, if it belongs to one: every piece of its arguments, and at last the
    /// whole call.
    /// </summary>
    /// <example>
    /// <c>ToolCallProgress.known progress</c> tells what can be said of the arguments so far; <c>progress.Whole</c> is the call when it is whole.
    /// </example>
    let chunksWithToolCalls
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : IAsyncEnumerable<Result<struct (Chunk * ToolCallProgress option), LlmError>> =
        let step state chunk =
            let struct (progress, next) = ToolCallProgress.step state chunk
            struct (Item(struct (chunk, progress)), next)

        viewOf Seen.All ToolCallProgress.empty step cancellationToken stream

    /// <summary>
    /// The bytes of spoken audio, piece by piece, to be played as they come. Its transcript is in <c>text</c>; its parts, with both, are in
    /// <c>parts</c>.
    /// </summary>
    let audio (cancellationToken: CancellationToken) (stream: StreamResponse) : IAsyncEnumerable<Result<Bytes, LlmError>> =
        let step () (chunk: Chunk) =
            match chunk with
            | Chunk.AudioDelta(_, data) -> struct (Item data, ())
            | _ -> struct (Nothing, ())

        viewOf Seen.Parts () step cancellationToken stream

    /// <summary>The parts, each as a stream of its own, in the order in which they begin.</summary>
    let parts (cancellationToken: CancellationToken) (stream: StreamResponse) : IAsyncEnumerable<Result<PartStream, LlmError>> =
        let live = stream.Live

        let step position (chunk: Chunk) =
            let part index kind = struct (Item(PartStream(live, position, index, kind)), position + 1)

            match chunk with
            | Chunk.TextStart index -> part index PartStreamKind.Text
            | Chunk.ThoughtStart index -> part index PartStreamKind.Thought
            | Chunk.ToolCallStart(index, id, name) -> part index (PartStreamKind.ToolCall(id, name))
            | Chunk.AudioStart(index, _) -> part index PartStreamKind.Audio
            | Chunk.Part(index, _) -> part index PartStreamKind.Whole
            | _ -> struct (Nothing, position + 1)

        // It counts the chunks.
        viewOf Seen.All 0 step cancellationToken stream

    /// The caller's function is called where the caller is: in the context of a user interface too.
    let private run
        (seen: Seen)
        (onChunk: Chunk -> unit)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : Task<StreamEnd> = task {
        let live = stream.Live

        let show position = if seen.IsAll then onChunk live[position] else live.TryPart position |> ValueOption.iter onChunk

        let mutable position = 0
        let mutable isLive = true

        try
            while isLive do
                let! hasChunk = live.WaitForAsync(position, cancellationToken)

                // One and all that came with it, unless somebody wants no more.
                if hasChunk then
                    show position
                    position <- position + 1

                    while position < live.Count && not cancellationToken.IsCancellationRequested do
                        show position
                        position <- position + 1
                else
                    isLive <- false
        with :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            do! live.DisposeAsync()

        return live.End.Value
    }

    /// <summary>Folds over all chunks, and tells how the stream ended.</summary>
    let fold
        (folder: 'state -> Chunk -> 'state)
        (initial: 'state)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : Task<'state * StreamEnd> = task {
        let mutable state = initial
        let! ending = run Seen.All (fun chunk -> state <- folder state chunk) cancellationToken stream
        return state, ending
    }

    let private iterView style (action: string -> unit) (cancellationToken: CancellationToken) (stream: StreamResponse) =
        let mutable state = View.start style

        let show chunk =
            let struct (text, next) = View.step state chunk
            state <- next

            if text <> "" then action text

        run Seen.Parts show cancellationToken stream

    /// <summary>Hands over the text, piece by piece, and tells how the stream ended.</summary>
    /// <example><c>let! ending = stream |> StreamResponse.iterText (printf "%s") cancellationToken</c></example>
    let iterText (action: string -> unit) (cancellationToken: CancellationToken) (stream: StreamResponse) : Task<StreamEnd> =
        iterView ViewStyle.Text action cancellationToken stream

    /// <summary>Hands over the readable form of all parts, piece by piece, and tells how the stream ended.</summary>
    let iterPretty (action: string -> unit) (cancellationToken: CancellationToken) (stream: StreamResponse) : Task<StreamEnd> =
        iterView ViewStyle.Pretty action cancellationToken stream

    /// <summary>
    /// Hands over all chunks, each with how far the tool call has come that it belongs to, if it belongs to one, and tells how the stream ended.
    /// </summary>
    /// <example><c>let! ending = stream |> StreamResponse.iterWithToolCalls (fun chunk call -> show call) cancellationToken</c></example>
    let iterWithToolCalls
        (action: Chunk -> ToolCallProgress option -> unit)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : Task<StreamEnd> =
        let mutable state = ToolCallProgress.empty

        let show chunk =
            let struct (progress, next) = ToolCallProgress.step state chunk
            state <- next
            action chunk progress

        run Seen.All show cancellationToken stream

    /// <summary>Hands over the bytes of spoken audio, piece by piece, and tells how the stream ended.</summary>
    let iterAudio (action: Bytes -> unit) (cancellationToken: CancellationToken) (stream: StreamResponse) : Task<StreamEnd> =
        let show (chunk: Chunk) =
            match chunk with
            | Chunk.AudioDelta(_, data) -> action data
            | _ -> ()

        run Seen.Parts show cancellationToken stream

    /// <summary>Hands over what is known of the answer's value, each time that more is, and tells how the stream ended.</summary>
    /// <example>
    /// <c>let! ending = stream |> StreamResponse.iterPartials format (fun partial -> show (partial.TryGet(fun book -> book.Title))) token</c>
    /// </example>
    let iterPartials
        (format: Format<'value>)
        (action: Partial<'value> -> unit)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : Task<StreamEnd> =
        let mutable state = Growth.start format

        let show chunk =
            let struct (shown, next) = Growth.step format state chunk
            state <- next

            match shown with
            | Item partial -> action partial
            | Nothing
            | End -> ()

        run Seen.Parts show cancellationToken stream

    /// <summary>Reads to the end and tells how the stream ended. Cancelling gives <c>Cancelled</c> with what came so far.</summary>
    let finish (cancellationToken: CancellationToken) (stream: StreamResponse) : Task<StreamEnd> = task {
        let live = stream.Live
        let mutable isLive = true

        try
            while isLive do
                let! hasChunk = live.WaitForAsync(live.Count, cancellationToken).ConfigureAwait false
                isLive <- hasChunk
        with :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            do! live.DisposeAsync().ConfigureAwait false

        return live.End.Value
    }

    /// <summary>Reads to the end; the response of a complete stream, else the error.</summary>
    let response (cancellationToken: CancellationToken) (stream: StreamResponse) : Task<Result<Response, LlmError>> = task {
        let! ending = (finish cancellationToken stream).ConfigureAwait false
        return StreamEnd.toResult stream.Provider ending
    }

    /// <summary>
    /// The response of a stream that was read to its end, or the error that its end is; None while it was not. It reads nothing, so that a stream that
    /// was left early never passes for an answer.
    /// </summary>
    let tryResponse (stream: StreamResponse) : Result<Response, LlmError> option =
        stream.End |> Option.map (StreamEnd.toResult stream.Provider)
