// From a request to the body of a Responses call. Called by the codec of this folder; pure, and total on requests that are valid.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesEncode =
    /// An item of `input`, as the function that writes it.
    type private Item = Utf8JsonWriter -> unit

    /// What a part or message became: items, and warnings about what was left out.
    type private Encoded = { Items: Item list; Warnings: Warning list }

    let private nothing = { Items = []; Warnings = [] }

    let private concat (all: Encoded list) : Encoded =
        {
            Items = all |> List.collect (fun encoded -> encoded.Items)
            Warnings = all |> List.collect (fun encoded -> encoded.Warnings)
        }

    let private property (name: string) (value: string) (writer: Utf8JsonWriter) = writer.WriteString(name, value)

    let private object (members: (Utf8JsonWriter -> unit) list) : Item =
        fun writer -> Wire.object writer (fun () -> members |> List.iter (fun write -> write writer))

    /// `{role, content}` without a type, which the API takes for a message.
    let private plainMessage (role: string) (text: string) : Item = object [ property "role" role; property "content" text ]

    let private notSupported (dialect: ResponsesDialect) (request: Request) feature alternative =
        Error(LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some alternative))

    let private file (members: (Utf8JsonWriter -> unit) list) : Item = object (property "type" "input_file" :: members)

    let private fileData name mediaType data = file [ property "filename" name; property "file_data" (Wire.dataUrl mediaType data) ]

    let private document (document: Document) : Item =
        match document with
        | Document.Url url -> file [ property "file_url" url ]
        | Document.Inline("application/pdf" as mediaType, data) -> fileData "document.pdf" mediaType data
        | Document.Inline(mediaType, data) -> fileData "document" mediaType data
        | Document.Text(mediaType, text) -> fileData "document.txt" mediaType (Bytes.ofMemory (ReadOnlyMemory(Encoding.UTF8.GetBytes text)))

    let private image (image: Image) : Item =
        let address =
            match image with
            | Image.Inline(mediaType, data) -> Wire.dataUrl mediaType data
            | Image.Url url -> url

        object [ property "type" "input_image"; property "image_url" address; property "detail" "auto" ]

    let private toolOutput (output: ToolOutput) : Item =
        object [ property "type" "function_call_output"; property "call_id" output.Id; property "output" output.Result ]

    /// A part of a user's message: what goes into the message, or a tool's output, which is an item of its own.
    let private userPart dialect request (part: UserPart) : Result<Choice<Item, Item>, LlmError> =
        match part with
        | UserPart.Text text -> Ok(Choice1Of2(object [ property "type" "input_text"; property "text" text ]))
        | UserPart.Image picture -> Ok(Choice1Of2(image picture))
        | UserPart.Document content -> Ok(Choice1Of2(document content))
        | UserPart.ToolOutput output -> Ok(Choice2Of2(toolOutput output))
        | UserPart.Audio _ -> notSupported dialect request "audio" "use the chat completions api, or a transcript"

    /// Content that was gathered so far, as one message.
    let private userMessage (parts: (UserPart * Item) list) : Item list =
        match parts with
        | [] -> []
        | [ UserPart.Text text, _ ] -> [ plainMessage "user" text ]
        | _ ->
            [
                object
                    [
                        property "type" "message"
                        property "role" "user"
                        fun writer ->
                            writer.WritePropertyName "content"
                            Wire.array writer (fun () -> parts |> List.iter (fun (_, write) -> write writer))
                    ]
            ]

    /// Tool outputs stand between messages, where they stood among the parts.
    let private user dialect request (message: UserMessage) : Result<Encoded, LlmError> =
        let rec gather (items: Item list) (pending: (UserPart * Item) list) (rest: UserPart list) =
            match rest with
            | [] -> Ok { nothing with Items = items @ userMessage (List.rev pending) }
            | part :: others ->
                match userPart dialect request part with
                | Ok(Choice1Of2 item) -> gather items ((part, item) :: pending) others
                | Ok(Choice2Of2 item) -> gather (items @ userMessage (List.rev pending) @ [ item ]) [] others
                | Error error -> Error error

        gather [] [] message.Content

    let private leftOut (dialect: ResponsesDialect) (request: Request) feature what =
        { nothing with
            Warnings =
                [
                    {
                        Provider = dialect.Provider
                        Model = request.Model
                        Feature = feature
                        Message =
                            $"Leaving out {what} of an assistant message (provider: {dialect.Provider} with model_id: {request.Model})"
                    }
                ]
        }

    let private assistantPart dialect request (part: AssistantPart) : Encoded =
        match part with
        | AssistantPart.Text text -> { nothing with Items = [ plainMessage "assistant" text ] }
        | AssistantPart.Thought thought when Params.encodesThoughtsAsText request.Params ->
            { nothing with Items = [ plainMessage "assistant" $"**Thinking:** {thought}" ] }
        | AssistantPart.Thought _ -> nothing
        | AssistantPart.ToolCall call ->
            let item =
                object
                    [
                        property "type" "function_call"
                        property "call_id" call.Id
                        property "name" call.Name
                        property "arguments" call.Arguments
                    ]

            { nothing with Items = [ item ] }
        | AssistantPart.Audio _ -> leftOut dialect request "assistant_audio" "audio"
        | AssistantPart.Image _ -> leftOut dialect request "assistant_image" "an image"
        | AssistantPart.Other other -> leftOut dialect request other.Kind $"'{other.Kind}'"

    /// The item without its members that are null: the API sends some that it does not take back.
    let private withoutNulls (item: JsonElement) : Json =
        let isNull (field: JsonProperty) = field.Value.ValueKind = JsonValueKind.Null

        if Dom.isObject item && item.EnumerateObject() |> Seq.exists isNull then
            item.EnumerateObject()
            |> Seq.filter (isNull >> not)
            |> Seq.map (fun field -> field.ToString())
            |> String.concat ","
            |> fun members -> Json.trusted ("{" + members + "}")
        else
            Dom.raw item

    let private assistant (dialect: ResponsesDialect) api (request: Request) (message: AssistantMessage) : Encoded =
        let itemsOf (native: JsonElement) =
            if native.ValueKind = JsonValueKind.Array then
                Some(Dom.asItems native |> List.map withoutNulls)
            else
                None

        let native =
            Request.nativeFor dialect.Provider api request message
            |> Option.bind (fun json ->
                match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text json))) itemsOf with
                | Ok items -> items
                | Error _ -> None)

        match native with
        | Some items -> { nothing with Items = items |> List.map Wire.raw }
        | None -> message.Content |> List.map (assistantPart dialect request) |> concat

    let private message dialect api request (message: Message) : Result<Encoded, LlmError> =
        match message with
        | Message.System text -> Ok { nothing with Items = [ plainMessage dialect.SystemRole text ] }
        | Message.User content -> user dialect request content
        | Message.Assistant content -> Ok(assistant dialect api request content)

    let private messages dialect api (request: Request) : Result<Encoded, LlmError> =
        let rec encode taken (rest: Message list) =
            match rest with
            | [] -> Ok(concat (List.rev taken))
            | next :: others ->
                match message dialect api request next with
                | Ok encoded -> encode (encoded :: taken) others
                | Error error -> Error error

        encode [] request.Messages

    let private levelName (level: ThinkingLevel) = level.ToString().ToLowerInvariant()

    /// Parameters that this format does not have, or that the model refuses.
    let private skippedParameters (dialect: ResponsesDialect) (request: Request) : Warning list =
        let skipped name value = Warning.skipped dialect.Provider request.Model name value
        let parameters = request.Params

        [
            match parameters.TopK with
            | Some value -> skipped "top_k" (string value)
            | None -> ()

            match parameters.Seed with
            | Some value -> skipped "seed" (string value)
            | None -> ()

            match parameters.StopSequences with
            | [] -> ()
            | stops -> skipped "stop_sequences" ("[" + (stops |> List.map Json.quote |> String.concat ", ") + "]")

            match parameters.Thinking with
            | Some thinking when not (dialect.Reasons request.Model) -> skipped "thinking" (levelName thinking.Level)
            | _ -> ()
        ]

    let private reasoning (dialect: ResponsesDialect) (request: Request) (writer: Utf8JsonWriter) =
        match request.Params.Thinking with
        | Some thinking when dialect.Reasons request.Model ->
            let effort = dialect.Effort request.Model thinking.Level

            if effort.IsSome || thinking.IncludeThoughts then
                writer.WritePropertyName "reasoning"

                Wire.object writer (fun () ->
                    Wire.optional "effort" effort (fun writer word -> writer.WriteStringValue word) writer

                    if thinking.IncludeThoughts then writer.WriteString("summary", "auto"))
        | _ -> ()

    let private body (dialect: ResponsesDialect) (request: Request) (input: Item list) : RequestBody =
        let parameters = request.Params
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

        Wire.body (fun writer ->
            Wire.object writer (fun () ->
                writer.WriteString("model", request.Model)
                writer.WritePropertyName "input"
                Wire.array writer (fun () -> input |> List.iter (fun write -> write writer))
                writer |> Wire.optional "max_output_tokens" parameters.MaxTokens (fun writer value -> writer.WriteNumberValue value)
                writer |> Wire.optional "temperature" parameters.Temperature number
                writer |> Wire.optional "top_p" parameters.TopP number
                writer |> reasoning dialect request
                writer |> ResponsesTools.write dialect request
                writer |> Wire.optional "store" dialect.Store (fun writer value -> writer.WriteBooleanValue value)

                if not (List.isEmpty dialect.Include) then
                    writer.WritePropertyName "include"
                    Wire.array writer (fun () -> dialect.Include |> List.iter writer.WriteStringValue)

                if request.Stream then writer.WriteBoolean("stream", true)))

    /// The call, or why it cannot be sent.
    let request (dialect: ResponsesDialect) (api: string) (request: Request) : Result<EncodedRequest, LlmError> =
        Request.validate request
        |> Result.bind (ResponsesTools.check dialect)
        |> Result.bind (FormatSupport.resolve dialect.Provider (dialect.Formats request.Model))
        |> Result.bind (fun request ->
            messages dialect api request
            |> Result.map (fun encoded ->
                {
                    Path = dialect.Path
                    Headers = []
                    Body = body dialect request encoded.Items
                    Warnings = encoded.Warnings @ skippedParameters dialect request
                    Format = request.Format
                }))
