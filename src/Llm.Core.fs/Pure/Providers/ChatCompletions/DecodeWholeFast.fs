// The hot path of whole answers: one message of text, thought and tool calls, read from the bytes without a document. It knows only what it
// fully understands; for all else it answers nothing and Decode decides, which says the same (a law holds it to that).
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of a message.
[<Struct; NoComparison; NoEquality>]
type internal ChatMessageSight =
    {
        /// The names that came, as bits.
        mutable Names: int
        mutable Content: string
        mutable Refusal: string
        /// <c>reasoning_content</c>, which counts before <c>reasoning</c>.
        mutable ReasoningContent: string
        mutable Reasoning: string
        /// Whether there are details of reasoning, whose text counts where no other is.
        mutable HasDetails: bool
    }

/// What was seen of a tool call.
[<Struct; NoComparison; NoEquality>]
type internal ChatCallSight = { mutable Names: int; mutable Id: string; mutable Name: string; mutable Arguments: string }

/// Names as bytes: a literal would be a new array at each use.
[<RequireQualifiedAccess>]
module private ChatAnswerName =
    let id = "id"B
    let model = "model"B
    let choices = "choices"B
    let usage = "usage"B
    let error = "error"B
    let groq = "x_groq"B
    let index = "index"B
    let message = "message"B
    let delta = "delta"B
    let finishReason = "finish_reason"B
    let content = "content"B
    let refusal = "refusal"B
    let reasoningContent = "reasoning_content"B
    let reasoning = "reasoning"B
    let details = "reasoning_details"B
    let toolCalls = "tool_calls"B
    let called = "function"B
    let custom = "custom"B
    let name = "name"B
    let arguments = "arguments"B

    let reasons = KnownWords.create [ "stop"; "tool_calls"; "length" ]

    /// Members of a message that say more.
    let more = [| "audio"B; "images"B; "function_call"B |]

    let counters =
        UsageNames.create
            [
                "prompt_tokens", UsageCounter.Input
                "completion_tokens", UsageCounter.Output
                "total_tokens", UsageCounter.Total
                "cached_tokens", UsageCounter.CacheReadElsewhere
                "prompt_cache_hit_tokens", UsageCounter.CacheReadElsewhere
                "num_cached_tokens", UsageCounter.CacheReadElsewhere
                "reasoning_tokens", UsageCounter.ReasoningElsewhere
                "audio_prompt_tokens", UsageCounter.AudioInputElsewhere
            ]
            [
                "prompt_tokens_details",
                [
                    "cached_tokens", UsageCounter.CacheRead
                    "cache_write_tokens", UsageCounter.CacheWrite
                    "audio_tokens", UsageCounter.AudioInput
                ]
                "completion_tokens_details", [ "reasoning_tokens", UsageCounter.Reasoning; "audio_tokens", UsageCounter.AudioOutput ]
            ]
            []

[<RequireQualifiedAccess>]
module internal ChatDecodeWholeFast =
    let private isNull (reader: byref<Utf8JsonReader>) : bool = FastReader.next JsonTokenType.Null &reader

    let private readFunction (reader: byref<Utf8JsonReader>) (call: byref<ChatCallSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.name &reader then
                    FastReader.once &call.Names 4 && FastReader.readTextOrNull &reader &call.Name
                elif FastReader.isAt ChatAnswerName.arguments &reader then
                    FastReader.once &call.Names 8 && FastReader.readTextOrNull &reader &call.Arguments
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    /// A call with an id and a name; what has none is not certain.
    let private readCall (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let mutable call = { Names = 0; Id = ""; Name = ""; Arguments = "" }
        let mutable understood = true

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.id &reader then
                    FastReader.once &call.Names 1 && FastReader.readTextOrNull &reader &call.Id
                elif FastReader.isAt ChatAnswerName.called &reader then
                    FastReader.once &call.Names 2 && readFunction &reader &call
                elif FastReader.isAt ChatAnswerName.custom &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        WholeSight.sayCall call.Id call.Name call.Arguments &sight
        understood && reader.TokenType = JsonTokenType.EndObject && call.Id <> "" && call.Name <> ""

    let private readCalls (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartArray &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartArray

        while understood && isThere && FastReader.next JsonTokenType.StartObject &reader do
            understood <- readCall &reader &sight

        understood && (not isThere || reader.TokenType = JsonTokenType.EndArray)

    /// What the message says besides its calls stands before them, wherever it came.
    let private say (message: inref<ChatMessageSight>) (sight: byref<WholeSight>) : unit =
        let calls = sight.Parts
        sight.Parts <- []
        let thought = if message.ReasoningContent = "" then message.Reasoning else message.ReasoningContent
        WholeSight.sayThought thought &sight
        WholeSight.sayText message.Content &sight
        WholeSight.sayText message.Refusal &sight
        sight.Parts <- calls @ sight.Parts

    let private readMessage (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (isRefused: byref<bool>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader
        let start = int reader.TokenStartIndex

        let mutable message = { Names = 0; Content = ""; Refusal = ""; ReasoningContent = ""; Reasoning = ""; HasDetails = false }

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.content &reader then
                    FastReader.once &message.Names 1 && FastReader.readTextOrNull &reader &message.Content
                elif FastReader.isAt ChatAnswerName.refusal &reader then
                    FastReader.once &message.Names 2 && FastReader.readTextOrNull &reader &message.Refusal
                elif FastReader.isAt ChatAnswerName.reasoningContent &reader then
                    FastReader.once &message.Names 4 && FastReader.readTextOrNull &reader &message.ReasoningContent
                elif FastReader.isAt ChatAnswerName.reasoning &reader then
                    FastReader.once &message.Names 8 && FastReader.readTextOrNull &reader &message.Reasoning
                elif FastReader.isAt ChatAnswerName.toolCalls &reader then
                    FastReader.once &message.Names 16 && readCalls &reader &sight
                elif FastReader.isAt ChatAnswerName.details &reader then
                    let passed = FastReader.pass null &reader
                    message.HasDetails <- message.HasDetails || reader.TokenType <> JsonTokenType.Null
                    passed
                elif FastReader.find ChatAnswerName.more &reader >= 0 then
                    isNull &reader
                else
                    FastReader.pass null &reader

        WholeSight.keep start &reader &sight
        isRefused <- message.Refusal <> ""
        say &message &sight
        let isThoughtCertain = not message.HasDetails || message.ReasoningContent <> "" || message.Reasoning <> ""
        understood && reader.TokenType = JsonTokenType.EndObject && isThoughtCertain

    /// A list of exactly one choice, the first.
    let private readChoices (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (reason: byref<FinishReason option>) : bool =
        let mutable understood =
            FastReader.next JsonTokenType.StartArray &reader && FastReader.next JsonTokenType.StartObject &reader

        let mutable index = 0
        let mutable word = ""
        let mutable isRefused = false

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.message &reader then
                    FastReader.once &sight.Names 2 && readMessage &reader &sight &isRefused
                elif FastReader.isAt ChatAnswerName.finishReason &reader then
                    FastReader.once &sight.Names 4 && FastReader.readWord ChatAnswerName.reasons &reader &word
                elif FastReader.isAt ChatAnswerName.index &reader then
                    FastReader.once &sight.Names 64 && FastReader.readInt &reader &index && index = 0
                elif FastReader.isAt ChatAnswerName.error &reader then
                    isNull &reader
                else
                    not (FastReader.isAt ChatAnswerName.delta &reader) && FastReader.pass null &reader

        if isRefused then reason <- Some FinishReason.Refusal
        elif word <> "" then reason <- ChatDecodeMessage.finishReason word

        understood && reader.TokenType = JsonTokenType.EndObject && FastReader.next JsonTokenType.EndArray &reader

    /// Groq's member beside the choices, which may bring an error or the usage.
    let private readGroq (reader: byref<Utf8JsonReader>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.error &reader || FastReader.isAt ChatAnswerName.usage &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (reason: byref<FinishReason option>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.choices &reader then
                    FastReader.once &sight.Names 8 && readChoices &reader &sight &reason
                elif FastReader.isAt ChatAnswerName.usage &reader then
                    FastReader.once &sight.Names 16 && TokenCounts.read ChatAnswerName.counters &reader &sight.Counts
                elif FastReader.isAt ChatAnswerName.id &reader then
                    FastReader.once &sight.Names 32 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt ChatAnswerName.model &reader then
                    FastReader.once &sight.Names 128 && FastReader.readTextOrNull &reader &sight.Model
                elif FastReader.isAt ChatAnswerName.error &reader then
                    isNull &reader
                elif FastReader.isAt ChatAnswerName.groq &reader then
                    readGroq &reader
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    let private usageOf (counts: inref<TokenCounts>) : Usage option =
        if counts.Input.IsSome || counts.Output.IsSome then Some(TokenCounts.toUsage &counts) else None

    /// The choice and its message.
    let private whole = 8 ||| 2

    /// The reply of a whole answer; ValueNone where there is more in it than is certain. It refers to the body, which must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Reply voption =
        try
            let mutable reader = Utf8JsonReader body.Span
            let mutable sight = WholeSight.start body
            let mutable reason = None

            if readRoot &reader &sight &reason && sight.Names &&& whole = whole then
                ValueSome(WholeSight.toReply false reason (usageOf &sight.Counts) &sight)
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
