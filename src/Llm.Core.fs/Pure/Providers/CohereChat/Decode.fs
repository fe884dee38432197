// Reads answers in Cohere's v2 chat format, whole and streamed, through the same steps. The hot deltas are read by Fast.
// The proof of completeness is `message-end`; in a stream tool_calls, content and citations are objects, in a whole answer lists.
namespace Llm.Core

open System
open System.Text
open System.Runtime.InteropServices
open System.Text.Json

[<RequireQualifiedAccess>]
module internal CohereDecode =
    let private orEmpty (value: string voption) = ValueOption.defaultValue "" value

    // https://docs.cohere.com/reference/chat: COMPLETE, STOP_SEQUENCE, MAX_TOKENS, TOOL_CALL, ERROR, TIMEOUT; ERROR_LIMIT is older.
    let private finishReason (word: string) : FinishReason option =
        match word with
        | ""
        | "COMPLETE"
        | "STOP_SEQUENCE"
        | "TOOL_CALL" -> None
        | "MAX_TOKENS" -> Some FinishReason.MaxTokens
        | "ERROR_LIMIT" -> Some FinishReason.ContextLengthExceeded
        | _ -> Some(FinishReason.Other word)

    let private isFailure (word: string) = (word = "ERROR")

    /// The members of an object that we do not know, each with a comma before it.
    let private extras (known: string list) (element: JsonElement) : string =
        if Dom.isObject element then
            [
                for property in element.EnumerateObject() do
                    let isKnown = List.contains (Dom.nameOf property) known

                    if not isKnown && property.Value.ValueKind <> JsonValueKind.Null then
                        // The name as it came: a lone surrogate in it would throw.
                        let name = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName property)
                        $",\"{name}\":{Dom.rawText property.Value}"
            ]
            |> String.concat ""
        else
            ""

    let private isKnown (kind: string) =
        match kind with
        | ""
        | "text"
        | "thinking" -> true
        | _ -> false

    let private growContent (position: int) (content: JsonElement) (progress: CohereProgress) : CohereProgress =
        progress
        |> CohereState.grow CohereSlot.Thought position (Dom.string "thinking" content |> orEmpty)
        |> CohereState.grow CohereSlot.Text position (Dom.string "text" content |> orEmpty)

    /// A content begins, and in a whole answer is all there.
    let private startContent (position: int) (content: JsonElement) (progress: CohereProgress) : CohereProgress =
        let kind = Dom.string "type" content |> orEmpty

        if content.ValueKind = JsonValueKind.String then
            CohereState.grow CohereSlot.Text position (Dom.asString content |> orEmpty) progress
        elif not (isKnown kind) then
            CohereState.other position kind (Dom.raw content) progress
        else
            match extras [ "type"; "text"; "thinking" ] content with
            | "" -> growContent position content progress
            | extra ->
                progress
                |> CohereState.change (fun state -> { state with Extras = Map.add position extra state.Extras })
                |> growContent position content

    let private endContent (position: int) (progress: CohereProgress) : CohereProgress =
        CohereState.close [ CohereSlot.Text; CohereSlot.Thought ] position progress

    let private argumentsOf (called: JsonElement) : string =
        match Dom.property "arguments" called with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> orEmpty
        | ValueSome value when value.ValueKind = JsonValueKind.Object -> Dom.rawText value
        | _ -> ""

    let private startCall (position: int) (call: JsonElement) (progress: CohereProgress) : CohereProgress =
        let called = Dom.property "function" call |> ValueOption.defaultValue call
        let extra = extras [ "id"; "type"; "function" ] call

        progress
        |> CohereState.startCall position (Dom.scalar "id" call |> orEmpty) (Dom.string "name" called |> orEmpty) extra
        |> CohereState.growCall position (argumentsOf called)

    let private growCall (position: int) (call: JsonElement) (progress: CohereProgress) : CohereProgress =
        let called = Dom.property "function" call |> ValueOption.defaultValue call
        CohereState.growCall position (argumentsOf called) progress

    let private endCall (position: int) (progress: CohereProgress) : CohereProgress =
        CohereState.close [ CohereSlot.Call ] position progress

    let private readMeta (root: JsonElement) (progress: CohereProgress) : CohereProgress =
        match Dom.nonEmpty "id" root, progress.State.AnswerId with
        | ValueSome id, None ->
            progress
            |> CohereState.emit (Chunk.Meta(Some id, None))
            |> CohereState.change (fun state -> { state with AnswerId = Some id })
        | _ -> progress

    /// What was used: `tokens`, for `billed_units` leave out what Cohere itself puts into a prompt.
    let private readUsage (holder: JsonElement) (progress: CohereProgress) : CohereProgress =
        let usage = Dom.property "usage" holder
        let within names = usage |> ValueOption.bind (Dom.path names) |> ValueOption.bind Dom.asInt64
        let count (counter: int64 voption) = ValueOption.defaultValue 0L counter

        match within [ "tokens"; "input_tokens" ], within [ "tokens"; "output_tokens" ] with
        | ValueNone, ValueNone -> progress
        | input, output ->
            let counted =
                { Usage.zero with
                    InputTokens = count input
                    OutputTokens = count output
                    CacheReadTokens = count (within [ "cached_tokens" ])
                    ReasoningTokens = count (within [ "tokens"; "reasoning_tokens" ])
                }

            CohereState.emit (Chunk.Usage(UsageUpdate.Snapshot counted)) progress

    let private finish (word: string) (native: CohereState -> NativeFragment list voption) (progress: CohereProgress) : CohereProgress =
        let closed = CohereState.closeAll progress

        let returned =
            match native closed.State with
            | ValueSome fragments -> CohereState.emit (Chunk.Native fragments) closed
            | ValueNone -> closed

        returned
        |> CohereState.change (fun state -> { state with IsFinished = true })
        |> CohereState.emit (Chunk.Finish(finishReason word))

    let private indexed (name: string) (element: JsonElement) : (int * JsonElement) list = Dom.items name element |> List.indexed

    let private addCitation (citation: JsonElement) (state: CohereState) : CohereState =
        { state with Citations = Dom.rawText citation :: state.Citations }

    /// The message of a whole answer.
    let private readMessage (message: JsonElement) (progress: CohereProgress) : CohereProgress =
        let planned = CohereState.grow CohereSlot.Plan CohereState.planPosition (Dom.string "tool_plan" message |> orEmpty) progress

        let contents =
            match Dom.property "content" message with
            | ValueSome value when value.ValueKind = JsonValueKind.String -> [ 0, value ]
            | _ -> indexed "content" message

        let said =
            contents
            |> List.fold (fun progress (position, content) -> progress |> startContent position content |> endContent position) planned

        let called =
            indexed "tool_calls" message
            |> List.fold (fun progress (position, call) -> progress |> startCall position call |> endCall position) said

        CohereState.change (fun state -> Dom.items "citations" message |> List.fold (fun state item -> addCitation item state) state) called

    let private isError (root: JsonElement) =
        match Dom.property "error" root with
        | ValueSome error -> Dom.isObject error || (Dom.asString error |> orEmpty) <> ""
        | ValueNone -> not (Dom.has "type" root) && (Dom.string "message" root).IsSome

    /// A whole answer, where the root is one.
    let private readAnswer (provider: string) (root: JsonElement) (progress: CohereProgress) =
        let word = Dom.string "finish_reason" root |> orEmpty

        match Dom.property "message" root with
        | _ when isError root || isFailure word -> Some(Error(ErrorBody.ofElement provider root))
        | ValueSome message when Dom.isObject message ->
            // The message as it came lacks an id of ours, by which the call's output must find the call.
            let hasId call = Dom.scalar "id" call |> ValueOption.exists (fun id -> id <> "")
            let verbatim _ = ValueSome [ NativeFragment.Raw(Dom.rawText message) ]
            let native = if Dom.items "tool_calls" message |> List.forall hasId then verbatim else CohereState.native

            progress |> readMeta root |> readMessage message |> readUsage root |> finish word native |> Ok |> Some
        | _ -> None

    /// What a delta says of a member of the message; lists are taken by their first item.
    let private deltaOf (name: string) (root: JsonElement) : JsonElement voption =
        match Dom.path [ "delta"; "message"; name ] root with
        | ValueSome value when value.ValueKind = JsonValueKind.Array -> Dom.asItems value |> List.tryHead |> ValueOption.ofOption
        | found -> found

    /// The error that a `message-end` is.
    let private failure (provider: string) (root: JsonElement) (delta: JsonElement) : LlmError =
        let says name = (Dom.string name delta).IsSome
        ErrorBody.ofElement provider (if List.exists says [ "error"; "error_type"; "message" ] then delta else root)

    let private readEnd (provider: string) (root: JsonElement) (progress: CohereProgress) : Result<CohereProgress, LlmError> =
        let delta = Dom.property "delta" root |> ValueOption.defaultValue root
        let word = Dom.string "finish_reason" delta |> orEmpty

        if isFailure word then Error(failure provider root delta)
        elif progress.State.IsFinished then Ok progress
        else Ok(progress |> readMeta root |> readUsage delta |> finish word CohereState.native)

    /// An event of a stream, once parsed.
    let private readEvent (provider: string) (name: string) (state: CohereState) (root: JsonElement) : Result<CohereProgress, LlmError> =
        let begun = CohereState.start state
        let position = Dom.int "index" root |> ValueOption.defaultValue 0

        let withDelta member' (read: JsonElement -> CohereProgress -> CohereProgress) =
            match deltaOf member' root with
            | ValueSome delta -> Ok(read delta begun)
            | ValueNone -> Ok begun

        match Dom.string "type" root |> ValueOption.defaultValue name with
        | _ when isError root || name = "error" -> Error(ErrorBody.ofElement provider root)
        | "error" -> Error(ErrorBody.ofElement provider root)
        | "message-end" -> readEnd provider root begun
        | _ when state.IsFinished -> Ok begun
        | "message-start" -> Ok(readMeta root begun)
        | "content-start" -> withDelta "content" (startContent position)
        | "content-delta" -> withDelta "content" (growContent position)
        | "content-end" -> Ok(endContent position begun)
        | "tool-plan-delta" ->
            withDelta "tool_plan" (fun plan -> CohereState.grow CohereSlot.Plan CohereState.planPosition (Dom.asString plan |> orEmpty))
        | "tool-call-start" -> withDelta "tool_calls" (startCall position)
        | "tool-call-delta" -> withDelta "tool_calls" (growCall position)
        | "tool-call-end" -> Ok(endCall position begun)
        | "citation-start" -> withDelta "citations" (fun citation -> CohereState.change (addCitation citation))
        // Some servers answer a streamed request with one whole message.
        | "" when Map.isEmpty state.Parts -> readAnswer provider root begun |> Option.defaultValue (Ok begun)
        | _ -> Ok begun

    let private doneMark = "[DONE]"B
    let private blanks = " \t\r\n"B

    /// Reads any event.
    let careful (provider: string) (state: CohereState) (event: WireEvent) : Result<struct (Chunks * CohereState), LlmError> =
        let data = MemoryExtensions.Trim(event.Data.Span, ReadOnlySpan blanks)

        if state.IsDone || data.Length = 0 then
            Ok(struct (Chunks.empty, state))
        elif data.SequenceEqual(ReadOnlySpan doneMark) then
            Ok(struct (Chunks.empty, { state with IsDone = true }))
        else
            match Dom.parse event.Data (readEvent provider event.Name state) with
            | Ok(Ok progress) -> Ok(struct (Chunks.ofList (CohereState.chunks progress), progress.State))
            | Ok(Error error) -> Error error
            | Error message -> Error(ErrorBody.invalid provider message event.Data)

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        match Dom.parse body (fun root -> readAnswer provider root (CohereState.start CohereState.initial)) with
        | Ok(Some answer) -> Result.map CohereState.chunks answer
        | Ok None -> Error(ErrorBody.invalid provider "the answer has no message" body)
        | Error message -> Error(ErrorBody.invalid provider message body)
