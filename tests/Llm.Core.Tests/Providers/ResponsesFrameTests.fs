// The events that frame a streamed text of the Responses format, in every state that a stream comes through: read from their bytes they
// say what their documents say.
module Llm.Core.Tests.ResponsesFrameTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private event (text: string) : WireEvent = { Name = ""; Data = ReadOnlyMemory(Encoding.UTF8.GetBytes text); IsWhole = true }

let private ofAnswer (kind: string) (rest: string) = $"""{{"type":"response.{kind}","response":{{"object":"response",{rest}}}}}"""

let private ofItem (kind: string) (place: int) (item: string) =
    $"""{{"type":"response.output_item.{kind}","output_index":{place},"item":{{{item}}}}}"""

let private message (id: string) (content: string) = $"\"id\":\"{id}\",\"type\":\"message\",\"status\":\"x\",\"content\":[{content}]"

let private text (text: string) = $"""{{"type":"output_text","annotations":[],"text":"{text}"}}"""

let private said = message "m" (text "Hi")

let private reasoning = "\"id\":\"r\",\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"x\""

let private textDone (place: int) (sub: int) =
    $"""{{"type":"response.output_text.done","output_index":{place},"content_index":{sub},"text":"H\u0069","logprobs":[]}}"""

let private partDone (place: int) (part: string) =
    $"""{{"sequence_number":5,"type":"response.content_part.done","output_index":{place},"content_index":0,"part":{part}}}"""

let private usage (input: int) (rest: string) = $"\"usage\":{{\"input_tokens\":{input},\"output_tokens\":2{rest}}}"

/// Each as it comes, or nearly so.
let private frames =
    [
        ofAnswer "created" """ "id":"a","model":"m","status":"in_progress","output":[],"usage":null """
        ofAnswer "in_progress" """ "id":"b","model":"","error":null,"tools":[{"type":"x"}] """
        ofAnswer "queued" (usage 1 "")
        ofItem "added" 0 (message "m" "")
        ofItem "added" 1 (message "n" "")
        ofItem "added" 0 reasoning
        """{"type":"response.content_part.added","output_index":0,"content_index":0,"part":{"type":"output_text","text":""}}"""
        textDone 0 0
        textDone 1 1
        partDone 0 (text "Hi")
        partDone 1 (text "")
        ofItem "done" 0 said
        ofItem "done" 1 (message "" (text "Ho" + "," + text "" + "," + text "Hu"))
        ofItem "done" 0 """ "type":"message","call_id":null,"content":null """
        ofItem "done" 0 reasoning
        ofAnswer "completed" ("\"id\":\"a\",\"status\":\"completed\",\"output\":[]," + usage 3 ",\"total_tokens\":5")
        ofAnswer "completed" ("\"model\":\"n\",\"output\":[{" + said + "}]," + usage 3 ",\"input_tokens_details\":{\"cached_tokens\":1}")
        ofAnswer "completed" ("\"output\":[{" + reasoning + "},{" + said + "},{" + said + "}],\"status\":\"incomplete\"")
        ofAnswer "incomplete" ("\"output\":[{" + message "z" "" + "}],\"incomplete_details\":{\"reason\":\"max_output_tokens\"}")
    ]

/// What comes between them, or would stand in their way.
let private others =
    [
        """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}"""
        """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Hm"}"""
        """{"type":"response.refusal.delta","output_index":1,"content_index":0,"delta":"No"}"""
        ofItem "added" 1 """ "id":"f","type":"function_call","call_id":"c","name":"add","arguments":"" """
        ofItem "done" 0 """ "id":"f","type":"function_call","call_id":"c","name":"add","arguments":"{}" """
    ]

let private careful (state: ResponsesState) (text: string) =
    match ResponsesDecode.careful "openai" state (event text) with
    | Ok(struct (chunks, next)) -> Chunks.toList chunks, next
    | Error error -> failwithf "%A" error

/// Every state that some of the events lead to, in some order.
let private states: ResponsesState list =
    let after (states: ResponsesState list) =
        states
        |> List.collect (fun state -> frames @ others |> List.map (fun text -> snd (careful state text)))
        |> List.distinct

    let once = after [ ResponsesState.initial ]
    ResponsesState.initial :: once @ after once @ after (List.truncate 40 (after once)) |> List.distinct

[<Test>]
let ``an event that frames a text says what its document says, in every state`` () =
    Assert.That(states.Length, Is.GreaterThan 300)

    for state in states do
        for text in frames do
            match ResponsesDecodePlain.tryRead state (event text) with
            | ValueSome(struct (chunks, next)) -> Expect.equal (careful state text) (Chunks.toList chunks, next)
            | ValueNone -> Assert.Fail $"{text} was not read"

/// Where the bytes alone are not certain: there the document decides.
[<TestCase """{"type":"response.created"}""">]
[<TestCase """{"type":"response.created","response":{"id":1}}""">]
[<TestCase """{"type":"response.created","response":{"id":"a","id":"b"}}""">]
[<TestCase """{"type":"response.created","response":{"usage":{"input_tokens":1.5}}}""">]
[<TestCase """{"type":"response.failed","response":{"status":"failed"}}""">]
[<TestCase """{"type":"response.completed","response":{"status":"failed","output":[]}}""">]
[<TestCase """{"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"refusal","refusal":"No"}]}]}}""">]
[<TestCase """{"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"c","name":"add"}]}}""">]
[<TestCase """{"type":"response.completed","response":{"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]}]}}""">]
[<TestCase """{"type":"response.completed","response":{"status":"incomplete","status":null}}""">]
[<TestCase """{"type":"response.completed","response":{"output":[{"type":"message","id":"a","id":null}]}}""">]
[<TestCase """{"type":"response.output_item.added","item":{"type":"message"}}""">]
[<TestCase """{"type":"response.output_item.added","output_index":-1,"item":{"type":"message"}}""">]
[<TestCase """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":"Hi"}}""">]
[<TestCase """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","content":[{"type":"text","text":"Hi"}]}}""">]
[<TestCase """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":""}""">]
[<TestCase """{"type":"response.content_part.done","output_index":0,"part":{"type":"refusal","refusal":"No"}}""">]
[<TestCase """{"response":{"id":"a"}}""">]
[<TestCase """[{"type":"response.created","response":{}}]""">]
[<TestCase "[DONE]">]
let ``an event of which more is to be understood is left to its document`` (text: string) =
    Expect.equal true (ResponsesDecodePlain.tryRead ResponsesState.initial (event text)).IsNone
