// Tool calls while they stream, as the facade shows them.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class ProgressHandle(Core.ToolCallProgress progress)
{
    public int Index => progress.Index;

    public string Id => progress.Id;

    public string Name => progress.Name;

    public string Delta => progress.Delta;

    public string Arguments => progress.Arguments;

    public Partial<T> As<T>() => new(new PartialHandle<T>(Core.Partial.ofToolCall<T>(progress)));

    public ToolCall? Whole => Optional.ToReference(progress.Whole, ToolMapping.ToFacade);
}

internal readonly struct ChunkWithToolCallView
    : IViewMapping<ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>>, (Chunk Chunk, ToolCallProgress? ToolCall)>
{
    public IAsyncEnumerable<FSharpResult<ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>>, Core.LlmError>> Open(
        Core.StreamResponse stream,
        CancellationToken cancellationToken) =>
        Core.StreamResponseModule.chunksWithToolCalls(cancellationToken, stream);

    public (Chunk Chunk, ToolCallProgress? ToolCall) Map(
        StreamSource source,
        ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>> item) =>
        (ChunkMapping.ToFacade(item.Item1), Optional.ToReference(item.Item2, progress => new ToolCallProgress(new ProgressHandle(progress))));
}
