// The hot path of the Responses decoder: a delta of the part that grew last, read from the event's bytes without a document.
// It answers only where it understands all; otherwise it answers nothing, and the careful reader decides.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesFast =
    // Byte literals allocate where they are evaluated.
    let private typeName = "type"B
    let private deltaName = "delta"B
    let private outputIndexName = "output_index"B
    let private contentIndexName = "content_index"B
    let private summaryIndexName = "summary_index"B
    let private textEvent = "response.output_text.delta"B
    let private refusalEvent = "response.refusal.delta"B
    let private summaryEvent = "response.reasoning_summary_text.delta"B
    let private reasoningEvent = "response.reasoning_text.delta"B
    let private argumentsEvent = "response.function_call_arguments.delta"B

    let private options = JsonReaderOptions(MaxDepth = Json.maxDepth)

    let private eventOf (delta: ResponsesDelta) =
        match delta with
        | ResponsesDelta.Text -> textEvent
        | ResponsesDelta.Refusal -> refusalEvent
        | ResponsesDelta.Summary -> summaryEvent
        | ResponsesDelta.Reasoning -> reasoningEvent
        | ResponsesDelta.Arguments -> argumentsEvent

    let private subNameOf (delta: ResponsesDelta) =
        match delta with
        | ResponsesDelta.Summary -> summaryIndexName
        | ResponsesDelta.Text
        | ResponsesDelta.Refusal
        | ResponsesDelta.Reasoning
        | ResponsesDelta.Arguments -> contentIndexName

    /// The delta's text, where the event grows just that part; else null.
    let private deltaOf (marks: Marks) (hot: ResponsesHot) (data: ReadOnlySpan<byte>) : string | null =
        let mutable reader = Utf8JsonReader(data, options)
        let event = eventOf hot.Delta
        let subName = subNameOf hot.Delta
        let mutable text: string | null = null
        let mutable isEvent = false
        let mutable isOutput = false
        let mutable isSub = hot.Delta.IsArguments
        let mutable isClear = FastReader.next JsonTokenType.StartObject &reader

        while isClear && FastReader.next JsonTokenType.PropertyName &reader do
            if reader.ValueIsEscaped then
                isClear <- false
            else
                let name = reader.ValueSpan
                let isType = name.SequenceEqual(ReadOnlySpan typeName)
                let isDelta = name.SequenceEqual(ReadOnlySpan deltaName)
                let isOutputIndex = name.SequenceEqual(ReadOnlySpan outputIndexName)
                let isSubIndex = not hot.Delta.IsArguments && name.SequenceEqual(ReadOnlySpan subName)
                let mutable number = 0
                isClear <- reader.Read()

                if isType then
                    isEvent <-
                        reader.TokenType = JsonTokenType.String
                        && not reader.ValueIsEscaped
                        && reader.ValueSpan.SequenceEqual(ReadOnlySpan event)

                    isClear <- isEvent
                elif isDelta then
                    isClear <- reader.TokenType = JsonTokenType.String

                    if isClear then text <- FastReader.takeText marks &reader
                elif isOutputIndex || isSubIndex then
                    let isExpected =
                        reader.TokenType = JsonTokenType.Number
                        && reader.TryGetInt32 &number
                        && number = (if isOutputIndex then hot.OutputIndex else hot.SubIndex)

                    if isOutputIndex then isOutput <- isExpected else isSub <- isExpected

                    isClear <- isExpected
                else
                    if not (isNull marks) then marks.Passed &reader

                    isClear <- reader.TrySkip()

        // After the last brace nothing may follow: the reader throws where something does.
        let isWhole = isClear && FastReader.isWhole &reader
        if isWhole && isEvent && isOutput && isSub then text else null

    /// The chunks of the event, which leaves the state as it is, where it is a delta of the hot part and nothing else.
    let read (marks: Marks) (state: ResponsesState) (event: WireEvent) : Chunks voption =
        match state.Hot with
        | None -> ValueNone
        | Some hot ->
            let text =
                try
                    deltaOf marks hot event.Data.Span
                with :? JsonException ->
                    null

            match text with
            | null -> ValueNone
            | "" -> ValueSome Chunks.empty
            | text ->
                let chunk =
                    match hot.Delta with
                    | ResponsesDelta.Text
                    | ResponsesDelta.Refusal -> Chunk.TextDelta(hot.Part, text)
                    | ResponsesDelta.Summary
                    | ResponsesDelta.Reasoning -> Chunk.ThoughtDelta(hot.Part, text)
                    | ResponsesDelta.Arguments -> Chunk.ToolCallDelta(hot.Part, text)

                ValueSome(Chunks.one chunk)
