// The core's stream behind a facade's: its views throw at the end where the core's end in an error.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class StreamSource(Core.LiveStream live, Model model) : IAsyncDisposable
{
    private readonly Core.StreamResponse _stream = new(live);
    private StreamOutcome? _outcome;

    public IReadOnlyList<AssistantPart> Content => Lists.ToFacade(live.Content, PartMapping.ToFacade);

    public Usage? Usage => Optional.ToReference(live.Usage, CallMapping.ToFacade);

    public StreamOutcome? Outcome => _outcome ??= live.End is { } end ? ToOutcome(end.Value) : null;

    public Interruption? Interruption =>
        live.Interruption is { } interruption ? new(new InterruptionHandle(interruption.Value), model) : null;

    /// <summary>The core's stream, whose views these are.</summary>
    public Core.StreamResponse Stream => _stream;

    public IAsyncEnumerable<string> Text(CancellationToken cancellationToken) =>
        new View<string, string, TextView>(this, default, cancellationToken);

    public IAsyncEnumerable<string> Pretty(CancellationToken cancellationToken) =>
        new View<string, string, PrettyView>(this, default, cancellationToken);

    public IAsyncEnumerable<Bytes> Audio(CancellationToken cancellationToken) =>
        new View<Core.Bytes, Bytes, AudioView>(this, default, cancellationToken);

    public IAsyncEnumerable<Chunk> Chunks(CancellationToken cancellationToken) =>
        new View<Core.Chunk, Chunk, ChunkView>(this, default, cancellationToken);

    public IAsyncEnumerable<PartStream> Parts(CancellationToken cancellationToken) =>
        new View<Core.PartStream, PartStream, PartView>(this, default, cancellationToken);

    public IAsyncEnumerable<(Chunk Chunk, ToolCallProgress? ToolCall)> ChunksWithToolCalls(CancellationToken cancellationToken) =>
        new View<
            ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>>,
            (Chunk Chunk, ToolCallProgress? ToolCall),
            ChunkWithToolCallView>(this, default, cancellationToken);

    public IAsyncEnumerable<Partial<T>> Partials<T>(FormatHandle<T> format, CancellationToken cancellationToken) =>
        new View<Core.Partial<T>, Partial<T>, PartialView<T>>(this, new(format), cancellationToken);

    public async Task<StreamOutcome> TryFinishAsync(CancellationToken cancellationToken)
    {
        await Core.StreamResponseModule.finish(cancellationToken, _stream).ConfigureAwait(false);
        return Outcome!;
    }

    public async Task<Response> FinishAsync(CancellationToken cancellationToken)
    {
        StreamOutcome outcome = await TryFinishAsync(cancellationToken).ConfigureAwait(false);

        if (outcome is StreamOutcome.Complete complete)
            return complete.Response;

        if (outcome is StreamOutcome.Cancelled)
            cancellationToken.ThrowIfCancellationRequested();

        throw ToException(live.Error.Value);
    }

    public ValueTask DisposeAsync() => live.DisposeAsync();

    /// <summary>A new exception each time, for each is thrown from another place.</summary>
    public LlmException ToException(Core.LlmError error) => ErrorMapping.ToException(error, Outcome?.Partial);

    private StreamOutcome ToOutcome(Core.StreamEnd end) => end switch
    {
        Core.StreamEnd.Complete complete => new StreamOutcome.Complete(ResponseMapping.ToFacade(model, complete.Item)),
        Core.StreamEnd.Truncated truncated => new StreamOutcome.Truncated(ResponseMapping.ToFacade(truncated.partial)),
        Core.StreamEnd.Failed failed => Failed(ResponseMapping.ToFacade(failed.partial), failed.error),
        Core.StreamEnd.Cancelled cancelled => new StreamOutcome.Cancelled(ResponseMapping.ToFacade(cancelled.partial)),
        _ => throw PartMapping.Unknown(end),
    };

    private static StreamOutcome.Failed Failed(PartialReply partial, Core.LlmError error) =>
        new(partial, ErrorMapping.ToException(error, partial));
}

/// <summary>One part of a stream.</summary>
internal sealed class PartSource(StreamSource source, Core.PartStream part)
{
    public int Index => part.Index;

    public IAsyncEnumerable<string> Deltas(CancellationToken cancellationToken) =>
        new View<string, string, DeltaView>(source, new(part), cancellationToken);

    public async Task<AssistantPart> CollectAsync(CancellationToken cancellationToken)
    {
        FSharpResult<Core.AssistantPart, Core.LlmError> result = await part.Collect(cancellationToken).ConfigureAwait(false);
        return result.IsOk ? PartMapping.ToFacade(result.ResultValue) : throw source.ToException(result.ErrorValue);
    }

    public PartStream ToFacade() => part.Kind switch
    {
        Core.PartStreamKind.ToolCall call => new PartStream.ToolCall(this, call.id, call.name),
        { IsText: true } => new PartStream.Text(this),
        { IsThought: true } => new PartStream.Thought(this),
        { IsAudio: true } => new PartStream.Audio(this),
        _ => new PartStream.Whole(this),
    };
}
