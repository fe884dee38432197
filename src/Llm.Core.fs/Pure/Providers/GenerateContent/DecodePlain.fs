// The events in which a streamed text begins and ends: its first piece comes with the answer's id and model, its last with the reason. Read
// from the bytes without a document, for in a short stream they cost as much as all deltas together. It knows only what it fully
// understands; for all else it answers nothing and Decode decides, which says the same (a law holds it to that). Deltas in between are
// FastDecode's.
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal GeminiFrameSight =
    {
        /// The names that came, as bits: of one that comes twice the document's reader takes the last.
        mutable Names: int
        mutable Id: string
        mutable Model: string
        mutable Text: GeminiTextPlace
        /// Why the answer ended; empty where it goes on.
        mutable Word: string
        mutable Counts: GeminiCounts
    }

[<RequireQualifiedAccess>]
module internal GenerateContentPlain =
    let private reasonName = "finishReason"B
    let private reasons = KnownWords.create [ "STOP"; "MAX_TOKENS" ]
    let private options = JsonReaderOptions(MaxDepth = Json.maxDepth)

    let private noText: GeminiTextPlace = { Start = 0; Length = 0; IsThought = false }

    let private readReason (reader: byref<Utf8JsonReader>) (sight: byref<GeminiFrameSight>) : bool =
        if GenerateContentFast.valueIs JsonTokenType.String &reader then
            match FastReader.find reasons.Bytes &reader with
            | -1 -> false
            | found ->
                sight.Word <- reasons.Texts[found]
                true
        else
            false

    let private readContent (reader: byref<Utf8JsonReader>) (sight: byref<GeminiFrameSight>) : bool =
        match GenerateContentFast.readContent null &reader with
        | ValueSome place ->
            sight.Text <- place
            true
        | ValueNone -> false

    let private readIndex (reader: byref<Utf8JsonReader>) : bool =
        let mutable index = 0
        FastReader.readInt &reader &index && index = 0

    /// The only candidate.
    let private readCandidates (reader: byref<Utf8JsonReader>) (sight: byref<GeminiFrameSight>) : bool =
        let mutable understood = GenerateContentFast.enterOnly &reader

        while understood && GenerateContentFast.nextMember &reader do
            understood <-
                if FastReader.isAt GenerateContentFast.contentName &reader then
                    FastReader.once &sight.Names 1 && readContent &reader &sight
                elif FastReader.isAt reasonName &reader then
                    FastReader.once &sight.Names 2 && readReason &reader &sight
                elif FastReader.isAt GenerateContentFast.indexName &reader then
                    FastReader.once &sight.Names 4 && readIndex &reader
                elif
                    FastReader.isAt GenerateContentFast.safetyName &reader || FastReader.isAt GenerateContentFast.likelihoodName &reader
                then
                    FastReader.pass null &reader
                else
                    false

        understood && GenerateContentFast.leaveOnly &reader

    let private readUsage (reader: byref<Utf8JsonReader>) (sight: byref<GeminiFrameSight>) : bool =
        match GenerateContentFast.readUsage null sight.Counts &reader with
        | ValueSome counts ->
            sight.Counts <- counts
            true
        | ValueNone -> false

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<GeminiFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && GenerateContentFast.nextMember &reader do
            understood <-
                if FastReader.isAt GenerateContentFast.candidatesName &reader then
                    FastReader.once &sight.Names 8 && readCandidates &reader &sight
                elif FastReader.isAt GenerateContentFast.usageName &reader then
                    FastReader.once &sight.Names 16 && readUsage &reader &sight
                elif FastReader.isAt GenerateContentFast.idName &reader then
                    FastReader.once &sight.Names 32 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt GenerateContentFast.modelName &reader then
                    FastReader.once &sight.Names 64 && FastReader.readName &reader &sight.Model
                elif FastReader.isAt GenerateContentFast.timeName &reader then
                    FastReader.pass null &reader
                else
                    false

        understood && sight.Names &&& 8 = 8 && FastReader.isWhole &reader

    /// What Decode makes of the same event.
    let private stepOf (state: GeminiState) (data: ReadOnlySpan<byte>) (sight: inref<GeminiFrameSight>) =
        let heard = GeminiState.start state |> GeminiState.heard sight.Id sight.Model sight.Counts

        let read =
            if sight.Text.Length = 0 then
                heard
            else
                GeminiState.text sight.Text.IsThought (GenerateContentFast.textAt data sight.Text) "" heard

        if sight.Word = "" then
            GeminiState.takenWithUsage state read
        else
            read
            |> GeminiState.sayUsage state
            |> GenerateContentDecode.finish (GenerateContentDecode.reasonOf sight.Word)
            |> GeminiState.taken

    /// The chunks of an event that brings no more than a piece of text, and the state after it; ValueNone where there is more in it than is
    /// certain.
    let tryRead (state: GeminiState) (event: WireEvent) : struct (Chunks * GeminiState) voption =
        let mutable sight: GeminiFrameSight = { Names = 0; Id = ""; Model = ""; Text = noText; Word = ""; Counts = state.Counts }

        try
            let mutable reader = Utf8JsonReader(event.Data.Span, options)

            if not state.IsWhole && readRoot &reader &sight then
                ValueSome(stepOf state event.Data.Span &sight)
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
