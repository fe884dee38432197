// Readers of JSON that was stored: each is given the place of its element, so that an error says where it is.
// Used by what reads our own forms; answers of providers are read leniently instead, with Dom.
namespace Llm.Core

open System
open System.Text.Json

/// Reads an element that stands at a JSON path.
type internal Read<'value> = string -> JsonElement -> Result<'value, LlmError>

[<RequireQualifiedAccess>]
module internal Stored =
    let wrong (path: string) (reason: string) : Result<'value, LlmError> = Error(LlmError.InvalidJson(path, reason))

    /// A member that may be missing. Null counts as missing, except where any JSON may stand.
    let optional (name: string) (read: Read<'value>) : Read<'value option> =
        fun path element ->
            match Dom.property name element with
            | ValueSome value -> read $"{path}.{name}" value |> Result.map Some
            | ValueNone -> Ok None

    let required (name: string) (read: Read<'value>) : Read<'value> =
        fun path element ->
            match Dom.property name element with
            | ValueSome value -> read $"{path}.{name}" value
            | ValueNone -> wrong $"{path}.{name}" "it is missing"

    let map (change: 'a -> 'b) (read: Read<'a>) : Read<'b> = fun path element -> read path element |> Result.map change

    let map2 (combine: 'a -> 'b -> 'c) (first: Read<'a>) (second: Read<'b>) : Read<'c> =
        fun path element -> first path element |> Result.bind (fun a -> second path element |> Result.map (combine a))

    let apply (argument: Read<'a>) (change: Read<'a -> 'b>) : Read<'b> = map2 id change argument

    let string: Read<string> =
        fun path element ->
            match Dom.asString element with
            | ValueSome value -> Ok value
            | ValueNone -> wrong path "it is not a string"

    let truth: Read<bool> =
        fun path element ->
            match element.ValueKind with
            | JsonValueKind.True -> Ok true
            | JsonValueKind.False -> Ok false
            | _ -> wrong path "it is not true or false"

    let base64: Read<Bytes> =
        fun path element ->
            string path element
            |> Result.bind (fun value ->
                match Bytes.tryOfBase64 value with
                | Some bytes -> Ok bytes
                | None -> wrong path "it is not base64")

    /// Any JSON as it stands, null too: what the member's absence means is not what its null means.
    let json (name: string) : Read<Json option> =
        fun _ element -> Ok(Dom.propertyOrNull name element |> ValueOption.map Dom.raw |> ValueOption.toOption)

    let list (item: Read<'item>) : Read<'item list> =
        fun path element ->
            if element.ValueKind <> JsonValueKind.Array then
                wrong path "it is not an array"
            else
                let folder (read: Result<'item list, LlmError>) (index: int, value: JsonElement) =
                    read |> Result.bind (fun before -> item $"{path}[{index}]" value |> Result.map (fun next -> next :: before))

                Dom.asItems element |> List.indexed |> List.fold folder (Ok []) |> Result.map List.rev

    /// Reads by the word that a member holds.
    let choose (name: string) (what: string) (known: (string * Read<'value>) list) : Read<'value> =
        fun path element ->
            required name string path element
            |> Result.bind (fun word ->
                match List.tryFind (fun (candidate, _) -> candidate = word) known with
                | Some(_, read) -> read path element
                | None -> wrong $"{path}.{name}" $"unknown {what} {Json.quote word}")

    /// Reads text that was stored, as deep as JSON within our own form may be.
    let parse (read: Read<'value>) (text: string) : Result<'value, LlmError> =
        let options = JsonDocumentOptions(MaxDepth = Json.maxDepth + 16)

        try
            use document = JsonDocument.Parse(text, options)
            read "$" document.RootElement
        with
        | :? JsonException as failure -> wrong "$" failure.Message
        // Text with a lone surrogate cannot even be transcoded to UTF-8.
        | :? ArgumentException as failure -> wrong "$" failure.Message
