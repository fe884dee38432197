// Where vendors of the OpenAI chat completions format differ, as data. Read by the encoder; answers are read alike from all.
namespace Llm.Core

open System

/// <summary>What becomes of a wish to think, for one model.</summary>
[<RequireQualifiedAccess>]
type ThinkingRequest =
    /// These members go into the request's body; none where the wish is already met.
    | Members of members: (string * Json) list
    /// The model has no such thing; the caller is warned.
    | Refused

/// <summary>How thoughts of an earlier answer go back to the vendor and model that sent them.</summary>
[<RequireQualifiedAccess>]
type ThoughtsReturn =
    /// They do not.
    | Dropped
    /// As text in a property of the message, such as <c>reasoning_content</c>.
    | Property of name: string
    /// As chunks of the type <c>thinking</c> among the content's chunks.
    | ThinkingChunks
    /// As text at the head of the content, between these marks, which may be empty.
    | InContent of opening: string * closing: string

/// <summary>How a document goes into a user's message.</summary>
[<RequireQualifiedAccess>]
type DocumentForm =
    /// <c>{"type":"file","file":{"filename":...,"file_data":"data:..."}}</c>; addresses are refused.
    | File
    /// As <c>File</c>, where <c>file_data</c> may be an address too.
    | FileOrUrl
    /// <c>{"type":"document_url","document_url":"..."}</c>, with an address or a data url.
    | DocumentUrl
    /// The vendor takes none.
    | Refused

/// <summary>What one model takes.</summary>
[<NoComparison; NoEquality>]
type ChatModel =
    {
        /// The name of the limit on output tokens: <c>max_tokens</c>, or <c>max_completion_tokens</c>.
        MaxTokensName: string
        /// Whether it takes <c>temperature</c>, <c>top_p</c> and <c>stop</c>; models that reason mostly do not.
        Sampling: bool
        /// Whether it sees images; some that do not would drop them in silence.
        Sees: bool
        /// The media types of audio that it hears, such as <c>audio/wav</c>.
        AudioTypes: string list
        /// The media types of images that it refuses.
        RefusedImages: string list
        /// What becomes of a wish to think.
        Thinking: Thinking -> ThinkingRequest
        /// By what it can be held to a format.
        Formats: FormatSupport
        /// Whether it calls the caller's tools; one that does not would refuse a request that has some.
        CallsTools: bool
        /// Whether it takes tools that it is told not to call; else they are left out.
        TakesNoTool: bool
        /// Whether it can be told not to call several tools at once.
        LimitsCalls: bool
        /// Whether it speaks when asked to (platform.openai.com/docs/guides/audio).
        Speaks: bool
        /// Whether it draws when asked to.
        Draws: bool
        /// How its thoughts go back to it; None where they go as the vendor's others do.
        ThoughtsReturn: ThoughtsReturn option
    }

/// <summary>A vendor of the format.</summary>
/// <example><c>{ ChatDialect.standard "acme" with StreamUsage = false }</c></example>
[<NoComparison; NoEquality>]
type ChatDialect =
    {
        /// Id of the provider, for warnings, errors and the origin of messages.
        Provider: string
        /// The path below the base url, from the model's name; mostly <c>chat/completions</c>.
        Path: string -> string
        /// Whether a stream is asked for its usage by <c>stream_options.include_usage</c>.
        StreamUsage: bool
        /// The name of the seed; None where the vendor has none.
        SeedName: string option
        /// The name of top-k; None where the vendor has none.
        TopKName: string option
        /// How documents are sent.
        Documents: DocumentForm
        /// Whether a message goes back exactly as it came; some vendors refuse their own extra properties.
        SendsNativeBack: bool
        /// What is sent for the strictness of a tool that leaves it open; None sends nothing.
        ToolStrict: bool option
        /// How thoughts go back where the message does not go back as it came, and the model has no way of its own.
        ThoughtsReturn: ThoughtsReturn
        /// The path below the base url at which the vendor lists its models; None where it does not.
        ModelsPath: string option
        /// What a model takes, by its name.
        Model: string -> ChatModel
    }

/// How vendors name efforts to think.
[<RequireQualifiedAccess>]
module internal ThinkingEffort =
    /// The name of the effort among those that a model has, from little to much: the nearest one; None when it cannot but think.
    let nearest (names: string list) (level: ThinkingLevel) : string option =
        let from wished = wished |> List.tryFind (fun name -> List.contains name names)

        match level with
        | ThinkingLevel.None -> from [ "none" ]
        | ThinkingLevel.Default -> None
        | ThinkingLevel.Minimal -> from [ "minimal"; "low"; "medium"; "high" ]
        | ThinkingLevel.Low -> from [ "low"; "medium"; "high" ]
        | ThinkingLevel.Medium -> from [ "medium"; "high" ]
        | ThinkingLevel.High -> from [ "high" ]
        | ThinkingLevel.Max -> from [ "xhigh"; "max"; "high" ]

    /// <c>reasoning_effort</c> with one of these names.
    let request (names: string list) (thinking: Thinking) : ThinkingRequest =
        match thinking.Level, nearest names thinking.Level with
        | _, Some name -> ThinkingRequest.Members [ "reasoning_effort", Json.ofString name ]
        | ThinkingLevel.Default, None -> ThinkingRequest.Members []
        | _, None -> ThinkingRequest.Refused

    /// A model that does not think is already as the caller wants it who asks for no thoughts, or for nothing special.
    let none (thinking: Thinking) : ThinkingRequest =
        match thinking.Level with
        | ThinkingLevel.None
        | ThinkingLevel.Default -> ThinkingRequest.Members []
        | _ -> ThinkingRequest.Refused

/// Values of <see cref="T:Llm.Core.ChatDialect"/>.
[<RequireQualifiedAccess>]
module ChatDialect =
    let internal anyModel: ChatModel =
        {
            MaxTokensName = "max_tokens"
            Sampling = true
            Sees = true
            AudioTypes = [ "audio/wav"; "audio/mp3"; "audio/mpeg" ]
            RefusedImages = []
            Thinking = ThinkingEffort.request [ "none"; "minimal"; "low"; "medium"; "high" ]
            Formats = FormatSupport.unknown
            CallsTools = true
            TakesNoTool = true
            LimitsCalls = true
            Speaks = false
            Draws = false
            ThoughtsReturn = None
        }

    /// <summary>
    /// The format as most servers that call themselves compatible speak it, under the id of a provider: every model takes everything
    /// but top-k, messages go back by their meaning.
    /// </summary>
    let standard (provider: string) : ChatDialect =
        {
            Provider = provider
            Path = fun _ -> "chat/completions"
            StreamUsage = true
            SeedName = Some "seed"
            TopKName = None
            Documents = DocumentForm.File
            SendsNativeBack = false
            ToolStrict = Some true
            ThoughtsReturn = ThoughtsReturn.Dropped
            ModelsPath = Some "models"
            Model = fun _ -> anyModel
        }

    /// What one of OpenAI's models takes.
    let internal openaiModel (name: string) : ChatModel =
        let isReasoning = OpenAIModel.reasons name

        {
            MaxTokensName = if isReasoning then "max_completion_tokens" else "max_tokens"
            Sampling = not isReasoning
            Sees = true
            AudioTypes = if OpenAIModel.hearsAudio name then anyModel.AudioTypes else []
            RefusedImages = OpenAIModel.refusedImages
            Thinking = if isReasoning then ThinkingEffort.request (OpenAIModel.efforts name) else ThinkingEffort.none
            Formats = OpenAIModel.formats name
            CallsTools = true
            TakesNoTool = true
            LimitsCalls = OpenAIModel.limitsCalls name
            Speaks = OpenAIModel.speaks name
            Draws = false
            ThoughtsReturn = None
        }

    /// What turns thinking on and off by an object, as DeepSeek and Z.ai do.
    let private switchedThinking (thinking: Thinking) =
        let switch word = ThinkingRequest.Members [ "thinking", Json.trusted $"{{\"type\":\"{word}\"}}" ]

        match thinking.Level with
        | ThinkingLevel.None -> switch "disabled"
        | ThinkingLevel.Default -> ThinkingRequest.Members []
        | _ -> switch "enabled"

    let internal switched (forcedTools: string -> Support) (provider: string) : ChatDialect =
        let traits (name: string) =
            { anyModel with
                AudioTypes = []
                Thinking = switchedThinking
                Formats = { FormatSupport.full with StrictSchemas = Support.No; ForcedTools = forcedTools name }
            }

        { standard provider with
            SeedName = None
            Documents = DocumentForm.Refused
            ThoughtsReturn = ThoughtsReturn.Property "reasoning_content"
            ToolStrict = None
            Model = traits
        }

    let internal blind (dialect: ChatDialect) : ChatDialect = { dialect with Model = fun name -> { dialect.Model name with Sees = false } }

// The makers' dialects are properties, made when asked for: the values of a module would all be made, and the code for that compiled, for the
// first.
type ChatDialect with
    /// <summary>
    /// OpenAI (platform.openai.com/docs/api-reference/chat): models that reason want <c>max_completion_tokens</c> and refuse
    /// <c>temperature</c>, <c>top_p</c> and <c>stop</c>; only audio models hear audio.
    /// </summary>
    static member openai: ChatDialect = { ChatDialect.standard "openai" with SendsNativeBack = true; Model = ChatDialect.openaiModel }

    /// <summary>
    /// OpenRouter (openrouter.ai/docs): reasoning is asked for by an object, its details go back with the message; models of OpenAI
    /// take what they take there.
    /// </summary>
    static member openrouter: ChatDialect =
        let reasoning (thinking: Thinking) =
            let exclude = if thinking.IncludeThoughts then "" else ",\"exclude\":true"
            let asked members = ThinkingRequest.Members [ "reasoning", Json.trusted $"{{{members}{exclude}}}" ]

            match thinking.Level, ThinkingEffort.nearest [ "none"; "minimal"; "low"; "medium"; "high"; "xhigh" ] thinking.Level with
            | ThinkingLevel.None, _ -> ThinkingRequest.Members [ "reasoning", Json.trusted "{\"enabled\":false}" ]
            | _, Some effort -> asked $"\"effort\":\"{effort}\""
            | _, None -> asked "\"enabled\":true"

        let traits (name: string) =
            let traits =
                if name.StartsWith("openai/", StringComparison.Ordinal) then
                    ChatDialect.openaiModel (name.Substring 7)
                else
                    ChatDialect.anyModel

            { traits with
                Thinking = reasoning
                Draws = name.Contains("image", StringComparison.OrdinalIgnoreCase)
            }

        { ChatDialect.standard "openrouter" with
            TopKName = Some "top_k"
            Documents = DocumentForm.FileOrUrl
            SendsNativeBack = true
            Model = traits
        }

    /// <summary>
    /// Mistral (docs.mistral.ai/api): the seed is <c>random_seed</c>, usage comes unasked, documents are addresses, thoughts are chunks
    /// of the content.
    /// </summary>
    static member mistral: ChatDialect =
        let traits =
            { ChatDialect.anyModel with
                Thinking = ThinkingEffort.request [ "none"; "high" ]
                Formats = FormatSupport.full
            }

        { ChatDialect.standard "mistral" with
            StreamUsage = false
            SeedName = Some "random_seed"
            Documents = DocumentForm.DocumentUrl
            ThoughtsReturn = ThoughtsReturn.ThinkingChunks
            Model = fun _ -> traits
        }

    /// <summary>
    /// Groq (console.groq.com/docs/reasoning): Qwen models know only thinking or not, gpt-oss three efforts; thoughts are shown unless
    /// <c>include_reasoning</c> says not to. Only some models have strict
    /// schemas, and none together with tools or streams (console.groq.com/docs/structured-outputs).
    /// </summary>
    static member groq: ChatDialect =
        let qwen (thinking: Thinking) =
            match thinking.Level with
            | ThinkingLevel.None -> ThinkingRequest.Members [ "reasoning_effort", Json.ofString "none" ]
            | _ -> ThinkingRequest.Members [ "reasoning_effort", Json.ofString "default" ]

        let hiding (ask: Thinking -> ThinkingRequest) (thinking: Thinking) =
            match ask thinking with
            | ThinkingRequest.Members members when not thinking.IncludeThoughts && not thinking.Level.IsNone ->
                ThinkingRequest.Members(members @ [ "include_reasoning", Json.trusted "false" ])
            | asked -> asked

        let traits (name: string) =
            let has (part: string) = name.Contains(part, StringComparison.OrdinalIgnoreCase)

            let thinking =
                if has "qwen" then hiding qwen
                elif has "gpt-oss" then hiding (ThinkingEffort.request [ "low"; "medium"; "high" ])
                else ThinkingEffort.none

            { ChatDialect.anyModel with
                MaxTokensName = "max_completion_tokens"
                AudioTypes = []
                Thinking = thinking
                Formats = { FormatSupport.unknown with JsonObjects = Support.Yes }
            }

        { ChatDialect.standard "groq" with Documents = DocumentForm.Refused; Model = traits }

    /// <summary>xAI (docs.x.ai): some models let choose an effort; thoughts may come back.</summary>
    static member xai: ChatDialect =
        let traits (name: string) =
            let thinking =
                match XaiModel.efforts name with
                | [] -> ThinkingEffort.none
                | efforts -> ThinkingEffort.request efforts

            { ChatDialect.anyModel with AudioTypes = []; Thinking = thinking; Formats = FormatSupport.full }

        { ChatDialect.standard "xai" with
            Documents = DocumentForm.Refused
            ThoughtsReturn = ThoughtsReturn.Property "reasoning_content"
            Model = traits
        }

    /// <summary>
    /// DeepSeek (api-docs.deepseek.com): thinking is on or off; thoughts must come back with tool calls; JSON, but no strict schemas; texts only.
    /// </summary>
    static member deepseek: ChatDialect =
        // A model that only reasons refuses to be told which tool to call.
        let forcedTools (name: string) = if name.Contains("reasoner", StringComparison.Ordinal) then Support.No else Support.Unknown

        ChatDialect.switched forcedTools "deepseek" |> ChatDialect.blind

    /// <summary>
    /// Z.ai (docs.z.ai/api-reference/llm/chat-completion): thinking is on or off; thoughts may come back; JSON, but no strict schemas; any
    /// choice of tools but <c>auto</c> is refused: "Tool choice must be auto".
    /// </summary>
    static member zai: ChatDialect =
        let switched = ChatDialect.switched (fun _ -> Support.No) "zai"
        { switched with Model = fun name -> { switched.Model name with TakesNoTool = false } }

    /// <summary>Together (docs.together.ai): has top-k.</summary>
    static member together: ChatDialect =
        { ChatDialect.standard "together" with TopKName = Some "top_k"; Documents = DocumentForm.Refused }

    /// <summary>Ollama's compatible endpoint (docs.ollama.com/api/openai-compatibility): thoughts go back as <c>reasoning</c>.</summary>
    static member ollama: ChatDialect =
        let traits =
            { ChatDialect.anyModel with
                AudioTypes = []
                Thinking = ThinkingEffort.request [ "none"; "low"; "medium"; "high" ]
                Formats = { FormatSupport.full with ForcedTools = Support.Unknown }
            }

        { ChatDialect.standard "ollama" with
            Documents = DocumentForm.Refused
            ThoughtsReturn = ThoughtsReturn.Property "reasoning"
            Model = fun _ -> traits
        }
