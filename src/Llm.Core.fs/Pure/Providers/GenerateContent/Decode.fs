// Reads answers of generateContent: whole, and as the events of a stream. Every path here goes over parsed JSON and takes whatever
// comes; FastDecode.fs reads the plain deltas without. Called by the codec.
namespace Llm.Core

open System
open System.Runtime.InteropServices
open System.Text.Json

[<RequireQualifiedAccess>]
module internal GeminiJson =
    /// The value without the spaces between its tokens, which stay as they came: streams are compact, whole answers indented, and
    /// both shall say the same.
    let compact (element: JsonElement) : string = CompactJson.ofUtf8 (JsonMarshal.GetRawUtf8Value element)

    /// A member's name; JsonProperty.Name would throw where an escape in it is half of a pair.
    let name (property: JsonProperty) : string = Json.unescape (JsonMarshal.GetRawUtf8PropertyName property)

    /// <c>Dom.parse</c>, which lets through what the look-up of a member throws when such a name is in its way.
    let parse (utf8: ReadOnlyMemory<byte>) (read: JsonElement -> 'result) : Result<'result, string> =
        try
            Dom.parse utf8 read
        with :? InvalidOperationException as failure ->
            Error failure.Message

[<RequireQualifiedAccess>]
module internal GenerateContentDecode =
    let private members (element: JsonElement) : JsonProperty list =
        if Dom.isObject element then
            [
                for property in element.EnumerateObject() do
                    if property.Value.ValueKind <> JsonValueKind.Null then property
            ]
        else
            []

    let private isTrue (name: string) (element: JsonElement) =
        Dom.property name element |> ValueOption.exists (fun value -> value.ValueKind = JsonValueKind.True)

    let private itemOf (part: JsonElement) : Json = Json.trusted (GeminiJson.compact part)

    /// The members of a part besides what it is, each with a comma before it: mostly nothing, or its signature.
    let private beside (known: string list) (part: JsonElement) : string =
        members part
        |> List.filter (fun property -> not (List.contains (GeminiJson.name property) known))
        |> List.map (fun property -> "," + Json.quote (GeminiJson.name property) + ":" + GeminiJson.compact property.Value)
        |> String.concat ""

    /// What says something about a part and is not what it is.
    let private descriptions = [ "thought"; "thoughtSignature"; "partMetadata"; "videoMetadata"; "mediaResolution" ]

    let private kindOf (part: JsonElement) : string voption =
        members part
        |> List.map GeminiJson.name
        |> List.tryFind (fun name -> not (List.contains name descriptions))
        |> ValueOption.ofOption

    /// A part that shows nothing goes back if anything but emptiness is in it; the API refuses empty text.
    let private silent (known: string list) (part: JsonElement) (progress: GeminiProgress) : GeminiProgress =
        if beside ("thought" :: known) part = "" then progress else GeminiState.keep (itemOf part) progress

    let private readText (part: JsonElement) (text: string) (progress: GeminiProgress) : GeminiProgress =
        if text = "" then
            silent [ "text" ] part progress
        else
            let read = GeminiState.text (isTrue "thought" part) text (beside [ "text"; "thought" ] part) progress
            if read.State.IsWhole then GeminiState.native (itemOf part) read else read

    let private readWholeCall (part: JsonElement) (call: JsonElement) (name: string) (progress: GeminiProgress) : GeminiProgress =
        let answer = progress.State.Id

        let arguments =
            match Dom.property "args" call with
            | ValueSome args -> GeminiJson.compact args
            | ValueNone -> "{}"

        progress
        |> GeminiState.part (fun index ->
            let id = Dom.nonEmpty "id" call |> ValueOption.defaultWith (fun () -> ToolCallId.make answer index)
            [ Chunk.ToolCallStart(index, id, name); Chunk.ToolCallDelta(index, arguments); Chunk.ToolCallEnd index ])
        |> GeminiState.native (itemOf part)

    let private readCall (part: JsonElement) (call: JsonElement) (progress: GeminiProgress) : GeminiProgress =
        let name = Dom.nonEmpty "name" call
        let pieces = Dom.items "partialArgs" call |> List.choose (PartialArguments.read >> ValueOption.toOption)
        let continues = isTrue "willContinue" call
        let isStreamed = continues || not (List.isEmpty pieces)
        let aside = beside [ "functionCall" ] part
        let endUnlessMore = if continues then id else GeminiState.close

        match name, progress.State.Call with
        | ValueNone, Some _ -> progress |> GeminiState.growCall pieces aside |> endUnlessMore
        | ValueNone, None when not (Dom.has "args" call) -> silent [ "functionCall" ] part progress
        | _ when isStreamed ->
            progress
            |> GeminiState.openCall (Dom.nonEmpty "id" call) (ValueOption.defaultValue "" name) aside
            |> GeminiState.growCall pieces ""
            |> endUnlessMore
        | _ -> readWholeCall part call (ValueOption.defaultValue "" name) progress

    let private readOther (part: JsonElement) (kind: string) (progress: GeminiProgress) : GeminiProgress =
        let item = itemOf part

        progress
        |> GeminiState.part (fun index -> [ Chunk.Part(index, AssistantPart.Other { Kind = kind; Json = item }) ])
        |> GeminiState.native item

    /// Pictures that a model makes while it thinks are no part of its answer, so they are kept as they came.
    let private readMedia (part: JsonElement) (media: JsonElement) (progress: GeminiProgress) : GeminiProgress =
        let mediaType = Dom.string "mimeType" media |> ValueOption.defaultValue ""
        let isOf (family: string) = mediaType.StartsWith(family, StringComparison.OrdinalIgnoreCase)
        let data = Dom.string "data" media |> ValueOption.toOption |> Option.bind Bytes.tryOfBase64

        match data with
        | Some data when isOf "image/" && not (isTrue "thought" part) ->
            progress
            |> GeminiState.part (fun index -> [ Chunk.Part(index, AssistantPart.Image(Image.Inline(mediaType, data))) ])
            |> GeminiState.native (itemOf part)
        | Some data when isOf "audio/" -> progress |> GeminiState.audio mediaType data |> GeminiState.native (itemOf part)
        | _ -> readOther part "inlineData" progress

    let private readPart (progress: GeminiProgress) (part: JsonElement) : GeminiProgress =
        match Dom.property "functionCall" part, Dom.string "text" part, Dom.property "inlineData" part with
        | ValueSome call, _, _ when Dom.isObject call -> readCall part call progress
        | _, ValueSome text, _ -> readText part text progress
        | _, _, ValueSome media when Dom.isObject media -> readMedia part media progress
        | _ ->
            match kindOf part with
            | ValueSome kind -> readOther part kind progress
            | ValueNone -> silent [] part progress

    /// Whether a part is a call of a tool that Google runs itself.
    let private isServerCall (part: JsonElement) = Dom.has "executableCode" part || Dom.has "toolCall" part

    let private wordOf (dialect: GenerateContentDialect) (candidate: JsonElement) : string voption =
        match Dom.scalar "finishReason" candidate with
        | ValueSome ""
        | ValueSome "0"
        | ValueSome "FINISH_REASON_UNSPECIFIED"
        | ValueNone -> ValueNone
        | ValueSome word ->
            match Int32.TryParse word with
            | true, number ->
                match dialect.FinishReasons |> List.tryFind (fun (known, _) -> known = number) with
                | Some(_, name) -> ValueSome name
                | None -> ValueSome word
            | _ -> ValueSome word

    let reasonOf (word: string) : FinishReason option =
        match word with
        | "STOP" -> None
        | "MAX_TOKENS" -> Some FinishReason.MaxTokens
        | "SAFETY"
        | "PROHIBITED_CONTENT"
        | "RECITATION"
        | "BLOCKLIST"
        | "SPII"
        | "IMAGE_SAFETY"
        | "MODEL_ARMOR" -> Some FinishReason.Refusal
        | _ -> Some(FinishReason.Other word)

    /// The first candidate; an index of 0 may be left out.
    let private candidateOf (root: JsonElement) : JsonElement voption =
        Dom.items "candidates" root
        |> List.tryFind (fun candidate -> Dom.int "index" candidate |> ValueOption.forall (fun index -> index = 0))
        |> ValueOption.ofOption

    let private isBlocked (root: JsonElement) =
        List.isEmpty (Dom.items "candidates" root)
        && (Dom.property "promptFeedback" root |> ValueOption.bind (Dom.scalar "blockReason")).IsSome

    let finish (reason: FinishReason option) (progress: GeminiProgress) : GeminiProgress =
        progress |> GeminiState.close |> GeminiState.emit (Chunk.Finish reason)

    /// Gemini says STOP also when it pauses to run a tool of its own and then goes on: in a stream, that is not the end.
    let private isPause (word: string) (parts: JsonElement list) (progress: GeminiProgress) =
        word = "STOP" && not progress.State.IsWhole && List.tryLast parts |> Option.exists isServerCall

    let private countsAfter (root: JsonElement) (before: GeminiCounts) : GeminiCounts =
        match Dom.property "usageMetadata" root with
        | ValueSome metadata -> GeminiCounts.read metadata before
        | ValueNone -> before

    let private readAnswer (dialect: GenerateContentDialect) (root: JsonElement) (progress: GeminiProgress) : GeminiProgress =
        let text name = Dom.string name root |> ValueOption.defaultValue ""
        let before = progress.State
        let started = GeminiState.heard (text "responseId") (text "modelVersion") (countsAfter root before.Counts) progress

        match candidateOf root with
        | ValueSome candidate ->
            let parts = Dom.property "content" candidate |> ValueOption.map (Dom.items "parts") |> ValueOption.defaultValue []
            let read = List.fold readPart started parts |> GeminiState.sayUsage before

            match wordOf dialect candidate with
            | ValueSome word when not (isPause word parts read) -> finish (reasonOf word) read
            | _ -> read
        | ValueNone when isBlocked root -> started |> GeminiState.sayUsage before |> finish (Some FinishReason.Refusal)
        | ValueNone -> GeminiState.sayUsage before started

    let private objects (root: JsonElement) = if root.ValueKind = JsonValueKind.Array then Dom.asItems root else [ root ]

    let private readObjects (dialect: GenerateContentDialect) (root: JsonElement) (state: GeminiState) : Result<GeminiProgress, LlmError> =
        objects root
        |> List.fold
            (fun progress item ->
                match progress with
                | Ok _ when Dom.has "error" item -> Error(ErrorBody.ofElement dialect.Provider item)
                | Ok progress -> Ok(readAnswer dialect item progress)
                | failed -> failed)
            (Ok(GeminiState.start state))

    /// <summary>What an event says, read from its parsed JSON.</summary>
    let careful
        (dialect: GenerateContentDialect)
        (state: GeminiState)
        (root: JsonElement)
        : Result<struct (Chunks * GeminiState), LlmError> =
        readObjects dialect root state |> Result.map GeminiState.taken

    let private isAnswer (root: JsonElement) =
        objects root
        |> List.exists (fun item ->
            [ "candidates"; "promptFeedback"; "usageMetadata"; "responseId"; "error" ]
            |> List.exists (fun name -> Dom.has name item))

    let private isFinish (chunk: Chunk) =
        match chunk with
        | Chunk.Finish _ -> true
        | _ -> false

    /// <summary>The chunks of a whole answer. That it came whole is proof enough where it gives no reason.</summary>
    let whole (dialect: GenerateContentDialect) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        let read (root: JsonElement) =
            if not (isAnswer root) then
                Error(ErrorBody.invalid dialect.Provider "no answer of generateContent" body)
            else
                let state = if Dom.isObject root then GeminiState.whole else GeminiState.initial

                readObjects dialect root state
                |> Result.map (fun progress ->
                    let chunks = Chunks.toList (GeminiState.chunks progress)

                    if List.exists isFinish chunks then
                        chunks
                    else
                        finish None progress |> GeminiState.chunks |> Chunks.toList)

        match GeminiJson.parse body read with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid dialect.Provider message body)
