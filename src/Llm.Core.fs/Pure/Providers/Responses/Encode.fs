// From a request to the body of a Responses call. Called by the codec of this folder; pure, and total on requests that are valid.
namespace Llm.Core

open System
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal ResponsesEncode =
    let inline private writeTyped (kind: string) (writer: Utf8JsonWriter) ([<InlineIfLambda>] members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("type", kind)
            members ())

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

    let private writeUserParts (parts: UserPart list) (writer: Utf8JsonWriter) =
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
        let refused feature instead = Some(LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some instead))

        match part with
        | UserPart.Audio _ -> refused "audio" "use the chat completions api, or a transcript"
        | UserPart.Image(Image.Inline(mediaType, _)) when List.contains mediaType dialect.RefusedImages ->
            refused $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"
        | UserPart.Text _
        | UserPart.Image _
        | UserPart.Document _
        | UserPart.ToolOutput _ -> None

    let private check (dialect: ResponsesDialect) (request: Request) : Result<Request, LlmError> =
        match request |> Request.tryPickPart (fun part -> refusal dialect request part) with
        | Some error -> Error error
        | None -> Ok request

    let private writeCall (call: ToolCall) (writer: Utf8JsonWriter) =
        writeTyped "function_call" writer (fun () ->
            Wire.textProperty "call_id" call.Id writer
            Wire.textProperty "name" call.Name writer
            Wire.textProperty "arguments" call.Arguments writer)

    let private isNull (field: JsonProperty) : bool = field.Value.ValueKind = JsonValueKind.Null

    let private hasNull (item: JsonElement) : bool =
        if not (Dom.isObject item) then
            false
        else
            let mutable fields = item.EnumerateObject()
            let mutable found = false

            while not found && fields.MoveNext() do
                found <- isNull fields.Current

            found

    /// The item without its members that are null: the API sends some that it does not take back.
    let private withoutNulls (item: JsonElement) : Json =
        if hasNull item then
            item.EnumerateObject()
            |> Seq.filter (isNull >> not)
            |> Seq.map (fun field -> field.ToString())
            |> String.concat ","
            |> fun members -> Json.trusted ("{" + members + "}")
        else
            Dom.raw item

    /// The array without the members of its items that are null.
    let private sendable (native: JsonElement) : Json option =
        if native.ValueKind = JsonValueKind.Array then
            let items = Dom.asItems native |> List.map (withoutNulls >> Json.text) |> String.concat ","
            Some(Json.trusted $"[{items}]")
        else
            None

    /// A message's native form as it may go back.
    let private nativeOf (dialect: ResponsesDialect) api (request: Request) (message: AssistantMessage) : Json option =
        match Request.nativeFor dialect.Provider api request message with
        | Some native when Wire.isWhole (hasNull >> not) native -> Some native
        | Some native -> Dom.parseText (Json.text native) sendable |> Result.defaultValue None
        | None -> None

    /// One message a text, and calls as items of their own, in order.
    let private writeSpoken (request: Request) (part: AssistantPart) (writer: Utf8JsonWriter) =
        for spoken in Spoken.ofPart request.Params part do
            match spoken with
            | Spoken.Text text -> Wire.message "assistant" text writer
            | Spoken.Call call -> writeCall call writer
            | Spoken.Lost _ -> ()

    /// A message of one text has no type, which the API takes for a message.
    let private writers (dialect: ResponsesDialect) api (request: Request) : SpokenWriters =
        { new SpokenWriters() with
            member _.UserParts(parts, writer) = writeUserParts parts writer
            member _.ToolOutput(output, writer) = writeToolOutput output writer
            member _.Native message = nativeOf dialect api request message

            member _.AssistantParts(message, writer) = message.Content |> List.iter (fun part -> writeSpoken request part writer)

            member _.SystemRole = dialect.SystemRole
        }

    /// What of the assistant's messages is left out.
    let private leftOut (dialect: ResponsesDialect) api (request: Request) : Warning list =
        request
        |> Spoken.warnings dialect.Provider (fun message -> (nativeOf dialect api request message).IsSome) (fun message ->
            Spoken.ofMessage request.Params message)

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
            | Some thinking when not thinking.Level.IsDefault && (dialect.Effort request.Model thinking.Level).IsNone ->
                skipped "thinking" (levelName thinking.Level)
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
        Wire.body (fun writer ->
            let parameters = request.Params
            let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

            Wire.object writer (fun () ->
                writer.WriteString("model", request.Model)
                writer.WritePropertyName "input"
                Wire.array writer (fun () -> Spoken.writeMessages (writers dialect api request) request.Messages writer)
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
    let request (dialect: ResponsesDialect) (api: string) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let! valid = Request.validate request
        let! answerable = MediaOut.check dialect.Provider MediaOut.none valid
        let! equipped = ResponsesTools.check dialect answerable
        let! resolved = FormatSupport.resolve dialect.Provider (dialect.Formats request.Model) equipped
        let! sendable = check dialect resolved

        return
            {
                Path = dialect.Path
                Headers = []
                Body = body dialect api sendable
                Warnings = leftOut dialect api sendable @ skippedParameters dialect sendable
                Format = sendable.Format
            }
    }
