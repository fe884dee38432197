// A conversation on its way to a model, or why it cannot be sent: an error is told by the call, never by the argument.
using Llm.Interop;

namespace Llm;

internal readonly struct Prompt
{
    private Prompt(ValueList<Message>? messages, InvalidRequestException? error)
    {
        Messages = messages ?? ValueList<Message>.Empty;
        Error = error;
    }

    public ValueList<Message> Messages { get; }

    public InvalidRequestException? Error { get; }

    public static Prompt Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(MessageMapping.UserText(text), null);
    }

    public static Prompt Of(IEnumerable<UserPart> content)
    {
        ArgumentNullException.ThrowIfNull(content);

        try
        {
            return Of((IEnumerable<Message>)[Message.User(content)]);
        }
        catch (InvalidRequestException error)
        {
            return new(null, error);
        }
    }

    public static Prompt Of(PromptText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.TryGetParts().Match(Of, RefusedBy);
    }

    public static Prompt Of(Result<IReadOnlyList<Message>> messages) => messages.Match(Of, RefusedBy);

    public static Prompt Of(ToolResults results)
    {
        ArgumentNullException.ThrowIfNull(results);

        return results.Waiting is [var waiting, ..]
            ? new(null, new InvalidRequestException("results", $"the call '{waiting.Id}' of '{waiting.Name}' waits for approval"))
            : Of(results.Outputs);
    }

    public static Prompt Of(IEnumerable<Message> messages) => new(MessageMapping.Snapshot(messages), null);

    private static Prompt RefusedBy(LlmException error) =>
        new(null, error as InvalidRequestException ?? new InvalidRequestException("prompt", error.Message));

    public static Prompt Refused(InvalidRequestException error) => new(null, error);

    /// <summary>The prompt as the continuation of a conversation.</summary>
    public Prompt After(IEnumerable<Message> history) => new(MessageMapping.Append(history, Messages), Error);
}
