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
    let private readOnly (marks: Marks) (reader: byref<Utf8JsonReader>) (name: byte[]) : string =
        if
            FastReader.next JsonTokenType.StartObject &reader
            && FastReader.next JsonTokenType.PropertyName &reader
            && reader.ValueTextEquals name
            && FastReader.next JsonTokenType.String &reader
        then
            let text = FastReader.takeText marks &reader
            if FastReader.next JsonTokenType.EndObject &reader then text else null
        else
            null

    /// The text of a delta with one member; null for any other. Leaves the reader at the delta's end.
    let private readDelta (marks: Marks) (reader: byref<Utf8JsonReader>) (kind: byref<Hot>) : string =
        let mutable text: string = null

        if FastReader.next JsonTokenType.StartObject &reader && FastReader.next JsonTokenType.PropertyName &reader then
            if reader.ValueTextEquals textName then
                kind <- Hot.Text

                if FastReader.next JsonTokenType.String &reader then text <- FastReader.takeText marks &reader
            elif reader.ValueTextEquals reasoningName then
                kind <- Hot.Thought
                text <- readOnly marks &reader textName
            elif reader.ValueTextEquals toolUseName then
                kind <- Hot.Input
                text <- readOnly marks &reader inputName

        if not (isNull text) && FastReader.next JsonTokenType.EndObject &reader then text else null

    let private chunks (text: string) (kind: Hot) (block: ConverseGrowing) : Chunks voption =
        let one chunk = ValueSome(if text = "" then Chunks.empty else Chunks.one chunk)

        match kind, block.Kind with
        | _ when not block.IsPassing -> ValueNone
        | Hot.Text, ConverseKind.Text -> one (Chunk.TextDelta(block.Part, text))
        | Hot.Thought, ConverseKind.Thought -> one (Chunk.ThoughtDelta(block.Part, text))
        | Hot.Input, ConverseKind.ToolCall -> one (Chunk.ToolCallDelta(block.Part, text))
        | _ -> ValueNone

    let private readRoot (marks: Marks) (state: ConverseState) (data: ReadOnlySpan<byte>) : Chunks voption =
        let mutable reader = Utf8JsonReader(data)
        let mutable index = -1
        let mutable kind = Hot.Unknown
        let mutable text: string = null
        let mutable isPlain = FastReader.next JsonTokenType.StartObject &reader

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if reader.ValueTextEquals indexName then
                isPlain <- index < 0 && FastReader.readInt &reader &index
            elif reader.ValueTextEquals deltaName then
                isPlain <- isNull text

                if isPlain then
                    text <- readDelta marks &reader &kind
                    isPlain <- not (isNull text)
            elif reader.ValueTextEquals paddingName then
                isPlain <- FastReader.next JsonTokenType.String &reader

                if isPlain && not (isNull marks) then marks.Passed &reader
            else
                isPlain <- false

        if isPlain && not (isNull text) && FastReader.isWhole &reader then
            OpenBlocks.tryFind index state.Blocks |> ValueOption.bind (chunks text kind)
        else
            ValueNone

    /// The chunks of a delta that changes nothing but its part; nothing for any other event.
    let read (marks: Marks) (state: ConverseState) (event: WireEvent) : Chunks voption =
        try
            if state.IsFinished || event.Name <> "contentBlockDelta" then
                ValueNone
            else
                readRoot marks state event.Data.Span
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: ConverseState) (event: WireEvent) : Chunks voption = read null state event
