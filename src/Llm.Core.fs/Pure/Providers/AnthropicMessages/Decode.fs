// Reads answers in Anthropic's messages format: the events of a stream and whole messages, through the same functions.
// Called by the codec. The proof of completeness is `message_stop`; counters of usage are cumulative, so the last value of each counts.
namespace Llm.Core

open System
open System.Text.Json

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
[<NoComparison; NoEquality>]
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
module internal AnthropicDecode =
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

    let private withReason (holder: JsonElement) (state: AnthropicState) : AnthropicState =
        match Dom.string "stop_reason" holder with
        | ValueSome word -> { state with Reason = FinishReason.merge state.Reason (finishReason word) }
        | ValueNone -> state

    /// The reason comes an event before the proof: a stream that is cut between them has said it.
    let private saidReason (delta: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let next = withReason delta state

        match next.Reason with
        | Some reason when next.Reason <> state.Reason -> struct ([ Chunk.Finishing reason ], next)
        | _ -> struct ([], next)

    let private overlay (usage: JsonElement) (counters: AnthropicCounters) : AnthropicCounters =
        let latest name (before: int64 voption) = Dom.int64 name usage |> ValueOption.orElse before

        let thinking =
            Dom.property "output_tokens_details" usage
            |> ValueOption.bind (Dom.int64 "thinking_tokens")
            |> ValueOption.orElse counters.Thinking

        {
            Input = latest "input_tokens" counters.Input
            Output = latest "output_tokens" counters.Output
            CacheRead = latest "cache_read_input_tokens" counters.CacheRead
            CacheWrite = latest "cache_creation_input_tokens" counters.CacheWrite
            Thinking = thinking
        }

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

    let private used (counters: AnthropicCounters) : Usage =
        usageOf counters.Input counters.Output counters.CacheRead counters.CacheWrite counters.Thinking

    let private withUsage (holder: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        match Dom.property "usage" holder with
        | ValueSome usage when Dom.isObject usage ->
            let counters = overlay usage state.Counters

            if counters = noCounters then
                struct ([], state)
            else
                struct ([ Chunk.Usage(UsageUpdate.Snapshot(used counters)) ], { state with Counters = counters })
        | _ -> struct ([], state)

    let private withMeta (message: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        match Dom.nonEmpty "id" message |> ValueOption.toOption, Dom.nonEmpty "model" message |> ValueOption.toOption with
        | None, None -> struct ([], state)
        | id, model -> struct ([ Chunk.Meta(id, model) ], { state with Answer = Option.orElse state.Answer id })

    let private withBlocks (state: AnthropicState) (struct (chunks: Chunk list, blocks)) : struct (Chunk list * AnthropicState) =
        if Object.ReferenceEquals(blocks, state.Blocks) then
            struct (chunks, state)
        else
            struct (chunks, { state with Blocks = blocks })

    let private ending (block: AnthropicGrowing) : BlockEnd =
        struct (AnthropicGrowing.finish block, block.Part, AnthropicGrowing.native block)

    let private closeBlock (index: int) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.close ending index state.Blocks |> withBlocks state

    let private openBlock (index: int) (block: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.start ending (fun part -> AnthropicGrowing.start state.Answer part block) index state.Blocks
        |> withBlocks state

    let private growBlock (index: int) (delta: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.grow (AnthropicGrowing.delta delta) index state.Blocks |> withBlocks state

    /// The proof of completeness, after all that it proves.
    let private complete (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        OpenBlocks.complete ending state.Blocks
        |> withBlocks state
        |> OpenBlocks.andThen (fun state -> struct ([ Chunk.Finish state.Reason ], { state with IsDone = true }))

    /// A block of a whole message; its own form is what came, save an id that had to be made.
    let private wholeBlock (state: AnthropicState) (index: int, block: JsonElement) : struct (Chunk list * AnthropicState) =
        let struct (chunks, closed) = openBlock index block state |> OpenBlocks.andThen (closeBlock index)

        if AnthropicGrowing.hasOurId block then
            struct (chunks, closed)
        else
            struct (chunks, { closed with Blocks = OpenBlocks.keep index [ NativeFragment.Sent(Dom.raw block) ] closed.Blocks })

    let private wholeMessage (message: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let blocks = Dom.items "content" message |> List.filter Dom.isObject |> List.indexed

        let readBlocks state =
            let reversed, decoded =
                blocks
                |> List.fold
                    (fun (chunks, state) block ->
                        let struct (more, next) = wholeBlock state block
                        more :: chunks, next)
                    ([], state)

            struct (reversed |> List.rev |> List.concat, withReason message decoded)

        withMeta message state
        |> OpenBlocks.andThen readBlocks
        |> OpenBlocks.andThen (withUsage message)
        |> OpenBlocks.andThen complete

    let private indexed (event: JsonElement) read state : struct (Chunk list * AnthropicState) =
        match Dom.int "index" event with
        | ValueSome index -> read index state
        | ValueNone -> struct ([], state)

    let private inner (name: string) (event: JsonElement) read state : struct (Chunk list * AnthropicState) =
        match Dom.property name event with
        | ValueSome value when Dom.isObject value -> read value state
        | _ -> struct ([], state)

    /// Whether an object with a 200 is an error: by its type, or because it says nothing but an error.
    let private isError (eventName: string) (root: JsonElement) : bool =
        match Dom.nonEmpty "type" root with
        | ValueSome kind -> kind = "error"
        | ValueNone -> Dom.has "error" root || eventName = "error"

    let private onEvent (event: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        match Dom.string "type" event with
        | ValueSome "message_start" ->
            state
            |> inner "message" event (fun message state ->
                withMeta message (withReason message state) |> OpenBlocks.andThen (withUsage message))
        | ValueSome "content_block_start" -> state |> indexed event (fun index -> inner "content_block" event (openBlock index))
        | ValueSome "content_block_delta" -> state |> indexed event (fun index -> inner "delta" event (growBlock index))
        | ValueSome "content_block_stop" -> state |> indexed event closeBlock
        | ValueSome "message_delta" -> state |> inner "delta" event saidReason |> OpenBlocks.andThen (withUsage event)
        | ValueSome "message_stop" -> complete state
        // A server that does not stream answers with the message.
        | ValueSome "message" -> wholeMessage event state
        | _ -> struct ([], state)

    /// Reads any event, by way of a document.
    let careful (state: AnthropicState) (event: WireEvent) : Result<struct (Chunks * AnthropicState), LlmError> =
        let read root =
            if isError event.Name root then
                Error(ErrorBody.ofElement state.Provider root)
            else
                let struct (chunks, next) = onEvent root state
                Ok(struct (Chunks.ofList chunks, next))

        if state.IsDone then
            Ok(struct (Chunks.empty, state))
        else
            match Dom.parse event.Data read with
            | Ok result -> result
            | Error message -> Error(ErrorBody.invalid state.Provider message event.Data)

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        let isMessage root = Dom.string "type" root = ValueSome "message" || not (List.isEmpty (Dom.items "content" root))

        let read root =
            if isError "" root then
                Error(ErrorBody.ofElement provider root)
            elif isMessage root then
                let struct (chunks, _) = wholeMessage root (initial provider)
                Ok chunks
            else
                Error(ErrorBody.invalid provider "neither a message nor an error" body)

        match Dom.parse body read with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid provider message body)
