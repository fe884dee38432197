// What a decoder of Anthropic's messages knows, and what the events that frame an answer's blocks do to it: who gives it, what it used, how
// its blocks open and close, how it ended. Called by the readers of events, which differ only in how they come by what these steps are given.
// The proof of completeness is `message_stop`; counters of usage are cumulative, so the last value of each counts.
namespace Llm.Core

open System

/// What a decoder knows between two events.
[<NoComparison>]
type internal AnthropicState =
    {
        Provider: string
        /// The answer's id.
        Answer: string option
        Blocks: OpenBlocks<AnthropicGrowing>
        /// What was used, as the counters last said.
        Used: Usage voption
        Reason: FinishReason option
        IsDone: bool
    }

[<RequireQualifiedAccess>]
module internal AnthropicFrame =
    /// Before the first event.
    let initial (provider: string) : AnthropicState =
        {
            Provider = provider
            Answer = None
            Blocks = OpenBlocks.empty
            Used = ValueNone
            Reason = None
            IsDone = false
        }

    let finishReason (word: string) : FinishReason option =
        match word with
        | ""
        | "end_turn"
        | "tool_use"
        | "stop_sequence" -> None
        | "max_tokens" -> Some FinishReason.MaxTokens
        | "refusal" -> Some FinishReason.Refusal
        | "model_context_window_exceeded" -> Some FinishReason.ContextLengthExceeded
        | other -> Some(FinishReason.Other other)

    /// Anthropic counts the tokens that went through the cache beside the input, and thinking within the output.
    let usageOf (input: int64 voption) output (cacheRead: int64 voption) (cacheWrite: int64 voption) thinking : Usage =
        let value counter = ValueOption.defaultValue 0L counter

        { Usage.zero with
            InputTokens = value input + value cacheRead + value cacheWrite
            OutputTokens = value output
            CacheReadTokens = value cacheRead
            CacheWriteTokens = value cacheWrite
            ReasoningTokens = value thinking
        }

    /// What was used, by the counters that an event has, if any, over those before; ValueNone where that says nothing.
    let private usedAfter (isUsed: bool) (counts: inref<TokenCounts>) (state: AnthropicState) : Usage voption =
        if not isUsed || (state.Used.IsNone && not (TokenCounts.isAny &counts)) then
            ValueNone
        else
            let before = ValueOption.defaultValue Usage.zero state.Used
            let over (before: int64) (now: int64 voption) = ValueSome(ValueOption.defaultValue before now)

            ValueSome(
                usageOf
                    (over (before.InputTokens - before.CacheReadTokens - before.CacheWriteTokens) counts.Input)
                    (over before.OutputTokens counts.Output)
                    (over before.CacheReadTokens counts.CacheRead)
                    (over before.CacheWriteTokens counts.CacheWrite)
                    (over before.ReasoningTokens counts.Reasoning)
            )

    let private usageThen (used: Usage voption) (rest: Chunk list) : Chunk list =
        match used with
        | ValueSome usage -> Chunk.Usage(UsageUpdate.Snapshot usage) :: rest
        | ValueNone -> rest

    let private nonEmpty (text: string) : string option = if text = "" then None else Some text

    /// The message begins: the answer's id, the model's name and the word for the end, each empty where it did not come, and the counters
    /// of an object that is a usage, if there is one.
    let started id model word isUsed (counts: inref<TokenCounts>) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let used = usedAfter isUsed &counts state
        let usage = usageThen used []
        let id = nonEmpty id
        let model = nonEmpty model
        let chunks = if id.IsNone && model.IsNone then usage else Chunk.Meta(id, model) :: usage

        struct (chunks,
                { state with
                    Answer = Option.orElse state.Answer id
                    Reason = FinishReason.merge state.Reason (finishReason word)
                    Used = ValueOption.orElse state.Used used
                })

    /// The message is ending: the word for it and the counters, as above. The reason comes an event before the proof: a stream that is cut
    /// between them has said it.
    let ending word isUsed (counts: inref<TokenCounts>) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let used = usedAfter isUsed &counts state
        let usage = usageThen used []
        let reason = FinishReason.merge state.Reason (finishReason word)

        let chunks =
            match reason, state.Reason with
            | Some news, Some known when news.Equals known -> usage
            | Some news, _ -> Chunk.Finishing news :: usage
            | None, _ -> usage

        struct (chunks, { state with Reason = reason; Used = ValueOption.orElse state.Used used })

    let private withBlocks (state: AnthropicState) (struct (chunks: Chunk list, blocks)) : struct (Chunk list * AnthropicState) =
        if Object.ReferenceEquals(blocks, state.Blocks) then
            struct (chunks, state)
        else
            struct (chunks, { state with Blocks = blocks })

    let private endOf (block: AnthropicGrowing) : BlockEnd =
        struct (AnthropicGrowing.finish block, block.Part, AnthropicGrowing.native block)

    let closeBlock (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.close endOf index state.Blocks |> withBlocks state

    /// Opens the block that begins as a part.
    let openBlock begins (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.start endOf begins index state.Blocks |> withBlocks state

    /// What a delta does to the block of its index, if that is open.
    let growBlock delta (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.grow delta index state.Blocks |> withBlocks state

    /// The proof of completeness, after all that it proves.
    let complete (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let struct (chunks, blocks) = OpenBlocks.complete endOf [ Chunk.Finish state.Reason ] state.Blocks
        struct (chunks, { state with Blocks = blocks; IsDone = true })
