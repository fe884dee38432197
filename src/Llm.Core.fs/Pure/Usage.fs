// What a call used, in tokens, meaning the same for every provider.
namespace Llm.Core

open System

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

    /// A provider may say any number: what is more than a count holds is the most that it holds.
    let private plus (first: int64) (second: int64) : int64 =
        let sum = first + second

        if first >= 0L && second >= 0L && sum < 0L then Int64.MaxValue
        elif first < 0L && second < 0L && sum >= 0L then Int64.MinValue
        else sum

    /// <summary>Input and output together; the largest number there is, where they are more.</summary>
    /// <example><c>Usage.total { Usage.zero with InputTokens = 2L; OutputTokens = 3L }</c> evaluates to <c>5L</c>.</example>
    let total (usage: Usage) : int64 = plus usage.InputTokens usage.OutputTokens

    /// <summary>The usage of two calls together, or of two increments of one stream. No count goes past the largest number there is.</summary>
    let add (first: Usage) (second: Usage) : Usage =
        {
            InputTokens = plus first.InputTokens second.InputTokens
            OutputTokens = plus first.OutputTokens second.OutputTokens
            CacheReadTokens = plus first.CacheReadTokens second.CacheReadTokens
            CacheWriteTokens = plus first.CacheWriteTokens second.CacheWriteTokens
            ReasoningTokens = plus first.ReasoningTokens second.ReasoningTokens
            AudioInputTokens = plus first.AudioInputTokens second.AudioInputTokens
            AudioOutputTokens = plus first.AudioOutputTokens second.AudioOutputTokens
        }
