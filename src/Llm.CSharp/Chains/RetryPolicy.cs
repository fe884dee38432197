// When to ask again, and after how long.
namespace Llm;

/// <summary>How a call that failed is tried again. What the provider asks to wait (<c>Retry-After</c>) beats these waits.</summary>
public sealed record RetryPolicy
{
    /// <summary>How often, after the first try.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The wait before the first retry.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait. A provider that asks for more is not asked again.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>By what each wait is longer than the one before.</summary>
    public double Multiplier { get; init; } = 2;

    /// <summary>The part of a wait that chance decides, from 0 to 1, so that many callers do not come back at once.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Which errors are worth another try; those of <see cref="LlmException.IsRetryable"/> where it is not given.</summary>
    public Func<LlmException, bool> ShouldRetry { get; init; } = error => error.IsRetryable;
}
