// When to ask again, and after how long: arithmetic only. Call.retry does the waiting.
namespace Llm.Core

open System

/// <summary>How a call that failed is tried again.</summary>
[<NoComparison; NoEquality>]
type RetryPolicy =
    {
        /// How often, after the first try.
        MaxRetries: int
        /// The wait before the first retry.
        InitialDelay: TimeSpan
        /// The longest wait. A provider that asks for more (<c>Retry-After</c>) is not asked again.
        MaxDelay: TimeSpan
        /// By what each wait is longer than the one before.
        Multiplier: float
        /// The part of a wait that chance decides, from 0 to 1, so that many callers do not come back at once.
        Jitter: float
        /// Which errors are worth another try.
        ShouldRetry: LlmError -> bool
    }

/// <summary>Functions on <see cref="T:Llm.Core.RetryPolicy"/>.</summary>
[<RequireQualifiedAccess>]
module RetryPolicy =
    /// <summary>Three retries of what <c>LlmError.isRetryable</c>, after 0.5, 1 and 2 seconds, with a fifth of each left to chance; at most 60.</summary>
    let standard: RetryPolicy =
        {
            MaxRetries = 3
            InitialDelay = TimeSpan.FromSeconds 0.5
            MaxDelay = TimeSpan.FromSeconds 60.0
            Multiplier = 2.0
            Jitter = 0.2
            ShouldRetry = LlmError.isRetryable
        }

    /// <summary>The standard policy, with so many retries.</summary>
    let times (retries: int) : RetryPolicy = { standard with MaxRetries = retries }

    let private grown (retry: int) (policy: RetryPolicy) : float =
        let delay = policy.InitialDelay.TotalMilliseconds * Math.Pow(max 1.0 policy.Multiplier, float (retry - 1))
        // Beyond what a double holds, or with no first delay, the limit decides.
        if Double.IsNaN delay then 0.0 else min delay policy.MaxDelay.TotalMilliseconds

    /// <summary>
    /// How long to wait before a retry, which is 1 for the first; None when there should be none. Chance is a number from 0 to 1. What the
    /// provider asks for in <c>Retry-After</c> (RFC 9110, 10.2.3) beats the policy's own wait.
    /// </summary>
    /// <example><c>RetryPolicy.delay 2 0.5 (LlmError.Truncated "openai") RetryPolicy.standard</c> evaluates to <c>Some (TimeSpan.FromSeconds 1.0)</c>.</example>
    let delay (retry: int) (chance: float) (error: LlmError) (policy: RetryPolicy) : TimeSpan option =
        if retry > policy.MaxRetries || not (policy.ShouldRetry error) then
            None
        else
            match LlmError.apiError error |> Option.bind _.RetryAfter with
            | Some asked when asked > policy.MaxDelay -> None
            | Some asked -> Some(max TimeSpan.Zero asked)
            | None ->
                let jitter = Math.Clamp(policy.Jitter, 0.0, 1.0) * (2.0 * Math.Clamp(chance, 0.0, 1.0) - 1.0)
                let wait = grown retry policy * (1.0 + jitter)
                Some(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0.0, policy.MaxDelay.TotalMilliseconds)))
