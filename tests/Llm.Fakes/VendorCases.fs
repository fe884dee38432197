// Every provider of the registry, as its server sees it. Hosts, paths and headers are those of the vendors' documents, written out here
// apart from the library.
namespace Llm.Fakes

/// The vendors.
[<RequireQualifiedAccess>]
module VendorCases =
    let private key = "sk-loopback-0123456789"
    let private bearer = Credentials.Header("Authorization", $"Bearer {key}")

    let private case
        (prefix: string)
        (name: string)
        (host: string)
        (path: string)
        (environment: (string * string) list)
        (credentials: Credentials)
        (wire: WireFake)
        : VendorCase =
        {
            Prefix = prefix
            Name = name
            SentName = name
            Environment = environment
            Host = host
            Path = path
            StreamPath = path
            Credentials = credentials
            Wire = wire
            HasTools = true
        }

    let private chat prefix name host path variable = case prefix name host path [ variable, key ] bearer ChatFake.fake

    let private responses prefix name host path variable = case prefix name host path [ variable, key ] bearer ResponsesFake.fake

    /// A server on this machine, asked without a key.
    let private local prefix host = case prefix "some-model" host "/v1/chat/completions" [] Credentials.Nothing ChatFake.fake

    let private openAiLike =
        [
            responses "openai/" "gpt-5" "api.openai.com" "/v1/responses" "OPENAI_API_KEY"
            { chat "openai/" "gpt-4o:completions" "api.openai.com" "/v1/chat/completions" "OPENAI_API_KEY" with
                SentName = "gpt-4o"
            }
            chat "openai:completions/" "gpt-4o" "api.openai.com" "/v1/chat/completions" "OPENAI_API_KEY"
            responses "openai:responses/" "gpt-5" "api.openai.com" "/v1/responses" "OPENAI_API_KEY"
            responses "xai/" "grok-4" "api.x.ai" "/v1/responses" "XAI_API_KEY"
            chat "xai:completions/" "grok-4" "api.x.ai" "/v1/chat/completions" "XAI_API_KEY"
            responses "xai:responses/" "grok-4" "api.x.ai" "/v1/responses" "XAI_API_KEY"
            chat "openrouter/" "vendor/model" "openrouter.ai" "/api/v1/chat/completions" "OPENROUTER_API_KEY"
            chat "mistral/" "mistral-large-latest" "api.mistral.ai" "/v1/chat/completions" "MISTRAL_API_KEY"
            chat "groq/" "llama-3.3-70b-versatile" "api.groq.com" "/openai/v1/chat/completions" "GROQ_API_KEY"
            chat "together/" "vendor/model" "api.together.xyz" "/v1/chat/completions" "TOGETHER_API_KEY"
            chat "deepseek/" "deepseek-chat" "api.deepseek.com" "/chat/completions" "DEEPSEEK_API_KEY"
            chat "zai/" "glm-4.6" "api.z.ai" "/api/paas/v4/chat/completions" "ZAI_API_KEY"
            chat "cerebras/" "gpt-oss-120b" "api.cerebras.ai" "/v1/chat/completions" "CEREBRAS_API_KEY"
            chat
                "fireworks/"
                "accounts/fireworks/models/gpt-oss-120b"
                "api.fireworks.ai"
                "/inference/v1/chat/completions"
                "FIREWORKS_API_KEY"
            { chat "perplexity/" "sonar-pro" "api.perplexity.ai" "/chat/completions" "PERPLEXITY_API_KEY" with
                HasTools = false
            }
            chat "huggingface/" "openai/gpt-oss-120b:cerebras" "router.huggingface.co" "/v1/chat/completions" "HF_TOKEN"
            chat "litellm/" "gpt-5" "localhost:4000" "/chat/completions" "LITELLM_API_KEY"
            local "ollama/" "localhost:11434"
            local "vllm/" "localhost:8000"
            local "llamacpp/" "localhost:8080"
            local "lmstudio/" "localhost:1234"
        ]

    let private gemini = "/models/gemini-2.5-flash:"

    let private anthropic (name: string) (path: string) =
        case
            "anthropic/"
            name
            "api.anthropic.com"
            path
            [ "ANTHROPIC_API_KEY", key ]
            (Credentials.Header("x-api-key", key))
            MessagesFake.fake

    let private ofTheirOwn =
        [
            // Models that keep to schemas to the letter are asked at the beta.
            anthropic "claude-sonnet-4-5" "/v1/messages?beta=true"
            anthropic "claude-3-5-haiku-latest" "/v1/messages"

            { case
                  "google/"
                  "gemini-2.5-flash"
                  "generativelanguage.googleapis.com"
                  $"/v1beta{gemini}generateContent"
                  [ "GEMINI_API_KEY", key ]
                  (Credentials.Header("x-goog-api-key", key))
                  GeminiFake.fake with
                StreamPath = $"/v1beta{gemini}streamGenerateContent?alt=sse"
            }

            case "cohere/" "command-a-03-2025" "api.cohere.com" "/v2/chat" [ "CO_API_KEY", key ] bearer CohereFake.fake
            case "ollama:native/" "llama3.2" "localhost:11434" "/api/chat" [] Credentials.Nothing OllamaFake.fake
            case "ollama:native/" "llama3.2" "box:11434" "/api/chat" [ "OLLAMA_HOST", "box" ] Credentials.Nothing OllamaFake.fake
        ]

    let private azureVariables = [ "AZURE_OPENAI_API_KEY", key; "AZURE_OPENAI_ENDPOINT", "https://acme.openai.azure.com/" ]
    let private apiKey = Credentials.Header("api-key", key)

    let private azure =
        let acme prefix path variables wire = case prefix "my-gpt" "acme.openai.azure.com" path (azureVariables @ variables) apiKey wire

        [
            acme "azure/" "/openai/v1/responses" [] ResponsesFake.fake
            { acme "azure/" "/openai/v1/chat/completions" [] ChatFake.fake with Name = "my-gpt:completions" }
            acme "azure:completions/" "/openai/v1/chat/completions" [] ChatFake.fake
            acme "azure:responses/" "/openai/v1/responses" [] ResponsesFake.fake
            acme
                "azure:deployments/"
                "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
                [ "OPENAI_API_VERSION", "2024-10-21" ]
                ChatFake.fake
            case
                "azure-ai/"
                "grok-4"
                "acme.services.ai.azure.com"
                "/models/chat/completions?api-version=2024-05-01-preview"
                [ "AZURE_INFERENCE_CREDENTIAL", key; "AZURE_INFERENCE_ENDPOINT", "https://acme.services.ai.azure.com/models" ]
                apiKey
                ChatFake.fake
        ]

    let private vertex (location: string) (host: string) (publisher: string) (name: string) (verb: string) (streamVerb: string) wire =
        let path verb = $"/v1/projects/acme-1/locations/{location}/publishers/{publisher}/models/{name}:{verb}"

        { case
              "vertexai/"
              name
              host
              (path verb)
              [ "GOOGLE_OAUTH_ACCESS_TOKEN", key; "GOOGLE_CLOUD_PROJECT", "acme-1"; "GOOGLE_CLOUD_LOCATION", location ]
              bearer
              wire with
            StreamPath = path streamVerb
        }

    let private google =
        [
            vertex
                "europe-west4"
                "europe-west4-aiplatform.googleapis.com"
                "google"
                "gemini-2.5-flash"
                "generateContent"
                "streamGenerateContent?alt=sse"
                GeminiFake.fake
            vertex
                "global"
                "aiplatform.googleapis.com"
                "google"
                "gemini-3-pro-preview"
                "generateContent"
                "streamGenerateContent?alt=sse"
                GeminiFake.fake
            vertex
                "us-east5"
                "us-east5-aiplatform.googleapis.com"
                "anthropic"
                "claude-sonnet-4-5@20250929"
                "rawPredict"
                "streamRawPredict"
                MessagesFake.vertex
        ]

    let private region = "AWS_REGION", "eu-central-1"

    let private awsKeys =
        [
            "AWS_ACCESS_KEY_ID", "AKIALOOPBACK"
            "AWS_SECRET_ACCESS_KEY", "secret+of/loopback"
            "AWS_SESSION_TOKEN", "session//token=="
        ]

    let private signed = Credentials.AwsSignature("secret+of/loopback", "session//token==", "eu-central-1/bedrock/aws4_request")

    let private bedrock (prefix: string) (name: string) (escaped: string) (verb: string) (streamVerb: string) keys credentials wire =
        let path verb = $"/model/{escaped}/{verb}"

        { case prefix name "bedrock-runtime.eu-central-1.amazonaws.com" (path verb) (region :: keys) credentials wire with
            StreamPath = path streamVerb
        }

    let private amazon =
        let converse name escaped keys credentials =
            bedrock "bedrock/" name escaped "converse" "converse-stream" keys credentials ConverseFake.fake

        [
            converse "eu.amazon.nova-lite-v1:0" "eu.amazon.nova-lite-v1%3A0" awsKeys signed
            converse
                "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
                "arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-sonnet-4-5-20250929-v1%3A0"
                awsKeys
                signed
            converse "eu.amazon.nova-lite-v1:0" "eu.amazon.nova-lite-v1%3A0" (("AWS_BEARER_TOKEN_BEDROCK", key) :: awsKeys) bearer
            bedrock
                "bedrock:invoke/"
                "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
                "eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0"
                "invoke"
                "invoke-with-response-stream"
                awsKeys
                signed
                MessagesFake.bedrock
        ]

    /// All of them.
    let all: VendorCase list = openAiLike @ ofTheirOwn @ azure @ google @ amazon
