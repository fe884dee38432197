// The core's answers, as the facade's.
namespace Llm.Interop;

internal static class ResponseMapping
{
    /// <summary>The response. Its conversation is that of the core until somebody looks at it.</summary>
    public static Response ToFacade(Model model, Core.Response response) =>
        new()
        {
            Model = model,
            Id = Optional.ToReference(response.Id),
            Provider = response.Provider,
            Api = response.Api,
            ProviderModel = response.ProviderModel,
            Messages = new AnsweredConversation(response),
            Content = Lists.ToFacadeLazily(response.Content, PartMapping.ToFacade),
            FinishReason = Optional.ToReference(response.FinishReason, CallMapping.ToFacade),
            Usage = Optional.ToReference(response.Usage, CallMapping.ToFacade),
            Warnings = Lists.ToFacade(response.Warnings, CallMapping.ToFacade),
            RequestId = Optional.ToReference(response.RequestId),
            RateLimits = Optional.ToReference(response.RateLimits, CallMapping.ToFacade),
            StartedAt = response.StartedAt,
            EndedAt = response.EndedAt,
            Raw = response.Raw is { } raw ? new JsonText(raw.Value) : null,
            Fields = Lists.ToFacade(response.Fields, field => new KeyValuePair<string, string>(field.Item1, field.Item2)),
            Metadata = Lists.ToFacade(response.Metadata, note => new KeyValuePair<string, string>(note.Item1, note.Item2)),
        };

    public static PartialReply ToFacade(Core.Reply reply) => new()
    {
        Id = Optional.ToReference(reply.Id),
        Model = Optional.ToReference(reply.Model),
        Content = Lists.ToFacade(reply.Content, PartMapping.ToFacade),
        FinishReason = Optional.ToReference(reply.FinishReason, CallMapping.ToFacade),
        Usage = Optional.ToReference(reply.Usage, CallMapping.ToFacade),
    };
}
