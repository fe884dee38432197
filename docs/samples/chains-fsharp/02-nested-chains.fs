// Nested chains: a call within the prompt of another. What it answered stays visible on the response, and in the trace.
module Samples.NestedChains

open System.Threading
open Llm.Core

let run (model: Model) = task {
    let summarize = Call.create model (fun text -> $"Summarize this text in one sentence: {text}") |> Call.text

    let translate =
        Call.computed model (fun text -> llm {
            let! summary = summarize.Invoke text
            return Prompt.user $"Translate this text to French: {summary}" |> Prompt.withField "summary" summary
        })

    let! response = translate |> Call.run "A long story about a cat." CancellationToken.None
    return response |> Result.map (fun response -> Response.text response, response.Fields)
}
