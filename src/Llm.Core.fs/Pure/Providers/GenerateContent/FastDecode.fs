// The fast path: a plain delta of the text or thought that grows, and the counters that come with it, read from the event's bytes
// without a document. It answers only where Decode.careful would give the same, and else gives up.
namespace Llm.Core

open System
open System.Text.Json

/// Where in an event's bytes a text stands, escapes and all: it is made a string where the event is understood.
[<Struct; NoComparison>]
type internal GeminiTextPlace = { Start: int; Length: int; IsThought: bool }

[<RequireQualifiedAccess>]
module internal GenerateContentFast =
    // A byte literal allocates at each evaluation.
    let candidatesName = "candidates"B
    let usageName = "usageMetadata"B
    let modelName = "modelVersion"B
    let idName = "responseId"B
    let timeName = "createTime"B
    let contentName = "content"B
    let indexName = "index"B
    let safetyName = "safetyRatings"B
    let likelihoodName = "avgLogprobs"B
    let private partsName = "parts"B
    let private roleName = "role"B
    let private textName = "text"B
    let private thoughtName = "thought"B
    let private promptName = "promptTokenCount"B
    let private toolUseName = "toolUsePromptTokenCount"B
    let private outputName = "candidatesTokenCount"B
    let private thoughtsName = "thoughtsTokenCount"B
    let private cachedName = "cachedContentTokenCount"B
    let private promptDetailsName = "promptTokensDetails"B
    let private outputDetailsName = "candidatesTokensDetails"B
    let private modalityName = "modality"B
    let private audioName = "AUDIO"B
    let private audioNumber = "4"B

    let private options = JsonReaderOptions(MaxDepth = Json.maxDepth)

    /// Moves to the next member's name; false at the end of the object.
    let nextMember (reader: byref<Utf8JsonReader>) : bool =
        reader.Read() |> ignore
        reader.TokenType = JsonTokenType.PropertyName

    let private skipValue (marks: Marks) (reader: byref<Utf8JsonReader>) : unit = FastReader.pass marks &reader |> ignore

    /// Moves to a member's value and tells whether it is of this type.
    let valueIs (expected: JsonTokenType) (reader: byref<Utf8JsonReader>) : bool =
        reader.Read() |> ignore
        reader.TokenType = expected

    /// A part that is text, which may be empty, perhaps marked as a thought, and nothing else.
    let private readPart (marks: Marks) (reader: byref<Utf8JsonReader>) : GeminiTextPlace voption =
        let mutable start = -1
        let mutable length = 0
        let mutable isThought = false
        let mutable understood = true

        while understood && nextMember &reader do
            if FastReader.isAt textName &reader && length = 0 then
                understood <- valueIs JsonTokenType.String &reader

                if understood then
                    if not (isNull marks) then marks.Text &reader

                    start <- int reader.TokenStartIndex + 1
                    length <- reader.ValueSpan.Length
            elif FastReader.isAt thoughtName &reader && not isThought then
                reader.Read() |> ignore
                isThought <- (reader.TokenType = JsonTokenType.True)
                understood <- isThought
            else
                understood <- false

        if understood && start >= 0 then
            ValueSome { Start = start; Length = length; IsThought = isThought }
        else
            ValueNone

    /// The text there.
    let textAt (data: ReadOnlySpan<byte>) (place: GeminiTextPlace) : string = Json.unescape (data.Slice(place.Start, place.Length))

    /// An array with one thing in it; what that is, the reader tells.
    let enterOnly (reader: byref<Utf8JsonReader>) : bool =
        valueIs JsonTokenType.StartArray &reader && valueIs JsonTokenType.StartObject &reader

    let leaveOnly (reader: byref<Utf8JsonReader>) : bool = valueIs JsonTokenType.EndArray &reader

    let readContent (marks: Marks) (reader: byref<Utf8JsonReader>) : GeminiTextPlace voption =
        let mutable found = ValueNone
        let mutable understood = valueIs JsonTokenType.StartObject &reader

        while understood && nextMember &reader do
            if FastReader.isAt partsName &reader && found.IsNone then
                if enterOnly &reader then found <- readPart marks &reader

                understood <- found.IsSome && leaveOnly &reader
            elif FastReader.isAt roleName &reader then
                skipValue marks &reader
            else
                understood <- false

        if understood then found else ValueNone

    let private readCandidates (marks: Marks) (reader: byref<Utf8JsonReader>) : GeminiTextPlace voption =
        let mutable found = ValueNone
        let mutable understood = enterOnly &reader

        while understood && nextMember &reader do
            if FastReader.isAt contentName &reader && found.IsNone then
                found <- readContent marks &reader
                understood <- found.IsSome
            elif FastReader.isAt indexName &reader then
                let mutable index = 0

                understood <- valueIs JsonTokenType.Number &reader && reader.TryGetInt32 &index && index = 0
            elif FastReader.isAt safetyName &reader || FastReader.isAt likelihoodName &reader then
                skipValue marks &reader
            else
                understood <- false

        if understood && leaveOnly &reader then found else ValueNone

    let private readCount (marks: Marks) (counter: int) (count: byref<int64>) (reader: byref<Utf8JsonReader>) : bool =
        let mutable value = 0L

        let understood = valueIs JsonTokenType.Number &reader && reader.TryGetInt64 &value && value >= 0L

        if understood then
            count <- value

            if not (isNull marks) then marks.Counted(counter, &reader)

        understood

    /// Passes over counts by modality, as long as none of them is audio's.
    let private passDetails (marks: Marks) (reader: byref<Utf8JsonReader>) : bool =
        let mutable understood = valueIs JsonTokenType.StartArray &reader
        let mutable goesOn = understood

        while understood && goesOn do
            reader.Read() |> ignore

            if reader.TokenType = JsonTokenType.EndArray then
                goesOn <- false
            elif reader.TokenType <> JsonTokenType.StartObject then
                understood <- false
            else
                while understood && nextMember &reader do
                    if FastReader.isAt modalityName &reader then
                        understood <-
                            valueIs JsonTokenType.String &reader
                            && not (FastReader.isAt audioName &reader)
                            && not (FastReader.isAt audioNumber &reader)
                    else
                        skipValue marks &reader

        understood

    let readUsage (marks: Marks) (before: GeminiCounts) (reader: byref<Utf8JsonReader>) : GeminiCounts voption =
        let mutable prompt = before.Prompt
        let mutable toolUse = before.ToolUsePrompt
        let mutable output = before.Candidates
        let mutable thoughts = before.Thoughts
        let mutable cached = before.Cached
        let mutable understood = valueIs JsonTokenType.StartObject &reader

        while understood && nextMember &reader do
            if FastReader.isAt promptName &reader then
                understood <- readCount marks GeminiCounts.Prompt &prompt &reader
            elif FastReader.isAt outputName &reader then
                understood <- readCount marks GeminiCounts.Output &output &reader
            elif FastReader.isAt thoughtsName &reader then
                understood <- readCount marks GeminiCounts.Reasoning &thoughts &reader
            elif FastReader.isAt toolUseName &reader then
                understood <- readCount marks GeminiCounts.ToolUse &toolUse &reader
            elif FastReader.isAt cachedName &reader then
                understood <- readCount null GeminiCounts.Unnoted &cached &reader
            elif FastReader.isAt promptDetailsName &reader then
                understood <- before.AudioInput = 0L && passDetails marks &reader
            elif FastReader.isAt outputDetailsName &reader then
                understood <- before.AudioOutput = 0L && passDetails marks &reader
            else
                skipValue marks &reader

        if understood then
            ValueSome
                { before with
                    Prompt = prompt
                    ToolUsePrompt = toolUse
                    Candidates = output
                    Thoughts = thoughts
                    Cached = cached
                }
        else
            ValueNone

    /// The chunks of a delta, and the state, after the counters that came with it.
    let private counted (counts: GeminiCounts) (delta: Chunk) (state: GeminiState) : struct (Chunks * GeminiState) =
        if counts.Equals state.Counts then
            struct (Chunks.one delta, state)
        else
            let next = { state with Counts = counts }
            struct ((if GeminiCounts.isAny counts then Chunks.counted next delta else Chunks.one delta), next)

    let private answer (state: GeminiState) (data: ReadOnlySpan<byte>) (place: GeminiTextPlace) counts =
        let run = if place.IsThought then GeminiRun.Thought else GeminiRun.Text
        let index = state.Next - 1

        if place.Length = 0 || not (state.Run.Equals run) || state.IsWhole then
            ValueNone
        else
            let text = textAt data place
            let delta = if place.IsThought then Chunk.ThoughtDelta(index, text) else Chunk.TextDelta(index, text)
            ValueSome(counted counts delta state)

    let private readRoot (marks: Marks) (state: GeminiState) (data: ReadOnlySpan<byte>) : struct (Chunks * GeminiState) voption =
        let mutable reader = Utf8JsonReader(data, options)
        let mutable found = ValueNone
        let mutable counts = ValueNone
        let mutable understood = reader.Read() && reader.TokenType = JsonTokenType.StartObject

        while understood && nextMember &reader do
            if FastReader.isAt candidatesName &reader && found.IsNone then
                found <- readCandidates marks &reader
                understood <- found.IsSome
            elif FastReader.isAt usageName &reader && counts.IsNone then
                counts <- readUsage marks state.Counts &reader
                understood <- counts.IsSome
            elif
                (FastReader.isAt modelName &reader && state.Model.IsSome)
                || (FastReader.isAt idName &reader && state.Id.IsSome)
                || FastReader.isAt timeName &reader
            then
                skipValue marks &reader
            else
                understood <- false

        if not understood || reader.Read() then
            ValueNone
        else
            match found with
            | ValueSome place -> answer state data place (ValueOption.defaultValue state.Counts counts)
            | ValueNone -> ValueNone

    /// <summary>
    /// The chunk of a plain delta, and the state, whose counters alone it changes; ValueNone for every other event, which the careful path
    /// then reads.
    /// </summary>
    let read (marks: Marks) (state: GeminiState) (event: WireEvent) : struct (Chunks * GeminiState) voption =
        match state.Run with
        | GeminiRun.Text
        | GeminiRun.Thought ->
            try
                readRoot marks state event.Data.Span
            with
            | :? JsonException
            // A member's name with half of a pair in it cannot be compared.
            | :? InvalidOperationException -> ValueNone
        | _ -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: GeminiState) (data: ReadOnlySpan<byte>) : struct (Chunks * GeminiState) voption =
        read null state { Name = ""; Data = ReadOnlyMemory(data.ToArray()); IsWhole = true }
