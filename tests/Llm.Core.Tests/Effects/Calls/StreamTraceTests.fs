// Traces of streams: the step lasts until the stream ends, and says how. Arguments of tool calls show while they grow.
module Llm.Core.Tests.StreamTraceTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private cent (_: Response) = Some(Money.usd 0.01m)

let private names (traced: TracedStream) = Trace.steps traced.Trace |> List.map (fun step -> step.Name, step.End)

let private chain () : Call<string, Response> =
    let oracle = Oracle(fun question -> question)
    let last = Call.create oracle.Model (fun (text: string) -> $"last({text})") |> Call.named "last"
    oracle.Ask "first" |> Call.named "first" |> Call.andThen last

let private stream (traced: TracedStream) = Fake.ok traced.Result

[<Test>]
let ``the step that streams lasts as long as its stream, and has its output, usage and cost`` () : Task = task {
    let! traced = chain () |> Call.named "all" |> Call.traceStream cent "x" Run.none
    use stream = stream traced
    // Nobody has read yet, so that nobody knows.
    Expect.equal [ "all", StepEnd.Cancelled; "first", StepEnd.Succeeded; "last", StepEnd.Cancelled ] (names traced)
    let! _ = stream |> StreamResponse.finish Run.none
    Expect.equal [ "all", StepEnd.Succeeded; "first", StepEnd.Succeeded; "last", StepEnd.Succeeded ] (names traced)
    let last = List.last traced.Trace.Children
    Expect.equal (Some "last(first(x))") last.Output
    Expect.equal (Some "last(first(x))") traced.Trace.Output
    Expect.equal "first(x)" last.Input
    Expect.equal (Some "oracle/one") last.ModelId
    Expect.equal [ Message.user "last(first(x))" ] last.Messages
    Expect.equal (Some 10L) (last.Usage |> Option.map _.InputTokens)
    Expect.equal (Some { Amount = 0.02m; Currency = "USD" }) (Trace.cost traced.Trace)
}

[<Test>]
let ``steps without a name for all stand under one`` () : Task = task {
    let! traced = chain () |> Call.traceStream cent "x" Run.none
    use stream = stream traced
    let! _ = stream |> StreamResponse.finish Run.none
    Expect.equal [ "chain"; "first"; "last" ] (names traced |> List.map fst)
    Expect.equal StepEnd.Succeeded traced.Trace.End
}

let private scripted (answers: ScriptedAnswer list) : Model =
    let script = ScriptedTransport.create answers

    let provider =
        Provider.create "fake" "http://fake.test/v1" (ChatCompletions.codec (ChatDialect.standard "fake"))
        |> Provider.withoutKey

    Model.parse "fake/large"
    |> Model.withClient (Client.standard |> Client.withProvider "fake/" provider |> Client.withTransport script.Transport)

let private delta (json: string) = $"""{{"choices":[{{"index":0,"delta":{json}}}]}}"""

[<Test>]
let ``a stream that broke off is a failed step with what came`` () : Task = task {
    let model = scripted [ ScriptedTransport.events [ delta """{"content":"Hel"}""" ] ]
    let! traced = Call.create model id |> Call.traceStream cent "x" Run.none
    use stream = stream traced
    let! _ = stream |> StreamResponse.finish Run.none
    Expect.equal (StepEnd.Failed(LlmError.Truncated "fake")) traced.Trace.End
    Expect.equal (Some "Hel") traced.Trace.Output
    Expect.equal None traced.Trace.Cost
}

[<Test>]
let ``a stream that was left is a cancelled step, and a refusal a failed one without a stream`` () : Task = task {
    let model = scripted [ ScriptedTransport.events [ delta """{"content":"Hel"}""" ]; ScriptedTransport.refusal 401 "{}" ]
    let call = Call.create model id
    let! left = call |> Call.traceStream cent "x" Run.none
    do! (stream left).DisposeAsync()
    Expect.equal StepEnd.Cancelled left.Trace.End
    let! refused = call |> Call.traceStream cent "x" Run.none

    match refused.Result, refused.Trace.End with
    | Error error, StepEnd.Failed told -> Expect.equal error told
    | result, ending -> Assert.Fail $"%A{result} %A{ending}"
}

[<Test>]
let ``a budget counts a stream that is traced once`` () : Task = task {
    let budget = Budget.create (Money.usd 1m) (fun usage _ -> Some(Money.usd (0.001m * decimal usage.InputTokens)))
    let oracle = Oracle(fun question -> question)

    let call =
        Call.create oracle.Model (fun (text: string) -> text)
        |> Call.withParams { Params.none with MaxTokens = Some 10 }
        |> Call.withBudget budget

    let! traced = call |> Call.traceStream cent "x" Run.none
    use stream = stream traced
    let! _ = stream |> StreamResponse.finish Run.none
    Expect.equal (Money.usd 0.01m) budget.Spent
    Expect.equal StepEnd.Succeeded traced.Trace.End
}

[<Test>]
let ``a budget by a table knows models by their ids, and refuses those that it does not know`` () : Task = task {
    let usage = { Usage.zero with InputTokens = 1_000_000L }

    let price modelId = Cost.ofModelId Prices.standard modelId usage |> Option.map (fun cost -> cost.Total.Amount)

    Expect.equal
        [ Some 0.15m; Some 0.15m; Some 0.15m; None; None ]
        ([
            "openai/gpt-4o-mini"
            "openai:completions/gpt-4o-mini"
            "openai/gpt-4o-mini:responses"
            "openai/unknown"
            "gpt-4o-mini"
         ]
         |> List.map price)

    let oracle = Oracle(fun question -> question)

    let! refused =
        oracle.Ask "q"
        |> Call.withParams { Params.none with MaxTokens = Some 10 }
        |> Call.withBudget (Budget.ofPrices (Money.usd 1m) Prices.standard)
        |> Run.call "x"

    match refused with
    | Error(LlmError.BudgetExceeded { Reason = BudgetStop.NoPrice }) -> Expect.equal [] oracle.Asked
    | other -> Assert.Fail $"%A{other}"
}

type private Book = { title: string; pages: int }

[<Test>]
let ``a tool call's arguments show while they grow, and are read or refused when whole`` () : Task = task {
    let call (index: int) (arguments: string list) =
        [
            delta $"""{{"tool_calls":[{{"index":{index},"id":"c{index}","function":{{"name":"find","arguments":""}}}}]}}"""
            for piece in arguments do
                delta $"""{{"tool_calls":[{{"index":{index},"function":{{"arguments":{Text.Json.JsonSerializer.Serialize piece}}}}}]}}"""
        ]

    let events =
        call 0 [ "{\"title\":\"Du"; "ne\",\"pa"; "ges\":6"; "12}" ]
        @ call 1 [ "{\"title\":3}" ]
        @ [ """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""; "[DONE]" ]

    let shown = ResizeArray<string>()

    let show (_: Chunk) (progress: ToolCallProgress option) =
        match progress with
        | None -> ()
        | Some progress ->
            let book = Partial.ofToolCall<Book> progress
            let title = book.TryGet(fun book -> book.title) |> Option.defaultValue "-"
            let pages = book.TryGet(fun book -> book.pages) |> Option.map string |> Option.defaultValue "-"

            let result =
                match book.Result with
                | None -> ""
                | Some(Ok book) -> $" = {book.title}, {book.pages}"
                | Some(Error problem) -> $" ! {ParseProblem.render problem}"

            shown.Add($"{progress.Index} {title} {pages}{result}")

    match! scripted [ ScriptedTransport.events events ] |> Model.stream [ Message.user "x" ] Run.none with
    | Error error -> Assert.Fail(LlmError.render error)
    | Ok stream ->
        use stream = stream
        let! ending = stream |> StreamResponse.iterWithToolCalls show Run.none
        Expect.equal true (ending.IsComplete)
        let first, second = shown |> List.ofSeq |> List.partition _.StartsWith("0 ")
        Expect.equal [ "0 - -"; "0 Du -"; "0 Dune -"; "0 Dune -"; "0 Dune 612"; "0 Dune 612 = Dune, 612" ] first
        Assert.That(List.last second, Does.StartWith("1 3 - ! ").And.Contain "$.pages")
}
