// The vendors, as data: adding one that speaks a known wire format is adding a value here.
namespace Llm.Core

open System

/// <summary>The providers that are known from the start, and the registry of their prefixes.</summary>
[<RequireQualifiedAccess>]
module Vendors =
    let private chatSuffix = ":completions"
    let private responsesSuffix = ":responses"

    let private hasAudio (request: Request) =
        request.Messages
        |> List.exists (fun message ->
            match message with
            | Message.User user ->
                user.Content
                |> List.exists (fun part ->
                    match part with
                    | UserPart.Audio _ -> true
                    | _ -> false)
            | Message.System _
            | Message.Assistant _ -> false)

    let private withoutSuffix (suffix: string) (request: Request) =
        { request with Model = request.Model.Substring(0, request.Model.Length - suffix.Length) }

    let private openaiChat = ChatCompletions.codec ChatDialect.openai
    let private openaiResponses = OpenAiResponses.codec ResponsesDialect.openai

    /// A suffix of the model's name chooses the format; else audio, which only chat completions hears, does.
    let private routeOpenai (request: Request) : Result<struct (Codec * Request), LlmError> =
        if request.Model.EndsWith(chatSuffix, StringComparison.Ordinal) then
            Ok(struct (openaiChat, withoutSuffix chatSuffix request))
        elif request.Model.EndsWith(responsesSuffix, StringComparison.Ordinal) then
            Ok(struct (openaiResponses, withoutSuffix responsesSuffix request))
        elif hasAudio request then
            Ok(struct (openaiChat, request))
        else
            Ok(struct (openaiResponses, request))

    /// <summary>
    /// OpenAI: <c>openai/gpt-5</c> by the Responses format, or by chat completions where the model's name ends in <c>:completions</c> or a
    /// message holds audio. Key: <c>OPENAI_API_KEY</c>; <c>OPENAI_BASE_URL</c> moves it.
    /// </summary>
    let openai: Provider =
        { Provider.create "openai" "https://api.openai.com/v1" openaiResponses with
            BaseUrlVariables = [ "OPENAI_BASE_URL" ]
            Route = routeOpenai
        }

    /// <summary>Anthropic: <c>anthropic/claude-sonnet-4-5</c>. Key: <c>ANTHROPIC_API_KEY</c>; <c>ANTHROPIC_BASE_URL</c> moves it.</summary>
    let anthropic: Provider =
        { Provider.create "anthropic" "https://api.anthropic.com" (AnthropicMessages.codec AnthropicDialect.standard) with
            BaseUrlVariables = [ "ANTHROPIC_BASE_URL" ]
            KeyPlace = KeyPlace.Header "x-api-key"
        }

    /// <summary>Google's Gemini API: <c>google/gemini-2.5-flash</c>. Key: <c>GOOGLE_API_KEY</c> or <c>GEMINI_API_KEY</c>.</summary>
    let google: Provider =
        { Provider.create
              "google"
              "https://generativelanguage.googleapis.com/v1beta"
              (GenerateContent.codec GenerateContentDialect.standard) with
            KeyVariables = [ "GOOGLE_API_KEY"; "GEMINI_API_KEY" ]
            KeyPlace = KeyPlace.Header "x-goog-api-key"
        }

    let private chat (baseUrl: string) (dialect: ChatDialect) : Provider =
        Provider.create dialect.Provider baseUrl (ChatCompletions.codec dialect)

    /// <summary>OpenRouter: <c>openrouter/vendor/model</c>. Key: <c>OPENROUTER_API_KEY</c>.</summary>
    let openrouter: Provider = chat "https://openrouter.ai/api/v1" ChatDialect.openrouter

    /// <summary>Mistral: <c>mistral/mistral-large-latest</c>. Key: <c>MISTRAL_API_KEY</c>.</summary>
    let mistral: Provider = chat "https://api.mistral.ai/v1" ChatDialect.mistral

    /// <summary>Groq: <c>groq/llama-3.3-70b-versatile</c>. Key: <c>GROQ_API_KEY</c>.</summary>
    let groq: Provider = chat "https://api.groq.com/openai/v1" ChatDialect.groq

    /// <summary>xAI: <c>xai/grok-4</c>. Key: <c>XAI_API_KEY</c>.</summary>
    let xai: Provider = chat "https://api.x.ai/v1" ChatDialect.xai

    /// <summary>Together: <c>together/vendor/model</c>. Key: <c>TOGETHER_API_KEY</c>.</summary>
    let together: Provider = chat "https://api.together.xyz/v1" ChatDialect.together

    /// <summary>DeepSeek: <c>deepseek/deepseek-chat</c>. Key: <c>DEEPSEEK_API_KEY</c>.</summary>
    let deepseek: Provider = chat "https://api.deepseek.com" ChatDialect.deepseek

    /// <summary>Z.ai: <c>zai/glm-4.6</c>. Key: <c>ZAI_API_KEY</c>.</summary>
    let zai: Provider = chat "https://api.z.ai/api/paas/v4" ChatDialect.zai

    /// <summary>Ollama on this machine: <c>ollama/llama3.2</c>. No key; <c>OLLAMA_BASE_URL</c> moves it.</summary>
    let ollama: Provider =
        { chat "http://localhost:11434/v1" ChatDialect.ollama with
            BaseUrlVariables = [ "OLLAMA_BASE_URL" ]
        }
        |> Provider.withoutKey

    /// <summary>Ollama on this machine by its native format: <c>ollama:native/llama3.2</c>. No key.</summary>
    let ollamaNative: Provider =
        Provider.create "ollama" "http://localhost:11434" (OllamaChat.codec OllamaDialect.standard) |> Provider.withoutKey

    /// <summary>Cohere: <c>cohere/command-a-03-2025</c>. Key: <c>COHERE_API_KEY</c> or <c>CO_API_KEY</c>.</summary>
    let cohere: Provider =
        { Provider.create "cohere" "https://api.cohere.com" (CohereChat.codec CohereDialect.standard) with
            KeyVariables = [ "COHERE_API_KEY"; "CO_API_KEY" ]
        }

    /// The formats of OpenAI by prefix, for model ids whose names should stay as they are.
    let private openaiBy (codec: Codec) : Provider = { openai with Route = fun request -> Ok(struct (codec, request)) }

    /// <summary>All of them, by their prefixes: a provider's id and a slash.</summary>
    let registry: Registry =
        [ openai; anthropic; google; openrouter; mistral; groq; xai; together; deepseek; zai; ollama; cohere ]
        |> List.fold (fun known provider -> Registry.add $"{provider.Id}/" provider known) Registry.empty
        |> Registry.add "openai:completions/" (openaiBy openaiChat)
        |> Registry.add "openai:responses/" (openaiBy openaiResponses)
        |> Registry.add "ollama:native/" ollamaNative
