// What happened in a chain, as a tree.
using Llm.Interop;

namespace Llm;

/// <summary>How a step ended.</summary>
public enum StepEnd
{
    /// <summary>With its output.</summary>
    Succeeded,

    /// <summary>With an error.</summary>
    Failed,

    /// <summary>With an exception of the caller's own code.</summary>
    Threw,

    /// <summary>It was not wanted any more, such as the loser of a race.</summary>
    Cancelled,
}

/// <summary>A step of a chain: a call of a model, or a named group of steps. Printing it prints the tree.</summary>
public sealed record TraceStep
{
    internal TraceStep(TraceHandle handle) => Handle = handle;

    /// <summary>Its name; the model's id where a call was given none.</summary>
    public required string Name { get; init; }

    /// <summary>The model that was asked; null for a group.</summary>
    public string? ModelId { get; init; }

    /// <summary>What it was given, as text.</summary>
    public string Input { get; init; } = "";

    /// <summary>What it gave, as text; null where it did not come to that.</summary>
    public string? Output { get; init; }

    /// <summary>What was sent; empty for a group.</summary>
    public IReadOnlyList<Message> Messages { get; init => field = ValueList.Of(value); } = ValueList<Message>.Empty;

    /// <summary>What the prompt was made of besides its input.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>What was used; null where the provider has not said, and for a group.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What it cost; null where nobody can say, and for a group.</summary>
    public Money? Cost { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Start { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>How it ended.</summary>
    public StepEnd End { get; init; }

    /// <summary>Why it failed, or what was thrown; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Its steps, in the order in which they began; those of parallel branches in the order of the branches.</summary>
    public IReadOnlyList<TraceStep> Children { get; init => field = ValueList.Of(value); } = ValueList<TraceStep>.Empty;

    /// <summary>What it and all below it used, as far as the providers have said.</summary>
    public Usage TotalUsage => Handle.TotalUsage;

    /// <summary>What it and all below it cost; null where the cost of a call that was answered is not known.</summary>
    public Money? TotalCost => Handle.TotalCost;

    private TraceHandle Handle { get; }

    /// <summary>As JSON, with everything: texts as they are, money in whole units of its currency, times by ISO 8601.</summary>
    public string ToJson() => Handle.ToJson();

    /// <summary>As an indented tree for people: a line for each step with its time, tokens and cost, then its input and output, shortened.</summary>
    public override string ToString() => Handle.Render();
}

/// <summary>What came of a call, and how it came to that.</summary>
/// <typeparam name="T">What it gives.</typeparam>
/// <param name="Result">The value, or the error.</param>
/// <param name="Trace">The steps.</param>
public sealed record Traced<T>(Result<T> Result, TraceStep Trace);

/// <summary>A stream, and the steps that led to it.</summary>
public sealed class TracedStream
{
    private readonly TracedStreamHandle _handle;

    internal TracedStream(Result<StreamResponse> result, TracedStreamHandle handle)
    {
        Result = result;
        _handle = handle;
    }

    /// <summary>The stream, or why there is none.</summary>
    public Result<StreamResponse> Result { get; }

    /// <summary>
    /// The steps so far. The last one lasts as long as the stream, and counts as cancelled until that has ended. It is made anew each time it is
    /// asked for.
    /// </summary>
    public TraceStep Trace => _handle.Trace;
}
