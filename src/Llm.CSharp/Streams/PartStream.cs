// One part of a streamed answer, as a stream of its own.
using Llm.Interop;

namespace Llm;

/// <summary>
/// One part of a streamed answer, as a stream of its own: <see cref="Text"/>, <see cref="Thought"/>, <see cref="ToolCall"/>,
/// <see cref="Audio"/> or <see cref="Whole"/>. Parts may be read in any order, several times, or not at all.
/// </summary>
/// <example>
/// <code>
/// await foreach (PartStream part in stream.PartsAsync())
///     if (part is PartStream.ToolCall { Name: "search" }) Show(await part.CollectAsync());
/// </code>
/// </example>
public abstract class PartStream
{
    private readonly PartSource _source;

    private PartStream(PartSource source) => _source = source;

    /// <summary>Which part it is.</summary>
    public int Index => _source.Index;

    /// <summary>The part's text, piece by piece: text, thought, arguments or transcript.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream ended before the part.</exception>
    public IAsyncEnumerable<string> DeltasAsync(CancellationToken cancellationToken = default) => _source.Deltas(cancellationToken);

    /// <summary>Waits until the part is whole.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">The stream ended before the part.</exception>
    public Task<AssistantPart> CollectAsync(CancellationToken cancellationToken = default) => _source.CollectAsync(cancellationToken);

    /// <summary>Text.</summary>
    public sealed class Text : PartStream
    {
        internal Text(PartSource source)
            : base(source)
        {
        }
    }

    /// <summary>A thought.</summary>
    public sealed class Thought : PartStream
    {
        internal Thought(PartSource source)
            : base(source)
        {
        }
    }

    /// <summary>A tool call; its deltas are the arguments.</summary>
    public sealed class ToolCall : PartStream
    {
        internal ToolCall(PartSource source, string id, string name)
            : base(source)
        {
            Id = id;
            Name = name;
        }

        /// <summary>The call's id.</summary>
        public string Id { get; }

        /// <summary>The tool's name.</summary>
        public string Name { get; }
    }

    /// <summary>Audio; its deltas are the transcript.</summary>
    public sealed class Audio : PartStream
    {
        internal Audio(PartSource source)
            : base(source)
        {
        }
    }

    /// <summary>A part that came whole; there are no deltas.</summary>
    public sealed class Whole : PartStream
    {
        internal Whole(PartSource source)
            : base(source)
        {
        }
    }
}
