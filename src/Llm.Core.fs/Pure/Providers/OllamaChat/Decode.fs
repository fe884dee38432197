// Reads answers in Ollama's native formats, chat and generate, whole and streamed, through the same functions: an answer is an event
// that is done. The hot deltas are read by Fast.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal OllamaDecode =
    let private orEmpty (value: string voption) = ValueOption.defaultValue "" value

    /// https://docs.ollama.com/api/chat: tool calls end with stop, too.
    let private finishReason (word: string) : FinishReason option =
        match word with
        | ""
        | "stop" -> None
        | "length" -> Some FinishReason.MaxTokens
        | _ -> Some(FinishReason.Other word)

    /// Arguments are an object, or, from servers that speak alike, its text.
    let private argumentsOf (called: JsonElement) : string =
        match Dom.property "arguments" called with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> orEmpty
        | ValueSome value when value.ValueKind = JsonValueKind.Object -> Dom.rawText value
        | _ -> ""

    let private readCall (progress: OllamaProgress) (item: JsonElement) : OllamaProgress =
        if Dom.isObject item then
            let called = Dom.property "function" item |> ValueOption.defaultValue item
            let name = Dom.string "name" called |> orEmpty

            OllamaState.call (Dom.scalar "id" item |> orEmpty) name (argumentsOf called) (Dom.rawText item) progress
        else
            progress

    /// A message or a delta of one. Generate has its text beside the counters, as `response`.
    let private readMessage (root: JsonElement) (progress: OllamaProgress) : OllamaProgress =
        let message =
            match Dom.property "message" root with
            | ValueSome message when Dom.isObject message -> message
            | _ -> root

        let said =
            progress
            |> OllamaState.thought (Dom.string "thinking" message |> orEmpty)
            |> OllamaState.text (Dom.string "content" message |> ValueOption.orElse (Dom.string "response" message) |> orEmpty)

        let seen =
            Dom.items "images" message |> List.fold (fun progress image -> OllamaState.other "images" (Dom.raw image) progress) said

        Dom.items "tool_calls" message |> List.fold readCall seen

    let private readMeta (root: JsonElement) (progress: OllamaProgress) : OllamaProgress =
        let began =
            match progress.State.Began, Dom.nonEmpty "created_at" root with
            | None, ValueSome moment -> progress |> OllamaState.change (fun state -> { state with Began = Some moment })
            | _ -> progress

        match Dom.nonEmpty "model" root with
        | ValueSome model when not progress.State.HasModel ->
            began
            |> OllamaState.change (fun state -> { state with HasModel = true })
            |> OllamaState.emit (Chunk.Meta(None, Some model))
        | _ -> began

    let private readUsage (root: JsonElement) (progress: OllamaProgress) : OllamaProgress =
        match Dom.int64 "prompt_eval_count" root, Dom.int64 "eval_count" root with
        | ValueNone, ValueNone -> progress
        | input, output ->
            let counted =
                { Usage.zero with
                    InputTokens = ValueOption.defaultValue 0L input
                    OutputTokens = ValueOption.defaultValue 0L output
                }

            OllamaState.emit (Chunk.Usage(UsageUpdate.Snapshot counted)) progress

    let private finish (native: OllamaState -> NativeFragment list voption) (root: JsonElement) (progress: OllamaProgress) =
        let closed = OllamaState.close progress

        let returned =
            match native closed.State with
            | ValueSome fragments -> OllamaState.emit (Chunk.Native fragments) closed
            | ValueNone -> closed

        returned
        |> OllamaState.change (fun state -> { state with IsDone = true })
        |> readUsage root
        |> OllamaState.emit (Chunk.Finish(finishReason (Dom.string "done_reason" root |> orEmpty)))

    let private isError (root: JsonElement) =
        match Dom.property "error" root with
        | ValueSome error -> Dom.isObject error || (Dom.asString error |> orEmpty) <> ""
        | ValueNone -> false

    let private isTrue (name: string) (root: JsonElement) =
        match Dom.property name root with
        | ValueSome value -> value.ValueKind = JsonValueKind.True
        | ValueNone -> false

    /// The provider's own form of an answer that came whole.
    let private verbatim (root: JsonElement) (_: OllamaState) : NativeFragment list voption =
        match Dom.property "message" root with
        | ValueSome message when Dom.isObject message -> ValueSome [ NativeFragment.Raw(Dom.rawText message) ]
        | _ -> ValueNone

    let private readEvent (provider: string) (state: OllamaState) (root: JsonElement) : Result<OllamaProgress, LlmError> =
        if isError root then
            Error(ErrorBody.ofElement provider root)
        else
            let said = OllamaState.start state |> readMeta root |> readMessage root
            Ok(if isTrue "done" root then finish OllamaState.native root said else said)

    /// Reads any event.
    let careful (provider: string) (state: OllamaState) (event: WireEvent) : Result<struct (Chunks * OllamaState), LlmError> =
        if state.IsDone then
            Ok(struct (Chunks.empty, state))
        else
            match Dom.parse event.Data (readEvent provider state) with
            | Ok(Ok progress) -> Ok(struct (Chunks.ofList (OllamaState.chunks progress), progress.State))
            | Ok(Error error) -> Error error
            | Error message -> Error(ErrorBody.invalid provider message event.Data)

    /// A whole answer is whole by coming so, whatever it says of being done.
    let private readAnswer (provider: string) (root: JsonElement) : Result<Chunk list, LlmError> option =
        let isAnswer = Dom.has "message" root || Dom.has "response" root || Dom.has "done" root

        if isError root then
            Some(Error(ErrorBody.ofElement provider root))
        elif isAnswer then
            OllamaState.start OllamaState.initial
            |> readMeta root
            |> readMessage root
            |> finish (verbatim root) root
            |> OllamaState.chunks
            |> Ok
            |> Some
        else
            None

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        match Dom.parse body (readAnswer provider) with
        | Ok(Some answer) -> answer
        | Ok None -> Error(ErrorBody.invalid provider "the answer has no message" body)
        | Error message -> Error(ErrorBody.invalid provider message body)
