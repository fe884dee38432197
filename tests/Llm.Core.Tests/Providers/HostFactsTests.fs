// What servers of the chat completions and Responses formats send besides OpenAI's own shapes: failures that stand inside a choice or
// beside it, what was used when an answer failed, calls without a list. The exchanges are made up.
module Llm.Core.Tests.HostFactsTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)
let private chat = ChatCompletions.codec (ChatDialect.standard "acme")
let private responses = OpenAiResponses.codec ResponsesDialect.standard

let private events (data: string list) : string = data |> List.map (fun data -> $"data: {data}\n\n") |> String.concat ""

let private delta (rest: string) (json: string) (extra: string) : string =
    $"""{{"id":"a","model":"m","choices":[{{"index":0,"delta":{json}{rest}}}]{extra}}}"""

let private said (text: string) = delta ""","finish_reason":null,"error":null""" $"""{{"content":"{text}"}}""" ""

let private used = ""","usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}"""

/// What had come of a stream that failed, and its error.
let private failed (codec: Codec) (data: string list) : struct (Reply * ApiError) =
    match Reading.read codec [ bytes (events data) ] with
    | _, Ending.Failed(partial, error) ->
        match LlmError.apiError error with
        | Some evidence -> struct (partial, evidence)
        | None -> failwith (LlmError.render error)
    | _, ending -> failwith $"{ending}"

let private tokens (reply: Reply) = reply.Usage |> Option.map (fun usage -> usage.InputTokens, usage.OutputTokens)

[<Test>]
let ``chat: what was used stands beside an error in one event`` () =
    let broken = ""","error":{"code":502,"message":"The host is gone"}""" + used

    let struct (partial, error) =
        failed chat [ said "Hel"; delta ""","finish_reason":"error" """ """{"content":"lo"}""" broken; "[DONE]" ]

    Assert.That(tokens partial, equalTo (Some(7L, 2L)))
    Assert.That(Content.text partial.Content, equalTo "Hello")
    Assert.That(error.Status, equalTo (Some 502))

[<Test>]
let ``chat: a carried output keeps what stood beside an error`` () =
    let codec = StructuredOutput.asText chat
    let broken = ""","error":{"code":502,"message":"The host is gone"}""" + used
    let struct (partial, _) = failed codec [ delta "" "{}" broken ]
    Assert.That(tokens partial, equalTo (Some(7L, 2L)))

// With three words before it, so that the deltas' template is in force.
[<TestCase 1>]
[<TestCase 3>]
let ``chat: an error inside the choice fails the answer`` (words: int) =
    let choice = ""","finish_reason":"error","error":{"code":429,"message":"Slow down"}"""
    let struct (partial, error) = failed chat (List.replicate words (said "Hi") @ [ delta choice """{"content":""}""" "" ])
    Assert.That(Content.text partial.Content, equalTo (String.replicate words "Hi"))
    Assert.That(error.Message, equalTo "Slow down")
    Assert.That(error.Body, Does.Contain "\"choices\"")

[<Test>]
let ``chat: an error beside the text, in an event like those before, fails the answer`` () =
    let choice = ""","finish_reason":null,"error":{"code":429,"message":"Slow down"}"""
    let struct (partial, error) = failed chat [ said "a"; said "b"; said "c"; delta choice """{"content":"d"}""" "" ]
    Assert.That(Content.text partial.Content, equalTo "abcd")
    Assert.That(error.Status, equalTo (Some 429))

[<Test>]
let ``chat: an error inside the choice of a whole answer is the answer`` () =
    let body =
        """{"id":"a","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"error","error":{"code":502,"message":"Gone"}}]}"""

    match Codec.decode (bytes body) chat with
    | Error(LlmError.Server error) -> Assert.That(error.Message, equalTo "Gone")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``chat: Groq says beside the choices why it stops`` () =
    let stopped = delta ""","finish_reason":null""" "{}" ""","x_groq":{"id":"r","error":"over capacity"}"""
    let struct (partial, error) = failed chat [ said "Hi"; stopped; "[DONE]" ]
    Assert.That(Content.text partial.Content, equalTo "Hi")
    Assert.That(error.Message, equalTo "over capacity")

[<Test>]
let ``chat: a call without a list around it is a call`` () =
    let call id name arguments =
        $"""{{"role":"assistant","tool_calls":{{"index":0,"id":"{id}","type":"function","function":{{"name":{name},"arguments":"{arguments}"}}}}}}"""

    let body =
        events
            [
                delta ""","finish_reason":null""" (call "" "\"look\"" "{\\\"q\\\"") ""
                delta ""","finish_reason":null""" (call "" "null" ":1}") ""
                delta ""","finish_reason":"eos_token" """ """{"content":""}""" ""
            ]

    match Reading.read chat [ bytes body ] with
    | _, Ending.Complete reply ->
        let calls = Content.toolCalls reply.Content |> List.map (fun call -> call.Name, call.Arguments)
        Assert.That(calls, equalTo [ "look", "{\"q\":1}" ])
    | _, ending -> Assert.Fail $"{ending}"

[<Test>]
let ``responses: what was used stands in the event of the failure`` () =
    let response =
        """{"id":"r","object":"response","status":"failed","output":[],"error":{"code":"invalid_image","message":"No image"},"""
        + """ "usage":{"input_tokens":7,"output_tokens":2,"total_tokens":9}}"""

    match Reading.read responses [ bytes (events [ $"""{{"type":"response.failed","response":{response}}}""" ]) ] with
    | _, Ending.Failed(partial, LlmError.BadRequest error) ->
        Assert.That(tokens partial, equalTo (Some(7L, 2L)))
        Assert.That(error.Code, equalTo (Some "invalid_image"))
    | _, ending -> Assert.Fail $"{ending}"
