// Chunks, to the core and back.
namespace Llm.Interop;

internal static class ChunkMapping
{
    public static Chunk ToFacade(Core.Chunk chunk) => chunk switch
    {
        Core.Chunk.TextDelta delta => new Chunk.TextDelta(delta.index, delta.text),
        Core.Chunk.ThoughtDelta delta => new Chunk.ThoughtDelta(delta.index, delta.thought),
        Core.Chunk.ToolCallDelta delta => new Chunk.ToolCallDelta(delta.index, delta.arguments),
        Core.Chunk.AudioDelta delta => new Chunk.AudioDelta(delta.index, PartMapping.ToFacade(delta.data)),
        Core.Chunk.AudioTranscriptDelta delta => new Chunk.AudioTranscriptDelta(delta.index, delta.transcript),
        Core.Chunk.TextStart start => new Chunk.TextStart(start.index),
        Core.Chunk.TextEnd end => new Chunk.TextEnd(end.index),
        Core.Chunk.ThoughtStart start => new Chunk.ThoughtStart(start.index),
        Core.Chunk.ThoughtEnd end => new Chunk.ThoughtEnd(end.index),
        Core.Chunk.ToolCallStart start => new Chunk.ToolCallStart(start.index, start.id, start.name),
        Core.Chunk.ToolCallEnd end => new Chunk.ToolCallEnd(end.index),
        Core.Chunk.AudioStart start => new Chunk.AudioStart(start.index, Optional.ToReference(start.id)),
        Core.Chunk.AudioEnd end => new Chunk.AudioEnd(end.index),
        Core.Chunk.Part part => new Chunk.Part(part.index, PartMapping.ToFacade(part.part)),
        Core.Chunk.Native native => new Chunk.Native(Lists.ToFacade(native.fragments, ToFacade)),
        Core.Chunk.Meta meta => new Chunk.Meta(Optional.ToReference(meta.id), Optional.ToReference(meta.model)),
        Core.Chunk.Usage usage => new Chunk.Usage(ToFacade(usage.Item)),
        Core.Chunk.Finishing finishing => new Chunk.Finishing(CallMapping.ToFacade(finishing.reason)),
        Core.Chunk.Finish finish => new Chunk.Finish(Optional.ToReference(finish.reason, CallMapping.ToFacade)),
        Core.Chunk.Raw raw => new Chunk.Raw(new JsonText(raw.@event)),
        _ => throw PartMapping.Unknown(chunk),
    };

    public static Core.Chunk ToCore(Chunk chunk) => chunk switch
    {
        Chunk.TextDelta delta => Core.Chunk.NewTextDelta(delta.Index, delta.Text),
        Chunk.ThoughtDelta delta => Core.Chunk.NewThoughtDelta(delta.Index, delta.Text),
        Chunk.ToolCallDelta delta => Core.Chunk.NewToolCallDelta(delta.Index, delta.Arguments),
        Chunk.AudioDelta delta => Core.Chunk.NewAudioDelta(delta.Index, PartMapping.ToCore(delta.Data)),
        Chunk.AudioTranscriptDelta delta => Core.Chunk.NewAudioTranscriptDelta(delta.Index, delta.Transcript),
        Chunk.TextStart start => Core.Chunk.NewTextStart(start.Index),
        Chunk.TextEnd end => Core.Chunk.NewTextEnd(end.Index),
        Chunk.ThoughtStart start => Core.Chunk.NewThoughtStart(start.Index),
        Chunk.ThoughtEnd end => Core.Chunk.NewThoughtEnd(end.Index),
        Chunk.ToolCallStart start => Core.Chunk.NewToolCallStart(start.Index, start.Id, start.Name),
        Chunk.ToolCallEnd end => Core.Chunk.NewToolCallEnd(end.Index),
        Chunk.AudioStart start => Core.Chunk.NewAudioStart(start.Index, Optional.ToCore(start.Id)),
        Chunk.AudioEnd end => Core.Chunk.NewAudioEnd(end.Index),
        Chunk.Part part => Core.Chunk.NewPart(part.Index, PartMapping.ToCore(part.Whole)),
        Chunk.Native native => Core.Chunk.NewNative(Lists.ToCore(native.Fragments, ToCore)),
        Chunk.Meta meta => Core.Chunk.NewMeta(Optional.ToCore(meta.Id), Optional.ToCore(meta.Model)),
        Chunk.Usage usage => Core.Chunk.NewUsage(ToCore(usage.Update)),
        Chunk.Finishing finishing => Core.Chunk.NewFinishing(CallMapping.ToCore(finishing.Reason)),
        Chunk.Finish finish => Core.Chunk.NewFinish(Optional.ToCore(finish.Reason, CallMapping.ToCore)),
        Chunk.Raw raw => Core.Chunk.NewRaw(raw.JsonText.Core),
        _ => throw PartMapping.Unknown(chunk),
    };

    private static UsageUpdate ToFacade(Core.UsageUpdate update) => update switch
    {
        Core.UsageUpdate.Snapshot snapshot => new UsageUpdate.Snapshot(CallMapping.ToFacade(snapshot.Item)),
        Core.UsageUpdate.Delta delta => new UsageUpdate.Delta(CallMapping.ToFacade(delta.Item)),
        _ => throw PartMapping.Unknown(update),
    };

    private static Core.UsageUpdate ToCore(UsageUpdate update) => update switch
    {
        UsageUpdate.Snapshot snapshot => Core.UsageUpdate.NewSnapshot(CallMapping.ToCore(snapshot.Usage)),
        _ => Core.UsageUpdate.NewDelta(CallMapping.ToCore(update.Usage)),
    };

    private static NativeFragment ToFacade(Core.NativeFragment fragment) => fragment switch
    {
        Core.NativeFragment.Raw raw => new NativeFragment.Raw(raw.text),
        // The same text; only the core needs to know that it is one value.
        Core.NativeFragment.Sent sent => new NativeFragment.Raw(Core.JsonModule.text(sent.Item)),
        Core.NativeFragment.TextOf text => new NativeFragment.TextOf(text.index),
        Core.NativeFragment.ArgumentsOf arguments => new NativeFragment.ArgumentsOf(arguments.index),
        _ => throw PartMapping.Unknown(fragment),
    };

    private static Core.NativeFragment ToCore(NativeFragment fragment) => fragment switch
    {
        NativeFragment.Raw raw => Core.NativeFragment.NewRaw(raw.Text),
        NativeFragment.TextOf text => Core.NativeFragment.NewTextOf(text.Index),
        NativeFragment.ArgumentsOf arguments => Core.NativeFragment.NewArgumentsOf(arguments.Index),
        _ => throw PartMapping.Unknown(fragment),
    };
}
