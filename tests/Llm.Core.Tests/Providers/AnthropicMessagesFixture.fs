/// Anthropic's messages format: traffic of our own making, and how it is read.
module Llm.Core.Tests.AnthropicMessagesFixture

open System
open System.Text
open System.Text.Json
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core

/// Lists are compared as values.
let equalTo (expected: 'value) = Is.EqualTo(box expected)

let codec = AnthropicMessages.codec AnthropicDialect.standard

let bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let event (data: string) : WireEvent = { Name = ""; Data = bytes data; IsWhole = true }

let body (events: string list) = events |> List.map (fun data -> $"event: x\ndata: {data}\n\n") |> String.concat ""

let start =
    """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"""
    + """"usage":{"input_tokens":10,"cache_read_input_tokens":3,"output_tokens":1}}}"""

let opened (index: int) (block: string) = $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}} }"""
let delta (index: int) (change: string) = $$"""{"type":"content_block_delta","index":{{index}},"delta":{{change}} }  """
let text (index: int) (words: string) = delta index $$"""{"type":"text_delta","text":{{Json.quote words}} }"""
let arguments (index: int) (piece: string) = delta index $$"""{"type":"input_json_delta","partial_json":{{Json.quote piece}} }"""
let closed (index: int) = $$"""{"type":"content_block_stop","index":{{index}} }"""
let emptyText = """{"type":"text","text":""}"""

let ended (reason: string) =
    [
        $$"""{"type":"message_delta","delta":{"stop_reason":"{{reason}}","stop_sequence":null},"usage":{"output_tokens":42} }"""
        """{"type":"message_stop"}"""
    ]

/// Everything at once: thought with signature, citations, a server's tool, interleaved tool calls, what nobody knows.
let rich =
    [
        start
        """{"type":"ping"}"""
        opened 0 """{"type":"thinking","thinking":"","signature":""}"""
        delta 0 """{"type":"thinking_delta","thinking":"Let me "}"""
        delta 0 """{"type":"thinking_delta","thinking":"see."}"""
        delta 0 """{"type":"signature_delta","signature":"c2ln"}"""
        closed 0
        opened 1 """{"type":"redacted_thinking","data":"ZW5j"}"""
        closed 1
        opened 2 """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}"""
        arguments 2 ""
        arguments 2 "{\"query\": "
        arguments 2 "\"größer\"}"
        closed 2
        opened 3 """{"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"a_result","n":1}]}"""
        closed 3
        opened 4 """{"type":"text","text":"","citations":[]}"""
        text 4 "Grün 🌱 "
        delta 4 """{"type":"citations_delta","citation":{"type":"char_location","cited_text":"a"}}"""
        delta 4 """{"type":"a_delta_of_tomorrow","text":"?"}"""
        text 4 "ist es."
        closed 4
        """{"type":"an_event_of_tomorrow","index":4}"""
        opened 5 """{"type":"tool_use","id":"toolu_1","name":"add","input":{}}"""
        opened 6 """{"type":"tool_use","id":"toolu_2","name":"now","input":{},"caller":{"type":"direct"}}"""
        arguments 5 "{\"a\":"
        arguments 6 ""
        arguments 5 " 1}"
        closed 6
        closed 5
    ]
    @ ended "tool_use"

/// The same answer, whole.
let richWhole =
    """{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
    {"type":"thinking","thinking":"Let me see.","signature":"c2ln"},
    {"type":"redacted_thinking","data":"ZW5j"},
    {"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query": "größer"}},
    {"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"a_result","n":1}]},
    {"type":"text","text":"Grün 🌱 ist es.","citations":[{"type":"char_location","cited_text":"a"}]},
    {"type":"tool_use","id":"toolu_1","name":"add","input":{"a": 1}},
    {"type":"tool_use","id":"toolu_2","name":"now","input":{},"caller":{"type":"direct"}}],
    "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":3,"output_tokens":42}}"""

let read (events: string list) = Reading.read codec [ bytes (body events) ]

let complete (events: string list) : Reply =
    match snd (read events) with
    | Ending.Complete reply -> reply
    | other -> failwith $"not complete: {other}"

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

// Laws
