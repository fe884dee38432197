// What a stream is made of: pieces of parts, each with the index of its part, and what comes beside them.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A piece of an answer. Parts have indices that ascend in the order of the answer; providers interleave them, so a delta belongs to the
/// part of its index, not to the latest.
/// </summary>
/// <example>
/// <code>
/// await foreach (Chunk chunk in stream.ChunksAsync())
///     if (chunk is Chunk.ThoughtDelta(_, var thought)) Console.Write(thought);
/// </code>
/// </example>
public abstract record Chunk
{
    private Chunk()
    {
    }

    /// <summary>Text begins.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record TextStart(int Index) : Chunk;

    /// <summary>More text.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Text">The text.</param>
    public sealed record TextDelta(int Index, string Text) : Chunk;

    /// <summary>The text is whole.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record TextEnd(int Index) : Chunk;

    /// <summary>A thought begins.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record ThoughtStart(int Index) : Chunk;

    /// <summary>More of a thought.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Text">The thought.</param>
    public sealed record ThoughtDelta(int Index, string Text) : Chunk;

    /// <summary>The thought is whole.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record ThoughtEnd(int Index) : Chunk;

    /// <summary>A tool call begins.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Id">The call's id; never empty.</param>
    /// <param name="Name">The tool's name.</param>
    public sealed record ToolCallStart(int Index, string Id, string Name) : Chunk;

    /// <summary>More of the arguments' JSON text.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Arguments">The text.</param>
    public sealed record ToolCallDelta(int Index, string Arguments) : Chunk;

    /// <summary>The tool call is whole.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record ToolCallEnd(int Index) : Chunk;

    /// <summary>Audio begins.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Id">The provider's id for it.</param>
    public sealed record AudioStart(int Index, string? Id) : Chunk;

    /// <summary>More audio.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Data">The bytes.</param>
    public sealed record AudioDelta(int Index, Bytes Data) : Chunk;

    /// <summary>More of the audio's transcript.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Transcript">The text.</param>
    public sealed record AudioTranscriptDelta(int Index, string Transcript) : Chunk;

    /// <summary>The audio is whole.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record AudioEnd(int Index) : Chunk;

    /// <summary>A part that came whole: an image, or what only that provider understands.</summary>
    /// <param name="Index">Which part.</param>
    /// <param name="Whole">The part.</param>
    public sealed record Part(int Index, AssistantPart Whole) : Chunk;

    /// <summary>The next item of the provider's own form of the message.</summary>
    public sealed record Native : Chunk
    {
        /// <summary>An item, piece by piece.</summary>
        /// <param name="fragments">The pieces, to be joined.</param>
        public Native(IEnumerable<NativeFragment> fragments) => Fragments = ValueList.Of(fragments);

        /// <summary>The pieces, to be joined.</summary>
        public IReadOnlyList<NativeFragment> Fragments { get; init => field = ValueList.Of(value); }
    }

    /// <summary>The provider's id of the answer and the model that gave it.</summary>
    /// <param name="Id">The id.</param>
    /// <param name="Model">The model.</param>
    public sealed record Meta(string? Id, string? Model) : Chunk;

    /// <summary>What was used.</summary>
    /// <param name="Update">The report.</param>
    public sealed record Usage(UsageUpdate Update) : Chunk;

    /// <summary>Why the answer is ending, where a provider says so before the proof that it is complete: it is no proof.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Finishing(FinishReason Reason) : Chunk;

    /// <summary>The proof that the answer is complete. Usage may still follow.</summary>
    /// <param name="Reason">Why it ended, if not normally.</param>
    public sealed record Finish(FinishReason? Reason) : Chunk;

    /// <summary>An event as it came.</summary>
    public sealed record Raw : Chunk
    {
        private readonly JsonText _json;

        /// <summary>An event.</summary>
        /// <param name="json">It, as JSON.</param>
        /// <exception cref="InvalidJsonException">The text is not JSON.</exception>
        public Raw(string json)
            : this(JsonText.Checked(json, nameof(json)))
        {
        }

        internal Raw(JsonText json) => _json = json;

        /// <summary>It, as JSON.</summary>
        public string Json => _json.Text;

        internal JsonText JsonText => _json;
    }
}

/// <summary>Usage as a stream reports it.</summary>
/// <param name="Usage">The tokens.</param>
public abstract record UsageUpdate(Usage Usage)
{
    /// <summary>All that was used so far: it replaces what was known.</summary>
    /// <param name="Usage">The tokens.</param>
    public sealed record Snapshot(Usage Usage) : UsageUpdate(Usage);

    /// <summary>What was used since the last report: it is added.</summary>
    /// <param name="Usage">The tokens.</param>
    public sealed record Delta(Usage Usage) : UsageUpdate(Usage);
}

/// <summary>A piece of a provider's own form of an item.</summary>
public abstract record NativeFragment
{
    private NativeFragment()
    {
    }

    /// <summary>JSON text as it is.</summary>
    /// <param name="Text">The text.</param>
    public sealed record Raw(string Text) : NativeFragment;

    /// <summary>The text (or thought) of a part, as a JSON string.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record TextOf(int Index) : NativeFragment;

    /// <summary>The arguments of a tool call, as the JSON object they are.</summary>
    /// <param name="Index">Which part.</param>
    public sealed record ArgumentsOf(int Index) : NativeFragment;
}
