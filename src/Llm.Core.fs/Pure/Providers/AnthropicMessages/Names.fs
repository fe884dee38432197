// The names of Anthropic's messages that hot paths look for, as bytes: a literal would be a new array at each use.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal AnthropicName =
    let kind = "type"B
    let id = "id"B
    let model = "model"B
    let content = "content"B
    let usage = "usage"B
    let stopReason = "stop_reason"B
    let text = "text"B
    let thinking = "thinking"B
    let name = "name"B
    let input = "input"B
    let message = "message"B
    let index = "index"B
    let block = "content_block"B
    let delta = "delta"B
    let partialJson = "partial_json"B

    let blockDelta = "content_block_delta"B
    let textDelta = "text_delta"B
    let thinkingDelta = "thinking_delta"B
    let inputJsonDelta = "input_json_delta"B

    /// The types of the events that frame blocks, and of the one that says nothing.
    let frames =
        KnownWords.create [ "content_block_start"; "content_block_stop"; "message_start"; "message_delta"; "message_stop"; "ping" ]

    let reasons = KnownWords.create [ "end_turn"; "tool_use"; "max_tokens" ]
    let kinds = KnownWords.create [ "message" ]
    let blocks = KnownWords.create [ "text"; "thinking"; "tool_use" ]

    let counters =
        UsageNames.create
            [
                "input_tokens", UsageCounter.Input
                "output_tokens", UsageCounter.Output
                "cache_read_input_tokens", UsageCounter.CacheRead
                "cache_creation_input_tokens", UsageCounter.CacheWrite
            ]
            [ "output_tokens_details", [ "thinking_tokens", UsageCounter.Reasoning ] ]
            []
