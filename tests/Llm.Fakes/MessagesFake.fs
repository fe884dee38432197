// A server of Anthropic's messages: at Anthropic, on Vertex AI, and on Bedrock, where a stream comes in frames.
module Llm.Fakes.MessagesFake

open System.Text.Json
open Llm.Core.Tests
open Llm.Fakes

let private block (said: Said) =
    match said with
    | Said.Says text -> $$"""{"type":"text","text":{{Write.quote text}}}""", "end_turn"
    | Said.Calls(id, name, arguments) -> $$"""{"type":"tool_use","id":"{{id}}","name":"{{name}}","input":{{arguments}}}""", "tool_use"

let private whole (model: string) (said: Said) =
    let block, reason = block said

    $$$"""{"id":"answer-1","type":"message","role":"assistant","model":{{{Write.quote model}}},"content":[{{{block}}}],"stop_reason":"{{{reason}}}","usage":{"input_tokens":9,"output_tokens":4}}"""

let private events (model: string) (said: Said) : (string * string) list =
    let event (kind: string) (members: string) = kind, $$"""{"type":"{{kind}}"{{members}}}"""

    let start, deltas, reason =
        match said with
        | Said.Says text ->
            """{"type":"text","text":""}""",
            Write.halves text |> List.map (fun half -> $$"""{"type":"text_delta","text":{{Write.quote half}}}"""),
            "end_turn"
        | Said.Calls(id, name, arguments) ->
            $$$"""{"type":"tool_use","id":"{{{id}}}","name":"{{{name}}}","input":{}}""",
            Write.halves arguments |> List.map (fun half -> $$"""{"type":"input_json_delta","partial_json":{{Write.quote half}}}"""),
            "tool_use"

    [
        event
            "message_start"
            $$$""","message":{"id":"answer-1","type":"message","role":"assistant","model":{{{Write.quote model}}},"content":[],"usage":{"input_tokens":9,"output_tokens":1}}"""
        event "content_block_start" $$""","index":0,"content_block":{{start}}"""
        for delta in deltas do
            event "content_block_delta" $$""","index":0,"delta":{{delta}}"""
        event "content_block_stop" ""","index":0"""
        event "message_delta" $$""","delta":{"stop_reason":"{{reason}}"},"usage":{"output_tokens":4}"""
        event "message_stop" ""
    ]

/// A message whose content is one text, whether as blocks or not.
let private says (role: string) (text: string) (body: JsonElement) =
    match Body.hasItem "messages" [ "role", role; "content.0.text", text ] body with
    | [] -> []
    | faults -> if List.isEmpty (Body.hasItem "messages" [ "role", role; "content", text ] body) then [] else faults

let private faults (ownFaults: Asked -> JsonElement -> string list) (asked: Asked) body =
    [
        yield! ownFaults asked body
        if (Body.at "max_tokens" body).IsNone then "there is no max_tokens"
        yield! says "user" Conversation.question body
        if asked.HasTools then yield! Body.hasItem "tools" [ "name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield!
                Body.hasItem
                    "messages"
                    [
                        "role", "assistant"
                        "content.0.type", "tool_use"
                        "content.0.id", Conversation.callId
                        "content.0.input", Conversation.arguments
                    ]
                    body

            yield!
                Body.hasItem
                    "messages"
                    [ "role", "user"; "content.0.type", "tool_result"; "content.0.tool_use_id", Conversation.callId ]
                    body

        if asked.Turn = 3 then
            yield! says "assistant" Conversation.answer body
            yield! says "user" Conversation.nextQuestion body
    ]

let private inBody (asked: Asked) body =
    [
        yield! Body.has [ "model", asked.Model ] body
        yield! Body.lacks "anthropic_version" body
        if asked.IsStreamed then yield! Body.has [ "stream", "true" ] body
    ]

let private inPath (version: string) (asksForStream: bool) (asked: Asked) body =
    [
        yield! Body.lacks "model" body
        yield! Body.has [ "anthropic_version", version ] body

        if asked.IsStreamed && asksForStream then yield! Body.has [ "stream", "true" ] body

        if not asksForStream then yield! Body.lacks "stream" body
    ]

let fake: WireFake =
    {
        Whole = whole
        Streamed = fun model said -> Write.namedEvents (events model said)
        StreamType = "text/event-stream"
        Faults = faults inBody
    }

/// On Vertex AI: the model stands in the path, the version in the body.
let vertex: WireFake = { fake with Faults = faults (inPath "vertex-2023-10-16" true) }

/// On Bedrock by InvokeModel: as on Vertex AI, and a stream comes in frames.
let bedrock: WireFake =
    { fake with
        Streamed = fun model said -> events model said |> List.map (snd >> EventStreamFixture.chunk) |> Array.concat
        StreamType = "application/vnd.amazon.eventstream"
        Faults = faults (inPath "bedrock-2023-05-31" false)
    }
