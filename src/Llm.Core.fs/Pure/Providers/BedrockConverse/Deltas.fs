// The hot path of a stream of Converse: the deltas of text, reasoning and tool input, read from the event's bytes without a document.
// Called by the codec before `ConverseDecode.careful`, which decides whatever is not fully understood here.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ConverseDeltas =
    let private indexName = "contentBlockIndex"B
    let private deltaName = "delta"B
    let private paddingName = "p"B
    let private textName = "text"B
    let private reasoningName = "reasoningContent"B
    let private toolUseName = "toolUse"B
    let private inputName = "input"B

    /// Which delta a name stands for.
    [<Struct>]
    type private Hot =
        | Unknown
        | Text
        | Thought
        | Input

    /// The value of an object's only member, a string of this name; null for any other. Leaves the reader at the object's end.
    let private readOnly (reader: byref<Utf8JsonReader>) (name: byte[]) : string =
        if
            reader.Read()
            && reader.TokenType = JsonTokenType.StartObject
            && reader.Read()
            && reader.TokenType = JsonTokenType.PropertyName
            && reader.ValueTextEquals name
            && reader.Read()
            && reader.TokenType = JsonTokenType.String
        then
            let text = Json.readString &reader
            if reader.Read() && reader.TokenType = JsonTokenType.EndObject then text else null
        else
            null

    /// The text of a delta with one member; null for any other. Leaves the reader at the delta's end.
    let private readDelta (reader: byref<Utf8JsonReader>) (kind: byref<Hot>) : string =
        let mutable text: string = null

        if
            reader.Read()
            && reader.TokenType = JsonTokenType.StartObject
            && reader.Read()
            && reader.TokenType = JsonTokenType.PropertyName
        then
            if reader.ValueTextEquals textName then
                kind <- Hot.Text

                if reader.Read() && reader.TokenType = JsonTokenType.String then text <- Json.readString &reader
            elif reader.ValueTextEquals reasoningName then
                kind <- Hot.Thought
                text <- readOnly &reader textName
            elif reader.ValueTextEquals toolUseName then
                kind <- Hot.Input
                text <- readOnly &reader inputName

        if not (isNull text) && reader.Read() && reader.TokenType = JsonTokenType.EndObject then
            text
        else
            null

    let private chunks (text: string) (kind: Hot) (block: ConverseGrowing) : Chunks voption =
        let one chunk = ValueSome(if text = "" then Chunks.empty else Chunks.one chunk)

        match kind, block.Kind with
        | _ when not block.IsPassing -> ValueNone
        | Hot.Text, ConverseKind.Text -> one (Chunk.TextDelta(block.Part, text))
        | Hot.Thought, ConverseKind.Thought -> one (Chunk.ThoughtDelta(block.Part, text))
        | Hot.Input, ConverseKind.ToolCall -> one (Chunk.ToolCallDelta(block.Part, text))
        | _ -> ValueNone

    let private read (state: ConverseState) (data: ReadOnlySpan<byte>) : Chunks voption =
        let mutable reader = Utf8JsonReader(data)
        let mutable index = -1
        let mutable kind = Hot.Unknown
        let mutable text: string = null
        let mutable isPlain = reader.Read() && reader.TokenType = JsonTokenType.StartObject

        while isPlain && reader.Read() && reader.TokenType = JsonTokenType.PropertyName do
            if reader.ValueTextEquals indexName then
                isPlain <- index < 0 && reader.Read() && reader.TokenType = JsonTokenType.Number && reader.TryGetInt32 &index
            elif reader.ValueTextEquals deltaName then
                isPlain <- isNull text

                if isPlain then
                    text <- readDelta &reader &kind
                    isPlain <- not (isNull text)
            elif reader.ValueTextEquals paddingName then
                isPlain <- reader.Read() && reader.TokenType = JsonTokenType.String
            else
                isPlain <- false

        let mutable block = Unchecked.defaultof<ConverseGrowing>

        if
            isPlain
            && not (isNull text)
            && reader.TokenType = JsonTokenType.EndObject
            && not (reader.Read())
            && state.Blocks.Open.TryGetValue(index, &block)
        then
            chunks text kind block
        else
            ValueNone

    /// The chunks of a delta that changes nothing but its part; nothing for any other event.
    let fast (state: ConverseState) (event: WireEvent) : Chunks voption =
        try
            if state.IsFinished || event.Name <> "contentBlockDelta" then
                ValueNone
            else
                read state event.Data.Span
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
