// Which view of the core each view of the facade is, and what its items become.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal readonly struct TextView : IViewMapping<string, string>
{
    public IAsyncEnumerable<FSharpResult<string, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken) =>
        Core.StreamResponseModule.text(cancellationToken, stream);

    public string Map(StreamSource source, string item) => item;
}

internal readonly struct PrettyView : IViewMapping<string, string>
{
    public IAsyncEnumerable<FSharpResult<string, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken) =>
        Core.StreamResponseModule.pretty(cancellationToken, stream);

    public string Map(StreamSource source, string item) => item;
}

internal readonly struct AudioView : IViewMapping<Core.Bytes, Bytes>
{
    public IAsyncEnumerable<FSharpResult<Core.Bytes, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken) =>
        Core.StreamResponseModule.audio(cancellationToken, stream);

    public Bytes Map(StreamSource source, Core.Bytes item) => PartMapping.ToFacade(item);
}

internal readonly struct ChunkView : IViewMapping<Core.Chunk, Chunk>
{
    public IAsyncEnumerable<FSharpResult<Core.Chunk, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken) =>
        Core.StreamResponseModule.chunks(cancellationToken, stream);

    public Chunk Map(StreamSource source, Core.Chunk item) => ChunkMapping.ToFacade(item);
}

internal readonly struct PartialView<T>(FormatHandle<T> format) : IViewMapping<Core.Partial<T>, Partial<T>>
{
    public IAsyncEnumerable<FSharpResult<Core.Partial<T>, Core.LlmError>> Open(
        Core.StreamResponse stream,
        CancellationToken cancellationToken) =>
        Core.StreamResponseModule.partials(format.Format, cancellationToken, stream);

    public Partial<T> Map(StreamSource source, Core.Partial<T> item) => new(new PartialHandle<T>(item));
}

internal readonly struct PartView : IViewMapping<Core.PartStream, PartStream>
{
    public IAsyncEnumerable<FSharpResult<Core.PartStream, Core.LlmError>> Open(
        Core.StreamResponse stream,
        CancellationToken cancellationToken) =>
        Core.StreamResponseModule.parts(cancellationToken, stream);

    public PartStream Map(StreamSource source, Core.PartStream item) => new PartSource(source, item).ToFacade();
}

/// <summary>The pieces of one part.</summary>
internal readonly struct DeltaView(Core.PartStream part) : IViewMapping<string, string>
{
    public IAsyncEnumerable<FSharpResult<string, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken) =>
        part.Deltas(cancellationToken);

    public string Map(StreamSource source, string item) => item;
}
