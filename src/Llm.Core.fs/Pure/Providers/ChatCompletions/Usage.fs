// The token counters of chat completions, as vendors name them, kept apart until all have come. Called by the decoder.
namespace Llm.Core

open System
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
    let rec private first (names: string list) (element: JsonElement) : int64 voption =
        match names with
        | [] -> ValueNone
        | name :: others ->
            match Dom.int64 name element with
            | ValueNone -> first others element
            | found -> found

    // Lists that would be made anew for each answer.
    let private cacheHits = [ "cached_tokens"; "prompt_cache_hit_tokens"; "num_cached_tokens" ]

    /// The counters of a usage object.
    let ofElement (usage: JsonElement) : ChatUsage =
        let top (name: string) = Dom.int64 name usage
        let within (details: JsonElement voption) (name: string) = details |> ValueOption.bind (Dom.int64 name)
        let prompt = Dom.property "prompt_tokens_details" usage
        let completion = Dom.property "completion_tokens_details" usage

        {
            Prompt = top "prompt_tokens"
            Completion = top "completion_tokens"
            Total = top "total_tokens"
            CacheRead = within prompt "cached_tokens" |> ValueOption.orElseWith (fun () -> first cacheHits usage)
            CacheWrite = within prompt "cache_write_tokens"
            Reasoning = within completion "reasoning_tokens" |> ValueOption.orElseWith (fun () -> top "reasoning_tokens")
            AudioInput = within prompt "audio_tokens" |> ValueOption.orElseWith (fun () -> top "audio_prompt_tokens")
            AudioOutput = within completion "audio_tokens"
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

    /// As `merge`, of counters that were read from bytes. Mostly all come at once.
    let mergeCounts (earlier: ChatUsage) (later: inref<TokenCounts>) : ChatUsage =
        if TokenCounts.isAny &later then
            let sent =
                {
                    Prompt = later.Input
                    Completion = later.Output
                    Total = later.Total
                    CacheRead = later.CacheRead
                    CacheWrite = later.CacheWrite
                    Reasoning = later.Reasoning
                    AudioInput = later.AudioInput
                    AudioOutput = later.AudioOutput
                }

            if Object.ReferenceEquals(earlier, none) then sent else merge earlier sent
        else
            earlier

    /// The usage, once input or output has been counted.
    let toUsage (counters: ChatUsage) : Usage voption =
        if counters.Prompt.IsNone && counters.Completion.IsNone then
            ValueNone
        else
            let counts =
                { TokenCounts.none with
                    Input = counters.Prompt
                    Output = counters.Completion
                    Total = counters.Total
                    CacheRead = counters.CacheRead
                    CacheWrite = counters.CacheWrite
                    Reasoning = counters.Reasoning
                    AudioInput = counters.AudioInput
                    AudioOutput = counters.AudioOutput
                }

            ValueSome(TokenCounts.toUsage &counts)
