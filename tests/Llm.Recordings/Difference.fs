// Where two JSON values differ. Null counts as absent, base64 in either alphabet, and what the tool for structured output says of
// itself is not compared.
module Llm.Recordings.Difference

open System
open System.Text.Json
open System.Text.RegularExpressions
open Llm.Recordings.Element

/// A place as a JSON pointer (RFC 6901) and what stands there on either side, as JSON; None where nothing does.
type Difference = { Pointer: string; Ours: string option; Recorded: string option }

let private base64 = Regex(@"^(data:[^,]*;base64,)?[A-Za-z0-9+/_-]{16,}={0,2}$", RegexOptions.CultureInvariant)

let private standardAlphabet (text: string) : string =
    let data = text.LastIndexOf ',' + 1
    text.Substring(0, data) + text.Substring(data).TrimEnd('=').Replace('-', '+').Replace('_', '/')

let private isSameText (ours: string) (theirs: string) : bool =
    String.Equals(ours, theirs, StringComparison.Ordinal)
    || (base64.IsMatch ours && base64.IsMatch theirs && standardAlphabet ours = standardAlphabet theirs)

let private isSameNumber (ours: JsonElement) (theirs: JsonElement) : bool =
    ours.GetRawText() = theirs.GetRawText() || ours.GetDouble() = theirs.GetDouble()

let private escape (name: string) : string = name.Replace("~", "~0").Replace("/", "~1")

let private isFormatTool (element: JsonElement) : bool = tryText "name" element = Some FormatTool.shown

let private isCompared (element: JsonElement) (name: string) : bool = not (name = "description" && isFormatTool element)

let private present (element: JsonElement) : JsonElement option = if element.ValueKind = JsonValueKind.Null then None else Some element

let rec private compare (pointer: string) (ours: JsonElement option) (theirs: JsonElement option) : Difference list =
    let differ () =
        [
            {
                Pointer = pointer
                Ours = ours |> Option.map _.GetRawText()
                Recorded = theirs |> Option.map _.GetRawText()
            }
        ]

    match ours, theirs with
    | None, None -> []
    | Some left, Some right when left.ValueKind = right.ValueKind ->
        match left.ValueKind with
        | JsonValueKind.Object ->
            List.map fst (members left) @ List.map fst (members right)
            |> List.distinct
            |> List.filter (isCompared left)
            |> List.collect (fun name -> compare $"{pointer}/{escape name}" (tryMember name left) (tryMember name right))
        | JsonValueKind.Array ->
            let own, other = items left, items right
            let at index (all: JsonElement list) = List.tryItem index all |> Option.bind present

            [ 0 .. max own.Length other.Length - 1 ]
            |> List.collect (fun index -> compare $"{pointer}/{index}" (at index own) (at index other))
        | JsonValueKind.String when isSameText (text left) (text right) -> []
        | JsonValueKind.Number when isSameNumber left right -> []
        | JsonValueKind.True
        | JsonValueKind.False -> []
        | _ -> differ ()
    | _ -> differ ()

/// All places where two values differ.
let all (ours: JsonElement) (theirs: JsonElement) : Difference list = compare "" (present ours) (present theirs)
