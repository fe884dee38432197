// A server of Cohere's v2 chat.
module Llm.Fakes.CohereFake

open Llm.Fakes

let private usage =
    """{"billed_units":{"input_tokens":5,"output_tokens":4},"tokens":{"input_tokens":9,"output_tokens":4}}"""

let private call (id: string) (name: string) (arguments: string) =
    $$$"""{"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":{{{Write.quote arguments}}}}}"""

let private whole (_: string) (said: Said) =
    let message, reason =
        match said with
        | Said.Says text -> $$"""{"role":"assistant","content":[{"type":"text","text":{{Write.quote text}}}]}""", "COMPLETE"
        | Said.Calls(id, name, arguments) -> $$"""{"role":"assistant","tool_calls":[{{call id name arguments}}]}""", "TOOL_CALL"

    $$"""{"id":"answer-1","finish_reason":"{{reason}}","message":{{message}},"usage":{{usage}}}"""

let private streamed (_: string) (said: Said) =
    let event (kind: string) (members: string) = $$"""{"type":"{{kind}}"{{members}}}"""

    let middle, reason =
        match said with
        | Said.Says text ->
            [
                event "content-start" ""","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}"""
                for half in Write.halves text do
                    event "content-delta" $$$$""","index":0,"delta":{"message":{"content":{"text":{{{{Write.quote half}}}}}}}"""
                event "content-end" ""","index":0"""
            ],
            "COMPLETE"
        | Said.Calls(id, name, arguments) ->
            [
                event "tool-call-start" $$$""","index":0,"delta":{"message":{"tool_calls":{{{call id name ""}}}}}"""
                for half in Write.halves arguments do
                    event
                        "tool-call-delta"
                        $$$$$""","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":{{{{{Write.quote half}}}}}}}}}"""
                event "tool-call-end" ""","index":0"""
            ],
            "TOOL_CALL"

    Write.events
        [
            event "message-start" ""","id":"answer-1","delta":{"message":{"role":"assistant","content":[]}}"""
            yield! middle
            event "message-end" $$""","delta":{"finish_reason":"{{reason}}","usage":{{usage}}}"""
            "[DONE]"
        ]

let private faults (asked: Asked) body =
    [
        yield! Body.has [ "model", asked.Model ] body
        if asked.IsStreamed then yield! Body.has [ "stream", "true" ] body
        yield! Body.hasItem "messages" [ "role", "user"; "content", Conversation.question ] body

        if asked.HasTools then
            yield! Body.hasItem "tools" [ "type", "function"; "function.name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield! Body.hasItem "messages" [ "role", "assistant"; "tool_calls.0.id", Conversation.callId ] body
            yield! Body.hasItem "messages" [ "role", "tool"; "tool_call_id", Conversation.callId ] body

        if asked.Turn = 3 then
            yield! Body.hasItem "messages" [ "role", "user"; "content", Conversation.nextQuestion ] body
    ]

let fake: WireFake = { Whole = whole; Streamed = streamed; StreamType = "text/event-stream"; Faults = faults }
