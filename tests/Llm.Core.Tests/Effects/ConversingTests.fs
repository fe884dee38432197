// Conversations of several turns over a script: tools until the model answers, and answers asked for again until they fit.
module Llm.Core.Tests.ConversingTests

open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private answer (message: string) (reason: string) =
    ScriptedTransport.json
        $"""{{"id":"c","model":"m","choices":[{{"index":0,"message":{message},"finish_reason":"{reason}"}}],"usage":{{"prompt_tokens":3,"completion_tokens":2}}}}"""

let private says (text: string) = answer $"""{{"role":"assistant","content":{Json.quote text}}}""" "stop"

let private calls (name: string) (arguments: string) =
    let call = $"""{{"id":"t1","type":"function","function":{{"name":"{name}","arguments":{Json.quote arguments}}}}}"""
    answer $"""{{"role":"assistant","content":null,"tool_calls":[{call}]}}""" "tool_calls"

let private modelOver (answers: ScriptedAnswer list) : struct (Model * ScriptedTransport) =
    let script = ScriptedTransport.create answers

    let client = { Client.standard with Transport = script.Transport; Environment = fun _ -> Some "key" }

    struct (Model.parse "openai/gpt-4o:completions" |> Model.withClient client, script)

let private sent (script: ScriptedTransport) : string list = script.Requests() |> List.map (fun request -> RequestBody.text request.Body)

let private weather =
    Tool.create "get_weather" "The weather in a city." (fun (place: {| City: string |}) -> async { return $"Sun in {place.City}" })

let private toolkit (tools: Tool<unit> list) =
    match Toolkit.create tools with
    | Ok toolkit -> toolkit
    | Error error -> failwith (LlmError.render error)

let private ended (work: Task<Result<'value, LlmError>>) : Task<'value> = task {
    match! work with
    | Ok value -> return value
    | Error error -> return failwith (LlmError.render error)
}

let private ask = [ Message.user "How is the weather in Oslo?" ]

[<Test>]
let ``tools are run until the model answers`` () : Task = task {
    let struct (model, script) = modelOver [ calls "get_weather" """{"City":"Oslo"}"""; says "It is sunny." ]

    let! run = model |> ToolLoop.run 3 () (toolkit [ weather ]) ask none |> ended
    Assert.That(run.End, Is.EqualTo ToolLoopEnd.Answered)
    Assert.That(Response.text run.Response, Is.EqualTo "It is sunny.")
    Assert.That(run.Response.Messages.Length, Is.EqualTo 4)
    Assert.That(run.Responses.Length, Is.EqualTo 2)
    let bodies = sent script
    Assert.That(bodies[0], Does.Contain "\"get_weather\"")
    Assert.That(bodies[1], Does.Contain "\"Sun in Oslo\"")
    Assert.That(bodies[1], Does.Contain "\"tools\"")
}

[<Test>]
let ``a tool that fails tells the model, and the loop goes on`` () : Task = task {
    let failing =
        Tool.create "get_weather" "The weather." (fun (_: {| City: string |}) ->
            failwith "the station is down"
            "")

    let struct (model, script) = modelOver [ calls "get_weather" """{"City":"Oslo"}"""; says "I cannot tell." ]

    let! run = model |> ToolLoop.run 3 () (toolkit [ failing ]) ask none |> ended
    Assert.That(run.End, Is.EqualTo ToolLoopEnd.Answered)
    Assert.That((sent script)[1], Does.Contain "the station is down")
}

[<Test>]
let ``a model that never stops calling is stopped by the limit of rounds`` () : Task = task {
    let struct (model, script) = modelOver (List.replicate 5 (calls "get_weather" """{"City":"Oslo"}"""))

    let! run = model |> ToolLoop.run 2 () (toolkit [ weather ]) ask none |> ended
    Assert.That(run.End, Is.EqualTo(ToolLoopEnd.OutOfRounds(Response.toolCalls run.Response)))
    Assert.That((Response.toolCalls run.Response).Length, Is.EqualTo 1)
    Assert.That((sent script).Length, Is.EqualTo 3)
}

[<Test>]
let ``a call that needs approval waits, and goes on after conversation and results were stored`` () : Task = task {
    let tools = toolkit [ { weather with NeedsApproval = true } ]
    let struct (model, script) = modelOver [ calls "get_weather" """{"City":"Oslo"}"""; says "As you wish." ]
    let! run = model |> ToolLoop.run 3 () tools ask none |> ended

    let results =
        match run.End with
        | ToolLoopEnd.Waiting results -> results
        | other -> failwith $"{other}"

    let messages = Conversation.toJson run.Response.Messages |> Conversation.ofJson |> Fake.ok
    let stored = ToolResult.toJson results |> ToolResult.ofJson |> Fake.ok
    let! early = model |> ToolLoop.resume 3 () tools messages stored none
    Assert.That(early |> Result.mapError LlmError.render |> Result.isError)
    Assert.That((sent script).Length, Is.EqualTo 1)

    match ToolResult.outputs stored with
    | Error [ call ] ->
        let settled = ToolResult.settle (Toolkit.reject "not today" call) stored
        let! ended = model |> ToolLoop.resume 3 () tools messages settled none |> ended
        Assert.That(ended.End, Is.EqualTo ToolLoopEnd.Answered)
        Assert.That(Response.text ended.Response, Is.EqualTo "As you wish.")
        Assert.That((sent script)[1], Does.Contain "not today")
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``where a later call fails, what the tools did is not lost`` () : Task = task {
    let refusal = ScriptedTransport.refusal 529 "{}"
    let struct (model, _) = modelOver [ calls "get_weather" """{"City":"Oslo"}"""; refusal; says "It is sunny." ]
    let tools = toolkit [ weather ]
    let! run = model |> ToolLoop.run 3 () tools ask none |> ended

    match run.End with
    | ToolLoopEnd.Failed(results, LlmError.Server _) ->
        let! again = model |> ToolLoop.resume 3 () tools run.Response.Messages results none |> ended
        Assert.That(Response.text again.Response, Is.EqualTo "It is sunny.")
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``an answer that does not fit is told what is wrong and asked for again`` () : Task = task {
    let format = Format.ofType<{| Title: string; Pages: int |}>()
    let struct (model, script) = modelOver [ says """{"Title":"Emma"}"""; says """{"Title":"Emma","Pages":474}""" ]
    let! answered = model |> Formatted.call format 1 ask none |> ended

    match answered.Value with
    | Ok book -> Assert.That(book.Pages, Is.EqualTo 474)
    | Error problem -> Assert.Fail(ParseProblem.render problem)

    Assert.That((sent script)[1], Does.Contain "Pages")
    Assert.That(answered.Responses |> List.map Response.text, Is.EqualTo<string list> [ """{"Title":"Emma"}"""; """{"Title":"Emma","Pages":474}""" ])
    Assert.That(answered.Usage |> Option.map _.OutputTokens, Is.EqualTo(Some 4L))
}

[<Test>]
let ``an answer that is there already is checked too, and what it took stays when the next call fails`` () : Task = task {
    let format = Format.ofType<{| Pages: int |}>()
    let refusal = ScriptedTransport.refusal 429 "{}"
    let struct (model, script) = modelOver [ says "none"; refusal; says """{"Pages":1}""" ]
    let! first = model |> Model.call ask none
    let! answered = model |> Formatted.validate format 2 (Fake.ok first) none
    Assert.That(answered.Value.IsError)
    Assert.That(Response.text answered.Response, Is.EqualTo "none")

    match answered.Error with
    | Some(LlmError.RateLimit _) -> ()
    | other -> Assert.Fail $"{other}"

    let! again = model |> Formatted.validate format 2 answered.Response none
    Assert.That((again.Value |> Result.map _.Pages) = Ok 1)
    Assert.That((sent script)[2], Does.Contain "no valid JSON object was found")
}

[<Test>]
let ``an answer that never fits ends with what is wrong`` () : Task = task {
    let format = Format.ofType<{| Pages: int |}>()
    let struct (model, script) = modelOver [ says "no"; says "still no" ]
    let! answered = model |> Formatted.call format 1 ask none |> ended
    Assert.That(answered.Value.IsError)
    Assert.That((sent script).Length, Is.EqualTo 2)
}

[<Test>]
let ``structured output that comes as a tool call is text to the caller`` () : Task = task {
    let format = Format.ofType<{| Pages: int |}>() |> Format.withMode FormatMode.Tool
    let struct (model, script) = modelOver [ calls OutputFormat.toolName """{"Pages":3}""" ]
    let! answered = model |> Formatted.call format 0 ask none |> ended
    Assert.That((answered.Value |> Result.map _.Pages) = Ok 3)
    Assert.That(List.isEmpty (Response.toolCalls answered.Response))
    Assert.That((sent script)[0], Does.Contain OutputFormat.toolName)
}
