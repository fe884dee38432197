// What a provider's model can be asked for, found out by asking its encoder: there is no second table that could disagree with what is
// sent. Called by users, by the page of providers, and by the test that walks every cell; knows no vendor.
namespace Llm.Core

open System

/// <summary>Something that a call may ask for.</summary>
[<RequireQualifiedAccess>]
type Feature =
    /// The answer as a stream.
    | Streaming
    /// Tools of the caller's.
    | Tools
    /// That some tool is called.
    | RequiredTool
    /// That one tool is called.
    | NamedTool
    /// That no tool is called, though there are some.
    | NoTool
    /// Tools whose schemas are kept to.
    | StrictTools
    /// The provider's search of the web.
    | WebSearch
    /// A format whose schema is enforced: <c>FormatMode.Strict</c>.
    | StrictFormat
    /// A format by a tool's call: <c>FormatMode.Tool</c>.
    | ToolFormat
    /// A format as JSON: <c>FormatMode.Json</c>.
    | JsonFormat
    /// A format beside tools, in the mode that is chosen for it.
    | FormatWithTools
    /// Much thinking: <c>ThinkingLevel.High</c>.
    | Thinking
    /// No thinking: <c>ThinkingLevel.None</c>.
    | NoThinking
    /// An image's bytes.
    | ImageBytes
    /// An image's address.
    | ImageUrl
    /// Audio.
    | AudioBytes
    /// A document's bytes, as PDF.
    | DocumentBytes
    /// A document's text.
    | DocumentText
    /// A document's address.
    | DocumentUrl
    /// <c>Params.MaxTokens</c>.
    | MaxTokens
    /// <c>Params.Temperature</c>.
    | Temperature
    /// <c>Params.TopP</c>.
    | TopP
    /// <c>Params.TopK</c>.
    | TopK
    /// <c>Params.Seed</c>.
    | Seed
    /// <c>Params.StopSequences</c>.
    | StopSequences
    /// What to cache, said by the caller: <c>PromptCaching.For</c>.
    | PromptCaching
    /// The number of tokens of a call, beforehand.
    | TokenCounting
    /// A list of the provider's models.
    | ModelListing

/// <summary>What becomes of a feature that is asked for.</summary>
[<RequireQualifiedAccess>]
type Capability =
    /// The request says it.
    | Supported
    /// Nothing has to be said: the model is so by itself.
    | Unsaid
    /// The call goes on without it, with this warning.
    | LeftOut of warning: string
    /// The call is refused before the wire, for this reason; what to do instead.
    | Refused of reason: string * instead: string option

/// <summary>Models that take the same.</summary>
type ModelFamily =
    {
        /// The id of one of them, such as <c>openai/gpt-5</c>.
        Example: string
        /// What they have in common, such as <c>models that reason</c>.
        Name: string
    }

/// Functions on <see cref="T:Llm.Core.Feature"/>.
[<RequireQualifiedAccess>]
module Feature =
    /// <summary>All of them, in the order of the page of providers.</summary>
    let all: Feature list =
        [
            Feature.Streaming
            Feature.Tools
            Feature.RequiredTool
            Feature.NamedTool
            Feature.NoTool
            Feature.StrictTools
            Feature.WebSearch
            Feature.StrictFormat
            Feature.ToolFormat
            Feature.JsonFormat
            Feature.FormatWithTools
            Feature.Thinking
            Feature.NoThinking
            Feature.ImageBytes
            Feature.ImageUrl
            Feature.AudioBytes
            Feature.DocumentBytes
            Feature.DocumentText
            Feature.DocumentUrl
            Feature.MaxTokens
            Feature.Temperature
            Feature.TopP
            Feature.TopK
            Feature.Seed
            Feature.StopSequences
            Feature.PromptCaching
            Feature.TokenCounting
            Feature.ModelListing
        ]

/// A request for a feature, beside one that lacks nothing but it.
type internal Probe = { Without: Request; With: Request }

/// The requests by which encoders are asked. Their values are such as stand nowhere else in a request.
[<RequireQualifiedAccess>]
module internal Probe =
    /// The text of the plainest of messages.
    let question = "What is it?"

    let bytes = Bytes.ofArray [| 173uy; 21uy; 88uy; 4uy; 250uy; 7uy |]
    let imageUrl = "https://media.example.org/probed-image.png"
    let documentUrl = "https://media.example.org/probed-document.pdf"
    let documentText = "Probed words."
    let stop = "probed-stop"
    let toolName = "probed_tool"
    let formatName = "ProbedFormat"

    let private schema (property: string) =
        Json.trusted
            $"""{{"type":"object","properties":{{"{property}":{{"type":"string"}}}},"required":["{property}"],"additionalProperties":false}}"""

    let private tool (strict: bool option) : ToolDefinition =
        { Name = toolName; Description = "Looks."; Parameters = schema "probed_argument"; Strict = strict }

    let private other: ToolDefinition = { tool None with Name = "another_tool" }

    let private tools (choice: ToolChoice) (strict: bool option) (request: Request) : Request =
        { request with Tools = { Definitions = [ tool strict; other ]; Provided = []; Choice = choice } }

    let private format (mode: FormatMode option) (request: Request) : Request =
        let format =
            {
                Name = formatName
                Description = None
                Schema = schema "probed_property"
                Mode = mode
                Instructions = None
            }

        { request with Format = Some format }

    let private parameters (change: Params -> Params) (request: Request) : Request = { request with Params = change request.Params }

    let private thinking (level: ThinkingLevel) : Request -> Request =
        parameters (fun all -> { all with Thinking = Some { Level = level; IncludeThoughts = true; EncodeThoughtsAsText = false } })

    let private says (part: UserPart) (request: Request) : Request =
        match Message.userParts [ UserPart.Text question; part ] with
        | Ok message -> { request with Messages = [ message ] }
        | Error _ -> request

    let private caching (caching: PromptCaching) (request: Request) : Request =
        let messages = [ Message.system "Be brief."; Message.user "Hello"; Message.assistant "Hello."; Message.user question ]
        { request with Messages = messages } |> parameters (fun all -> { all with PromptCaching = caching })

    /// The requests for a feature, to a model.
    let ofFeature (feature: Feature) (model: string) : Probe =
        let plain = Request.create model { Params.none with PromptCaching = PromptCaching.Off } false [ Message.user question ]

        let beside change = { Without = plain; With = change plain }

        match feature with
        | Feature.Streaming -> beside (fun request -> { request with Stream = true })
        | Feature.Tools -> beside (tools ToolChoice.Auto None)
        | Feature.RequiredTool -> { Without = tools ToolChoice.Auto None plain; With = tools ToolChoice.Required None plain }
        | Feature.NamedTool -> { Without = tools ToolChoice.Auto None plain; With = tools (ToolChoice.One toolName) None plain }
        | Feature.NoTool -> { Without = tools ToolChoice.Auto None plain; With = tools ToolChoice.None None plain }
        | Feature.StrictTools ->
            {
                Without = tools ToolChoice.Auto (Some false) plain
                With = tools ToolChoice.Auto (Some true) plain
            }
        | Feature.WebSearch ->
            beside (fun request -> { request with Tools = { ToolRequest.none with Provided = [ ProviderTool.WebSearch ] } })
        | Feature.StrictFormat -> beside (format (Some FormatMode.Strict))
        | Feature.ToolFormat -> beside (format (Some FormatMode.Tool))
        | Feature.JsonFormat -> beside (format (Some FormatMode.Json))
        | Feature.FormatWithTools ->
            {
                Without = tools ToolChoice.Auto None plain
                With = plain |> tools ToolChoice.Auto None |> format None
            }
        | Feature.Thinking -> beside (thinking ThinkingLevel.High)
        | Feature.NoThinking -> beside (thinking ThinkingLevel.None)
        | Feature.ImageBytes -> beside (says (UserPart.Image(Image.Inline("image/png", bytes))))
        | Feature.ImageUrl -> beside (says (UserPart.Image(Image.Url imageUrl)))
        | Feature.AudioBytes -> beside (says (UserPart.Audio { MediaType = "audio/wav"; Data = bytes }))
        | Feature.DocumentBytes -> beside (says (UserPart.Document(Document.Inline("application/pdf", bytes))))
        | Feature.DocumentText -> beside (says (UserPart.Document(Document.Text("text/plain", documentText))))
        | Feature.DocumentUrl -> beside (says (UserPart.Document(Document.Url documentUrl)))
        | Feature.MaxTokens -> beside (parameters (fun all -> { all with MaxTokens = Some 4321 }))
        | Feature.Temperature -> beside (parameters (fun all -> { all with Temperature = Some 0.625 }))
        | Feature.TopP -> beside (parameters (fun all -> { all with TopP = Some 0.875 }))
        | Feature.TopK -> beside (parameters (fun all -> { all with TopK = Some 37 }))
        | Feature.Seed -> beside (parameters (fun all -> { all with Seed = Some 246813L }))
        | Feature.StopSequences -> beside (parameters (fun all -> { all with StopSequences = [ stop ] }))
        | Feature.PromptCaching ->
            {
                Without = caching PromptCaching.Off plain
                With = caching (PromptCaching.For CacheLifetime.FiveMinutes) plain
            }
        | Feature.TokenCounting
        | Feature.ModelListing -> beside id

/// Functions on <see cref="T:Llm.Core.Capability"/>.
[<RequireQualifiedAccess>]
module Capability =
    let private refused (error: LlmError) : Capability =
        match error with
        | LlmError.FeatureNotSupported(feature, _, _, instead) -> Capability.Refused(feature, instead)
        | other -> Capability.Refused(LlmError.render other, None)

    let private encode (provider: Provider) (request: Request) : Result<struct (Codec * EncodedRequest), LlmError> =
        provider.Route request
        |> Result.bind (fun (struct (codec, routed)) -> codec.Encode routed |> Result.map (fun encoded -> struct (codec, encoded)))

    let private isSaid (struct (_, without: EncodedRequest)) (asked: EncodedRequest) : bool =
        without.Path <> asked.Path || Json.text (Inquiries.bodyOf without) <> Json.text (Inquiries.bodyOf asked)

    let private ofRequests (provider: Provider) (probe: Probe) : Capability =
        match encode provider probe.With, encode provider probe.Without with
        | Error error, _ -> refused error
        | Ok(struct (_, { Warnings = warning :: _ })), _ -> Capability.LeftOut warning.Message
        | Ok(struct (_, asked)), Ok without when not (isSaid without asked) -> Capability.Unsaid
        | Ok _, _ -> Capability.Supported

    let private ofEndpoint (has: Codec -> bool) (reason: string) (instead: string) (provider: Provider) (request: Request) : Capability =
        match provider.Route request with
        | Ok(struct (codec, _)) when has codec -> Capability.Supported
        | Ok _ -> Capability.Refused(reason, Some instead)
        | Error error -> refused error

    /// <summary>What becomes of a feature that a provider's model is asked for, by the model's name there.</summary>
    let ofProvider (provider: Provider) (model: string) (feature: Feature) : Capability =
        let probe = Probe.ofFeature feature model

        match feature with
        | Feature.TokenCounting ->
            probe.With |> ofEndpoint _.TokenCounter.IsSome "token counting" "estimate by the usage of earlier calls" provider
        | Feature.ModelListing -> probe.With |> ofEndpoint _.ModelListing.IsSome "listing models" "see the vendor's page of models" provider
        | _ -> ofRequests provider probe

    /// <summary>
    /// What becomes of a feature that a model is asked for, by the model's id; <c>UnknownProvider</c> where nobody serves it. Of a model
    /// that is not known it is what would be tried.
    /// </summary>
    /// <example>
    /// <c>Vendors.registry |> Capability.ofModel "ollama/llama3.2" Feature.AudioBytes</c> evaluates to
    /// <c>Ok (Capability.Refused("audio", Some "take a model that hears audio, or send a transcript"))</c>.
    /// </example>
    let ofModel (modelId: string) (feature: Feature) (registry: Registry) : Result<Capability, LlmError> =
        Registry.resolve modelId registry |> Result.map (fun (struct (provider, model)) -> ofProvider provider model feature)

/// <summary>The families of models that are known to differ, by the prefixes of the standard registry.</summary>
[<RequireQualifiedAccess>]
module ModelFamily =
    let private families (prefix: string) (all: (string * string) list) : ModelFamily list =
        all |> List.map (fun (model, name) -> { Example = prefix + model; Name = name })

    let private known: Map<string, (string * string) list> =
        let claude =
            [
                "claude-sonnet-4-5", "Claude 4.1 to 4.6"
                "claude-opus-4-7", "Claude 4.7 and later"
                "claude-3-5-haiku-latest", "older Claude"
            ]

        let gemini = [ "gemini-2.5-flash", "Gemini 2.5"; "gemini-3-pro-preview", "Gemini 3 and later" ]
        let openai = [ "gpt-5", "models that reason"; "gpt-4o", "models that do not" ]
        let grok = [ "grok-3-mini", "Grok 3 mini"; "grok-4", "Grok 4"; "grok-4.3", "Grok 4.3"; "grok-4.6", "Grok 4.6" ]

        Map.ofList
            [
                "openai/", openai
                "openai:responses/", openai
                "openai:completions/", openai @ [ "gpt-4o-audio-preview", "models that hear" ]
                "anthropic/", claude
                "google/", gemini
                "vertexai/", gemini @ [ "claude-sonnet-4-5@20250929", "Claude 4.1 to 4.5"; "claude-sonnet-4-6", "Claude 4.6" ]
                "bedrock/",
                [
                    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude 4.5 and later"
                    "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "older Claude"
                    "us.amazon.nova-2-lite-v1:0", "Nova 2"
                    "amazon.nova-pro-v1:0", "Nova"
                    "openai.gpt-oss-120b-1:0", "gpt-oss"
                    "mistral.mistral-large-2407-v1:0", "Mistral"
                    "meta.llama3-1-70b-instruct-v1:0", "Llama"
                ]
                "bedrock:invoke/",
                [
                    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude 4.5 and 4.6"
                    "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "older Claude"
                ]
                "azure/", openai
                "azure:responses/", openai
                "azure:completions/", openai
                "azure:deployments/", openai
                "xai:completions/", grok
                "xai:responses/", grok
                "groq/", [ "openai/gpt-oss-120b", "gpt-oss"; "qwen/qwen3-32b", "Qwen"; "llama-3.3-70b-versatile", "others" ]
                "xai/", grok
                "deepseek/", [ "deepseek-chat", "chat"; "deepseek-reasoner", "reasoner" ]
                "cohere/",
                [
                    "command-a-reasoning-08-2025", "models that reason"
                    "command-a-03-2025", "models that do not"
                    "command-r-08-2024", "before Command R7B"
                ]
                "openrouter/", [ "openai/gpt-5", "OpenAI's models that reason"; "z-ai/glm-4.6", "others" ]
                "ollama:native/", [ "gpt-oss:20b", "models with levels of thinking"; "qwen3", "others" ]
            ]

    /// <summary>The families of a prefix; one of all models where none are known to differ.</summary>
    let ofPrefix (prefix: string) : ModelFamily list =
        known |> Map.tryFind prefix |> Option.defaultValue [ "any-model", "all models" ] |> families prefix

    /// <summary>The families of all prefixes of a registry.</summary>
    let all (registry: Registry) : ModelFamily list = Registry.prefixes registry |> List.collect ofPrefix
