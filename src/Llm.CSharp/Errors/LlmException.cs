// The root of what this library throws. Interop/ErrorMapping.cs is the one place where the library makes them from the core's errors.
namespace Llm;

/// <summary>
/// Why a call did not give an answer. Cancelling is no such exception: it is the <see cref="OperationCanceledException"/> of .NET.
/// </summary>
/// <example>
/// <code>
/// try { answer = await model.CallAsync("Hello"); }
/// catch (RateLimitException limit) { await Task.Delay(limit.RetryAfter ?? TimeSpan.FromSeconds(10)); }
/// catch (LlmException failure) when (failure.IsRetryable) { ... }
/// </code>
/// </example>
public class LlmException : Exception
{
    private bool _isRetryable;
    private PartialReply? _partial;
    private ValueList<Response> _responses = ValueList<Response>.Empty;

    /// <summary>An exception with a message.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public LlmException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the same call may succeed later without a change.</summary>
    public bool IsRetryable { get => _isRetryable; init => _isRetryable = value; }

    /// <summary>What a stream had given before it broke off; null where nothing was streamed.</summary>
    public PartialReply? Partial { get => _partial; init => _partial = value; }

    /// <summary>The core's error that it was made from.</summary>
    internal object? Origin { get; set; }

    /// <summary>The answers that came before it, oldest first, where it took several, as <c>ValidateAsync</c> does; else none.</summary>
    public IReadOnlyList<Response> Responses { get => _responses; init => _responses = ValueList.Of(value); }

    internal LlmException After(IEnumerable<Response> responses)
    {
        _responses = ValueList.Of(responses);
        return this;
    }

    internal void Describe(bool isRetryable, PartialReply? partial)
    {
        _isRetryable = isRetryable;
        _partial = partial;
    }
}
