// The hot path of a stream of Anthropic's: the deltas of text, thoughts and arguments, read from the event's bytes without a document.
// Called by the codec before `AnthropicDecode.careful`, which decides whatever is not fully understood here.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal AnthropicDeltas =
    let private typeName = "type"B
    let private indexName = "index"B
    let private deltaName = "delta"B
    let private textName = "text"B
    let private thinkingName = "thinking"B
    let private partialJsonName = "partial_json"B
    let private blockDelta = "content_block_delta"B
    let private textDelta = "text_delta"B
    let private thinkingDelta = "thinking_delta"B
    let private inputJsonDelta = "input_json_delta"B

    /// Which delta a name or a type stands for.
    [<Struct>]
    type private Hot =
        | Unknown
        | Text
        | Thinking
        | Arguments

    let private ofName (reader: byref<Utf8JsonReader>) : Hot =
        if reader.ValueTextEquals textName then Hot.Text
        elif reader.ValueTextEquals thinkingName then Hot.Thinking
        elif reader.ValueTextEquals partialJsonName then Hot.Arguments
        else Hot.Unknown

    let private ofType (reader: byref<Utf8JsonReader>) : Hot =
        if reader.TokenType <> JsonTokenType.String then Hot.Unknown
        elif reader.ValueTextEquals textDelta then Hot.Text
        elif reader.ValueTextEquals thinkingDelta then Hot.Thinking
        elif reader.ValueTextEquals inputJsonDelta then Hot.Arguments
        else Hot.Unknown

    /// The text of a delta whose type and member agree; null for any other. Leaves the reader at the delta's end.
    let private readDelta (marks: Marks) (reader: byref<Utf8JsonReader>) (kind: byref<Hot>) : string =
        let mutable declared = Hot.Unknown
        let mutable text: string = null
        let mutable isPlain = reader.TokenType = JsonTokenType.StartObject

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if reader.ValueTextEquals typeName then
                isPlain <- reader.Read() && declared = Hot.Unknown
                declared <- ofType &reader
                isPlain <- isPlain && declared <> Hot.Unknown
            else
                let found = ofName &reader
                isPlain <- found <> Hot.Unknown && isNull text && FastReader.next JsonTokenType.String &reader

                if isPlain then
                    kind <- found
                    text <- FastReader.takeText marks &reader

        if isPlain && reader.TokenType = JsonTokenType.EndObject && declared = kind then text else null

    let private chunks (text: string) (kind: Hot) (block: AnthropicGrowing) : Chunks voption =
        match kind, block.Kind with
        | _ when not block.IsPassing -> ValueNone
        | Hot.Text, AnthropicBlockKind.Text -> ValueSome(if text = "" then Chunks.empty else Chunks.one (Chunk.TextDelta(block.Part, text)))
        | Hot.Thinking, AnthropicBlockKind.Thought ->
            ValueSome(if text = "" then Chunks.empty else Chunks.one (Chunk.ThoughtDelta(block.Part, text)))
        | Hot.Arguments, AnthropicBlockKind.ToolCall ->
            ValueSome(if text = "" then Chunks.empty else Chunks.one (Chunk.ToolCallDelta(block.Part, text)))
        | _ -> ValueNone

    let private readRoot (marks: Marks) (state: AnthropicState) (data: ReadOnlySpan<byte>) : Chunks voption =
        let mutable reader = Utf8JsonReader(data)
        let mutable index = -1
        let mutable isDelta = false
        let mutable kind = Hot.Unknown
        let mutable text: string = null
        let mutable isPlain = FastReader.next JsonTokenType.StartObject &reader

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if reader.ValueTextEquals typeName then
                isPlain <- not isDelta && FastReader.next JsonTokenType.String &reader && reader.ValueTextEquals blockDelta

                isDelta <- true
            elif reader.ValueTextEquals indexName then
                isPlain <- index < 0 && FastReader.readInt &reader &index
            elif reader.ValueTextEquals deltaName then
                isPlain <- isNull text && reader.Read()

                if isPlain then
                    text <- readDelta marks &reader &kind
                    isPlain <- not (isNull text)
            else
                isPlain <- false

        let mutable block = Unchecked.defaultof<AnthropicGrowing>

        if isPlain && isDelta && not (isNull text) && FastReader.isWhole &reader && state.Blocks.Open.TryGetValue(index, &block) then
            chunks text kind block
        else
            ValueNone

    /// The chunks of a delta that changes nothing but its part; nothing for any other event.
    let read (marks: Marks) (state: AnthropicState) (event: WireEvent) : Chunks voption =
        try
            if state.IsDone then ValueNone else readRoot marks state event.Data.Span
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: AnthropicState) (event: WireEvent) : Chunks voption = read null state event
