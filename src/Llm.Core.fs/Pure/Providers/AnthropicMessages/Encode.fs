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
        writer.WritePropertyName "data"
        Wire.base64 data writer

    let private urlSource (writer: Utf8JsonWriter) (url: string) =
        writer.WriteString("type", "url")
        writer.WriteString("url", url)

    let private source (writer: Utf8JsonWriter) (members: unit -> unit) =
        writer.WritePropertyName "source"
        Wire.object writer members

    /// Up to here the provider is to cache: five minutes unless said otherwise.
    let private cacheControl (lifetime: CacheLifetime) (writer: Utf8JsonWriter) : unit =
        writer.WritePropertyName "cache_control"

        Wire.object writer (fun () ->
            writer.WriteString("type", "ephemeral")

            match lifetime with
            | CacheLifetime.OneHour -> writer.WriteString("ttl", "1h")
            | CacheLifetime.FiveMinutes -> ())

    let private lifetime (caching: PromptCaching) : CacheLifetime option =
        match caching with
        | PromptCaching.Automatic -> Some CacheLifetime.FiveMinutes
        | PromptCaching.For lifetime -> Some lifetime
        | PromptCaching.Off -> None

    /// A list, one item of which is followed by what the cache is told. None tells nothing.
    let private markedItems
        (cache: CacheLifetime option)
        (marked: int option)
        (write: (Utf8JsonWriter -> unit) -> 'item -> unit)
        (items: 'item list)
        : unit =
        match cache, marked with
        | Some lifetime, Some marked ->
            items |> List.iteri (fun index item -> write (if index = marked then cacheControl lifetime else ignore) item)
        | _ -> items |> List.iter (write ignore)

    let private lastOf (items: 'item list) : int option = Some(items.Length - 1)

    let private block (writer: Utf8JsonWriter) (ending: Utf8JsonWriter -> unit) (block: AnthropicBlock) : unit =
        Wire.object writer (fun () ->
            match block with
            | AnthropicBlock.Text text ->
                writer.WriteString("type", "text")
                Wire.textProperty "text" text writer
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
                        Wire.textProperty "data" text writer
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
                Wire.textProperty "content" output.Result writer

                if output.IsError then writer.WriteBoolean("is_error", true)

            ending writer)

    let private nativeBlock (writer: Utf8JsonWriter) (ending: Utf8JsonWriter -> unit) (block: Json) : unit =
        Wire.object writer (fun () ->
            SchemaRewrite.membersIn block
            |> SchemaRewrite.remove [ "cache_control" ]
            |> List.iter (fun (struct (name, value)) ->
                writer.WritePropertyName name
                Wire.raw value writer)

            ending writer)

    let private items (writer: Utf8JsonWriter) (role: string) (write: unit -> unit) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            writer.WritePropertyName "content"
            Wire.array writer write)

    /// A message of one text, up to which the provider is to cache: each conversation that goes on has one.
    let private cachedText (writer: Utf8JsonWriter) (lifetime: CacheLifetime) (role: string) (text: string) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            writer.WritePropertyName "content"

            Wire.array writer (fun () ->
                Wire.object writer (fun () ->
                    writer.WriteString("type", "text")
                    Wire.textProperty "text" text writer
                    cacheControl lifetime writer)))

    let private turn
        (writer: Utf8JsonWriter)
        (cache: CacheLifetime option)
        (isMarked: bool)
        (message: Message)
        (telling: Telling<AnthropicContent>)
        : unit =
        let role = if message.IsAssistant then "assistant" else "user"

        match telling, cache with
        | Plain, Some lifetime when isMarked -> cachedText writer lifetime role (Retold.plainText message)
        | Plain, _ -> Wire.message role (Retold.plainText message) writer
        | Told(AnthropicContent.Blocks(blocks, cached)), _ ->
            items writer role (fun () -> blocks |> markedItems cache cached (block writer))
        | Told(AnthropicContent.Native(natives, cached)), _ ->
            items writer role (fun () -> natives |> markedItems cache cached (nativeBlock writer))
        | Told(AnthropicContent.Whole native), _ -> items writer role (fun () -> Wire.nativeItems native writer)
        | LeftOut, _ -> ()

    let private turns (writer: Utf8JsonWriter) (cache: CacheLifetime option) (conversation: AnthropicConversation) : unit =
        let write () position message telling =
            let isLast = conversation.CachedTo.IsSome && conversation.CachedTo.Value = position
            turn writer cache isLast message (if isLast then AnthropicTurns.marked telling else telling)

        writer.WritePropertyName "messages"
        Wire.array writer (fun () -> conversation.Turns |> Retold.fold write ())

    let private system (writer: Utf8JsonWriter) (cache: CacheLifetime option) (texts: string list) : unit =
        if not (List.isEmpty texts) then
            let blocks = List.map AnthropicBlock.Text texts
            writer.WritePropertyName "system"
            Wire.array writer (fun () -> blocks |> markedItems cache (lastOf blocks) (block writer))

    let private tool (writer: Utf8JsonWriter) (ending: Utf8JsonWriter -> unit) (tool: AnthropicTool) : unit =
        Wire.object writer (fun () ->
            match tool with
            | AnthropicTool.Client(definition, strict) ->
                writer.WriteString("name", definition.Name)

                if definition.Description <> "" then writer.WriteString("description", definition.Description)

                writer.WritePropertyName "input_schema"

                writer
                |> Wire.raw (
                    if Option.contains true strict then
                        AnthropicSchemas.strict definition.Parameters
                    else
                        definition.Parameters
                )

                Wire.optional "strict" strict (fun writer value -> writer.WriteBooleanValue value) writer
            | AnthropicTool.WebSearch version ->
                writer.WriteString("type", version)
                writer.WriteString("name", "web_search")

            ending writer)

    let private toolChoice (writer: Utf8JsonWriter) (choice: AnthropicChoice) : unit =
        let write (kind: string) (members: unit -> unit) =
            writer.WritePropertyName "tool_choice"

            Wire.object writer (fun () ->
                writer.WriteString("type", kind)
                members ())

        match choice with
        | AnthropicChoice.Unsaid -> ()
        | AnthropicChoice.Never -> write "none" ignore
        | AnthropicChoice.Any -> write "any" ignore
        | AnthropicChoice.Tool name -> write "tool" (fun () -> writer.WriteString("name", name))
        | AnthropicChoice.Only name ->
            write "tool" (fun () ->
                writer.WriteString("name", name)
                writer.WriteBoolean("disable_parallel_tool_use", true))

    let private outputFormat (writer: Utf8JsonWriter) (schema: Json) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("type", "json_schema")
            writer.WritePropertyName "schema"
            Wire.raw schema writer)

    let private tools (writer: Utf8JsonWriter) (cache: CacheLifetime option) (plan: AnthropicPlan) : unit =
        Wire.optional "output_format" plan.OutputSchema outputFormat writer

        if not (List.isEmpty plan.Tools) then
            writer.WritePropertyName "tools"
            Wire.array writer (fun () -> plan.Tools |> markedItems cache (lastOf plan.Tools) (tool writer))
            toolChoice writer plan.Choice

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

                // Some of these models show their thoughts unasked, later ones do not even when they think.
                writer.WriteString("display", (if shown then "summarized" else "omitted")))

    /// With how much effort the output is to come.
    let outputConfig (writer: Utf8JsonWriter) (schema: Json option) (thinking: AnthropicThinking) : unit =
        let effort =
            match thinking with
            | AnthropicThinking.Effort(effort, _) -> Some effort
            | AnthropicThinking.Unsaid
            | AnthropicThinking.Disabled
            | AnthropicThinking.Budget _ -> None

        if effort.IsSome || schema.IsSome then
            writer.WritePropertyName "output_config"

            Wire.object writer (fun () ->
                Wire.optional "effort" effort (fun writer value -> writer.WriteStringValue value) writer
                Wire.optional "format" schema outputFormat writer)

    let private settings (writer: Utf8JsonWriter) (schema: Json option) (settings: AnthropicSettings) : unit =
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value

        writer.WriteNumber("max_tokens", settings.MaxTokens)
        Wire.optional "temperature" settings.Temperature number writer
        Wire.optional "top_p" settings.TopP number writer
        Wire.optional "top_k" settings.TopK (fun writer value -> writer.WriteNumberValue value) writer
        strings writer "stop_sequences" settings.StopSequences
        thinking writer settings.Thinking
        outputConfig writer schema settings.Thinking

    let private vendor (writer: Utf8JsonWriter) (dialect: AnthropicDialect) (betas: string list) (request: Request) : unit =
        if dialect.VersionPlace.IsBody then writer.WriteString("anthropic_version", dialect.Version)

        if dialect.BetasPlace.IsBody then strings writer "anthropic_beta" betas

        if dialect.ModelInBody then writer.WriteString("model", request.Model)

        if request.Stream && dialect.StreamInBody then writer.WriteBoolean("stream", true)

    let private headers (dialect: AnthropicDialect) (betas: string list) : Headers =
        [
            if dialect.VersionPlace.IsHeader then "anthropic-version", dialect.Version
            if dialect.BetasPlace.IsHeader && not (List.isEmpty betas) then
                "anthropic-beta", String.concat "," betas
        ]

    /// The request of a dialect.
    let request (dialect: AnthropicDialect) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let! request =
            Request.validate request
            |> Result.bind (MediaOut.check dialect.Provider MediaOut.none)
            |> Result.bind (AnthropicTools.resolve dialect)

        let chosen = AnthropicSettings.ofRequest dialect.Provider dialect.DefaultMaxTokens (dialect.Model request.Model) request
        let! plan = AnthropicTools.plan dialect request (AnthropicSettings.thinks chosen)
        let cache = lifetime request.Params.PromptCaching
        let! conversation = AnthropicTurns.ofRequest dialect.Provider api cache.IsSome request

        return
            {
                Path = plan.Path
                Headers = headers dialect plan.Betas
                Body =
                    Wire.body (fun writer ->
                        Wire.object writer (fun () ->
                            vendor writer dialect plan.Betas request
                            settings writer plan.ConfiguredSchema chosen
                            tools writer cache plan
                            system writer cache conversation.System
                            turns writer cache conversation))
                Warnings = conversation.Warnings @ chosen.Warnings @ plan.Warnings
                Format = request.Format
            }
    }
