// What the hot paths of whole answers share. Each goes over the bytes once, without a document, and makes the reply at once, without chunks
// and their fold. It knows only what it fully understands; for all else it answers nothing, and the careful path of its format decides,
// which says the same (a law holds them together). Called by the DecodeWholeFast of the formats; knows no format.
namespace Llm.Core

open System
open System.Buffers
open System.Text
open System.Text.Json

/// An item of the provider's own form of the answer: where it stands in the body, and the item before it.
[<Sealed; AllowNullLiteral>]
type internal SentItem(start: int, length: int, before: SentItem) =
    member _.Start = start
    member _.Length = length
    member _.Before = before

/// The items of the provider's own form as a JSON array, written when somebody asks for it.
[<Sealed>]
type internal SentItems(body: ReadOnlyMemory<byte>, last: SentItem, isCompact: bool) =
    inherit JsonSource()

    override _.Write() =
        let mutable length = 1
        let mutable item = last

        while not (isNull item) do
            length <- length + item.Length + 1
            item <- item.Before

        let buffer = ArrayPool<byte>.Shared.Rent length
        let mutable position = length - 1
        buffer[position] <- byte ']'
        item <- last

        while not (isNull item) do
            position <- position - item.Length
            body.Span.Slice(item.Start, item.Length).CopyTo(buffer.AsSpan position)
            position <- position - 1
            buffer[position] <- byte ','
            item <- item.Before

        // Before each item a comma, before the first a bracket.
        buffer[0] <- byte '['
        let written = ReadOnlySpan(buffer, 0, length)
        let text = if isCompact then CompactJson.ofUtf8 written else Encoding.UTF8.GetString written
        ArrayPool<byte>.Shared.Return buffer
        text

/// What was seen of a whole answer.
[<Struct; NoComparison; NoEquality>]
type internal WholeSight =
    {
        /// The answer's bytes, which never change.
        Body: ReadOnlyMemory<byte>
        /// The names that came, as bits: each may come once.
        mutable Names: int
        mutable Id: string
        mutable Model: string
        /// The newest first.
        mutable Parts: AssistantPart list
        /// The last item of the provider's own form; null where there is none.
        mutable Sent: SentItem
        mutable Counts: TokenCounts
    }

[<RequireQualifiedAccess>]
module internal WholeSight =
    let start (body: ReadOnlyMemory<byte>) : WholeSight =
        { Body = body; Names = 0; Id = ""; Model = ""; Parts = []; Sent = null; Counts = TokenCounts.none }

    /// One more part.
    let say (part: AssistantPart) (sight: byref<WholeSight>) : unit = sight.Parts <- part :: sight.Parts

    /// One more part, if there is anything in the text.
    let sayText (text: string) (sight: byref<WholeSight>) : unit = if text <> "" then say (AssistantPart.Text text) &sight

    /// One more part, if there is anything in the thought.
    let sayThought (thought: string) (sight: byref<WholeSight>) : unit = if thought <> "" then say (AssistantPart.Thought thought) &sight

    let sayCall (id: string) (name: string) (arguments: string) (sight: byref<WholeSight>) : unit =
        say (AssistantPart.ToolCall { Id = id; Name = name; Arguments = Reducer.argumentsOf arguments }) &sight

    /// One more item of the provider's own form: from there to where the reader stands.
    let keep (start: int) (reader: byref<Utf8JsonReader>) (sight: byref<WholeSight>) : unit =
        sight.Sent <- SentItem(start, int reader.BytesConsumed - start, sight.Sent)

    /// The same as text, such as the arguments of a call.
    let textFrom (start: int) (reader: byref<Utf8JsonReader>) (sight: inref<WholeSight>) : string =
        Encoding.UTF8.GetString(sight.Body.Span.Slice(start, int reader.BytesConsumed - start))

    let private nonEmpty (text: string) : string option = if text = "" then None else Some text

    /// The reply. The items of the provider's own form lose the spaces between their tokens where its careful path takes them away too.
    let toReply (isCompact: bool) (reason: FinishReason option) (usage: Usage option) (sight: inref<WholeSight>) : Reply =
        {
            Id = nonEmpty sight.Id
            Model = nonEmpty sight.Model
            Content = List.rev sight.Parts
            FinishReason = reason
            Usage = usage
            Native = if isNull sight.Sent then None else Some(Json.later (SentItems(sight.Body, sight.Sent, isCompact)))
        }
