// The dialects of hosts that serve other makers' models in the chat completions format: clouds, gateways, servers of one's own.
// Data only; the makers' own dialects stand in Dialect.fs, the providers in Vendors.fs and Clouds.fs.
namespace Llm.Core

open System

/// <summary>The dialects of known hosts of the chat completions format.</summary>
[<RequireQualifiedAccess>]
module ChatHost =
    let private anyModel: ChatModel = (ChatDialect.standard "any").Model "any"

    let private textAndImages: ChatModel = { anyModel with AudioTypes = [] }

    let private withModel (traits: ChatModel) (dialect: ChatDialect) : ChatDialect =
        { dialect with Documents = DocumentForm.Refused; Model = fun _ -> traits }

    let private names (part: string) (name: string) = name.Contains(part, StringComparison.OrdinalIgnoreCase)

    let private isOpenAi (name: string) =
        [ "gpt-3"; "gpt-4"; "gpt-5"; "o1"; "o3"; "o4"; "chatgpt" ]
        |> List.exists (fun prefix -> name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))

    /// A Kimi refuses its own calls without the thoughts before them, wherever it is served: "thinking is enabled but reasoning_content is
    /// missing in assistant tool call message" (platform.moonshot.ai, guide to the thinking models; on Azure github.com/BerriAI/litellm/pull/36919).
    let private withKimisThoughts (name: string) (traits: ChatModel) : ChatModel =
        if names "kimi" name then
            { traits with ThoughtsReturn = Some(ThoughtsReturn.Property "reasoning_content") }
        else
            traits

    /// A deployment may be called anything. By its name, as OpenAI has it; else one that takes everything.
    let private deployed (name: string) : ChatModel =
        if isOpenAi name then
            ChatDialect.openai.Model name
        else
            { anyModel with MaxTokensName = "max_completion_tokens"; Formats = FormatSupport.full } |> withKimisThoughts name

    /// <summary>
    /// Azure OpenAI below <c>https://RESOURCE.openai.azure.com/openai/v1</c>. Source: learn.microsoft.com, Azure OpenAI in Foundry Models,
    /// v1 API.
    /// </summary>
    let azure: ChatDialect = { ChatDialect.openai with Provider = "azure"; Model = deployed }

    /// <summary>
    /// Azure OpenAI by urls of deployments, below <c>https://RESOURCE.openai.azure.com</c>, with a version of the API in the query. Source:
    /// learn.microsoft.com, Azure OpenAI REST API reference.
    /// </summary>
    /// <example><c>ChatHost.azureDeployments.Path "my-gpt"</c> evaluates to <c>"openai/deployments/my-gpt/chat/completions"</c>.</example>
    let azureDeployments: ChatDialect =
        { azure with
            Path = fun deployment -> $"openai/deployments/{Uri.EscapeDataString deployment}/chat/completions"
            ModelsPath = Some "openai/models"
        }

    /// <summary>
    /// Azure AI model inference, which serves the models of many makers. Source: learn.microsoft.com, Azure AI Model Inference API. OpenAI's
    /// models take there what they take at OpenAI.
    /// </summary>
    let azureAi: ChatDialect =
        let traits (name: string) = if isOpenAi name then ChatDialect.openai.Model name else withKimisThoughts name anyModel

        { ChatDialect.standard "azure-ai" with
            Documents = DocumentForm.Refused
            ModelsPath = None
            Model = traits
        }

    /// <summary>
    /// A LiteLLM proxy (docs.litellm.ai): it translates to the vendor behind it, and drops or refuses what that lacks.
    /// </summary>
    let litellm: ChatDialect = ChatDialect.standard "litellm"

    /// <summary>
    /// Cerebras (inference-docs.cerebras.ai/api-reference): gpt-oss takes three efforts, other models that reason only none at all. Thoughts
    /// come as <c>reasoning</c> and go back in the content, in the form that the model itself would give them there: gpt-oss without marks,
    /// the others within <c>think</c> (inference-docs.cerebras.ai/capabilities/reasoning, "Reasoning Context Retention", "raw").
    /// </summary>
    let cerebras: ChatDialect =
        let traits (name: string) =
            let isGptOss = names "gpt-oss" name

            { textAndImages with
                MaxTokensName = "max_completion_tokens"
                Thinking = ThinkingEffort.request (if isGptOss then [ "low"; "medium"; "high" ] else [ "none" ])
                Formats = FormatSupport.full
                ThoughtsReturn = if isGptOss then Some(ThoughtsReturn.InContent("", "")) else None
            }

        { ChatDialect.standard "cerebras" with
            Documents = DocumentForm.Refused
            ThoughtsReturn = ThoughtsReturn.InContent("<think>", "</think>")
            Model = traits
        }

    /// <summary>Fireworks (docs.fireworks.ai/api-reference): has top-k; thoughts come and go as <c>reasoning_content</c>.</summary>
    let fireworks: ChatDialect =
        { ChatDialect.standard "fireworks" with
            TopKName = Some "top_k"
            ThoughtsReturn = ThoughtsReturn.Property "reasoning_content"
        }
        |> withModel { textAndImages with Formats = { FormatSupport.full with ForcedTools = Support.Unknown } }

    /// <summary>
    /// Perplexity (docs.perplexity.ai/api-reference): searches by itself, has top-k and strict schemas, and answers a request with tools by
    /// "Tool calling is not supported for this model".
    /// </summary>
    let perplexity: ChatDialect =
        { ChatDialect.standard "perplexity" with
            TopKName = Some "top_k"
            SeedName = None
            ModelsPath = None
        }
        |> withModel
            { textAndImages with
                Thinking = ThinkingEffort.request [ "minimal"; "low"; "medium"; "high" ]
                Formats = { FormatSupport.full with JsonObjects = Support.No; ForcedTools = Support.No }
                CallsTools = false
                LimitsCalls = false
            }

    /// <summary>
    /// Hugging Face's router (huggingface.co/docs/inference-providers): a model's name may end in the provider that is to serve it, such as
    /// <c>openai/gpt-oss-120b:cerebras</c>.
    /// </summary>
    let huggingface: ChatDialect = ChatDialect.standard "huggingface" |> withModel textAndImages

    let private local (id: string) : ChatDialect =
        { ChatDialect.standard id with TopKName = Some "top_k" }
        |> withModel { anyModel with Formats = { FormatSupport.full with ForcedTools = Support.Unknown } }

    /// <summary>A vLLM server (docs.vllm.ai, OpenAI-compatible server): has top-k and schemas.</summary>
    let vllm: ChatDialect = local "vllm"

    /// <summary>A llama.cpp server (github.com/ggml-org/llama.cpp, tools/server): has top-k and schemas.</summary>
    let llamacpp: ChatDialect = local "llamacpp"

    /// <summary>LM Studio (lmstudio.ai/docs, OpenAI compatibility): has top-k and schemas.</summary>
    let lmstudio: ChatDialect = local "lmstudio"
