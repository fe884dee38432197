// All samples of chains, with the answers that their model gives: what they say, line by line.
module Samples.Chains

open System.Threading.Tasks
open Llm.Core

let private said (result: Result<'value, LlmError>) : 'value =
    match result with
    | Ok value -> value
    | Error error -> failwith (LlmError.render error)

let private fields (all: (string * string) list) = all |> List.map (fun (name, value) -> $"{name}={value}") |> String.concat ", "

let lines () : Task<string list> = task {
    let! chained = FunctionChaining.run (Offline.model [ "A cat travels."; "Un chat voyage." ])
    let! nested = NestedChains.run (Offline.model [ "A cat travels."; "Un chat voyage." ])
    let! conditional = Conditional.run (Offline.model [ """{"output":"Positive"}"""; "Thank you!" ])
    let! parallelAnswer = Parallel.run (Offline.model [ "Alice"; """{"output":["pork","cinnamon"]}"""; "Pork with apples." ])
    let feedback text = $"""{{"critique":"Too dry.","rewritten":"{text}"}}"""

    let! iterative =
        Iterative.run (
            Offline.model [ "A boy camps."; feedback "A boy learns to camp."; feedback "A boy learns to camp from his grandfather." ]
        )

    let! values = Values.run (Offline.model [ """{"title":"Piranesi","author":"Susanna Clarke"}"""; "For its endless halls." ])
    let! steps, cost, spent, isRefused = TraceAndBudget.run (Offline.model [ "A cat."; "Un chat." ])
    let nestedText, nestedFields = said nested
    let conditionalText, conditionalFields = said conditional

    return
        [
            $"1 {said chained}"
            $"2 {nestedText} ({fields nestedFields})"
            $"3 {conditionalText} ({fields conditionalFields})"
            $"4 {said parallelAnswer}"
            $"5 {said iterative}"
            $"6 {said values}"
            for name, output in steps do
                $"7 {name}: {output}"
            $"7 {cost.Value}, {spent}, refused: {isRefused}"
        ]
}
