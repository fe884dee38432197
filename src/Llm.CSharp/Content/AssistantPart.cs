// What a model may say. What only a user may say does not compile here.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A part of what a model says: <see cref="AssistantText"/>, <see cref="Thought"/>, <see cref="ToolCall"/>,
/// <see cref="SpokenAudio"/>, <see cref="AssistantImage"/> or <see cref="ProviderPart"/>. A string or an <see cref="Image"/> becomes
/// one by itself.
/// </summary>
/// <example>
/// <code>
/// foreach (AssistantPart part in response.Content)
///     Console.WriteLine(part switch
///     {
///         AssistantText text => text.Text,
///         ToolCall call => $"{call.Name}({call.Arguments})",
///         _ => "",
///     });
/// </code>
/// </example>
public abstract record AssistantPart
{
    private protected AssistantPart()
    {
    }

    /// <summary>The text as a part.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator AssistantPart(string text) => new AssistantText(text);

    /// <summary>The image as a part.</summary>
    /// <param name="image">The image.</param>
    public static implicit operator AssistantPart(Image image) => new AssistantImage(image);
}

/// <summary>Text that a model says.</summary>
/// <param name="Text">The text.</param>
public sealed record AssistantText(string Text) : AssistantPart;

/// <summary>Readable reasoning of a model, or a summary of it.</summary>
/// <param name="Text">The reasoning.</param>
public sealed record Thought(string Text) : AssistantPart;

/// <summary>A tool that the model wants called.</summary>
/// <param name="Id">The id that its output must name.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">
/// The arguments as the model wrote them: a JSON object as text, <c>{}</c> when there are none. After
/// <see cref="FinishReasonKind.MaxTokens"/> it may be cut off.
/// </param>
public sealed record ToolCall(string Id, string Name, string Arguments) : AssistantPart;

/// <summary>Audio that a model said.</summary>
/// <param name="Id">The provider's id, by which later turns may refer to it.</param>
/// <param name="Data">The encoded audio, in the format that was asked for.</param>
/// <param name="Transcript">What was said, as text.</param>
public sealed record SpokenAudio(string? Id, Bytes Data, string Transcript) : AssistantPart;

/// <summary>An image that a model made.</summary>
/// <param name="Image">The image.</param>
public sealed record AssistantImage(Image Image) : AssistantPart;

/// <summary>
/// What a provider sent that has no part of its own here, such as the results of its own tools: kept as it came and sent back unchanged
/// to that provider.
/// </summary>
public sealed record ProviderPart : AssistantPart
{
    private readonly JsonText _json;

    /// <summary>A part that only that provider understands.</summary>
    /// <param name="kind">The wire's name for it, such as <c>web_search_tool_result</c>.</param>
    /// <param name="json">It, as JSON.</param>
    /// <exception cref="InvalidJsonException">The text is not JSON.</exception>
    public ProviderPart(string kind, string json)
        : this(kind, JsonText.Checked(json, nameof(json)))
    {
    }

    internal ProviderPart(string kind, JsonText json)
    {
        Kind = kind;
        _json = json;
    }

    /// <summary>The wire's name for it, such as <c>web_search_tool_result</c>.</summary>
    public string Kind { get; init; }

    /// <summary>It, as JSON, as it came.</summary>
    /// <exception cref="InvalidJsonException">The text is not JSON.</exception>
    public string Json { get => _json.Text; init => _json = JsonText.Checked(value, nameof(Json)); }

    internal JsonText JsonText => _json;
}
