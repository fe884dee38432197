// A model for samples without a key: it gives the answers of a list, in their order, in the format of chat completions.
module Samples.Offline

open System.Text.Json
open Llm.Core

let private answer (text: string) =
    ScriptedTransport.json
        $"""{{"id":"1","model":"offline","choices":[{{"index":0,"message":{{"role":"assistant","content":{JsonSerializer.Serialize text}}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30}}}}"""

let model (answers: string list) : Model =
    let provider =
        Provider.create "offline" "http://offline.invalid/v1" (ChatCompletions.codec (ChatDialect.standard "offline"))
        |> Provider.withoutKey

    let script = ScriptedTransport.create (List.map answer answers)

    Model.parse "offline/model"
    |> Model.withClient (Client.standard |> Client.withProvider "offline/" provider |> Client.withTransport script.Transport)

/// A model of OpenAI, without OpenAI: it gives these answers, in their order.
let openai (name: string) (answers: ScriptedAnswer list) : Model =
    let script = ScriptedTransport.create answers

    let client =
        { Client.standard with
            Transport = script.Transport
            Environment = fun variable -> if variable = "OPENAI_API_KEY" then Some "none" else None
        }

    Model.parse $"openai:completions/{name}" |> Model.withClient client
