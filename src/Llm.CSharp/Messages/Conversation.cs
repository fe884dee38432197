// Conversations as JSON text: how histories are kept.
using Llm.Interop;

namespace Llm;

/// <summary>Conversations as JSON text, to be stored and read again: a versioned form that no provider knows.</summary>
/// <example>
/// <code>
/// File.WriteAllText("history.json", Conversation.ToJson(answer.Messages));
/// Response next = await model.CallAsync([.. Conversation.FromJson(File.ReadAllText("history.json")), Message.User("Go on.")]);
/// </code>
/// </example>
public static class Conversation
{
    /// <summary>Writes a conversation; <see cref="FromJson"/> reads it back unchanged, whatever it holds.</summary>
    /// <param name="messages">The conversation.</param>
    public static string ToJson(IEnumerable<Message> messages) => MessageMapping.ToJson(ValueList.Of(messages));

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidJsonException">The text is no stored conversation; the exception says where and why.</exception>
    public static IReadOnlyList<Message> FromJson(string json) => TryFromJson(json).Value;

    /// <summary>As <see cref="FromJson"/>, with the error as a value.</summary>
    /// <param name="json">The text.</param>
    public static Result<IReadOnlyList<Message>> TryFromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return MessageMapping.FromJson(json);
    }
}
