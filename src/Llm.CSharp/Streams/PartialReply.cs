// What came of an answer that never was complete.
using Llm.Interop;

namespace Llm;

/// <summary>What came of an answer that is not complete. It is right as far as it goes; whether it will do is for the caller to judge.</summary>
public sealed record PartialReply
{
    /// <summary>The provider's id of the answer.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answered, as the provider names it.</summary>
    public string? Model { get; init; }

    /// <summary>What came: text as far as it grew; thoughts and tool calls only when they are whole.</summary>
    public IReadOnlyList<AssistantPart> Content { get; init => field = ValueList.Of(value); } = ValueList<AssistantPart>.Empty;

    /// <summary>Why the model stopped, if the provider said so before the end.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>What was used; null when the provider has not said.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The texts, joined by line breaks.</summary>
    public string Text => Rendering.Text(Content);

    /// <summary>All parts as readable text.</summary>
    public string Pretty() => Rendering.Pretty(Content);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
