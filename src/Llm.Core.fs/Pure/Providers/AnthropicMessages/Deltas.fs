// The hot path of a stream of Anthropic's: the deltas of text, thoughts and arguments, read from the event's bytes without a document.
// Called by the codec before `AnthropicDecode.careful`, which decides whatever is not fully understood here.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal AnthropicDeltas =
    /// Which delta a name or a type stands for.
    [<Struct>]
    type private Hot =
        | Unknown
        | Text
        | Thinking
        | Arguments

    /// What was seen of an event.
    [<Struct; NoComparison; NoEquality>]
    type private DeltaSight =
        {
            /// Negative until one came.
            mutable Index: int
            mutable Kind: Hot
            /// Null until it came.
            mutable Text: string
        }

    let private ofName (reader: byref<Utf8JsonReader>) : Hot =
        if FastReader.isAt AnthropicName.text &reader then Hot.Text
        elif FastReader.isAt AnthropicName.thinking &reader then Hot.Thinking
        elif FastReader.isAt AnthropicName.partialJson &reader then Hot.Arguments
        else Hot.Unknown

    let private ofType (reader: byref<Utf8JsonReader>) : Hot =
        if reader.TokenType <> JsonTokenType.String then Hot.Unknown
        elif FastReader.isAt AnthropicName.textDelta &reader then Hot.Text
        elif FastReader.isAt AnthropicName.thinkingDelta &reader then Hot.Thinking
        elif FastReader.isAt AnthropicName.inputJsonDelta &reader then Hot.Arguments
        else Hot.Unknown

    /// The text of a delta whose type and member agree; null for any other. Leaves the reader at the delta's end.
    let private readDelta (marks: Marks) (reader: byref<Utf8JsonReader>) (kind: byref<Hot>) : string =
        let mutable declared = Hot.Unknown
        let mutable text: string = null
        let mutable isPlain = reader.TokenType = JsonTokenType.StartObject

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if FastReader.isAt AnthropicName.kind &reader then
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

    let private readRoot (marks: Marks) (data: ReadOnlySpan<byte>) (sight: byref<DeltaSight>) : bool =
        let mutable reader = Utf8JsonReader(data)
        let mutable isDelta = false
        let mutable isPlain = FastReader.next JsonTokenType.StartObject &reader

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if FastReader.isAt AnthropicName.kind &reader then
                isPlain <- not isDelta && FastReader.next JsonTokenType.String &reader && FastReader.isAt AnthropicName.blockDelta &reader

                isDelta <- true
            elif FastReader.isAt AnthropicName.index &reader then
                isPlain <- sight.Index < 0 && FastReader.readInt &reader &sight.Index
            elif FastReader.isAt AnthropicName.delta &reader then
                isPlain <- isNull sight.Text && reader.Read()

                if isPlain then
                    sight.Text <- readDelta marks &reader &sight.Kind
                    isPlain <- not (isNull sight.Text)
            else
                isPlain <- false

        isPlain && isDelta && not (isNull sight.Text) && FastReader.isWhole &reader

    /// The open block that an event's delta is for; null where the event is more than such a delta.
    let private see (marks: Marks) (state: AnthropicState) (event: WireEvent) (sight: byref<DeltaSight>) : AnthropicGrowing | null =
        let mutable block = Unchecked.defaultof<AnthropicGrowing>

        try
            if not state.IsDone && readRoot marks event.Data.Span &sight && state.Blocks.Open.TryGetValue(sight.Index, &block) then
                block
            else
                null
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> null

    let private unseen: DeltaSight = { Index = -1; Kind = Hot.Unknown; Text = null }

    /// The chunks of a delta that changes nothing but its part; nothing for any other event.
    let read (marks: Marks) (state: AnthropicState) (event: WireEvent) : Chunks voption =
        let mutable sight = unseen

        match see marks state event &sight with
        | null -> ValueNone
        | block -> chunks sight.Text sight.Kind block

    /// The first delta of a part, which begins with it; ValueNone where it does not fit its block.
    let tryBegin (state: AnthropicState) (event: WireEvent) : struct (Chunks * AnthropicState) voption =
        let mutable sight = unseen

        let grow (index: int) delta =
            let struct (chunks, next) = AnthropicFrame.growBlock delta index state
            ValueSome(struct (Chunks.ofList chunks, next))

        match see null state event &sight with
        | null -> ValueNone
        | block ->
            match sight.Kind, block.Kind with
            | Hot.Text, AnthropicBlockKind.Text
            | Hot.Thinking, AnthropicBlockKind.Thought -> grow sight.Index (AnthropicGrowing.pass sight.Text)
            | Hot.Arguments, AnthropicBlockKind.ToolCall -> grow sight.Index (AnthropicGrowing.passArguments sight.Text)
            | _ -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: AnthropicState) (event: WireEvent) : Chunks voption = read null state event
