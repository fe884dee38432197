// Cost and budget: what an answer cost, by prices that are data, and a call that could cost more than is left is not made.
module Samples.CostAndBudget

open System.Threading
open Llm.Core

let run (model: Model) = task {
    let budget = Budget.ofPrices (Money.usd 0.01m) Prices.standard
    let summarize = Call.create model (fun text -> $"Summarize: {text}") |> Call.withBudget budget
    let short = summarize |> Call.withParams { Params.none with MaxTokens = Some 1000 }
    let long = summarize |> Call.withParams { Params.none with MaxTokens = Some 100_000 }
    let! response = short |> Call.run "A cat." CancellationToken.None
    let! refused = long |> Call.run "A cat." CancellationToken.None

    return
        response
        |> Result.map (fun response ->
            [
                match Cost.ofResponse Prices.standard response with
                | None -> "unknown"
                | Some cost ->
                    for item in cost.Items do
                        $"{item.Kind}: {item.Tokens} tokens, {Money.render item.Amount}"

                    $"{Money.render cost.Total} by the price of {cost.Price.AsOf:O}"
                match refused with
                | Error(LlmError.BudgetExceeded excess) -> $"refused: {excess.Reason}, spent {budget.Spent}"
                | _ -> "not refused"
            ])
}
