// The token counters of chat completions, as vendors name them, kept apart until all have come. Called by the decoder.
namespace Llm.Core

open System.Text.Json

/// The counters as they came: what was not sent is ValueNone.
type internal ChatUsage =
    {
        Prompt: int64 voption
        Completion: int64 voption
        Total: int64 voption
        CacheRead: int64 voption
        CacheWrite: int64 voption
        Reasoning: int64 voption
        AudioInput: int64 voption
        AudioOutput: int64 voption
    }

[<RequireQualifiedAccess>]
module internal ChatUsage =
    let none: ChatUsage =
        {
            Prompt = ValueNone
            Completion = ValueNone
            Total = ValueNone
            CacheRead = ValueNone
            CacheWrite = ValueNone
            Reasoning = ValueNone
            AudioInput = ValueNone
            AudioOutput = ValueNone
        }

    /// The first count of these names within an object.
    let private first (names: string list) (element: JsonElement) : int64 voption =
        names |> List.tryPick (fun name -> Dom.int64 name element |> ValueOption.toOption) |> ValueOption.ofOption

    let private within (details: string) (names: string list) (element: JsonElement) =
        Dom.property details element |> ValueOption.bind (first names)

    /// The counters of a usage object.
    let ofElement (usage: JsonElement) : ChatUsage =
        let prompt names = within "prompt_tokens_details" names usage
        let completion names = within "completion_tokens_details" names usage
        let top names = first names usage

        {
            Prompt = top [ "prompt_tokens" ]
            Completion = top [ "completion_tokens" ]
            Total = top [ "total_tokens" ]
            CacheRead =
                prompt [ "cached_tokens" ]
                |> ValueOption.orElse (top [ "cached_tokens"; "prompt_cache_hit_tokens"; "num_cached_tokens" ])
            CacheWrite = prompt [ "cache_write_tokens" ]
            Reasoning = completion [ "reasoning_tokens" ] |> ValueOption.orElse (top [ "reasoning_tokens" ])
            AudioInput = prompt [ "audio_tokens" ] |> ValueOption.orElse (top [ "audio_prompt_tokens" ])
            AudioOutput = completion [ "audio_tokens" ]
        }

    /// The later counters over the earlier, key by key.
    let merge (earlier: ChatUsage) (later: ChatUsage) : ChatUsage =
        let over before now = now |> ValueOption.orElse before

        {
            Prompt = over earlier.Prompt later.Prompt
            Completion = over earlier.Completion later.Completion
            Total = over earlier.Total later.Total
            CacheRead = over earlier.CacheRead later.CacheRead
            CacheWrite = over earlier.CacheWrite later.CacheWrite
            Reasoning = over earlier.Reasoning later.Reasoning
            AudioInput = over earlier.AudioInput later.AudioInput
            AudioOutput = over earlier.AudioOutput later.AudioOutput
        }

    /// The usage, once input or output has been counted. Where the total is larger by exactly the reasoning, the vendor's
    /// completion count leaves reasoning out, and it is added.
    let toUsage (counters: ChatUsage) : Usage voption =
        let count (counter: int64 voption) = counter |> ValueOption.defaultValue 0L

        match counters.Prompt, counters.Completion with
        | ValueNone, ValueNone -> ValueNone
        | prompt, completion ->
            let input = count prompt
            let output = count completion
            let reasoning = count counters.Reasoning

            // Decimals, because counts may be as large as Int64 and a sum must not wrap.
            let isLeftOut =
                reasoning > 0L
                && counters.Total |> ValueOption.exists (fun total -> decimal total = decimal input + decimal output + decimal reasoning)

            ValueSome
                {
                    InputTokens = input
                    OutputTokens = if isLeftOut then output + reasoning else output
                    CacheReadTokens = count counters.CacheRead
                    CacheWriteTokens = count counters.CacheWrite
                    ReasoningTokens = reasoning
                    AudioInputTokens = count counters.AudioInput
                    AudioOutputTokens = count counters.AudioOutput
                }
