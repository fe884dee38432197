// The core's answer that broke off behind a facade's.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>What of an answer that broke off is not sent back, as the warnings that the next response begins with.</summary>
internal sealed record Dropping(FSharpList<Core.Warning> Warnings)
{
    public static readonly Dropping Nothing = new(FSharpList<Core.Warning>.Empty);
}

internal sealed class InterruptionHandle(Core.Interruption core)
{
    public static string GoOn => Core.InterruptionModule.goOn;

    public PartialReply Partial => ResponseMapping.ToFacade(core.Partial);

    public ValueList<AssistantPart> Unfinished => Lists.ToFacade(core.Unfinished, PartMapping.ToFacade);

    /// <summary>What to send, and what is left out of it.</summary>
    public Result<Continuation> Continue(ValueList<UserPart> content)
    {
        FSharpResult<Core.Continuation, Core.LlmError> result = Next(content);
        return result.IsOk ? ToFacade(result.ResultValue) : ErrorMapping.ToException(result.ErrorValue);
    }

    public ValueList<Message> Messages => MessageMapping.ToFacade(core.Messages);

    /// <summary>What to send, and what is left out.</summary>
    public (Prompt Prompt, Dropping Dropping) Prepare(ValueList<UserPart> content)
    {
        FSharpResult<Core.Continuation, Core.LlmError> result = Next(content);

        if (result.IsError)
            return (Prompt.Refused((InvalidRequestException)ErrorMapping.ToException(result.ErrorValue)), Dropping.Nothing);

        Core.Continuation next = result.ResultValue;
        return (Prompt.Of((IEnumerable<Message>)MessageMapping.ToFacade(next.Messages)), new(Core.Resuming.droppedWarnings(core, next)));
    }

    private FSharpResult<Core.Continuation, Core.LlmError> Next(ValueList<UserPart> content) =>
        Core.InterruptionModule.continuation(Lists.ToCore(content, PartMapping.ToCore), core);

    private static Continuation ToFacade(Core.Continuation continuation) =>
        new(
            MessageMapping.ToFacade(continuation.Messages),
            Lists.ToFacade(continuation.Dropped, ToFacade));

    private static DroppedPart ToFacade(Core.Dropped dropped)
    {
        AssistantPart part = dropped switch
        {
            Core.Dropped.Unfinished unfinished => PartMapping.ToFacade(unfinished.Item),
            Core.Dropped.Unanswered unanswered => ToolMapping.ToFacade(unanswered.Item),
            Core.Dropped.Alien alien => PartMapping.ToFacade(Core.AssistantPart.NewOther(alien.Item)),
            Core.Dropped.Silent silent => new Thought(silent.thought),
            _ => throw PartMapping.Unknown(dropped),
        };

        return new(part, Core.DroppedModule.render(dropped));
    }
}
