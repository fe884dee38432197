// Reads a chat completions message, or a delta of one: one tolerant reader for all vendors. Called by Decode.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ChatDecodeMessage =
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
        | ValueSome url when url <> "" -> ChatParts.part (AssistantPart.Image(image url)) progress
        | _ -> progress

    let private contentChunk (progress: ChatProgress) (chunk: JsonElement) : ChatProgress =
        if chunk.ValueKind = JsonValueKind.String then
            ChatParts.text (Dom.asString chunk |> orEmpty) progress
        else
            match Dom.string "type" chunk with
            | ValueSome "text"
            | ValueSome "output_text" -> ChatParts.text (Dom.string "text" chunk |> orEmpty) progress
            | ValueSome "thinking" -> ChatParts.thought (thinkingText chunk) progress
            | ValueSome "refusal" -> ChatParts.refusal (Dom.string "refusal" chunk |> orEmpty) progress
            | ValueSome "image_url" -> imagePart chunk progress
            | ValueSome kind -> ChatParts.part (AssistantPart.Other { Kind = kind; Json = Dom.raw chunk }) progress
            | ValueNone -> progress

    let private readContent (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        match Dom.property "content" message with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> ChatParts.text (Dom.asString value |> orEmpty) progress
        | ValueSome value -> Dom.asItems value |> List.fold contentChunk progress
        | ValueNone -> progress

    let private growingMembers = [ "text"; "summary"; "data" ]

    /// An item of reasoning details for the way back; one of a whole message stands in it as it came.
    let private keepDetail (progress: ChatProgress) (item: JsonElement) : ChatProgress =
        if not (Dom.isObject item) then
            progress
        else
            let isGrowing (property: JsonProperty) =
                List.contains (Dom.nameOf property) growingMembers && property.Value.ValueKind = JsonValueKind.String

            let properties = [ for property in item.EnumerateObject() -> property ]
            let key = $"""{Dom.scalar "type" item |> orEmpty}/{Dom.scalar "index" item |> orEmpty}"""

            let growing =
                properties
                |> List.filter isGrowing
                |> List.map (fun property -> Dom.nameOf property, Dom.asString property.Value |> orEmpty)

            let rest =
                properties
                |> List.filter (fun property -> not (isGrowing property) && property.Value.ValueKind <> JsonValueKind.Null)
                |> List.map (fun property -> Dom.nameOf property, Dom.rawText property.Value)

            ChatParts.detail key growing rest progress

    let private detailText (item: JsonElement) : string =
        match Dom.nonEmpty "text" item with
        | ValueSome text -> text
        | ValueNone -> Dom.string "summary" item |> orEmpty

    let private thoughtFrom (source: ThoughtSource) (text: string) (progress: ChatProgress) : ChatProgress =
        match progress.State.ThoughtSource with
        | _ when text = "" -> progress
        | known when known.Equals source -> ChatParts.thought text progress
        | ThoughtSource.Unknown ->
            progress |> ChatState.change (fun state -> { state with Rare.ThoughtSource = source }) |> ChatParts.thought text
        | _ -> progress

    let private readThoughts (isWhole: bool) (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        let details = Dom.items "reasoning_details" message

        let spoken =
            match Dom.nonEmpty "reasoning_content" message |> ValueOption.orElse (Dom.nonEmpty "reasoning" message) with
            | ValueSome text -> thoughtFrom ThoughtSource.Strings text progress
            | ValueNone when List.isEmpty details -> progress
            | ValueNone -> thoughtFrom ThoughtSource.Details (details |> List.map detailText |> String.concat "") progress

        if isWhole then spoken else List.fold keepDetail spoken details

    let private readAudio (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        match Dom.property "audio" message with
        | ValueSome audio ->
            let text name = Dom.string name audio |> orEmpty
            ChatParts.audio (text "id") (text "data") (text "transcript") progress
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
                if property.Value.ValueKind <> JsonValueKind.Null && not (List.contains (Dom.nameOf property) knownCallMembers) then
                    Dom.nameOf property, Dom.rawText property.Value
        ]

    /// Whether what a delta says at the index of a call begins another one: vendors that send calls whole give all the same index.
    let private isAnother (id: string) (name: string) (arguments: string) (call: ChatCall) =
        if id <> "" && call.WireId <> "" then
            id <> call.WireId
        else
            name <> ""
            && call.Name <> ""
            && call.HasArguments
            && (name <> call.Name || id <> "" || (call.CameWhole && arguments <> ""))

    /// The call that a delta continues.
    let private continued position id name arguments (calls: ChatCalls) : ChatCall voption =
        let newest =
            match position with
            | ValueSome position -> ChatCalls.atPosition position calls
            | ValueNone when id <> "" -> ChatCalls.withWireId id calls
            | ValueNone when name <> "" -> ValueNone
            | ValueNone -> ChatCalls.newest calls

        newest |> ValueOption.filter (fun call -> not (isAnother id name arguments call))

    /// A call, or more of one that a delta continues.
    let private addCall isWhole position id name arguments isCustom extra (progress: ChatProgress) : ChatProgress =
        let call = if isWhole then ValueNone else continued position id name arguments progress.State.Calls

        match call with
        | ValueNone when id = "" && name = "" && arguments = "" -> progress
        | ValueNone ->
            let struct (call, begun) = ChatParts.newCall position id isCustom progress
            ChatParts.growCall id name arguments extra call begun
        | ValueSome call -> ChatParts.growCall id name arguments extra call progress

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
            addCall isWhole position id name arguments isCustom extra progress

    /// Older servers of Hugging Face's send the one call of a delta without a list around it.
    let private callsOf (message: JsonElement) : JsonElement list =
        match Dom.property "tool_calls" message with
        | ValueSome call when Dom.isObject call -> [ call ]
        | _ -> Dom.items "tool_calls" message

    /// The one call of a server from before there were several, which has no id: <c>function_call</c>.
    let private legacyCall (message: JsonElement) : JsonElement voption =
        if List.isEmpty (callsOf message) then
            Dom.property "function_call" message |> ValueOption.filter Dom.isObject
        else
            ValueNone

    let private readLegacyCall (isWhole: bool) (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        match legacyCall message with
        | ValueSome called ->
            let name = Dom.string "name" called |> orEmpty
            addCall isWhole ValueNone "" name (argumentsOf "arguments" called) false [] progress
        | ValueNone -> progress

    /// A message or a delta of one.
    let read (isWhole: bool) (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        let said =
            progress
            |> readThoughts isWhole message
            |> readContent message
            |> ChatParts.refusal (Dom.string "refusal" message |> orEmpty)
            |> readAudio message

        let seen = Dom.items "images" message |> List.fold (fun progress item -> imagePart item progress) said

        callsOf message |> List.fold (readCall isWhole) seen |> readLegacyCall isWhole message
