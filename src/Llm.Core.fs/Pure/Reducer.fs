// The fold of a stream: `empty`, `step`, `finish`. Callers fold; no I/O, no exceptions, no state that changes after it was returned.
// A delta is the hot case: it moves the end of a text. So the state is a small struct, and a delta to the part that grew last makes a new
// one on the stack: the text's end moves (TextBuffer.fs), and all else is shared. Other chunks, which are few, copy what they change.
namespace Llm.Core

open System
open System.Text

/// <summary>What a model answered, without the call around it.</summary>
type Reply =
    {
        /// The provider's id of the answer.
        Id: string option
        /// The model that answered, as the provider names it.
        Model: string option
        /// The parts, in order.
        Content: AssistantPart list
        /// Why it stopped, if not normally; of a partial reply it may be known already, which makes it no whole one.
        FinishReason: FinishReason option
        /// What was used; None when the provider has not said.
        Usage: Usage option
        /// The provider's own form, as in <see cref="T:Llm.Core.Origin"/>; None when it sent none or the reply is partial.
        Native: Json option
    }

/// <summary>How a fold ended: with the proof of completeness, or without.</summary>
[<RequireQualifiedAccess>]
type Completion =
    /// The whole answer.
    | Complete of Reply
    /// The stream ended before its proof; what came is right, but not all.
    | Truncated of partial: Reply

/// What kind of part stands at an index.
[<RequireQualifiedAccess>]
type internal PartKind =
    | None
    | Text
    | Thought
    | ToolCall of id: string * name: string
    | Audio of id: string option * pieces: Bytes list
    | Whole of AssistantPart

/// The head of a part: which, what, and whether more may come.
type internal PartHead = { Index: int; Kind: PartKind; Open: bool }

/// What changes rarely.
type internal ReplyDetails =
    {
        Id: string option
        Model: string option
        Finished: bool
        FinishReason: FinishReason option
        Native: NativeFragment list list
    }

/// What a delta to the part that grew last leaves alone.
[<NoComparison; NoEquality>]
type internal ReplyRest =
    {
        /// The part that grew last.
        Head: PartHead
        Others: ByIndex<struct (PartHead * TextBuffer)>
        Details: ReplyDetails
    }

/// <summary>The state of the fold: an immutable value.</summary>
[<Struct; NoComparison; NoEquality>]
type PartialReply =
    internal
        {
            /// The text of the part that grew last.
            Text: TextBuffer
            /// Who says what was used; null where nobody has.
            Counting: ICounting | null
            Rest: ReplyRest
        }

/// <summary>Folds chunks to a reply.</summary>
/// <example><c>chunks |> List.fold Reducer.step Reducer.empty |> Reducer.finish</c></example>
[<RequireQualifiedAccess>]
module Reducer =
    /// Usage that came in so many words.
    [<Sealed>]
    type private Said(usage: Usage) =
        interface ICounting with
            member _.Used = usage

    let private said (usage: Usage) (state: PartialReply) : PartialReply = { state with Counting = Said usage }

    /// <summary>What was used, as far as the provider has said.</summary>
    let usage (state: PartialReply) : Usage option =
        match state.Counting with
        | null -> None
        | counting -> Some counting.Used

    let private noPart = { Index = -1; Kind = PartKind.None; Open = false }

    /// Nothing has come yet.
    let empty: PartialReply =
        {
            Text = TextBuffer.empty
            Counting = null
            Rest =
                {
                    Head = noPart
                    Others = ByIndex.empty
                    Details = { Id = None; Model = None; Finished = false; FinishReason = None; Native = [] }
                }
        }

    let private partsByIndex (state: PartialReply) : ByIndex<struct (PartHead * TextBuffer)> =
        match state.Rest.Head.Kind with
        | PartKind.None -> state.Rest.Others
        | _ -> ByIndex.add state.Rest.Head.Index (struct (state.Rest.Head, state.Text)) state.Rest.Others

    /// The state with the part of an index in front.
    let private focus (index: int) (state: PartialReply) : PartialReply =
        if state.Rest.Head.Index = index then
            state
        else
            let others = partsByIndex state

            match ByIndex.tryFind index others with
            | ValueSome(struct (head, text)) ->
                { state with
                    Text = text
                    Rest = { state.Rest with Head = head; Others = ByIndex.remove index others }
                }
            | ValueNone ->
                { state with
                    Text = TextBuffer.empty
                    Rest = { state.Rest with Head = { noPart with Index = index }; Others = others }
                }

    let private withHead (head: PartHead) (state: PartialReply) : PartialReply = { state with Rest = { state.Rest with Head = head } }

    /// Starts the part of an index, unless it has begun.
    let private start (index: int) (kind: PartKind) (state: PartialReply) : PartialReply =
        let focused = focus index state

        match focused.Rest.Head.Kind with
        | PartKind.None -> withHead { Index = index; Kind = kind; Open = true } focused
        | _ -> focused

    let private append (text: string) (state: PartialReply) : PartialReply =
        { Text = TextBuffer.append text state.Text; Counting = state.Counting; Rest = state.Rest }

    let private close (index: int) (state: PartialReply) : PartialReply =
        let focused = focus index state

        withHead { focused.Rest.Head with Open = false } focused

    let private withDetails (details: ReplyDetails) (state: PartialReply) : PartialReply =
        { state with Rest = { state.Rest with Details = details } }

    let private isSameKind (one: PartKind) (other: PartKind) =
        // No pair to match on: without optimisation it would be made for each delta.
        match one with
        | PartKind.Text -> other.IsText
        | PartKind.Thought -> other.IsThought
        | PartKind.Audio _ -> other.IsAudio
        | _ -> false

    /// A delta to a part that has not begun begins it; a tool call's cannot, for it would have neither id nor name.
    let private grow (index: int) (kind: PartKind) (text: string) (state: PartialReply) =
        let started = start index kind state

        if isSameKind started.Rest.Head.Kind kind then append text started else state

    /// <summary>The state after one more chunk. Total: what makes no sense (a delta to an unknown tool call, a second start) changes nothing.</summary>
    let step (state: PartialReply) (chunk: Chunk) : PartialReply =
        match chunk with
        | Chunk.TextDelta(index, text) -> grow index PartKind.Text text state
        | Chunk.ThoughtDelta(index, thought) -> grow index PartKind.Thought thought state
        | Chunk.ToolCallDelta(index, arguments) ->
            let focused = focus index state

            match focused.Rest.Head.Kind with
            | PartKind.ToolCall _ -> append arguments focused
            | _ -> state
        | Chunk.TextStart index -> start index PartKind.Text state
        | Chunk.ThoughtStart index -> start index PartKind.Thought state
        | Chunk.ToolCallStart(index, id, name) -> start index (PartKind.ToolCall(id, name)) state
        | Chunk.AudioStart(index, id) -> start index (PartKind.Audio(id, [])) state
        | Chunk.AudioDelta(index, data) ->
            let started = start index (PartKind.Audio(None, [])) state

            match started.Rest.Head.Kind with
            | PartKind.Audio(id, pieces) -> withHead { started.Rest.Head with Kind = PartKind.Audio(id, data :: pieces) } started
            | _ -> state
        | Chunk.AudioTranscriptDelta(index, transcript) -> grow index (PartKind.Audio(None, [])) transcript state
        | Chunk.TextEnd index
        | Chunk.ThoughtEnd index
        | Chunk.ToolCallEnd index
        | Chunk.AudioEnd index -> close index state
        | Chunk.Part(index, part) -> state |> start index (PartKind.Whole part) |> close index
        | Chunk.Native fragments ->
            let details = state.Rest.Details

            withDetails { details with Native = fragments :: details.Native } state
        | Chunk.Meta(id, model) ->
            let details = state.Rest.Details

            withDetails { details with Id = Option.orElse details.Id id; Model = Option.orElse details.Model model } state
        | Chunk.Usage(UsageUpdate.Snapshot now) -> said now state
        | Chunk.Usage(UsageUpdate.Delta more) ->
            let before = usage state |> Option.defaultValue Usage.zero

            said (Usage.add before more) state
        | Chunk.Finishing reason ->
            let details = state.Rest.Details

            withDetails { details with FinishReason = FinishReason.merge details.FinishReason (Some reason) } state
        | Chunk.Finish reason ->
            let details = state.Rest.Details

            withDetails { details with Finished = true; FinishReason = FinishReason.merge details.FinishReason reason } state
        | Chunk.Raw _ -> state

    /// The arguments of a whole call: none at all are an empty object.
    let internal argumentsOf (text: string) : string = if String.IsNullOrWhiteSpace text then "{}" else text

    let private argumentsText (text: TextBuffer) = argumentsOf (text.ToString())

    /// The part, where it may be shown: text as it grows, the others when whole. Empty text and thoughts are no parts.
    let private visible (isWhole: PartHead -> bool) (struct (head: PartHead, text: TextBuffer)) : AssistantPart option =
        match head.Kind with
        | PartKind.Text when TextBuffer.length text > 0 -> Some(AssistantPart.Text(text.ToString()))
        | PartKind.Thought when isWhole head && TextBuffer.length text > 0 -> Some(AssistantPart.Thought(text.ToString()))
        | PartKind.ToolCall(id, name) when isWhole head ->
            Some(AssistantPart.ToolCall { Id = id; Name = name; Arguments = argumentsText text })
        | PartKind.Audio(id, pieces) when isWhole head ->
            Some(AssistantPart.Audio { Id = id; Data = Bytes.concat (List.rev pieces); Transcript = text.ToString() })
        | PartKind.Whole part -> Some part
        | _ -> None

    let private isClosed (head: PartHead) = not head.Open

    /// The parts that may be shown, in order: mostly there is one.
    let private shown isWhole (state: PartialReply) : AssistantPart list =
        if ByIndex.isEmpty state.Rest.Others then
            match state.Rest.Head.Kind with
            | PartKind.None -> []
            | _ ->
                match visible isWhole (struct (state.Rest.Head, state.Text)) with
                | Some part -> [ part ]
                | None -> []
        else
            partsByIndex state |> ByIndex.values |> List.choose (visible isWhole)

    /// <summary>What may be shown so far: text as it grows; thoughts, tool calls and audio only when whole.</summary>
    let content (state: PartialReply) : AssistantPart list = shown isClosed state

    /// <summary>Whether the proof of completeness has come.</summary>
    let isFinished (state: PartialReply) : bool = state.Rest.Details.Finished

    let private writeNative (reversed: NativeFragment list list) (state: PartialReply) : string =
        let parts = partsByIndex state

        let textOf index =
            match ByIndex.tryFind index parts with
            | ValueSome(struct (_, text)) -> text
            | ValueNone -> TextBuffer.empty

        let lengthOf (fragment: NativeFragment) =
            match fragment with
            | NativeFragment.Raw text -> text.Length
            | NativeFragment.Sent json -> (Json.text json).Length
            | NativeFragment.TextOf index
            | NativeFragment.ArgumentsOf index -> 2 + TextBuffer.length (textOf index)

        // Escapes beside, in one piece.
        let builder = StringBuilder(2 + List.sumBy (fun fragments -> 1 + List.sumBy lengthOf fragments) reversed)

        let appendFragment (fragment: NativeFragment) =
            match fragment with
            | NativeFragment.Raw text -> builder.Append text
            | NativeFragment.Sent json -> builder.Append(Json.text json)
            | NativeFragment.TextOf index -> Json.appendQuoted (textOf index).Span builder
            | NativeFragment.ArgumentsOf index -> builder.Append(Json.text (Wire.argumentsObject (argumentsText (textOf index))))
            |> ignore

        let appendItem position (fragments: NativeFragment list) =
            if position > 0 then builder.Append ',' |> ignore

            List.iter appendFragment fragments

        builder.Append '[' |> ignore
        reversed |> List.rev |> List.iteri appendItem
        builder.Append ']' |> ignore
        builder.ToString()

    /// Mostly nobody asks for it before the next turn, or ever: it is written when somebody does.
    let private renderNative (state: PartialReply) : Json option =
        match state.Rest.Details.Native with
        | [] -> None
        | _ ->
            let source =
                { new JsonSource() with
                    member _.Write() = writeNative state.Rest.Details.Native state
                }

            Some(Json.later source)

    let private replyWith isWhole native (state: PartialReply) : Reply =
        {
            Id = state.Rest.Details.Id
            Model = state.Rest.Details.Model
            Content = shown isWhole state
            FinishReason = state.Rest.Details.FinishReason
            Usage = usage state
            Native = native
        }

    /// <summary>What has come so far, as a reply: unfinished thoughts and tool calls are left out.</summary>
    let partial (state: PartialReply) : Reply = replyWith isClosed None state

    /// <summary>What had begun and is not whole, as far as it came: thoughts, tool calls and audio. Text is in the partial reply.</summary>
    let unfinished (state: PartialReply) : AssistantPart list =
        let begun (struct (head: PartHead, text: TextBuffer)) =
            match head.Kind with
            | PartKind.ToolCall(id, name) when head.Open ->
                Some(AssistantPart.ToolCall { Id = id; Name = name; Arguments = text.ToString() })
            | PartKind.Thought
            | PartKind.Audio _ when head.Open -> visible (fun _ -> true) (struct (head, text))
            | _ -> None

        partsByIndex state |> ByIndex.values |> List.choose begun

    /// <summary>
    /// The end of the fold: <c>Complete</c> only where a <c>Finish</c> chunk proved it, so that no prefix of a stream is.
    /// </summary>
    let finish (state: PartialReply) : Completion =
        if state.Rest.Details.Finished then
            Completion.Complete(replyWith (fun _ -> true) (renderNative state) state)
        else
            Completion.Truncated(partial state)

    /// The state in which this is what was used.
    let internal counted (counting: ICounting) (state: PartialReply) : PartialReply = { state with Counting = counting }

    /// <summary>The state after the chunks of one event.</summary>
    let stepAll (state: PartialReply) (chunks: Chunks) : PartialReply =
        if Chunks.isNone chunks.first then
            state
        else
            let first = step state chunks.first
            let folded = if chunks.rest.IsEmpty then first else List.fold step first chunks.rest

            match chunks.counting with
            | null -> folded
            | counting -> counted counting folded

    /// <summary>Folds a whole list.</summary>
    let ofChunks (chunks: Chunk list) : PartialReply = List.fold step empty chunks
