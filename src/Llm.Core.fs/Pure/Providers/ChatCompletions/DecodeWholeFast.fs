// The hot path of whole answers: one message of text, read from the bytes without a document. It knows only what it fully understands;
// for all else it answers nothing and Decode decides, whose chunks are the same (a law holds it to that).
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an answer.
[<Struct; NoComparison; NoEquality>]
type internal ChatAnswerSight =
    {
        /// The names that were seen and may come once.
        mutable Seen: int
        mutable Id: string
        mutable Model: string
        mutable Content: string
        mutable Reason: string
        /// Where the message stands.
        mutable Start: int
        mutable End: int
        mutable Usage: ChatUsage
    }

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
    let promptTokens = "prompt_tokens"B
    let completionTokens = "completion_tokens"B
    let totalTokens = "total_tokens"B
    let promptDetails = "prompt_tokens_details"B
    let completionDetails = "completion_tokens_details"B
    let cached = "cached_tokens"B
    let cacheWrite = "cache_write_tokens"B
    let audio = "audio_tokens"B
    let reasoning = "reasoning_tokens"B

    /// Members of a message that say more than text.
    let more =
        [|
            "refusal"B
            "reasoning_content"B
            "reasoning"B
            "reasoning_details"B
            "audio"B
            "images"B
            "tool_calls"B
            "function_call"B
        |]

    /// Counters that only some vendors send.
    let rare = [| cached; reasoning; "prompt_cache_hit_tokens"B; "num_cached_tokens"B; "audio_prompt_tokens"B |]

[<RequireQualifiedAccess>]
module internal ChatDecodeWholeFast =
    let private isAny (names: byte[][]) (reader: byref<Utf8JsonReader>) : bool =
        let mutable found = false

        for name in names do
            if reader.ValueTextEquals(ReadOnlySpan name) then found <- true

        found

    let private isNull (reader: byref<Utf8JsonReader>) : bool = FastReader.next JsonTokenType.Null &reader

    /// The members of one of the objects of counters within the usage.
    let private readDetails (isPrompt: bool) (reader: byref<Utf8JsonReader>) (sight: byref<ChatAnswerSight>) : bool =
        reader.Read()
        && (reader.TokenType = JsonTokenType.Null
            || (reader.TokenType = JsonTokenType.StartObject
                && (let mutable understood = true
                    let shift = if isPrompt then 0 else 3

                    while understood && FastReader.next JsonTokenType.PropertyName &reader do
                        let usage = sight.Usage
                        let mutable count = ValueNone

                        if isPrompt && FastReader.isAt ChatAnswerName.cached &reader then
                            understood <- FastReader.once &sight.Seen 0x1000 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with CacheRead = count }
                        elif isPrompt && FastReader.isAt ChatAnswerName.cacheWrite &reader then
                            understood <- FastReader.once &sight.Seen 0x2000 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with CacheWrite = count }
                        elif not isPrompt && FastReader.isAt ChatAnswerName.reasoning &reader then
                            understood <- FastReader.once &sight.Seen 0x4000 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with Reasoning = count }
                        elif FastReader.isAt ChatAnswerName.audio &reader then
                            understood <- FastReader.once &sight.Seen (0x8000 <<< shift) && FastReader.readCount &reader &count

                            sight.Usage <- if isPrompt then { usage with AudioInput = count } else { usage with AudioOutput = count }
                        else
                            understood <- FastReader.pass null &reader

                    understood && reader.TokenType = JsonTokenType.EndObject)))

    let private readUsage (reader: byref<Utf8JsonReader>) (sight: byref<ChatAnswerSight>) : bool =
        reader.Read()
        && (reader.TokenType = JsonTokenType.Null
            || (reader.TokenType = JsonTokenType.StartObject
                && (let mutable understood = true

                    while understood && FastReader.next JsonTokenType.PropertyName &reader do
                        let usage = sight.Usage
                        let mutable count = ValueNone

                        if FastReader.isAt ChatAnswerName.promptTokens &reader then
                            understood <- FastReader.once &sight.Seen 0x80 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with Prompt = count }
                        elif FastReader.isAt ChatAnswerName.completionTokens &reader then
                            understood <- FastReader.once &sight.Seen 0x100 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with Completion = count }
                        elif FastReader.isAt ChatAnswerName.totalTokens &reader then
                            understood <- FastReader.once &sight.Seen 0x200 && FastReader.readCount &reader &count
                            sight.Usage <- { usage with Total = count }
                        elif FastReader.isAt ChatAnswerName.promptDetails &reader then
                            understood <- FastReader.once &sight.Seen 0x400 && readDetails true &reader &sight
                        elif FastReader.isAt ChatAnswerName.completionDetails &reader then
                            understood <- FastReader.once &sight.Seen 0x800 && readDetails false &reader &sight
                        else
                            understood <- not (isAny ChatAnswerName.rare &reader) && FastReader.pass null &reader

                    understood && reader.TokenType = JsonTokenType.EndObject)))

    let private readMessage (reader: byref<Utf8JsonReader>) (sight: byref<ChatAnswerSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader
        sight.Start <- int reader.TokenStartIndex

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.content &reader then
                    FastReader.once &sight.Seen 1 && FastReader.readTextOrNull &reader &sight.Content
                elif isAny ChatAnswerName.more &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        sight.End <- int reader.BytesConsumed
        understood && reader.TokenType = JsonTokenType.EndObject

    /// A list of exactly one choice, the first.
    let private readChoices (reader: byref<Utf8JsonReader>) (sight: byref<ChatAnswerSight>) : bool =
        let mutable understood =
            FastReader.next JsonTokenType.StartArray &reader && FastReader.next JsonTokenType.StartObject &reader

        let mutable index = 0

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.message &reader then
                    FastReader.once &sight.Seen 2 && readMessage &reader &sight
                elif FastReader.isAt ChatAnswerName.finishReason &reader then
                    FastReader.once &sight.Seen 4 && FastReader.readTextOrNull &reader &sight.Reason
                elif FastReader.isAt ChatAnswerName.index &reader then
                    FastReader.once &sight.Seen 0x40 && FastReader.readInt &reader &index && index = 0
                elif FastReader.isAt ChatAnswerName.error &reader then
                    isNull &reader
                else
                    not (FastReader.isAt ChatAnswerName.delta &reader) && FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject && FastReader.next JsonTokenType.EndArray &reader

    let private readRoot (reader: byref<Utf8JsonReader>) (sight: byref<ChatAnswerSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt ChatAnswerName.choices &reader then
                    FastReader.once &sight.Seen 8 && readChoices &reader &sight
                elif FastReader.isAt ChatAnswerName.usage &reader then
                    FastReader.once &sight.Seen 16 && readUsage &reader &sight
                elif FastReader.isAt ChatAnswerName.id &reader then
                    FastReader.once &sight.Seen 32 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt ChatAnswerName.model &reader then
                    FastReader.once &sight.Seen 0x100000 && FastReader.readTextOrNull &reader &sight.Model
                elif FastReader.isAt ChatAnswerName.error &reader || FastReader.isAt ChatAnswerName.groq &reader then
                    isNull &reader
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    let private nonEmpty (text: string) : string option = if text = "" then None else Some text

    /// The chunks that ChatDecode makes of the same answer, in its order.
    let private chunksOf (body: ReadOnlyMemory<byte>) (sight: inref<ChatAnswerSight>) : Chunk list =
        let reason = FinishReason.merge None (if sight.Reason = "" then None else ChatDecodeMessage.finishReason sight.Reason)
        let native = Chunk.Native [ NativeFragment.Sent(Json.ofUtf8 (body.Slice(sight.Start, sight.End - sight.Start))) ]

        let counted =
            match ChatUsage.toUsage sight.Usage with
            | ValueSome usage -> [ Chunk.Usage(UsageUpdate.Snapshot usage) ]
            | ValueNone -> []

        let ending = Chunk.Finish reason :: counted

        let said =
            if sight.Content = "" then
                native :: ending
            else
                Chunk.TextStart 0 :: Chunk.TextDelta(0, sight.Content) :: native :: Chunk.TextEnd 0 :: ending

        match nonEmpty sight.Id, nonEmpty sight.Model with
        | None, None -> said
        | id, model -> Chunk.Meta(id, model) :: said

    /// The chunks of a whole answer; ValueNone where there is more in it than is certain. They refer to the body: it must not change.
    let tryRead (body: ReadOnlyMemory<byte>) : Chunk list voption =
        try
            let mutable reader = Utf8JsonReader body.Span

            let mutable sight =
                {
                    Seen = 0
                    Id = ""
                    Model = ""
                    Content = ""
                    Reason = ""
                    Start = 0
                    End = 0
                    Usage = ChatUsage.none
                }

            if readRoot &reader &sight && sight.Seen &&& 10 = 10 then
                ValueSome(chunksOf body &sight)
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
