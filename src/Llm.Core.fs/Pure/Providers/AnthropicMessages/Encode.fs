// Writes a request in Anthropic's messages format: body, path and headers.
// Called by the codec; what is said stands in Turns.fs, how in Settings.fs.
namespace Llm.Core

open System
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal AnthropicEncode =
    /// The name of the format.
    let api = "messages"

    /// Anthropic takes letters, digits, _ and - in a tool's id; other vendors put more into theirs. The same change on call and output
    /// keeps them together.
    let private toolId (id: string) =
        if id = "" then
            "_"
        else
            String.map (fun character -> if Char.IsAsciiLetterOrDigit character || character = '-' then character else '_') id

    let private base64Source (writer: Utf8JsonWriter) (mediaType: string) (data: Bytes) =
        writer.WriteString("type", "base64")
        writer.WriteString("media_type", mediaType)
        writer.WriteBase64String("data", data.Memory.Span)

    let private urlSource (writer: Utf8JsonWriter) (url: string) =
        writer.WriteString("type", "url")
        writer.WriteString("url", url)

    let private source (writer: Utf8JsonWriter) (members: unit -> unit) =
        writer.WritePropertyName "source"
        Wire.object writer members

    let private block (writer: Utf8JsonWriter) (block: AnthropicBlock) : unit =
        Wire.object writer (fun () ->
            match block with
            | AnthropicBlock.Text text ->
                writer.WriteString("type", "text")
                writer.WriteString("text", text)
            | AnthropicBlock.Image image ->
                writer.WriteString("type", "image")

                source writer (fun () ->
                    match image with
                    | Image.Inline(mediaType, data) -> base64Source writer mediaType data
                    | Image.Url url -> urlSource writer url)
            | AnthropicBlock.Document document ->
                writer.WriteString("type", "document")

                source writer (fun () ->
                    match document with
                    | Document.Inline(mediaType, data) -> base64Source writer mediaType data
                    | Document.Text(_, text) ->
                        writer.WriteString("type", "text")
                        // The only type of text that Anthropic takes.
                        writer.WriteString("media_type", "text/plain")
                        writer.WriteString("data", text)
                    | Document.Url url -> urlSource writer url)
            | AnthropicBlock.ToolUse call ->
                writer.WriteString("type", "tool_use")
                writer.WriteString("id", toolId call.Id)
                writer.WriteString("name", call.Name)
                writer.WritePropertyName "input"
                Wire.raw (Wire.argumentsObject call.Arguments) writer
            | AnthropicBlock.ToolResult output ->
                writer.WriteString("type", "tool_result")
                writer.WriteString("tool_use_id", toolId output.Id)
                writer.WriteString("content", output.Result)

                if output.IsError then writer.WriteBoolean("is_error", true))

    let private turn (writer: Utf8JsonWriter) (turn: AnthropicTurn) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("role", turn.Role)
            writer.WritePropertyName "content"

            match turn.Content with
            | AnthropicContent.Plain text -> writer.WriteStringValue text
            | AnthropicContent.Blocks blocks -> Wire.array writer (fun () -> blocks |> List.iter (block writer))
            | AnthropicContent.Native items -> Wire.array writer (fun () -> items |> List.iter (fun item -> Wire.raw item writer)))

    let private system (writer: Utf8JsonWriter) (texts: string list) : unit =
        if not (List.isEmpty texts) then
            writer.WritePropertyName "system"
            Wire.array writer (fun () -> texts |> List.iter (AnthropicBlock.Text >> block writer))

    let private strings (writer: Utf8JsonWriter) (name: string) (values: string list) : unit =
        if not (List.isEmpty values) then
            writer.WritePropertyName name
            Wire.array writer (fun () -> values |> List.iter (fun value -> writer.WriteStringValue value))

    /// How much to think, as the member <c>thinking</c>.
    let thinking (writer: Utf8JsonWriter) (thinking: AnthropicThinking) : unit =
        let write (members: unit -> unit) =
            writer.WritePropertyName "thinking"
            Wire.object writer members

        match thinking with
        | AnthropicThinking.Unsaid -> ()
        | AnthropicThinking.Disabled -> write (fun () -> writer.WriteString("type", "disabled"))
        | AnthropicThinking.Budget tokens ->
            write (fun () ->
                writer.WriteString("type", "enabled")
                writer.WriteNumber("budget_tokens", tokens))
        | AnthropicThinking.Effort(_, shown) ->
            write (fun () ->
                writer.WriteString("type", "adaptive")

                if shown then writer.WriteString("display", "summarized"))

    /// How the output is to come: its effort now, its format later.
    let outputConfig (writer: Utf8JsonWriter) (thinking: AnthropicThinking) : unit =
        match thinking with
        | AnthropicThinking.Effort(effort, _) ->
            writer.WritePropertyName "output_config"
            Wire.object writer (fun () -> writer.WriteString("effort", effort))
        | AnthropicThinking.Unsaid
        | AnthropicThinking.Disabled
        | AnthropicThinking.Budget _ -> ()

    let private settings (writer: Utf8JsonWriter) (settings: AnthropicSettings) : unit =
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

        writer.WriteNumber("max_tokens", settings.MaxTokens)
        Wire.optional "temperature" settings.Temperature number writer
        Wire.optional "top_p" settings.TopP number writer
        Wire.optional "top_k" settings.TopK (fun writer value -> writer.WriteNumberValue value) writer
        strings writer "stop_sequences" settings.StopSequences
        thinking writer settings.Thinking
        outputConfig writer settings.Thinking

    let private vendor (writer: Utf8JsonWriter) (dialect: AnthropicDialect) (request: Request) : unit =
        if dialect.VersionPlace = AnthropicPlace.Body then
            writer.WriteString("anthropic_version", dialect.Version)

        if dialect.BetasPlace = AnthropicPlace.Body then strings writer "anthropic_beta" dialect.Betas

        if dialect.ModelInBody then writer.WriteString("model", request.Model)

        if request.Stream && dialect.StreamInBody then writer.WriteBoolean("stream", true)

    let private headers (dialect: AnthropicDialect) : Headers =
        [
            if dialect.VersionPlace = AnthropicPlace.Header then "anthropic-version", dialect.Version
            if dialect.BetasPlace = AnthropicPlace.Header && not (List.isEmpty dialect.Betas) then
                "anthropic-beta", String.concat "," dialect.Betas
        ]

    /// The request of a dialect.
    let request (dialect: AnthropicDialect) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let! request = Request.validate request
        let! conversation = AnthropicTurns.ofRequest dialect.Provider api request
        let chosen = AnthropicSettings.ofRequest dialect.Provider dialect.DefaultMaxTokens (dialect.Model request.Model) request

        return
            {
                Path = dialect.Path request.Model request.Stream
                Headers = headers dialect
                Body =
                    Wire.body (fun writer ->
                        Wire.object writer (fun () ->
                            vendor writer dialect request
                            settings writer chosen
                            system writer conversation.System
                            writer.WritePropertyName "messages"
                            Wire.array writer (fun () -> conversation.Turns |> List.iter (turn writer))))
                Warnings = conversation.Warnings @ chosen.Warnings
            }
    }
