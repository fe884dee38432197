// How a stream ended: one of four, and only one of them is an answer.
namespace Llm;

/// <summary>How a stream ended. Only <see cref="Complete"/> is an answer; what the others had so far is for the caller to judge.</summary>
/// <example>
/// <code>
/// string text = await stream.TryFinishAsync() switch
/// {
///     StreamOutcome.Complete(var response) => response.Text,
///     StreamOutcome.Failed(var partial, var error) => $"{partial.Text} ... {error.Message}",
///     var cut => $"{cut.Partial?.Text} ...",
/// };
/// </code>
/// </example>
public abstract record StreamOutcome
{
    private StreamOutcome()
    {
    }

    /// <summary>What came before the stream broke off; null where it is complete.</summary>
    public abstract PartialReply? Partial { get; }

    /// <summary>The proof of completeness came.</summary>
    /// <param name="Response">The answer.</param>
    public sealed record Complete(Response Response) : StreamOutcome
    {
        /// <summary>Null: it is complete.</summary>
        public override PartialReply? Partial => null;
    }

    /// <summary>The bytes ended before the proof.</summary>
    /// <param name="Partial">What came.</param>
    public sealed record Truncated(PartialReply Partial) : StreamOutcome
    {
        /// <summary>What came.</summary>
        public override PartialReply Partial { get; } = Partial;
    }

    /// <summary>The provider, the connection or a limit broke it off.</summary>
    /// <param name="Partial">What came.</param>
    /// <param name="Error">What went wrong; not thrown.</param>
    public sealed record Failed(PartialReply Partial, LlmException Error) : StreamOutcome
    {
        /// <summary>What came.</summary>
        public override PartialReply Partial { get; } = Partial;
    }

    /// <summary>The caller cancelled it or disposed of it.</summary>
    /// <param name="Partial">What came.</param>
    public sealed record Cancelled(PartialReply Partial) : StreamOutcome
    {
        /// <summary>What came.</summary>
        public override PartialReply Partial { get; } = Partial;
    }
}
