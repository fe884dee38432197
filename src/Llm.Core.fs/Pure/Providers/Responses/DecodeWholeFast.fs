// The hot path of whole answers: messages of text, reasoning, tool calls, and items that are kept as they came, read from the bytes without a
// document. It knows only what it fully understands; for all else it answers nothing and Decode decides, which says the same (a law holds
// it to that).
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an output item.
[<Struct; NoComparison; NoEquality>]
type internal ResponsesItemSight =
    {
        /// The names that came, as bits.
        mutable Names: int
        mutable Type: string
        /// What its content said: texts, or thoughts.
        mutable HasTexts: bool
        mutable HasThoughts: bool
        mutable HasSummary: bool
        mutable Call: string
        mutable Name: string
        mutable Arguments: string
    }

[<RequireQualifiedAccess>]
module internal ResponsesDecodeWholeFast =
    /// The type and text of a part of a message's content or of an item of reasoning.
    let private readPart (reader: byref<Utf8JsonReader>) (kind: byref<string>) (text: byref<string>) : bool =
        let mutable understood = true
        let mutable names = 0
        kind <- ""
        text <- ""

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.kind &reader then
                    FastReader.once &names 1 && FastReader.readWord ResponsesName.parts &reader &kind
                elif FastReader.isAt ResponsesName.text &reader then
                    FastReader.once &names 2 && FastReader.readTextOrNull &reader &text
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    /// The careful path numbers parts up to here one by one.
    let private mostParts = 999

    /// A list of parts, or null: a summary, or content.
    let private readParts (isSummary: bool) (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (item: byref<ResponsesItemSight>) =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartArray &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartArray
        let mutable kind = ""
        let mutable text = ""
        let mutable count = 0

        while understood && isThere && FastReader.next JsonTokenType.StartObject &reader do
            count <- count + 1
            understood <- readPart &reader &kind &text && count < mostParts

            match kind with
            | "summary_text" when isSummary ->
                WholeSight.sayThought text &sight
                item.HasSummary <- item.HasSummary || text <> ""
            | "reasoning_text" when not isSummary ->
                WholeSight.sayThought text &sight
                item.HasThoughts <- item.HasThoughts || text <> ""
            | "output_text"
            | "text" when not isSummary ->
                WholeSight.sayText text &sight
                item.HasTexts <- item.HasTexts || text <> ""
            | _ -> understood <- false

        understood && (not isThere || reader.TokenType = JsonTokenType.EndArray)

    /// What the item is besides what its parts said. Where those are of another type than the item, the careful path knows what they mean.
    let private say (start: int) (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (item: inref<ResponsesItemSight>) : bool =
        match item.Type with
        | "" -> false
        | "message" -> not item.HasThoughts && not item.HasSummary
        | "reasoning" -> not item.HasTexts && not (item.HasThoughts && item.HasSummary)
        | _ when item.HasTexts || item.HasThoughts || item.HasSummary -> false
        | "function_call" ->
            WholeSight.sayCall item.Call item.Name item.Arguments &sight
            item.Call <> ""
        | kind ->
            let json = Json.ofUtf8 (sight.Body.Slice(start, int reader.BytesConsumed - start))
            WholeSight.say (AssistantPart.Other { Kind = kind; Json = json }) &sight
            true

    let private readItem (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let start = int reader.TokenStartIndex
        let mutable understood = true

        let mutable item =
            {
                Names = 0
                Type = ""
                HasTexts = false
                HasThoughts = false
                HasSummary = false
                Call = ""
                Name = ""
                Arguments = ""
            }

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.kind &reader then
                    FastReader.once &item.Names 1 && FastReader.readWord ResponsesName.items &reader &item.Type
                elif FastReader.isAt ResponsesName.content &reader then
                    FastReader.once &item.Names 2 && readParts false &reader &sight &item
                elif FastReader.isAt ResponsesName.summary &reader then
                    FastReader.once &item.Names 4 && readParts true &reader &sight &item
                elif FastReader.isAt ResponsesName.call &reader then
                    FastReader.once &item.Names 8 && FastReader.readTextOrNull &reader &item.Call
                elif FastReader.isAt ResponsesName.name &reader then
                    FastReader.once &item.Names 16 && FastReader.readTextOrNull &reader &item.Name
                elif FastReader.isAt ResponsesName.arguments &reader then
                    FastReader.once &item.Names 32 && FastReader.readTextOrNull &reader &item.Arguments
                else
                    FastReader.pass null &reader

        WholeSight.keep start &reader &sight
        understood && reader.TokenType = JsonTokenType.EndObject && say start &reader &sight &item

    let private readOutput (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartArray &reader

        while understood && FastReader.next JsonTokenType.StartObject &reader do
            understood <- readItem &reader &sight

        understood && reader.TokenType = JsonTokenType.EndArray

    /// Why an answer is incomplete: its details, or null.
    let readIncomplete (reader: byref<Utf8JsonReader>) (reason: byref<string>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject
        let mutable names = 0

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.reason &reader then
                    FastReader.once &names 1 && FastReader.readTextOrNull &reader &reason
                else
                    FastReader.pass null &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (status: byref<string>) (reason: byref<string>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ResponsesName.output &reader then
                    FastReader.once &sight.Names 1 && readOutput &reader &sight
                elif FastReader.isAt ResponsesName.status &reader then
                    FastReader.once &sight.Names 2 && FastReader.readWord ResponsesName.statuses &reader &status
                elif FastReader.isAt ResponsesName.usage &reader then
                    FastReader.once &sight.Names 4 && TokenCounts.read ResponsesName.counters &reader &sight.Counts
                elif FastReader.isAt ResponsesName.id &reader then
                    FastReader.once &sight.Names 8 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt ResponsesName.model &reader then
                    FastReader.once &sight.Names 16 && FastReader.readName &reader &sight.Model
                elif FastReader.isAt ResponsesName.incomplete &reader then
                    FastReader.once &sight.Names 32 && readIncomplete &reader &reason
                elif FastReader.isAt ResponsesName.error &reader then
                    FastReader.next JsonTokenType.Null &reader
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    let private usageOf (counts: inref<TokenCounts>) : Usage option =
        if TokenCounts.isAny &counts then Some(TokenCounts.toUsage &counts) else None

    /// The reply, where the answer has its output and is no failure, nor still at work.
    let private replyOf (status: string) (reason: string) (sight: inref<WholeSight>) : Reply voption =
        let isIncomplete = status = "incomplete"

        if sight.Names &&& 1 = 1 && (isIncomplete || status = "completed") then
            ValueSome(WholeSight.toReply false (ResponsesAnswer.reason isIncomplete reason) (usageOf &sight.Counts) &sight)
        else
            ValueNone

    /// The reply of a whole answer; ValueNone where there is more in it than is certain. It refers to the body, which must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Reply voption =
        try
            let mutable reader = Utf8JsonReader body.Span
            let mutable sight = WholeSight.start body
            let mutable status = ""
            let mutable reason = ""

            if readRoot &reader &sight &status &reason then replyOf status reason &sight else ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
