// The chunks of a live answer, and what they come to. One adds them, any number read them while they come; the live stream owns it. It knows
// no connection.
// They are folded when somebody asks, and few ask before the end: so a text that came in many deltas is made once and in one piece, where a
// fold beside the stream would grow it from delta to delta.
namespace Llm.Core

open System
open System.Buffers
open System.Threading

/// Items stand in pieces that are never copied, each as long as a short answer.
module private LogPiece =
    [<Literal>]
    let Length = 64

/// What was added is seen once it is published, all of a read at once, without a lock. Usage that was counted is kept as who says it: a
/// provider that counts with each delta has as many such chunks as deltas, and only who reads chunks wants them.
[<Sealed>]
type internal ChunkLog() =
    static let itemAt (pieces: obj[][]) (position: int) : obj = pieces[position / LogPiece.Length][position % LogPiece.Length]

    /// Empty where usage stands between the deltas.
    static let textAt (pieces: obj[][]) (position: int) : string =
        match itemAt pieces position with
        | :? Chunk as chunk -> Chunk.deltaText chunk
        | _ -> ""

    static let writeTexts =
        SpanAction<char, struct (obj[][] * int * int)>(fun target (struct (pieces, from, upTo)) ->
            let mutable written = 0

            for position in from .. upTo - 1 do
                let text = textAt pieces position
                text.CopyTo(target.Slice written)
                written <- written + text.Length)

    let mutable pieces: obj[][] = Array.zeroCreate 2
    let mutable added = 0
    let mutable published = 0
    // What the first ones come to, and how many those are: who asks after each chunk has each folded once. To be touched under the lock.
    let mutable state = Reducer.empty
    let mutable folded = 0

    /// The deltas between two places as one, which changes nothing in what they come to.
    let joined (pieces: obj[][]) (from: int) (upTo: int) (first: Chunk) : Chunk =
        let mutable length = 0

        for position in from .. upTo - 1 do
            length <- length + (textAt pieces position).Length

        Chunk.withDeltaText (String.Create(length, struct (pieces, from, upTo), writeTexts)) first

    let foldUsage (item: obj) : unit =
        match item with
        | null -> ()
        | :? Chunk as usage -> state <- Reducer.step state usage
        | counting -> state <- Reducer.counted (counting :?> ICounting) state

    /// Folds a chunk, and with it the deltas that go on where it ends. Usage may stand between them, of which the last counts.
    let foldRun (pieces: obj[][]) (first: Chunk) (count: int) : unit =
        let mutable upTo = folded + 1
        let mutable deltas = 1
        let mutable usage: obj = null
        let mutable isRun = true

        while isRun && upTo < count do
            match itemAt pieces upTo with
            | :? Chunk as chunk when Chunk.continues first chunk -> deltas <- deltas + 1
            | :? Chunk as chunk when not (Chunk.isSnapshot chunk) -> isRun <- false
            | item -> usage <- item

            if isRun then upTo <- upTo + 1

        state <- Reducer.step state (if deltas = 1 then first else joined pieces folded upTo first)
        foldUsage usage
        folded <- upTo

    let foldTo (count: int) : unit =
        let pieces = Volatile.Read &pieces

        while folded < count do
            match itemAt pieces folded with
            | :? Chunk as chunk -> foldRun pieces chunk count
            | counting ->
                foldUsage counting
                folded <- folded + 1

    /// A chunk, or who says what was used; by the one who adds.
    member _.Add(item: obj) : unit =
        let piece = added / LogPiece.Length

        if piece = pieces.Length then
            let longer = Array.zeroCreate (2 * piece)
            Array.Copy(pieces, longer, piece)
            Volatile.Write(&pieces, longer)

        if isNull pieces[piece] then pieces[piece] <- Array.zeroCreate LogPiece.Length

        pieces[piece][added % LogPiece.Length] <- item
        added <- added + 1

    /// By the one who adds: what was added is there for all.
    member _.Publish() : unit = Volatile.Write(&published, added)

    /// How many there are for all.
    member _.Count = Volatile.Read &published

    /// One that is there for all.
    member _.Item
        with get (position: int): Chunk =
            match itemAt (Volatile.Read &pieces) position with
            | :? Chunk as chunk -> chunk
            | item -> Chunks.usageOf (item :?> ICounting)

    /// The chunk of a position, where it may be one of a part.
    member _.TryPart(position: int) : Chunk voption =
        match itemAt (Volatile.Read &pieces) position with
        | :? Chunk as chunk -> ValueSome chunk
        | _ -> ValueNone

    /// What all that are there for all come to; by anybody.
    member this.Folded: PartialReply =
        lock this (fun () ->
            foldTo (Volatile.Read &published)
            state)
