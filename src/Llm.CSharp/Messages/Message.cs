// Messages by role. A tool's output is a part of a user message; there is no tool role.
namespace Llm;

/// <summary>
/// A message of a conversation: <see cref="SystemMessage"/>, <see cref="UserMessage"/> or <see cref="AssistantMessage"/>.
/// </summary>
/// <example>
/// <code>
/// await model.CallAsync([Message.System("You are a librarian."), Message.User("Please recommend a fantasy book.")]);
/// </code>
/// </example>
public abstract partial record Message
{
    private protected Message()
    {
    }

    /// <summary>Instructions for the model.</summary>
    /// <param name="text">The instructions.</param>
    public static SystemMessage System(string text) => new(text);

    /// <summary>What a user says, part by part.</summary>
    /// <param name="first">The first part; a string or an image becomes one by itself.</param>
    /// <param name="more">What follows.</param>
    /// <example><c>Message.User("What is this?", Image.FromUrl("https://example.com/cat.png"))</c></example>
    public static UserMessage User(UserPart first, params UserPart[] more) => new([first, .. more]);

    /// <summary>What a user says, part by part.</summary>
    /// <param name="content">The parts; at least one.</param>
    /// <exception cref="InvalidRequestException">There is no part.</exception>
    public static UserMessage User(IEnumerable<UserPart> content) => new(content);

    /// <summary>What the caller lets an assistant say, such as an example of how to answer.</summary>
    /// <param name="content">The parts; a string becomes one by itself.</param>
    public static AssistantMessage Assistant(params AssistantPart[] content) => new(content);

    /// <summary>What the caller lets an assistant say, such as an example of how to answer.</summary>
    /// <param name="content">The parts.</param>
    public static AssistantMessage Assistant(IEnumerable<AssistantPart> content) => new(content);
}

/// <summary>Instructions for the model.</summary>
/// <param name="Text">The instructions.</param>
public sealed record SystemMessage(string Text) : Message;

/// <summary>What a user says: at least one part.</summary>
public sealed record UserMessage : Message
{
    /// <summary>What a user says, part by part.</summary>
    /// <param name="content">The parts; at least one.</param>
    /// <exception cref="InvalidRequestException">There is no part.</exception>
    public UserMessage(IEnumerable<UserPart> content) => Content = ValueList.Of(content);

    /// <summary>The parts, in order; never empty.</summary>
    /// <exception cref="InvalidRequestException">There is no part.</exception>
    public IReadOnlyList<UserPart> Content
    {
        get;
        init
        {
            ValueList<UserPart> parts = ValueList.Of(value);
            field = parts.Count > 0 ? parts : throw new InvalidRequestException("content", "a user message needs at least one part");
        }
    }

    /// <summary>The speaker's name; no provider is sent it today.</summary>
    public string? Name { get; init; }
}

/// <summary>What a model said.</summary>
public sealed record AssistantMessage : Message
{
    /// <summary>What a model said, part by part.</summary>
    /// <param name="content">The parts; may be empty.</param>
    public AssistantMessage(IEnumerable<AssistantPart> content) => Content = ValueList.Of(content);

    /// <summary>The parts, in order; may be empty.</summary>
    public IReadOnlyList<AssistantPart> Content { get; init => field = ValueList.Of(value); }

    /// <summary>The speaker's name.</summary>
    public string? Name { get; init; }

    /// <summary>Where it came from; null for a message that the caller wrote.</summary>
    public Origin? Origin { get; init; }
}
