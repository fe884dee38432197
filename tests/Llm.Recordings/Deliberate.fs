// Where this library encodes otherwise than the one that made the recordings, and means to. Data: a reason and how to know the case.
module Llm.Recordings.Deliberate

open System.Text.Json
open Llm.Recordings.Difference

/// A choice of ours.
[<NoComparison; NoEquality>]
type Choice = { Reason: string; Explains: Difference -> bool }

let private endsWith (name: string) (difference: Difference) : bool =
    difference.Pointer.EndsWith("/" + name, System.StringComparison.Ordinal)

/// Whether a JSON string holds JSON of its own, such as a tool's result that is no text.
let private holdsJson (written: string option) : bool =
    try
        use outer = JsonDocument.Parse(Option.defaultValue "null" written)

        use inner =
            JsonDocument.Parse(if outer.RootElement.ValueKind = JsonValueKind.String then Element.text outer.RootElement else "")

        inner.RootElement.ValueKind = JsonValueKind.Array || inner.RootElement.ValueKind = JsonValueKind.Object
    with :? JsonException ->
        false

let choices: Choice list =
    [
        {
            Reason = "a tool's failure is marked as one"
            Explains = fun difference -> endsWith "is_error" difference && difference.Ours = Some "true" && difference.Recorded.IsNone
        }
        {
            Reason = "thoughts that are not wanted are not asked for, rather than declined"
            Explains =
                fun difference -> endsWith "include_thoughts" difference && difference.Ours.IsNone && difference.Recorded = Some "false"
        }
        {
            Reason = "a tool's result that is no text is sent as JSON, not as Python prints it"
            Explains =
                fun difference ->
                    [ "content"; "output" ] |> List.exists (fun name -> endsWith name difference)
                    && holdsJson difference.Ours
                    && not (holdsJson difference.Recorded)
        }
    ]

/// The reason for a difference.
let private reason (difference: Difference) : string option =
    choices |> List.tryFind (fun choice -> choice.Explains difference) |> Option.map _.Reason

/// The reason for all differences of a line: the first one's, where each has one.
let ofAll (differences: Difference list) : string option =
    let reasons = differences |> List.map reason

    match reasons with
    | Some first :: _ when List.forall Option.isSome reasons -> Some first
    | _ -> None
