// The token counters of an answer, as its bytes have them: which counter a vendor's name means is data of its format, and reading them is
// the same for all. Called by the hot paths of whole answers; what the counters mean together is said here for OpenAI's two formats.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

/// What is counted.
type internal UsageCounter =
    | Input = 0
    | Output = 1
    | Total = 2
    | CacheRead = 3
    | CacheWrite = 4
    | Reasoning = 5
    | AudioInput = 6
    | AudioOutput = 7
    /// Input that a tool of the vendor's own brought.
    | ToolInput = 8
    // Where a vendor has a counter in a second place, that counts only if the first is empty.
    | CacheReadElsewhere = 9
    | ReasoningElsewhere = 10
    | AudioInputElsewhere = 11

/// The counters as they came: what was not sent is ValueNone.
[<Struct; NoComparison; NoEquality>]
type internal TokenCounts =
    {
        /// The names that came, as bits: of one that comes twice the document's reader takes the last.
        mutable Names: int
        mutable Input: int64 voption
        mutable Output: int64 voption
        mutable Total: int64 voption
        mutable CacheRead: int64 voption
        mutable CacheWrite: int64 voption
        mutable Reasoning: int64 voption
        mutable AudioInput: int64 voption
        mutable AudioOutput: int64 voption
        mutable ToolInput: int64 voption
    }

/// The names of counters, as bytes.
[<NoComparison; NoEquality>]
type internal CounterNames = { Names: byte[][]; Counters: UsageCounter[] }

/// Where a format has its counters within the object that is its usage.
[<NoComparison; NoEquality>]
type internal UsageNames =
    {
        Top: CounterNames
        /// Objects of further counters.
        Groups: byte[][]
        InGroups: CounterNames[]
        /// Lists of counts by modality, which say nothing new unless one is audio's.
        Modalities: byte[][]
    }

[<RequireQualifiedAccess>]
module internal UsageNames =
    // By loops, as KnownWords.create.
    let private counters (named: (string * UsageCounter) list) : CounterNames =
        let names = List<byte[]>()
        let counters = List<UsageCounter>()

        for name, counter in named do
            names.Add(Encoding.UTF8.GetBytes name)
            counters.Add counter

        { Names = names.ToArray(); Counters = counters.ToArray() }

    let create top (groups: (string * (string * UsageCounter) list) list) (modalities: string list) : UsageNames =
        let names = List<byte[]>()
        let inGroups = List<CounterNames>()

        for name, counted in groups do
            names.Add(Encoding.UTF8.GetBytes name)
            inGroups.Add(counters counted)

        {
            Top = counters top
            Groups = names.ToArray()
            InGroups = inGroups.ToArray()
            Modalities = (KnownWords.create modalities).Bytes
        }

[<RequireQualifiedAccess>]
module internal TokenCounts =
    let none: TokenCounts =
        {
            Names = 0
            Input = ValueNone
            Output = ValueNone
            Total = ValueNone
            CacheRead = ValueNone
            CacheWrite = ValueNone
            Reasoning = ValueNone
            AudioInput = ValueNone
            AudioOutput = ValueNone
            ToolInput = ValueNone
        }

    let private modality = "modality"B
    let private audio = "AUDIO"B
    let private audioNumber = "4"B

    let private firstGroup = 16

    /// Of a counter that has two places the second may come first: what the first has, if anything, takes its place.
    let private set (counter: UsageCounter) (count: int64 voption) (counts: byref<TokenCounts>) : unit =
        match counter with
        | UsageCounter.Input -> counts.Input <- count
        | UsageCounter.Output -> counts.Output <- count
        | UsageCounter.Total -> counts.Total <- count
        | UsageCounter.CacheRead -> if count.IsSome then counts.CacheRead <- count
        | UsageCounter.CacheWrite -> counts.CacheWrite <- count
        | UsageCounter.Reasoning -> if count.IsSome then counts.Reasoning <- count
        | UsageCounter.AudioInput -> if count.IsSome then counts.AudioInput <- count
        | UsageCounter.AudioOutput -> counts.AudioOutput <- count
        | UsageCounter.ToolInput -> counts.ToolInput <- count
        | UsageCounter.CacheReadElsewhere when counts.CacheRead.IsNone -> counts.CacheRead <- count
        | UsageCounter.ReasoningElsewhere when counts.Reasoning.IsNone -> counts.Reasoning <- count
        | UsageCounter.AudioInputElsewhere when counts.AudioInput.IsNone -> counts.AudioInput <- count
        | _ -> ()

    let private readCounter (counter: UsageCounter) (reader: byref<Utf8JsonReader>) (counts: byref<TokenCounts>) : bool =
        let mutable count = ValueNone
        let understood = FastReader.once &counts.Names (1 <<< int counter) && FastReader.readCount &reader &count
        set counter count &counts
        understood

    let private readGroup (names: CounterNames) (reader: byref<Utf8JsonReader>) (counts: byref<TokenCounts>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            match FastReader.find names.Names &reader with
            | -1 -> understood <- FastReader.pass null &reader
            | found -> understood <- readCounter names.Counters[found] &reader &counts

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    /// A modality is a word, or a number as text; where it is a number the careful path knows it.
    let private passModality (reader: byref<Utf8JsonReader>) : bool =
        let mutable understood = true

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt modality &reader then
                    FastReader.next JsonTokenType.String &reader
                    && not (FastReader.isAt audio &reader)
                    && not (FastReader.isAt audioNumber &reader)
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    let private passModalities (reader: byref<Utf8JsonReader>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartArray &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartArray

        while understood && isThere && FastReader.next JsonTokenType.StartObject &reader do
            understood <- passModality &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndArray)

    /// The usage that comes next: an object whose counters are whole numbers, or null.
    let read (names: UsageNames) (reader: byref<Utf8JsonReader>) (counts: byref<TokenCounts>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            let counter = FastReader.find names.Top.Names &reader
            let group = if counter < 0 then FastReader.find names.Groups &reader else -1

            understood <-
                if counter >= 0 then
                    readCounter names.Top.Counters[counter] &reader &counts
                elif group >= 0 then
                    FastReader.once &counts.Names (1 <<< (firstGroup + group)) && readGroup names.InGroups[group] &reader &counts
                elif FastReader.find names.Modalities &reader >= 0 then
                    passModalities &reader
                else
                    FastReader.pass null &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    /// Whether anything was counted.
    let isAny (counts: inref<TokenCounts>) : bool =
        counts.Input.IsSome
        || counts.Output.IsSome
        || counts.Total.IsSome
        || counts.CacheRead.IsSome
        || counts.CacheWrite.IsSome
        || counts.Reasoning.IsSome
        || counts.AudioInput.IsSome
        || counts.AudioOutput.IsSome
        || counts.ToolInput.IsSome

    let private count (counter: int64 voption) : int64 = ValueOption.defaultValue 0L counter

    /// The usage that OpenAI's counters mean, in both of its formats. Where the total is larger by exactly the reasoning, the vendor's
    /// output leaves reasoning out, and it is added.
    let toUsage (counts: inref<TokenCounts>) : Usage =
        let input = count counts.Input
        let output = count counts.Output
        let reasoning = count counts.Reasoning

        // Decimals, because counts may be as large as Int64 and a sum must not wrap.
        let isLeftOut =
            reasoning > 0L && counts.Total.IsSome && decimal counts.Total.Value = decimal input + decimal output + decimal reasoning

        {
            InputTokens = input
            OutputTokens = if isLeftOut then output + reasoning else output
            CacheReadTokens = count counts.CacheRead
            CacheWriteTokens = count counts.CacheWrite
            ReasoningTokens = reasoning
            AudioInputTokens = count counts.AudioInput
            AudioOutputTokens = count counts.AudioOutput
        }
