// An iterative chain: a summary is criticized and written anew, at most so many times.
module Samples.Iterative

open System.Threading
open Llm.Core

type Feedback =
    {
        /// The critique of the summary.
        critique: string
        /// A summary that takes the critique into account.
        rewritten: string
    }

let run (model: Model) = task {
    let text = "In the heart of a dense forest, a boy pitched his first tent, and his grandfather showed him how."
    let summarize = Call.create model (fun text -> $"Summarize the following text into one sentence: {text}") |> Call.text

    let refine =
        Call.create model (fun summary ->
            $"Original text: {text}\nSummary: {summary}\nCriticize the summary, then rewrite it in one sentence.")
        |> Call.withFormat (Format.ofType<Feedback>())
        |> Call.map _.Value.rewritten

    return! summarize |> Call.andThen (refine |> Call.iterate 2 (fun _ -> false)) |> Call.run text CancellationToken.None
}
