// Tools and structured output in the terms of Anthropic's messages: which tools are shown, which must be called, what is strict, and to
// which path the call goes. Called by the encoder, which writes the plan; knows what a dialect and a model take, and no JSON but schemas.
namespace Llm.Core

open FsToolkit.ErrorHandling

/// A tool of a request.
[<RequireQualifiedAccess>]
type internal AnthropicTool =
    /// A tool of the caller's, or the one of structured output; whether it is strict is said where it may be said.
    | Client of ToolDefinition * strict: bool option
    /// The provider's search of the web, in this version.
    | WebSearch of version: string

/// Which tool is to be called.
[<RequireQualifiedAccess>]
type internal AnthropicChoice =
    | Unsaid
    | Never
    | Any
    | Tool of name: string
    /// This one, once.
    | Only of name: string

/// What becomes of a request's tools and format.
type internal AnthropicPlan =
    {
        Path: string
        Betas: string list
        Tools: AnthropicTool list
        Choice: AnthropicChoice
        /// The schema that the answer's text keeps to, in a member of its own.
        OutputSchema: Json option
        /// The same, in the answer's configuration.
        ConfiguredSchema: Json option
        Warnings: Warning list
    }

[<RequireQualifiedAccess>]
module internal AnthropicTools =
    /// Anthropic refuses more strict tools than this in a call.
    let private mostStrictTools = 20

    let private isStrictAble (dialect: AnthropicDialect) (request: Request) : bool =
        match dialect.Strict with
        | AnthropicStrict.Absent -> false
        | AnthropicStrict.Elsewhere _
        | AnthropicStrict.Here _
        | AnthropicStrict.Configured _ -> (dialect.Model request.Model).IsStrict

    let private isConfigured (dialect: AnthropicDialect) : bool =
        match dialect.Strict with
        | AnthropicStrict.Configured _ -> true
        | _ -> false

    let private unsupported (dialect: AnthropicDialect) (request: Request) (feature: string) (alternative: string) =
        Error(LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some alternative))

    /// The format, where it can be kept to: in its mode, or, where it leaves that open and a strict one cannot be had, as a tool.
    let private possible (dialect: AnthropicDialect) (request: Request) (format: OutputFormat) : Result<OutputFormat, LlmError> =
        match format.Mode, AnthropicSchemas.obstacle format.Schema with
        | Some FormatMode.Strict, Some reason when isStrictAble dialect request ->
            unsupported dialect request $"format mode strict for the schema of '{format.Name}'" $"{reason}; take FormatMode.Tool"
        | None, Some _ -> Ok { format with Mode = Some FormatMode.Tool }
        | _, _ -> Ok format

    let private withoutStrict = { FormatSupport.full with StrictSchemas = Support.No }

    /// The request with the mode of its format chosen, and with the instructions of the mode.
    let resolve (dialect: AnthropicDialect) (request: Request) : Result<Request, LlmError> =
        match request.Format with
        | None -> FormatSupport.resolve dialect.Provider withoutStrict request
        | Some format ->
            let support =
                match isStrictAble dialect request, dialect.Strict with
                | false, _ -> withoutStrict
                | true, AnthropicStrict.Configured known -> { FormatSupport.full with StrictSchemas = known }
                | true, _ -> { FormatSupport.full with StrictSchemas = Support.Yes }

            possible dialect request format
            |> Result.bind (fun format -> FormatSupport.resolve dialect.Provider support { request with Format = Some format })

    let private isStrict (dialect: AnthropicDialect) (request: Request) (tool: ToolDefinition) : Result<bool, LlmError> =
        let isFew = request.Tools.Definitions.Length <= mostStrictTools

        match tool.Strict, isStrictAble dialect request with
        | Some false, _
        | None, false -> Ok false
        | Some true, false -> unsupported dialect request "strict tools" "leave Strict out"
        | None, true when isConfigured dialect -> Ok false
        | None, true -> Ok(isFew && (AnthropicSchemas.obstacle tool.Parameters).IsNone)
        | Some true, true ->
            match AnthropicSchemas.obstacle tool.Parameters with
            | Some reason -> unsupported dialect request $"strictness of the tool '{tool.Name}'" $"{reason}; leave Strict out"
            | None -> Ok true

    let private provided (dialect: AnthropicDialect) (request: Request) (tool: ProviderTool) : Result<AnthropicTool, LlmError> =
        match tool, dialect.WebSearch with
        | ProviderTool.WebSearch, Some version -> Ok(AnthropicTool.WebSearch version)
        | ProviderTool.WebSearch, None -> unsupported dialect request "web search" "give the model a tool of your own that searches"

    let private choice (tools: ToolRequest) : AnthropicChoice =
        match tools.Choice with
        | _ when List.isEmpty tools.Definitions && List.isEmpty tools.Provided -> AnthropicChoice.Unsaid
        | ToolChoice.Auto -> AnthropicChoice.Unsaid
        | ToolChoice.None -> AnthropicChoice.Never
        | ToolChoice.Required -> AnthropicChoice.Any
        // Structured output is one value.
        | ToolChoice.One name when OutputFormat.isFormatTool name -> AnthropicChoice.Only name
        | ToolChoice.One name -> AnthropicChoice.Tool name

    /// A model that thinks refuses to be made to call a tool.
    let private unforced (dialect: AnthropicDialect) (request: Request) (thinks: bool) (choice: AnthropicChoice) =
        match choice with
        | AnthropicChoice.Any
        | AnthropicChoice.Tool _
        | AnthropicChoice.Only _ when thinks ->
            AnthropicChoice.Unsaid,
            [
                {
                    Provider = dialect.Provider
                    Model = request.Model
                    Feature = "tool_choice"
                    Message =
                        "A model that thinks cannot be made to call a tool: the choice is left to it "
                        + $"(provider: {dialect.Provider} with model_id: {request.Model})"
                }
            ]
        | _ -> choice, []

    /// Path and betas of the call, and whether it says of its tools if they are strict.
    let private address
        (dialect: AnthropicDialect)
        (request: Request)
        (hasSchema: bool)
        (hasStrictTool: bool)
        : string * string list * bool =
        let usesStrict = hasSchema || hasStrictTool
        let withBetas more = dialect.Betas @ List.except dialect.Betas more
        let path = dialect.Path request.Model request.Stream

        match dialect.Strict with
        | AnthropicStrict.Elsewhere(path, betas) when usesStrict -> path request.Model request.Stream, withBetas betas, true
        | AnthropicStrict.Here betas -> path, (if usesStrict then withBetas betas else dialect.Betas), true
        | AnthropicStrict.Configured _ -> path, dialect.Betas, hasStrictTool
        | AnthropicStrict.Absent
        | AnthropicStrict.Elsewhere _ -> path, dialect.Betas, false

    /// The plan of most calls: neither tools nor a format.
    let private planOfText (dialect: AnthropicDialect) (request: Request) : AnthropicPlan =
        {
            Path = dialect.Path request.Model request.Stream
            Betas = dialect.Betas
            Tools = []
            Choice = AnthropicChoice.Unsaid
            OutputSchema = None
            ConfiguredSchema = None
            Warnings = []
        }

    let private planOfTools (dialect: AnthropicDialect) (request: Request) (thinks: bool) : Result<AnthropicPlan, LlmError> = result {
        let tools = FormatSupport.tools request
        let! provided = tools.Provided |> List.traverseResultM (provided dialect request)
        let! strictness = tools.Definitions |> List.traverseResultM (isStrict dialect request)

        let outputSchema =
            match request.Format with
            | Some({ Mode = Some FormatMode.Strict } as format) -> Some(AnthropicSchemas.strict format.Schema)
            | _ -> None

        // The tool of structured output is strict where others are; for its own sake a call does not go elsewhere.
        let callersStrictness = List.truncate request.Tools.Definitions.Length strictness
        let path, betas, saysStrict = address dialect request outputSchema.IsSome (List.contains true callersStrictness)
        let chosen, warnings = choice tools |> unforced dialect request thinks

        return
            {
                Path = path
                Betas = betas
                Tools =
                    [
                        yield! provided

                        for tool, strict in List.zip tools.Definitions strictness do
                            AnthropicTool.Client(tool, (if saysStrict then Some strict else None))
                    ]
                Choice = chosen
                OutputSchema = if isConfigured dialect then None else outputSchema
                ConfiguredSchema = if isConfigured dialect then outputSchema else None
                Warnings = warnings
            }
    }

    /// The plan of a resolved request; whether the model thinks is known by its settings.
    let plan (dialect: AnthropicDialect) (request: Request) (thinks: bool) : Result<AnthropicPlan, LlmError> =
        match request.Tools, request.Format with
        | { Definitions = []; Provided = [] }, None -> Ok(planOfText dialect request)
        | _ -> planOfTools dialect request thinks
