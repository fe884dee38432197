// The names of the Responses format that the readers of framing events and of whole answers look for, as bytes: a literal would be a new
// array at each use.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal ResponsesName =
    let kind = "type"B
    let id = "id"B
    let model = "model"B
    let status = "status"B
    let output = "output"B
    let usage = "usage"B
    let error = "error"B
    let incomplete = "incomplete_details"B
    let reason = "reason"B
    let content = "content"B
    let summary = "summary"B
    let text = "text"B
    let call = "call_id"B
    let name = "name"B
    let arguments = "arguments"B
    let response = "response"B
    let item = "item"B
    let part = "part"B
    let outputIndex = "output_index"B
    let contentIndex = "content_index"B
    let summaryIndex = "summary_index"B
    let delta = "delta"B

    let statuses = KnownWords.create [ "completed"; "incomplete" ]
    let endings = KnownWords.create [ "completed"; "incomplete"; "failed"; "in_progress" ]
    let items = KnownWords.create [ "message"; "reasoning"; "function_call" ]
    let parts = KnownWords.create [ "output_text"; "text"; "reasoning_text"; "summary_text" ]

    let counters =
        UsageNames.create
            [
                "input_tokens", UsageCounter.Input
                "output_tokens", UsageCounter.Output
                "total_tokens", UsageCounter.Total
                "cached_tokens", UsageCounter.CacheReadElsewhere
                "reasoning_tokens", UsageCounter.ReasoningElsewhere
            ]
            [
                "input_tokens_details",
                [
                    "cached_tokens", UsageCounter.CacheRead
                    "cache_write_tokens", UsageCounter.CacheWrite
                    "audio_tokens", UsageCounter.AudioInput
                ]
                "output_tokens_details", [ "reasoning_tokens", UsageCounter.Reasoning; "audio_tokens", UsageCounter.AudioOutput ]
            ]
            []
