// Reads answers of Converse by way of a document: events of a stream and whole messages, through the same functions.
// Called by the codec. The proof of completeness is `messageStop`; usage comes after it, in `metadata`.
namespace Llm.Core

open System
open System.Text.Json

/// The provider's counters, each with its last value.
type internal ConverseCounters =
    { Input: int64 voption; Output: int64 voption; CacheRead: int64 voption; CacheWrite: int64 voption }

/// What a decoder knows between two events.
[<NoComparison; NoEquality>]
type internal ConverseState =
    {
        Provider: string
        Blocks: OpenBlocks<ConverseGrowing>
        Counters: ConverseCounters
        /// The proof has come.
        IsFinished: bool
        /// Nothing that follows counts.
        IsDone: bool
    }

[<RequireQualifiedAccess>]
module internal ConverseDecode =
    let private noCounters = { Input = ValueNone; Output = ValueNone; CacheRead = ValueNone; CacheWrite = ValueNone }

    /// Before the first event.
    let initial (provider: string) : ConverseState =
        {
            Provider = provider
            Blocks = OpenBlocks.empty
            Counters = noCounters
            IsFinished = false
            IsDone = false
        }

    let private finishReason (word: string) : FinishReason option =
        match word with
        | ""
        | "end_turn"
        | "tool_use"
        | "stop_sequence" -> None
        | "max_tokens" -> Some FinishReason.MaxTokens
        | "guardrail_intervened"
        | "content_filtered"
        | "refusal" -> Some FinishReason.Refusal
        | "model_context_window_exceeded" -> Some FinishReason.ContextLengthExceeded
        | other -> Some(FinishReason.Other other)

    let private overlay (usage: JsonElement) (counters: ConverseCounters) : ConverseCounters =
        let latest names (before: int64 voption) =
            names
            |> List.tryPick (fun name -> Dom.int64 name usage |> ValueOption.toOption)
            |> ValueOption.ofOption
            |> ValueOption.orElse before

        {
            Input = latest [ "inputTokens" ] counters.Input
            Output = latest [ "outputTokens" ] counters.Output
            CacheRead = latest [ "cacheReadInputTokens"; "cacheReadInputTokenCount" ] counters.CacheRead
            CacheWrite = latest [ "cacheWriteInputTokens"; "cacheWriteInputTokenCount" ] counters.CacheWrite
        }

    /// Converse counts the tokens that went through the cache beside the input.
    let private usageOf (counters: ConverseCounters) : Usage =
        let value counter = ValueOption.defaultValue 0L counter

        { Usage.zero with
            InputTokens = value counters.Input + value counters.CacheRead + value counters.CacheWrite
            OutputTokens = value counters.Output
            CacheReadTokens = value counters.CacheRead
            CacheWriteTokens = value counters.CacheWrite
        }

    let private withUsage (holder: JsonElement) (state: ConverseState) : struct (Chunk list * ConverseState) =
        match Dom.property "usage" holder with
        | ValueSome usage when Dom.isObject usage ->
            let counters = overlay usage state.Counters

            if counters = noCounters then
                struct ([], state)
            else
                struct ([ Chunk.Usage(UsageUpdate.Snapshot(usageOf counters)) ], { state with Counters = counters })
        | _ -> struct ([], state)

    let private withBlocks (state: ConverseState) (struct (chunks: Chunk list, blocks)) : struct (Chunk list * ConverseState) =
        if Object.ReferenceEquals(blocks, state.Blocks) then
            struct (chunks, state)
        else
            struct (chunks, { state with Blocks = blocks })

    let private ending (block: ConverseGrowing) : BlockEnd =
        let struct (chunks, native) = ConverseGrowing.finish block
        struct (chunks, block.Part, native)

    let private closeBlock (index: int) (state: ConverseState) : struct (Chunk list * ConverseState) =
        OpenBlocks.close ending index state.Blocks |> withBlocks state

    let private openBlock (index: int) (begins: int -> struct (Chunk list * ConverseGrowing)) (state: ConverseState) =
        OpenBlocks.start ending begins index state.Blocks |> withBlocks state

    let private addDelta (index: int) (delta: JsonElement) (state: ConverseState) : struct (Chunk list * ConverseState) =
        OpenBlocks.grow (ConverseGrowing.delta delta) index state.Blocks |> withBlocks state

    /// A delta begins a block where there is none that takes it: blocks of text and of reasoning are not announced.
    let private growBlock (index: int) (delta: JsonElement) (state: ConverseState) : struct (Chunk list * ConverseState) =
        match ConverseGrowing.kindOfDelta delta, OpenBlocks.tryFind index state.Blocks with
        | ValueNone, _ -> struct ([], state)
        | ValueSome kind, ValueSome block when ConverseGrowing.takes kind block -> addDelta index delta state
        // The input of a tool that nobody named.
        | ValueSome ConverseKind.ToolCall, _ -> struct ([], state)
        | ValueSome kind, _ ->
            state
            |> openBlock index (fun part -> struct ([], ConverseGrowing.ofDelta part kind))
            |> OpenBlocks.andThen (addDelta index delta)

    /// The proof of completeness, after all that it proves.
    let private complete (stop: JsonElement) (state: ConverseState) : struct (Chunk list * ConverseState) =
        let reason = Dom.string "stopReason" stop |> ValueOption.defaultValue "" |> finishReason

        let struct (chunks, blocks) = OpenBlocks.complete ending [ Chunk.Finish reason ] state.Blocks
        struct (chunks, { state with Blocks = blocks; IsFinished = true })

    let private wholeMessage (answer: JsonElement) (message: JsonElement) (state: ConverseState) =
        let blocks = Dom.items "content" message |> List.filter Dom.isObject |> List.indexed
        let chunks = blocks |> List.collect (fun (part, block) -> ConverseGrowing.whole part block)

        let kept =
            blocks
            |> List.fold (fun all (part, block) -> OpenBlocks.keep part (ConverseGrowing.wholeNative part block) all) state.Blocks

        struct (chunks, { state with Blocks = kept })
        |> OpenBlocks.andThen (withUsage answer)
        |> OpenBlocks.andThen (complete answer)
        |> OpenBlocks.andThen (fun state -> struct ([], { state with IsDone = true }))

    let private messageOf (answer: JsonElement) : JsonElement voption =
        Dom.path [ "output"; "message" ] answer |> ValueOption.filter Dom.isObject

    let private isError (root: JsonElement) : bool =
        [ "message"; "Message"; "error"; "__type" ] |> List.exists (fun name -> Dom.has name root)

    let private indexed (event: JsonElement) (name: string) read (state: ConverseState) : struct (Chunk list * ConverseState) =
        match Dom.int "contentBlockIndex" event, Dom.property name event with
        | ValueSome index, ValueSome value when Dom.isObject value -> read index value state
        | _ -> struct ([], state)

    let private onEvent (name: string) (event: JsonElement) (state: ConverseState) : struct (Chunk list * ConverseState) =
        match name with
        | "metadata" -> withUsage event state |> OpenBlocks.andThen (fun state -> struct ([], { state with IsDone = state.IsFinished }))
        | _ when state.IsFinished -> struct ([], state)
        | "contentBlockStart" ->
            state
            |> indexed event "start" (fun index beginning -> openBlock index (fun part -> ConverseGrowing.start part beginning))
        | "contentBlockDelta" -> state |> indexed event "delta" growBlock
        | "contentBlockStop" ->
            match Dom.int "contentBlockIndex" event with
            | ValueSome index -> closeBlock index state
            | ValueNone -> struct ([], state)
        | "messageStop" -> complete event state
        | _ -> struct ([], state)

    /// A body that is no event stream: a server that does not stream answers whole, or with an error.
    let private onBody (root: JsonElement) (state: ConverseState) : Result<struct (Chunk list * ConverseState), LlmError> =
        match messageOf root with
        | ValueSome message -> Ok(wholeMessage root message state)
        | ValueNone when isError root -> Error(ErrorBody.ofElement state.Provider root)
        | ValueNone -> Ok(struct ([], state))

    /// Reads any event, by way of a document.
    let careful (state: ConverseState) (event: WireEvent) : Result<struct (Chunks * ConverseState), LlmError> =
        let read root =
            let read = if event.Name = "" then onBody root state else Ok(onEvent event.Name root state)
            read |> Result.map (fun (struct (chunks, next)) -> struct (Chunks.ofList chunks, next))

        if state.IsDone then
            Ok(struct (Chunks.empty, state))
        else
            match Dom.parse event.Data read with
            | Ok result -> result
            | Error message -> Error(ErrorBody.invalid state.Provider message event.Data)

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        let read root =
            match messageOf root with
            | ValueSome message ->
                let struct (chunks, _) = wholeMessage root message (initial provider)
                Ok chunks
            | ValueNone when isError root -> Error(ErrorBody.ofElement provider root)
            | ValueNone -> Error(ErrorBody.invalid provider "neither a message nor an error" body)

        match Dom.parse body read with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid provider message body)
