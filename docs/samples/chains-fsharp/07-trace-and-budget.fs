// A trace shows every step of a chain, and a budget bounds what it may cost.
module Samples.TraceAndBudget

open System.Threading
open Llm.Core

let run (model: Model) = task {
    // A cent for each token; Prices has what providers ask.
    let price (usage: Usage) (_: string) = Some(Money.usd (0.01m * decimal (Usage.total usage)))
    let costOf (response: Response) = response.Usage |> Option.bind (fun usage -> price usage response.ModelId)
    let budget = Budget.create (Money.usd 4m) price
    let summarize = Call.create model (fun text -> $"Summarize: {text}") |> Call.text |> Call.named "summarize"
    let translate = Call.create model (fun text -> $"Translate to French: {text}") |> Call.text |> Call.named "translate"

    let chain =
        summarize
        |> Call.andThen translate
        |> Call.named "translated summary"
        |> Call.withParams { Params.none with MaxTokens = Some 100 }
        |> Call.withBudget budget

    let! traced = chain |> Call.trace costOf "A cat." CancellationToken.None

    let! refused =
        chain |> Call.withParams { Params.none with MaxTokens = Some 1000 } |> Call.run "A cat." CancellationToken.None

    let steps = Trace.steps traced.Trace |> List.map (fun step -> step.Name, step.Output |> Option.defaultValue "")
    return steps, Trace.cost traced.Trace, budget.Spent, Result.isError refused
}
