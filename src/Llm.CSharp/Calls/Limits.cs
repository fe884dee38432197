// What comes beside an answer: warnings, and what is left of the provider's limits.
namespace Llm;

/// <summary>Something the caller asked for that this provider does not have; the call went on without it.</summary>
/// <param name="Provider">Id of the provider.</param>
/// <param name="Model">The model, as the provider names it.</param>
/// <param name="Feature">What was left out, such as <c>top_k</c>.</param>
/// <param name="Message">One line for people.</param>
public sealed record Warning(string Provider, string Model, string Feature, string Message);

/// <summary>One limit of a provider, as its headers tell it; null where they do not.</summary>
/// <param name="Limit">How many are allowed in a window.</param>
/// <param name="Remaining">How many are left in this window.</param>
/// <param name="Reset">How long until the window starts anew.</param>
public sealed record RateLimit(long? Limit, long? Remaining, TimeSpan? Reset);

/// <summary>The limits that came with an answer.</summary>
/// <param name="Requests">Calls.</param>
/// <param name="Tokens">Tokens.</param>
public sealed record RateLimits(RateLimit Requests, RateLimit Tokens);
