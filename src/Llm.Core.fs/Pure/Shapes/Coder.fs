// How values of one type become JSON and back: what a shape is made of, and the problems that it finds.
// Knows nothing of reflection.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Text
open System.Text.Json

/// <summary>Something wrong with a value, and where.</summary>
type ShapeProblem =
    {
        /// A JSON path, such as <c>$.author.books[2]</c>.
        Path: string
        /// What is wrong there, for people and models.
        Reason: string
    }

/// Functions on <see cref="T:Llm.Core.ShapeProblem"/>.
[<RequireQualifiedAccess>]
module ShapeProblem =
    /// <summary>One line a problem.</summary>
    /// <example><c>ShapeProblem.render [ { Path = "$.age"; Reason = "it is missing" } ]</c> evaluates to <c>"- $.age: it is missing"</c>.</example>
    let render (problems: ShapeProblem list) : string =
        problems |> List.map (fun problem -> $"- {problem.Path}: {problem.Reason}") |> String.concat "\n"

    /// The problems of a part, as problems of the whole.
    let internal within (step: string) (problems: ShapeProblem list) : ShapeProblem list =
        problems |> List.map (fun problem -> { problem with Path = step + problem.Path })

    /// The step to an item.
    let internal item (index: int) : string = $"[{index}]"

    let private isPlain (name: string) = name <> "" && name |> Seq.forall (fun each -> Char.IsAsciiLetterOrDigit each || each = '_')

    /// The step to a property.
    let internal property (name: string) : string = if isPlain name then "." + name else $"[{Json.quote name}]"

/// Reads and writes values of one type, which are boxed.
[<NoComparison; NoEquality>]
type internal Coder =
    {
        Schema: Schema
        /// What null and absence stand for, where they stand for a value.
        Absent: obj voption
        /// Paths are relative to the element: empty for itself.
        Decode: JsonElement -> Result<obj, ShapeProblem list>
        /// The value as far as it is known; ValueNone where the type cannot be without what is not known yet.
        Partial: PartialJson -> obj voption
        Encode: StringBuilder -> obj -> unit
    }

[<RequireQualifiedAccess>]
module internal Coder =
    let wrong (reason: string) : Result<'value, ShapeProblem list> = Error [ { Path = ""; Reason = reason } ]

    let private shown (element: JsonElement) : string =
        let limit = 60

        match element.ValueKind with
        | JsonValueKind.Object -> "an object"
        | JsonValueKind.Array -> "an array"
        | _ ->
            let text = Dom.rawText element
            if text.Length > limit then text.Substring(0, limit) + "…" else text

    let expected (what: string) (element: JsonElement) : Result<'value, ShapeProblem list> =
        wrong $"expected {what}, but got {shown element}"

    /// What is known of a value of which a part means nothing.
    let whenWhole (decode: JsonElement -> Result<obj, ShapeProblem list>) (partial: PartialJson) : obj voption =
        if PartialJson.isWhole partial then
            try
                use document = JsonDocument.Parse(Json.text (PartialJson.toJson partial), Json.documentOptions)

                match decode document.RootElement with
                | Ok value -> ValueSome value
                | Error _ -> ValueNone
            // It is deeper than JSON may be.
            with :? JsonException ->
                ValueNone
        else
            ValueNone

    /// The values of all that are known; ValueNone where one is whole and wrong.
    let gatherPartial (decode: PartialJson -> obj voption) (partials: PartialJson list) : obj[] voption =
        let decoded = partials |> List.map (fun partial -> struct (partial, decode partial))

        if decoded |> List.exists (fun (struct (partial, value)) -> value.IsNone && PartialJson.isWhole partial) then
            ValueNone
        else
            decoded |> List.choose (fun (struct (_, value)) -> ValueOption.toOption value) |> Array.ofList |> ValueSome

    /// From readers of single values.
    let scalar (schema: Schema) (what: string) (read: JsonElement -> 'value voption) (write: 'value -> string) : Coder =
        let decode (element: JsonElement) : Result<obj, ShapeProblem list> =
            match read element with
            | ValueSome value -> Ok(box value)
            | ValueNone -> expected what element

        {
            Schema = schema
            Absent = ValueNone
            Decode = decode
            Partial = whenWhole decode
            Encode = fun builder value -> builder.Append(write (unbox<'value> value)) |> ignore
        }

    /// Writes what is there: C# lets null be a value whatever its type says. A value that is too deep for the stack, as one is that holds
    /// itself, is an exception that can be caught.
    let whatIsThere (encode: StringBuilder -> obj -> unit) (builder: StringBuilder) (value: obj) : unit =
        RuntimeHelpers.EnsureSufficientExecutionStack()
        if isNull value then builder.Append "null" |> ignore else encode builder value

    /// One of some strings.
    let words (schema: Schema) (choices: (string * obj) list) (spell: obj -> string) (other: JsonElement -> obj voption) : Coder =
        let exact = dict choices
        let loosely (word: string) = choices |> List.filter (fun (name, _) -> String.Equals(name, word, StringComparison.OrdinalIgnoreCase))
        let names = choices |> List.map (fst >> Json.quote) |> String.concat ", "

        let read (element: JsonElement) =
            match Dom.asString element with
            | ValueSome word when exact.ContainsKey word -> ValueSome exact[word]
            | ValueSome word ->
                match loosely (word.Trim()) with
                | [ _, value ] -> ValueSome value
                | _ -> other element
            | ValueNone -> other element

        scalar schema $"one of {names}" read spell

    /// All of the results, or all of the problems.
    let gather (results: (string * Result<obj, ShapeProblem list>)[]) : Result<obj[], ShapeProblem list> =
        let problems =
            results
            |> Array.toList
            |> List.collect (fun (step, result) ->
                match result with
                | Error problems -> ShapeProblem.within step problems
                | Ok _ -> [])

        if List.isEmpty problems then
            Ok(results |> Array.map (fun (_, result) -> Result.defaultValue null result))
        else
            Error problems

    /// An array.
    let list (item: Coder) (build: obj[] -> obj) (items: obj -> obj seq) : Coder =
        let decode (element: JsonElement) : Result<obj, ShapeProblem list> =
            if element.ValueKind <> JsonValueKind.Array then
                expected "an array" element
            else
                [| for each in element.EnumerateArray() -> each |]
                |> Array.mapi (fun index each -> ShapeProblem.item index, item.Decode each)
                |> gather
                |> Result.map build

        {
            Schema = Schema.List item.Schema
            Absent = ValueNone
            Decode = decode
            Partial =
                fun partial ->
                    match partial with
                    | PartialJson.List(items, false) -> items |> gatherPartial item.Partial |> ValueOption.map build
                    | partial -> whenWhole decode partial
            Encode =
                whatIsThere (fun builder value ->
                    builder.Append '[' |> ignore

                    for index, each in Seq.indexed (items value) do
                        if index > 0 then builder.Append ',' |> ignore
                        item.Encode builder each

                    builder.Append ']' |> ignore)
        }

    /// The properties of an object; of those with the same name the last.
    let properties (element: JsonElement) : (string * JsonElement)[] =
        let found = Collections.Generic.Dictionary<string, JsonElement>()

        for each in element.EnumerateObject() do
            found[Json.unescape (Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName each)] <- each.Value

        [| for pair in found -> pair.Key, pair.Value |]

    /// An object with any names.
    let map (value: Coder) (build: (string * obj)[] -> obj) (pairs: obj -> (string * obj) seq) : Coder =
        let decode (element: JsonElement) : Result<obj, ShapeProblem list> =
            if element.ValueKind <> JsonValueKind.Object then
                expected "an object" element
            else
                let found = properties element

                found
                |> Array.map (fun (name, each) -> ShapeProblem.property name, value.Decode each)
                |> gather
                |> Result.map (fun values -> build (Array.map2 (fun (name, _) each -> name, each) found values))

        {
            Schema = Schema.Map value.Schema
            Absent = ValueNone
            Decode = decode
            Partial =
                fun partial ->
                    match partial with
                    | PartialJson.Object(found, false) ->
                        // Of those with the same name the last counts, and only the last of all may be left out.
                        let found = found |> List.rev |> List.distinctBy fst |> List.rev

                        found
                        |> List.map snd
                        |> gatherPartial value.Partial
                        |> ValueOption.map (fun values ->
                            build (Array.zip (found |> List.map fst |> List.truncate values.Length |> Array.ofList) values))
                    | partial -> whenWhole decode partial
            Encode =
                whatIsThere (fun builder map ->
                    builder.Append '{' |> ignore

                    for index, (name, each) in Seq.indexed (pairs map) do
                        if index > 0 then builder.Append ',' |> ignore
                        builder.Append(Json.quote name).Append(':') |> ignore
                        value.Encode builder each

                    builder.Append '}' |> ignore)
        }

    /// The value, or what stands for none of it.
    let optional (none: obj) (wrap: obj -> obj) (tryUnwrap: obj -> obj voption) (inner: Coder) : Coder =
        let schema =
            match inner.Schema with
            | Schema.AnyOf choices -> Schema.AnyOf(choices @ [ Schema.Null ])
            | Schema.Any -> Schema.Any
            | schema -> Schema.AnyOf [ schema; Schema.Null ]

        {
            Schema = schema
            Absent = ValueSome none
            Decode = fun element -> if element.ValueKind = JsonValueKind.Null then Ok none else inner.Decode element |> Result.map wrap
            Partial =
                fun partial ->
                    match partial with
                    | PartialJson.Value json when Json.text json = "null" -> ValueSome none
                    | partial -> inner.Partial partial |> ValueOption.map wrap
            Encode =
                fun builder value ->
                    match tryUnwrap value with
                    | ValueSome value -> inner.Encode builder value
                    | ValueNone -> builder.Append "null" |> ignore
        }

    /// The text of a value; a <c>NotSupportedException</c> for one that has no end.
    let text (coder: Coder) (value: obj) : string =
        let builder = StringBuilder()

        try
            coder.Encode builder value
        with :? InsufficientExecutionStackException ->
            raise (NotSupportedException $"a {value.GetType().Name} is nested too deep for JSON: does it hold itself?")

        builder.ToString()
