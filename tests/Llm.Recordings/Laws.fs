// What must hold for every stream, however its bytes are cut. Every law is a sentence and a check.
module Llm.Recordings.Laws

open System
open System.Text
open Llm.Core

let private whole (body: ReadOnlyMemory<byte>) = [ body ]

let private bytewise (body: ReadOnlyMemory<byte>) = List.init body.Length (fun index -> body.Slice(index, 1))

/// A seed that is the same in every process (FNV-1a), unlike the hash code of a string.
let private seed (id: string) : int =
    Encoding.UTF8.GetBytes id |> Array.fold (fun hash value -> (hash ^^^ uint32 value) * 16777619u) 2166136261u |> int

let private cutAt (places: int list) (body: ReadOnlyMemory<byte>) : ReadOnlyMemory<byte> list =
    List.pairwise (0 :: places @ [ body.Length ]) |> List.map (fun (first, last) -> body.Slice(first, last - first))

let private randomPlaces (random: Random) (count: int) (body: ReadOnlyMemory<byte>) : int list =
    List.init count (fun _ -> random.Next(body.Length + 1)) |> List.sort

/// How a body is read.
type private Read = ReadOnlyMemory<byte> list -> Chunk list * Ending

let private isComplete (ending: Ending) =
    match ending with
    | Ending.Complete _ -> true
    | _ -> false

let private isFailed (ending: Ending) =
    match ending with
    | Ending.Failed _ -> true
    | _ -> false

let private isProof (chunk: Chunk) =
    match chunk with
    | Chunk.Finish _ -> true
    | _ -> false

/// The first law that a part of the body breaks, read as a body of its own. Every chunk of it must be a chunk of the whole, in place:
/// so a part is complete only where the whole has its proof, too.
let private brokenByPrefix (read: Read) (chunks: Chunk list, ending: Ending) (prefix: ReadOnlyMemory<byte>) : string option =
    let prefixChunks, prefixEnding = read [ prefix ]

    if List.truncate prefixChunks.Length chunks <> prefixChunks then
        Some "what a prefix gives is a prefix of what all gives"
    elif isComplete prefixEnding && not (List.exists isProof prefixChunks) then
        Some "nothing is complete before its proof"
    elif isFailed prefixEnding && not (isFailed ending) then
        Some "a prefix fails only where all fails"
    else
        None

/// The first law that the body breaks.
let broken (codec: Codec) (id: string) (body: ReadOnlyMemory<byte>) : string option =
    let read: Read = Reading.read codec
    let random = Random(seed id)
    let inOnePiece = read (whole body)
    let places = randomPlaces random 16 body
    let prefixes = randomPlaces random 8 body |> List.map (fun length -> body.Slice(0, length))

    if read (bytewise body) <> inOnePiece then Some "one byte at a time gives the same"
    elif read (cutAt places body) <> inOnePiece then Some "cut at 16 random places gives the same"
    else prefixes |> List.tryPick (brokenByPrefix read inOnePiece)
