// Ways to write the same answer otherwise: bytes cut elsewhere, deltas split or joined, parts in turn instead of interleaved.
// The laws say that none of them changes what is read.
namespace Llm.FsCheck

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>Where to cut: places for a thing of any length, for each is taken modulo the length.</summary>
type Cuts =
    /// The places, in any order.
    | Cuts of int list

    /// The places, in order.
    member this.Places =
        let (Cuts places) = this
        places

/// <summary>Cutting bytes and texts into pieces.</summary>
[<RequireQualifiedAccess>]
module Cutting =
    /// Arbitrary cuts.
    let cuts: Arbitrary<Cuts> =
        Arb.list (Combine.range 0L 1_000_000L |> Combine.convert int int64) |> Combine.convert Cuts (fun cuts -> cuts.Places)

    /// <summary>The places within a length, ascending, each once; the ends are among them only where they were asked for.</summary>
    let private placesWithin (length: int) (Cuts places) : int list =
        places |> List.map (fun place -> place % (length + 1)) |> List.distinct |> List.sort

    let private segments (length: int) (cuts: Cuts) : (int * int) list =
        (0 :: placesWithin length cuts) @ [ length ] |> List.pairwise |> List.map (fun (start, stop) -> start, stop - start)

    /// <summary>The bytes in pieces, some of them perhaps empty; together they are the bytes.</summary>
    /// <example><c>Cutting.bytes (Cuts [ 1 ]) "ab"B</c> evaluates to <c>[ "a"B; "b"B ]</c>.</example>
    let bytes (cuts: Cuts) (body: byte[]) : byte[] list =
        segments body.Length cuts |> List.map (fun (start, length) -> Array.sub body start length)

    /// <summary>The text in pieces, cut anywhere, even within a surrogate pair.</summary>
    /// <example><c>Cutting.text (Cuts [ 2 ]) "abc"</c> evaluates to <c>[ "ab"; "c" ]</c>.</example>
    let text (cuts: Cuts) (text: string) : string list =
        segments text.Length cuts |> List.map (fun (start, length) -> text.Substring(start, length))

    /// <summary>Every byte alone.</summary>
    let singly (body: byte[]) : byte[] list = body |> Array.map Array.singleton |> List.ofArray

/// <summary>Rewriting chunks without changing what they say.</summary>
[<RequireQualifiedAccess>]
module Rewriting =
    /// <summary>Every delta in several, cut at these places; other chunks stay.</summary>
    let split (cuts: Cuts) (chunks: Chunk list) : Chunk list =
        chunks
        |> List.collect (fun chunk ->
            match chunk with
            | Chunk.TextDelta(index, text) -> Cutting.text cuts text |> List.map (fun piece -> Chunk.TextDelta(index, piece))
            | Chunk.ThoughtDelta(index, text) -> Cutting.text cuts text |> List.map (fun piece -> Chunk.ThoughtDelta(index, piece))
            | Chunk.ToolCallDelta(index, text) -> Cutting.text cuts text |> List.map (fun piece -> Chunk.ToolCallDelta(index, piece))
            | Chunk.AudioTranscriptDelta(index, text) ->
                Cutting.text cuts text |> List.map (fun piece -> Chunk.AudioTranscriptDelta(index, piece))
            | Chunk.AudioDelta(index, data) ->
                Cutting.bytes cuts (Bytes.toArray data) |> List.map (fun piece -> Chunk.AudioDelta(index, Bytes.ofArray piece))
            | other -> [ other ])

    let private joinTwo (first: Chunk) (second: Chunk) : Chunk option =
        match first, second with
        | Chunk.TextDelta(index, text), Chunk.TextDelta(other, more) when index = other -> Some(Chunk.TextDelta(index, text + more))
        | Chunk.ThoughtDelta(index, text), Chunk.ThoughtDelta(other, more) when index = other ->
            Some(Chunk.ThoughtDelta(index, text + more))
        | Chunk.ToolCallDelta(index, text), Chunk.ToolCallDelta(other, more) when index = other ->
            Some(Chunk.ToolCallDelta(index, text + more))
        | Chunk.AudioTranscriptDelta(index, text), Chunk.AudioTranscriptDelta(other, more) when index = other ->
            Some(Chunk.AudioTranscriptDelta(index, text + more))
        | Chunk.AudioDelta(index, data), Chunk.AudioDelta(other, more) when index = other ->
            Some(Chunk.AudioDelta(index, Bytes.concat [ data; more ]))
        | _ -> None

    /// <summary>Neighbouring deltas of one part as one.</summary>
    let join (chunks: Chunk list) : Chunk list =
        let add (joined: Chunk list) (chunk: Chunk) =
            match joined with
            | last :: before ->
                match joinTwo last chunk with
                | Some both -> both :: before
                | None -> chunk :: joined
            | [] -> [ chunk ]

        chunks |> List.fold add [] |> List.rev

    /// <summary>The parts one after the other, in the order of their indices; what belongs to no part keeps its place behind them.</summary>
    let unravel (chunks: Chunk list) : Chunk list =
        chunks |> List.sortBy (fun chunk -> Chunk.index chunk |> ValueOption.defaultValue Int32.MaxValue)

    /// <summary>
    /// The parts begin in the order of their indices, as decoders number them; all else keeps its place. Where they do already, nothing
    /// changes; else their first chunks come first.
    /// </summary>
    let beginInOrder (chunks: Chunk list) : Chunk list =
        let isFirst (position: int, chunk: Chunk) =
            match Chunk.index chunk with
            | ValueSome index -> chunks |> List.findIndex (fun other -> Chunk.index other = ValueSome index) = position
            | ValueNone -> false

        let firsts, rest = chunks |> List.indexed |> List.partition isFirst
        let inOrder = firsts |> List.map snd |> List.sortBy Chunk.index

        if List.map snd firsts = inOrder then chunks else inOrder @ List.map snd rest

    /// <summary>Lists merged at random, each in its own order: the choices say which list is next.</summary>
    let interleave (choices: int list) (lists: 'item list list) : 'item list =
        let rec merge taken choices lists =
            match List.filter (List.isEmpty >> not) lists, choices with
            | [], _ -> List.rev taken
            | left, [] -> List.rev taken @ List.concat left
            | left, choice :: others ->
                let position = abs (choice % left.Length)
                let chosen = left[position]
                merge (List.head chosen :: taken) others (List.updateAt position (List.tail chosen) left)

        merge [] choices lists
