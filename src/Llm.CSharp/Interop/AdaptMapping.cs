// Adapted histories, from the core.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class AdaptMapping
{
    public static Result<Adapted> ToFacade(FSharpResult<Core.Adapted, Core.LlmError> result) =>
        result.IsOk
            ? new Adapted(
                MessageMapping.ToFacade(result.ResultValue.Messages),
                Lists.ToFacade(result.ResultValue.Losses, ToFacade))
            : ErrorMapping.ToException(result.ErrorValue);

    private static Loss ToFacade(Core.Loss loss)
    {
        (LossKind kind, AssistantPart? part) = loss.Content switch
        {
            Core.LostContent.Thought thought => (LossKind.Thought, new Thought(thought.thought)),
            { IsSignature: true } => (LossKind.Signature, (AssistantPart?)null),
            { IsEncryptedReasoning: true } => (LossKind.EncryptedReasoning, null),
            Core.LostContent.RedactedThought hidden => (LossKind.RedactedThought, Other(hidden.Item)),
            Core.LostContent.ProviderPart other => (LossKind.ProviderPart, Other(other.Item)),
            Core.LostContent.Audio audio => (LossKind.Audio, PartMapping.ToFacade(Core.AssistantPart.NewAudio(audio.Item))),
            Core.LostContent.Image image => (LossKind.Image, PartMapping.ToFacade(Core.AssistantPart.NewImage(image.Item))),
            var unknown => throw PartMapping.Unknown(unknown),
        };

        return new(loss.Message, kind, Core.LossModule.render(loss))
        {
            Part = part,
            Origin = Optional.ToReference(loss.Origin, MessageMapping.ToFacade),
        };
    }

    private static AssistantPart Other(Core.ProviderPart part) => PartMapping.ToFacade(Core.AssistantPart.NewOther(part));
}
