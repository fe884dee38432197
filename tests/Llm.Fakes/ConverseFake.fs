// A server of Amazon Bedrock's Converse and ConverseStream.
module Llm.Fakes.ConverseFake

open Llm.Core.Tests
open Llm.Fakes

let private whole (_: string) (said: Said) =
    let block, reason =
        match said with
        | Said.Says text -> $$"""{"text":{{Write.quote text}}}""", "end_turn"
        | Said.Calls(id, name, arguments) ->
            $$$"""{"toolUse":{"toolUseId":"{{{id}}}","name":"{{{name}}}","input":{{{arguments}}}}}""", "tool_use"

    $$$"""{"output":{"message":{"role":"assistant","content":[{{{block}}}]}},"stopReason":"{{{reason}}}","usage":{"inputTokens":9,"outputTokens":4,"totalTokens":13},"metrics":{"latencyMs":1}}"""

let private streamed (_: string) (said: Said) =
    [
        EventStreamFixture.event "messageStart" """{"p":"abc","role":"assistant"}"""

        match said with
        | Said.Says text ->
            for half in Write.halves text do
                EventStreamFixture.event "contentBlockDelta" $$"""{"contentBlockIndex":0,"delta":{"text":{{Write.quote half}}},"p":"ab"}"""
        | Said.Calls(id, name, arguments) ->
            EventStreamFixture.event
                "contentBlockStart"
                $$$$"""{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"{{{{id}}}}","name":"{{{{name}}}}"}}}"""

            for half in Write.halves arguments do
                EventStreamFixture.event
                    "contentBlockDelta"
                    $$$$"""{"contentBlockIndex":0,"delta":{"toolUse":{"input":{{{{Write.quote half}}}}}}}"""

        EventStreamFixture.event "contentBlockStop" """{"contentBlockIndex":0}"""

        let reason =
            match said with
            | Said.Says _ -> "end_turn"
            | Said.Calls _ -> "tool_use"

        EventStreamFixture.event "messageStop" $$"""{"stopReason":"{{reason}}"}"""

        EventStreamFixture.event "metadata" """{"usage":{"inputTokens":9,"outputTokens":4,"totalTokens":13},"metrics":{"latencyMs":1}}"""
    ]
    |> Array.concat

let private faults (asked: Asked) body =
    [
        yield! Body.lacks "model" body
        yield! Body.lacks "stream" body
        yield! Body.hasItem "messages" [ "role", "user"; "content.0.text", Conversation.question ] body

        if asked.HasTools then
            yield! Body.hasItem "toolConfig.tools" [ "toolSpec.name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield!
                Body.hasItem
                    "messages"
                    [
                        "role", "assistant"
                        "content.0.toolUse.toolUseId", Conversation.callId
                        "content.0.toolUse.input", Conversation.arguments
                    ]
                    body

            yield! Body.hasItem "messages" [ "role", "user"; "content.0.toolResult.toolUseId", Conversation.callId ] body

        if asked.Turn = 3 then
            yield! Body.hasItem "messages" [ "role", "assistant"; "content.0.text", Conversation.answer ] body
            yield! Body.hasItem "messages" [ "role", "user"; "content.0.text", Conversation.nextQuestion ] body
    ]

let fake: WireFake =
    {
        Whole = whole
        Streamed = streamed
        StreamType = "application/vnd.amazon.eventstream"
        Faults = faults
    }
