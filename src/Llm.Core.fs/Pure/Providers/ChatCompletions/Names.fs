// The names of chat completions that hot paths look for, as bytes: a literal would be a new array at each use.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal ChatName =
    let id = "id"B
    let model = "model"B
    let choices = "choices"B
    let usage = "usage"B
    let error = "error"B
    let groq = "x_groq"B
    let index = "index"B
    let delta = "delta"B
    let message = "message"B
    let finishReason = "finish_reason"B
    let content = "content"B
    let refusal = "refusal"B
    let reasoningContent = "reasoning_content"B
    let reasoning = "reasoning"B
    let reasoningDetails = "reasoning_details"B
    let audio = "audio"B
    let images = "images"B
    let toolCalls = "tool_calls"B
    let functionCall = "function_call"B
    let kind = "type"B
    let called = "function"B
    let arguments = "arguments"B
    let custom = "custom"B
    let name = "name"B

    let reasons = KnownWords.create [ "stop"; "tool_calls"; "length" ]

    /// Members of a message that say more.
    let more = [| "audio"B; "images"B; "function_call"B |]

    let counters =
        UsageNames.create
            [
                "prompt_tokens", UsageCounter.Input
                "completion_tokens", UsageCounter.Output
                "total_tokens", UsageCounter.Total
                "cached_tokens", UsageCounter.CacheReadElsewhere
                "prompt_cache_hit_tokens", UsageCounter.CacheReadElsewhere
                "num_cached_tokens", UsageCounter.CacheReadElsewhere
                "reasoning_tokens", UsageCounter.ReasoningElsewhere
                "audio_prompt_tokens", UsageCounter.AudioInputElsewhere
            ]
            [
                "prompt_tokens_details",
                [
                    "cached_tokens", UsageCounter.CacheRead
                    "cache_write_tokens", UsageCounter.CacheWrite
                    "audio_tokens", UsageCounter.AudioInput
                ]
                "completion_tokens_details", [ "reasoning_tokens", UsageCounter.Reasoning; "audio_tokens", UsageCounter.AudioOutput ]
            ]
            []

    /// Members of a delta that say more than text.
    let beyondText = [| refusal; reasoningContent; reasoning; reasoningDetails; toolCalls; yield! more |]
