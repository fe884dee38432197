// Reads answers in Anthropic's messages format: the events of a stream and whole messages, through the same functions.
// Called by the codec. What an event does to what is known of the answer is said in Frame.fs.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal AnthropicDecode =
    let private reasonOf (holder: JsonElement) : string = Dom.string "stop_reason" holder |> ValueOption.defaultValue ""

    let private countersOf (usage: JsonElement) : TokenCounts =
        { TokenCounts.none with
            Input = Dom.int64 "input_tokens" usage
            Output = Dom.int64 "output_tokens" usage
            CacheRead = Dom.int64 "cache_read_input_tokens" usage
            CacheWrite = Dom.int64 "cache_creation_input_tokens" usage
            Reasoning = Dom.property "output_tokens_details" usage |> ValueOption.bind (Dom.int64 "thinking_tokens")
        }

    let private usageIn (holder: JsonElement) : JsonElement voption =
        match Dom.property "usage" holder with
        | ValueSome usage when Dom.isObject usage -> ValueSome usage
        | _ -> ValueNone

    let private ending (word: string) (holder: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        let usage = usageIn holder
        let counts = usage |> ValueOption.map countersOf |> ValueOption.defaultValue TokenCounts.none
        AnthropicFrame.ending word usage.IsSome &counts state

    let private started (message: JsonElement) (word: string) (usage: JsonElement voption) (state: AnthropicState) =
        let text (name: string) = Dom.string name message |> ValueOption.defaultValue ""
        let counts = usage |> ValueOption.map countersOf |> ValueOption.defaultValue TokenCounts.none
        AnthropicFrame.started (text "id") (text "model") word usage.IsSome &counts state

    let private openBlock (index: int) (block: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        AnthropicFrame.openBlock (fun part -> AnthropicGrowing.start state.Answer part block) index state

    let private growBlock (index: int) (delta: JsonElement) (state: AnthropicState) : struct (Chunk list * AnthropicState) =
        AnthropicFrame.growBlock (AnthropicGrowing.delta delta) index state

    /// A block of a whole message; its own form is what came, save an id that had to be made.
    let private wholeBlock (state: AnthropicState) (index: int, block: JsonElement) : struct (Chunk list * AnthropicState) =
        let struct (chunks, closed) = openBlock index block state |> OpenBlocks.andThen (AnthropicFrame.closeBlock index)

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

            struct (reversed |> List.rev |> List.concat, decoded)

        started message (reasonOf message) ValueNone state
        |> OpenBlocks.andThen readBlocks
        |> OpenBlocks.andThen (ending "" message)
        |> OpenBlocks.andThen AnthropicFrame.complete

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
        | ValueSome "message_start" -> state |> inner "message" event (fun message -> started message (reasonOf message) (usageIn message))
        | ValueSome "content_block_start" -> state |> indexed event (fun index -> inner "content_block" event (openBlock index))
        | ValueSome "content_block_delta" -> state |> indexed event (fun index -> inner "delta" event (growBlock index))
        | ValueSome "content_block_stop" -> state |> indexed event AnthropicFrame.closeBlock
        | ValueSome "message_delta" ->
            let word =
                match Dom.property "delta" event with
                | ValueSome delta when Dom.isObject delta -> reasonOf delta
                | _ -> ""

            ending word event state
        | ValueSome "message_stop" -> AnthropicFrame.complete state
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
        let isMessage root = Dom.says "type" "message" root || not (List.isEmpty (Dom.items "content" root))

        let read root =
            if isError "" root then
                Error(ErrorBody.ofElement provider root)
            elif isMessage root then
                let struct (chunks, _) = wholeMessage root (AnthropicFrame.initial provider)
                Ok chunks
            else
                Error(ErrorBody.invalid provider "neither a message nor an error" body)

        match Dom.parse body read with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid provider message body)
