// The chunks of a live answer, and what they come to. One adds them, any number read them while they come; the live stream owns it. It knows
// no connection.
// They are folded when somebody asks, and few ask before the end: so a text that came in many deltas is made once and in one piece, where a
// fold beside the stream would grow it from delta to delta.
namespace Llm.Core

open System
open System.Buffers
open System.Threading

/// What was added is seen once it is published, all of a read at once, without a lock. Usage that was counted is kept as who says it: a
/// provider that counts with each delta has as many such chunks as deltas, and only who reads chunks wants them.
[<Sealed>]
type internal ChunkLog() =
    /// Empty where usage stands between the deltas.
    static let textOf (item: obj) : string =
        match item with
        | :? Chunk as chunk -> Chunk.deltaText chunk
        | _ -> ""

    static let writeTexts =
        SpanAction<char, struct (obj[] * int * int)>(fun target (struct (items, from, upTo)) ->
            let mutable written = 0

            for place in from .. upTo - 1 do
                let text = textOf items[place]
                text.CopyTo(target.Slice written)
                written <- written + text.Length)

    let mutable items: obj[] = Array.Empty()
    let mutable added = 0
    let mutable published = 0
    // What the first ones come to, and how many those are: who asks after each chunk has each folded once. To be touched under the lock.
    let mutable state = Reducer.empty
    let mutable folded = 0

    /// The deltas between two places as one, which changes nothing in what they come to.
    let joined (items: obj[]) (from: int) (upTo: int) (first: Chunk) : Chunk =
        let mutable length = 0

        for place in from .. upTo - 1 do
            length <- length + (textOf items[place]).Length

        Chunk.withDeltaText (String.Create(length, struct (items, from, upTo), writeTexts)) first

    /// Folds a chunk, and with it the deltas that go on where it ends; usage may stand between them, of which the last counts.
    let foldRun (items: obj[]) (first: Chunk) (count: int) : unit =
        let mutable upTo = folded + 1
        let mutable deltas = 1
        let mutable counting: ICounting | null = null
        let mutable isRun = true

        while isRun && upTo < count do
            match items[upTo] with
            | :? Chunk as chunk when Chunk.continues first chunk -> deltas <- deltas + 1
            | :? Chunk -> isRun <- false
            | item -> counting <- item :?> ICounting

            if isRun then upTo <- upTo + 1

        state <- Reducer.step state (if deltas = 1 then first else joined items folded upTo first)

        match counting with
        | null -> ()
        | counting -> state <- Reducer.counted counting state

        folded <- upTo

    let foldTo (count: int) : unit =
        let items = Volatile.Read &items

        while folded < count do
            match items[folded] with
            | :? Chunk as chunk -> foldRun items chunk count
            | counting ->
                state <- Reducer.counted (counting :?> ICounting) state
                folded <- folded + 1

    /// A chunk, or who says what was used; by the one who adds.
    member _.Add(item: obj) : unit =
        if added = items.Length then
            let larger = Array.zeroCreate (max 64 (2 * added))
            Array.Copy(items, larger, added)
            Volatile.Write(&items, larger)

        items[added] <- item
        added <- added + 1

    /// By the one who adds: what was added is there for all.
    member _.Publish() : unit = Volatile.Write(&published, added)

    /// How many there are for all.
    member _.Count = Volatile.Read &published

    /// One that is there for all: the array that is read holds it, or a larger copy of that does.
    member _.Item
        with get (position: int): Chunk =
            match (Volatile.Read &items)[position] with
            | :? Chunk as chunk -> chunk
            | item -> Chunks.usageOf (item :?> ICounting)

    /// The chunk of a position, where it may be one of a part.
    member _.TryPart(position: int) : Chunk voption =
        match (Volatile.Read &items)[position] with
        | :? Chunk as chunk -> ValueSome chunk
        | _ -> ValueNone

    /// What all that are there for all come to; by anybody.
    member this.Folded: PartialReply =
        lock this (fun () ->
            foldTo (Volatile.Read &published)
            state)
