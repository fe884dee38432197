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

    public IAsyncEnumerable<string> Text(CancellationToken cancellationToken) =>
        new View<string, string, Same>(this, token => Core.StreamResponseModule.text(token, _stream), cancellationToken);

    public IAsyncEnumerable<string> Pretty(CancellationToken cancellationToken) =>
        new View<string, string, Same>(this, token => Core.StreamResponseModule.pretty(token, _stream), cancellationToken);

    public IAsyncEnumerable<Bytes> Audio(CancellationToken cancellationToken) =>
        new View<Core.Bytes, Bytes, ToBytes>(this, token => Core.StreamResponseModule.audio(token, _stream), cancellationToken);

    public IAsyncEnumerable<Chunk> Chunks(CancellationToken cancellationToken) =>
        new View<Core.Chunk, Chunk, ToChunk>(this, token => Core.StreamResponseModule.chunks(token, _stream), cancellationToken);

    public IAsyncEnumerable<PartStream> Parts(CancellationToken cancellationToken) =>
        new View<Core.PartStream, PartStream, ToPart>(
            this,
            token => Core.StreamResponseModule.parts(token, _stream),
            cancellationToken);

    public IAsyncEnumerable<(Chunk Chunk, ToolCallProgress? ToolCall)> ChunksWithToolCalls(CancellationToken cancellationToken) =>
        new View<
            ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>>,
            (Chunk Chunk, ToolCallProgress? ToolCall),
            ToChunkWithToolCall>(
            this,
            token => Core.StreamResponseModule.chunksWithToolCalls(token, _stream),
            cancellationToken);

    public IAsyncEnumerable<Partial<T>> Partials<T>(FormatHandle<T> format, CancellationToken cancellationToken) =>
        new View<Core.Partial<T>, Partial<T>, ToPartial<T>>(
            this,
            token => Core.StreamResponseModule.partials(format.Format, token, _stream),
            cancellationToken);

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

    private readonly struct Same : IItemMapping<string, string>
    {
        public static string Map(StreamSource source, string item) => item;
    }

    private readonly struct ToBytes : IItemMapping<Core.Bytes, Bytes>
    {
        public static Bytes Map(StreamSource source, Core.Bytes item) => PartMapping.ToFacade(item);
    }

    private readonly struct ToChunk : IItemMapping<Core.Chunk, Chunk>
    {
        public static Chunk Map(StreamSource source, Core.Chunk item) => ChunkMapping.ToFacade(item);
    }

    private readonly struct ToPartial<T> : IItemMapping<Core.Partial<T>, Partial<T>>
    {
        public static Partial<T> Map(StreamSource source, Core.Partial<T> item) => new(new PartialHandle<T>(item));
    }

    private readonly struct ToPart : IItemMapping<Core.PartStream, PartStream>
    {
        public static PartStream Map(StreamSource source, Core.PartStream item) => new PartSource(source, item).ToFacade();
    }
}

/// <summary>One part of a stream.</summary>
internal sealed class PartSource(StreamSource source, Core.PartStream part)
{
    public int Index => part.Index;

    public IAsyncEnumerable<string> Deltas(CancellationToken cancellationToken) =>
        new View<string, string, Same>(source, part.Deltas, cancellationToken);

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

    private readonly struct Same : IItemMapping<string, string>
    {
        public static string Map(StreamSource source, string item) => item;
    }
}
