// The core's model behind a facade's: the one place that calls it.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class Engine(Model model)
{
    private readonly Core.Model _core = new(
        model.Id,
        CallMapping.ToCore(model.Params),
        ClientMapping.ToCore(model.Client),
        ToolMapping.ToRequest(model.Tools, model.ProviderTools, model.ToolChoice),
        Optional.ToCore(model.Uses.Output, output => output.Output));

    /// <summary>The model as the core knows it.</summary>
    public Core.Model Model => _core;

    /// <summary>Asks the model of this engine, which is the one in force. One state machine from the caller's to the core's, as below.</summary>
    public async Task<Response> CallAsync(
        Model model,
        ValueList<Message> messages,
        Dropping? dropping,
        CancellationToken cancellationToken)
    {
        FSharpResult<Core.Response, Core.LlmError> result =
            await AskAsync(messages, dropping, cancellationToken).ConfigureAwait(false);

        return result.IsOk ? ResponseMapping.ToFacade(model, result.ResultValue) : throw ErrorMapping.ToException(result.ErrorValue);
    }

    /// <summary>The same, with the error as a value.</summary>
    public async Task<Result<Response>> TryCallAsync(
        Model model,
        ValueList<Message> messages,
        Dropping? dropping,
        CancellationToken cancellationToken)
    {
        FSharpResult<Core.Response, Core.LlmError> result =
            await AskAsync(messages, dropping, cancellationToken).ConfigureAwait(false);

        return result.IsOk ? ResponseMapping.ToFacade(model, result.ResultValue) : ErrorMapping.ToException(result.ErrorValue);
    }

    private Task<FSharpResult<Core.Response, Core.LlmError>> AskAsync(
        ValueList<Message> messages,
        Dropping? dropping,
        CancellationToken cancellationToken) =>
        Core.ModelModule.callInForce(
            Warnings(dropping), MessageMapping.ToCore(messages), cancellationToken, Core.ModelModule.inForce(_core));

    public async Task<Result<long>> CountTokensAsync(ValueList<Message> messages, CancellationToken cancellationToken)
    {
        FSharpResult<long, Core.LlmError> result =
            await Core.ModelModule.countTokens(MessageMapping.ToCore(messages), cancellationToken, _core).ConfigureAwait(false);

        return result.IsOk ? result.ResultValue : ErrorMapping.ToException(result.ErrorValue);
    }

    /// <summary>A stream; what is wrong with the call already is told by its first read.</summary>
    public StreamSource Stream(Model model, Prompt prompt, Dropping? dropping)
    {
        Core.LiveStream live;

        if (prompt.Error is { } error)
        {
            live = Refused(Core.LlmError.NewInvalidRequest(error.Path, error.Reason));
        }
        else
        {
            FSharpResult<Core.LiveStream, Core.LlmError> result =
                Core.ModelModule.streamInForce(Warnings(dropping), MessageMapping.ToCore(prompt.Messages), Core.ModelModule.inForce(_core));
            live = result.IsOk ? result.ResultValue : Refused(result.ErrorValue);
        }

        return new StreamSource(live, model);
    }

    /// <summary>A history as the model of this engine will understand it.</summary>
    public Result<Adapted> Adapt(ValueList<Message> history) =>
        AdaptMapping.ToFacade(Core.ModelModule.adapt(MessageMapping.ToCore(history), _core));

    private static FSharpList<Core.Warning> Warnings(Dropping? dropping) => (dropping ?? Dropping.Nothing).Warnings;

    /// <summary>A stream whose first read tells the error.</summary>
    public static Core.LiveStream Refused(Core.LlmError error) => new(new RefusedCall(error));

    private sealed class RefusedCall(Core.LlmError error) : Core.StreamCall
    {
        public override string Provider => "";

        public override bool ShowsThoughts => true;

        public override Task<FSharpResult<Core.OpenStream, Core.LlmError>> Connect(CancellationToken cancellationToken) =>
            Task.FromResult(FSharpResult<Core.OpenStream, Core.LlmError>.NewError(error));

        public override Core.Response ToResponse(Core.Reply reply, Core.HeaderSource headers) =>
            throw new InvalidOperationException("A refused call has no response.");

        public override FSharpOption<Core.Interruption>? Interrupt(Core.Reply partial, FSharpList<Core.AssistantPart> unfinished) => null;

        public override Core.LlmError Redact(Core.LlmError error) => error;
    }
}
