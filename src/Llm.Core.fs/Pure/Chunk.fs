// What a stream is made of: pieces of parts, each with the index of its part, and what comes beside them.
// Decoders make them, the reducer folds them, views show them.
namespace Llm.Core

open System

/// <summary>Why a model stopped, where it did not stop normally or to call tools.</summary>
[<RequireQualifiedAccess>]
type FinishReason =
    /// The limit on output tokens was reached; the answer is cut off.
    | MaxTokens
    /// The model or the provider's policy refused.
    | Refusal
    /// The context window was full.
    | ContextLengthExceeded
    /// The provider's own word for something else, such as <c>pause_turn</c>.
    | Other of reason: string

/// Functions on <see cref="T:Llm.Core.FinishReason"/>.
[<RequireQualifiedAccess>]
module FinishReason =
    /// <summary>
    /// What two words of one stream mean together: a refusal stays, silence never resets, else the later counts.
    /// </summary>
    let merge (earlier: FinishReason option) (later: FinishReason option) : FinishReason option =
        match earlier, later with
        | Some FinishReason.Refusal, _ -> earlier
        | _, None -> earlier
        | _, Some _ -> later

    /// <summary>The name used in stored JSON and in logs.</summary>
    /// <example><c>FinishReason.name FinishReason.MaxTokens</c> evaluates to <c>"max_tokens"</c>.</example>
    let name (reason: FinishReason) =
        match reason with
        | FinishReason.MaxTokens -> "max_tokens"
        | FinishReason.Refusal -> "refusal"
        | FinishReason.ContextLengthExceeded -> "context_length_exceeded"
        | FinishReason.Other word -> word

/// Usage as a stream reports it.
[<RequireQualifiedAccess>]
type UsageUpdate =
    /// All that was used so far: it replaces what was known.
    | Snapshot of Usage
    /// What was used since the last report: it is added.
    | Delta of Usage

/// A piece of a provider's own form of an item; the pieces of an item are joined. Referring to a part saves its text a second copy.
[<RequireQualifiedAccess>]
type NativeFragment =
    /// JSON text as it is.
    | Raw of text: string
    /// A JSON value as it came.
    | Sent of Json
    /// The text (or thought) of the part with this index, as a JSON string literal with its quotes.
    | TextOf of index: int
    /// The arguments of the tool call with this index, as the JSON object they are; <c>{}</c> when they are cut off.
    | ArgumentsOf of index: int

/// <summary>
/// A piece of an answer. Parts have indices that ascend in the order of the answer, in which they also begin; providers interleave what
/// follows, so a delta belongs to the part of its index, not to the latest.
/// </summary>
[<RequireQualifiedAccess>]
type Chunk =
    /// Text begins.
    | TextStart of index: int
    /// More text.
    | TextDelta of index: int * text: string
    /// The text is whole.
    | TextEnd of index: int
    /// A thought begins.
    | ThoughtStart of index: int
    /// More of a thought.
    | ThoughtDelta of index: int * thought: string
    /// The thought is whole.
    | ThoughtEnd of index: int
    /// A tool call begins; its id is never empty.
    | ToolCallStart of index: int * id: string * name: string
    /// More of the arguments' JSON text.
    | ToolCallDelta of index: int * arguments: string
    /// The tool call is whole.
    | ToolCallEnd of index: int
    /// Audio begins.
    | AudioStart of index: int * id: string option
    /// More audio.
    | AudioDelta of index: int * data: Bytes
    /// More of the audio's transcript.
    | AudioTranscriptDelta of index: int * transcript: string
    /// The audio is whole.
    | AudioEnd of index: int
    /// A part that came whole: an image, or what only that provider understands.
    | Part of index: int * part: AssistantPart
    /// The next item of the provider's own form of the message.
    | Native of fragments: NativeFragment list
    /// The provider's id of the answer and the model that gave it.
    | Meta of id: string option * model: string option
    /// What was used.
    | Usage of UsageUpdate
    /// Why the answer is ending, where a provider says so before the proof that it is complete: it is no proof.
    | Finishing of reason: FinishReason
    /// The proof that the answer is complete, and why it ended if not normally. Usage may still follow.
    | Finish of reason: FinishReason option
    /// An event as it came, where the caller asked for raw events.
    | Raw of event: Json

/// Functions on <see cref="T:Llm.Core.Chunk"/>.
[<RequireQualifiedAccess>]
module Chunk =
    /// <summary>The index of the part that a chunk belongs to; ValueNone for what comes beside the parts.</summary>
    /// <example><c>Chunk.index (Chunk.TextDelta(2, "a"))</c> evaluates to <c>ValueSome 2</c>.</example>
    let index (chunk: Chunk) : int voption =
        match chunk with
        | Chunk.TextStart index
        | Chunk.TextDelta(index, _)
        | Chunk.TextEnd index
        | Chunk.ThoughtStart index
        | Chunk.ThoughtDelta(index, _)
        | Chunk.ThoughtEnd index
        | Chunk.ToolCallStart(index, _, _)
        | Chunk.ToolCallDelta(index, _)
        | Chunk.ToolCallEnd index
        | Chunk.AudioStart(index, _)
        | Chunk.AudioDelta(index, _)
        | Chunk.AudioTranscriptDelta(index, _)
        | Chunk.AudioEnd index
        | Chunk.Part(index, _) -> ValueSome index
        | Chunk.Native _
        | Chunk.Meta _
        | Chunk.Usage _
        | Chunk.Finishing _
        | Chunk.Finish _
        | Chunk.Raw _ -> ValueNone

    /// <summary>Whether a part is whole with this chunk.</summary>
    let isEnd (chunk: Chunk) : bool =
        match chunk with
        | Chunk.TextEnd _
        | Chunk.ThoughtEnd _
        | Chunk.ToolCallEnd _
        | Chunk.AudioEnd _
        | Chunk.Part _ -> true
        | _ -> false

    /// The text of a delta; empty for what is none.
    let internal deltaText (chunk: Chunk) : string =
        match chunk with
        | Chunk.TextDelta(_, text)
        | Chunk.ThoughtDelta(_, text)
        | Chunk.ToolCallDelta(_, text)
        | Chunk.AudioTranscriptDelta(_, text) -> text
        | _ -> ""

    /// The same delta with another text; what is no delta stays as it is.
    let internal withDeltaText (text: string) (chunk: Chunk) : Chunk =
        match chunk with
        | Chunk.TextDelta(index, _) -> Chunk.TextDelta(index, text)
        | Chunk.ThoughtDelta(index, _) -> Chunk.ThoughtDelta(index, text)
        | Chunk.ToolCallDelta(index, _) -> Chunk.ToolCallDelta(index, text)
        | Chunk.AudioTranscriptDelta(index, _) -> Chunk.AudioTranscriptDelta(index, text)
        | other -> other

    /// Whether a chunk is more of the text that the first is a delta of.
    let internal continues (first: Chunk) (chunk: Chunk) : bool =
        // No pair to match on: without optimisation it would be made for each delta.
        match first with
        | Chunk.TextDelta(index, _) ->
            match chunk with
            | Chunk.TextDelta(other, _) -> other = index
            | _ -> false
        | Chunk.ThoughtDelta(index, _) ->
            match chunk with
            | Chunk.ThoughtDelta(other, _) -> other = index
            | _ -> false
        | Chunk.ToolCallDelta(index, _) ->
            match chunk with
            | Chunk.ToolCallDelta(other, _) -> other = index
            | _ -> false
        | Chunk.AudioTranscriptDelta(index, _) ->
            match chunk with
            | Chunk.AudioTranscriptDelta(other, _) -> other = index
            | _ -> false
        | _ -> false

    /// Whether it replaces what was known of the usage, and changes nothing else.
    let internal isSnapshot (chunk: Chunk) : bool =
        match chunk with
        | Chunk.Usage(UsageUpdate.Snapshot _) -> true
        | _ -> false

/// What was used, made when somebody asks. Some providers count anew with each delta, and hardly one of those counts is ever looked at:
/// so the decoder, which must remember the count, stands for it, and the reducer keeps the decoder.
type internal ICounting =
    /// All that was used so far.
    abstract Used: Usage

/// <summary>The chunks of one event: mostly none or one, so they are kept without a list.</summary>
[<Struct; CustomEquality; NoComparison>]
type Chunks =
    internal
        {
            // Null where there is none: an option would be as large again.
            first: Chunk
            rest: Chunk list
            // The last chunk is the usage that it says; null where there is no such.
            counting: ICounting | null
        }

    /// The chunks, in order.
    member internal this.ToList() : Chunk list =
        if Object.ReferenceEquals(this.first, null) then
            []
        else
            match this.counting with
            | null -> this.first :: this.rest
            | counting -> this.first :: (this.rest @ [ Chunk.Usage(UsageUpdate.Snapshot counting.Used) ])

    override this.Equals other =
        match other with
        | :? Chunks as chunks -> this.ToList() = chunks.ToList()
        | _ -> false

    override this.GetHashCode() = hash (this.ToList())

/// Functions on <see cref="T:Llm.Core.Chunks"/>.
[<RequireQualifiedAccess>]
module Chunks =
    let private noChunk = Unchecked.defaultof<Chunk>

    let inline internal isNone (chunk: Chunk) = Object.ReferenceEquals(chunk, null)

    /// No chunk.
    let empty: Chunks = { first = noChunk; rest = []; counting = null }

    /// One chunk.
    let one (chunk: Chunk) : Chunks = { first = chunk; rest = []; counting = null }

    /// Several chunks, in order.
    let ofList (chunks: Chunk list) : Chunks =
        match chunks with
        | [] -> empty
        | first :: rest -> { first = first; rest = rest; counting = null }

    /// One chunk, and others after it.
    let internal andThen (rest: Chunk list) (chunk: Chunk) : Chunks = { first = chunk; rest = rest; counting = null }

    /// One chunk, and after it a snapshot of the usage that is counted now.
    let internal counted (counting: ICounting) (chunk: Chunk) : Chunks = { first = chunk; rest = []; counting = counting }

    /// Several chunks, and after them a snapshot of the usage that is counted now.
    let internal countedAfter (counting: ICounting) (chunks: Chunks) : Chunks =
        if isNone chunks.first then
            one (Chunk.Usage(UsageUpdate.Snapshot counting.Used))
        else
            { chunks with counting = counting }

    /// The chunks, in order.
    let toList (chunks: Chunks) : Chunk list = chunks.ToList()

    /// The first of the chunks.
    let internal tryFirst (chunks: Chunks) : Chunk voption = if isNone chunks.first then ValueNone else ValueSome chunks.first

    /// <summary>Folds over the chunks, in order.</summary>
    /// <example><c>Chunks.fold Reducer.step state chunks</c></example>
    let fold (folder: 'state -> Chunk -> 'state) (state: 'state) (chunks: Chunks) : 'state = chunks.ToList() |> List.fold folder state

    /// The chunk that says what is counted.
    let internal usageOf (counting: ICounting) : Chunk = Chunk.Usage(UsageUpdate.Snapshot counting.Used)

    /// Does something with each chunk, in order, and with the usage that is counted as it stands.
    let inline internal iter
        ([<InlineIfLambda>] action: Chunk -> unit)
        ([<InlineIfLambda>] count: ICounting -> unit)
        (chunks: Chunks)
        : unit =
        if not (isNone chunks.first) then action chunks.first

        if not chunks.rest.IsEmpty then List.iter action chunks.rest

        match chunks.counting with
        | null -> ()
        | counting -> count counting
