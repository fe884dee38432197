// The vendors, as data: adding one that speaks a known wire format is adding a value here, and its prefix below. Clouds stand in
// Clouds.fs. Properties rather than values of a module, which would all be made, and the code for that compiled, when one is asked for:
// that was a fifth of all that the first call of a process compiled.
namespace Llm.Core

/// <summary>The providers that are known from the start, and the registry of their prefixes. Each is made when it is asked for.</summary>
[<AbstractClass; Sealed>]
type Vendors private () =
    static let chat (baseUrl: string) (dialect: ChatDialect) : Provider =
        Provider.create dialect.Provider baseUrl (ChatCompletions.codec dialect)

    /// A server on this machine, which <c>ID_BASE_URL</c> moves.
    static let local (baseUrl: string) (dialect: ChatDialect) : Provider = chat baseUrl dialect |> Provider.withOptionalKey

    static let openaiChat () = ChatCompletions.codec ChatDialect.openai
    static let openaiResponses () = OpenAiResponses.codec ResponsesDialect.openai
    static let xaiChat () = ChatCompletions.codec ChatDialect.xai
    static let xaiResponses () = OpenAiResponses.codec ResponsesHost.xai

    /// What Ollama takes for an address: the scheme and the port may be left out (github.com/ollama/ollama, envconfig).
    static let ollamaHost (host: string) : string =
        let hasPort = host.LastIndexOf ':' > host.LastIndexOf ']'

        if host.Contains "://" then host
        elif hasPort then $"http://{host}"
        else $"http://{host}:11434"

    static let prefixes =
        [
            yield! Clouds.Prefixes
            "anthropic/"
            "google/"
            "openrouter/"
            "mistral/"
            "groq/"
            "together/"
            "deepseek/"
            "zai/"
            "cerebras/"
            "fireworks/"
            "perplexity/"
            "huggingface/"
            "cohere/"
            "litellm/"
            "ollama/"
            "vllm/"
            "llamacpp/"
            "lmstudio/"
            "openai/"
            "openai:completions/"
            "openai:responses/"
            "xai/"
            "xai:completions/"
            "xai:responses/"
            "ollama:native/"
        ]

    static let ofPrefix (prefix: string) : Provider =
        match prefix with
        | "openai/" -> Vendors.openai
        | "openai:completions/" -> Vendors.openai |> Routes.only (openaiChat ())
        | "openai:responses/" -> Vendors.openai |> Routes.only (openaiResponses ())
        | "xai/" -> Vendors.xai
        | "xai:completions/" -> Vendors.xai |> Routes.only (xaiChat ())
        | "xai:responses/" -> Vendors.xai |> Routes.only (xaiResponses ())
        | "anthropic/" -> Vendors.anthropic
        | "google/" -> Vendors.google
        | "openrouter/" -> Vendors.openrouter
        | "mistral/" -> Vendors.mistral
        | "groq/" -> Vendors.groq
        | "together/" -> Vendors.together
        | "deepseek/" -> Vendors.deepseek
        | "zai/" -> Vendors.zai
        | "cerebras/" -> Vendors.cerebras
        | "fireworks/" -> Vendors.fireworks
        | "perplexity/" -> Vendors.perplexity
        | "huggingface/" -> Vendors.huggingface
        | "cohere/" -> Vendors.cohere
        | "litellm/" -> Vendors.litellm
        | "ollama/" -> Vendors.ollama
        | "vllm/" -> Vendors.vllm
        | "llamacpp/" -> Vendors.llamacpp
        | "lmstudio/" -> Vendors.lmstudio
        | "ollama:native/" -> Vendors.ollamaNative
        | cloud -> Clouds.OfPrefix cloud

    static let known = Registry.lazily prefixes ofPrefix

    /// <summary>
    /// OpenAI: <c>openai/gpt-5</c> by the Responses format, or by chat completions where the model's name ends in <c>:completions</c>, a
    /// message holds audio or the answer is to be spoken. Key: <c>OPENAI_API_KEY</c>; <c>OPENAI_BASE_URL</c> moves it.
    /// </summary>
    static member openai: Provider =
        Provider.routed "openai" "https://api.openai.com/v1" (Routes.chatOrResponses openaiChat openaiResponses)

    /// <summary>Anthropic: <c>anthropic/claude-sonnet-4-5</c>. Key: <c>ANTHROPIC_API_KEY</c>; <c>ANTHROPIC_BASE_URL</c> moves it.</summary>
    static member anthropic: Provider =
        { Provider.create "anthropic" "https://api.anthropic.com" (AnthropicMessages.codec AnthropicDialect.standard) with
            KeyPlace = KeyPlace.Header "x-api-key"
        }

    /// <summary>Google's Gemini API: <c>google/gemini-2.5-flash</c>. Key: <c>GOOGLE_API_KEY</c> or <c>GEMINI_API_KEY</c>.</summary>
    static member google: Provider =
        { Provider.create
              "google"
              "https://generativelanguage.googleapis.com/v1beta"
              (GenerateContent.codec GenerateContentDialect.standard) with
            KeyVariables = [ "GOOGLE_API_KEY"; "GEMINI_API_KEY" ]
            KeyPlace = KeyPlace.Header "x-goog-api-key"
        }

    /// <summary>OpenRouter: <c>openrouter/vendor/model</c>. Key: <c>OPENROUTER_API_KEY</c>.</summary>
    static member openrouter: Provider = chat "https://openrouter.ai/api/v1" ChatDialect.openrouter

    /// <summary>Mistral: <c>mistral/mistral-large-latest</c>. Key: <c>MISTRAL_API_KEY</c>.</summary>
    static member mistral: Provider = chat "https://api.mistral.ai/v1" ChatDialect.mistral

    /// <summary>Groq: <c>groq/llama-3.3-70b-versatile</c>. Key: <c>GROQ_API_KEY</c>.</summary>
    static member groq: Provider = chat "https://api.groq.com/openai/v1" ChatDialect.groq

    /// <summary>
    /// xAI: <c>xai/grok-4</c> by the Responses format, or by chat completions where the model's name ends in <c>:completions</c>. Key:
    /// <c>XAI_API_KEY</c>.
    /// </summary>
    static member xai: Provider = Provider.routed "xai" "https://api.x.ai/v1" (Routes.chatOrResponses xaiChat xaiResponses)

    /// <summary>Together: <c>together/vendor/model</c>. Key: <c>TOGETHER_API_KEY</c>.</summary>
    static member together: Provider = chat "https://api.together.xyz/v1" ChatDialect.together

    /// <summary>DeepSeek: <c>deepseek/deepseek-chat</c>. Key: <c>DEEPSEEK_API_KEY</c>.</summary>
    static member deepseek: Provider = chat "https://api.deepseek.com" ChatDialect.deepseek

    /// <summary>Z.ai: <c>zai/glm-4.6</c>. Key: <c>ZAI_API_KEY</c>.</summary>
    static member zai: Provider = chat "https://api.z.ai/api/paas/v4" ChatDialect.zai

    /// <summary>Cerebras: <c>cerebras/gpt-oss-120b</c>. Key: <c>CEREBRAS_API_KEY</c>.</summary>
    static member cerebras: Provider = chat "https://api.cerebras.ai/v1" ChatHost.cerebras

    /// <summary>Fireworks: <c>fireworks/accounts/fireworks/models/gpt-oss-120b</c>. Key: <c>FIREWORKS_API_KEY</c>.</summary>
    static member fireworks: Provider = chat "https://api.fireworks.ai/inference/v1" ChatHost.fireworks

    /// <summary>Perplexity: <c>perplexity/sonar-pro</c>. Key: <c>PERPLEXITY_API_KEY</c> or <c>PPLX_API_KEY</c>.</summary>
    static member perplexity: Provider =
        { chat "https://api.perplexity.ai" ChatHost.perplexity with
            KeyVariables = [ "PERPLEXITY_API_KEY"; "PPLX_API_KEY" ]
        }

    /// <summary>
    /// Hugging Face's router: <c>huggingface/openai/gpt-oss-120b:cerebras</c>. Key: <c>HF_TOKEN</c> or <c>HUGGINGFACE_API_KEY</c>.
    /// </summary>
    static member huggingface: Provider =
        { chat "https://router.huggingface.co/v1" ChatHost.huggingface with
            KeyVariables = [ "HF_TOKEN"; "HUGGINGFACE_API_KEY" ]
        }

    /// <summary>Cohere: <c>cohere/command-a-03-2025</c>. Key: <c>COHERE_API_KEY</c> or <c>CO_API_KEY</c>; <c>CO_API_URL</c> moves it.</summary>
    static member cohere: Provider =
        { Provider.create "cohere" "https://api.cohere.com" (CohereChat.codec CohereDialect.standard) with
            BaseUrlVariables = [ "CO_API_URL" ]
            KeyVariables = [ "COHERE_API_KEY"; "CO_API_KEY" ]
        }

    /// <summary>
    /// A LiteLLM proxy, on this machine unless <c>LITELLM_BASE_URL</c> or <c>LITELLM_PROXY_API_BASE</c> says otherwise: <c>litellm/gpt-5</c>.
    /// Key, where it wants one: <c>LITELLM_API_KEY</c> or <c>LITELLM_PROXY_API_KEY</c>.
    /// </summary>
    static member litellm: Provider =
        { chat "http://localhost:4000" ChatHost.litellm with
            BaseUrlVariables = [ "LITELLM_BASE_URL"; "LITELLM_PROXY_API_BASE" ]
            KeyVariables = [ "LITELLM_API_KEY"; "LITELLM_PROXY_API_KEY" ]
        }
        |> Provider.withOptionalKey

    /// <summary>Ollama on this machine: <c>ollama/llama3.2</c>. Key, where it wants one: <c>OLLAMA_API_KEY</c>; <c>OLLAMA_BASE_URL</c> moves it.</summary>
    static member ollama: Provider = local "http://localhost:11434/v1" ChatDialect.ollama

    /// <summary>
    /// Ollama on this machine by its native format: <c>ollama:native/llama3.2</c>. The setting <c>host</c>, from <c>OLLAMA_HOST</c>, moves it.
    /// </summary>
    static member ollamaNative: Provider =
        { Provider.create "ollama" "{host}" (OllamaChat.codec OllamaDialect.standard) with
            BaseUrlVariables = []
            Settings =
                [
                    { ProviderSetting.create "host" [ "OLLAMA_HOST" ] with
                        Default = Some "http://localhost:11434"
                        Forms = [ "host", ollamaHost ]
                    }
                ]
        }
        |> Provider.withOptionalKey

    /// <summary>A vLLM server on this machine: <c>vllm/MODEL</c>. <c>VLLM_BASE_URL</c> moves it; key, where it wants one: <c>VLLM_API_KEY</c>.</summary>
    static member vllm: Provider = local "http://localhost:8000/v1" ChatHost.vllm

    /// <summary>A llama.cpp server on this machine: <c>llamacpp/MODEL</c>. <c>LLAMACPP_BASE_URL</c> moves it.</summary>
    static member llamacpp: Provider = local "http://localhost:8080/v1" ChatHost.llamacpp

    /// <summary>LM Studio on this machine: <c>lmstudio/MODEL</c>. <c>LMSTUDIO_BASE_URL</c> moves it.</summary>
    static member lmstudio: Provider = local "http://localhost:1234/v1" ChatHost.lmstudio

    /// <summary>All of them, by their prefixes: a provider's id and a slash, and for its other formats a word more, as in <c>ollama:native/</c>.</summary>
    static member registry: Registry = known
