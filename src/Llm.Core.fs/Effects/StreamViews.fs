// The views of a streamed answer. Each starts at the beginning and ends with the stream; its last item is an error where the stream is
// not complete, so that no view of a cut stream passes for a whole one.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks

/// Which way one more chunk takes a view.
[<Struct; NoComparison; NoEquality>]
type internal Shown<'item> =
    /// Nothing to show.
    | Nothing
    /// Something.
    | Item of item: 'item
    /// The view ends here, before the stream does.
    | End

/// Which chunks a view is made of.
[<RequireQualifiedAccess; Struct>]
type internal Seen =
    /// All.
    | All
    /// Those of parts, and others that cost nothing more.
    | Parts

/// What a view shows of the chunks of a stream, one after the other; it has the view's state.
[<AbstractClass>]
type internal Viewer<'item>() =
    abstract Show: chunk: Chunk -> Shown<'item>

/// What a chunk shows, and the view's state after it. A delegate: a function of two arguments is called through code of FSharp.Core, which
/// is compiled for each kind of state when a process first calls one.
type internal ViewStep<'state, 'item> = delegate of 'state * Chunk -> struct (Shown<'item> * 'state)

/// The view that a pure step is.
[<Sealed>]
type internal SteppingViewer<'state, 'item>(initial: 'state, step: ViewStep<'state, 'item>) =
    inherit Viewer<'item>()

    let mutable state = initial

    override _.Show chunk =
        let struct (shown, next) = step.Invoke(state, chunk)
        state <- next
        shown

/// A view of a stream. An iterator by hand, for it costs nothing a chunk that was read already. It knows no state of the view's, so that one
/// for all views is compiled ahead of time (docs/decisions/0010).
[<Sealed>]
type internal ViewEnumerator<'item>
    (stream: LiveStream, from: int, seen: Seen, viewer: Viewer<'item>, cancellationToken: CancellationToken, linked: IDisposable | null) =
    inherit WaitingIterator<Result<'item, LlmError>>()

    let mutable position = from
    let mutable current = Unchecked.defaultof<Result<'item, LlmError>>
    let mutable isOver = false

    /// Takes chunks that have come until one shows something.
    let advance () : bool =
        let chunk = if seen.IsAll then ValueSome stream[position] else stream.TryPart position
        position <- position + 1

        match chunk with
        | ValueNone -> false
        | ValueSome chunk ->
            match viewer.Show chunk with
            | Item item ->
                current <- Ok item
                true
            | End ->
                isOver <- true
                false
            | Nothing -> false

    let finish () : bool =
        isOver <- true

        match stream.Error with
        | Some error ->
            current <- Error error
            true
        | None -> false

    let rec move () : Moved =
        if isOver then
            Moved.ToEnd
        else
            let pending = stream.WaitForAsync(position, cancellationToken)

            if not (pending.IsCompletedSuccessfully && pending.Result) then Moved.ToWait pending
            elif advance () then Moved.ToItem
            else move ()

    let waited (hasChunk: bool) : Moved =
        if not hasChunk then (if finish () then Moved.ToItem else Moved.ToEnd)
        elif advance () then Moved.ToItem
        else move ()

    override _.Current = current
    override _.Move() = move ()
    override _.Waited hasChunk = waited hasChunk

    override _.DisposeAsync() =
        match linked with
        | null -> ()
        | source -> source.Dispose()

        ValueTask()

[<Sealed>]
type internal ViewEnumerable<'item>
    (stream: LiveStream, from: int, seen: Seen, start: unit -> Viewer<'item>, cancellationToken: CancellationToken) =
    interface IAsyncEnumerable<Result<'item, LlmError>> with
        member _.GetAsyncEnumerator(enumeratorToken: CancellationToken) =
            let enumerate token linked = ViewEnumerator(stream, from, seen, start (), token, linked) :> IAsyncEnumerator<_>

            if not enumeratorToken.CanBeCanceled || enumeratorToken.Equals cancellationToken then
                enumerate cancellationToken null
            elif not cancellationToken.CanBeCanceled then
                enumerate enumeratorToken null
            else
                let both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumeratorToken)
                enumerate both.Token both

/// What kind of part a substream gives, known when it begins.
[<RequireQualifiedAccess>]
type PartStreamKind =
    /// Text.
    | Text
    /// A thought.
    | Thought
    /// A tool call; the deltas are its arguments.
    | ToolCall of id: string * name: string
    /// Audio; the deltas are its transcript.
    | Audio
    /// A part that came whole; there are no deltas.
    | Whole

/// <summary>One part of a streamed answer, as a stream of its own. Parts may be read in any order, or not at all.</summary>
[<Sealed>]
type PartStream internal (stream: LiveStream, from: int, index: int, kind: PartStreamKind) =
    /// The part that was folded, whole though it be empty.
    let wholePart (state: PartialReply) : AssistantPart =
        match Reducer.step state (Chunk.Finish None) |> Reducer.finish, kind with
        | Completion.Complete { Content = part :: _ }, _ -> part
        | _, PartStreamKind.Thought -> AssistantPart.Thought ""
        | _ -> AssistantPart.Text ""

    /// Which part it is.
    member _.Index = index

    /// What it is.
    member _.Kind = kind

    /// <summary>The part's text, piece by piece: text, thought, arguments or transcript.</summary>
    member _.Deltas(cancellationToken: CancellationToken) : IAsyncEnumerable<Result<string, LlmError>> =
        let step () (chunk: Chunk) =
            match chunk with
            | Chunk.TextDelta(at, text)
            | Chunk.ThoughtDelta(at, text)
            | Chunk.ToolCallDelta(at, text)
            | Chunk.AudioTranscriptDelta(at, text) when at = index -> struct (Item text, ())
            | Chunk.TextEnd at
            | Chunk.ThoughtEnd at
            | Chunk.ToolCallEnd at
            | Chunk.AudioEnd at
            | Chunk.Part(at, _) when at = index -> struct (End, ())
            | _ -> struct (Nothing, ())

        ViewEnumerable(stream, from, Seen.Parts, (fun () -> SteppingViewer((), ViewStep step)), cancellationToken)

    /// <summary>Waits until the part is whole.</summary>
    member _.Collect(cancellationToken: CancellationToken) : Task<Result<AssistantPart, LlmError>> = task {
        let mutable state = Reducer.empty
        let mutable position = from
        let mutable result: Result<AssistantPart, LlmError> voption = ValueNone

        while result.IsNone do
            let! hasChunk = stream.WaitForAsync(position, cancellationToken).ConfigureAwait false

            if hasChunk then
                let chunk = stream[position]
                position <- position + 1

                if Chunk.index chunk = ValueSome index then
                    state <- Reducer.step state chunk

                    if Chunk.isEnd chunk then result <- ValueSome(Ok(wholePart state))
            else
                // A complete answer's parts are whole, even one whose end a provider did not tell.
                result <-
                    match stream.Error with
                    | Some error -> ValueSome(Error error)
                    | None -> ValueSome(Ok(wholePart state))

        return result.Value
    }
