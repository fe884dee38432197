// Function chaining: the answer of one call is the input of the next.
module Samples.FunctionChaining

open System.Threading
open Llm.Core

let run (model: Model) = task {
    let summarize = Call.create model (fun text -> $"Summarize this text in one sentence: {text}") |> Call.text
    let translate = Call.create model (fun summary -> $"Translate this text to French: {summary}") |> Call.text
    return! summarize |> Call.andThen translate |> Call.run "A long story about a cat." CancellationToken.None
}
