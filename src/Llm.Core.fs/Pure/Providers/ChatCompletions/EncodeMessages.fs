// Writes a conversation as the messages of a chat completions request. Called by Encode, which has checked that all of it can be sent.
namespace Llm.Core

open System.Text.Json

/// What the messages of one request are written for.
[<NoComparison; NoEquality>]
type internal ChatTarget = { Dialect: ChatDialect; Model: ChatModel; Request: Request }

[<RequireQualifiedAccess>]
module internal ChatMessages =
    /// The name of the format, in the origin of messages too.
    let api = "chat"

    let inline private writeTyped (kind: string) (writer: Utf8JsonWriter) ([<InlineIfLambda>] members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("type", kind)
            members ())

    let private writeTextChunk (text: string) (writer: Utf8JsonWriter) =
        writeTyped "text" writer (fun () -> Wire.textProperty "text" text writer)

    let inline private writeMessage (role: string) (writer: Utf8JsonWriter) ([<InlineIfLambda>] members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            members ())

    let private writeImage (image: Image) (writer: Utf8JsonWriter) =
        writeTyped "image_url" writer (fun () ->
            writer.WritePropertyName "image_url"

            Wire.object writer (fun () ->
                writer.WritePropertyName "url"
                Wire.imageUrl image writer
                writer.WriteString("detail", "auto")))

    /// The name that the format has for a media type's audio: <c>audio/mpeg</c> is <c>mp3</c>.
    let private audioFormat (mediaType: string) =
        match mediaType.Substring(mediaType.IndexOf '/' + 1) with
        | "mpeg" -> "mp3"
        | "x-wav"
        | "wave" -> "wav"
        | subtype -> subtype

    let private writeAudio (audio: Audio) (writer: Utf8JsonWriter) =
        writeTyped "input_audio" writer (fun () ->
            writer.WritePropertyName "input_audio"

            Wire.object writer (fun () ->
                writer.WritePropertyName "data"
                Wire.base64 audio.Data writer
                writer.WriteString("format", audioFormat audio.MediaType)))

    let private extension (mediaType: string) =
        match mediaType with
        | "application/pdf" -> "pdf"
        | "application/json" -> "json"
        | "text/html" -> "html"
        | "text/css" -> "css"
        | "text/xml"
        | "application/xml" -> "xml"
        | "text/rtf"
        | "application/rtf" -> "rtf"
        | _ -> "txt"

    /// A document's address, or its bytes as a data url.
    let private writeAddress (document: Document) (writer: Utf8JsonWriter) =
        match document with
        | Document.Inline(mediaType, data) -> Wire.dataUrl mediaType data writer
        | Document.Text(mediaType, text) -> Wire.dataUrl mediaType (Wire.textBytes text) writer
        | Document.Url url -> Wire.text url writer

    let private fileName (document: Document) =
        match document with
        | Document.Inline(mediaType, _) -> $"document.{extension mediaType}"
        | Document.Text _ -> "document.txt"
        | Document.Url _ -> "document.pdf"

    let private writeDocument (form: DocumentForm) (document: Document) (writer: Utf8JsonWriter) =
        match form with
        | DocumentForm.DocumentUrl ->
            writeTyped "document_url" writer (fun () ->
                writer.WritePropertyName "document_url"
                writeAddress document writer)
        | DocumentForm.File
        | DocumentForm.FileOrUrl
        | DocumentForm.Refused ->
            writeTyped "file" writer (fun () ->
                writer.WritePropertyName "file"

                Wire.object writer (fun () ->
                    writer.WritePropertyName "file_data"
                    writeAddress document writer
                    writer.WriteString("filename", fileName document)))

    let private writeToolOutput (output: ToolOutput) (writer: Utf8JsonWriter) =
        writeMessage "tool" writer (fun () ->
            Wire.textProperty "content" output.Result writer
            Wire.textProperty "tool_call_id" output.Id writer)

    let private writeUserParts (target: ChatTarget) (parts: UserPart list) (writer: Utf8JsonWriter) =
        writeMessage "user" writer (fun () ->
            writer.WritePropertyName "content"

            Wire.array writer (fun () ->
                for part in parts do
                    match part with
                    | UserPart.Text text -> writeTextChunk text writer
                    | UserPart.Image image -> writeImage image writer
                    | UserPart.Audio audio -> writeAudio audio writer
                    | UserPart.Document document -> writeDocument target.Dialect.Documents document writer
                    | UserPart.ToolOutput _ -> ()))

    /// Whether the vendor and model of the request said this themselves.
    let private isOwn (target: ChatTarget) (message: AssistantMessage) =
        match message.Origin with
        | Some origin -> origin.Provider = target.Dialect.Provider && origin.Api = api && origin.Model = target.Request.Model
        | None -> false

    /// How a model's own thoughts go back to it.
    let private thoughtsReturn (dialect: ChatDialect) (model: ChatModel) : ThoughtsReturn =
        model.ThoughtsReturn |> Option.defaultValue dialect.ThoughtsReturn

    /// Whom messages go to: a vendor may want its own thoughts back, and knows its own audio by its id.
    let goesTo (dialect: ChatDialect) (model: string) : Target =
        let returns = thoughtsReturn dialect (dialect.Model model)

        let carries (kinship: Kinship) (part: AssistantPart) =
            match part with
            | _ when not kinship.IsSameModel -> false
            | AssistantPart.Thought _ -> not returns.IsDropped
            | AssistantPart.Audio { Id = Some _ }
            | AssistantPart.Other _ -> true
            | _ -> false

        { Target.create dialect.Provider api model with
            ReturnsNative = dialect.SendsNativeBack
            Carries = carries
        }

    /// What becomes of a part of an assistant's message.
    [<RequireQualifiedAccess>]
    type private Said =
        | Plain of Spoken
        /// Text that goes before the text that follows.
        | Lead of string
        /// A chunk of the content other than text.
        | Chunk of Json
        /// An item of the tool calls, as it came.
        | RawCall of Json
        | ReturnedThought of string
        | Audio of id: string

    let private thinkingChunk (thought: string) =
        Json.write (fun writer ->
            writeTyped "thinking" writer (fun () ->
                writer.WritePropertyName "thinking"
                Wire.array writer (fun () -> writeTextChunk thought writer)))

    let private said (target: ChatTarget) (message: AssistantMessage) (part: AssistantPart) : Said list =
        let own = isOwn target message
        let asText = Params.encodesThoughtsAsText target.Request.Params

        match part, thoughtsReturn target.Dialect target.Model with
        | AssistantPart.Thought thought, ThoughtsReturn.InContent(opening, closing) when own && not asText ->
            [ Said.Lead(opening + thought + closing) ]
        | AssistantPart.Thought thought, ThoughtsReturn.ThinkingChunks when own && not asText -> [ Said.Chunk(thinkingChunk thought) ]
        | AssistantPart.Thought thought, ThoughtsReturn.Property _ when own && not asText -> [ Said.ReturnedThought thought ]
        | AssistantPart.Audio { Id = Some id }, _ when own -> [ Said.Audio id ]
        | AssistantPart.Other other, _ when own && other.Kind = "custom" -> [ Said.RawCall other.Json ]
        | AssistantPart.Other other, _ when own -> [ Said.Chunk other.Json ]
        | _ -> Spoken.ofPart target.Request.Params part |> List.map Said.Plain

    /// What leads a text is one with it: the vendors that want thoughts there know one text.
    let rec private withLeads (parts: Said list) : Said list =
        match parts with
        | Said.Lead lead :: Said.Lead more :: rest -> withLeads (Said.Lead(lead + more) :: rest)
        | Said.Lead lead :: Said.Plain(Spoken.Text text) :: rest -> Said.Plain(Spoken.Text(lead + text)) :: withLeads rest
        | Said.Lead lead :: rest -> Said.Plain(Spoken.Text lead) :: withLeads rest
        | part :: rest -> part :: withLeads rest
        | [] -> []

    let private sentParts target (message: AssistantMessage) =
        let parts = message.Content |> List.collect (said target message)
        if parts |> List.exists _.IsLead then withLeads parts else parts

    let private writeCall (call: ToolCall) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            Wire.textProperty "id" call.Id writer
            writer.WriteString("type", "function")
            writer.WritePropertyName "function"

            Wire.object writer (fun () ->
                Wire.textProperty "name" call.Name writer
                Wire.textProperty "arguments" call.Arguments writer))

    let private writeContent (content: Said list) (hasMore: bool) (writer: Utf8JsonWriter) =
        writer.WritePropertyName "content"

        match content with
        | [] when hasMore -> writer.WriteNullValue()
        // A message of nothing at all would be refused.
        | [] -> writer.WriteStringValue ""
        | [ Said.Plain(Spoken.Text text) ] -> Wire.text text writer
        | several ->
            Wire.array writer (fun () ->
                for item in several do
                    match item with
                    | Said.Plain(Spoken.Text text) -> writeTextChunk text writer
                    | Said.Chunk json -> Wire.raw json writer
                    | _ -> ())

    let private writeCalls (calls: Said list) (writer: Utf8JsonWriter) =
        if not (List.isEmpty calls) then
            writer.WritePropertyName "tool_calls"

            Wire.array writer (fun () ->
                for call in calls do
                    match call with
                    | Said.Plain(Spoken.Call call) -> writeCall call writer
                    | Said.RawCall json -> Wire.raw json writer
                    | _ -> ())

    let private writeParts (target: ChatTarget) (message: AssistantMessage) (writer: Utf8JsonWriter) =
        let parts = sentParts target message

        let isContent part =
            match part with
            | Said.Plain(Spoken.Text _)
            | Said.Chunk _ -> true
            | _ -> false

        let isCall part =
            match part with
            | Said.Plain(Spoken.Call _)
            | Said.RawCall _ -> true
            | _ -> false

        let calls = List.filter isCall parts

        let audioId =
            parts
            |> List.tryPick (fun part ->
                match part with
                | Said.Audio id -> Some id
                | _ -> None)

        let thoughts =
            parts
            |> List.choose (fun part ->
                match part with
                | Said.ReturnedThought thought -> Some thought
                | _ -> None)
            |> String.concat ""

        writeMessage "assistant" writer (fun () ->
            writeContent (List.filter isContent parts) (audioId.IsSome || not (List.isEmpty calls)) writer

            match thoughtsReturn target.Dialect target.Model with
            | ThoughtsReturn.Property name when thoughts <> "" -> Wire.textProperty name thoughts writer
            | _ -> ()

            writer
            |> Wire.optional "audio" audioId (fun writer id -> Wire.object writer (fun () -> Wire.textProperty "id" id writer))

            writeCalls calls writer)

    /// The vendor's own form of a message, where it may go back.
    let private nativeOf (target: ChatTarget) (message: AssistantMessage) : Json option =
        if target.Dialect.SendsNativeBack then
            Request.nativeFor target.Dialect.Provider api target.Request message
        else
            None

    let private writers (target: ChatTarget) : SpokenWriters =
        { new SpokenWriters() with
            member _.UserParts(parts, writer) = writeUserParts target parts writer
            member _.ToolOutput(output, writer) = writeToolOutput output writer
            member _.Native message = nativeOf target message
            member _.AssistantParts(message, writer) = writeParts target message writer
        }

    /// Writes the messages, one after the other.
    let write (target: ChatTarget) (writer: Utf8JsonWriter) : unit = Spoken.writeMessages (writers target) target.Request.Messages writer

    let private spoken (target: ChatTarget) (message: AssistantMessage) : Spoken list =
        sentParts target message
        |> List.choose (fun part ->
            match part with
            | Said.Plain spoken -> Some spoken
            | _ -> None)

    /// What of the assistant's messages is left out.
    let warnings (target: ChatTarget) : Warning list =
        target.Request
        |> Spoken.warnings target.Dialect.Provider (fun message -> (nativeOf target message).IsSome) (fun message -> spoken target message)
