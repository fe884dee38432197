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
            /// Where the text stands, escapes and all: it is made a string where the delta is understood. Negative until it came.
            mutable Start: int
            mutable Length: int
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

    /// Whether it is a delta whose type and member agree. Leaves the reader at the delta's end.
    let private readDelta (marks: Marks) (reader: byref<Utf8JsonReader>) (sight: byref<DeltaSight>) : bool =
        let mutable declared = Hot.Unknown
        let mutable isPlain = reader.TokenType = JsonTokenType.StartObject

        while isPlain && FastReader.next JsonTokenType.PropertyName &reader do
            if FastReader.isAt AnthropicName.kind &reader then
                isPlain <- reader.Read() && declared.IsUnknown
                declared <- ofType &reader
                isPlain <- isPlain && not declared.IsUnknown
            else
                let found = ofName &reader
                isPlain <- not found.IsUnknown && sight.Start < 0 && FastReader.next JsonTokenType.String &reader

                if isPlain then
                    if not (isNull marks) then marks.Text &reader

                    sight.Kind <- found
                    sight.Start <- int reader.TokenStartIndex + 1
                    sight.Length <- reader.ValueSpan.Length

        isPlain && reader.TokenType = JsonTokenType.EndObject && sight.Start >= 0 && declared.Equals sight.Kind

    /// Whether a delta is one of such a block.
    let private fits (kind: Hot) (block: AnthropicBlockKind) : bool =
        match kind with
        | Hot.Text -> block.IsText
        | Hot.Thinking -> block.IsThought
        | Hot.Arguments -> block.IsToolCall
        | Hot.Unknown -> false

    let private chunks (text: string) (kind: Hot) (part: int) : Chunks =
        match text, kind with
        | "", _ -> Chunks.empty
        | _, Hot.Thinking -> Chunks.one (Chunk.ThoughtDelta(part, text))
        | _, Hot.Arguments -> Chunks.one (Chunk.ToolCallDelta(part, text))
        | _ -> Chunks.one (Chunk.TextDelta(part, text))

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
                isPlain <- sight.Start < 0 && reader.Read() && readDelta marks &reader &sight
            else
                isPlain <- false

        isPlain && isDelta && sight.Start >= 0 && FastReader.isWhole &reader

    /// The open block that an event's delta is for and fits; ValueNone where the event is more than such a delta.
    let private see (marks: Marks) (state: AnthropicState) (event: WireEvent) (sight: byref<DeltaSight>) : AnthropicGrowing voption =
        try
            if not state.IsDone && readRoot marks event.Data.Span &sight then
                match OpenBlocks.tryFind sight.Index state.Blocks with
                | ValueSome block when fits sight.Kind block.Kind -> ValueSome block
                | _ -> ValueNone
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone

    let private textOf (event: WireEvent) (sight: inref<DeltaSight>) : string =
        Json.unescape (event.Data.Span.Slice(sight.Start, sight.Length))

    let private unseen: DeltaSight = { Index = -1; Kind = Hot.Unknown; Start = -1; Length = 0 }

    /// The chunks of a delta that changes nothing but its part; nothing for any other event.
    let read (marks: Marks) (state: AnthropicState) (event: WireEvent) : Chunks voption =
        let mutable sight = unseen

        match see marks state event &sight with
        | ValueSome block when block.IsPassing -> ValueSome(chunks (textOf event &sight) sight.Kind block.Part)
        | _ -> ValueNone

    /// The first delta of a part, which begins with it; ValueNone where it does not fit its block.
    let tryBegin (state: AnthropicState) (event: WireEvent) : struct (Chunks * AnthropicState) voption =
        let mutable sight = unseen

        match see null state event &sight with
        | ValueSome _ ->
            let text = textOf event &sight

            let delta = if sight.Kind.IsArguments then AnthropicGrowing.passArguments text else AnthropicGrowing.pass text

            let struct (chunks, next) = AnthropicFrame.growBlock delta sight.Index state
            ValueSome(struct (Chunks.ofList chunks, next))
        | ValueNone -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: AnthropicState) (event: WireEvent) : Chunks voption = read null state event
