// The runner's laws see a codec that breaks them: without this, "ok" would say nothing.
module Llm.Core.Tests.Recordings.LawsTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Recordings

/// A codec that reads every event with a function.
let private codecOf (read: WireEvent -> Chunk list) : Codec =
    let step (state: string) (event: WireEvent) = Ok(struct (Chunks.ofList (read event), state))

    {
        Api = "test"
        Encode = fun _ -> Error(LlmError.Truncated "test")
        DecodeWhole = fun _ -> Error(LlmError.Truncated "test")
        DecodePlain = Codec.neverPlain
        Decoder = Decoder.create step (fun _ -> false) "start"
        Target = Target.create "test" "test"
        DecodeError = fun _ -> LlmError.Truncated "test"
        TokenCounter = None
        ModelListing = None
    }

let private body = ReadOnlyMemory(Encoding.UTF8.GetBytes "data: one\n\ndata: two\n\ndata: three\n\n")

let private textOf (event: WireEvent) = Chunk.TextDelta(0, Encoding.UTF8.GetString event.Data.Span)

[<Test>]
let ``a codec that keeps to whole events keeps the laws`` () =
    let codec = codecOf (fun event -> if event.IsWhole then [ textOf event ] else [])
    Assert.That(Laws.broken codec "id" body, Is.EqualTo None)

[<Test>]
let ``a codec that takes a cut for the end breaks a law`` () =
    let codec = codecOf (fun event -> if event.IsWhole then [ textOf event ] else [ Chunk.Finish None ])
    Assert.That(Laws.broken codec "id" body, Is.EqualTo(Some "what a prefix gives is a prefix of what all gives"))

[<Test>]
let ``a codec that remembers between bodies breaks a law`` () =
    let count = ref 0

    let codec =
        codecOf (fun _ ->
            count.Value <- count.Value + 1
            [ Chunk.TextDelta(0, string count.Value) ])

    Assert.That(Laws.broken codec "id" body, Is.EqualTo(Some "one byte at a time gives the same"))
