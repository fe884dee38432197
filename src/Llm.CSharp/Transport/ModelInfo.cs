// A model that a provider serves.
namespace Llm;

/// <summary>A model that a provider serves, as far as the provider says.</summary>
public sealed record ModelInfo
{
    /// <summary>The model's name in model ids, such as <c>gpt-5</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people, such as <c>Claude Sonnet 4.5</c>; null where the provider has none.</summary>
    public string? Name { get; init; }

    /// <summary>When it was published, or came to this server; null where the provider does not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The most tokens of a call; null where the provider does not say.</summary>
    public long? InputTokens { get; init; }

    /// <summary>The most tokens of an answer; null where the provider does not say.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>All that the provider says of it, as JSON.</summary>
    public required string RawJson { get; init; }
}
