// Pieces of streams besides chunks: tool calls while they grow, and audio.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class ProgressHandle(Core.ToolCallProgress progress)
{
    public int Index => progress.Index;

    public string Id => progress.Id;

    public string Name => progress.Name;

    public string Delta => progress.Delta;

    public string Arguments => progress.Arguments;

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

internal readonly struct ToAudioPiece : IItemMapping<Core.AudioPiece, AudioPiece>
{
    public static AudioPiece Map(StreamSource source, Core.AudioPiece item) => item switch
    {
        Core.AudioPiece.Sound sound => new AudioPiece.Sound(PartMapping.ToFacade(sound.data)),
        Core.AudioPiece.Transcript transcript => new AudioPiece.Transcript(transcript.text),
        _ => throw PartMapping.Unknown(item),
    };
}
