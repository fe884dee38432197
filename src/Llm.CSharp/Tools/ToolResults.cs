// What became of the calls of an answer: each was run, or waits for approval. Plain data, to be stored with the conversation.
using System.Collections;
using Llm.Interop;

namespace Llm;

/// <summary>What became of a call.</summary>
public abstract record ToolResult
{
    private ToolResult()
    {
    }

    /// <summary>It was run; the output may be that of a failure.</summary>
    /// <param name="Output">The output.</param>
    public sealed record Finished(ToolOutput Output) : ToolResult;

    /// <summary>It waits until somebody approves or rejects it.</summary>
    /// <param name="Call">The call.</param>
    public sealed record Waiting(ToolCall Call) : ToolResult;
}

/// <summary>What became of the calls of an answer, in their order. <c>ResumeAsync</c> takes it as it is, once no call waits.</summary>
/// <example>
/// <code>
/// ToolResults results = await answer.ExecuteToolsAsync();
///
/// foreach (ToolCall call in results.Waiting)
///     results = results.Settle(Ask(call) ? await answer.Model.Tools.ApproveAsync(call) : Toolkit.Reject(call, "Not today."));
///
/// answer = await answer.ResumeAsync(results);
/// </code>
/// </example>
public sealed class ToolResults : IReadOnlyList<ToolResult>, IEquatable<ToolResults>
{
    private readonly ValueList<ToolResult> _results;

    internal ToolResults(ValueList<ToolResult> results) => _results = results;

    /// <summary>The outputs of the calls that were run, in the order of the calls.</summary>
    public IReadOnlyList<ToolOutput> Outputs => [.. _results.OfType<ToolResult.Finished>().Select(result => result.Output)];

    /// <summary>The calls that wait until somebody approves or rejects them, in order.</summary>
    public IReadOnlyList<ToolCall> Waiting => [.. _results.OfType<ToolResult.Waiting>().Select(result => result.Call)];

    /// <summary>How many calls there were.</summary>
    public int Count => _results.Count;

    /// <summary>What became of a call.</summary>
    /// <param name="index">Its place, from 0.</param>
    public ToolResult this[int index] => _results[index];

    /// <summary>The results with the output of a call that waited; unchanged when no such call waits.</summary>
    /// <param name="output">What <see cref="Toolkit.ApproveAsync"/> or <see cref="Toolkit.Reject"/> gave.</param>
    public ToolResults Settle(ToolOutput output) => ToolMapping.Settle(output, this);

    /// <summary>As JSON, to be stored; <see cref="FromJson"/> reads it back unchanged.</summary>
    public string ToJson() => ToolMapping.ToJson(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidJsonException">The text is no stored results; the exception says where and why.</exception>
    public static ToolResults FromJson(string json) => TryFromJson(json).Value;

    /// <summary>As <see cref="FromJson"/>, with the error as a value.</summary>
    /// <param name="json">The text.</param>
    public static Result<ToolResults> TryFromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return ToolMapping.FromJson(json);
    }

    /// <summary>The results, one by one.</summary>
    public IEnumerator<ToolResult> GetEnumerator() => _results.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether the results are the same, in the same order.</summary>
    /// <param name="other">Other results.</param>
    public bool Equals(ToolResults? other) => other is not null && _results.Equals(other._results);

    /// <summary>Whether it is the same results.</summary>
    /// <param name="obj">Something.</param>
    public override bool Equals(object? obj) => Equals(obj as ToolResults);

    /// <summary>The same for equal results.</summary>
    public override int GetHashCode() => _results.GetHashCode();

    /// <summary>The results as text.</summary>
    public override string ToString() => _results.ToString();
}
