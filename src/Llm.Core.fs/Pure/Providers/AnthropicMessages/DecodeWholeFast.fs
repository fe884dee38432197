// The hot path of whole messages: blocks of text, thought and tool calls, read from the bytes without a document. It knows only what it
// fully understands; for all else it answers nothing and Decode decides, which says the same (a law holds it to that).
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of a block.
[<Struct; NoComparison; NoEquality>]
type internal AnthropicBlockSight =
    {
        /// The names that came, as bits.
        mutable Names: int
        mutable Type: string
        mutable Text: string
        mutable Thought: string
        mutable Call: string
        mutable Name: string
        /// The input of a tool call; empty where it has none.
        mutable Input: string
    }

[<RequireQualifiedAccess>]
module internal AnthropicDecodeWholeFast =
    /// An object; an empty one is no input.
    let private readInput (reader: byref<Utf8JsonReader>) (sight: inref<WholeSight>) (block: byref<AnthropicBlockSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader
        let start = int reader.TokenStartIndex
        let mutable isEmpty = true

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            isEmpty <- false
            understood <- FastReader.pass null &reader

        if understood && not isEmpty then block.Input <- WholeSight.textFrom start &reader &sight

        understood && reader.TokenType = JsonTokenType.EndObject

    /// The block as a part; not where it is of another type, or a call without an id.
    let private say (block: inref<AnthropicBlockSight>) (sight: byref<WholeSight>) : bool =
        match block.Type with
        | "text" ->
            WholeSight.sayText block.Text &sight
            true
        | "thinking" ->
            WholeSight.sayThought block.Thought &sight
            true
        | "tool_use" ->
            WholeSight.sayCall block.Call block.Name block.Input &sight
            block.Call <> ""
        | _ -> false

    let private readBlock (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let start = int reader.TokenStartIndex
        let mutable understood = true
        let mutable block = { Names = 0; Type = ""; Text = ""; Thought = ""; Call = ""; Name = ""; Input = "" }

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.kind &reader then
                    FastReader.once &block.Names 1 && FastReader.readWord AnthropicName.blocks &reader &block.Type
                elif FastReader.isAt AnthropicName.text &reader then
                    FastReader.once &block.Names 2 && FastReader.readTextOrNull &reader &block.Text
                elif FastReader.isAt AnthropicName.thinking &reader then
                    FastReader.once &block.Names 4 && FastReader.readTextOrNull &reader &block.Thought
                elif FastReader.isAt AnthropicName.id &reader then
                    FastReader.once &block.Names 8 && FastReader.readTextOrNull &reader &block.Call
                elif FastReader.isAt AnthropicName.name &reader then
                    FastReader.once &block.Names 16 && FastReader.readTextOrNull &reader &block.Name
                elif FastReader.isAt AnthropicName.input &reader then
                    FastReader.once &block.Names 32 && readInput &reader &sight &block
                else
                    FastReader.pass null &reader

        WholeSight.keep start &reader &sight
        understood && reader.TokenType = JsonTokenType.EndObject && say &block &sight

    let private readContent (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartArray &reader

        while understood && FastReader.next JsonTokenType.StartObject &reader do
            understood <- readBlock &reader &sight

        understood && reader.TokenType = JsonTokenType.EndArray

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (reason: byref<string>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader
        let mutable kind = ""

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.kind &reader then
                    FastReader.once &sight.Names 1 && FastReader.readWord AnthropicName.kinds &reader &kind
                elif FastReader.isAt AnthropicName.id &reader then
                    FastReader.once &sight.Names 2 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt AnthropicName.model &reader then
                    FastReader.once &sight.Names 4 && FastReader.readName &reader &sight.Model
                elif FastReader.isAt AnthropicName.content &reader then
                    FastReader.once &sight.Names 8 && readContent &reader &sight
                elif FastReader.isAt AnthropicName.stopReason &reader then
                    FastReader.once &sight.Names 16 && FastReader.readWord AnthropicName.reasons &reader &reason
                elif FastReader.isAt AnthropicName.usage &reader then
                    FastReader.once &sight.Names 32 && TokenCounts.read AnthropicName.counters &reader &sight.Counts
                else
                    FastReader.pass null &reader

        understood && kind = "message" && FastReader.isWhole &reader

    let private usageOf (counts: inref<TokenCounts>) : Usage option =
        if TokenCounts.isAny &counts then
            AnthropicFrame.usageOf counts.Input counts.Output counts.CacheRead counts.CacheWrite counts.Reasoning |> Some
        else
            None

    /// The reply of a whole answer; ValueNone where there is more in it than is certain. It refers to the body, which must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Reply voption =
        try
            let mutable reader = Utf8JsonReader body.Span
            let mutable sight = WholeSight.start body
            let mutable reason = ""

            if readRoot &reader &sight &reason then
                ValueSome(WholeSight.toReply false (AnthropicFrame.finishReason reason) (usageOf &sight.Counts) &sight)
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
