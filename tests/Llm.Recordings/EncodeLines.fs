// How an encoded request is written, and an answer that was sent back: one line of JSON.
module Llm.Recordings.EncodeLines

open Llm.Core
open Llm.Recordings.Difference
open Llm.Recordings.Element
open Llm.Recordings.Encoding
open Llm.Recordings.RoundTrip

/// JSON on one line: a break can stand between its tokens only, never in a string.
let private oneLine (json: string) : string = json.Replace('\n', ' ').Replace('\r', ' ')

let private orNull (json: string option) : string = json |> Option.defaultValue "null"

let private difference (found: Difference) : string =
    object [ "pointer", Json.quote found.Pointer; "ours", orNull found.Ours; "recorded", orNull found.Recorded ]

/// The line of an encoded request; of several differences the first is told.
let ofCompared (compared: Compared) : string =
    object
        [
            "id", Json.quote compared.Exchange.Id
            "exchange", string compared.Exchange.Index
            "method", Json.quote "POST"
            "url", Json.quote compared.Url
            "body", orNull compared.Body
            "equal", (if compared.Differences.IsEmpty then "true" else "false")
            "difference", compared.Differences |> List.tryHead |> Option.map difference |> orNull
        ]
    |> oneLine

/// The line of an answer that was sent back.
let ofReturned (returned: Returned) : string =
    object
        [
            "id", Json.quote returned.Answer.Id
            "exchange", string returned.Answer.Index
            "later", string returned.Later.Index
            "outcome", Json.quote (RoundTrip.name returned.Return)
            "ours", returned.Ours
            "theirs", returned.Theirs
            "differences", returned.Differences |> List.map difference |> array
        ]
    |> oneLine
