// From a request to the body of a Responses call. Called by the codec of this folder; pure, and total on requests that are valid.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesEncode =
    let inline private writeTyped (kind: string) (writer: Utf8JsonWriter) ([<InlineIfLambda>] members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("type", kind)
            members ())

    /// `{role, content}` without a type, which the API takes for a message.
    let private writePlainMessage (role: string) (text: string) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            Wire.textProperty "content" text writer)

    let private writeFileData (name: string) (mediaType: string) (data: Bytes) (writer: Utf8JsonWriter) =
        writeTyped "input_file" writer (fun () ->
            writer.WriteString("filename", name)
            writer.WritePropertyName "file_data"
            Wire.dataUrl mediaType data writer)

    let private writeDocument (document: Document) (writer: Utf8JsonWriter) =
        match document with
        | Document.Url url -> writeTyped "input_file" writer (fun () -> Wire.textProperty "file_url" url writer)
        | Document.Inline("application/pdf" as mediaType, data) -> writeFileData "document.pdf" mediaType data writer
        | Document.Inline(mediaType, data) -> writeFileData "document" mediaType data writer
        | Document.Text(mediaType, text) -> writeFileData "document.txt" mediaType (Wire.textBytes text) writer

    let private writeImage (image: Image) (writer: Utf8JsonWriter) =
        writeTyped "input_image" writer (fun () ->
            writer.WritePropertyName "image_url"
            Wire.imageUrl image writer
            writer.WriteString("detail", "auto"))

    let private writeToolOutput (output: ToolOutput) (writer: Utf8JsonWriter) =
        writeTyped "function_call_output" writer (fun () ->
            Wire.textProperty "call_id" output.Id writer
            Wire.textProperty "output" output.Result writer)

    let private writeUserContent (parts: UserPart list) (writer: Utf8JsonWriter) =
        match parts with
        | [ UserPart.Text text ] -> writePlainMessage "user" text writer
        | _ ->
            writeTyped "message" writer (fun () ->
                writer.WriteString("role", "user")
                writer.WritePropertyName "content"

                Wire.array writer (fun () ->
                    for part in parts do
                        match part with
                        | UserPart.Text text -> writeTyped "input_text" writer (fun () -> Wire.textProperty "text" text writer)
                        | UserPart.Image image -> writeImage image writer
                        | UserPart.Document document -> writeDocument document writer
                        | UserPart.Audio _
                        | UserPart.ToolOutput _ -> ()))

    /// Why a part of a user's message cannot be sent.
    let private refusal (dialect: ResponsesDialect) (request: Request) (part: UserPart) : LlmError option =
        match part with
        | UserPart.Audio _ ->
            let instead = "use the chat completions api, or a transcript"
            Some(LlmError.FeatureNotSupported("audio", dialect.Provider, Some request.Model, Some instead))
        | UserPart.Text _
        | UserPart.Image _
        | UserPart.Document _
        | UserPart.ToolOutput _ -> None

    let private check (dialect: ResponsesDialect) (request: Request) : Result<Request, LlmError> =
        let refusal = refusal dialect request

        request.Messages
        |> List.tryPick (fun message ->
            match message with
            | Message.User user -> List.tryPick refusal user.Content
            | Message.System _
            | Message.Assistant _ -> None)
        |> Option.map Error
        |> Option.defaultValue (Ok request)

    let private writeCall (call: ToolCall) (writer: Utf8JsonWriter) =
        writeTyped "function_call" writer (fun () ->
            Wire.textProperty "call_id" call.Id writer
            Wire.textProperty "name" call.Name writer
            Wire.textProperty "arguments" call.Arguments writer)

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

    /// The items of a message's native form, where it may go back.
    let private nativeItems (dialect: ResponsesDialect) api (request: Request) (message: AssistantMessage) : Json list option =
        let itemsOf (native: JsonElement) =
            if native.ValueKind = JsonValueKind.Array then
                Some(Dom.asItems native |> List.map withoutNulls)
            else
                None

        Request.nativeFor dialect.Provider api request message
        |> Option.bind (fun json ->
            match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text json))) itemsOf with
            | Ok items -> items
            | Error _ -> None)

    /// One message a text, and calls as items of their own, in order.
    let private writeSpoken (request: Request) (part: AssistantPart) (writer: Utf8JsonWriter) =
        for spoken in Spoken.ofPart request.Params part do
            match spoken with
            | Spoken.Text text -> writePlainMessage "assistant" text writer
            | Spoken.Call call -> writeCall call writer
            | Spoken.Lost _ -> ()

    let private writeAssistant (dialect: ResponsesDialect) api (request: Request) (message: AssistantMessage) (writer: Utf8JsonWriter) =
        match nativeItems dialect api request message, message.Content with
        | Some items, _ -> items |> List.iter (fun item -> Wire.raw item writer)
        // Nearly all of a long conversation is this.
        | None, [ AssistantPart.Text text ] -> writePlainMessage "assistant" text writer
        | None, parts -> parts |> List.iter (fun part -> writeSpoken request part writer)

    let private writeInput (dialect: ResponsesDialect) api (request: Request) (writer: Utf8JsonWriter) =
        let writeContent parts = writeUserContent parts writer
        let writeOutput output = writeToolOutput output writer

        for message in request.Messages do
            match message with
            | Message.System text -> writePlainMessage dialect.SystemRole text writer
            | Message.User user -> Spoken.writeUser writeContent writeOutput user
            | Message.Assistant assistant -> writeAssistant dialect api request assistant writer

    /// What of the assistant's messages is left out.
    let private leftOut (dialect: ResponsesDialect) api (request: Request) : Warning list =
        let goesBack message = (nativeItems dialect api request message).IsSome
        request |> Spoken.warnings dialect.Provider goesBack (Spoken.ofMessage request.Params)

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

    let private body (dialect: ResponsesDialect) (api: string) (request: Request) : RequestBody =
        let parameters = request.Params
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

        Wire.body (fun writer ->
            Wire.object writer (fun () ->
                writer.WriteString("model", request.Model)
                writer.WritePropertyName "input"
                Wire.array writer (fun () -> writeInput dialect api request writer)
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
        |> Result.bind (MediaOut.check dialect.Provider MediaOut.none)
        |> Result.bind (ResponsesTools.check dialect)
        |> Result.bind (FormatSupport.resolve dialect.Provider (dialect.Formats request.Model))
        |> Result.bind (check dialect)
        |> Result.map (fun request ->
            {
                Path = dialect.Path
                Headers = []
                Body = body dialect api request
                Warnings = leftOut dialect api request @ skippedParameters dialect request
                Format = request.Format
            })
