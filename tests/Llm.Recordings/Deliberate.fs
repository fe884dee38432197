// Where this library encodes otherwise than the one that made the recordings, and means to. Data: a reason and how to know the case.
module Llm.Recordings.Deliberate

open Llm.Recordings.Difference

/// A choice of ours.
[<NoComparison; NoEquality>]
type Choice = { Reason: string; Explains: Difference -> bool }

let choices: Choice list = []

/// The reason for a difference.
let private reason (difference: Difference) : string option =
    choices |> List.tryFind (fun choice -> choice.Explains difference) |> Option.map _.Reason

/// The reason for all differences of a line: the first one's, where each has one.
let ofAll (differences: Difference list) : string option =
    let reasons = differences |> List.map reason

    match reasons with
    | Some first :: _ when List.forall Option.isSome reasons -> Some first
    | _ -> None
