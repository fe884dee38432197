// Writes a request in Cohere's v2 chat format. What Cohere lacks becomes a warning, what it would refuse an error.
// Called by the codec.
namespace Llm.Core

open System
open System.Globalization
open System.Text
open System.Text.Json

[<RequireQualifiedAccess>]
module internal CohereEncode =
    /// The name of the format, in the origin of messages too.
    let api = "v2-chat"

    let private writeMessage (role: string) (writer: Utf8JsonWriter) (members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            members ())

    let private refused (target: CohereTarget) feature alternative =
        Some(LlmError.FeatureNotSupported(feature, target.Dialect.Provider, Some target.Request.Model, Some alternative))

    /// The text of a document that is text.
    let private documentText (document: Document) : string option =
        match document with
        | Document.Text(_, text) -> Some text
        | Document.Inline(mediaType, data) when mediaType.StartsWith("text/", StringComparison.Ordinal) ->
            Some(Encoding.UTF8.GetString data.Memory.Span)
        | Document.Inline _
        | Document.Url _ -> None

    /// Why a part of a user's message cannot be sent.
    let private refusal (target: CohereTarget) (part: UserPart) : LlmError option =
        match part with
        | UserPart.Audio _ -> refused target "audio" "send a transcript"
        | UserPart.Image _ when not target.Model.Sees -> refused target "image" "take a model that sees, such as command-a-vision-07-2025"
        | UserPart.Document document when (documentText document).IsSome -> None
        | UserPart.Document(Document.Inline(mediaType, _)) -> refused target mediaType "send the document's text"
        | UserPart.Document _ -> refused target "document url" "send the document's text"
        | UserPart.Text _
        | UserPart.Image _
        | UserPart.ToolOutput _ -> None

    let private textOfDocument (part: UserPart) : string option =
        match part with
        | UserPart.Document document -> documentText document
        | _ -> None

    /// Nearly always none.
    let private documentTexts (request: Request) : string list =
        if (Request.tryPickPart textOfDocument request).IsNone then
            []
        else
            request.Messages
            |> List.collect (fun message ->
                match message with
                | Message.User user -> List.choose textOfDocument user.Content
                | Message.System _
                | Message.Assistant _ -> [])

    let private writeTextItem (text: string) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writer.WriteString("type", "text")
            Wire.textProperty "text" text writer)

    let private writeImage (image: Image) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writer.WriteString("type", "image_url")
            writer.WritePropertyName "image_url"

            Wire.object writer (fun () ->
                writer.WritePropertyName "url"
                Wire.imageUrl image writer))

    let private writeTexts (texts: string list) (writer: Utf8JsonWriter) =
        match texts with
        | [] -> writer.WriteStringValue ""
        | [ text ] -> Wire.text text writer
        | several -> Wire.array writer (fun () -> several |> List.iter (fun text -> writeTextItem text writer))

    let private writeUserParts (parts: UserPart list) (writer: Utf8JsonWriter) =
        let isImage part =
            match part with
            | UserPart.Image _ -> true
            | _ -> false

        writeMessage "user" writer (fun () ->
            writer.WritePropertyName "content"

            if List.exists isImage parts then
                Wire.array writer (fun () ->
                    for part in parts do
                        match part with
                        | UserPart.Text text -> writeTextItem text writer
                        | UserPart.Image image -> writeImage image writer
                        | _ -> ())
            else
                let texts =
                    parts
                    |> List.choose (fun part ->
                        match part with
                        | UserPart.Text text -> Some text
                        | _ -> None)

                writeTexts texts writer)

    let private writeToolOutput (output: ToolOutput) (writer: Utf8JsonWriter) =
        writeMessage "tool" writer (fun () ->
            Wire.textProperty "tool_call_id" output.Id writer
            Wire.textProperty "content" output.Result writer)

    let private writeCall (call: ToolCall) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            Wire.textProperty "id" call.Id writer
            writer.WriteString("type", "function")
            writer.WritePropertyName "function"

            Wire.object writer (fun () ->
                Wire.textProperty "name" call.Name writer
                Wire.textProperty "arguments" call.Arguments writer))

    let private writeSpoken (target: CohereTarget) (message: AssistantMessage) (writer: Utf8JsonWriter) =
        let spoken = Spoken.ofMessage target.Request.Params message
        let texts = Spoken.texts spoken
        let calls = Spoken.calls spoken

        writeMessage "assistant" writer (fun () ->
            if List.isEmpty calls || not (List.isEmpty texts) then
                writer.WritePropertyName "content"
                writeTexts texts writer

            if not (List.isEmpty calls) then
                writer.WritePropertyName "tool_calls"
                Wire.array writer (fun () -> calls |> List.iter (fun call -> writeCall call writer)))

    let private nativeOf (target: CohereTarget) (message: AssistantMessage) : Json option =
        Request.nativeFor target.Dialect.Provider api target.Request message

    let private writers (target: CohereTarget) : SpokenWriters =
        { new SpokenWriters() with
            member _.UserParts(parts, writer) = writeUserParts parts writer
            member _.ToolOutput(output, writer) = writeToolOutput output writer
            member _.Native message = nativeOf target message
            member _.AssistantParts(message, writer) = writeSpoken target message writer
        }

    /// The documents of all messages: Cohere takes them beside the conversation, to cite from.
    let private writeDocuments (target: CohereTarget) (writer: Utf8JsonWriter) =
        let texts = documentTexts target.Request

        if not (List.isEmpty texts) then
            writer.WritePropertyName "documents"

            Wire.array writer (fun () ->
                for text in texts do
                    Wire.object writer (fun () ->
                        writer.WritePropertyName "data"
                        Wire.object writer (fun () -> Wire.textProperty "text" text writer)))

    /// How much of max_tokens a level may think with; None for as much as the model wants.
    let private share (level: ThinkingLevel) : float option =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Default -> None
        | ThinkingLevel.Minimal -> Some 0.1
        | ThinkingLevel.Low -> Some 0.2
        | ThinkingLevel.Medium -> Some 0.4
        | ThinkingLevel.High -> Some 0.6
        | ThinkingLevel.Max -> Some 0.8

    /// https://docs.cohere.com/docs/reasoning: enabled or disabled, and how many tokens it may take.
    let private writeThinking (target: CohereTarget) (thinking: Thinking) (writer: Utf8JsonWriter) =
        writer.WritePropertyName "thinking"

        Wire.object writer (fun () ->
            writer.WriteString("type", (if thinking.Level.IsNone then "disabled" else "enabled"))

            match share thinking.Level with
            | Some part ->
                let most = target.Request.Params.MaxTokens |> Option.defaultValue target.Dialect.DefaultMaxTokens
                writer.WriteNumber("token_budget", max 1 (int (part * float most)))
            | None -> ())

    let private writeParams (target: CohereTarget) (writer: Utf8JsonWriter) =
        let parameters = target.Request.Params
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value
        let count (writer: Utf8JsonWriter) (value: int) = writer.WriteNumberValue value
        Wire.optional "max_tokens" parameters.MaxTokens count writer
        Wire.optional "temperature" parameters.Temperature number writer
        Wire.optional "p" parameters.TopP number writer
        Wire.optional "k" parameters.TopK count writer
        Wire.optional "seed" parameters.Seed (fun writer value -> writer.WriteNumberValue value) writer

        if not (List.isEmpty parameters.StopSequences) then
            writer.WritePropertyName "stop_sequences"
            Wire.array writer (fun () -> parameters.StopSequences |> List.iter (fun stop -> Wire.text stop writer))

        match parameters.Thinking with
        | Some thinking when target.Model.Thinks -> writeThinking target thinking writer
        | _ -> ()

    let private skipped (target: CohereTarget) : Warning list =
        match target.Request.Params.Thinking with
        // A model that does not reason need not be told not to.
        | Some thinking when not target.Model.Thinks && not thinking.Level.IsNone ->
            let level = (string thinking.Level).ToLower CultureInfo.InvariantCulture
            [ Warning.skipped target.Dialect.Provider target.Request.Model "thinking" level ]
        | _ -> []

    let private lost (target: CohereTarget) : Warning list =
        target.Request
        |> Spoken.warnings target.Dialect.Provider (fun message -> (nativeOf target message).IsSome) (fun message ->
            Spoken.ofMessage target.Request.Params message)

    let private encode (target: CohereTarget) : EncodedRequest =
        {
            Path = target.Dialect.Path
            Headers = []
            Body =
                Wire.body (fun writer ->
                    Wire.object writer (fun () ->
                        Wire.textProperty "model" target.Request.Model writer
                        writer.WritePropertyName "messages"
                        Wire.array writer (fun () -> Spoken.writeMessages (writers target) target.Request.Messages writer)
                        writeDocuments target writer
                        writeParams target writer
                        CohereTools.write target writer

                        if target.Request.Stream then writer.WriteBoolean("stream", true)))
            Warnings = skipped target @ lost target
            Format = target.Request.Format
        }

    /// A request in a dialect.
    let request (dialect: CohereDialect) (request: Request) : Result<EncodedRequest, LlmError> =
        let model = dialect.Model request.Model

        Request.validate request
        |> Result.bind (MediaOut.check dialect.Provider MediaOut.none)
        |> Result.bind (FormatSupport.resolve dialect.Provider (CohereTools.support model request))
        |> Result.bind (fun request ->
            let target = { Dialect = dialect; Model = model; Request = request }

            match request |> Request.tryPickPart (fun part -> refusal target part) |> Option.orElse (CohereTools.refusal target) with
            | Some error -> Error error
            | None -> Ok(encode target))
