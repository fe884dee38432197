// The laws of reading generateContent, over made-up answers.
namespace Llm.Core.Tests

open System
open System.Text
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core

[<Properties(Arbitrary = [| typeof<GeminiArbitrary> |])>]
module GenerateContentLaws =
    open GeminiFixture

    let private equalReplies (first: Reply) (second: Reply) =
        let native (reply: Reply) = reply.Native |> Option.map Json.text |> Option.defaultValue "[]"
        { first with Native = None } = { second with Native = None } && sameJson (native first) (native second)

    [<Property>]
    let ``folding a stream equals decoding the same answer sent whole`` (answer: GeminiAnswer) =
        equalReplies (decode (whole answer)) (complete (stream answer))

    [<Property>]
    let ``an array of objects says the same as server-sent events`` (answer: GeminiAnswer) = read (array answer) = read (stream answer)

    [<Property(MaxTest = 30)>]
    let ``the bytes may be cut anywhere`` (answer: GeminiAnswer) (at: int) =
        let body = bytes (stream answer)
        let cut = abs (at % (body.Length + 1))
        let single = [ for index in 0 .. body.Length - 1 -> body.Slice(index, 1) ]
        let inOne = Reading.read codec [ body ]

        inOne = Reading.read codec [ body.Slice(0, cut); body.Slice cut ] && inOne = Reading.read codec single

    [<Property(MaxTest = 30)>]
    let ``a prefix of a stream is never complete`` (answer: GeminiAnswer) (at: int) =
        let text = stream answer
        let lastEvent = text.LastIndexOf("data:", StringComparison.Ordinal)
        let body = bytes (text.Substring(0, lastEvent + 20))

        match Reading.read codec [ body.Slice(0, abs (at % (body.Length + 1))) ] with
        | _, Ending.Truncated _ -> true
        | _ -> false

    [<Property>]
    let ``what a model sent it gets back as it was`` (answer: GeminiAnswer) =
        let sent = sent answer |> String.concat ","
        let native = (decode (whole answer)).Native |> Option.map Json.text |> Option.defaultValue "[]"
        sameJson $"[{sent}]" native

    /// All events along a stream, each read by both paths from the same state.
    let private alongPaths (text: string) : bool list =
        let struct (_, agreements) =
            Framing.events [ Encoding.UTF8.GetBytes text ]
            |> List.fold
                (fun (struct (state, agreements)) (struct (_, data, _)) ->
                    let fast = GenerateContentFast.fast state (ReadOnlySpan(Encoding.UTF8.GetBytes data))

                    match GeminiJson.parse (bytes data) (GenerateContentDecode.careful GenerateContentDialect.standard state) with
                    | Ok(Ok(struct (chunks, next))) ->
                        let agree =
                            match fast with
                            | ValueNone -> true
                            | ValueSome(struct (fastChunks, fastNext)) ->
                                Chunks.toList fastChunks = Chunks.toList chunks && fastNext = next

                        struct (next, agree :: agreements)
                    | _ -> struct (state, fast.IsNone :: agreements))
                (struct (GeminiState.initial, []))

        agreements

    [<Property>]
    let ``the fast path agrees with the careful one`` (answer: GeminiAnswer) = alongPaths (stream answer) |> List.forall id

    let private oddEvents =
        [
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}],\"responseId\":\"r\",\"modelVersion\":\"m\"}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\",\"thoughtSignature\":\"s\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"},{\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\",\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\",\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\",\"thought\":false}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\",\"thought\":true,\"thought\":false}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"index\":1}]}"
            "{\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"text\":\"x\"}]}},{\"index\":0,\
             \"content\":{\"parts\":[{\"text\":\"y\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]}}],\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}],\"parts\":[]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\\ud83d\"}]}}],\"usageMetadata\":{\"promptTokenCount\":1.0}}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\\ude00\"}]}}],\"usageMetadata\":{\"promptTokenCount\":-3}}"
            "{\"usageMetadata\":{\"promptTokenCount\":7},\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"usageMetadata\":{\"promptTokenCount\":7,\"promptTokenCount\":8},\
             \"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"usageMetadata\":{\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":5}]},\
             \"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"usageMetadata\":{\"promptTokensDetails\":[]},\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"usageMetadata\":null,\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"error\":{\"code\":500},\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}],\"usageMetadata\":{\"promptTokensDetails\":[{\"modality\":\"4\",\"tokenCount\":3}]}}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"c\"}]}}]} x"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"te\\ud800\":1,\"text\":\"c\"}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"last\",\"thought\":true}]}}]}"
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"more\",\"thought\":true}]},\"safetyRatings\":[{}]}]}"
        ]

    [<Test>]
    let ``the fast path agrees with the careful one over events that are odd`` () =
        Assert.That(alongPaths (sse oddEvents) |> List.forall id, Is.True)

    [<Test>]
    let ``a plain delta takes the fast path`` () =
        let step state (data: string) =
            match GeminiJson.parse (bytes data) (GenerateContentDecode.careful GenerateContentDialect.standard state) with
            | Ok(Ok(struct (_, next))) -> next
            | _ -> state

        let started = step GeminiState.initial (event [ part (Said("a", None)) ] "" (Some(1, 2, 3)))

        match
            GenerateContentFast.fast started (ReadOnlySpan(Encoding.UTF8.GetBytes(event [ part (Said("b", None)) ] "" (Some(1, 2, 3)))))
        with
        | ValueSome(struct (chunks, next)) ->
            Assert.That(Chunks.toList chunks, equalTo [ Chunk.TextDelta(0, "b") ])
            Assert.That(Object.ReferenceEquals(next, started), Is.True)
        | ValueNone -> Assert.Fail "it gave up"
