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

    let private cachePoint (writer: Utf8JsonWriter) (lifetime: CacheLifetime) : unit =
        Wire.object writer (fun () ->
            member' writer "cachePoint" (fun () ->
                writer.WriteString("type", "default")

                match lifetime with
                | CacheLifetime.OneHour -> writer.WriteString("ttl", "1h")
                | CacheLifetime.FiveMinutes -> ()))

    let private block (writer: Utf8JsonWriter) (block: ConverseBlock) : unit =
        match block with
        | ConverseBlock.CachePoint lifetime -> cachePoint writer lifetime
        | ConverseBlock.Native json -> Wire.raw json writer
        | ConverseBlock.Whole native -> Wire.nativeItems native writer
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

    let private system (writer: Utf8JsonWriter) (cache: CacheLifetime option) (texts: string list) : unit =
        if not (List.isEmpty texts) then
            writer.WritePropertyName "system"

            Wire.array writer (fun () ->
                texts |> List.iter (ConverseBlock.Text >> block writer)
                cache |> Option.iter (cachePoint writer))

    let private tool (writer: Utf8JsonWriter) (definition: ToolDefinition, isStrict: bool) : unit =
        Wire.object writer (fun () ->
            member' writer "toolSpec" (fun () ->
                writer.WriteString("name", definition.Name)

                if definition.Description <> "" then Wire.textProperty "description" definition.Description writer

                member' writer "inputSchema" (fun () ->
                    writer.WritePropertyName "json"
                    writer |> Wire.raw (if isStrict then AnthropicSchemas.strict definition.Parameters else definition.Parameters))

                if isStrict then writer.WriteBoolean("strict", true)))

    let private systemTool (writer: Utf8JsonWriter) (name: string) : unit =
        Wire.object writer (fun () -> member' writer "systemTool" (fun () -> writer.WriteString("name", name)))

    let private toolChoice (writer: Utf8JsonWriter) (choice: ConverseChoice) : unit =
        let write (kind: string) (members: unit -> unit) = member' writer "toolChoice" (fun () -> member' writer kind members)

        match choice with
        | ConverseChoice.Unsaid -> ()
        | ConverseChoice.Any -> write "any" ignore
        | ConverseChoice.Tool name -> write "tool" (fun () -> writer.WriteString("name", name))

    let private tools (writer: Utf8JsonWriter) (plan: ConversePlan) : unit =
        if not (List.isEmpty plan.Tools && List.isEmpty plan.SystemTools) then
            member' writer "toolConfig" (fun () ->
                writer.WritePropertyName "tools"

                Wire.array writer (fun () ->
                    plan.Tools |> List.iter (tool writer)
                    plan.SystemTools |> List.iter (systemTool writer)

                    if plan.CachesTools then plan.Cache |> Option.iter (cachePoint writer))

                toolChoice writer plan.Choice)

    /// The schema stands there as a string.
    let private outputConfig (writer: Utf8JsonWriter) (format: OutputFormat) : unit =
        member' writer "outputConfig" (fun () ->
            member' writer "textFormat" (fun () ->
                writer.WriteString("type", "json_schema")

                member' writer "structure" (fun () ->
                    member' writer "jsonSchema" (fun () ->
                        writer.WriteString("name", OpenAISchema.formatName format)

                        match format.Description with
                        | Some description when description <> "" -> Wire.textProperty "description" description writer
                        | _ -> ()

                        Wire.textProperty "schema" (Json.text format.Schema) writer))))

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
        let model = dialect.Model request.Model

        let! request =
            Request.validate request
            |> Result.bind (MediaOut.check dialect.Provider MediaOut.none)
            |> Result.bind (ConverseTools.resolve dialect.Provider model)

        let! conversation = ConverseTurns.ofRequest dialect.Provider api request
        let settings = ConverseSettings.ofRequest dialect request
        let! plan = ConverseTools.plan dialect.Provider model request settings.Thinks
        let turns = plan.Cache |> Option.fold (fun turns lifetime -> ConverseTurns.cached lifetime turns) conversation.Turns

        return
            {
                Path = dialect.Path request.Model request.Stream
                Headers = []
                Body =
                    Wire.body (fun writer ->
                        Wire.object writer (fun () ->
                            system writer plan.Cache conversation.System
                            writer.WritePropertyName "messages"
                            Wire.array writer (fun () -> turns |> List.iter (turn writer))
                            inference writer settings
                            tools writer plan
                            plan.OutputFormat |> Option.iter (outputConfig writer)
                            additional writer settings))
                Warnings = conversation.Warnings @ settings.Warnings @ plan.Warnings
                Format = request.Format
            }
    }
