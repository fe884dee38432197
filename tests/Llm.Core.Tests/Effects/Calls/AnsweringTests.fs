// Chains whose answers should be values, where the model calls tools first: it is never asked again over calls that have no outputs.
module Llm.Core.Tests.AnsweringTests

open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private toolCall =
    """{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"find","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"""

let private said (text: string) =
    $$$"""{"choices":[{"index":0,"message":{"role":"assistant","content":{{{Json.text (Json.ofString text)}}}},"finish_reason":"stop"}]}"""

let private scripted (answers: string list) =
    let script = answers |> List.map ScriptedTransport.json |> ScriptedTransport.create

    let client = { Client.standard with Transport = script.Transport; Environment = fun _ -> Some "a key" }

    let model = Model.parse "openai/gpt-4o:completions" |> Model.withClient client
    script, Call.create model (fun (text: string) -> text)

[<Test>]
let ``an answer that calls tools is no value, and is not asked for again`` () : Task = task {
    let script, call = scripted [ toolCall; said """{"output":1}""" ]
    let! answer = call |> Call.withFormatRetrying 3 (Format.ofType<int>()) |> Call.value |> Run.call "x"

    match answer with
    | Error(LlmError.Unparsable _) -> ()
    | other -> Assert.Fail $"%A{other}"

    Expect.equal 1 (List.length (script.Requests()))
}

[<Test>]
let ``an answer that does not fit is asked for again, and what then goes wrong is the error`` () : Task = task {
    let script, call = scripted [ said "no"; said """{"output":1}""" ]
    let! answer = call |> Call.withFormatRetrying 1 (Format.ofType<int>()) |> Call.value |> Run.call "x"
    Expect.equal (Ok 1) answer
    Expect.equal 2 (List.length (script.Requests()))

    let _, call = scripted [ said "no" ]
    let! answer = call |> Call.withFormatRetrying 1 (Format.ofType<int>()) |> Call.value |> Run.call "x"

    match answer with
    | Error(LlmError.Connection _) -> ()
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a chain runs tools as the loop does: to the answer, or to its limit`` () : Task = task {
    let find = Tool.create "find" "Finds." (fun () -> "a book")

    let toolkit =
        match Toolkit.create [ find ] with
        | Ok toolkit -> toolkit
        | Error error -> failwith (LlmError.render error)

    let run (rounds: int) (answers: string list) = task {
        let script, call = scripted answers
        let! run = call |> Call.withToolkit rounds () toolkit |> Run.call "x"

        match run with
        | Ok run -> return run.End, List.length run.Responses, List.length (script.Requests())
        | Error error -> return failwith (LlmError.render error)
    }

    let! answered = run 2 [ toolCall; toolCall; said "done" ]
    Expect.equal (ToolLoopEnd.Answered, 3, 3) answered
    let call = { Id = "1"; Name = "find"; Arguments = "{}" }
    let! stopped = run 1 [ toolCall; toolCall; said "done" ]
    Expect.equal (ToolLoopEnd.OutOfRounds [ call ], 2, 2) stopped
}
