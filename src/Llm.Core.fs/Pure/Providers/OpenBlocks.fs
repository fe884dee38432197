// The content blocks of an answer that names them by index, as Anthropic's messages and Converse do: those that are open, the parts that
// they are, and their native form at the end. Called by the decoders of these formats, which know what a block is. Nearly always one block
// is open, and the blocks are counted from zero: those need neither a map nor a set.
namespace Llm.Core

open System

[<NoComparison>]
type internal OpenBlocks<'block> =
    {
        /// The block that began last, if it has not ended, and its index on the wire.
        Latest: 'block voption
        LatestIndex: int
        /// The others that have begun and not ended, by their index on the wire.
        Others: ByIndex<'block>
        /// How many indices, from zero on, have been parts.
        Counted: int
        /// The indices of all other parts so far.
        Beyond: Indices
        /// The provider's own form of the blocks that ended, by part.
        Native: ByIndex<NativeFragment list>
    }

/// The end of a block: its last chunks, its part, and its own form, which is empty where there is nothing to keep.
type internal BlockEnd = (struct (Chunk list * int * NativeFragment list))

[<RequireQualifiedAccess>]
module internal OpenBlocks =
    /// Before the first block.
    let empty<'block> : OpenBlocks<'block> =
        {
            Latest = ValueNone
            LatestIndex = 0
            Others = ByIndex.empty
            Counted = 0
            Beyond = ByIndex.empty
            Native = ByIndex.empty
        }

    /// The open block of an index.
    let tryFind (index: int) (blocks: OpenBlocks<'block>) : 'block voption =
        if blocks.LatestIndex = index && blocks.Latest.IsSome then
            blocks.Latest
        else
            ByIndex.tryFind index blocks.Others

    let private othersAndLatest (blocks: OpenBlocks<'block>) : ByIndex<'block> =
        match blocks.Latest with
        | ValueSome latest -> ByIndex.add blocks.LatestIndex latest blocks.Others
        | ValueNone -> blocks.Others

    /// Another state of an open block.
    let private replace (index: int) (block: 'block) (blocks: OpenBlocks<'block>) : OpenBlocks<'block> =
        if blocks.LatestIndex = index && blocks.Latest.IsSome then
            { blocks with Latest = ValueSome block }
        else
            { blocks with Others = ByIndex.add index block blocks.Others }

    /// The blocks without that open one, and with the own form of its part, where it has one.
    let private ended (index: int) (part: int) (native: NativeFragment list) (blocks: OpenBlocks<'block>) : OpenBlocks<'block> =
        let isLatest = blocks.LatestIndex = index && blocks.Latest.IsSome

        { blocks with
            Latest = if isLatest then ValueNone else blocks.Latest
            Others = if isLatest then blocks.Others else ByIndex.remove index blocks.Others
            Native = if native.IsEmpty then blocks.Native else ByIndex.add part native blocks.Native
        }

    /// Keeps a part's own form, where it has one.
    let keep (part: int) (native: NativeFragment list) (blocks: OpenBlocks<'block>) : OpenBlocks<'block> =
        if native.IsEmpty then blocks else { blocks with Native = ByIndex.add part native blocks.Native }

    let close (finish: 'block -> BlockEnd) (index: int) (blocks: OpenBlocks<'block>) : struct (Chunk list * OpenBlocks<'block>) =
        match tryFind index blocks with
        | ValueSome block ->
            let struct (chunks, part, native) = finish block
            struct (chunks, ended index part native blocks)
        | ValueNone -> struct ([], blocks)

    let private isUsed (index: int) (blocks: OpenBlocks<'block>) : bool =
        (index >= 0 && index < blocks.Counted) || ByIndex.containsKey index blocks.Beyond

    /// The first index behind all parts.
    let private next (blocks: OpenBlocks<'block>) : int =
        match ByIndex.tryHighest blocks.Beyond with
        | ValueNone -> blocks.Counted
        | ValueSome last -> if blocks.Counted = 0 then last + 1 else max (last + 1) blocks.Counted

    /// The part of a block is its index on the wire, unless that was used before.
    let private partOf (index: int) (blocks: OpenBlocks<'block>) : int = if isUsed index blocks then next blocks else index

    /// Opens the block that begins as a part, and closes the one that had its index.
    let start (finish: 'block -> BlockEnd) (begins: int -> struct (Chunk list * 'block)) (index: int) (blocks: OpenBlocks<'block>) =
        let struct (before, closed) = close finish index blocks
        let part = partOf index closed
        let struct (chunks, block) = begins part
        let isNext = part = closed.Counted

        let opened =
            {
                Latest = ValueSome block
                LatestIndex = index
                Others = othersAndLatest closed
                Counted = if isNext then part + 1 else closed.Counted
                Beyond = if isNext then closed.Beyond else ByIndex.add part () closed.Beyond
                Native = closed.Native
            }

        struct (before @ chunks, opened)

    /// What a delta does to an open block. The same blocks, where it leaves the block as it is.
    let grow (delta: 'block -> struct (Chunk list * 'block)) (index: int) (blocks: OpenBlocks<'block>) =
        match tryFind index blocks with
        | ValueSome block ->
            let struct (chunks, grown) = delta block

            if Object.ReferenceEquals(grown, block) then
                struct (chunks, blocks)
            else
                struct (chunks, replace index grown blocks)
        | ValueNone -> struct ([], blocks)

    /// Closes what is open, in the order of the wire, and says the own form of all; these chunks come last.
    let complete (finish: 'block -> BlockEnd) (last: Chunk list) (blocks: OpenBlocks<'block>) : struct (Chunk list * OpenBlocks<'block>) =
        let closing, closed =
            if blocks.Latest.IsNone && ByIndex.isEmpty blocks.Others then
                [], blocks
            else
                (blocks, ByIndex.keys (othersAndLatest blocks))
                ||> List.mapFold (fun blocks index ->
                    let struct (chunks, next) = close finish index blocks
                    chunks, next)

        let native = ByIndex.values closed.Native |> List.map Chunk.Native
        struct ((if closing.IsEmpty then native else List.concat closing @ native) @ last, closed)

    /// Chunks and a state, and what comes after them.
    let andThen next (struct (chunks: Chunk list, state: 'state)) : struct (Chunk list * 'state) =
        let struct (more, after) = next state
        struct (chunks @ more, after)
