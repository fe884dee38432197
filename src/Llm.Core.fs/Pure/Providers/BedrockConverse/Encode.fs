// Writes a request of Converse: body and path. Called by the codec; what is said stands in Turns.fs, how in Settings.fs.
namespace Llm.Core

open System
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal ConverseEncode =
    /// The name of the format.
    let api = "converse"

    /// The longest id of a tool call that Converse takes.
    let private longestToolId = 64

    /// Converse takes letters, digits, _ and - in a tool's id; other vendors put more into theirs. The same change on call and output
    /// keeps them together, and the end of an id is what tells it from others.
    let private toolId (id: string) =
        let isSafe character = Char.IsAsciiLetterOrDigit character || character = '-'
        let safe = id |> String.map (fun character -> if isSafe character then character else '_')

        if safe = "" then "_" else safe.Substring(max 0 (safe.Length - longestToolId))

    let private member' (writer: Utf8JsonWriter) (name: string) (members: unit -> unit) =
        writer.WritePropertyName name
        Wire.object writer members

    let private source (writer: Utf8JsonWriter) (source: ConverseSource) =
        member' writer "source" (fun () ->
            match source with
            | ConverseSource.Inline data ->
                writer.WritePropertyName "bytes"
                Wire.base64 data writer
            | ConverseSource.S3 uri -> member' writer "s3Location" (fun () -> writer.WriteString("uri", uri)))

    let private toolResult (writer: Utf8JsonWriter) (output: ToolOutput) =
        writer.WriteString("toolUseId", toolId output.Id)
        writer.WritePropertyName "content"

        Wire.array writer (fun () ->
            // A blank text would be refused; no content is taken.
            if not (String.IsNullOrWhiteSpace output.Result) then
                Wire.object writer (fun () -> writer.WriteString("text", output.Result)))

        if output.IsError then writer.WriteString("status", "error")

    let private block (writer: Utf8JsonWriter) (block: ConverseBlock) : unit =
        match block with
        | ConverseBlock.Native json -> Wire.raw json writer
        | ConverseBlock.Text text -> Wire.object writer (fun () -> writer.WriteString("text", text))
        | ConverseBlock.Image(format, where) ->
            Wire.object writer (fun () ->
                member' writer "image" (fun () ->
                    writer.WriteString("format", format)
                    source writer where))
        | ConverseBlock.Document(format, name, where) ->
            Wire.object writer (fun () ->
                member' writer "document" (fun () ->
                    writer.WriteString("format", format)
                    writer.WriteString("name", name)
                    source writer where))
        | ConverseBlock.ToolUse call ->
            Wire.object writer (fun () ->
                member' writer "toolUse" (fun () ->
                    writer.WriteString("toolUseId", toolId call.Id)
                    writer.WriteString("name", call.Name)
                    writer.WritePropertyName "input"
                    Wire.raw (Wire.argumentsObject call.Arguments) writer))
        | ConverseBlock.ToolResult output -> Wire.object writer (fun () -> member' writer "toolResult" (fun () -> toolResult writer output))

    let private turn (writer: Utf8JsonWriter) (turn: ConverseTurn) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("role", turn.Role)
            writer.WritePropertyName "content"
            Wire.array writer (fun () -> turn.Blocks |> List.iter (block writer)))

    let private system (writer: Utf8JsonWriter) (texts: string list) : unit =
        if not (List.isEmpty texts) then
            writer.WritePropertyName "system"
            Wire.array writer (fun () -> texts |> List.iter (ConverseBlock.Text >> block writer))

    let private inference (writer: Utf8JsonWriter) (settings: ConverseSettings) : unit =
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

        let isEmpty =
            settings.MaxTokens.IsNone && settings.Temperature.IsNone && settings.TopP.IsNone && List.isEmpty settings.StopSequences

        if not isEmpty then
            member' writer "inferenceConfig" (fun () ->
                Wire.optional "maxTokens" settings.MaxTokens (fun writer value -> writer.WriteNumberValue value) writer
                Wire.optional "temperature" settings.Temperature number writer
                Wire.optional "topP" settings.TopP number writer

                if not (List.isEmpty settings.StopSequences) then
                    writer.WritePropertyName "stopSequences"
                    Wire.array writer (fun () -> settings.StopSequences |> List.iter (fun stop -> writer.WriteStringValue stop)))

    let private additional (writer: Utf8JsonWriter) (settings: ConverseSettings) : unit =
        if not (List.isEmpty settings.Additional) then
            member' writer "additionalModelRequestFields" (fun () -> settings.Additional |> List.iter (fun write -> write writer))

    /// The request of a dialect.
    let request (dialect: ConverseDialect) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let! request = Request.validate request |> Result.bind (Request.refuseToolsAndFormat dialect.Provider)
        let! conversation = ConverseTurns.ofRequest dialect.Provider api request
        let settings = ConverseSettings.ofRequest dialect request

        return
            {
                Path = dialect.Path request.Model request.Stream
                Headers = []
                Body =
                    Wire.body (fun writer ->
                        Wire.object writer (fun () ->
                            system writer conversation.System
                            writer.WritePropertyName "messages"
                            Wire.array writer (fun () -> conversation.Turns |> List.iter (turn writer))
                            inference writer settings
                            additional writer settings))
                Warnings = conversation.Warnings @ settings.Warnings
                Format = None
            }
    }
