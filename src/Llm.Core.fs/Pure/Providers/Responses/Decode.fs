// Reads the events of a Responses stream, and whole answers by the same functions. Called by the codec of this folder.
// It reads documents; deltas of the part that grew last and the events that frame a text have readers of their own, of bytes.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesDecode =
    let private subIndex name (event: JsonElement) =
        match Dom.int name event with
        | ValueSome index when ResponsesState.isIndex index -> index
        | _ -> 0

    let private subName (delta: ResponsesDelta) =
        match delta with
        | ResponsesDelta.Summary -> "summary_index"
        | ResponsesDelta.Text
        | ResponsesDelta.Refusal
        | ResponsesDelta.Reasoning
        | ResponsesDelta.Arguments -> "content_index"

    let private subOf (delta: ResponsesDelta) (event: JsonElement) =
        match delta with
        | ResponsesDelta.Arguments -> 0
        | _ -> subIndex (subName delta) event

    let private kindOfPart (delta: ResponsesDelta) =
        match delta with
        | ResponsesDelta.Text
        | ResponsesDelta.Refusal -> ResponsesPartKind.Text
        | ResponsesDelta.Summary
        | ResponsesDelta.Reasoning -> ResponsesPartKind.Thought
        | ResponsesDelta.Arguments -> ResponsesPartKind.ToolCall

    /// The part of a delta is the hot one from now on, if more of it can come.
    let private heat delta (outputIndex: int voption) sub part (progression: ResponsesProgression) =
        match outputIndex, ByIndex.tryFind part progression.State.Parts with
        | ValueSome index, ValueSome { Kind = kind; Progress = ResponsesProgress.Growing } when kind.Equals(kindOfPart delta) ->
            let hot = { Delta = delta; OutputIndex = index; SubIndex = sub; Part = part }

            match progression.State.Hot with
            | Some before when before.Equals hot -> progression
            | _ -> ResponsesState.change (fun state -> { state with Hot = Some hot }) progression
        | _ -> progression

    /// What must be known of the item before its part grows; nothing where the delta does not belong there.
    let private prepare (delta: ResponsesDelta) slot (progression: ResponsesProgression) =
        let thoughtFrom place =
            ResponsesItems.expect slot "reasoning" progression |> ValueOption.bind (ResponsesItems.claimThoughts slot place)

        match delta with
        | ResponsesDelta.Text -> ResponsesItems.expect slot "message" progression
        | ResponsesDelta.Refusal -> ResponsesItems.expect slot "message" progression |> ValueOption.map ResponsesItems.refuse
        | ResponsesDelta.Summary -> thoughtFrom ResponsesThoughts.Summary
        | ResponsesDelta.Reasoning -> thoughtFrom ResponsesThoughts.Content
        | ResponsesDelta.Arguments -> ValueSome progression

    /// More of the part there; a delta that names an `output_index` makes it the hot one.
    let growAt (delta: ResponsesDelta) slot (outputIndex: int voption) sub (text: string) (progression: ResponsesProgression) =
        let part = ResponsesState.partIndex slot sub

        match prepare delta slot progression with
        | ValueSome ready -> ready |> ResponsesState.grow (kindOfPart delta) part text |> heat delta outputIndex sub part
        | ValueNone -> progression

    let private grow (delta: ResponsesDelta) (event: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        match Dom.nonEmpty "delta" event with
        | ValueNone -> progression
        | ValueSome text ->
            let slot = ResponsesItems.slotOf event progression.State
            growAt delta slot (ResponsesItems.outputIndex event) (subOf delta event) text progression

    /// A part is whole; the event has its text in this member.
    let private ended (delta: ResponsesDelta) (name: string) (event: JsonElement) (progression: ResponsesProgression) =
        let slot = ResponsesItems.slotOf event progression.State
        let text () = Dom.string name event |> ValueOption.defaultValue ""
        let part = ResponsesState.partIndex slot (subOf delta event)

        if Dom.isFilled name event then
            match prepare delta slot progression with
            | ValueSome ready -> ResponsesState.complete (kindOfPart delta) part text ready
            | ValueNone -> progression
        else
            ResponsesState.finish part progression

    let private endedArguments (event: JsonElement) (progression: ResponsesProgression) =
        let index = ResponsesState.partIndex (ResponsesItems.slotOf event progression.State) 0
        ResponsesState.complete ResponsesPartKind.ToolCall index (fun () -> ResponsesItems.argumentsOf event) progression

    let private endedPart (subName: string) (event: JsonElement) (progression: ResponsesProgression) =
        match Dom.property "part" event with
        | ValueSome part when Dom.isObject part ->
            let slot = ResponsesItems.slotOf event progression.State

            match ResponsesItems.expect slot (ResponsesItems.homeOf (ResponsesItems.typeOf part)) progression with
            | ValueSome ready -> ResponsesItems.part slot (subIndex subName event) part ready
            | ValueNone -> progression
        | _ -> progression

    let private item isWhole (event: JsonElement) (progression: ResponsesProgression) =
        match Dom.property "item" event with
        | ValueSome item when Dom.isObject item ->
            let struct (slot, arrived) = ResponsesItems.arrive isWhole event item progression

            if isWhole then
                ResponsesItems.whole slot item arrived
            else
                ResponsesItems.announced slot item arrived
        | _ -> progression

    let private responseOf (event: JsonElement) = Dom.property "response" event |> ValueOption.defaultValue event

    let private finished provider isIncomplete (event: JsonElement) (progression: ResponsesProgression) =
        let response = responseOf event

        match Dom.string "status" response with
        | ValueSome "failed" -> Error(ErrorBody.ofElement provider response)
        | ValueSome "incomplete" -> Ok(ResponsesAnswer.finished true (ResponsesAnswer.seen response) progression)
        | _ -> Ok(ResponsesAnswer.finished isIncomplete (ResponsesAnswer.seen response) progression)

    /// An event that the format does not name: an error that is no event, an answer that was not streamed, or news to be ignored.
    let private unnamed provider (kind: string) (event: JsonElement) (progression: ResponsesProgression) =
        if kind.StartsWith("response.", StringComparison.Ordinal) then Ok progression
        elif Dom.says "object" "response" event then ResponsesAnswer.standing provider event progression
        elif Dom.has "error" event then Error(ErrorBody.ofElement provider event)
        else Ok progression

    let private read provider (kind: string) (event: JsonElement) (progression: ResponsesProgression) =
        match kind with
        | "response.output_text.delta" -> Ok(grow ResponsesDelta.Text event progression)
        | "response.refusal.delta" -> Ok(grow ResponsesDelta.Refusal event progression)
        | "response.reasoning_summary_text.delta" -> Ok(grow ResponsesDelta.Summary event progression)
        | "response.reasoning_text.delta" -> Ok(grow ResponsesDelta.Reasoning event progression)
        | "response.function_call_arguments.delta" -> Ok(grow ResponsesDelta.Arguments event progression)
        | "response.output_text.done" -> Ok(ended ResponsesDelta.Text "text" event progression)
        | "response.refusal.done" -> Ok(ended ResponsesDelta.Refusal "refusal" event progression)
        | "response.reasoning_summary_text.done" -> Ok(ended ResponsesDelta.Summary "text" event progression)
        | "response.reasoning_text.done" -> Ok(ended ResponsesDelta.Reasoning "text" event progression)
        | "response.function_call_arguments.done" -> Ok(endedArguments event progression)
        | "response.content_part.done"
        | "response.reasoning_part.done" -> Ok(endedPart "content_index" event progression)
        | "response.reasoning_summary_part.done" -> Ok(endedPart "summary_index" event progression)
        | "response.output_item.added" -> Ok(item false event progression)
        | "response.output_item.done" -> Ok(item true event progression)
        | "response.created"
        | "response.queued"
        | "response.in_progress" ->
            let seen = ResponsesAnswer.seen (responseOf event)
            Ok(progression |> ResponsesAnswer.meta seen |> ResponsesAnswer.usage seen)
        | "response.completed" -> finished provider false event progression
        | "response.incomplete" -> finished provider true event progression
        | "response.failed" -> Error(ErrorBody.ofElement provider (responseOf event))
        | "error" -> Error(ErrorBody.ofElement provider event)
        | other -> unnamed provider other event progression

    /// Vendors differ in whether events have names, so the data says what an event is, and its name only where the data does not.
    let private kindOf (name: string) (event: JsonElement) = Dom.nonEmpty "type" event |> ValueOption.defaultValue name

    let private space = " \t\r\n"B
    let private doneMark = "[DONE]"B

    /// The event, from a document: knows all, decides all.
    let careful (provider: string) (state: ResponsesState) (event: WireEvent) : Result<struct (Chunks * ResponsesState), LlmError> =
        let data = event.Data.Span.Trim(ReadOnlySpan space)

        if data.IsEmpty then
            Ok(struct (Chunks.empty, state))
        elif data.SequenceEqual(ReadOnlySpan doneMark) then
            Ok(struct (Chunks.empty, { state with IsDone = true; Hot = None }))
        else
            match Dom.parse event.Data (fun root -> read provider (kindOf event.Name root) root (ResponsesState.start state)) with
            | Ok(Ok progression) -> Ok(ResponsesState.taken progression)
            | Ok(Error error) -> Error error
            | Error message -> Error(ErrorBody.invalid provider message event.Data)

    /// What had been used until the answer failed.
    let beside (state: ResponsesState) (event: WireEvent) : Chunks =
        match
            Dom.parse event.Data (fun root -> ResponsesAnswer.usage (ResponsesAnswer.seen (responseOf root)) (ResponsesState.start state))
        with
        | Ok progression -> Chunks.ofList (List.rev progression.Chunks)
        | Error _ -> Chunks.empty

    /// A delta of the part that grew last, without a document.
    let fast (state: ResponsesState) (data: ReadOnlyMemory<byte>) : struct (Chunks * ResponsesState) voption =
        ResponsesFast.read null state { Name = ""; Data = data; IsWhole = true }
        |> ValueOption.map (fun chunks -> struct (chunks, state))

    let private answer provider (root: JsonElement) : Result<Chunk list, LlmError> =
        let isResponse = Dom.says "object" "response" root || (Dom.property "output" root).IsSome

        if isResponse then
            ResponsesAnswer.standing provider root (ResponsesState.start ResponsesState.initial)
            |> Result.map (fun progression -> List.rev progression.Chunks)
        elif Dom.has "error" root then
            Error(ErrorBody.ofElement provider root)
        else
            Error(LlmError.InvalidResponse(provider, "the answer is no response object", Dom.rawText root))

    /// A whole answer, as the chunks that say the same.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        match Dom.parse body (answer provider) with
        | Ok chunks -> chunks
        | Error message -> Error(ErrorBody.invalid provider message body)
