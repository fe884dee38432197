// What the decoder of the Responses format remembers between events: immutable values. Used by the readers of this folder only.
namespace Llm.Core

/// Whose delta an event brings.
[<RequireQualifiedAccess>]
type internal ResponsesDelta =
    | Text
    | Refusal
    | Summary
    | Reasoning
    | Arguments

/// The part that grew last: while the next event grows it too, the event is read without a document.
type internal ResponsesHot =
    {
        Delta: ResponsesDelta
        /// The wire's `output_index`.
        OutputIndex: int
        /// The wire's `content_index` or `summary_index`; 0 for arguments.
        SubIndex: int
        /// Our index of the part.
        Part: int
    }

[<RequireQualifiedAccess>]
type internal ResponsesPartKind =
    | Text
    | Thought
    | ToolCall
    | Whole

[<RequireQualifiedAccess>]
type internal ResponsesProgress =
    /// A tool call has begun, but no argument came.
    | Started
    | Growing
    | Ended

[<Struct>]
type internal ResponsesPart = { Kind: ResponsesPartKind; Progress: ResponsesProgress }

/// Where an item of reasoning keeps its readable text: some vendors send it in both places, and it is taken once.
[<RequireQualifiedAccess>]
type internal ResponsesThoughts =
    | Unknown
    | Summary
    | Content

/// An output item, as far as it is known.
type internal ResponsesItem =
    {
        Type: string
        /// Empty where the vendor gives none.
        Id: string
        CallId: string
        Thoughts: ResponsesThoughts
        /// The item as it goes back to the provider, once it is whole.
        Native: Json option
    }

/// What was counted, each as the vendor last said. Not within the state itself, which changes more often.
type internal ResponsesCounters =
    {
        Input: int64 voption
        Output: int64 voption
        Total: int64 voption
        CacheRead: int64 voption
        CacheWrite: int64 voption
        Reasoning: int64 voption
        AudioInput: int64 voption
        AudioOutput: int64 voption
    }

type internal ResponsesState =
    {
        Hot: ResponsesHot option
        /// By slot: the position of the item in the answer.
        Items: ByIndex<ResponsesItem>
        /// From an `output_index` that a vendor used twice to the slot of its newest item.
        Slots: ByIndex<int>
        Parts: ByIndex<ResponsesPart>
        Id: string option
        Model: string option
        Counters: ResponsesCounters
        IsRefused: bool
        IsDone: bool
    }

/// A state with the chunks that reading an event has given so far, the newest first.
[<Struct>]
type internal ResponsesProgression = { State: ResponsesState; Chunks: Chunk list }

[<RequireQualifiedAccess>]
module internal ResponsesState =
    let noCounters: ResponsesCounters =
        {
            Input = ValueNone
            Output = ValueNone
            Total = ValueNone
            CacheRead = ValueNone
            CacheWrite = ValueNone
            Reasoning = ValueNone
            AudioInput = ValueNone
            AudioOutput = ValueNone
        }

    /// Before the first event.
    let initial: ResponsesState =
        {
            Hot = None
            Items = ByIndex.empty
            Slots = ByIndex.empty
            Parts = ByIndex.empty
            Id = None
            Model = None
            Counters = noCounters
            IsRefused = false
            IsDone = false
        }

    let private partsPerItem = 1000

    /// Indices ascend by item, then by the place within it, so that a stream and a whole answer number their parts alike.
    let partIndex (slot: int) (sub: int) : int = slot * partsPerItem + min sub (partsPerItem - 1)

    let private largestIndex = 1_000_000

    let isIndex (index: int) = index >= 0 && index < largestIndex

    /// The first slot behind all items.
    let nextSlot (state: ResponsesState) : int =
        match ByIndex.tryHighest state.Items with
        | ValueSome last -> last + 1
        | ValueNone -> 0

    let start (state: ResponsesState) : ResponsesProgression = { State = state; Chunks = [] }

    /// The chunks in the order in which they came, and the state after them.
    let taken (progression: ResponsesProgression) : struct (Chunks * ResponsesState) =
        struct (Chunks.ofList (List.rev progression.Chunks), progression.State)

    let emit (chunk: Chunk) (progression: ResponsesProgression) : ResponsesProgression =
        { progression with Chunks = chunk :: progression.Chunks }

    let inline change
        ([<InlineIfLambda>] update: ResponsesState -> ResponsesState)
        (progression: ResponsesProgression)
        : ResponsesProgression =
        { progression with State = update progression.State }

    let private setPart index kind progress progression =
        change (fun state -> { state with Parts = ByIndex.add index { Kind = kind; Progress = progress } state.Parts }) progression

    /// The chunk that a delta is, or nothing for a part that only comes whole.
    let delta (kind: ResponsesPartKind) (index: int) (text: string) : Chunk option =
        match kind with
        | ResponsesPartKind.Text -> Some(Chunk.TextDelta(index, text))
        | ResponsesPartKind.Thought -> Some(Chunk.ThoughtDelta(index, text))
        | ResponsesPartKind.ToolCall -> Some(Chunk.ToolCallDelta(index, text))
        | ResponsesPartKind.Whole -> None

    let private emitDelta kind index text (progression: ResponsesProgression) =
        match delta kind index text with
        | Some chunk -> emit chunk progression
        | None -> progression

    /// More of a part, which begins with it; a tool call cannot, for it would have neither id nor name. What has ended stays as it is.
    let grow (kind: ResponsesPartKind) (index: int) (text: string) (progression: ResponsesProgression) : ResponsesProgression =
        if text = "" then
            progression
        else
            match ByIndex.tryFind index progression.State.Parts with
            | ValueSome part when not (part.Kind.Equals kind) || part.Progress.IsEnded -> progression
            | ValueSome part when part.Progress.IsGrowing -> emitDelta kind index text progression
            | ValueSome _ -> progression |> setPart index kind ResponsesProgress.Growing |> emitDelta kind index text
            | ValueNone when kind.IsToolCall || kind.IsWhole -> progression
            | ValueNone ->
                let start = if kind.IsText then Chunk.TextStart index else Chunk.ThoughtStart index
                progression |> setPart index kind ResponsesProgress.Growing |> emit start |> emitDelta kind index text

    let startCall (index: int) (id: string) (name: string) (progression: ResponsesProgression) : ResponsesProgression =
        if ByIndex.containsKey index progression.State.Parts then
            progression
        else
            progression
            |> setPart index ResponsesPartKind.ToolCall ResponsesProgress.Started
            |> emit (Chunk.ToolCallStart(index, id, name))

    /// A part of which nothing had come and which is there at once.
    let addWhole (index: int) (part: AssistantPart) (progression: ResponsesProgression) : ResponsesProgression =
        if ByIndex.containsKey index progression.State.Parts then
            progression
        else
            progression |> setPart index ResponsesPartKind.Whole ResponsesProgress.Ended |> emit (Chunk.Part(index, part))

    /// The part is whole, if it had begun.
    let finish (index: int) (progression: ResponsesProgression) : ResponsesProgression =
        match ByIndex.tryFind index progression.State.Parts with
        | ValueSome part when not part.Progress.IsEnded ->
            let state = progression.State

            let hot =
                match state.Hot with
                | Some hot when hot.Part = index -> None
                | hot -> hot

            let parts = ByIndex.add index { part with Progress = ResponsesProgress.Ended } state.Parts
            let ended = { progression with State = { state with Parts = parts; Hot = hot } }

            match part.Kind with
            | ResponsesPartKind.Text -> emit (Chunk.TextEnd index) ended
            | ResponsesPartKind.Thought -> emit (Chunk.ThoughtEnd index) ended
            | ResponsesPartKind.ToolCall -> emit (Chunk.ToolCallEnd index) ended
            | ResponsesPartKind.Whole -> ended
        | _ -> progression

    /// Whether some of the part came already, if only its end.
    let hasCome (index: int) (state: ResponsesState) : bool =
        match ByIndex.tryFind index state.Parts with
        | ValueSome part -> not part.Progress.IsStarted
        | ValueNone -> false

    /// The part is whole and this is all of it: what deltas brought already is not taken a second time, nor made a string of.
    let inline complete kind (index: int) ([<InlineIfLambda>] text: unit -> string) (progression: ResponsesProgression) =
        if hasCome index progression.State then
            finish index progression
        else
            progression |> grow kind index (text ()) |> finish index

    /// Ends all that is open.
    let finishAll (progression: ResponsesProgression) : ResponsesProgression =
        let mutable sofar = progression

        for index in ByIndex.keys progression.State.Parts do
            sofar <- finish index sofar

        sofar
