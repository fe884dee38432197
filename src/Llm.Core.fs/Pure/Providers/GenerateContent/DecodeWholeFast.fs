// The hot path of whole answers: one candidate of text, thoughts and function calls, read from the bytes without a document. It knows only
// what it fully understands; for all else it answers nothing and Decode decides, which says the same (a law holds it to that).
namespace Llm.Core

open System
open System.Text.Json

/// The text or thought that grows: neighbouring parts of a kind are one.
[<Struct; NoComparison; NoEquality>]
type internal GeminiRunSight =
    {
        mutable Text: TextBuffer
        mutable IsThought: bool
        /// Whether a call came without an id, which is made of the answer's id.
        mutable LacksIds: bool
    }

/// What was seen of a part.
[<Struct; NoComparison; NoEquality>]
type internal GeminiPartSight =
    {
        /// The names that came, as bits.
        mutable Names: int
        mutable Text: string
        mutable IsThought: bool
        mutable HasCall: bool
        /// Whether anything stands beside the text.
        mutable HasMore: bool
        mutable Id: string
        mutable Name: string
        mutable Arguments: string
    }

/// Names as bytes: a literal would be a new array at each use.
[<RequireQualifiedAccess>]
module private GeminiName =
    let candidates = "candidates"B
    let usage = "usageMetadata"B
    let id = "responseId"B
    let model = "modelVersion"B
    let error = "error"B
    let content = "content"B
    let reason = "finishReason"B
    let index = "index"B
    let parts = "parts"B
    let text = "text"B
    let thought = "thought"B
    let call = "functionCall"B
    let callId = "id"B
    let name = "name"B
    let arguments = "args"B
    let pieces = "partialArgs"B
    let continues = "willContinue"B

    let reasons = KnownWords.create [ "STOP"; "MAX_TOKENS" ]

    let counters =
        UsageNames.create
            [
                "promptTokenCount", UsageCounter.Input
                "toolUsePromptTokenCount", UsageCounter.ToolInput
                "candidatesTokenCount", UsageCounter.Output
                "thoughtsTokenCount", UsageCounter.Reasoning
                "cachedContentTokenCount", UsageCounter.CacheRead
            ]
            []
            [ "promptTokensDetails"; "candidatesTokensDetails" ]

[<RequireQualifiedAccess>]
module internal GenerateContentDecodeWholeFast =
    let private readArguments (reader: byref<Utf8JsonReader>) (sight: inref<WholeSight>) (part: byref<GeminiPartSight>) : bool =
        let understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let start = int reader.TokenStartIndex

        if understood && reader.TokenType = JsonTokenType.StartObject then
            reader.Skip()
            part.Arguments <- CompactJson.ofUtf8 (sight.Body.Span.Slice(start, int reader.BytesConsumed - start))

        understood

    /// A call with a name, whose arguments came at once.
    let private readCall (reader: byref<Utf8JsonReader>) (sight: inref<WholeSight>) (part: byref<GeminiPartSight>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        part.HasCall <- understood && reader.TokenType = JsonTokenType.StartObject

        while understood && part.HasCall && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt GeminiName.name &reader then
                    FastReader.once &part.Names 1 && FastReader.readTextOrNull &reader &part.Name
                elif FastReader.isAt GeminiName.arguments &reader then
                    FastReader.once &part.Names 2 && readArguments &reader &sight &part
                elif FastReader.isAt GeminiName.callId &reader then
                    FastReader.once &part.Names 4 && FastReader.readTextOrNull &reader &part.Id
                elif FastReader.isAt GeminiName.pieces &reader || FastReader.isAt GeminiName.continues &reader then
                    FastReader.next JsonTokenType.Null &reader
                else
                    FastReader.pass null &reader

        understood && (not part.HasCall || (reader.TokenType = JsonTokenType.EndObject && part.Name <> ""))

    let private readThoughtMark (reader: byref<Utf8JsonReader>) (part: byref<GeminiPartSight>) : bool =
        let isThere = reader.Read()
        part.IsThought <- reader.TokenType = JsonTokenType.True
        isThere && (part.IsThought || reader.TokenType = JsonTokenType.False || reader.TokenType = JsonTokenType.Null)

    let private endRun (sight: byref<WholeSight>) (run: byref<GeminiRunSight>) : unit =
        if TextBuffer.length run.Text > 0 then
            let text = run.Text.ToString()
            WholeSight.say (if run.IsThought then AssistantPart.Thought text else AssistantPart.Text text) &sight
            run.Text <- TextBuffer.empty

    /// The part, at whose end the reader stands. Empty text shows nothing, and goes back if anything stands beside it.
    let private say
        start
        (reader: byref<Utf8JsonReader>)
        (sight: byref<WholeSight>)
        (run: byref<GeminiRunSight>)
        (part: inref<GeminiPartSight>)
        =
        if part.HasCall then
            endRun &sight &run
            run.LacksIds <- run.LacksIds || part.Id = ""
            WholeSight.sayCall part.Id part.Name part.Arguments &sight
        elif part.Text <> "" then
            if run.IsThought <> part.IsThought then endRun &sight &run

            run.IsThought <- part.IsThought
            run.Text <- TextBuffer.append part.Text run.Text

        if part.HasCall || part.Text <> "" || part.HasMore then WholeSight.keep start &reader &sight

    let private readPart (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (run: byref<GeminiRunSight>) : bool =
        let start = int reader.TokenStartIndex
        let mutable understood = true
        let mutable isText = false

        let mutable part =
            {
                Names = 0
                Text = ""
                IsThought = false
                HasCall = false
                HasMore = false
                Id = ""
                Name = ""
                Arguments = "{}"
            }

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt GeminiName.text &reader then
                    isText <- true
                    FastReader.once &part.Names 8 && FastReader.readText null &reader &part.Text
                elif FastReader.isAt GeminiName.thought &reader then
                    FastReader.once &part.Names 16 && readThoughtMark &reader &part
                elif FastReader.isAt GeminiName.call &reader then
                    FastReader.once &part.Names 32 && readCall &reader &sight &part
                else
                    let passed = FastReader.pass null &reader
                    part.HasMore <- part.HasMore || reader.TokenType <> JsonTokenType.Null
                    passed

        if understood then say start &reader &sight &run &part

        understood && reader.TokenType = JsonTokenType.EndObject && (isText || part.HasCall)

    let private readParts (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (run: byref<GeminiRunSight>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartArray &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartArray

        while understood && isThere && FastReader.next JsonTokenType.StartObject &reader do
            understood <- readPart &reader &sight &run

        endRun &sight &run
        understood && (not isThere || reader.TokenType = JsonTokenType.EndArray)

    let private readContent (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (run: byref<GeminiRunSight>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt GeminiName.parts &reader then
                    FastReader.once &sight.Names 1 && readParts &reader &sight &run
                else
                    FastReader.pass null &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    /// A list of exactly one candidate, the first, that ended as most do.
    let private readCandidates
        (reader: byref<Utf8JsonReader>)
        (sight: byref<WholeSight>)
        (run: byref<GeminiRunSight>)
        (reason: byref<string>)
        =
        let mutable understood =
            FastReader.next JsonTokenType.StartArray &reader && FastReader.next JsonTokenType.StartObject &reader

        let mutable index = 0

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt GeminiName.content &reader then
                    FastReader.once &sight.Names 2 && readContent &reader &sight &run
                elif FastReader.isAt GeminiName.reason &reader then
                    FastReader.once &sight.Names 4 && FastReader.readWord GeminiName.reasons &reader &reason
                elif FastReader.isAt GeminiName.index &reader then
                    FastReader.once &sight.Names 8 && FastReader.readInt &reader &index && index = 0
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject && FastReader.next JsonTokenType.EndArray &reader

    let private readRoot
        (reader: byref<Utf8JsonReader>)
        (sight: byref<WholeSight>)
        (run: byref<GeminiRunSight>)
        (reason: byref<string>)
        : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt GeminiName.candidates &reader then
                    FastReader.once &sight.Names 16 && readCandidates &reader &sight &run &reason
                elif FastReader.isAt GeminiName.usage &reader then
                    FastReader.once &sight.Names 32 && TokenCounts.read GeminiName.counters &reader &sight.Counts
                elif FastReader.isAt GeminiName.id &reader then
                    FastReader.once &sight.Names 64 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt GeminiName.model &reader then
                    FastReader.once &sight.Names 128 && FastReader.readName &reader &sight.Model
                elif FastReader.isAt GeminiName.error &reader then
                    FastReader.next JsonTokenType.Null &reader
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    /// A call's index is its place in the answer.
    let private withIds (reply: Reply) : Reply =
        let identify index part =
            match part with
            | AssistantPart.ToolCall call when call.Id = "" -> AssistantPart.ToolCall { call with Id = ToolCallId.make reply.Id index }
            | other -> other

        { reply with Content = List.mapi identify reply.Content }

    let private usageOf (counts: inref<TokenCounts>) : Usage option =
        let count counter = ValueOption.defaultValue -1L counter

        GeminiCounts.usage
            { GeminiCounts.none with
                Prompt = count counts.Input
                ToolUsePrompt = count counts.ToolInput
                Candidates = count counts.Output
                Thoughts = count counts.Reasoning
                Cached = count counts.CacheRead
            }
        |> ValueOption.toOption

    let private replyOf (reason: string) (run: inref<GeminiRunSight>) (sight: inref<WholeSight>) : Reply voption =
        let usage = usageOf &sight.Counts

        let reply =
            match reason with
            | ""
            | "STOP" -> ValueSome(WholeSight.toReply true None usage &sight)
            | "MAX_TOKENS" -> ValueSome(WholeSight.toReply true (Some FinishReason.MaxTokens) usage &sight)
            | _ -> ValueNone

        match reply with
        | ValueSome reply when run.LacksIds -> ValueSome(withIds reply)
        | found -> found

    /// The reply of a whole answer; ValueNone where there is more in it than is certain. It refers to the body, which must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Reply voption =
        try
            let mutable reader = Utf8JsonReader body.Span
            let mutable sight = WholeSight.start body
            let mutable run: GeminiRunSight = { Text = TextBuffer.empty; IsThought = false; LacksIds = false }
            let mutable reason = ""

            if readRoot &reader &sight &run &reason && sight.Names &&& 16 = 16 then
                replyOf reason &run &sight
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
