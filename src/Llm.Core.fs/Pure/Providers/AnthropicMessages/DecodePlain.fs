// The events that frame a streamed text: the message's beginning and end, the block's, and what was used. Read from the bytes without a
// document, for in a short stream they cost as much as all deltas together. It knows only what it fully understands; for all else it answers
// nothing and Decode decides, which says the same (a law holds it to that). Deltas of open parts are Deltas.fs's.
namespace Llm.Core

open System
open System.Text.Json

/// What was seen of an event.
[<Struct; NoComparison; NoEquality>]
type internal AnthropicFrameSight =
    {
        /// The event's type; empty until it came.
        mutable Kind: string
        /// The other names at the top that came, as bits: of one that comes twice the document's reader takes the last.
        mutable Names: int
        /// The names within the message or the delta.
        mutable Within: int
        mutable Index: int
        mutable Id: string
        mutable Model: string
        mutable Reason: string
        /// Whether a usage came that is an object: an empty one repeats what was counted.
        mutable IsUsed: bool
        mutable Counts: TokenCounts
    }

[<RequireQualifiedAccess>]
module internal AnthropicDecodePlain =
    let private message = 1
    let private index = 2
    let private block = 4
    let private delta = 8
    let private usage = 16

    let private readKind (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicFrameSight>) : bool =
        let isFirst = sight.Kind = ""

        if FastReader.next JsonTokenType.String &reader then
            match FastReader.find AnthropicName.frames.Bytes &reader with
            | -1 -> false
            | found ->
                sight.Kind <- AnthropicName.frames.Texts[found]
                isFirst
        else
            false

    let private readUsage (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicFrameSight>) : bool =
        let understood = TokenCounts.read AnthropicName.counters &reader &sight.Counts
        sight.IsUsed <- reader.TokenType = JsonTokenType.EndObject
        understood

    let private readMessage (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.id &reader then
                    FastReader.once &sight.Within 1 && FastReader.readTextOrNull &reader &sight.Id
                elif FastReader.isAt AnthropicName.model &reader then
                    FastReader.once &sight.Within 2 && FastReader.readName &reader &sight.Model
                elif FastReader.isAt AnthropicName.stopReason &reader then
                    FastReader.once &sight.Within 4 && FastReader.readWord AnthropicName.reasons &reader &sight.Reason
                elif FastReader.isAt AnthropicName.usage &reader then
                    FastReader.once &sight.Within 8 && readUsage &reader &sight
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    let private readDelta (reader: byref<Utf8JsonReader>) (sight: byref<AnthropicFrameSight>) : bool =
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.stopReason &reader then
                    FastReader.once &sight.Within 1 && FastReader.readWord AnthropicName.reasons &reader &sight.Reason
                else
                    FastReader.pass null &reader

        understood && reader.TokenType = JsonTokenType.EndObject

    /// Whether the next are a member of this name and its text, which has no escapes.
    let private isMember (name: byte[]) (text: byte[]) (reader: byref<Utf8JsonReader>) : bool =
        FastReader.next JsonTokenType.PropertyName &reader
        && FastReader.isAt name &reader
        && FastReader.next JsonTokenType.String &reader
        && reader.ValueSpan.SequenceEqual(ReadOnlySpan text)

    /// A text's type and its empty text, in this order, and nothing else: what begins otherwise goes back to the provider otherwise.
    let private readBlock (reader: byref<Utf8JsonReader>) : bool =
        FastReader.next JsonTokenType.StartObject &reader
        && isMember AnthropicName.kind AnthropicName.text &reader
        && isMember AnthropicName.text Array.empty &reader
        && FastReader.next JsonTokenType.EndObject &reader

    let private readRoot (data: ReadOnlySpan<byte>) (sight: byref<AnthropicFrameSight>) : bool =
        let mutable reader = Utf8JsonReader data
        let mutable understood = FastReader.next JsonTokenType.StartObject &reader

        while understood && FastReader.next JsonTokenType.PropertyName &reader do
            understood <-
                if FastReader.isAt AnthropicName.kind &reader then
                    readKind &reader &sight
                elif FastReader.isAt AnthropicName.index &reader then
                    FastReader.once &sight.Names index && FastReader.readInt &reader &sight.Index
                elif FastReader.isAt AnthropicName.message &reader then
                    FastReader.once &sight.Names message && readMessage &reader &sight
                elif FastReader.isAt AnthropicName.block &reader then
                    FastReader.once &sight.Names block && readBlock &reader
                elif FastReader.isAt AnthropicName.delta &reader then
                    FastReader.once &sight.Names delta && readDelta &reader &sight
                elif FastReader.isAt AnthropicName.usage &reader then
                    FastReader.once &sight.Names usage && readUsage &reader &sight
                else
                    FastReader.pass null &reader

        understood && FastReader.isWhole &reader

    /// What Decode makes of the same event, where it has the names of its type and no other's.
    let private stepOf (state: AnthropicState) (sight: inref<AnthropicFrameSight>) : struct (Chunk list * AnthropicState) voption =
        let names = sight.Names

        match sight.Kind with
        | "ping" when names = 0 -> ValueSome(struct ([], state))
        | "message_start" when names = message ->
            ValueSome(AnthropicFrame.started sight.Id sight.Model sight.Reason sight.IsUsed &sight.Counts state)
        | "content_block_start" when names = (index ||| block) ->
            ValueSome(AnthropicFrame.openBlock AnthropicGrowing.startEmptyText sight.Index state)
        | "content_block_stop" when names = index -> ValueSome(AnthropicFrame.closeBlock sight.Index state)
        | "message_delta" when names = delta || names = (delta ||| usage) ->
            ValueSome(AnthropicFrame.ending sight.Reason sight.IsUsed &sight.Counts state)
        | "message_stop" when names = 0 -> ValueSome(AnthropicFrame.complete state)
        | _ -> ValueNone

    /// The chunks of an event of a text's stream, and the state after it; ValueNone where there is more in it than is certain.
    let tryRead (state: AnthropicState) (event: WireEvent) : struct (Chunks * AnthropicState) voption =
        let mutable sight =
            {
                Kind = ""
                Names = 0
                Within = 0
                Index = 0
                Id = ""
                Model = ""
                Reason = ""
                IsUsed = false
                Counts = TokenCounts.none
            }

        try
            if not state.IsDone && readRoot event.Data.Span &sight then
                match stepOf state &sight with
                | ValueSome(struct (chunks, next)) -> ValueSome(struct (Chunks.ofList chunks, next))
                | ValueNone -> ValueNone
            else
                ValueNone
        with
        | :? JsonException
        // An escaped name with a lone surrogate.
        | :? InvalidOperationException -> ValueNone
