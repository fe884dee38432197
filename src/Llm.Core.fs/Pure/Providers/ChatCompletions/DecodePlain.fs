// The events that frame a streamed text: its first, its last, and the one that says what was used. Read from the bytes without a document, for
// in a short stream they cost more than all deltas together. It knows only what it fully understands; for all else it answers nothing and
// Decode decides, which says the same (a law holds it to that). Deltas of open parts are DecodeFast's.
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal ChatFrameSight =
    {
        /// The names that came, as bits: of one that comes twice the document's reader takes the last.
        mutable Names: int
        mutable Id: string
        mutable Model: string
        mutable Content: string
        mutable Reason: string
        mutable HasChoice: bool
        mutable Counts: TokenCounts
    }

[<RequireQualifiedAccess>]
module internal ChatDecodePlain =
    let private isNull (reader: byref<Utf8JsonReader>) : bool = FastReader.next JsonTokenType.Null &reader

    let private readDelta (reader: byref<Utf8JsonReader>) (sight: byref<ChatFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.content &reader then
                    FastReader.once &sight.Names 1 && FastReader.readTextOrNull &reader &sight.Content
                elif FastReader.find ChatName.beyondText &reader >= 0 then
                    isNull &reader
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    let private readChoice (reader: byref<Utf8JsonReader>) (sight: byref<ChatFrameSight>) : bool =
        let mutable understood = true
        let mutable index = 0

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.delta &reader then
                    FastReader.once &sight.Names 2 && readDelta &reader &sight
                elif FastReader.isAt ChatName.index &reader then
                    FastReader.once &sight.Names 4 && FastReader.readInt &reader &index && index = 0
                elif FastReader.isAt ChatName.finishReason &reader then
                    FastReader.once &sight.Names 8 && FastReader.readWord ChatName.reasons &reader &sight.Reason
                elif FastReader.isAt ChatName.error &reader then
                    isNull &reader
                else
                    not (FastReader.isAt ChatName.message &reader) && FastReader.pass null &reader

        sight.HasChoice <- true
        understood && reader.TokenType = JsonTokenType.EndObject

    /// No choice, or one.
    let private readChoices (reader: byref<Utf8JsonReader>) (sight: byref<ChatFrameSight>) : bool =
        FastReader.next JsonTokenType.StartArray &reader
        && reader.Read()
        && match reader.TokenType with
           | JsonTokenType.EndArray -> true
           | JsonTokenType.StartObject -> readChoice &reader &sight && FastReader.next JsonTokenType.EndArray &reader
           | _ -> false

    /// A text that matters only where the state has none yet; of another kind it would be taken for none.
    let private readUnless (isKnown: bool) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        if isKnown then FastReader.pass null &reader else FastReader.readTextOrNull &reader &text

    let private readRoot (state: ChatState) (reader: byref<Utf8JsonReader>) (sight: byref<ChatFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.choices &reader then
                    FastReader.once &sight.Names 16 && readChoices &reader &sight
                elif FastReader.isAt ChatName.usage &reader then
                    FastReader.once &sight.Names 32 && TokenCounts.read ChatName.counters &reader &sight.Counts
                elif FastReader.isAt ChatName.id &reader then
                    FastReader.once &sight.Names 64 && readUnless state.AnswerId.IsSome &reader &sight.Id
                elif FastReader.isAt ChatName.model &reader then
                    FastReader.once &sight.Names 128 && readUnless state.HasModel &reader &sight.Model
                elif FastReader.isAt ChatName.error &reader || FastReader.isAt ChatName.groq &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    /// The choices, without which an event may be an error, or the answer of another format.
    let private frame = 16

    /// What Decode makes of the same event, in its order.
    let private progressOf (state: ChatState) (sight: inref<ChatFrameSight>) : ChatProgress =
        let begun = ChatState.start state |> ChatFrame.meta sight.Id sight.Model
        let isOpen = sight.HasChoice && not state.IsFinished
        let said = if isOpen then ChatParts.text sight.Content begun else begun

        let finished =
            if sight.Reason = "" then
                said
            else
                ChatFrame.finish (ChatDecodeMessage.finishReason sight.Reason) said

        ChatFrame.usage (ChatUsage.mergeCounts state.Usage &sight.Counts) finished

    /// The chunks of an event of a text's stream, and the state after it; ValueNone where there is more in it than is certain.
    let tryRead (state: ChatState) (event: WireEvent) : struct (Chunks * ChatState) voption =
        if state.IsDone || event.Name = "error" then
            ValueNone
        else
            try
                let mutable reader = Utf8JsonReader event.Data.Span

                let mutable sight =
                    {
                        Names = 0
                        Id = ""
                        Model = ""
                        Content = ""
                        Reason = ""
                        HasChoice = false
                        Counts = TokenCounts.none
                    }

                if readRoot state &reader &sight && sight.Names &&& frame <> 0 then
                    let progress = progressOf state &sight
                    ValueSome(struct (ChatState.chunks progress, progress.State))
                else
                    ValueNone
            with
            | :? JsonException
            // An escaped name with a lone surrogate.
            | :? InvalidOperationException -> ValueNone
