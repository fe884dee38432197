// The hot path of a stream of Ollama's: deltas of the text or thought that grows, read from the event's bytes without a document.
// Called by the codec before `OllamaDecode.careful`, which decides whatever is not fully understood here.
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal OllamaSight =
    {
        /// Null where nobody learns from the event.
        Marks: Marks
        /// The names that were seen and may come once: of two the document's reader takes the last.
        mutable Seen: int
        mutable Text: string
        mutable Thought: string
    }

/// Names as bytes: a literal would be a new array at each use.
[<RequireQualifiedAccess>]
module private OllamaName =
    let model = "model"B
    let createdAt = "created_at"B
    let message = "message"B
    let role = "role"B
    let content = "content"B
    let response = "response"B
    let thinking = "thinking"B
    let isDone = "done"B

[<RequireQualifiedAccess>]
module internal OllamaFast =
    /// Passes over a text, whatever it says.
    let private passText (marks: Marks) (reader: byref<Utf8JsonReader>) : bool =
        let isText = FastReader.next JsonTokenType.String &reader

        if isText && not (isNull marks) then marks.Passed &reader

        isText

    let private readMessage (reader: byref<Utf8JsonReader>) (sight: byref<OllamaSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt OllamaName.content &reader then
                    FastReader.once &sight.Seen 1 && FastReader.readText sight.Marks &reader &sight.Text
                elif FastReader.isAt OllamaName.thinking &reader then
                    FastReader.once &sight.Seen 2 && FastReader.readText sight.Marks &reader &sight.Thought
                elif FastReader.isAt OllamaName.role &reader then
                    passText sight.Marks &reader
                else
                    false

        understood && reader.TokenType = JsonTokenType.EndObject

    /// The whole event. Chat has a message, generate a response: one with both is not understood.
    let private readRoot (state: OllamaState) (reader: byref<Utf8JsonReader>) (sight: byref<OllamaSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt OllamaName.model &reader then
                    state.HasModel && passText sight.Marks &reader
                elif FastReader.isAt OllamaName.createdAt &reader then
                    state.Began.IsSome && passText sight.Marks &reader
                elif FastReader.isAt OllamaName.message &reader then
                    FastReader.once &sight.Seen 4 && FastReader.once &sight.Seen 16 && readMessage &reader &sight
                elif FastReader.isAt OllamaName.response &reader then
                    FastReader.once &sight.Seen 4 && FastReader.once &sight.Seen 1 && FastReader.readText sight.Marks &reader &sight.Text
                elif FastReader.isAt OllamaName.thinking &reader then
                    FastReader.once &sight.Seen 8 && FastReader.once &sight.Seen 2 && FastReader.readText sight.Marks &reader &sight.Thought
                elif FastReader.isAt OllamaName.isDone &reader then
                    FastReader.next JsonTokenType.False &reader
                else
                    false

        understood
        && FastReader.isWhole &reader
        && sight.Seen &&& 4 <> 0
        // A thought beside a message is none of its own.
        && (sight.Seen &&& 8 = 0 || sight.Seen &&& 16 = 0)

    /// The chunk of a delta that makes the open part longer.
    let private chunksOf (state: OllamaState) (sight: inref<OllamaSight>) : Chunks voption =
        match state.Open, sight.Text.Length > 0, sight.Thought.Length > 0 with
        | _, false, false -> ValueSome Chunks.empty
        | OllamaOpen.Text index, true, false -> ValueSome(Chunks.one (Chunk.TextDelta(index, sight.Text)))
        | OllamaOpen.Thought index, false, true -> ValueSome(Chunks.one (Chunk.ThoughtDelta(index, sight.Thought)))
        | _ -> ValueNone

    /// The chunks of an event that leaves the state as it is; ValueNone where that is not certain.
    let read (marks: Marks) (state: OllamaState) (event: WireEvent) : Chunks voption =
        if state.IsDone then
            ValueNone
        else
            try
                let mutable reader = Utf8JsonReader event.Data.Span
                let mutable sight = { Marks = marks; Seen = 0; Text = ""; Thought = "" }
                if readRoot state &reader &sight then chunksOf state &sight else ValueNone
            with
            | :? JsonException
            // An escaped name with a lone surrogate.
            | :? InvalidOperationException -> ValueNone

    /// As `read`, where nobody learns from the event.
    let tryRead (state: OllamaState) (event: WireEvent) : Chunks voption = read null state event
