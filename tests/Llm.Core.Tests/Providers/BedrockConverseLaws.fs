/// Bedrock's Converse, decoded: what holds for every stream.
module Llm.Core.Tests.BedrockConverseLaws

open System
open System.Text
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core
open Llm.Core.Tests.EventStreamFixture
open Llm.Core.Tests.BedrockConverseFixture

[<Property>]
let ``the bytes may be cut anywhere`` (cuts: int list) =
    let all = joined rich

    let places =
        cuts |> List.map (fun cut -> abs (cut % all.Length)) |> List.append [ 0; all.Length ] |> List.distinct |> List.sort

    let pieces = places |> List.pairwise |> List.map (fun (first, last) -> ReadOnlyMemory(all, first, last - first))
    Reading.read codec pieces = read rich

[<Test>]
let ``one byte at a time is as good as all at once`` () =
    let pieces = joined rich |> Array.map (fun byte -> ReadOnlyMemory [| byte |]) |> List.ofArray
    Assert.That((Reading.read codec pieces = read rich))

[<Test>]
let ``folding a stream equals decoding the same answer whole`` () =
    let streamed, whole = complete rich, decoded richWhole
    Assert.That(withoutJson streamed, equalTo (withoutJson whole))
    Assert.That(sameJson streamed.Native whole.Native)

    for one, other in List.zip (others streamed) (others whole) do
        Assert.That(sameJson (Some one.Json) (Some other.Json))

[<Test>]
let ``a prefix of a stream never completes`` () =
    let all = joined rich
    let proof = all.Length - metadata.Length

    for length in 0 .. proof - 1 do
        match snd (Reading.read codec [ ReadOnlyMemory(all, 0, length) ]) with
        | Ending.Truncated partial -> Assert.That(partial.Native.IsNone)
        | other -> Assert.Fail $"{length} bytes: {other}"

/// Deltas in all shapes that the fast path may meet, the odd ones too.
let private deltas =
    [
        deltaData 4 """{"text":"a"}"""
        deltaData 4 """{"text":""}"""
        deltaData 4 """{"text":"\ud83d"}"""
        deltaData 4 """{"text":"\u00e9\n\"x\""}"""
        deltaData 4 """{"text":null}"""
        deltaData 4 """{"text":1}"""
        deltaData 4 """{"text":"a","more":1}"""
        deltaData 4 """{"text":"a","text":"b"}"""
        deltaData 4 """{"citation":{"title":"a"}}"""
        deltaData 4 """{"toolUse":{"input":"a"}}"""
        deltaData 4 """{"reasoningContent":{"text":"a"}}"""
        deltaData 4 "{}"
        deltaData 4 "\"text\""
        deltaData 0 """{"reasoningContent":{"text":"a"}}"""
        deltaData 0 """{"reasoningContent":{"text":"a","signature":"b"}}"""
        deltaData 0 """{"reasoningContent":{"signature":"b"}}"""
        deltaData 0 """{"reasoningContent":{"redactedContent":"AA=="}}"""
        deltaData 0 """{"reasoningContent":{"text":null}}"""
        deltaData 0 """{"reasoningContent":"a"}"""
        deltaData 6 """{"toolUse":{"input":"a"}}"""
        deltaData 6 """{"toolUse":{"input":""}}"""
        deltaData 6 """{"toolUse":{"input":{}}}"""
        deltaData 6 """{"toolUse":{"input":"a","name":"b"}}"""
        deltaData 9 """{"text":"a"}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4}"""
        """{"p":"x","delta":{"text":"a"},"contentBlockIndex":4,"p":"y"}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4.0}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4,"contentBlockIndex":9}"""
        """{"delta":{"text":"a"},"delta":{"text":"b"},"contentBlockIndex":4}"""
        """{"delta":{"text":"a"},"contentBlockIndex":null}"""
        """{"delta":{"text":"a"}}"""
        """{"contentBlockIndex":4}"""
        """{"delta":{"text":"a","\ud800\ud800\ud800":1},"contentBlockIndex":4}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4} {}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4"""
        "[]"
    ]

let private wire (name: string) (data: string) : WireEvent = { Name = name; Data = bytes data; IsWhole = true }

let private stepped (state: ConverseState) (name: string, data: string) =
    match ConverseDecode.careful state (wire name data) with
    | Ok(struct (_, next)) -> next
    | Error error -> failwith (LlmError.render error)

/// A state with a thought, a text and a tool call that have begun.
let private busy =
    [
        "contentBlockDelta", deltaData 0 """{"reasoningContent":{"text":"a"}}"""
        "contentBlockDelta", deltaData 4 """{"text":"a"}"""
        "contentBlockStart", """{"contentBlockIndex":6,"start":{"toolUse":{"toolUseId":"t","name":"n"}}}"""
    ]
    |> List.fold stepped (ConverseDecode.initial "bedrock")

[<Test>]
let ``the fast path says what the careful one says, wherever it answers`` () =
    let answers =
        deltas
        |> List.map (fun data ->
            let event = wire "contentBlockDelta" data

            match ConverseDeltas.fast busy event, ConverseDecode.careful busy event with
            | ValueSome chunks, Ok(struct (others, next)) ->
                Assert.That(Chunks.toList chunks, equalTo (Chunks.toList others), data)
                Assert.That(Object.ReferenceEquals(next, busy), data)
                true
            | ValueSome _, Error error -> failwith $"{data}: {error}"
            | ValueNone, _ -> false)

    Assert.That(answers |> List.filter id |> List.length, Is.GreaterThan 6)

[<Test>]
let ``a delta that changes nothing but its part keeps the state`` () =
    for data in
        [
            deltaData 4 """{"text":"a"}"""
            deltaData 0 """{"reasoningContent":{"text":"a"}}"""
            deltaData 6 """{"toolUse":{"input":"a"}}"""
        ] do
        Assert.That((ConverseDeltas.fast busy (wire "contentBlockDelta" data)).IsSome, data)

[<Property>]
let ``no bytes make the decoder throw`` (kinds: int list) (noise: byte[]) (place: int) =
    let names = [ "messageStart"; "contentBlockStart"; "contentBlockDelta"; "contentBlockStop"; "messageStop"; "metadata"; "" ]

    let payloads =
        deltas @ [ "null"; "\"\\ud800\""; "{\"\\ud800\":{}}"; """{"contentBlockIndex":0,"start":{"\ud800":{"\udc00":1}}}""" ]

    let pick (all: 'item list) (kind: int) = all[int (uint32 kind % uint32 all.Length)]
    let frames = kinds |> List.map (fun kind -> event (pick names kind) (pick payloads (kind / 7)))
    let broken = joined (frames @ [ noise; stop "end_turn" ])
    let spoiled = Array.copy broken
    spoiled[int (uint32 place % uint32 spoiled.Length)] <- 255uy

    for all in [ broken; spoiled ] do
        Reading.read codec [ ReadOnlyMemory all ] |> ignore
        Reading.read claude [ ReadOnlyMemory all ] |> ignore
