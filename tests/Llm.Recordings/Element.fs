// Reading JSON of the recordings' files: members that may be missing, null that counts as missing, halves of surrogate pairs.
module Llm.Recordings.Element

open System
open System.Text.Json
open System.Text.RegularExpressions
open Llm.Core

/// The member, unless it is missing or null.
let tryMember (name: string) (element: JsonElement) : JsonElement option =
    let mutable value = Unchecked.defaultof<JsonElement>

    if
        element.ValueKind = JsonValueKind.Object
        && element.TryGetProperty(name, &value)
        && value.ValueKind <> JsonValueKind.Null
    then
        Some value
    else
        None

/// A string's text; where it holds half a surrogate pair, which GetString refuses, the half stays.
let text (element: JsonElement) : string =
    try
        element.GetString() |> Option.ofObj |> Option.defaultValue ""
    with :? InvalidOperationException ->
        let raw = element.GetRawText()
        Regex.Unescape(raw.Substring(1, raw.Length - 2))

/// The member, where it is a string.
let tryText (name: string) (element: JsonElement) : string option =
    tryMember name element |> Option.filter (fun value -> value.ValueKind = JsonValueKind.String) |> Option.map text

/// The member, where it is a number.
let tryNumber (name: string) (element: JsonElement) : float option =
    tryMember name element
    |> Option.filter (fun value -> value.ValueKind = JsonValueKind.Number)
    |> Option.map (fun value -> value.GetDouble())

/// The member, where it is true or false.
let tryFlag (name: string) (element: JsonElement) : bool option =
    tryMember name element
    |> Option.bind (fun value ->
        match value.ValueKind with
        | JsonValueKind.True -> Some true
        | JsonValueKind.False -> Some false
        | _ -> None)

/// The items of an array; none of anything else.
let items (element: JsonElement) : JsonElement list =
    if element.ValueKind = JsonValueKind.Array then List.ofSeq (element.EnumerateArray()) else []

/// The items of the member that is an array.
let itemsOf (name: string) (element: JsonElement) : JsonElement list = tryMember name element |> Option.map items |> Option.defaultValue []

/// The members of an object that are not null.
let members (element: JsonElement) : (string * JsonElement) list =
    if element.ValueKind = JsonValueKind.Object then
        [
            for found in element.EnumerateObject() do
                if found.Value.ValueKind <> JsonValueKind.Null then found.Name, found.Value
        ]
    else
        []

/// The value at a path of names.
let rec tryPath (path: string list) (element: JsonElement) : JsonElement option =
    match path with
    | [] -> Some element
    | name :: rest -> tryMember name element |> Option.bind (tryPath rest)

/// JSON as the library holds it.
let json (text: string) : Json =
    match Json.tryParse text with
    | Ok json -> json
    | Error reason -> invalidOp $"the file holds what is no JSON: {reason}"

/// An object of members that are JSON already.
let object (members: (string * string) list) : string =
    let written = members |> List.map (fun (name, value) -> $"{Json.quote name}:{value}")
    "{" + String.concat "," written + "}"

/// An array of items that are JSON already.
let array (items: string list) : string = "[" + String.concat "," items + "]"
