// What a call used, in tokens, meaning the same for every provider.
namespace Llm;

/// <summary>
/// Tokens of one call. Input includes what was read from and written to a cache; output includes reasoning. Meanings follow
/// OpenTelemetry's <c>gen_ai.usage</c>.
/// </summary>
public sealed record Usage
{
    /// <summary>Tokens of the input, cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the output, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Of the input: tokens read from a cache.</summary>
    public long CacheReadTokens { get; init; }

    /// <summary>Of the input: tokens written to a cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Of the output: tokens of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Of the input: tokens of audio.</summary>
    public long AudioInputTokens { get; init; }

    /// <summary>Of the output: tokens of audio.</summary>
    public long AudioOutputTokens { get; init; }

    /// <summary>Input and output together.</summary>
    public long TotalTokens => InputTokens + OutputTokens;

    /// <summary>The usage of two calls together.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    public static Usage operator +(Usage first, Usage second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);

        return new()
        {
            InputTokens = first.InputTokens + second.InputTokens,
            OutputTokens = first.OutputTokens + second.OutputTokens,
            CacheReadTokens = first.CacheReadTokens + second.CacheReadTokens,
            CacheWriteTokens = first.CacheWriteTokens + second.CacheWriteTokens,
            ReasoningTokens = first.ReasoningTokens + second.ReasoningTokens,
            AudioInputTokens = first.AudioInputTokens + second.AudioInputTokens,
            AudioOutputTokens = first.AudioOutputTokens + second.AudioOutputTokens,
        };
    }
}
