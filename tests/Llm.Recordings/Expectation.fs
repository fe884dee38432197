// What a recording's authors expect, as calls of the library: the conversation before each answer, tools, format and parameters.
// Knows how their results were dumped; knows no wire format.
module Llm.Recordings.Expectation

open System
open System.IO
open System.Text.Json
open Llm.Core
open Llm.Recordings.Element
open Llm.Recordings.Formats

/// An answer's place: who gave it, and what had been said before.
type Turn =
    {
        /// The vendor, as the library calls it.
        Provider: string
        /// The prefix of its model id, which chooses among a vendor's dialects.
        Prefix: string
        Format: Format
        Model: string
        Before: Message list
        /// The file tells those of the last call alone, and of streams not even those.
        Params: Params option
    }

/// All that the file tells of the calls.
type Expectation = { Turns: Turn list; Tools: ToolRequest; Format: OutputFormat option }

/// What its dumps say where Gemini gave no id.
let private unknownId = "google_unknown_tool_id"

/// Ids of ours begin so; Gemini is sent none of them.
let private ownId = "llm_unknown"

/// Vendors that have more than one name, and the formats of their apis.
let private vendors: (string * (string * Format)) list =
    [
        "openai", ("openai", Format.Responses)
        "openai:completions", ("openai", Format.ChatCompletions)
        "openai:responses", ("openai", Format.Responses)
        "xai", ("xai", Format.Responses)
        "anthropic", ("anthropic", Format.AnthropicMessages)
        "anthropic-beta", ("anthropic", Format.AnthropicMessages)
        "google", ("google", Format.GenerateContent)
    ]

/// A model's name may end in its format's name.
let private suffixes = [ ":completions", Format.ChatCompletions; ":responses", Format.Responses ]

let private speaker (provider: string) (modelName: string) : string * Format * string =
    let vendor, format =
        vendors
        |> List.tryFind (fun (name, _) -> name = provider)
        |> Option.map snd
        |> Option.defaultValue (provider, Format.ChatCompletions)

    match suffixes |> List.tryFind (fun (suffix, _) -> modelName.EndsWith(suffix, StringComparison.Ordinal)) with
    | Some(suffix, named) -> vendor, named, modelName.Substring(0, modelName.Length - suffix.Length)
    | None -> vendor, format, modelName

let private required (name: string) (element: JsonElement) : string =
    match tryText name element with
    | Some found -> found
    | None -> invalidOp $"the expected file lacks '{name}' in {element.GetRawText()}"

/// The bytes, or the stand-in for those that were left out.
let private bytes (source: JsonElement) : Bytes =
    match tryPath [ "data"; Omitted.hashName ] source with
    | Some hash -> Omitted.standIn (text hash)
    | None -> Bytes.tryOfBase64 (required "data" source) |> Option.defaultValue Bytes.empty

let private image (source: JsonElement) : Image =
    match tryText "url" source with
    | Some url -> Image.Url url
    | None -> Image.Inline(required "mime_type" source, bytes source)

let private document (source: JsonElement) : Document =
    match tryText "url" source, tryText "text" source with
    | Some url, _ -> Document.Url url
    | None, Some words -> Document.Text(required "media_type" source, words)
    | None, None ->
        match required "$type" source, tryText "data" source with
        | "TextDocumentSource", Some words -> Document.Text(required "media_type" source, words)
        | _ -> Document.Inline(required "media_type" source, bytes source)

let private result (element: JsonElement) : string =
    match tryMember "result" element with
    | Some value when value.ValueKind = JsonValueKind.String -> text value
    | Some value -> value.GetRawText()
    | None -> "null"

let private userPart (nameOfId: string -> string) (part: JsonElement) : UserPart =
    let source () = tryMember "source" part |> Option.defaultValue part

    match required "$type" part with
    | "Text" -> UserPart.Text(required "text" part)
    | "Image" -> UserPart.Image(image (source ()))
    | "Audio" -> UserPart.Audio { MediaType = required "mime_type" (source ()); Data = bytes (source ()) }
    | "Document" -> UserPart.Document(document (source ()))
    | "ToolOutput" ->
        UserPart.ToolOutput
            {
                Id = nameOfId (required "id" part)
                Name = required "name" part
                Result = result part
                IsError = tryMember "error" part |> Option.isSome
            }
    | other -> invalidOp $"a user's part of type {other}"

let private assistantPart (nameOfId: string -> string) (part: JsonElement) : AssistantPart =
    match required "$type" part with
    | "Text" -> AssistantPart.Text(required "text" part)
    | "Thought" -> AssistantPart.Thought(required "thought" part)
    | "ToolCall" ->
        AssistantPart.ToolCall
            {
                Id = nameOfId (required "id" part)
                Name = required "name" part
                Arguments = required "args" part
            }
    | other -> invalidOp $"an assistant's part of type {other}"

let private assistant (nameOfId: string -> string) (message: JsonElement) : Message =
    let provider, format, model = speaker (required "provider_id" message) (required "provider_model_name" message)

    Message.Assistant
        {
            Content = itemsOf "content" message |> List.map (assistantPart nameOfId)
            Name = None
            Origin =
                Some
                    {
                        Provider = provider
                        Api = api format
                        Model = model
                        Native = tryMember "raw_message" message |> Option.bind (Native.ofRaw format)
                    }
        }

let private user (nameOfId: string -> string) (message: JsonElement) : Message =
    match itemsOf "content" message |> List.map (userPart nameOfId) |> Message.userParts with
    | Ok message -> message
    | Error error -> invalidOp (LlmError.render error)

/// A system message's content is one part.
let private system (message: JsonElement) : Message =
    tryPath [ "content"; "text" ] message |> Option.map text |> Option.defaultValue "" |> Message.system

let private message (nameOfId: string -> string) (message: JsonElement) : Message =
    match required "$type" message with
    | "SystemMessage" -> system message
    | "UserMessage" -> user nameOfId message
    | "AssistantMessage" -> assistant nameOfId message
    | other -> invalidOp $"a message of type {other}"

/// An id by which they say that there was none is sent as it is, as any id of the conversation; Gemini alone is sent none.
let private idFor (format: Format) (id: string) : string = if format = Format.GenerateContent && id = unknownId then ownId else id

let private turns (parameters: Params option) (messages: JsonElement list) : Turn list =
    [
        for position, answer in List.indexed messages do
            if required "$type" answer = "AssistantMessage" then
                let provider, format, model = speaker (required "provider_id" answer) (required "provider_model_name" answer)

                {
                    Provider = provider
                    Prefix = (required "model_id" answer).Split('/')[0]
                    Format = format
                    Model = model
                    Before = messages |> List.truncate position |> List.map (message (idFor format))
                    Params = if position = messages.Length - 1 then parameters else None
                }
    ]

/// A tool's parameters were dumped as the fields of their class, without the type that all of them have.
let private parameters (dumped: string) : Json =
    use document = JsonDocument.Parse dumped
    let named name = if name = "defs" then "$defs" else name
    let fields = members document.RootElement |> List.map (fun (name, value) -> named name, value.GetRawText())
    json (object (("type", "\"object\"") :: List.filter (fun (name, _) -> name <> "type") fields))

let private definition (tool: JsonElement) : ToolDefinition option =
    tryMember "parameters" tool
    |> Option.map (fun dumped ->
        {
            Name = required "name" tool
            Description = tryText "description" tool |> Option.defaultValue ""
            Parameters = parameters (if dumped.ValueKind = JsonValueKind.String then text dumped else dumped.GetRawText())
            Strict = tryFlag "strict" tool
        })

let private tools (all: JsonElement list) : ToolRequest =
    { ToolRequest.none with
        Definitions = all |> List.choose definition
        Provided =
            [
                if all |> List.exists (fun tool -> tryText "name" tool = Some "web_search") then
                    ProviderTool.WebSearch
            ]
    }

let private modes =
    [ "strict", FormatMode.Strict; "json", FormatMode.Json; "tool", FormatMode.Tool; "parser", FormatMode.Parser ]

/// Their instructions count as the user's own; where they have none, there are none.
let private format (dumped: JsonElement) : OutputFormat =
    {
        Name = required "name" dumped
        Description = tryText "description" dumped
        Schema = tryMember "schema" dumped |> Option.map _.GetRawText() |> Option.defaultValue "{}" |> json
        Mode = tryText "mode" dumped |> Option.map (fun mode -> List.find (fun (name, _) -> name = mode) modes |> snd)
        Instructions = Some(tryText "formatting_instructions" dumped |> Option.defaultValue "")
    }

/// The expected calls; None where the file tells no conversation.
let tryRead (path: string) : Expectation option =
    if not (File.Exists path) then
        None
    else
        use file = JsonDocument.Parse(File.ReadAllBytes path, JsonDocumentOptions(MaxDepth = 1024))

        tryMember "response" file.RootElement
        |> Option.filter (fun response -> tryMember "messages" response |> Option.isSome)
        |> Option.map (fun response ->
            {
                Turns = itemsOf "messages" response |> turns (tryMember "params" response |> Option.map ParamsOf.expected)
                Tools = itemsOf "tools" response |> tools
                Format = tryMember "format" response |> Option.map format
            })
