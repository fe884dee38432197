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

    /// <summary>Input and output together; the largest number there is, where they are more.</summary>
    public long TotalTokens => Plus(InputTokens, OutputTokens);

    /// <summary>The usage of two calls together. No count goes past the largest number there is.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    public static Usage operator +(Usage first, Usage second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);

        return new()
        {
            InputTokens = Plus(first.InputTokens, second.InputTokens),
            OutputTokens = Plus(first.OutputTokens, second.OutputTokens),
            CacheReadTokens = Plus(first.CacheReadTokens, second.CacheReadTokens),
            CacheWriteTokens = Plus(first.CacheWriteTokens, second.CacheWriteTokens),
            ReasoningTokens = Plus(first.ReasoningTokens, second.ReasoningTokens),
            AudioInputTokens = Plus(first.AudioInputTokens, second.AudioInputTokens),
            AudioOutputTokens = Plus(first.AudioOutputTokens, second.AudioOutputTokens),
        };
    }

    private static long Plus(long first, long second) =>
        (long)Int128.Clamp((Int128)first + second, long.MinValue, long.MaxValue);
}
