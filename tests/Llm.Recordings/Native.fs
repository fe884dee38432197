// A provider's own form of a message, as the expected files dumped it, in the form in which the library keeps it: an array of items.
module Llm.Recordings.Native

open System.Text.Json
open Llm.Core
open Llm.Recordings.Element
open Llm.Recordings.Formats

/// Members of Gemini's parts whose values are the caller's own JSON, with names that stay.
let private opaque = set [ "args"; "response" ]

/// A name of Python's as JSON spells it: `function_call` is `functionCall`.
let camelCase (name: string) : string =
    name.Split '_'
    |> Array.mapi (fun index word ->
        if index = 0 || word = "" then
            word
        else
            string (System.Char.ToUpperInvariant word[0]) + word.Substring 1)
    |> String.concat ""

/// Gemini's parts were dumped with the names of Python's fields and with bytes as `{"$bytes_base64":"..."}`.
let rec private part (element: JsonElement) : string =
    match element.ValueKind, tryMember "$bytes_base64" element, tryText "$enum" element with
    | _, Some bytes, _ -> bytes.GetRawText()
    | _, _, Some value -> Json.quote (value.Substring(value.LastIndexOf '.' + 1))
    | JsonValueKind.Object, _, _ ->
        members element
        |> List.map (fun (name, value) -> camelCase name, (if Set.contains name opaque then value.GetRawText() else part value))
        |> object
    | JsonValueKind.Array, _, _ -> items element |> List.map part |> array
    | _ -> element.GetRawText()

/// What the library that made the recordings adds to blocks, and no wire has.
let private added = set [ "parsed_output" ]

let private block (element: JsonElement) : string =
    members element
    |> List.filter (fun (name, _) -> not (Set.contains name added))
    |> List.map (fun (name, value) -> name, value.GetRawText())
    |> object

let private texts (elements: JsonElement list) : string list = elements |> List.map _.GetRawText()

/// The library's form of a dumped message; None where it holds nothing.
let ofRaw (format: Format) (raw: JsonElement) : Json option =
    let items =
        match format with
        | Format.ChatCompletions -> [ raw.GetRawText() ]
        | Format.Responses -> texts (items raw)
        | Format.AnthropicMessages -> itemsOf "content" raw |> List.map block
        | Format.GenerateContent -> itemsOf "parts" raw |> List.map part
        // Mirascope has none of these.
        | Format.BedrockConverse
        | Format.CohereChat
        | Format.OllamaChat
        | Format.OllamaGenerate -> []

    if items = [] then None else Some(json ((array items).Replace(FormatTool.theirs, FormatTool.ours)))
