// Reads chat completions, whole and streamed, through the same functions: one tolerant reader for all vendors.
// The hot deltas of a stream are read by DecodeFast; this file decides what everything means.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ChatDecode =
    let private orEmpty (value: string voption) = ValueOption.defaultValue "" value

    /// What a word for the end means: None is a normal one, ValueNone that the word is missing.
    let finishReason (word: string) : FinishReason option =
        match word.ToLowerInvariant() with
        | "stop"
        | "end_turn"
        | "eos"
        | "eos_token"
        | "stop_sequence"
        | "stop_token"
        | "tool_calls"
        | "tool_call"
        | "tool_use"
        | "function_call"
        | "complete"
        | "completed" -> None
        | "length"
        | "max_tokens"
        | "max_output_tokens" -> Some FinishReason.MaxTokens
        | "content_filter"
        | "content_filtered"
        | "refusal"
        | "safety"
        | "prohibited_content"
        | "recitation"
        | "blocklist"
        | "spii"
        | "image_safety"
        | "model_armor"
        | "guardrail_intervened" -> Some FinishReason.Refusal
        | "model_length"
        | "context_length_exceeded"
        | "model_context_window_exceeded" -> Some FinishReason.ContextLengthExceeded
        | _ -> Some(FinishReason.Other word)

    /// Text of a thinking chunk: a string, or a list of texts.
    let private thinkingText (chunk: JsonElement) : string =
        match Dom.property "thinking" chunk with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> orEmpty
        | ValueSome value -> Dom.asItems value |> List.map (Dom.string "text" >> orEmpty) |> String.concat ""
        | ValueNone -> ""

    /// <c>data:image/png;base64,...</c> as bytes, everything else as an address.
    let private image (url: string) : Image =
        let mark = ";base64,"

        match url.IndexOf(mark, StringComparison.Ordinal) with
        | found when found > 0 && url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ->
            match Bytes.tryOfBase64 (url.Substring(found + mark.Length)) with
            | Some bytes -> Image.Inline(url.Substring(5, found - 5), bytes)
            | None -> Image.Url url
        | _ -> Image.Url url

    let private imagePart (item: JsonElement) (progress: ChatProgress) : ChatProgress =
        let url =
            match Dom.property "image_url" item with
            | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value
            | ValueSome value -> Dom.string "url" value
            | ValueNone -> Dom.string "url" item

        match url with
        | ValueSome url when url <> "" -> ChatState.part (AssistantPart.Image(image url)) progress
        | _ -> progress

    let private contentChunk (progress: ChatProgress) (chunk: JsonElement) : ChatProgress =
        if chunk.ValueKind = JsonValueKind.String then
            ChatState.text (Dom.asString chunk |> orEmpty) progress
        else
            match Dom.string "type" chunk with
            | ValueSome "text"
            | ValueSome "output_text" -> ChatState.text (Dom.string "text" chunk |> orEmpty) progress
            | ValueSome "thinking" -> ChatState.thought (thinkingText chunk) progress
            | ValueSome "refusal" -> ChatState.refusal (Dom.string "refusal" chunk |> orEmpty) progress
            | ValueSome "image_url" -> imagePart chunk progress
            | ValueSome kind -> ChatState.part (AssistantPart.Other { Kind = kind; Json = Dom.raw chunk }) progress
            | ValueNone -> progress

    let private readContent (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        match Dom.property "content" message with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> ChatState.text (Dom.asString value |> orEmpty) progress
        | ValueSome value -> Dom.asItems value |> List.fold contentChunk progress
        | ValueNone -> progress

    let private growingMembers = [ "text"; "summary"; "data" ]

    /// An item of reasoning details for the way back; one of a whole message stands in it as it came.
    let private keepDetail (progress: ChatProgress) (item: JsonElement) : ChatProgress =
        if not (Dom.isObject item) then
            progress
        else
            let isGrowing (property: JsonProperty) =
                List.contains property.Name growingMembers && property.Value.ValueKind = JsonValueKind.String

            let properties = [ for property in item.EnumerateObject() -> property ]
            let key = $"""{Dom.scalar "type" item |> orEmpty}/{Dom.scalar "index" item |> orEmpty}"""

            let growing =
                properties |> List.filter isGrowing |> List.map (fun property -> property.Name, Dom.asString property.Value |> orEmpty)

            let rest =
                properties
                |> List.filter (fun property -> not (isGrowing property) && property.Value.ValueKind <> JsonValueKind.Null)
                |> List.map (fun property -> property.Name, Dom.rawText property.Value)

            ChatState.detail key growing rest progress

    let private detailText (item: JsonElement) : string =
        match Dom.nonEmpty "text" item with
        | ValueSome text -> text
        | ValueNone -> Dom.string "summary" item |> orEmpty

    let private thoughtFrom (source: ThoughtSource) (text: string) (progress: ChatProgress) : ChatProgress =
        match progress.State.ThoughtSource with
        | _ when text = "" -> progress
        | known when known = source -> ChatState.thought text progress
        | ThoughtSource.Unknown ->
            progress |> ChatState.change (fun state -> { state with ThoughtSource = source }) |> ChatState.thought text
        | _ -> progress

    let private readThoughts (isWhole: bool) (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        let details = Dom.items "reasoning_details" message

        let spoken =
            match Dom.nonEmpty "reasoning_content" message |> ValueOption.orElse (Dom.nonEmpty "reasoning" message) with
            | ValueSome text -> thoughtFrom ThoughtSource.Strings text progress
            | ValueNone -> thoughtFrom ThoughtSource.Details (details |> List.map detailText |> String.concat "") progress

        if isWhole then spoken else List.fold keepDetail spoken details

    let private readAudio (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        match Dom.property "audio" message with
        | ValueSome audio ->
            let text name = Dom.string name audio |> orEmpty
            ChatState.audio (text "id") (text "data") (text "transcript") progress
        | ValueNone -> progress

    /// Arguments are a string, or, from some vendors, the object itself.
    let private argumentsOf (name: string) (element: JsonElement) : string =
        match Dom.property name element with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> orEmpty
        | ValueSome value when value.ValueKind = JsonValueKind.Object -> Dom.rawText value
        | _ -> ""

    let private knownCallMembers = [ "id"; "index"; "type"; "function"; "custom" ]

    let private extraMembers (item: JsonElement) : (string * string) list =
        [
            for property in item.EnumerateObject() do
                if property.Value.ValueKind <> JsonValueKind.Null && not (List.contains property.Name knownCallMembers) then
                    property.Name, Dom.rawText property.Value
        ]

    /// Whether what a delta says at the index of a call begins another one: vendors that send calls whole give all the same index.
    let private isAnother (id: string) (name: string) (arguments: string) (call: ChatCall) =
        if id <> "" && call.WireId <> "" then
            id <> call.WireId
        else
            name <> "" && call.HasArguments && (name <> call.Name || id <> "" || (call.CameWhole && arguments <> ""))

    /// The call that a delta continues.
    let private continued position id name arguments (calls: ChatCall list) : ChatCall voption =
        let newest =
            match position with
            | ValueSome _ -> calls |> List.tryFind (fun call -> call.Position = position)
            | ValueNone when id <> "" -> calls |> List.tryFind (fun call -> call.WireId = id)
            | ValueNone when name <> "" -> None
            | ValueNone -> List.tryHead calls

        match newest with
        | Some call when not (isAnother id name arguments call) -> ValueSome call
        | _ -> ValueNone

    let private readCall (isWhole: bool) (progress: ChatProgress) (item: JsonElement) : ChatProgress =
        if not (Dom.isObject item) then
            progress
        else
            let custom = Dom.property "custom" item
            let called = Dom.property "function" item |> ValueOption.orElse custom |> ValueOption.defaultValue item
            let isCustom = custom.IsSome && not (Dom.has "function" item)
            let position = Dom.int "index" item |> ValueOption.orElse (Dom.int "index" called)
            let id = Dom.scalar "id" item |> orEmpty
            let name = Dom.string "name" called |> orEmpty
            let arguments = argumentsOf (if isCustom then "input" else "arguments") called
            // A whole message goes back as it came.
            let extra = if isWhole then [] else extraMembers item

            let call = if isWhole then ValueNone else continued position id name arguments progress.State.Calls

            match call with
            | ValueNone when id = "" && name = "" && arguments = "" -> progress
            | ValueNone ->
                let struct (call, begun) = ChatState.newCall position id isCustom progress
                ChatState.growCall id name arguments extra call begun
            | ValueSome call -> ChatState.growCall id name arguments extra call progress

    /// A message or a delta of one.
    let private readMessage (isWhole: bool) (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        let said =
            progress
            |> readThoughts isWhole message
            |> readContent message
            |> ChatState.refusal (Dom.string "refusal" message |> orEmpty)
            |> readAudio message

        let seen = Dom.items "images" message |> List.fold (fun progress item -> imagePart item progress) said

        Dom.items "tool_calls" message |> List.fold (readCall isWhole) seen

    let private readWhole (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        progress |> readMessage true message |> ChatState.emit (Chunk.Native [ NativeFragment.Raw(Dom.rawText message) ])

    let private isEmpty (state: ChatState) = state.Next = 0

    /// Some vendors answer a streamed request with a message, others send the message so far beside each delta.
    let private readChoice (choice: JsonElement) (progress: ChatProgress) : ChatProgress =
        let afterDelta =
            match Dom.property "delta" choice with
            | ValueSome delta -> readMessage false delta progress
            | ValueNone -> progress

        match Dom.property "message" choice with
        | ValueSome message when isEmpty afterDelta.State && Dom.isObject message -> readWhole message afterDelta
        | _ -> afterDelta

    /// Emits the proof of completeness, once for each new meaning of the end.
    let private finish (reason: FinishReason option) (progress: ChatProgress) : ChatProgress =
        let state = progress.State
        let said = if state.IsRefused then Some FinishReason.Refusal else reason
        let merged = FinishReason.merge state.Reason said

        if state.IsFinished && merged = state.Reason then
            progress
        elif state.IsFinished then
            progress |> ChatState.change (fun state -> { state with Reason = merged }) |> ChatState.emit (Chunk.Finish merged)
        else
            let closed = ChatState.closeAll progress

            let returned =
                match ChatNative.ofStream closed.State with
                | ValueSome fragments -> ChatState.emit (Chunk.Native fragments) closed
                | ValueNone -> closed

            returned
            |> ChatState.change (fun state -> { state with IsFinished = true; Reason = merged })
            |> ChatState.emit (Chunk.Finish merged)

    /// Only the first choice is read.
    let private firstChoice (root: JsonElement) : JsonElement voption =
        Dom.items "choices" root
        |> List.tryFind (fun choice -> Dom.isObject choice && Dom.int "index" choice |> ValueOption.defaultValue 0 = 0)
        |> ValueOption.ofOption

    let private readMeta (root: JsonElement) (progress: ChatProgress) : ChatProgress =
        let fresh name isKnown = if isKnown then None else Dom.nonEmpty name root |> ValueOption.toOption

        match fresh "id" progress.State.HasId, fresh "model" progress.State.HasModel with
        | None, None -> progress
        | id, model ->
            progress
            |> ChatState.emit (Chunk.Meta(id, model))
            |> ChatState.change (fun state -> { state with HasId = state.HasId || id.IsSome; HasModel = state.HasModel || model.IsSome })

    let private readUsage (root: JsonElement) (progress: ChatProgress) : ChatProgress =
        let sent =
            [ Dom.path [ "x_groq"; "usage" ] root; Dom.property "usage" root ]
            |> List.choose ValueOption.toOption
            |> List.map ChatUsage.ofElement

        let merged = List.fold ChatUsage.merge progress.State.Usage sent

        if merged = progress.State.Usage then
            progress
        else
            let counted = progress |> ChatState.change (fun state -> { state with Usage = merged })

            match ChatUsage.toUsage merged with
            | ValueSome usage -> ChatState.emit (Chunk.Usage(UsageUpdate.Snapshot usage)) counted
            | ValueNone -> counted

    let private isError (root: JsonElement) =
        match Dom.property "error" root with
        | ValueSome error -> Dom.isObject error || (Dom.asString error |> orEmpty) <> ""
        | ValueNone -> not (Dom.has "choices" root) && Dom.string "object" root = ValueSome "error"

    let private hasProperty (name: string) (element: JsonElement) = Dom.isObject element && fst (element.TryGetProperty name)

    /// Vendors of Google's send errors within an array.
    let private unwrap (root: JsonElement) =
        if root.ValueKind = JsonValueKind.Array then
            Dom.asItems root |> List.tryHead |> Option.defaultValue root
        else
            root

    /// An event of a stream, once parsed.
    let private readEvent (provider: string) (name: string) (state: ChatState) (document: JsonElement) =
        let root = unwrap document

        if isError root || name = "error" then
            Error(ErrorBody.ofElement provider root)
        else
            let choice = firstChoice root
            let begun = ChatState.start state |> readMeta root

            let said =
                match choice with
                | ValueSome choice when not state.IsFinished -> readChoice choice begun
                | _ -> begun

            // A finished stream is finished by its words; an event that holds a whole message without them is finished by being whole.
            let finished =
                match choice with
                | ValueSome choice ->
                    match Dom.nonEmpty "finish_reason" choice with
                    | ValueSome word -> finish (finishReason word) said
                    | ValueNone when Dom.has "message" choice && not (Dom.has "delta" choice) -> finish None said
                    | ValueNone -> said
                | ValueNone -> said

            Ok(readUsage root finished)

    let private doneMark = "[DONE]"B

    /// The end that some vendors send after the last event, and that counts where no finish reason came.
    let private readDone (state: ChatState) : ChatProgress =
        ChatState.start state |> finish None |> ChatState.change (fun state -> { state with IsDone = true })

    /// Reads any event.
    let careful (provider: string) (state: ChatState) (event: WireEvent) : Result<struct (Chunks * ChatState), LlmError> =
        let data = MemoryExtensions.Trim(event.Data.Span, " \t\r\n"B)

        let given (progress: ChatProgress) = struct (Chunks.ofList (ChatState.chunks progress), progress.State)

        if state.IsDone || data.Length = 0 then
            Ok(struct (Chunks.empty, state))
        elif data.SequenceEqual doneMark then
            Ok(given (readDone state))
        else
            match Dom.parse event.Data (readEvent provider event.Name state) with
            | Ok read -> Result.map given read
            | Error message -> Error(ErrorBody.invalid provider message event.Data)

    /// A whole answer, once parsed. An answer without choices is none; a filtered choice may come without its message.
    let private readAnswer (document: JsonElement) : Result<Chunk list, string voption> =
        let root = unwrap document

        if isError root then
            Error ValueNone
        elif not (hasProperty "choices" root) then
            if Dom.has "message" root || Dom.has "detail" root then
                Error ValueNone
            else
                Error(ValueSome "the answer has no choices")
        else
            let begun = ChatState.start ChatState.initial |> readMeta root
            let choice = firstChoice root

            let message =
                choice
                |> ValueOption.bind (fun choice -> Dom.property "message" choice |> ValueOption.orElse (Dom.property "delta" choice))

            let said =
                match message with
                | ValueSome message when Dom.isObject message -> readWhole message begun
                | _ -> begun

            let reason =
                choice
                |> ValueOption.bind (Dom.nonEmpty "finish_reason")
                |> ValueOption.map finishReason
                |> ValueOption.defaultValue None

            Ok(said |> finish reason |> readUsage root |> ChatState.chunks)

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        let read root =
            match readAnswer root with
            | Ok chunks -> Ok chunks
            | Error ValueNone -> Error(ErrorBody.ofElement provider (unwrap root))
            | Error(ValueSome message) -> Error(ErrorBody.invalid provider message body)

        match Dom.parse body read with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid provider message body)
