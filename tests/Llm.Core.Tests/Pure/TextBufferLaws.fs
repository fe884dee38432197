// Text that grows at its end and yet is a value.
module Llm.Core.Tests.TextBufferLaws

open System
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private ofPieces (pieces: string list) : TextBuffer =
    List.fold (fun buffer piece -> TextBuffer.append piece buffer) TextBuffer.empty pieces

[<Law>]
let ``appending pieces gives their concatenation`` (pieces: string list) =
    let buffer = ofPieces pieces
    let expected = String.concat "" pieces
    buffer.ToString() = expected && TextBuffer.length buffer = expected.Length

[<Law>]
let ``every state keeps its text for ever`` (pieces: string list) =
    let states = List.scan (fun buffer piece -> TextBuffer.append piece buffer) TextBuffer.empty pieces
    let texts = List.scan (+) "" pieces
    (states |> List.map (fun state -> state.ToString())) = texts

[<Law>]
let ``two continuations of one state each get their own text`` (before: string list) (one: string list) (other: string list) =
    let shared = ofPieces before
    let continued pieces = List.fold (fun buffer piece -> TextBuffer.append piece buffer) shared pieces
    // In turn, so that each sees the tail that the other wrote.
    let first = continued one
    let second = continued other
    let text = String.concat "" before

    shared.ToString() = text
    && first.ToString() = text + String.concat "" one
    && second.ToString() = text + String.concat "" other

[<Law>]
let ``buffers are equal when their texts are`` (pieces: string list) =
    let one = ofPieces pieces
    let other = TextBuffer.append (String.concat "" pieces) TextBuffer.empty
    one = other && one.GetHashCode() = other.GetHashCode()

[<Test>]
let ``threads that continue one state do not meet`` () =
    let rounds = 100_000
    let shared = Array.init rounds (fun _ -> TextBuffer.append "shared" TextBuffer.empty)
    let grown (piece: string) round = TextBuffer.append piece shared[round]
    let ones, others = Lockstep.run rounds (grown "one") (grown "other")

    for round in 0 .. rounds - 1 do
        let texts = [ ones[round]; others[round] ] |> List.map (Result.map string)
        Assert.That(texts, Is.EqualTo<Result<string, string> list> [ Ok "sharedone"; Ok "sharedother" ])
        Assert.That(string shared[round], Is.EqualTo "shared")

[<Test>]
let ``a run of appends is linear`` () =
    let allocated (count: int) =
        let before = GC.GetAllocatedBytesForCurrentThread()
        let mutable buffer = TextBuffer.empty

        for _ in 1..count do
            buffer <- TextBuffer.append "token " buffer

        GC.GetAllocatedBytesForCurrentThread() - before

    allocated 100 |> ignore
    Assert.That(allocated 40_000, Is.LessThan(8L * allocated 10_000))
