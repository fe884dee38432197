// Text that grows at its end and yet is a value.
module Llm.Core.Tests.TextBufferLaws

open System
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

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
    for _ in 1..2000 do
        let shared = TextBuffer.append "shared" TextBuffer.empty
        let results = Array.create 4 ""

        let work index =
            let piece = String(char (int 'a' + index), 3)
            let grown = List.fold (fun buffer _ -> TextBuffer.append piece buffer) shared [ 1..5 ]
            results[index] <- grown.ToString()

        Parallel.For(0, 4, work) |> ignore

        for index in 0..3 do
            Assert.That(results[index], Is.EqualTo("shared" + String(char (int 'a' + index), 15)))

        Assert.That(shared.ToString(), Is.EqualTo "shared")

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
