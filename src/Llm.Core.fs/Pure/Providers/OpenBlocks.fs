// The content blocks of an answer that names them by index, as Anthropic's messages and Converse do: those that are open, the parts that
// they are, and their native form at the end. Called by the decoders of these formats, which know what a block is.
namespace Llm.Core

open System

type internal OpenBlocks<'block> =
    {
        /// The blocks that have begun and not ended, by their index on the wire.
        Open: Map<int, 'block>
        /// The indices of all parts so far.
        Parts: Set<int>
        /// The provider's own form of the blocks that ended, by part.
        Native: Map<int, NativeFragment list>
    }

/// The end of a block: its last chunks, its part, and its own form, which is empty where there is nothing to keep.
type internal BlockEnd = (struct (Chunk list * int * NativeFragment list))

[<RequireQualifiedAccess>]
module internal OpenBlocks =
    /// Before the first block.
    let empty<'block> : OpenBlocks<'block> = { Open = Map.empty; Parts = Set.empty; Native = Map.empty }

    /// Keeps a part's own form, where it has one.
    let keep (part: int) (native: NativeFragment list) (blocks: OpenBlocks<'block>) : OpenBlocks<'block> =
        if List.isEmpty native then blocks else { blocks with Native = Map.add part native blocks.Native }

    let close (finish: 'block -> BlockEnd) (index: int) (blocks: OpenBlocks<'block>) : struct (Chunk list * OpenBlocks<'block>) =
        match Map.tryFind index blocks.Open with
        | Some block ->
            let struct (chunks, part, native) = finish block
            struct (chunks, keep part native { blocks with Open = Map.remove index blocks.Open })
        | None -> struct ([], blocks)

    /// The part of a block is its index on the wire, unless that was used before.
    let private partOf (index: int) (blocks: OpenBlocks<'block>) =
        if Set.contains index blocks.Parts then Set.maxElement blocks.Parts + 1 else index

    /// Opens the block that begins as a part, and closes the one that had its index.
    let start (finish: 'block -> BlockEnd) (begins: int -> struct (Chunk list * 'block)) (index: int) (blocks: OpenBlocks<'block>) =
        let struct (before, closed) = close finish index blocks
        let part = partOf index closed
        let struct (chunks, block) = begins part
        struct (before @ chunks, { closed with Open = Map.add index block closed.Open; Parts = Set.add part closed.Parts })

    /// What a delta does to an open block. The same blocks, where it leaves the block as it is.
    let grow (delta: 'block -> struct (Chunk list * 'block)) (index: int) (blocks: OpenBlocks<'block>) =
        match Map.tryFind index blocks.Open with
        | Some block ->
            let struct (chunks, grown) = delta block

            if Object.ReferenceEquals(grown, block) then
                struct (chunks, blocks)
            else
                struct (chunks, { blocks with Open = Map.add index grown blocks.Open })
        | None -> struct ([], blocks)

    /// Closes what is open, in the order of the wire, and says the own form of all.
    let complete (finish: 'block -> BlockEnd) (blocks: OpenBlocks<'block>) : struct (Chunk list * OpenBlocks<'block>) =
        let closing, closed =
            (blocks, List.ofSeq blocks.Open.Keys)
            ||> List.mapFold (fun blocks index ->
                let struct (chunks, next) = close finish index blocks
                chunks, next)

        let native = closed.Native |> Map.values |> Seq.map Chunk.Native |> List.ofSeq
        struct (List.concat closing @ native, closed)

    /// Chunks and a state, and what comes after them.
    let andThen next (struct (chunks: Chunk list, state: 'state)) : struct (Chunk list * 'state) =
        let struct (more, after) = next state
        struct (chunks @ more, after)
