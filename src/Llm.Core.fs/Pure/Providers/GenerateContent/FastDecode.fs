// The fast path: a plain delta of the text or thought that grows, and the counters that come with it, read from the event's bytes
// without a document. It answers only where Decode.careful would give the same, and else gives up.
namespace Llm.Core

open System
open System.Text.Json

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
    let private readPart (marks: Marks) (reader: byref<Utf8JsonReader>) : struct (string * bool) voption =
        let mutable text = ""
        let mutable isText = false
        let mutable isThought = false
        let mutable understood = true

        while understood && nextMember &reader do
            if FastReader.isAt textName &reader && text = "" then
                understood <- valueIs JsonTokenType.String &reader
                isText <- true

                if understood then text <- FastReader.takeText marks &reader
            elif FastReader.isAt thoughtName &reader && not isThought then
                reader.Read() |> ignore
                isThought <- (reader.TokenType = JsonTokenType.True)
                understood <- isThought
            else
                understood <- false

        if understood && isText then ValueSome(struct (text, isThought)) else ValueNone

    /// An array with one thing in it; what that is, the reader tells.
    let enterOnly (reader: byref<Utf8JsonReader>) : bool =
        valueIs JsonTokenType.StartArray &reader && valueIs JsonTokenType.StartObject &reader

    let leaveOnly (reader: byref<Utf8JsonReader>) : bool = valueIs JsonTokenType.EndArray &reader

    let readContent (marks: Marks) (reader: byref<Utf8JsonReader>) : struct (string * bool) voption =
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

    let private readCandidates (marks: Marks) (reader: byref<Utf8JsonReader>) : struct (string * bool) voption =
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

    /// What the counters mean that are noted.
    let counters: Counters<GeminiState> =
        {
            Set =
                fun counter value state ->
                    let counts = GeminiCounts.withCount counter value state.Counts
                    if counts = state.Counts then state else { state with Counts = counts }
            Used =
                fun counter value state ->
                    GeminiCounts.withCount counter value state.Counts |> GeminiCounts.usage |> ValueOption.defaultValue Usage.zero
        }

    /// The chunks of a delta, and the state, after the counters that came with it.
    let private counted (counts: GeminiCounts) (delta: Chunk) (state: GeminiState) : struct (Chunks * GeminiState) =
        if counts = state.Counts then
            struct (Chunks.one delta, state)
        else
            let next = { state with Counts = counts }

            match GeminiCounts.usage counts with
            | ValueSome usage -> struct (Chunks.andThen [ Chunk.Usage(UsageUpdate.Snapshot usage) ] delta, next)
            | ValueNone -> struct (Chunks.one delta, next)

    let private answer
        (state: GeminiState)
        (text: string)
        (isThought: bool)
        (counts: GeminiCounts)
        : struct (Chunks * GeminiState) voption =
        let run = if isThought then GeminiRun.Thought else GeminiRun.Text
        let index = state.Next - 1

        if text = "" || state.Run <> run || state.IsWhole then
            ValueNone
        else
            let delta = if isThought then Chunk.ThoughtDelta(index, text) else Chunk.TextDelta(index, text)
            ValueSome(counted counts delta state)

    let private readRoot (marks: Marks) (state: GeminiState) (reader: byref<Utf8JsonReader>) : struct (Chunks * GeminiState) voption =
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
            | ValueSome(struct (text, isThought)) -> answer state text isThought (ValueOption.defaultValue state.Counts counts)
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
                let mutable reader = Utf8JsonReader(event.Data.Span, options)
                readRoot marks state &reader
            with
            | :? JsonException
            // A member's name with half of a pair in it cannot be compared.
            | :? InvalidOperationException -> ValueNone
        | _ -> ValueNone

    /// As `read`, where nobody learns from the event.
    let fast (state: GeminiState) (data: ReadOnlySpan<byte>) : struct (Chunks * GeminiState) voption =
        read null state { Name = ""; Data = ReadOnlyMemory(data.ToArray()); IsWhole = true }
