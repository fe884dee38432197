// Conversations as JSON text, to be stored and read again: a documented, versioned form that no provider knows.
// Called by users who keep histories; knows no wire format.
namespace Llm.Core

open System.Text.Json

/// How the form is written. By hand rather than with a writer, which would refuse lone surrogates.
module private Written =
    let private quoted (text: string) = Json.quote text

    /// An object; members without a value are left out.
    let object (members: (string * string option) list) : string =
        let written = members |> List.choose (fun (name, value) -> value |> Option.map (fun json -> $"\"{name}\":{json}"))
        "{" + String.concat "," written + "}"

    let private typed (kind: string) (members: (string * string option) list) = object (("type", Some(quoted kind)) :: members)

    let text (value: string) = Some(quoted value)

    let array (items: string list) = Some("[" + String.concat "," items + "]")

    let private base64 (data: Bytes) = Some $"\"{Bytes.toBase64 data}\""

    let private image (image: Image) =
        match image with
        | Image.Inline(mediaType, data) -> typed "image" [ "media_type", text mediaType; "data", base64 data ]
        | Image.Url url -> typed "image" [ "url", text url ]

    let private document (document: Document) =
        match document with
        | Document.Inline(mediaType, data) -> typed "document" [ "media_type", text mediaType; "data", base64 data ]
        | Document.Text(mediaType, value) -> typed "document" [ "media_type", text mediaType; "text", text value ]
        | Document.Url url -> typed "document" [ "url", text url ]

    let private userPart (part: UserPart) =
        match part with
        | UserPart.Text value -> typed "text" [ "text", text value ]
        | UserPart.Image value -> image value
        | UserPart.Audio audio -> typed "audio" [ "media_type", text audio.MediaType; "data", base64 audio.Data ]
        | UserPart.Document value -> document value
        | UserPart.ToolOutput output ->
            typed
                "tool_output"
                [
                    "id", text output.Id
                    "name", text output.Name
                    "result", text output.Result
                    "is_error", Some(if output.IsError then "true" else "false")
                ]

    let private assistantPart (part: AssistantPart) =
        match part with
        | AssistantPart.Text value -> typed "text" [ "text", text value ]
        | AssistantPart.Thought thought -> typed "thought" [ "thought", text thought ]
        | AssistantPart.ToolCall call -> typed "tool_call" [ "id", text call.Id; "name", text call.Name; "arguments", text call.Arguments ]
        | AssistantPart.Audio audio ->
            typed "audio" [ "id", Option.map quoted audio.Id; "data", base64 audio.Data; "transcript", text audio.Transcript ]
        | AssistantPart.Image value -> image value
        | AssistantPart.Other other -> typed "other" [ "kind", text other.Kind; "json", Some(Json.text other.Json) ]

    let private origin (origin: Origin) =
        object
            [
                "provider", text origin.Provider
                "api", text origin.Api
                "model", text origin.Model
                "native", Option.map Json.text origin.Native
            ]

    let message (message: Message) : string =
        match message with
        | Message.System value -> object [ "role", text "system"; "text", text value ]
        | Message.User user ->
            object [ "role", text "user"; "name", Option.map quoted user.Name; "content", user.Content |> List.map userPart |> array ]
        | Message.Assistant assistant ->
            object
                [
                    "role", text "assistant"
                    "name", Option.map quoted assistant.Name
                    "content", assistant.Content |> List.map assistantPart |> array
                    "origin", Option.map origin assistant.Origin
                ]

/// How the form is read.
module private Readers =
    let private image: Read<Image> =
        fun path element ->
            if Dom.has "url" element then
                Stored.required "url" Stored.string path element |> Result.map Image.Url
            else
                Stored.map2
                    (fun mediaType data -> Image.Inline(mediaType, data))
                    (Stored.required "media_type" Stored.string)
                    (Stored.required "data" Stored.base64)
                    path
                    element

    let private document: Read<Document> =
        fun path element ->
            let mediaType = Stored.required "media_type" Stored.string

            if Dom.has "url" element then
                Stored.required "url" Stored.string path element |> Result.map Document.Url
            elif Dom.has "text" element then
                Stored.map2 (fun kind text -> Document.Text(kind, text)) mediaType (Stored.required "text" Stored.string) path element
            else
                Stored.map2 (fun kind data -> Document.Inline(kind, data)) mediaType (Stored.required "data" Stored.base64) path element

    let private audio: Read<Audio> =
        Stored.map2
            (fun mediaType data -> { MediaType = mediaType; Data = data })
            (Stored.required "media_type" Stored.string)
            (Stored.required "data" Stored.base64)

    let private toolOutput: Read<ToolOutput> =
        Stored.required "id" Stored.string
        |> Stored.map (fun id name result isError -> { Id = id; Name = name; Result = result; IsError = isError })
        |> Stored.apply (Stored.required "name" Stored.string)
        |> Stored.apply (Stored.required "result" Stored.string)
        |> Stored.apply (Stored.optional "is_error" Stored.truth |> Stored.map (Option.defaultValue false))

    let private toolCall: Read<ToolCall> =
        Stored.required "id" Stored.string
        |> Stored.map (fun id name arguments -> { Id = id; Name = name; Arguments = arguments })
        |> Stored.apply (Stored.required "name" Stored.string)
        |> Stored.apply (Stored.required "arguments" Stored.string)

    let private spokenAudio: Read<SpokenAudio> =
        Stored.optional "id" Stored.string
        |> Stored.map (fun id data transcript -> { SpokenAudio.Id = id; Data = data; Transcript = transcript })
        |> Stored.apply (Stored.required "data" Stored.base64)
        |> Stored.apply (Stored.required "transcript" Stored.string)

    let private providerPart: Read<ProviderPart> =
        fun path element ->
            Stored.required "kind" Stored.string path element
            |> Result.bind (fun kind ->
                Stored.json "json" path element
                |> Result.bind (fun found ->
                    match found with
                    | Some value -> Ok { Kind = kind; Json = value }
                    | None -> Stored.wrong $"{path}.json" "it is missing"))

    let private userPart: Read<UserPart> =
        Stored.choose
            "type"
            "part of a user message"
            [
                "text", Stored.required "text" Stored.string |> Stored.map UserPart.Text
                "image", image |> Stored.map UserPart.Image
                "audio", audio |> Stored.map UserPart.Audio
                "document", document |> Stored.map UserPart.Document
                "tool_output", toolOutput |> Stored.map UserPart.ToolOutput
            ]

    let private assistantPart: Read<AssistantPart> =
        Stored.choose
            "type"
            "part of an assistant message"
            [
                "text", Stored.required "text" Stored.string |> Stored.map AssistantPart.Text
                "thought", Stored.required "thought" Stored.string |> Stored.map AssistantPart.Thought
                "tool_call", toolCall |> Stored.map AssistantPart.ToolCall
                "audio", spokenAudio |> Stored.map AssistantPart.Audio
                "image", image |> Stored.map AssistantPart.Image
                "other", providerPart |> Stored.map AssistantPart.Other
            ]

    let private origin: Read<Origin> =
        Stored.required "provider" Stored.string
        |> Stored.map (fun provider api model native -> { Provider = provider; Api = api; Model = model; Native = native })
        |> Stored.apply (Stored.required "api" Stored.string)
        |> Stored.apply (Stored.required "model" Stored.string)
        |> Stored.apply (Stored.json "native")

    let private user: Read<Message> =
        fun path element ->
            Stored.map2
                (fun content name -> content, name)
                (Stored.required "content" (Stored.list userPart))
                (Stored.optional "name" Stored.string)
                path
                element
            |> Result.bind (fun (content, name) ->
                match Message.userParts content with
                | Ok message -> Ok(name |> Option.fold (fun message name -> Message.withName name message) message)
                | Error _ -> Stored.wrong $"{path}.content" "a user message needs at least one part")

    let private assistant: Read<Message> =
        Stored.required "content" (Stored.list assistantPart)
        |> Stored.map (fun content name origin -> Message.Assistant { Content = content; Name = name; Origin = origin })
        |> Stored.apply (Stored.optional "name" Stored.string)
        |> Stored.apply (Stored.optional "origin" origin)

    let message: Read<Message> =
        Stored.choose
            "role"
            "role"
            [ "system", Stored.required "text" Stored.string |> Stored.map Message.system; "user", user; "assistant", assistant ]

/// <summary>
/// Conversations as JSON text, to be stored and read again. The form is <c>{"version":1,"messages":[...]}</c>; a message is one of
/// <code>
/// {"role":"system","text":"..."}
/// {"role":"user","name":"...","content":[part, ...]}
/// {"role":"assistant","name":"...","content":[part, ...],"origin":{"provider":"...","api":"...","model":"...","native":any JSON}}
/// </code>
/// and a part is one of (bytes are base64; <c>native</c> and <c>json</c> hold JSON as it came)
/// <code>
/// {"type":"text","text":"..."}
/// {"type":"thought","thought":"..."}
/// {"type":"image","media_type":"image/png","data":"..."} or {"type":"image","url":"..."}
/// {"type":"audio","media_type":"audio/wav","data":"..."}, of an assistant {"type":"audio","id":"...","data":"...","transcript":"..."}
/// {"type":"document","media_type":"...","data":"..."} or with "text" in place of "data", or {"type":"document","url":"..."}
/// {"type":"tool_call","id":"...","name":"...","arguments":"..."}
/// {"type":"tool_output","id":"...","name":"...","result":"...","is_error":false}
/// {"type":"other","kind":"...","json":any JSON}
/// </code>
/// <c>name</c>, <c>origin</c>, <c>native</c>, an audio's <c>id</c> and <c>is_error</c> may be missing. Members of other names are
/// ignored; another version, role or type is an error. A store that rewrites JSON (sorts keys, drops spaces) rewrites the provider's
/// own form too, which counts by its text: keep the text.
/// </summary>
[<RequireQualifiedAccess>]
module Conversation =
    /// The version that is written, and the only one so far that is read.
    let private version = "1"

    /// <summary>Writes a conversation. <c>Conversation.ofJson</c> reads it back unchanged, whatever it holds.</summary>
    /// <example>
    /// <c>Conversation.toJson [ Message.system "Be brief" ]</c> evaluates to
    /// <c>{"version":1,"messages":[{"role":"system","text":"Be brief"}]}</c>.
    /// </example>
    let toJson (messages: Message list) : string =
        Written.object [ "version", Some version; "messages", messages |> List.map Written.message |> Written.array ]

    let private checkVersion: Read<unit> =
        fun path element ->
            match Dom.property "version" element with
            | ValueSome value when Dom.rawText value = version -> Ok()
            | ValueSome value -> Stored.wrong $"{path}.version" $"unknown version {Dom.rawText value}: this release reads version {version}"
            | ValueNone -> Stored.wrong $"{path}.version" "it is missing"

    /// <summary>Reads a conversation, or says with <c>InvalidJson</c> where the text is not one, and why.</summary>
    /// <example>
    /// <c>Conversation.ofJson "{\"version\":2}"</c> evaluates to
    /// <c>Error (LlmError.InvalidJson("$.version", "unknown version 2: this release reads version 1"))</c>.
    /// </example>
    let ofJson (text: string) : Result<Message list, LlmError> =
        let read = Stored.map2 (fun () messages -> messages) checkVersion (Stored.required "messages" (Stored.list Readers.message))
        Stored.parse read text
