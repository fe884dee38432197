// All samples of chains, with the answers that their model gives: what they say, line by line.
module Samples.Chains

open System.Threading.Tasks
open Llm.Core

let private said (result: Result<'value, LlmError>) : 'value =
    match result with
    | Ok value -> value
    | Error error -> failwith (LlmError.render error)

let private fields (all: (string * string) list) = all |> List.map (fun (name, value) -> $"{name}={value}") |> String.concat ", "

let private json (text: string) = System.Text.Json.JsonSerializer.Serialize text

/// An answer that comes in pieces: the deltas of its message.
let private streamed (finish: string) (deltas: string list) : ScriptedAnswer =
    ScriptedTransport.events
        [
            for delta in deltas do
                $"""{{"id":"1","choices":[{{"index":0,"delta":{delta}}}]}}"""
            $"""{{"id":"1","choices":[{{"index":0,"delta":{{}},"finish_reason":"{finish}"}}]}}"""
            "[DONE]"
        ]

let private callInPieces: ScriptedAnswer =
    let growing (text: string) = $"""{{"tool_calls":[{{"index":0,"function":{{"arguments":{json text}}}}}]}}"""

    streamed
        "tool_calls"
        [
            """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}"""
            growing "{\"title\":\"Pira"
            growing "nesi\",\"author\":"
            growing "\"Susanna Clarke\"}"
        ]

let private spoken: ScriptedAnswer =
    let audio (samples: byte[]) = $"""{{"audio":{{"data":"{System.Convert.ToBase64String samples}"}}}}"""

    streamed
        "stop"
        [
            """{"audio":{"id":"audio_1","transcript":"Good "}}"""
            audio [| 0uy; 0uy; 255uy; 127uy |]
            """{"audio":{"transcript":"morning."}}"""
            audio [| 0uy; 128uy; 1uy; 0uy |]
        ]

let private billed: ScriptedAnswer =
    ScriptedTransport.json
        """{"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"A cat."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":500,"prompt_tokens_details":{"cached_tokens":400}}}"""

let private spokenFile () : Task<string list> = task {
    let path = System.IO.Path.GetTempFileName()

    try
        let! transcript = AudioToWav.run path (Offline.openai "gpt-audio" [ spoken ])
        let pieces = said transcript |> String.concat "|"
        return [ pieces; System.Convert.ToHexString(System.IO.File.ReadAllBytes path) ]
    finally
        System.IO.File.Delete path
}

let lines () : Task<string list> = task {
    let! chained = FunctionChaining.run (Offline.model [ "A cat travels."; "Un chat voyage." ])
    let! nested = NestedChains.run (Offline.model [ "A cat travels."; "Un chat voyage." ])
    let! conditional = Conditional.run (Offline.model [ """{"output":"Positive"}"""; "Thank you!" ])
    let! parallelAnswer = Parallel.run (Offline.model [ "Alice"; """{"output":["pork","cinnamon"]}"""; "Pork with apples." ])
    let feedback text = $"""{{"critique":"Too dry.","rewritten":"{text}"}}"""

    let! iterative =
        Iterative.run (
            Offline.model [ "A boy camps."; feedback "A boy learns to camp."; feedback "A boy learns to camp from his grandfather." ]
        )

    let! values = Values.run (Offline.model [ """{"title":"Piranesi","author":"Susanna Clarke"}"""; "For its endless halls." ])
    let! steps, cost, spent, isRefused = TraceAndBudget.run (Offline.model [ "A cat."; "Un chat." ])
    let! tool = StreamingTools.run (Offline.openai "gpt-4o-mini" [ callInPieces ])
    let! audio = spokenFile ()
    let! costs = CostAndBudget.run (Offline.openai "gpt-4o-mini" [ billed ])
    let nestedText, nestedFields = said nested
    let conditionalText, conditionalFields = said conditional

    return
        [
            $"1 {said chained}"
            $"2 {nestedText} ({fields nestedFields})"
            $"3 {conditionalText} ({fields conditionalFields})"
            $"4 {said parallelAnswer}"
            $"5 {said iterative}"
            $"6 {said values}"
            for name, output in steps do
                $"7 {name}: {output}"
            $"7 {cost.Value}, {spent}, refused: {isRefused}"
            for line in said tool do
                $"8 {line}"
            for line in audio do
                $"9 {line}"
            for line in said costs do
                $"10 {line}"
        ]
}
