// What a prompt function may give: the conversation, and what goes with it.
using System.Globalization;

namespace Llm;

/// <summary>
/// A prompt: the conversation that is sent, and what goes with it. A prompt function may also choose tools and parameters by its input; they
/// take the place of those of the call. A text stands for the prompt of that text.
/// </summary>
/// <example><c>new PromptResult($"Answer: {review}") { Params = new() { Temperature = 0 } }.WithField("mood", mood)</c></example>
public sealed record PromptResult
{
    /// <summary>What a user says.</summary>
    /// <param name="text">The text.</param>
    public PromptResult(string text)
        : this([Message.User(text)])
    {
    }

    /// <summary>What a user says, as an interpolated string that keeps its parts apart.</summary>
    /// <param name="text">Text and parts.</param>
    /// <exception cref="InvalidRequestException">A value cannot be said so, or there is nothing.</exception>
    public PromptResult(PromptText text)
        : this([Message.User(text)])
    {
    }

    /// <summary>A conversation.</summary>
    /// <param name="messages">The messages.</param>
    public PromptResult(IEnumerable<Message> messages) => Messages = ValueList.Of(messages);

    /// <summary>The conversation that is sent.</summary>
    public IReadOnlyList<Message> Messages { get; init => field = ValueList.Of(value); }

    /// <summary>Tools in place of the call's own; null keeps those.</summary>
    public Toolkit? Tools { get; init; }

    /// <summary>Parameters in place of the call's own; null keeps those.</summary>
    public Params? Params { get; init; }

    /// <summary>What it was made of besides its input, by name, such as answers of other calls.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>The caller's own notes, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>The prompt of a text.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator PromptResult(string text) => new(text);

    /// <summary>The prompt with something that it was made of, shown as it prints in the invariant culture.</summary>
    /// <param name="name">Its name; one that is there already gets the new value.</param>
    /// <param name="value">What it is.</param>
    public PromptResult WithField(string name, object value) =>
        this with { Fields = [.. Fields.Where(field => field.Key != name), new(name, string.Create(CultureInfo.InvariantCulture, $"{value}"))] };

    /// <summary>The prompt with a note of the caller's.</summary>
    /// <param name="name">Its name; one that is there already gets the new text.</param>
    /// <param name="value">The text.</param>
    public PromptResult WithMetadata(string name, string value) =>
        this with { Metadata = [.. Metadata.Where(note => note.Key != name), new(name, value)] };
}
