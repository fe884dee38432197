// A provider is data: which wire format, where, with what key.
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
    /// <summary>Its key. Where there is neither a key nor a variable, none is sent.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The environment variables that may hold its key; the first that is set counts.</summary>
    public IReadOnlyList<string> KeyVariables { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <summary>The header that carries the key; null for <c>Authorization: Bearer KEY</c>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>Headers that every request carries.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The id and the address: the key does not show.</summary>
    public override string ToString() => $"{Id} ({BaseUrl})";
}
