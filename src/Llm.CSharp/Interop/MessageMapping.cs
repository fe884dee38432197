// Messages, to the core and back.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class MessageMapping
{
    public static FSharpList<Core.Message> ToCore(IReadOnlyList<Message> messages) => Lists.ToCore(messages, ToCore);

    /// <summary>A conversation as it is now, whatever the caller does to the list later.</summary>
    public static ValueList<Message> Snapshot(IEnumerable<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages as ValueList<Message> ?? ToFacade(ToCore(messages as IReadOnlyList<Message> ?? [.. messages]));
    }

    /// <summary>A conversation of one text. It is the core's until somebody looks at it.</summary>
    public static ValueList<Message> UserText(string text) => ToFacade(ListModule.Singleton(Core.MessageModule.user(text)));

    /// <summary>A conversation and what follows it.</summary>
    public static ValueList<Message> Append(IEnumerable<Message> history, ValueList<Message> next)
    {
        FSharpList<Core.Message> more = ToCore(next);

        return ToFacade(
            history is AnsweredConversation answered
                ? answered.FollowedBy(more)
                : ListModule.Append(ToCore(Snapshot(history)), more));
    }

    public static ValueList<Message> ToFacade(FSharpList<Core.Message> messages) => Lists.ToFacadeLazily(messages, ToFacade);

    public static Core.Message ToCore(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.InCore;
    }

    /// <summary>The form of a message in the core, made anew.</summary>
    public static Core.Message Make(Message message) => message switch
    {
        SystemMessage system => Core.Message.NewSystem(Texts.Required(system.Text, nameof(SystemMessage.Text))),
        UserMessage user => Named(Core.MessageModule.userParts(Lists.ToCore(user.Content, PartMapping.ToCore)).ResultValue, user.Name),
        AssistantMessage assistant => Core.Message.NewAssistant(
            new(
                Lists.ToCore(assistant.Content, PartMapping.ToCore),
                Optional.ToCore(assistant.Name),
                Optional.ToCore(assistant.Origin, ToCore))),
        _ => throw PartMapping.Unknown(message),
    };

    public static Message ToFacade(Core.Message message) => message switch
    {
        Core.Message.System system => Message.Of(message, new SystemMessage(system.text)),
        Core.Message.User { Item: var user } => Message.Of(
            message,
            new UserMessage(Lists.ToFacadeLazily(user.Content, PartMapping.ToFacade)) { Name = Optional.ToReference(user.Name) }),
        Core.Message.Assistant { Item: var assistant } => Message.Of(
            message,
            new AssistantMessage(Lists.ToFacadeLazily(assistant.Content, PartMapping.ToFacade))
            {
                Name = Optional.ToReference(assistant.Name),
                Origin = Optional.ToReference(assistant.Origin, ToFacade),
            }),
        _ => throw PartMapping.Unknown(message),
    };

    public static string ToJson(IReadOnlyList<Message> messages) => Core.Conversation.toJson(ToCore(messages));

    public static Result<IReadOnlyList<Message>> FromJson(string json)
    {
        FSharpResult<FSharpList<Core.Message>, Core.LlmError> result = Core.Conversation.ofJson(json);
        return result.IsOk ? ToFacade(result.ResultValue) : ErrorMapping.ToException(result.ErrorValue);
    }

    private static Core.Message Named(Core.Message message, string? name) =>
        name is null ? message : Core.MessageModule.withName(name, message);

    private static Core.Origin ToCore(Origin origin) =>
        new(
            Texts.Required(origin.Provider, nameof(Origin.Provider)),
            Texts.Required(origin.Api, nameof(Origin.Api)),
            Texts.Required(origin.Model, nameof(Origin.Model)),
            Optional.ToCore(origin.NativeJson?.Core));

    public static Origin ToFacade(Core.Origin origin) =>
        new(origin.Provider, origin.Api, origin.Model, origin.Native is { } native ? new JsonText(native.Value) : null);
}
