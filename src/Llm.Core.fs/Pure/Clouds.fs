// The clouds, as data: Azure, Google's Vertex AI, Amazon Bedrock. Their addresses hold settings of an account.
// Read by Vendors.fs; identity chains plug in by Client.withAuth.
namespace Llm.Core

open System

/// <summary>The clouds that serve other makers' models. Each is made when it is asked for.</summary>
[<AbstractClass; Sealed>]
type Clouds private () =
    static let without (endings: string list) (url: string) : string =
        let trimmed = url.TrimEnd '/'

        endings
        |> List.tryFind (fun ending -> trimmed.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        |> Option.map (fun ending -> trimmed.Substring(0, trimmed.Length - ending.Length))
        |> Option.defaultValue trimmed

    static let azureChat () = ChatCompletions.codec ChatHost.azure

    static let azureResponses () = OpenAiResponses.codec { ResponsesDialect.standard with Provider = "azure" }

    /// The endpoint as the portal shows it, or with the path of the v1 API, as some samples have it.
    static let azureEndpoint () : ProviderSetting =
        { ProviderSetting.create "endpoint" [ "AZURE_OPENAI_ENDPOINT" ] with
            Forms = [ "endpoint", without [ "/openai/v1"; "/openai" ] ]
        }

    /// A resource's models stand below <c>/models</c>; an endpoint that serves one model stands alone.
    static let modelsEndpoint (url: string) : string =
        let resource = without [ "/models" ] url
        let host = resource.Split('/')[2..] |> Array.tryHead |> Option.defaultValue ""

        if host.EndsWith(".models.ai.azure.com", StringComparison.OrdinalIgnoreCase) then
            resource
        else
            resource + "/models"

    /// https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
    static let vertexHost (location: string) : string =
        match location with
        | "global" -> "aiplatform.googleapis.com"
        | "us"
        | "eu" -> $"aiplatform.{location}.rep.googleapis.com"
        | region -> $"{region}-aiplatform.googleapis.com"

    static let vertexGemini = Lazy<Codec>(fun () -> GenerateContent.codec GenerateContentDialect.vertex)

    static let vertexClaude = Lazy<Codec>(fun () -> AnthropicMessages.codec AnthropicDialect.vertex)

    static let routeVertex (request: Request) : Result<struct (Codec * Request), LlmError> =
        let publisher = "anthropic/"

        if request.Model.StartsWith(publisher, StringComparison.Ordinal) then
            Ok(struct (vertexClaude.Value, { request with Model = request.Model.Substring publisher.Length }))
        elif request.Model.StartsWith("claude", StringComparison.Ordinal) then
            Ok(struct (vertexClaude.Value, request))
        else
            Ok(struct (vertexGemini.Value, request))

    /// <summary>
    /// Azure OpenAI by its v1 API: <c>azure/DEPLOYMENT</c> by the Responses format, or by chat completions where the name ends in
    /// <c>:completions</c> or a message holds audio. Key: <c>AZURE_OPENAI_API_KEY</c>, in the header <c>api-key</c>. Setting
    /// <c>endpoint</c>: <c>AZURE_OPENAI_ENDPOINT</c>, such as <c>https://RESOURCE.openai.azure.com</c>.
    /// </summary>
    static member azure: Provider =
        { Provider.routed "azure" "{endpoint}/openai/v1" (Routes.chatOrResponses azureChat azureResponses) with
            BaseUrlVariables = []
            Settings = [ azureEndpoint () ]
            KeyVariables = [ "AZURE_OPENAI_API_KEY" ]
            KeyPlace = KeyPlace.Header "api-key"
        }

    /// <summary>
    /// Azure OpenAI by urls of deployments: <c>azure:deployments/DEPLOYMENT</c>. As <c>azure</c>, with a setting more, <c>api-version</c>:
    /// <c>OPENAI_API_VERSION</c> or <c>AZURE_OPENAI_API_VERSION</c>, such as <c>2024-10-21</c>.
    /// </summary>
    static member azureDeployments: Provider =
        { Clouds.azure with
            BaseUrl = "{endpoint}"
            Settings = [ azureEndpoint (); ProviderSetting.create "api-version" [ "OPENAI_API_VERSION"; "AZURE_OPENAI_API_VERSION" ] ]
            Query = [ "api-version", "{api-version}" ]
        }
        |> Routes.only (ChatCompletions.codec ChatHost.azureDeployments)

    /// <summary>
    /// Azure AI model inference: <c>azure-ai/MODEL</c>. Key: <c>AZURE_INFERENCE_CREDENTIAL</c> or <c>AZURE_AI_API_KEY</c>. Settings:
    /// <c>endpoint</c>, from <c>AZURE_INFERENCE_ENDPOINT</c> or <c>AZURE_AI_ENDPOINT</c>, such as
    /// <c>https://RESOURCE.services.ai.azure.com/models</c>, and <c>api-version</c>, <c>2024-05-01-preview</c> if not set.
    /// </summary>
    static member azureAi: Provider =
        { Provider.create "azure-ai" "{endpoint}" (ChatCompletions.codec ChatHost.azureAi) with
            BaseUrlVariables = []
            Settings =
                [
                    { ProviderSetting.create "endpoint" [ "AZURE_INFERENCE_ENDPOINT"; "AZURE_AI_ENDPOINT" ] with
                        Forms = [ "endpoint", modelsEndpoint ]
                    }
                    { ProviderSetting.create "api-version" [ "AZURE_INFERENCE_API_VERSION" ] with
                        Default = Some "2024-05-01-preview"
                    }
                ]
            Query = [ "api-version", "{api-version}" ]
            KeyVariables = [ "AZURE_INFERENCE_CREDENTIAL"; "AZURE_AI_API_KEY" ]
            KeyPlace = KeyPlace.Header "api-key"
        }

    /// <summary>
    /// Google's Vertex AI: <c>vertexai/gemini-2.5-flash</c>, and Claude as <c>vertexai/claude-sonnet-4-5@20250929</c>. Settings:
    /// <c>project</c>, from <c>GOOGLE_CLOUD_PROJECT</c>, and <c>location</c>, from <c>GOOGLE_CLOUD_LOCATION</c>, such as
    /// <c>europe-west4</c> or <c>global</c>. An access token: <c>GOOGLE_OAUTH_ACCESS_TOKEN</c>, or from <c>Client.withAuth "vertexai"</c>.
    /// </summary>
    static member vertexai: Provider =
        { Provider.routed "vertexai" "https://{host}/v1/projects/{project}/locations/{location}" routeVertex with
            BaseUrlVariables = []
            Settings =
                [
                    ProviderSetting.create "project" [ "GOOGLE_CLOUD_PROJECT"; "GCLOUD_PROJECT" ]
                    { ProviderSetting.create "location" [ "GOOGLE_CLOUD_LOCATION"; "GOOGLE_CLOUD_REGION"; "CLOUD_ML_REGION" ] with
                        Forms = [ "location", id; "host", vertexHost ]
                    }
                ]
            KeyVariables = [ "GOOGLE_OAUTH_ACCESS_TOKEN"; "CLOUDSDK_AUTH_ACCESS_TOKEN" ]
        }

    /// <summary>
    /// Amazon Bedrock by Converse: <c>bedrock/us.amazon.nova-lite-v1:0</c>; a model is named by its id, its inference profile or the ARN of
    /// one. Setting <c>region</c>: <c>AWS_REGION</c> or <c>AWS_DEFAULT_REGION</c>. Signed by <c>AWS_ACCESS_KEY_ID</c>,
    /// <c>AWS_SECRET_ACCESS_KEY</c> and <c>AWS_SESSION_TOKEN</c>, or by the Bedrock API key in <c>AWS_BEARER_TOKEN_BEDROCK</c>.
    /// </summary>
    static member bedrock: Provider =
        { Provider.create "bedrock" "https://bedrock-runtime.{region}.amazonaws.com" (BedrockConverse.codec ConverseDialect.standard) with
            BaseUrlVariables = [ "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"; "AWS_ENDPOINT_URL" ]
            Settings = [ ProviderSetting.create "region" [ "AWS_REGION"; "AWS_DEFAULT_REGION" ] ]
            KeyVariables = [ "AWS_BEARER_TOKEN_BEDROCK" ]
            KeyPlace = KeyPlace.AwsSignature "bedrock"
        }

    /// <summary>
    /// Claude on Amazon Bedrock in Anthropic's own format, by InvokeModel: <c>bedrock:invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0</c>.
    /// Settings and keys as for <c>bedrock</c>.
    /// </summary>
    static member bedrockInvoke: Provider = Clouds.bedrock |> Routes.only (AnthropicMessages.codec AnthropicDialect.bedrock)

    /// The prefixes of the clouds.
    static member internal Prefixes: string list =
        [
            "azure/"
            "azure:completions/"
            "azure:responses/"
            "azure:deployments/"
            "azure-ai/"
            "vertexai/"
            "bedrock/"
            "bedrock:invoke/"
        ]

    /// The cloud of one of the prefixes.
    static member internal OfPrefix(prefix: string) : Provider =
        match prefix with
        | "azure/" -> Clouds.azure
        | "azure:completions/" -> Clouds.azure |> Routes.only (azureChat ())
        | "azure:responses/" -> Clouds.azure |> Routes.only (azureResponses ())
        | "azure:deployments/" -> Clouds.azureDeployments
        | "azure-ai/" -> Clouds.azureAi
        | "vertexai/" -> Clouds.vertexai
        | "bedrock/" -> Clouds.bedrock
        | "bedrock:invoke/" -> Clouds.bedrockInvoke
        | other -> invalidArg (nameof prefix) $"no provider serves {other}"
