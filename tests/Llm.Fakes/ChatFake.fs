// A server of chat completions.
module Llm.Fakes.ChatFake

open Llm.Fakes

let private usage = """{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}"""

let private message (said: Said) =
    match said with
    | Said.Says text -> $$"""{"role":"assistant","content":{{Write.quote text}}}""", "stop"
    | Said.Calls(id, name, arguments) ->
        $$$"""{"role":"assistant","content":null,"tool_calls":[{"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":{{{Write.quote arguments}}}}}]}""",
        "tool_calls"

let private whole (model: string) (said: Said) =
    let message, reason = message said

    $$"""{"id":"answer-1","object":"chat.completion","model":{{Write.quote model}},"choices":[{"index":0,"message":{{message}},"finish_reason":"{{reason}}"}],"usage":{{usage}}}"""

let private streamed (model: string) (said: Said) =
    let chunk (delta: string) (reason: string) =
        $$"""{"id":"answer-1","object":"chat.completion.chunk","model":{{Write.quote model}},"choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}"""

    let deltas, reason =
        match said with
        | Said.Says text -> Write.halves text |> List.map (fun half -> $$"""{"content":{{Write.quote half}}}"""), "stop"
        | Said.Calls(id, name, arguments) ->
            [
                $$$"""{"tool_calls":[{"index":0,"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":""}}]}"""
                for half in Write.halves arguments do
                    $$$"""{"tool_calls":[{"index":0,"function":{"arguments":{{{Write.quote half}}}}}]}"""
            ],
            "tool_calls"

    Write.events
        [
            chunk """{"role":"assistant","content":""}""" "null"
            for delta in deltas do
                chunk delta "null"
            chunk "{}" $"\"{reason}\""
            $$"""{"id":"answer-1","model":{{Write.quote model}},"choices":[],"usage":{{usage}}}"""
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
            yield!
                Body.hasItem
                    "messages"
                    [
                        "role", "assistant"
                        "tool_calls.0.id", Conversation.callId
                        "tool_calls.0.function.arguments", Conversation.arguments
                    ]
                    body

            yield! Body.hasItem "messages" [ "role", "tool"; "tool_call_id", Conversation.callId; "content", Conversation.output ] body

        if asked.Turn = 3 then
            yield! Body.hasItem "messages" [ "role", "assistant"; "content", Conversation.answer ] body
            yield! Body.hasItem "messages" [ "role", "user"; "content", Conversation.nextQuestion ] body
    ]

let fake: WireFake = { Whole = whole; Streamed = streamed; StreamType = "text/event-stream"; Faults = faults }
