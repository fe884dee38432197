// Messages, to the core and back.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class MessageMapping
{
    public static FSharpList<Core.Message> ToCore(IReadOnlyList<Message> messages) => Lists.ToCore(messages, ToCore);

    public static Core.Message ToCore(Message message) => message switch
    {
        SystemMessage system => Core.Message.NewSystem(Texts.Required(system.Text, nameof(SystemMessage.Text))),
        UserMessage user => Named(Core.MessageModule.userParts(Lists.ToCore(user.Content, PartMapping.ToCore)).ResultValue, user.Name),
        AssistantMessage assistant => Core.Message.NewAssistant(
            new(
                Lists.ToCore(assistant.Content, PartMapping.ToCore),
                Optional.ToCore(assistant.Name),
                Optional.ToCore(assistant.Origin, ToCore))),
        _ => throw new ArgumentNullException(nameof(message), "A message is null."),
    };

    public static Message ToFacade(Core.Message message) => message switch
    {
        Core.Message.System system => new SystemMessage(system.text),
        Core.Message.User { Item: var user } =>
            new UserMessage(Lists.ToFacade(user.Content, PartMapping.ToFacade)) { Name = Optional.ToReference(user.Name) },
        Core.Message.Assistant { Item: var assistant } =>
            new AssistantMessage(Lists.ToFacade(assistant.Content, PartMapping.ToFacade))
            {
                Name = Optional.ToReference(assistant.Name),
                Origin = Optional.ToReference(assistant.Origin, ToFacade),
            },
        _ => throw PartMapping.Unknown(message),
    };

    public static string ToJson(IReadOnlyList<Message> messages) => Core.Conversation.toJson(ToCore(messages));

    public static Result<IReadOnlyList<Message>> FromJson(string json)
    {
        FSharpResult<FSharpList<Core.Message>, Core.LlmError> result = Core.Conversation.ofJson(json);
        return result.IsOk ? Lists.ToFacade(result.ResultValue, ToFacade) : ErrorMapping.ToException(result.ErrorValue);
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
