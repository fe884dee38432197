// A server of OpenAI's responses.
module Llm.Fakes.ResponsesFake

open Llm.Fakes

let private item (said: Said) =
    match said with
    | Said.Says text ->
        $$"""{"id":"item-1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":{{Write.quote text}},"annotations":[]}]}"""
    | Said.Calls(id, name, arguments) ->
        $$"""{"id":"item-1","type":"function_call","status":"completed","call_id":"{{id}}","name":"{{name}}","arguments":{{Write.quote arguments}}}"""

let private whole (model: string) (said: Said) =
    $$$"""{"id":"answer-1","object":"response","status":"completed","model":{{{Write.quote model}}},"output":[{{{item said}}}],"usage":{"input_tokens":9,"output_tokens":4,"total_tokens":13}}"""

let private streamed (model: string) (said: Said) =
    let event (kind: string) (members: string) = kind, $$"""{"type":"{{kind}}",{{members}}}"""

    let middle =
        match said with
        | Said.Says text ->
            [
                event
                    "response.output_item.added"
                    """"output_index":0,"item":{"id":"item-1","type":"message","role":"assistant","status":"in_progress","content":[]}"""
                event
                    "response.content_part.added"
                    """"item_id":"item-1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}"""
                for half in Write.halves text do
                    event
                        "response.output_text.delta"
                        $$""""item_id":"item-1","output_index":0,"content_index":0,"delta":{{Write.quote half}}"""
                event "response.output_text.done" $$""""item_id":"item-1","output_index":0,"content_index":0,"text":{{Write.quote text}}"""
            ]
        | Said.Calls(id, name, arguments) ->
            [
                event
                    "response.output_item.added"
                    $$""""output_index":0,"item":{"id":"item-1","type":"function_call","status":"in_progress","call_id":"{{id}}","name":"{{name}}","arguments":""}"""
                for half in Write.halves arguments do
                    event "response.function_call_arguments.delta" $$""""item_id":"item-1","output_index":0,"delta":{{Write.quote half}}"""
                event
                    "response.function_call_arguments.done"
                    $$""""item_id":"item-1","output_index":0,"arguments":{{Write.quote arguments}}"""
            ]

    Write.namedEvents
        [
            event
                "response.created"
                $$""""response":{"id":"answer-1","object":"response","status":"in_progress","model":{{Write.quote model}},"output":[]}"""
            yield! middle
            event "response.output_item.done" $$""""output_index":0,"item":{{item said}}"""
            event "response.completed" $$""""response":{{whole model said}}"""
        ]

let private faults (asked: Asked) body =
    [
        yield! Body.has [ "model", asked.Model ] body
        if asked.IsStreamed then yield! Body.has [ "stream", "true" ] body
        yield! Body.hasItem "input" [ "role", "user"; "content", Conversation.question ] body
        if asked.HasTools then
            yield! Body.hasItem "tools" [ "type", "function"; "name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield!
                Body.hasItem "input" [ "type", "function_call"; "call_id", Conversation.callId; "arguments", Conversation.arguments ] body

            yield!
                Body.hasItem "input" [ "type", "function_call_output"; "call_id", Conversation.callId; "output", Conversation.output ] body

        if asked.Turn = 3 then
            yield! Body.hasItem "input" [ "role", "assistant"; "content.0.text", Conversation.answer ] body
            yield! Body.hasItem "input" [ "role", "user"; "content", Conversation.nextQuestion ] body
    ]

let fake: WireFake = { Whole = whole; Streamed = streamed; StreamType = "text/event-stream"; Faults = faults }
