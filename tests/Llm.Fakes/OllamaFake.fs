// A server of Ollama's own chat: lines of JSON, arguments as objects, no ids.
module Llm.Fakes.OllamaFake

open Llm.Fakes

let private line (model: string) (message: string) (isDone: bool) =
    let ending = if isDone then "true,\"done_reason\":\"stop\",\"prompt_eval_count\":9,\"eval_count\":4" else "false"

    $$"""{"model":{{Write.quote model}},"created_at":"2026-01-01T00:00:00Z","message":{{message}},"done":{{ending}}}"""

let private text (text: string) = $$"""{"role":"assistant","content":{{Write.quote text}}}"""

let private call (name: string) (arguments: string) =
    $$$"""{"role":"assistant","content":"","tool_calls":[{"function":{"name":"{{{name}}}","arguments":{{{arguments}}}}}]}"""

let private whole (model: string) (said: Said) =
    match said with
    | Said.Says said -> line model (text said) true
    | Said.Calls(_, name, arguments) -> line model (call name arguments) true

let private streamed (model: string) (said: Said) =
    [
        match said with
        | Said.Says said ->
            for half in Write.halves said do
                line model (text half) false
        | Said.Calls(_, name, arguments) -> line model (call name arguments) false
        line model (text "") true
    ]
    |> List.map (fun line -> line + "\n")
    |> String.concat ""
    |> System.Text.Encoding.UTF8.GetBytes

let private faults (asked: Asked) body =
    [
        yield! Body.has [ "model", asked.Model; "stream", (if asked.IsStreamed then "true" else "false") ] body
        yield! Body.hasItem "messages" [ "role", "user"; "content", Conversation.question ] body

        if asked.HasTools then
            yield! Body.hasItem "tools" [ "type", "function"; "function.name", Conversation.toolName ] body

        if asked.HasTools && asked.Turn > 1 then
            yield!
                Body.hasItem
                    "messages"
                    [
                        "role", "assistant"
                        "tool_calls.0.function.name", Conversation.toolName
                        "tool_calls.0.function.arguments", Conversation.arguments
                    ]
                    body

            yield! Body.hasItem "messages" [ "role", "tool"; "content", Conversation.output ] body

        if asked.Turn = 3 then
            yield! Body.hasItem "messages" [ "role", "user"; "content", Conversation.nextQuestion ] body
    ]

let fake: WireFake = { Whole = whole; Streamed = streamed; StreamType = "application/x-ndjson"; Faults = faults }
