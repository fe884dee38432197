// A server of Gemini's generateContent; calls have no ids there.
module Llm.Fakes.GeminiFake

open Llm.Fakes

let private usage = """{"promptTokenCount":9,"candidatesTokenCount":4,"totalTokenCount":13}"""

let private answer (model: string) (part: string) (isLast: bool) =
    let reason = if isLast then ",\"finishReason\":\"STOP\"" else ""

    $$"""{"candidates":[{"index":0,"content":{"role":"model","parts":[{{part}}]}{{reason}}}],"usageMetadata":{{usage}},"modelVersion":{{Write.quote model}},"responseId":"answer-1"}"""

let private parts (said: Said) : string list =
    match said with
    | Said.Says text -> Write.halves text |> List.map (fun half -> $$"""{"text":{{Write.quote half}}}""")
    | Said.Calls(_, name, arguments) -> [ $$$"""{"functionCall":{"name":"{{{name}}}","args":{{{arguments}}}}}""" ]

let private whole (model: string) (said: Said) =
    match said with
    | Said.Says text -> answer model $$"""{"text":{{Write.quote text}}}""" true
    | Said.Calls _ -> answer model (String.concat "," (parts said)) true

let private streamed (model: string) (said: Said) =
    let parts = parts said

    parts
    |> List.mapi (fun index part -> $"data: {answer model part (index = parts.Length - 1)}\r\n\r\n")
    |> String.concat ""
    |> System.Text.Encoding.UTF8.GetBytes

let private faults (asked: Asked) body =
    [
        yield! Body.lacks "model" body
        yield! Body.hasItem "contents" [ "role", "user"; "parts.0.text", Conversation.question ] body
        if asked.HasTools then
            yield! Body.hasItem "tools" [ "functionDeclarations.0.name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield!
                Body.hasItem
                    "contents"
                    [
                        "role", "model"
                        "parts.0.functionCall.name", Conversation.toolName
                        "parts.0.functionCall.args", Conversation.arguments
                    ]
                    body

            yield!
                Body.hasItem
                    "contents"
                    [
                        "role", "user"
                        "parts.0.functionResponse.name", Conversation.toolName
                        "parts.0.functionResponse.response.output", Conversation.output
                    ]
                    body

        if asked.Turn = 3 then
            yield! Body.hasItem "contents" [ "role", "user"; "parts.0.text", Conversation.nextQuestion ] body
    ]

let fake: WireFake = { Whole = whole; Streamed = streamed; StreamType = "text/event-stream"; Faults = faults }
