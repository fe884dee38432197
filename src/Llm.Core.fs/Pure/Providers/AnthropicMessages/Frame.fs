// What a decoder of Anthropic's messages knows, and what the events that frame an answer's blocks do to it: who gives it, what it used, how
// its blocks open and close, how it ended. Called by the readers of events, which differ only in how they come by what these steps are given.
// The proof of completeness is `message_stop`; counters of usage are cumulative, so the last value of each counts.
namespace Llm.Core

open System

/// The provider's counters, each with its last value.
type internal AnthropicCounters =
    {
        Input: int64 voption
        Output: int64 voption
        CacheRead: int64 voption
        CacheWrite: int64 voption
        Thinking: int64 voption
    }

/// What a decoder knows between two events.
[<NoComparison>]
type internal AnthropicState =
    {
        Provider: string
        /// The answer's id.
        Answer: string option
        Blocks: OpenBlocks<AnthropicGrowing>
        Counters: AnthropicCounters
        Reason: FinishReason option
        IsDone: bool
    }

[<RequireQualifiedAccess>]
module internal AnthropicFrame =
    let noCounters =
        {
            Input = ValueNone
            Output = ValueNone
            CacheRead = ValueNone
            CacheWrite = ValueNone
            Thinking = ValueNone
        }

    /// Before the first event.
    let initial (provider: string) : AnthropicState =
        {
            Provider = provider
            Answer = None
            Blocks = OpenBlocks.empty
            Counters = noCounters
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

    /// The word for the end; empty where none came.
    let reason (word: string) (state: AnthropicState) : AnthropicState =
        match finishReason word with
        | None -> state
        | said -> { state with Reason = FinishReason.merge state.Reason said }

    /// The reason comes an event before the proof: a stream that is cut between them has said it.
    let saidReason (word: string) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let next = reason word state

        match next.Reason with
        | Some reason when next.Reason <> state.Reason -> struct ([ Chunk.Finishing reason ], next)
        | _ -> struct ([], next)

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

    /// The counters of an object that is a usage, over those before.
    let used (latest: AnthropicCounters) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let before = state.Counters
        let over (before: int64 voption) (now: int64 voption) = ValueOption.orElse before now

        let counters =
            {
                Input = over before.Input latest.Input
                Output = over before.Output latest.Output
                CacheRead = over before.CacheRead latest.CacheRead
                CacheWrite = over before.CacheWrite latest.CacheWrite
                Thinking = over before.Thinking latest.Thinking
            }

        if counters = noCounters then
            struct ([], state)
        else
            let usage = usageOf counters.Input counters.Output counters.CacheRead counters.CacheWrite counters.Thinking
            struct ([ Chunk.Usage(UsageUpdate.Snapshot usage) ], { state with Counters = counters })

    /// The answer's id and the model's name; empty where they did not come.
    let meta (id: string) (model: string) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let nonEmpty (text: string) = if text = "" then None else Some text

        match nonEmpty id, nonEmpty model with
        | None, None -> struct ([], state)
        | id, model -> struct ([ Chunk.Meta(id, model) ], { state with Answer = Option.orElse state.Answer id })

    let private withBlocks (state: AnthropicState) (struct (chunks: Chunk list, blocks)) : struct (Chunk list * AnthropicState) =
        if Object.ReferenceEquals(blocks, state.Blocks) then
            struct (chunks, state)
        else
            struct (chunks, { state with Blocks = blocks })

    let private ending (block: AnthropicGrowing) : BlockEnd =
        struct (AnthropicGrowing.finish block, block.Part, AnthropicGrowing.native block)

    let closeBlock (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.close ending index state.Blocks |> withBlocks state

    /// Opens the block that begins as a part.
    let openBlock begins (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.start ending begins index state.Blocks |> withBlocks state

    /// What a delta does to the block of its index, if that is open.
    let growBlock delta (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.grow delta index state.Blocks |> withBlocks state

    /// The proof of completeness, after all that it proves.
    let complete (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.complete ending state.Blocks
        |> withBlocks state
        |> OpenBlocks.andThen (fun state -> struct ([ Chunk.Finish state.Reason ], { state with IsDone = true }))
