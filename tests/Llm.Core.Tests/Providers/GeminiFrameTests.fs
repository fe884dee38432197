// The events in which a streamed text of generateContent begins and ends, in every state that a stream comes through: read from their bytes
// they say what their documents say.
module Llm.Core.Tests.GeminiFrameTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private event (text: string) : WireEvent = { Name = ""; Data = ReadOnlyMemory(Encoding.UTF8.GetBytes text); IsWhole = true }

let private candidate (members: string) = $"\"candidates\":[{{{members}}}]"
let private said (parts: string) = $"\"content\":{{\"parts\":[{{{parts}}}],\"role\":\"model\"}}"
let private used (counts: string) = $"\"usageMetadata\":{{{counts}}}"
let private object (members: string list) = "{" + String.concat "," members + "}"
let private ofModel = "\"modelVersion\":\"m\""
let private withId = "\"responseId\":\"a\""

/// Each as it comes, or nearly so.
let private frames =
    [
        object [ candidate (said "\"text\":\"Hi\"" + ",\"index\":0"); used "\"promptTokenCount\":3"; ofModel; withId ]
        object [ candidate (said "\"text\":\"Hm\",\"thought\":true"); used "\"thoughtsTokenCount\":2"; withId ]
        object [ candidate (said "\"text\":\" y\\u00e9s\\n\""); used "\"promptTokenCount\":3,\"candidatesTokenCount\":4" ]
        object [ candidate (said "\"text\":\"\"") ]
        object [ candidate (said "\"text\":\"\",\"thought\":true" + ",\"finishReason\":\"STOP\""); ofModel; withId ]
        object [ candidate "\"finishReason\":\"STOP\",\"index\":0"; used "\"candidatesTokenCount\":9,\"cachedContentTokenCount\":1" ]
        object [ candidate ("\"finishReason\":\"MAX_TOKENS\",\"safetyRatings\":[{\"a\":1}]," + said "\"text\":\"...\"") ]
        object
            [
                "\"responseId\":\"\""
                used "\"totalTokenCount\":9,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":3}]"
                "\"modelVersion\":null"
                candidate (said "\"text\":\"!\"" + ",\"avgLogprobs\":-0.1")
                "\"createTime\":\"now\""
            ]
    ]

/// What else opens parts, and ends them.
let private others =
    [
        object [ candidate (said "\"text\":\"\",\"thoughtSignature\":\"c2ln\"") ]
        object [ candidate (said "\"text\":\"signed\",\"thoughtSignature\":\"c2ln\"") ]
        object [ candidate (said "\"functionCall\":{\"name\":\"f\",\"args\":{}}"); withId ]
        object [ candidate (said "\"functionCall\":{\"name\":\"f\",\"willContinue\":true}") ]
        object [ candidate (said "\"inlineData\":{\"mimeType\":\"audio/L16\",\"data\":\"AAA=\"}") ]
        object [ used "\"promptTokenCount\":8,\"candidatesTokenCount\":1" ]
    ]

let private careful (state: GeminiState) (text: string) =
    match GeminiJson.parse (event text).Data (GenerateContentDecode.careful GenerateContentDialect.standard state) with
    | Ok(Ok(struct (chunks, next))) -> Chunks.toList chunks, next
    | other -> failwithf "%A" other

/// Every state before the last that some of the events lead to, in some order.
let private states: GeminiState list =
    let after (state: GeminiState) = frames @ others |> List.map (fun text -> snd (careful state text))
    let once = after GeminiState.initial |> List.distinct
    GeminiState.initial :: once @ List.collect after once |> List.distinct

[<Test>]
let ``an event in which a text begins or ends says what its document says, in every state`` () =
    Assert.That(states.Length, Is.GreaterThan 50)

    for state in states do
        for text in frames do
            match GenerateContentPlain.tryRead state (event text) with
            | ValueSome(struct (chunks, next)) -> Expect.equal (careful state text) (Chunks.toList chunks, next)
            | ValueNone -> Assert.Fail $"{text} was not read"

/// Where the bytes alone are not certain: there the document decides.
[<TestCase """{"usageMetadata":{"promptTokenCount":3}}""">]
[<TestCase """{"candidates":[]}""">]
[<TestCase """{"candidates":[{"index":1,"finishReason":"STOP"}]}""">]
[<TestCase """{"candidates":[{"index":0},{"index":1}]}""">]
[<TestCase """{"candidates":[{"finishReason":"SAFETY"}]}""">]
[<TestCase """{"candidates":[{"finishReason":1}]}""">]
[<TestCase """{"candidates":[{"finishReason":"STOP","finishReason":""}]}""">]
[<TestCase """{"candidates":[{"finishReason":"STOP","groundingMetadata":{}}]}""">]
[<TestCase """{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b"}]}}]}""">]
[<TestCase """{"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"c2ln"}]}}]}""">]
[<TestCase """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]}""">]
[<TestCase """{"candidates":[{"content":{"parts":[{"text":1}]}}]}""">]
[<TestCase """{"candidates":[{"content":{"parts":[{"thought":true}]}}]}""">]
[<TestCase """{"candidates":[{"content":{}}]}""">]
[<TestCase """{"candidates":[{}],"responseId":"a","responseId":null}""">]
[<TestCase """{"candidates":[{}],"modelVersion":1}""">]
[<TestCase """{"candidates":[{}],"usageMetadata":{"promptTokenCount":1.5}}""">]
[<TestCase """{"candidates":[{}],"usageMetadata":{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":1}]}}""">]
[<TestCase """{"candidates":[{}],"promptFeedback":{"blockReason":"SAFETY"}}""">]
[<TestCase """{"error":{"code":500}}""">]
[<TestCase """[{"candidates":[{}]}]""">]
[<TestCase """{"candidates":[{}]}}""">]
let ``an event of which more is to be understood is left to its document`` (text: string) =
    Expect.equal true (GenerateContentPlain.tryRead GeminiState.initial (event text)).IsNone
