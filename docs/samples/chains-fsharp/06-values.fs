// Chaining values: the answer of one call is a value, from which the next prompt is made.
module Samples.Values

open System.Threading
open Llm.Core

type Book = { title: string; author: string }

let run (model: Model) = task {
    let recommend =
        Call.create model (fun genre -> $"Recommend a book in {genre}.")
        |> Call.withFormat (Format.ofType<Book>())
        |> Call.value

    let explain = Call.create model (fun book -> $"In one sentence, why read {book.title} by {book.author}?") |> Call.text
    return! recommend |> Call.andThen explain |> Call.run "fantasy" CancellationToken.None
}
