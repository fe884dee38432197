// Whether what a client sent back lies within an answer: clients leave out what they do not know, and write some of the rest anew.
module Llm.Recordings.Kept

open System.Text.Json
open Llm.Recordings.Element

/// What clients write anew: a habit, and how to know it by a member's name, the answer's value and the client's.
type private Habit = { Name: string; Explains: string -> JsonElement option -> JsonElement -> bool }

let private tryParse (text: string) : JsonElement option =
    try
        use document = JsonDocument.Parse text
        Some(document.RootElement.Clone())
    with :? JsonException ->
        None

let private asValue (element: JsonElement) : JsonElement option =
    if element.ValueKind = JsonValueKind.String then tryParse (text element) else Some element

let private sameArguments (ours: JsonElement) (theirs: JsonElement) : bool =
    match asValue ours, asValue theirs with
    | Some first, Some second -> (Difference.all first second).IsEmpty
    | _ -> false

let private plainQuotes (text: string) : string =
    text.Replace('\u2019', '\'').Replace('\u2018', '\'').Replace('\u201c', '"').Replace('\u201d', '"').Trim()

let private isText (element: JsonElement) : bool = element.ValueKind = JsonValueKind.String

let private habits: Habit list =
    [
        {
            Name = "an empty value where there was none"
            Explains = fun _ ours theirs -> ours.IsNone && List.contains (theirs.GetRawText()) [ "\"\""; "[]"; "{}"; "false" ]
        }
        {
            Name = "arguments as another text of the same JSON"
            Explains = fun name ours theirs -> name = "arguments" && ours |> Option.exists (fun ours -> sameArguments ours theirs)
        }
        {
            Name = "a text as a list of one text"
            Explains =
                fun _ ours theirs ->
                    match ours |> Option.filter isText, items theirs |> List.map (tryText "text") with
                    | Some own, [ Some only ] -> text own = only
                    | _ -> false
        }
        {
            Name = "an id or index of its own"
            Explains = fun name ours _ -> (name = "id" || name = "index" || name = "status") && ours.IsNone
        }
        {
            Name = "other white space at the ends, plain quotes"
            Explains =
                fun _ ours theirs ->
                    isText theirs && ours |> Option.exists (fun ours -> isText ours && plainQuotes (text ours) = plainQuotes (text theirs))
        }
    ]

let private isHabit (name: string) (ours: JsonElement option) (theirs: JsonElement) : bool =
    habits |> List.exists (fun habit -> habit.Explains name ours theirs)

/// Our member of a client's name: Gemini takes snake_case too, which some clients write.
let private namesake (name: string) (own: JsonElement) : JsonElement option =
    tryMember name own |> Option.orElseWith (fun () -> tryMember (Native.camelCase name) own)

/// Whether the client's value lies within ours: no member that ours lacks, items in the same order, and texts the same, or alike.
let rec private within
    (alike: string -> JsonElement option -> JsonElement -> bool)
    (name: string)
    (ours: JsonElement option)
    (theirs: JsonElement)
    : bool =
    match ours with
    | Some own when own.ValueKind = JsonValueKind.Object && theirs.ValueKind = JsonValueKind.Object ->
        members theirs
        |> List.forall (fun (name, value) -> name = "cache_control" || within alike name (namesake name own) value)
    | Some own when own.ValueKind = JsonValueKind.Array && theirs.ValueKind = JsonValueKind.Array ->
        among alike name (items own) (items theirs)
    | Some own -> (Difference.all own theirs).IsEmpty || alike name ours theirs
    | None -> alike name ours theirs

/// Whether the client's items are some of ours, in order.
and private among
    (alike: string -> JsonElement option -> JsonElement -> bool)
    (name: string)
    (ours: JsonElement list)
    (theirs: JsonElement list)
    : bool =
    match ours, theirs with
    | _, [] -> true
    | [], _ -> false
    | first :: others, wanted :: rest ->
        if within alike name (Some first) wanted then
            among alike name others rest
        else
            among alike name others theirs

/// Whether what the client sent is all in ours, to the letter.
let isLess (ours: JsonElement) (theirs: JsonElement) : bool = within (fun _ _ _ -> false) "" (Some ours) theirs

/// Whether what the client sent is all in ours, save what clients write anew.
let isRewritten (ours: JsonElement) (theirs: JsonElement) : bool = within isHabit "" (Some ours) theirs
