// Tools and structured output in the terms of generateContent: which functions are declared, which must be called, and what the answer
// keeps to. Called by the encoder, which writes the plan; knows what a dialect and a model take.
namespace Llm.Core

open FsToolkit.ErrorHandling

/// A function that the model may call.
type internal GeminiFunction =
    {
        Name: string
        Description: string
        /// In the API's own terms.
        Parameters: Json
    }

/// Which function is to be called.
[<RequireQualifiedAccess>]
type internal GeminiCalling =
    | Unsaid
    | Never
    /// Some, or one of these where there are names.
    | Any of names: string list

/// What the answer's text is to be.
[<RequireQualifiedAccess>]
type internal GeminiOutput =
    | Text
    | Json
    /// JSON that keeps to a schema in the API's own terms.
    | Schema of Json

/// What becomes of a request's tools and format.
type internal GeminiPlan = { Functions: GeminiFunction list; SearchesWeb: bool; Calling: GeminiCalling; Answer: GeminiOutput }

[<RequireQualifiedAccess>]
module internal GeminiTools =
    let private unsupported (dialect: GenerateContentDialect) (request: Request) (feature: string) (instead: string) =
        Error(LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some instead))

    let private hasTools (request: Request) = not (List.isEmpty request.Tools.Definitions && List.isEmpty request.Tools.Provided)

    /// The format, where it goes with the tools: a recursive schema that leaves its mode open can still stand in the instructions.
    let private possible (dialect: GenerateContentDialect) (request: Request) (format: OutputFormat) : Result<OutputFormat, LlmError> =
        let lacksBoth = hasTools request && not (dialect.Model request.Model).FormatsWithTools
        let instead = "leave the mode open, or take FormatMode.Tool"

        match format.Mode, GeminiSchemas.parameters format.Schema with
        | Some FormatMode.Strict, _ when lacksBoth -> unsupported dialect request "format mode strict with tools" instead
        | Some FormatMode.Json, _ when lacksBoth -> unsupported dialect request "format mode json with tools" instead
        | None, Error _ when not lacksBoth -> Ok { format with Mode = Some FormatMode.Json }
        | None, _ when lacksBoth -> Ok { format with Mode = Some FormatMode.Tool }
        | _ -> Ok format

    /// The request with the mode of its format chosen, and with the instructions of the mode.
    let resolve (dialect: GenerateContentDialect) (request: Request) : Result<Request, LlmError> =
        request.Format
        |> Option.traverseResult (possible dialect request)
        |> Result.bind (fun format -> FormatSupport.resolve dialect.Provider FormatSupport.full { request with Format = format })

    let private schemaOf dialect request (what: string) (translated: Result<Json, string>) : Result<Json, LlmError> =
        match translated with
        | Ok schema -> Ok schema
        | Error reason -> unsupported dialect request $"the schema of {what}" $"{reason}; describe it in words, or take FormatMode.Json"

    let private declared dialect request (tool: ToolDefinition) : Result<GeminiFunction, LlmError> =
        match tool.Strict with
        | Some true -> unsupported dialect request "strict tools" "leave Strict out"
        | Some false
        | None ->
            GeminiSchemas.parameters tool.Parameters
            |> schemaOf dialect request $"'{tool.Name}'"
            |> Result.map (fun parameters -> { Name = tool.Name; Description = tool.Description; Parameters = parameters })

    let private answer dialect (request: Request) : Result<GeminiOutput, LlmError> =
        match request.Format with
        | Some({ Mode = Some FormatMode.Strict } as format) ->
            GeminiSchemas.answer format.Schema |> schemaOf dialect request $"'{format.Name}'" |> Result.map GeminiOutput.Schema
        | Some { Mode = Some FormatMode.Json } -> Ok GeminiOutput.Json
        | _ -> Ok GeminiOutput.Text

    let private calling (tools: ToolRequest) : GeminiCalling =
        match tools.Choice with
        | _ when List.isEmpty tools.Definitions -> GeminiCalling.Unsaid
        | ToolChoice.Auto -> GeminiCalling.Unsaid
        | ToolChoice.None -> GeminiCalling.Never
        | ToolChoice.Required -> GeminiCalling.Any []
        | ToolChoice.One name -> GeminiCalling.Any [ name ]

    /// The plan of a resolved request.
    let plan (dialect: GenerateContentDialect) (request: Request) : Result<GeminiPlan, LlmError> = result {
        let tools = FormatSupport.tools request

        let searchesWeb =
            tools.Provided
            |> List.exists (fun tool ->
                match tool with
                | ProviderTool.WebSearch -> true)

        if searchesWeb && not (List.isEmpty tools.Definitions) && not (dialect.Model request.Model).MixesTools then
            return! unsupported dialect request "web search beside other tools" "search in a call of its own"
        else
            // The tool of structured output goes first.
            let isCarrier (tool: ToolDefinition) = OutputFormat.isFormatTool tool.Name
            let carriers = tools.Definitions |> List.filter isCarrier
            let others = tools.Definitions |> List.filter (isCarrier >> not)

            let! functions =
                match carriers @ others with
                | [] -> Ok []
                | shown -> shown |> List.traverseResultM (declared dialect request)

            let! answer = answer dialect request

            return { Functions = functions; SearchesWeb = searchesWeb; Calling = calling tools; Answer = answer }
    }
