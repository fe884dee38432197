// The hot path of a stream: deltas that only make an open part longer, read from the bytes without a document. It knows only what it
// fully understands; for all else it answers nothing and Decode decides. It never changes a state.
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal ChatSight =
    {
        /// Null where nobody learns from the event.
        Marks: Marks
        /// The names that were seen and may come once: of two the document's reader takes the last.
        mutable Seen: int
        mutable Content: string
        mutable Thought: string
        mutable Arguments: string
        mutable Position: int
    }

[<RequireQualifiedAccess>]
module internal ChatDecodeFast =
    let private isNull (reader: byref<Utf8JsonReader>) : bool = FastReader.next JsonTokenType.Null &reader

    let private isBlank (reader: byref<Utf8JsonReader>) : bool =
        reader.Read()
        && (reader.TokenType = JsonTokenType.Null || (reader.TokenType = JsonTokenType.String && reader.ValueSpan.Length = 0))

    let private isZero (reader: byref<Utf8JsonReader>) : bool =
        let mutable number = -1

        FastReader.readInt &reader &number && number = 0

    /// A text or null; false for anything else.
    let private readText (marks: Marks) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.String ->
               if reader.ValueSpan.Length > 0 then text <- FastReader.takeText marks &reader

               true
           | _ -> false

    /// The members of an object up to its end, as far as all are understood.
    let private readFunction (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                FastReader.isAt ChatName.arguments &reader
                && FastReader.once &sight.Seen 1
                && readText sight.Marks &reader &sight.Arguments

        understood && reader.TokenType = JsonTokenType.EndObject

    /// The one item of a list of tool calls: an index and more arguments, no more.
    let private readCalls (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        reader.Read()
        && (reader.TokenType = JsonTokenType.Null
            || (reader.TokenType = JsonTokenType.StartArray
                && reader.Read()
                && (reader.TokenType = JsonTokenType.EndArray
                    || (reader.TokenType = JsonTokenType.StartObject
                        && (let mutable understood = true

                            while understood && FastReader.next JsonTokenType.PropertyName &reader do
                                understood <-
                                    if FastReader.isAt ChatName.index &reader then
                                        FastReader.once &sight.Seen 2 && FastReader.readInt &reader &sight.Position
                                    elif FastReader.isAt ChatName.called &reader then
                                        FastReader.once &sight.Seen 4 && readFunction &reader &sight
                                    elif FastReader.isAt ChatName.kind &reader then
                                        FastReader.pass sight.Marks &reader
                                    else
                                        false

                            understood && reader.TokenType = JsonTokenType.EndObject && FastReader.next JsonTokenType.EndArray &reader)))))

    let private readDelta (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.content &reader then
                    FastReader.once &sight.Seen 8 && readText sight.Marks &reader &sight.Content
                elif FastReader.isAt ChatName.reasoning &reader || FastReader.isAt ChatName.reasoningContent &reader then
                    FastReader.once &sight.Seen 16 && readText sight.Marks &reader &sight.Thought
                elif FastReader.isAt ChatName.toolCalls &reader then
                    FastReader.once &sight.Seen 32 && readCalls &reader &sight
                elif FastReader.isAt ChatName.refusal &reader then
                    isBlank &reader
                elif
                    FastReader.isAt ChatName.reasoningDetails &reader
                    || FastReader.isAt ChatName.audio &reader
                    || FastReader.isAt ChatName.images &reader
                    || FastReader.isAt ChatName.functionCall &reader
                then
                    isNull &reader
                else
                    FastReader.pass sight.Marks &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    let private readChoice (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        let mutable understood = true

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.delta &reader then
                    FastReader.once &sight.Seen 64 && readDelta &reader &sight
                elif FastReader.isAt ChatName.index &reader then
                    FastReader.once &sight.Seen 128 && isZero &reader
                elif FastReader.isAt ChatName.finishReason &reader then
                    FastReader.once &sight.Seen 256 && isBlank &reader
                elif FastReader.isAt ChatName.message &reader then
                    false
                elif FastReader.isAt ChatName.error &reader then
                    isNull &reader
                else
                    FastReader.pass sight.Marks &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    /// A list of exactly one choice.
    let private readChoices (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        FastReader.next JsonTokenType.StartArray &reader
        && FastReader.next JsonTokenType.StartObject &reader
        && readChoice &reader &sight
        && FastReader.next JsonTokenType.EndArray &reader

    /// The whole event; what stands behind it is not understood.
    let private readRoot (state: ChatState) (reader: byref<Utf8JsonReader>) (sight: byref<ChatSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.choices &reader then
                    FastReader.once &sight.Seen 512 && readChoices &reader &sight
                elif
                    FastReader.isAt ChatName.usage &reader
                    || FastReader.isAt ChatName.error &reader
                    || FastReader.isAt ChatName.groq &reader
                then
                    isNull &reader
                elif FastReader.isAt ChatName.id &reader then
                    state.AnswerId.IsSome && FastReader.pass sight.Marks &reader
                elif FastReader.isAt ChatName.model &reader then
                    state.HasModel && FastReader.pass sight.Marks &reader
                else
                    FastReader.pass sight.Marks &reader

        understood && FastReader.isWhole &reader

    /// The chunk of a delta that makes one open part longer.
    let private chunksOf (state: ChatState) (sight: inref<ChatSight>) : Chunks voption =
        match state.Open, sight.Content.Length > 0, sight.Thought.Length > 0, sight.Arguments.Length > 0 with
        | _, false, false, false -> ValueSome Chunks.empty
        | ChatOpen.Text index, true, false, false when sight.Seen &&& 4 = 0 -> ValueSome(Chunks.one (Chunk.TextDelta(index, sight.Content)))
        | ChatOpen.Thought index, false, true, false when sight.Seen &&& 4 = 0 && state.ThoughtSource.IsStrings ->
            ValueSome(Chunks.one (Chunk.ThoughtDelta(index, sight.Thought)))
        | _, false, false, true when sight.Seen &&& 2 <> 0 ->
            match ChatCalls.atPosition sight.Position state.Calls with
            | ValueSome call when call.IsStarted && call.HasArguments && not call.IsCustom ->
                ValueSome(Chunks.one (Chunk.ToolCallDelta(call.Part, sight.Arguments)))
            | _ -> ValueNone
        | _ -> ValueNone

    /// The chunks of an event that leaves the state as it is; ValueNone where that is not certain.
    let read (marks: Marks) (state: ChatState) (event: WireEvent) : Chunks voption =
        if state.IsFinished || state.IsDone || event.Name = "error" then
            ValueNone
        else
            try
                let mutable reader = Utf8JsonReader event.Data.Span
                let mutable sight = { Marks = marks; Seen = 0; Content = ""; Thought = ""; Arguments = ""; Position = -1 }

                if readRoot state &reader &sight && sight.Seen &&& 512 <> 0 then
                    chunksOf state &sight
                else
                    ValueNone
            with
            | :? JsonException
            // An escaped name with a lone surrogate.
            | :? InvalidOperationException -> ValueNone

    /// As `read`, where nobody learns from the event.
    let tryRead (state: ChatState) (event: WireEvent) : Chunks voption = read null state event
