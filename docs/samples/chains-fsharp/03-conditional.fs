// A conditional chain: what is asked depends on an answer.
module Samples.Conditional

open System.Threading
open Llm.Core

type Sentiment =
    | Positive
    | Negative

let run (model: Model) = task {
    let classify =
        Call.create model (fun review -> $"Is the following review positive or negative? {review}")
        |> Call.withFormat (Format.ofType<Sentiment>())
        |> Call.value

    let respond =
        Call.computed model (fun review -> llm {
            let! sentiment = classify.Invoke review
            let wanted = if sentiment = Positive then "note of thanks" else "reply that takes up its points"

            return
                Prompt.ofMessages
                    [
                        Message.system $"You answer reviews. This one is {sentiment}. Write a {wanted}."
                        Message.user $"Answer the following review: {review}"
                    ]
                |> Prompt.withField "sentiment" (string sentiment)
        })

    let! response = respond |> Call.run "This tool is awesome because it is so flexible!" CancellationToken.None
    return response |> Result.map (fun response -> Response.text response, response.Fields)
}
