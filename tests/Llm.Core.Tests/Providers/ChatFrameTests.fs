// The events that frame a streamed text of chat completions, in every state that a stream comes through: read from their bytes they say
// what their documents say.
module Llm.Core.Tests.ChatFrameTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private event (text: string) : WireEvent = { Name = ""; Data = ReadOnlyMemory(Encoding.UTF8.GetBytes text); IsWhole = true }

let private choice (delta: string) (rest: string) = $"""{{"id":"a","model":"m","choices":[{{"index":0,"delta":{{{delta}}}{rest}}}]}}"""

let private role = choice "\"role\":\"assistant\",\"content\":\"\"" ""
let private said = choice "\"content\":\"Hi\"" ",\"finish_reason\":null"
let private ended = choice "" ",\"finish_reason\":\"stop\""

let private usage (prompt: int) (rest: string) =
    $"""{{"id":"b","model":"n","choices":[],"usage":{{"prompt_tokens":{prompt},"completion_tokens":2{rest}}}}}"""

/// Each as it comes, or nearly so.
let private events =
    [
        role
        said
        ended
        choice "\"content\":\"Hi\",\"refusal\":null" ",\"finish_reason\":\"length\""
        choice "\"content\":null" ",\"finish_reason\":\"content_filter\""
        choice "\"content\":\"\"" ",\"finish_reason\":\"\""
        usage 1 ""
        usage 3 ",\"total_tokens\":9,\"completion_tokens_details\":{\"reasoning_tokens\":4}"
        usage 3 ",\"prompt_tokens_details\":{\"cached_tokens\":null},\"prompt_cache_hit_tokens\":1"
        """{"choices":[]}"""
        """{"choices":[],"usage":null,"id":"","model":""}"""
        """{"choices":[],"usage":{}}"""
        """{"usage":{"prompt_tokens":5},"choices":[{"delta":{"content":"Ho"}}]}"""
    ]

let private careful (state: ChatState) (text: string) =
    match ChatDecode.careful "openai" state (event text) with
    | Ok(struct (chunks, next)) -> Chunks.toList chunks, next
    | Error error -> failwithf "%A" error

/// Every state that some of the events lead to, in some order.
let private states: ChatState list =
    let after (state: ChatState) = events |> List.map (fun text -> snd (careful state text))
    let once = after ChatState.initial
    ChatState.initial :: once @ List.collect after once |> List.distinct

[<Test>]
let ``an event that frames a text says what its document says, in every state`` () =
    Assert.That(states.Length, Is.GreaterThan 30)

    for state in states do
        for text in events do
            match ChatDecodePlain.tryRead state (event text) with
            | ValueSome(struct (chunks, next)) -> Expect.equal (careful state text) (Chunks.toList chunks, next)
            | ValueNone -> Assert.Fail $"{text} was not read"

/// Where the bytes alone are not certain: there the document decides.
[<TestCase """{"choices":[{"index":1,"delta":{"content":"Hi"}}]}""">]
[<TestCase """{"choices":[{"delta":{"content":"Hi"}},{"delta":{"content":"Ho"}}]}""">]
[<TestCase """{"choices":[{"delta":{"content":"Hi","reasoning":"Hm"}}]}""">]
[<TestCase """{"choices":[{"delta":{"content":"Hi"},"message":{"content":"Hi"}}]}""">]
[<TestCase """{"choices":[{"delta":{"content":"Hi"},"error":{"message":"Gone"}}]}""">]
[<TestCase """{"choices":[],"error":"Gone"}""">]
[<TestCase """{"choices":[],"x_groq":{"usage":{"prompt_tokens":1}}}""">]
[<TestCase """{"choices":[],"usage":{"prompt_tokens":1.5}}""">]
[<TestCase """{"object":"error"}""">]
[<TestCase """[{"choices":[]}]""">]
[<TestCase "[DONE]">]
let ``an event of which more is to be understood is left to its document`` (text: string) =
    Expect.equal true (ChatDecodePlain.tryRead ChatState.initial (event text)).IsNone
