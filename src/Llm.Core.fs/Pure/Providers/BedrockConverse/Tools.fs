// Tools, structured output and caching in the terms of Converse: which tools are shown, which must be called, to what the answer is held,
// and what the model is told to cache. Called by the encoder, which writes the plan; knows what a model takes, and no JSON but schemas.
namespace Llm.Core

open FsToolkit.ErrorHandling

/// Which tool is to be called; Converse has no word for none.
[<RequireQualifiedAccess>]
type internal ConverseChoice =
    | Unsaid
    | Any
    | Tool of name: string

/// What becomes of a request's tools, format and caching.
type internal ConversePlan =
    {
        /// With whether each is strict.
        Tools: (ToolDefinition * bool) list
        /// The model's own tools, by their names.
        SystemTools: string list
        Choice: ConverseChoice
        /// The format that the answer's text keeps to, with its schema in the part of the language that Bedrock enforces.
        OutputFormat: OutputFormat option
        /// How long what is marked is kept; None marks nothing.
        Cache: CacheLifetime option
        CachesTools: bool
        Warnings: Warning list
    }

[<RequireQualifiedAccess>]
module internal ConverseTools =
    let private unsupported provider (request: Request) (feature: string) (alternative: string) =
        Error(LlmError.FeatureNotSupported(feature, provider, Some request.Model, Some alternative))

    let private warning provider (request: Request) (feature: string) (message: string) : Warning =
        {
            Provider = provider
            Model = request.Model
            Feature = feature
            Message = $"{message} (provider: {provider} with model_id: {request.Model})"
        }

    /// The format, where it can be kept to: in its mode, or, where it leaves that open and a strict one cannot be had, in another. Bedrock
    /// enforces the part of JSON Schema that Anthropic does (its page on structured output).
    let private possible provider (model: ConverseModel) (request: Request) (format: OutputFormat) : Result<OutputFormat, LlmError> =
        match format.Mode, AnthropicSchemas.obstacle format.Schema with
        | Some FormatMode.Strict, Some reason when not model.Formats.StrictSchemas.IsNo ->
            unsupported provider request $"format mode strict for the schema of '{format.Name}'" $"{reason}; take FormatMode.Tool"
        | None, Some _ ->
            let mode = FormatSupport.defaultMode { model.Formats with StrictSchemas = Support.No } format.Schema
            Ok { format with Mode = Some mode }
        | _, _ -> Ok format

    /// The request with the mode of its format chosen, and with the instructions of the mode.
    let resolve (provider: string) (model: ConverseModel) (request: Request) : Result<Request, LlmError> =
        request.Format
        |> Option.traverseResult (possible provider model request)
        |> Result.bind (fun format -> FormatSupport.resolve provider model.Formats { request with Format = format })

    let private isStrict provider (model: ConverseModel) (request: Request) (tool: ToolDefinition) : Result<bool, LlmError> =
        match tool.Strict, model.Formats.StrictSchemas, AnthropicSchemas.obstacle tool.Parameters with
        | (None | Some false), _, _ -> Ok false
        | Some true, Support.No, _ -> unsupported provider request "strict tools" "leave Strict out"
        | Some true, _, Some reason -> unsupported provider request $"strictness of the tool '{tool.Name}'" $"{reason}; leave Strict out"
        | Some true, _, None -> Ok true

    let private provided provider (model: ConverseModel) (request: Request) (tool: ProviderTool) : Result<string, LlmError> =
        match tool, model.WebSearch with
        | ProviderTool.WebSearch, Some name -> Ok name
        | ProviderTool.WebSearch, None -> unsupported provider request "web search" "give the model a tool of your own that searches"

    /// The tools that the conversation's calls and outputs name.
    let private namedInHistory (request: Request) : string list =
        request.Messages
        |> List.collect (fun message ->
            match message with
            | Message.System _ -> []
            | Message.Assistant assistant -> Content.toolCalls assistant.Content |> List.map _.Name
            | Message.User user ->
                user.Content
                |> List.choose (fun part ->
                    match part with
                    | UserPart.ToolOutput output -> Some output.Name
                    | _ -> None))
        |> List.distinct

    let private placeholder (name: string) : ToolDefinition =
        {
            Name = name
            Description = "Was used earlier. It is not available now: answer without it."
            Parameters = Json.trusted "{\"type\":\"object\",\"properties\":{}}"
            Strict = None
        }

    /// Converse refuses a conversation with calls and no tools: those that were called are shown then, as gone.
    let private goneTools provider (request: Request) : ToolDefinition list * Warning list =
        match namedInHistory request with
        | [] -> [], []
        | names ->
            let said =
                "Showing the tools of earlier calls as unavailable: a conversation with calls needs tools, and none may be called"

            List.map placeholder names, [ warning provider request "tools" said ]

    /// A Claude that thinks refuses to be made to call a tool.
    let private unforced provider (request: Request) (thinks: bool) (choice: ConverseChoice) : ConverseChoice * Warning list =
        match choice with
        | ConverseChoice.Any
        | ConverseChoice.Tool _ when thinks ->
            let said = "A model that thinks cannot be made to call a tool: the choice is left to it"
            ConverseChoice.Unsaid, [ warning provider request "tool_choice" said ]
        | _ -> choice, []

    /// The tools that are shown, and the choice among them.
    let private chosen (model: ConverseModel) (tools: ToolRequest) : ToolDefinition list * ConverseChoice =
        match tools.Choice with
        | ToolChoice.None -> [], ConverseChoice.Unsaid
        | ToolChoice.Auto -> tools.Definitions, ConverseChoice.Unsaid
        | ToolChoice.Required -> tools.Definitions, ConverseChoice.Any
        | ToolChoice.One name when model.NamesTool -> tools.Definitions, ConverseChoice.Tool name
        | ToolChoice.One name -> tools.Definitions |> List.filter (fun tool -> tool.Name = name), ConverseChoice.Any

    let private caching provider (model: ConverseModel) (request: Request) : CacheLifetime option * Warning list =
        match request.Params.PromptCaching, model.Caching with
        | PromptCaching.Off, _
        | PromptCaching.Automatic, ConverseCaching.Absent -> None, []
        | PromptCaching.For _, ConverseCaching.Absent ->
            None, [ warning provider request "prompt_caching" "Leaving out what to cache: this model caches by itself or not at all" ]
        | PromptCaching.For CacheLifetime.OneHour, ConverseCaching.All true -> Some CacheLifetime.OneHour, []
        | PromptCaching.For CacheLifetime.OneHour, _ ->
            Some CacheLifetime.FiveMinutes,
            [ warning provider request "prompt_caching" "Caching for five minutes: this model does not for an hour" ]
        | (PromptCaching.Automatic | PromptCaching.For CacheLifetime.FiveMinutes), _ -> Some CacheLifetime.FiveMinutes, []

    /// The plan of a resolved request; whether a Claude thinks is known by its settings.
    let plan (provider: string) (model: ConverseModel) (request: Request) (thinks: bool) : Result<ConversePlan, LlmError> = result {
        let tools = FormatSupport.tools request
        let! systemTools = tools.Provided |> List.traverseResultM (provided provider model request)
        let shown, wished = chosen model tools
        let isNone = tools.Choice = ToolChoice.None
        let gone, ofGone = if List.isEmpty shown then goneTools provider request else [], []
        let! strictness = shown |> List.traverseResultM (isStrict provider model request)
        let choice, ofChoice = unforced provider request thinks wished
        let cache, ofCaching = caching provider model request

        return
            {
                Tools = List.zip shown strictness @ List.map (fun tool -> tool, false) gone
                SystemTools = if isNone then [] else systemTools
                Choice = choice
                OutputFormat =
                    match request.Format with
                    | Some({ Mode = Some FormatMode.Strict } as format) ->
                        Some { format with Schema = AnthropicSchemas.strict format.Schema }
                    | _ -> None
                Cache = cache
                CachesTools =
                    match model.Caching with
                    | ConverseCaching.All _ -> true
                    | ConverseCaching.Absent
                    | ConverseCaching.Messages -> false
                Warnings = ofGone @ ofChoice @ ofCaching
            }
    }
