// Objects with known members, as records, cases of unions, tuples, classes and parameters have them.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Text
open System.Text.Json

/// A member of an object.
[<NoComparison; NoEquality>]
type internal Member =
    {
        Name: string
        Coder: Coder
        Description: string option
        /// What its absence stands for, where that is no matter of its type.
        Default: obj voption
    }

[<RequireQualifiedAccess>]
module internal Members =
    let private isRequired (each: Member) = each.Default.IsNone && each.Coder.Absent.IsNone

    let private property (each: Member) : SchemaProperty =
        {
            Name = each.Name
            Schema =
                match each.Description with
                | Some description -> Schema.Described(each.Coder.Schema, description)
                | None -> each.Coder.Schema
            IsRequired = isRequired each
            Default =
                match each.Default with
                | ValueSome value -> Some(Coder.text each.Coder value)
                | ValueNone -> None
        }

    let private find (name: string) (element: JsonElement) : JsonElement voption =
        match Dom.propertyOrNull name element with
        | ValueSome value -> ValueSome value
        | ValueNone ->
            let alike (other: string, _) = String.Equals(name, other, StringComparison.OrdinalIgnoreCase)

            match Coder.properties element |> Array.filter alike with
            | [| _, value |] -> ValueSome value
            | _ -> ValueNone

    let private decode (each: Member) (element: JsonElement) : Result<obj, ShapeProblem list> =
        match find each.Name element, each.Coder.Absent, each.Default with
        | ValueNone, _, ValueSome value -> Ok value
        | ValueNone, ValueSome value, ValueNone -> Ok value
        | ValueNone, ValueNone, ValueNone -> Coder.wrong "it is missing"
        | ValueSome value, ValueSome absent, _ when value.ValueKind = JsonValueKind.Null -> Ok absent
        | ValueSome value, ValueNone, ValueSome instead when value.ValueKind = JsonValueKind.Null -> Ok instead
        | ValueSome value, _, _ -> each.Coder.Decode value

    /// All values, in the members' order.
    let read (members: Member[]) (element: JsonElement) : Result<obj[], ShapeProblem list> =
        members |> Array.map (fun each -> ShapeProblem.property each.Name, decode each element) |> Coder.gather

    /// All values as far as they are known. What has not come is nothing yet, where the type has a word for nothing; a default is none, for
    /// something else may yet come.
    let readPartial (members: Member[]) (partial: PartialJson) : obj[] voption =
        let known (each: Member) : obj voption =
            let nothing =
                match each.Coder.Absent, each.Default with
                | ValueSome absent, ValueNone -> ValueSome absent
                | ValueSome absent, ValueSome instead when Object.Equals(absent, instead) -> ValueSome absent
                | _ -> ValueNone

            match PartialJson.tryAlike each.Name partial with
            | None -> nothing
            | Some(PartialJson.Value json) when Json.text json = "null" ->
                if each.Coder.Absent.IsSome then each.Coder.Absent else each.Default
            | Some found ->
                match each.Coder.Partial found with
                | ValueNone when not (PartialJson.isWhole found) -> nothing
                | value -> value

        let values = members |> Array.map known

        if values |> Array.forall ValueOption.isSome then
            ValueSome(values |> Array.map ValueOption.get)
        else
            ValueNone

    /// The properties; what stands before them is written already.
    let write (builder: StringBuilder) (isFirst: bool) (members: Member[]) (values: obj[]) : unit =
        let mutable separate = not isFirst

        for each, value in Array.zip members values do
            // Where absence is the default's, the value that null stands for must be said.
            let isLeftOut = each.Default.IsNone && each.Coder.Absent.IsSome && Object.Equals(each.Coder.Absent.Value, value)

            if not isLeftOut then
                if separate then builder.Append ',' |> ignore
                separate <- true
                builder.Append(Json.quote each.Name).Append(':') |> ignore
                each.Coder.Encode builder value

    let properties (members: Member[]) : SchemaProperty list = members |> List.ofArray |> List.map property

    /// What building refused, as a problem of the whole.
    let private refused (built: Result<obj, string>) : Result<obj, ShapeProblem list> =
        built |> Result.mapError (fun reason -> [ { Path = ""; Reason = reason } ])

    /// An object. Building may refuse what the members are.
    let object (members: Member[]) (build: obj[] -> Result<obj, string>) (values: obj -> obj[]) : Coder =
        let decode (element: JsonElement) : Result<obj, ShapeProblem list> =
            if element.ValueKind <> JsonValueKind.Object then
                Coder.expected "an object" element
            else
                read members element |> Result.bind (build >> refused)

        {
            Schema = Schema.Object(properties members)
            Absent = ValueNone
            Decode = decode
            Partial =
                fun partial ->
                    match partial with
                    | PartialJson.Object(_, false) -> readPartial members partial |> ValueOption.bind (build >> Result.toValueOption)
                    | partial -> Coder.whenWhole decode partial
            Encode =
                Coder.whatIsThere (fun builder value ->
                    builder.Append '{' |> ignore
                    write builder true members (values value)
                    builder.Append '}' |> ignore)
        }

    /// A case of a union: its word, its members, and how it is built and taken apart.
    type Case =
        {
            Word: string
            Description: string option
            Members: Member[]
            Build: obj[] -> Result<obj, string>
            Values: obj -> obj[]
        }

    /// One of several objects, told apart by a word in the property of this name.
    let cases (tag: string) (all: Case[]) (indexOf: obj -> int) : Coder =
        let schema (case: Case) =
            let word = { Name = tag; Schema = Schema.Words [ case.Word ]; IsRequired = true; Default = None }
            let object = Schema.Object(word :: properties case.Members)

            match case.Description with
            | Some description -> Schema.Described(object, description)
            | None -> object

        let known = all |> Array.map (fun case -> case.Word, box case) |> List.ofArray
        let words = Coder.words Schema.Any known (fun _ -> "") (fun _ -> ValueNone)

        let built (case: Case) (values: obj[]) = case.Build values |> refused

        let decode (element: JsonElement) =
            let build (values: JsonElement) (case: obj) =
                let case = case :?> Case
                read case.Members values |> Result.bind (built case)

            match element.ValueKind with
            | JsonValueKind.Object ->
                match find tag element with
                | ValueNone ->
                    words.Decode element |> Result.mapError (fun _ -> [ { Path = ShapeProblem.property tag; Reason = "it is missing" } ])
                | ValueSome word ->
                    match words.Decode word with
                    | Error problems -> Error(ShapeProblem.within (ShapeProblem.property tag) problems)
                    | Ok case -> build element case
            // A case without fields is often given as its bare name.
            | JsonValueKind.String ->
                match words.Decode element with
                | Ok case when Array.isEmpty (case :?> Case).Members -> built (case :?> Case) [||]
                | _ -> Coder.expected "an object" element
            | _ -> Coder.expected "an object" element

        {
            Schema = Schema.AnyOf(all |> Array.map schema |> List.ofArray)
            Absent = ValueNone
            Decode = decode
            Partial =
                fun partial ->
                    match partial with
                    | PartialJson.Object(_, false) ->
                        PartialJson.tryAlike tag partial
                        |> ValueOption.ofOption
                        |> ValueOption.bind words.Partial
                        |> ValueOption.bind (fun case ->
                            let case = case :?> Case
                            readPartial case.Members partial |> ValueOption.bind (case.Build >> Result.toValueOption))
                    | partial -> Coder.whenWhole decode partial
            Encode =
                fun builder value ->
                    // Null may be a case.
                    RuntimeHelpers.EnsureSufficientExecutionStack()
                    let case = all[indexOf value]
                    builder.Append('{').Append(Json.quote tag).Append(':').Append(Json.quote case.Word) |> ignore
                    write builder false case.Members (case.Values value)
                    builder.Append '}' |> ignore
        }
