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

internal readonly struct ToChunkWithToolCall
    : IItemMapping<ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>>, (Chunk Chunk, ToolCallProgress? ToolCall)>
{
    public static (Chunk Chunk, ToolCallProgress? ToolCall) Map(
        StreamSource source,
        ValueTuple<Core.Chunk, FSharpOption<Core.ToolCallProgress>> item) =>
        (ChunkMapping.ToFacade(item.Item1), Optional.ToReference(item.Item2, progress => new ToolCallProgress(new ProgressHandle(progress))));
}
