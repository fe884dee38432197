// Text that grows at its end and yet is a value: the reducer's accumulator.
// Several states share one buffer of characters; only the newest may extend it in place, an older one copies first. So every
// state keeps its text for ever, and a run of appends is linear (amortised O(1) each). A text that comes in one piece is kept as it is.
namespace Llm.Core

open System
open System.Threading

/// The characters that states share. `Used` is how many are taken: whoever moves it from the end of his own text owns the tail.
[<Sealed; AllowNullLiteral>]
type internal TextStore(piece: string | null, capacity: int) =
    [<DefaultValue>]
    val mutable Used: int

    /// The text, where it is one piece; then there are no characters to extend.
    member _.Piece = piece

    member val Characters: char[] = if capacity = 0 then Array.Empty() else Array.zeroCreate capacity

[<Struct; CustomEquality; NoComparison>]
type internal TextBuffer =
    private
        {
            Store: TextStore
            Length: int
        }

    /// The text so far, as a new string.
    override this.ToString() =
        if isNull this.Store then
            ""
        else
            match this.Store.Piece with
            | null -> String(this.Store.Characters, 0, this.Length)
            | piece -> piece

    override this.Equals other =
        match other with
        | :? TextBuffer as buffer -> this.Span.SequenceEqual buffer.Span
        | _ -> false

    override this.GetHashCode() = String.GetHashCode this.Span

    /// The text so far, in place.
    member this.Span: ReadOnlySpan<char> =
        if isNull this.Store then
            ReadOnlySpan.Empty
        else
            match this.Store.Piece with
            | null -> ReadOnlySpan(this.Store.Characters, 0, this.Length)
            | piece -> piece.AsSpan()

[<RequireQualifiedAccess>]
module internal TextBuffer =
    let private smallest = 64

    let empty: TextBuffer = { Store = null; Length = 0 }

    let length (buffer: TextBuffer) = buffer.Length

    /// The buffer with the text at its end. Two threads may extend the same state: one gets the tail, the other copies.
    let append (text: string) (buffer: TextBuffer) : TextBuffer =
        let needed = buffer.Length + text.Length

        if text.Length = 0 then
            buffer
        elif isNull buffer.Store then
            { Store = TextStore(text, 0); Length = needed }
        elif
            needed <= buffer.Store.Characters.Length
            && Interlocked.CompareExchange(&buffer.Store.Used, needed, buffer.Length) = buffer.Length
        then
            text.CopyTo(0, buffer.Store.Characters, buffer.Length, text.Length)
            { Store = buffer.Store; Length = needed }
        else
            let store = TextStore(null, max smallest (needed * 2))
            buffer.Span.CopyTo(store.Characters.AsSpan())
            text.CopyTo(0, store.Characters, buffer.Length, text.Length)
            store.Used <- needed
            { Store = store; Length = needed }
