// The hot path of whole messages: blocks of text, thought and tool calls, read from the bytes without a document. It knows only what it
// fully understands; for all else it answers nothing and Decode decides, whose chunks are the same (a law holds it to that).
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of a message besides its blocks.
[<Struct; NoComparison; NoEquality>]
type internal AnthropicSight =
    {
        /// The names that were seen and may come once.
        mutable Seen: int
        mutable Kind: string
        mutable Id: string
        mutable Model: string
        mutable Reason: string
        mutable Counters: AnthropicCounters
        /// The chunks of the blocks, and their own forms, the newest first.
        mutable Said: Chunk list
        mutable Native: Chunk list
        mutable Blocks: int
    }

/// What was seen of a block.
[<Struct; NoComparison; NoEquality>]
type internal AnthropicBlockSight =
    {
        mutable Names: int
        mutable Type: string
        mutable Text: string
        mutable Thought: string
        mutable Call: string
        mutable Name: string
        /// Where a tool call's input stands; its end is 0 where it has none.
        mutable Start: int
        mutable End: int
    }

/// Names as bytes: a literal would be a new array at each use.
[<RequireQualifiedAccess>]
module private AnthropicName =
    let kind = "type"B
    let id = "id"B
    let model = "model"B
    let content = "content"B
    let usage = "usage"B
    let stopReason = "stop_reason"B
    let text = "text"B
    let thinking = "thinking"B
    let name = "name"B
    let input = "input"B
    let inputTokens = "input_tokens"B
    let outputTokens = "output_tokens"B
    let cacheRead = "cache_read_input_tokens"B
    let cacheWrite = "cache_creation_input_tokens"B
    let outputDetails = "output_tokens_details"B

[<RequireQualifiedAccess>]
module internal AnthropicDecodeWholeFast =
    let private readUsage (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicSight>) : bool =
        reader.Read()
        && (reader.TokenType = JsonTokenType.Null
            || (reader.TokenType = JsonTokenType.StartObject
                && (let mutable understood = true

                    while understood && FastReader.next JsonTokenType.PropertyName &reader do
                        let counters = sight.Counters
                        let mutable count = ValueNone

                        if FastReader.isAt AnthropicName.inputTokens &reader then
                            understood <- FastReader.once &sight.Seen 256 && FastReader.readCount &reader &count
                            sight.Counters <- { counters with Input = count }
                        elif FastReader.isAt AnthropicName.outputTokens &reader then
                            understood <- FastReader.once &sight.Seen 512 && FastReader.readCount &reader &count
                            sight.Counters <- { counters with Output = count }
                        elif FastReader.isAt AnthropicName.cacheRead &reader then
                            understood <- FastReader.once &sight.Seen 1024 && FastReader.readCount &reader &count
                            sight.Counters <- { counters with CacheRead = count }
                        elif FastReader.isAt AnthropicName.cacheWrite &reader then
                            understood <- FastReader.once &sight.Seen 2048 && FastReader.readCount &reader &count
                            sight.Counters <- { counters with CacheWrite = count }
                        elif FastReader.isAt AnthropicName.outputDetails &reader then
                            understood <- FastReader.next JsonTokenType.Null &reader
                        else
                            understood <- FastReader.pass null &reader

                    understood && reader.TokenType = JsonTokenType.EndObject)))

    /// An object that is not empty, passed over.
    let private readInput (reader: byref<Utf8JsonReader>) (block: byref<AnthropicBlockSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader
        block.Start <- int reader.TokenStartIndex
        let mutable isEmpty = true

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            isEmpty <- false
            understood <- FastReader.pass null &reader

        if not isEmpty then block.End <- int reader.BytesConsumed

        understood && reader.TokenType = JsonTokenType.EndObject

    let private chunksOf (body: ReadOnlyMemory<byte>) (part: int) (block: inref<AnthropicBlockSight>) : Chunk list voption =
        match block.Type with
        | "text" when block.Text = "" -> ValueSome []
        | "text" -> ValueSome [ Chunk.TextStart part; Chunk.TextDelta(part, block.Text); Chunk.TextEnd part ]
        | "thinking" when block.Thought = "" -> ValueSome []
        | "thinking" -> ValueSome [ Chunk.ThoughtStart part; Chunk.ThoughtDelta(part, block.Thought); Chunk.ThoughtEnd part ]
        | "tool_use" when block.Call <> "" && block.End > 0 ->
            let input = Text.Encoding.UTF8.GetString(body.Span.Slice(block.Start, block.End - block.Start))

            ValueSome [ Chunk.ToolCallStart(part, block.Call, block.Name); Chunk.ToolCallDelta(part, input); Chunk.ToolCallEnd part ]
        | "tool_use" when block.Call <> "" -> ValueSome [ Chunk.ToolCallStart(part, block.Call, block.Name); Chunk.ToolCallEnd part ]
        | _ -> ValueNone

    let private readBlock (body: ReadOnlyMemory<byte>) (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicSight>) : bool =
        let start = int reader.TokenStartIndex
        let mutable understood = reader.TokenType = JsonTokenType.StartObject

        let mutable block = { Names = 0; Type = ""; Text = ""; Thought = ""; Call = ""; Name = ""; Start = 0; End = 0 }

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.kind &reader then
                    FastReader.once &block.Names 1 && FastReader.readTextOrNull &reader &block.Type
                elif FastReader.isAt AnthropicName.text &reader then
                    FastReader.once &block.Names 2 && FastReader.readTextOrNull &reader &block.Text
                elif FastReader.isAt AnthropicName.thinking &reader then
                    FastReader.once &block.Names 4 && FastReader.readTextOrNull &reader &block.Thought
                elif FastReader.isAt AnthropicName.id &reader then
                    FastReader.once &block.Names 8 && FastReader.readTextOrNull &reader &block.Call
                elif FastReader.isAt AnthropicName.name &reader then
                    FastReader.once &block.Names 16 && FastReader.readTextOrNull &reader &block.Name
                elif FastReader.isAt AnthropicName.input &reader then
                    FastReader.once &block.Names 32 && readInput &reader &block
                else
                    FastReader.pass null &reader

        understood
        && reader.TokenType = JsonTokenType.EndObject
        && match chunksOf body sight.Blocks &block with
           | ValueSome chunks ->
               let json = Json.ofUtf8 (body.Slice(start, int reader.BytesConsumed - start))
               sight.Said <- List.fold (fun said chunk -> chunk :: said) sight.Said chunks
               sight.Native <- Chunk.Native [ NativeFragment.Sent json ] :: sight.Native
               sight.Blocks <- sight.Blocks + 1
               true
           | ValueNone -> false

    let private readContent (body: ReadOnlyMemory<byte>) (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartArray &reader

        while understood && reader.Read() && reader.TokenType <> JsonTokenType.EndArray do
            understood <- readBlock body &reader &sight

        understood && reader.TokenType = JsonTokenType.EndArray

    let private readRoot (body: ReadOnlyMemory<byte>) (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.kind &reader then
                    FastReader.once &sight.Seen 1 && FastReader.readTextOrNull &reader &sight.Kind
                elif FastReader.isAt AnthropicName.id &reader then
                    FastReader.once &sight.Seen 2 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt AnthropicName.model &reader then
                    FastReader.once &sight.Seen 4 && FastReader.readTextOrNull &reader &sight.Model
                elif FastReader.isAt AnthropicName.content &reader then
                    FastReader.once &sight.Seen 8 && readContent body &reader &sight
                elif FastReader.isAt AnthropicName.stopReason &reader then
                    FastReader.once &sight.Seen 16 && FastReader.readTextOrNull &reader &sight.Reason
                elif FastReader.isAt AnthropicName.usage &reader then
                    FastReader.once &sight.Seen 32 && readUsage &reader &sight
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    let private nonEmpty (text: string) : string option = if text = "" then None else Some text

    /// The chunks that AnthropicDecode makes of the same message, in its order.
    let private chunksOfMessage (sight: inref<AnthropicSight>) : Chunk list =
        let ended = List.rev sight.Native @ [ Chunk.Finish(FinishReason.merge None (AnthropicDecode.finishReason sight.Reason)) ]

        let counted =
            if sight.Counters = AnthropicDecode.noCounters then
                ended
            else
                Chunk.Usage(UsageUpdate.Snapshot(AnthropicDecode.usageOf sight.Counters)) :: ended

        let said = List.fold (fun rest chunk -> chunk :: rest) counted sight.Said

        match nonEmpty sight.Id, nonEmpty sight.Model with
        | None, None -> said
        | id, model -> Chunk.Meta(id, model) :: said

    /// The chunks of a whole answer; ValueNone where there is more in it than is certain. They refer to the body: it must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Chunk list voption =
        try
            let mutable reader = Utf8JsonReader body.Span

            let mutable sight =
                {
                    Seen = 0
                    Kind = ""
                    Id = ""
                    Model = ""
                    Reason = ""
                    Counters = AnthropicDecode.noCounters
                    Said = []
                    Native = []
                    Blocks = 0
                }

            if readRoot body &reader &sight && sight.Kind = "message" then
                ValueSome(chunksOfMessage &sight)
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
