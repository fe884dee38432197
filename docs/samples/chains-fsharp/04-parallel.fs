// A parallel chain: two questions at once, then one about both answers.
module Samples.Parallel

open System.Threading
open Llm.Core

let run (model: Model) = task {
    let selectChef =
        Call.create model (fun ingredient -> $"Name a chef who is known for cooking with {ingredient}. Only the name.")
        |> Call.text
        |> Call.invoke

    let complements =
        Call.create model (fun ingredient -> $"List ingredients that go well with {ingredient}, without {ingredient} itself.")
        |> Call.withFormat (Format.ofType<string list>())
        |> Call.value
        |> Call.invoke

    let recipe (ingredient: string) = llm {
        let! chef = selectChef ingredient
        and! list = complements ingredient
        let others = String.concat ", " list

        let recommend =
            Call.ofMessages model (fun () ->
                [
                    Message.system $"Your task is to recommend a recipe. Pretend that you are chef {chef}."
                    Message.user $"Recommend recipes that use the following ingredients: {others}"
                ])

        return! (recommend |> Call.text).Invoke()
    }

    return! recipe "apples" |> Llm.run CancellationToken.None
}
