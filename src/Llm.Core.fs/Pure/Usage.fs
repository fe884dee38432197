// What a call used, in tokens, meaning the same for every provider.
namespace Llm.Core

/// <summary>
/// Tokens of one call. Input includes what was read from and written to a cache; output includes reasoning. Meanings follow
/// OpenTelemetry's <c>gen_ai.usage</c>.
/// </summary>
type Usage =
    {
        /// Tokens of the input, cached ones included.
        InputTokens: int64
        /// Tokens of the output, reasoning included.
        OutputTokens: int64
        /// Of the input: tokens read from a cache.
        CacheReadTokens: int64
        /// Of the input: tokens written to a cache.
        CacheWriteTokens: int64
        /// Of the output: tokens of reasoning.
        ReasoningTokens: int64
        /// Of the input: tokens of audio.
        AudioInputTokens: int64
        /// Of the output: tokens of audio.
        AudioOutputTokens: int64
    }

/// Functions on <see cref="T:Llm.Core.Usage"/>.
[<RequireQualifiedAccess>]
module Usage =
    /// Nothing used.
    let zero =
        {
            InputTokens = 0L
            OutputTokens = 0L
            CacheReadTokens = 0L
            CacheWriteTokens = 0L
            ReasoningTokens = 0L
            AudioInputTokens = 0L
            AudioOutputTokens = 0L
        }

    /// <summary>Input and output together.</summary>
    /// <example><c>Usage.total { Usage.zero with InputTokens = 2L; OutputTokens = 3L }</c> evaluates to <c>5L</c>.</example>
    let total (usage: Usage) = usage.InputTokens + usage.OutputTokens

    /// <summary>The usage of two calls together, or of two increments of one stream.</summary>
    let add (first: Usage) (second: Usage) : Usage =
        {
            InputTokens = first.InputTokens + second.InputTokens
            OutputTokens = first.OutputTokens + second.OutputTokens
            CacheReadTokens = first.CacheReadTokens + second.CacheReadTokens
            CacheWriteTokens = first.CacheWriteTokens + second.CacheWriteTokens
            ReasoningTokens = first.ReasoningTokens + second.ReasoningTokens
            AudioInputTokens = first.AudioInputTokens + second.AudioInputTokens
            AudioOutputTokens = first.AudioOutputTokens + second.AudioOutputTokens
        }
