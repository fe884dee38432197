// The counters of Gemini's usageMetadata: each key's last value counts, and what was never said stays unsaid.
// Read by both paths of the decoder.
namespace Llm.Core

open System.Text.Json

/// Counters as they stand; -1 for what has not been said.
[<Struct>]
type internal GeminiCounts =
    {
        Prompt: int64
        ToolUsePrompt: int64
        Candidates: int64
        Thoughts: int64
        Cached: int64
        AudioInput: int64
        AudioOutput: int64
    }

[<RequireQualifiedAccess>]
module internal GeminiCounts =
    let none =
        {
            Prompt = -1L
            ToolUsePrompt = -1L
            Candidates = -1L
            Thoughts = -1L
            Cached = -1L
            AudioInput = 0L
            AudioOutput = 0L
        }

    // The counters that templates know by number: each of them alone is enough to say usage, and each may grow from delta to delta.
    [<Literal>]
    let Prompt = 0

    [<Literal>]
    let ToolUse = 1

    [<Literal>]
    let Output = 2

    [<Literal>]
    let Reasoning = 3

    /// What only the reader reads.
    [<Literal>]
    let Unnoted = -1

    /// The value of a counter.
    let count (counter: int) (counts: GeminiCounts) : int64 =
        match counter with
        | Prompt -> counts.Prompt
        | ToolUse -> counts.ToolUsePrompt
        | Output -> counts.Candidates
        | _ -> counts.Thoughts

    /// The counters with another value of one.
    let withCount (counter: int) (value: int64) (counts: GeminiCounts) : GeminiCounts =
        match counter with
        | Prompt -> { counts with Prompt = value }
        | ToolUse -> { counts with ToolUsePrompt = value }
        | Output -> { counts with Candidates = value }
        | _ -> { counts with Thoughts = value }

    let private said (count: int64) = max 0L count

    /// Whether any tokens were counted.
    let isAny (counts: GeminiCounts) : bool =
        counts.Prompt >= 0L || counts.ToolUsePrompt >= 0L || counts.Candidates >= 0L || counts.Thoughts >= 0L

    /// What the counters say; ValueNone as long as no tokens were counted at all.
    let usage (counts: GeminiCounts) : Usage voption =
        if not (isAny counts) then
            ValueNone
        else
            ValueSome
                { Usage.zero with
                    InputTokens = said counts.Prompt + said counts.ToolUsePrompt
                    OutputTokens = said counts.Candidates + said counts.Thoughts
                    CacheReadTokens = said counts.Cached
                    ReasoningTokens = said counts.Thoughts
                    AudioInputTokens = counts.AudioInput
                    AudioOutputTokens = counts.AudioOutput
                }

    let private isAudio (detail: JsonElement) =
        match Dom.scalar "modality" detail with
        | ValueSome "AUDIO"
        | ValueSome "4" -> true
        | _ -> false

    let private audioOf (name: string) (metadata: JsonElement) (before: int64) : int64 =
        match Dom.property name metadata with
        | ValueSome details when details.ValueKind = JsonValueKind.Array ->
            Dom.asItems details
            |> List.filter isAudio
            |> List.sumBy (fun detail -> Dom.int64 "tokenCount" detail |> ValueOption.defaultValue 0L)
        | _ -> before

    /// The counters after one more usageMetadata.
    let read (metadata: JsonElement) (before: GeminiCounts) : GeminiCounts =
        let count (name: string) (before: int64) =
            match Dom.int64 name metadata with
            | ValueSome count when count >= 0L -> count
            | _ -> before

        {
            Prompt = count "promptTokenCount" before.Prompt
            ToolUsePrompt = count "toolUsePromptTokenCount" before.ToolUsePrompt
            Candidates = count "candidatesTokenCount" before.Candidates
            Thoughts = count "thoughtsTokenCount" before.Thoughts
            Cached = count "cachedContentTokenCount" before.Cached
            AudioInput = audioOf "promptTokensDetails" metadata before.AudioInput
            AudioOutput = audioOf "candidatesTokensDetails" metadata before.AudioOutput
        }
