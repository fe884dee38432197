// The events that frame a streamed text: those that announce and end the answer, its messages and their texts. Read from the bytes without
// a document, for in a short stream they cost more than all deltas together. It knows only what it fully understands; for all else it
// answers nothing and Decode decides, which says the same (a law holds it to that). Deltas of open parts are Fast's. What the events mean
// is said in Items and Answer, for both.
namespace Llm.Core

open System
open System.Text.Json

/// Where in the event's bytes a text stands, escapes and all: it is made a string only where it is news.
[<Struct>]
type internal ResponsesTextPlace = { Start: int; Length: int }

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal ResponsesFrameSight =
    {
        Data: ReadOnlyMemory<byte>
        /// The names that came, as bits: of one that comes twice the document's reader takes the last.
        mutable Names: int
        /// Which of the known events it is; -1 until its type came.
        mutable Event: int
        mutable OutputIndex: int
        mutable ContentIndex: int
        mutable SummaryIndex: int
        /// Of the event, or of the part in it.
        mutable Text: ResponsesTextPlace
        mutable Delta: ResponsesTextPlace
        mutable Item: ResponsesSeenItem voption
        mutable Id: string
        mutable Model: string
        mutable Status: string
        mutable Word: string
        mutable Counts: TokenCounts
        /// The newest first.
        mutable Output: ResponsesSeenItem list
    }

[<RequireQualifiedAccess>]
module internal ResponsesDecodePlain =
    let private events =
        KnownWords.create
            [
                "response.content_part.added"
                "response.created"
                "response.in_progress"
                "response.queued"
                "response.output_text.done"
                "response.content_part.done"
                "response.output_item.added"
                "response.output_item.done"
                "response.completed"
                "response.incomplete"
                "response.output_text.delta"
                "response.reasoning_summary_text.delta"
                "response.reasoning_text.delta"
                "response.function_call_arguments.delta"
            ]

    let private noText: ResponsesTextPlace = { Start = 0; Length = 0 }

    let private textAt (data: ReadOnlyMemory<byte>) (place: ResponsesTextPlace) : string =
        Json.unescape (data.Span.Slice(place.Start, place.Length))

    /// Whether the next token is a text or null.
    let private readText (reader: byref<Utf8JsonReader>) (text: byref<ResponsesTextPlace>) : bool =
        let isUnderstood = FastReader.nextOrNull JsonTokenType.String &reader

        if isUnderstood && reader.TokenType = JsonTokenType.String then
            text <- { Start = int reader.TokenStartIndex + 1; Length = reader.ValueSpan.Length }

        isUnderstood

    /// A text that is not empty.
    let private readDelta (reader: byref<Utf8JsonReader>) (text: byref<ResponsesTextPlace>) : bool =
        readText &reader &text && text.Length > 0

    /// An index that can be.
    let private readIndex (reader: byref<Utf8JsonReader>) (index: byref<int>) : bool =
        FastReader.readInt &reader &index && ResponsesState.isIndex index

    /// A part that is text, in which the reader stands.
    let private readPart (reader: byref<Utf8JsonReader>) (text: byref<ResponsesTextPlace>) : bool =
        let mutable understood = true
        let mutable names = 0
        let mutable kind = ""

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.kind &reader then
                    FastReader.once &names 1 && FastReader.readWord ResponsesName.parts &reader &kind
                elif FastReader.isAt ResponsesName.text &reader then
                    FastReader.once &names 2 && readText &reader &text
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject && (kind = "output_text" || kind = "text")

    let private readParts (reader: byref<Utf8JsonReader>) (texts: byref<ResponsesTextPlace list>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartArray &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartArray

        while understood && isThere && FastReader.next JsonTokenType.StartObject &reader do
            let mutable text = noText
            understood <- readPart &reader &text
            texts <- text :: texts

        understood && (not isThere || reader.TokenType = JsonTokenType.EndArray)

    /// A list that has nothing in it, or null.
    let private readEmpty (reader: byref<Utf8JsonReader>) : bool =
        FastReader.nextOrNull JsonTokenType.StartArray &reader
        && (reader.TokenType = JsonTokenType.Null || FastReader.next JsonTokenType.EndArray &reader)

    /// A message of texts, as an event has it.
    let private seenTexts (data: ReadOnlyMemory<byte>) (start: int) (length: int) (texts: ResponsesTextPlace list) (item: ResponsesItem) =
        { new ResponsesSeenItem(item) with
            member _.Take(slot, progression) =
                ResponsesItems.wholeTexts
                    slot
                    (fun place -> textAt data place)
                    texts
                    // The event's bytes are gone when somebody asks for the item's own form, which mostly nobody does: they stay bytes.
                    (fun () -> Json.ofUtf8 (ReadOnlyMemory(data.Span.Slice(start, length).ToArray())))
                    progression
        }

    /// The item of these names. Of one that is known already no other is made.
    let private itemOf (known: ResponsesItem voption) (kind: string) (id: string) (call: string) : ResponsesItem =
        match known with
        | ValueSome known when id <> "" && known.Type = kind && known.Id = id && known.CallId = call -> known
        | _ -> ResponsesItems.create kind id call

    /// A message of texts, or reasoning that shows none, in which the reader stands; and the item that it may be again.
    let private readItem
        (data: ReadOnlyMemory<byte>)
        (known: ResponsesItem voption)
        (reader: byref<Utf8JsonReader>)
        (item: byref<ResponsesSeenItem voption>)
        : bool =
        let knownId =
            match known with
            | ValueSome known -> known.Id
            | ValueNone -> ""

        let start = int reader.TokenStartIndex
        let mutable understood = true
        let mutable names = 0
        let mutable kind = ""
        let mutable id = ""
        let mutable call = ""
        let mutable texts = []

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.kind &reader then
                    FastReader.once &names 1 && FastReader.readWord ResponsesName.items &reader &kind
                elif FastReader.isAt ResponsesName.id &reader then
                    FastReader.once &names 2 && FastReader.readKnown knownId &reader &id
                elif FastReader.isAt ResponsesName.call &reader then
                    FastReader.once &names 4 && FastReader.readTextOrNull &reader &call
                elif FastReader.isAt ResponsesName.content &reader then
                    FastReader.once &names 8 && readParts &reader &texts
                elif FastReader.isAt ResponsesName.summary &reader then
                    FastReader.once &names 16 && readEmpty &reader
                else
                    FastReader.pass null &reader

        if understood && reader.TokenType = JsonTokenType.EndObject && (kind = "message" || (kind = "reasoning" && texts.IsEmpty)) then
            let length = int reader.BytesConsumed - start
            item <- ValueSome(seenTexts data start length (List.rev texts) (itemOf known kind id call))
            true
        else
            false

    let private readOutput (state: ResponsesState) (reader: byref<Utf8JsonReader>) (sight: byref<ResponsesFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartArray &reader
        let mutable position = 0

        while understood && FastReader.next JsonTokenType.StartObject &reader do
            let mutable item = ValueNone
            understood <- readItem sight.Data (ResponsesItems.tryItem position state) &reader &item
            position <- position + 1

            match item with
            | ValueSome item -> sight.Output <- item :: sight.Output
            | ValueNone -> ()

        understood && reader.TokenType = JsonTokenType.EndArray

    /// A text that matters only where the state has none yet; of another kind it would be taken for none.
    let private readIdUnless (isKnown: bool) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        if isKnown then FastReader.pass null &reader else FastReader.readTextOrNull &reader &text

    let private readNameUnless (isKnown: bool) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        if isKnown then FastReader.pass null &reader else FastReader.readName &reader &text

    let private readResponse (state: ResponsesState) (reader: byref<Utf8JsonReader>) (sight: byref<ResponsesFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.output &reader then
                    FastReader.once &sight.Names 1 && readOutput state &reader &sight
                elif FastReader.isAt ResponsesName.status &reader then
                    FastReader.once &sight.Names 2 && FastReader.readWord ResponsesName.endings &reader &sight.Status
                elif FastReader.isAt ResponsesName.usage &reader then
                    FastReader.once &sight.Names 4 && TokenCounts.read ResponsesName.counters &reader &sight.Counts
                elif FastReader.isAt ResponsesName.id &reader then
                    FastReader.once &sight.Names 8 && readIdUnless state.Id.IsSome &reader &sight.Id
                elif FastReader.isAt ResponsesName.model &reader then
                    FastReader.once &sight.Names 16 && readNameUnless state.Model.IsSome &reader &sight.Model
                elif FastReader.isAt ResponsesName.incomplete &reader then
                    FastReader.once &sight.Names 32 && ResponsesDecodeWholeFast.readIncomplete &reader &sight.Word
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    // What an event must have for what it says.
    let private hasResponse = 64
    let private hasItem = 128
    let private hasPart = 256
    let private hasText = 512
    let private hasPlace = 1024
    let private hasDelta = 16384

    let private readEvent (reader: byref<Utf8JsonReader>) (sight: byref<ResponsesFrameSight>) : bool =
        if FastReader.once &sight.Names 2048 && FastReader.next JsonTokenType.String &reader then
            sight.Event <- FastReader.find events.Bytes &reader
            sight.Event >= 0
        else
            false

    /// The item that an event's item may be again, if the event has said by now which.
    let private knownItem (state: ResponsesState) (sight: inref<ResponsesFrameSight>) : ResponsesItem voption =
        if sight.Names &&& hasPlace = 0 then
            ValueNone
        else
            ResponsesItems.tryItem (ResponsesItems.slotAt sight.OutputIndex state) state

    let private readRoot (state: ResponsesState) (reader: byref<Utf8JsonReader>) (sight: byref<ResponsesFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.kind &reader then
                    readEvent &reader &sight
                elif FastReader.isAt ResponsesName.response &reader then
                    FastReader.once &sight.Names hasResponse && readResponse state &reader &sight
                elif FastReader.isAt ResponsesName.outputIndex &reader then
                    FastReader.once &sight.Names hasPlace && readIndex &reader &sight.OutputIndex
                elif FastReader.isAt ResponsesName.contentIndex &reader then
                    FastReader.once &sight.Names 4096 && readIndex &reader &sight.ContentIndex
                elif FastReader.isAt ResponsesName.summaryIndex &reader then
                    FastReader.once &sight.Names 8192 && readIndex &reader &sight.SummaryIndex
                elif FastReader.isAt ResponsesName.delta &reader then
                    FastReader.once &sight.Names hasDelta && readDelta &reader &sight.Delta
                elif FastReader.isAt ResponsesName.item &reader then
                    FastReader.once &sight.Names hasItem
                    && FastReader.next JsonTokenType.StartObject &reader
                    && readItem sight.Data (knownItem state &sight) &reader &sight.Item
                elif FastReader.isAt ResponsesName.part &reader then
                    FastReader.once &sight.Names hasPart
                    && FastReader.next JsonTokenType.StartObject &reader
                    && readPart &reader &sight.Text
                elif FastReader.isAt ResponsesName.text &reader then
                    FastReader.once &sight.Names hasText && readText &reader &sight.Text
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    let private seen (sight: inref<ResponsesFrameSight>) : ResponsesSeen =
        {
            Id = sight.Id
            Model = sight.Model
            Counters = ResponsesAnswer.counted &sight.Counts
            Word = sight.Word
            Items = List.rev sight.Output
        }

    let private ended (sight: inref<ResponsesFrameSight>) (progression: ResponsesProgression) : ResponsesProgression =
        let slot = ResponsesItems.slotAt sight.OutputIndex progression.State

        match ResponsesItems.expect slot "message" progression with
        | ValueSome ready ->
            let data = sight.Data
            let text = sight.Text
            ResponsesItems.text slot sight.ContentIndex (fun () -> textAt data text) ready
        | ValueNone -> progression

    let private item (isWhole: bool) (item: ResponsesSeenItem) (sight: inref<ResponsesFrameSight>) (progression: ResponsesProgression) =
        let struct (slot, placed) = ResponsesItems.place isWhole (ValueSome sight.OutputIndex) item.Item progression
        if isWhole then item.Take(slot, placed) else placed

    let private grown (delta: ResponsesDelta) (sight: inref<ResponsesFrameSight>) (progression: ResponsesProgression) =
        let sub =
            match delta with
            | ResponsesDelta.Arguments -> 0
            | ResponsesDelta.Summary -> sight.SummaryIndex
            | _ -> sight.ContentIndex

        let slot = ResponsesItems.slotAt sight.OutputIndex progression.State
        ResponsesDecode.growAt delta slot (ValueSome sight.OutputIndex) sub (textAt sight.Data sight.Delta) progression

    let private has (names: int) (sight: inref<ResponsesFrameSight>) : bool = sight.Names &&& names = names

    /// What Decode makes of the same event.
    let private progressionOf (state: ResponsesState) (sight: inref<ResponsesFrameSight>) : ResponsesProgression voption =
        let begun = ResponsesState.start state

        match events.Texts[sight.Event], sight.Item with
        | "response.content_part.added", _ -> ValueSome begun
        | ("response.created" | "response.in_progress" | "response.queued"), _ when has hasResponse &sight ->
            let seen = seen &sight
            ValueSome(begun |> ResponsesAnswer.meta seen |> ResponsesAnswer.usage seen)
        | "response.output_text.done", _ when has (hasPlace ||| hasText) &sight && not (has hasPart &sight) && sight.Text.Length > 0 ->
            ValueSome(ended &sight begun)
        | "response.content_part.done", _ when has (hasPlace ||| hasPart) &sight && not (has hasText &sight) ->
            ValueSome(ended &sight begun)
        | "response.output_text.delta", _ when has (hasPlace ||| hasDelta) &sight -> ValueSome(grown ResponsesDelta.Text &sight begun)
        | "response.reasoning_summary_text.delta", _ when has (hasPlace ||| hasDelta) &sight ->
            ValueSome(grown ResponsesDelta.Summary &sight begun)
        | "response.reasoning_text.delta", _ when has (hasPlace ||| hasDelta) &sight ->
            ValueSome(grown ResponsesDelta.Reasoning &sight begun)
        | "response.function_call_arguments.delta", _ when has (hasPlace ||| hasDelta) &sight ->
            ValueSome(grown ResponsesDelta.Arguments &sight begun)
        | "response.output_item.added", ValueSome seen when has hasPlace &sight -> ValueSome(item false seen &sight begun)
        | "response.output_item.done", ValueSome seen when has hasPlace &sight -> ValueSome(item true seen &sight begun)
        | ("response.completed" | "response.incomplete"), _ when has hasResponse &sight && sight.Status <> "failed" ->
            let isIncomplete = sight.Status = "incomplete" || events.Texts[sight.Event] = "response.incomplete"
            ValueSome(ResponsesAnswer.finished isIncomplete (seen &sight) begun)
        | _ -> ValueNone

    /// The chunks of an event of a text's stream, and the state after it; ValueNone where there is more in it than is certain.
    let tryRead (state: ResponsesState) (event: WireEvent) : struct (Chunks * ResponsesState) voption =
        try
            let mutable reader = Utf8JsonReader event.Data.Span

            let mutable sight =
                {
                    Data = event.Data
                    Names = 0
                    Event = -1
                    OutputIndex = 0
                    ContentIndex = 0
                    SummaryIndex = 0
                    Text = noText
                    Delta = noText
                    Item = ValueNone
                    Id = ""
                    Model = ""
                    Status = ""
                    Word = ""
                    Counts = TokenCounts.none
                    Output = []
                }

            if readRoot state &reader &sight && sight.Event >= 0 then
                match progressionOf state &sight with
                | ValueSome progression -> ValueSome(ResponsesState.taken progression)
                | ValueNone -> ValueNone
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
