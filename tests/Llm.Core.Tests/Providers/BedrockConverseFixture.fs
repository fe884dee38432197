/// Streams of Bedrock's Converse of our own making, and readers of what they give.
module Llm.Core.Tests.BedrockConverseFixture

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.EventStreamFixture

/// Lists are compared as values.
let equalTo (expected: 'value) = Is.EqualTo(box expected)

let codec = BedrockConverse.codec ConverseDialect.standard
let claude = AnthropicMessages.codec AnthropicDialect.bedrock

let bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let opened (index: int) (start: string) = event "contentBlockStart" $$"""{"contentBlockIndex":{{index}},"p":"abc","start":{{start}} }"""

let deltaData (index: int) (change: string) = $$"""{"contentBlockIndex":{{index}},"delta":{{change}},"p":"abcdef"}"""
let delta (index: int) (change: string) = event "contentBlockDelta" (deltaData index change)
let text (index: int) (words: string) = delta index $$"""{"text":{{Json.quote words}} }"""
let thought (index: int) (words: string) = delta index $$"""{"reasoningContent":{"text":{{Json.quote words}} } }"""
let input (index: int) (piece: string) = delta index $$"""{"toolUse":{"input":{{Json.quote piece}} } }"""
let closed (index: int) = event "contentBlockStop" $$"""{"contentBlockIndex":{{index}},"p":"a"}"""
let start = event "messageStart" """{"role":"assistant","p":"abcd"}"""
let stop (reason: string) = event "messageStop" $$"""{"stopReason":"{{reason}}","p":"ab"}"""

let usage = """{"inputTokens":10,"outputTokens":7,"totalTokens":22,"cacheReadInputTokens":3,"cacheWriteInputTokens":2}"""

let metadata = event "metadata" ("""{"metrics":{"latencyMs":5},"p":"a","usage":""" + usage + "}")

let ended (reason: string) = [ stop reason; metadata ]

/// Everything at once: reasoning in the clear and encrypted, a tool at the provider's side, citations, tools, what nobody knows.
let rich =
    [
        start
        thought 0 "Let me "
        thought 0 "see."
        delta 0 """{"reasoningContent":{"signature":"c2ln"}}"""
        closed 0
        delta 1 """{"reasoningContent":{"redactedContent":"c2VjcmV0"}}"""
        delta 1 """{"reasoningContent":{"redactedContent":"IQ=="}}"""
        closed 1
        opened 2 """{"toolUse":{"toolUseId":"srv_1","name":"search","type":"server_tool_use"}}"""
        input 2 "{\"query\": "
        input 2 "\"größer\"}"
        closed 2
        opened 3 """{"toolResult":{"toolUseId":"srv_1","type":"search_result","status":"success"}}"""
        delta 3 """{"toolResult":[{"text":"one"}]}"""
        delta 3 """{"toolResult":[{"json":{"n":2}}]}"""
        closed 3
        text 4 ""
        text 4 "Grün 🌱 "
        delta 4 """{"citation":{"title":"a","location":{"web":{"url":"https://a.example"}}}}"""
        delta 4 """{"citation":{"title":"b"}}"""
        text 4 "ist es."
        closed 4
        event "eventOfTomorrow" """{"contentBlockIndex":4}"""
        text 5 "Plain."
        closed 5
        opened 6 """{"toolUse":{"toolUseId":"t_1","name":"add"}}"""
        opened 7 """{"toolUse":{"toolUseId":"t_2","name":"now","type":"tool_use"}}"""
        input 6 "{\"a\":"
        input 7 ""
        input 6 " 1}"
        closed 7
        closed 6
        opened 8 """{"image":{"format":"png"}}"""
        delta 8 """{"image":{"source":{"bytes":"AQI="}}}"""
        closed 8
        opened 9 """{"blockOfTomorrow":{"a":1}}"""
        delta 9 """{"blockOfTomorrow":{"b":2}}"""
        closed 9
    ]
    @ ended "tool_use"

/// The same answer, whole.
let richWhole =
    """{"metrics":{"latencyMs":5},"output":{"message":{"role":"assistant","content":[
    {"reasoningContent":{"reasoningText":{"text":"Let me see.","signature":"c2ln"}}},
    {"reasoningContent":{"redactedContent":"c2VjcmV0IQ=="}},
    {"toolUse":{"toolUseId":"srv_1","name":"search","type":"server_tool_use","input":{"query": "größer"}}},
    {"toolResult":{"toolUseId":"srv_1","type":"search_result","status":"success","content":[{"text":"one"},{"json":{"n":2}}]}},
    {"citationsContent":{"content":[{"text":"Grün 🌱 ist es."}],
    "citations":[{"title":"a","location":{"web":{"url":"https://a.example"}}},{"title":"b"}]}},
    {"text":"Plain."},
    {"toolUse":{"toolUseId":"t_1","name":"add","input":{"a": 1}}},
    {"toolUse":{"toolUseId":"t_2","name":"now","type":"tool_use","input":{}}},
    {"image":{"format":"png","source":{"bytes":"AQI="}}},
    {"blockOfTomorrow":{"a":1,"b":2}}]}},
    "stopReason":"tool_use",
    "usage":{"inputTokens":10,"outputTokens":7,"totalTokens":22,"cacheReadInputTokens":3,"cacheWriteInputTokens":2}}"""

let joined (frames: byte[] list) = Array.concat frames

let readBy (codec: Codec) (frames: byte[] list) = Reading.read codec [ ReadOnlyMemory(joined frames) ]

let read = readBy codec

let replyBy (codec: Codec) (frames: byte[] list) : Reply =
    match snd (readBy codec frames) with
    | Ending.Complete reply -> reply
    | other -> failwith $"not complete: {other}"

let complete = replyBy codec

let decoded (whole: string) : Reply =
    match Codec.decode (bytes whole) codec with
    | Ok reply -> reply
    | Error error -> failwith (LlmError.render error)

let sameJson (first: Json option) (second: Json option) =
    let node (json: Json option) = json |> Option.map (fun json -> Nodes.JsonNode.Parse(Json.text json)) |> Option.toObj
    Nodes.JsonNode.DeepEquals(node first, node second)

let withoutJson (reply: Reply) =
    let bare part =
        match part with
        | AssistantPart.Other other -> AssistantPart.Other { other with Json = Json.ofString "" }
        | _ -> part

    { reply with Native = None; Content = List.map bare reply.Content }

let others (reply: Reply) =
    reply.Content
    |> List.choose (fun part ->
        match part with
        | AssistantPart.Other other -> Some other
        | _ -> None)

let texts (reply: Reply) =
    reply.Content
    |> List.choose (fun part ->
        match part with
        | AssistantPart.Text text -> Some text
        | _ -> None)
