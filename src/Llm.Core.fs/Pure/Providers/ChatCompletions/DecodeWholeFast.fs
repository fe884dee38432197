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

[<RequireQualifiedAccess>]
module internal ChatDecodeWholeFast =
    let private isNull (reader: byref<Utf8JsonReader>) : bool = FastReader.next JsonTokenType.Null &reader

    let private readFunction (reader: byref<Utf8JsonReader>) (call: byref<ChatCallSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.name &reader then
                    FastReader.once &call.Names 4 && FastReader.readTextOrNull &reader &call.Name
                elif FastReader.isAt ChatName.arguments &reader then
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
                if FastReader.isAt ChatName.id &reader then
                    FastReader.once &call.Names 1 && FastReader.readTextOrNull &reader &call.Id
                elif FastReader.isAt ChatName.called &reader then
                    FastReader.once &call.Names 2 && readFunction &reader &call
                elif FastReader.isAt ChatName.custom &reader then
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
                if FastReader.isAt ChatName.content &reader then
                    FastReader.once &message.Names 1 && FastReader.readTextOrNull &reader &message.Content
                elif FastReader.isAt ChatName.refusal &reader then
                    FastReader.once &message.Names 2 && FastReader.readTextOrNull &reader &message.Refusal
                elif FastReader.isAt ChatName.reasoningContent &reader then
                    FastReader.once &message.Names 4 && FastReader.readTextOrNull &reader &message.ReasoningContent
                elif FastReader.isAt ChatName.reasoning &reader then
                    FastReader.once &message.Names 8 && FastReader.readTextOrNull &reader &message.Reasoning
                elif FastReader.isAt ChatName.toolCalls &reader then
                    FastReader.once &message.Names 16 && readCalls &reader &sight
                elif FastReader.isAt ChatName.reasoningDetails &reader then
                    let passed = FastReader.pass null &reader
                    message.HasDetails <- message.HasDetails || reader.TokenType <> JsonTokenType.Null
                    passed
                elif FastReader.find ChatName.more &reader >= 0 then
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
                if FastReader.isAt ChatName.message &reader then
                    FastReader.once &sight.Names 2 && readMessage &reader &sight &isRefused
                elif FastReader.isAt ChatName.finishReason &reader then
                    FastReader.once &sight.Names 4 && FastReader.readWord ChatName.reasons &reader &word
                elif FastReader.isAt ChatName.index &reader then
                    FastReader.once &sight.Names 64 && FastReader.readInt &reader &index && index = 0
                elif FastReader.isAt ChatName.error &reader then
                    isNull &reader
                else
                    not (FastReader.isAt ChatName.delta &reader) && FastReader.pass null &reader

        if isRefused then reason <- Some FinishReason.Refusal
        elif word <> "" then reason <- ChatDecodeMessage.finishReason word

        understood && reader.TokenType = JsonTokenType.EndObject && FastReader.next JsonTokenType.EndArray &reader

    /// Groq's member beside the choices, which may bring an error or the usage.
    let private readGroq (reader: byref<Utf8JsonReader>) : bool =
        let mutable understood = FastReader.nextOrNull JsonTokenType.StartObject &reader
        let isThere = understood && reader.TokenType = JsonTokenType.StartObject

        while understood && isThere && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.error &reader || FastReader.isAt ChatName.usage &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        understood && (not isThere || reader.TokenType = JsonTokenType.EndObject)

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) (reason: byref<FinishReason option>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatName.choices &reader then
                    FastReader.once &sight.Names 8 && readChoices &reader &sight &reason
                elif FastReader.isAt ChatName.usage &reader then
                    FastReader.once &sight.Names 16 && TokenCounts.read ChatName.counters &reader &sight.Counts
                elif FastReader.isAt ChatName.id &reader then
                    FastReader.once &sight.Names 32 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt ChatName.model &reader then
                    FastReader.once &sight.Names 128 && FastReader.readTextOrNull &reader &sight.Model
                elif FastReader.isAt ChatName.error &reader then
                    isNull &reader
                elif FastReader.isAt ChatName.groq &reader then
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
