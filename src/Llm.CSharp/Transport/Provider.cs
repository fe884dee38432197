// A provider is data: which wire format, where, with what credentials.
using System.Diagnostics;
using System.Text.Json.Serialization;
using Llm.Interop;

namespace Llm;

/// <summary>The forms in which providers are spoken to.</summary>
public enum WireFormat
{
    /// <summary>OpenAI's chat completions, which most servers speak.</summary>
    ChatCompletions,

    /// <summary>OpenAI's responses.</summary>
    Responses,

    /// <summary>Anthropic's messages.</summary>
    AnthropicMessages,

    /// <summary>Gemini's generateContent.</summary>
    GenerateContent,

    /// <summary>Cohere's v2 chat.</summary>
    CohereChat,

    /// <summary>Ollama's own chat.</summary>
    OllamaChat,

    /// <summary>Amazon Bedrock's Converse.</summary>
    BedrockConverse,
}

/// <summary>A vendor, or a server of one's own, that speaks a known format.</summary>
/// <param name="Id">Its id, such as <c>local</c>: in responses, errors and the origin of messages.</param>
/// <param name="BaseUrl">Where its API is, such as <c>http://localhost:8000/v1</c>.</param>
/// <param name="Format">What it speaks.</param>
/// <example>
/// <code>
/// var provider = new Provider("acme", "https://llm.example.com/v1", WireFormat.ChatCompletions) { KeyVariables = ["ACME_API_KEY"] };
/// var model = new Model("acme/large", client: LlmClient.Default.WithProvider("acme/", provider));
/// </code>
/// </example>
public sealed record Provider(string Id, string BaseUrl, WireFormat Format)
{
    /// <summary>Its key. Where there is neither a key nor a variable, none is sent. It shows in no text, JSON or debugger.</summary>
    [JsonIgnore]
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; init; }

    /// <summary>The environment variables that may hold its key; the first that is set counts.</summary>
    public IReadOnlyList<string> KeyVariables { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <summary>The header that carries the key; null for <c>Authorization: Bearer KEY</c>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>
    /// Gives a bearer token, such as that of an identity library; it beats a key. A token is kept until shortly before it expires; after a
    /// refusal (401) a new one is asked for once.
    /// </summary>
    public Func<CancellationToken, Task<BearerToken>>? Token { get; init; }

    /// <summary>Headers that every request carries.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What a known vendor has besides: formats by a model's name, settings, the place of its credentials.</summary>
    internal KnownProvider? Known { get; init; }

    /// <summary>
    /// Azure OpenAI: by its v1 API, responses or chat completions, or with a version by the urls of deployments, chat completions. Its key is
    /// in <c>AZURE_OPENAI_API_KEY</c> if not set.
    /// </summary>
    /// <param name="endpoint">Such as <c>https://RESOURCE.openai.azure.com</c>.</param>
    /// <param name="apiVersion">The version for the urls of deployments, such as <c>2024-10-21</c>; null for the v1 API.</param>
    /// <example><c>client.WithProvider("azure-eu/", Provider.AzureOpenAI("https://eu.openai.azure.com"))</c></example>
    public static Provider AzureOpenAI(string endpoint, string? apiVersion = null) => KnownProvider.AzureOpenAI(endpoint, apiVersion).ToFacade();

    /// <summary>Azure AI model inference. Its key is in <c>AZURE_INFERENCE_CREDENTIAL</c> if not set.</summary>
    /// <param name="endpoint">Such as <c>https://RESOURCE.services.ai.azure.com/models</c>.</param>
    public static Provider AzureAI(string endpoint) => KnownProvider.AzureAI(endpoint).ToFacade();

    /// <summary>Google's Vertex AI: Gemini, and Claude by its name. It wants a <see cref="Token"/>.</summary>
    /// <param name="project">The project's id.</param>
    /// <param name="location">Such as <c>europe-west4</c>, or <c>global</c>.</param>
    public static Provider VertexAI(string project, string location) => KnownProvider.VertexAI(project, location).ToFacade();

    /// <summary>Amazon Bedrock by Converse, signed by the keys in the environment, or with a Bedrock API key as a bearer.</summary>
    /// <param name="region">Such as <c>eu-central-1</c>.</param>
    public static Provider Bedrock(string region) => KnownProvider.Bedrock(region).ToFacade();

    /// <summary>The id and the address: the key does not show.</summary>
    public override string ToString() => $"{Id} ({BaseUrl})";
}
