// JSON Schemas for providers that know a part of the language only: references put in their places, and constraints said in words.
// Called by the encoders; knows no provider.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

[<RequireQualifiedAccess>]
module internal SchemaSubset =
    /// Definitions that use others several times grow without bounds when put in their places.
    let private mostReplacements = 2000

    let private read (read: JsonElement -> 'value) (otherwise: 'value) (json: Json) : 'value =
        Dom.parseText (Json.text json) read |> Result.defaultValue otherwise

    /// The text of a string; None for anything else.
    let ofText (json: Json) : string option = json |> read (Dom.asString >> ValueOption.toOption) None

    /// The items of an array; none for anything else.
    let items (json: Json) : Json list = json |> read (Dom.asItems >> List.map Dom.raw) []

    /// The object of these members.
    let toObject (members: SchemaMember list) : Json = Json.trusted "{}" |> SchemaRewrite.top (fun _ -> members)

    /// The text that a keyword has.
    let text (keyword: string) (members: SchemaMember list) : string option = SchemaRewrite.tryFind keyword members |> Option.bind ofText

    let private definitionKeywords = [ "$defs"; "definitions" ]

    /// A step of a JSON pointer in a fragment (RFC 6901, 6).
    let private unescape (step: string) = (Uri.UnescapeDataString step).Replace("~1", "/").Replace("~0", "~")

    let private definition (definitions: Dictionary<string, Json>) (pointer: string) : Json option =
        match pointer.Split '/' with
        | [| "#"; place; name |] when List.contains place definitionKeywords ->
            match definitions.TryGetValue $"{place}/{unescape name}" with
            | true, found -> Some found
            | _ -> None
        | _ -> None

    let private definitionsOf (schema: Json) : Dictionary<string, Json> =
        let found = Dictionary<string, Json>()

        for struct (keyword, value) in SchemaRewrite.membersIn schema do
            if List.contains keyword definitionKeywords then
                for struct (name, definition) in SchemaRewrite.membersIn value do
                    found[$"{keyword}/{name}"] <- definition

        found

    /// <summary>
    /// The schema with each reference replaced by what it refers to; what stands beside a reference goes before what is referred to.
    /// An error where that would have no end (a recursive schema) or none in sight, and where nothing is referred to.
    /// </summary>
    let inlined (schema: Json) : Result<Json, string> =
        let definitions = definitionsOf schema
        let mutable failure = None
        let mutable replacements = 0

        let rec replace (within: string list) (members: SchemaMember list) : SchemaMember list =
            match text "$ref" members with
            | Some pointer when failure.IsNone ->
                replacements <- replacements + 1

                match definition definitions pointer with
                | _ when replacements > mostReplacements -> fail members $"its references need more than {mostReplacements} replacements"
                | _ when pointer = "#" || List.contains pointer within -> fail members $"it is recursive: '{pointer}' holds itself"
                | None -> fail members $"there is no '{pointer}' in it"
                | Some found ->
                    let beside = members |> SchemaRewrite.remove [ "$ref" ]

                    (found |> SchemaRewrite.everywhere (replace (pointer :: within)) |> SchemaRewrite.membersIn, beside)
                    ||> List.fold (fun whole (struct (name, value)) -> SchemaRewrite.set name value whole)
            | _ -> members

        and fail members reason =
            failure <- Some reason
            members

        let whole = schema |> SchemaRewrite.top (SchemaRewrite.remove definitionKeywords) |> SchemaRewrite.everywhere (replace [])

        match failure with
        | Some reason -> Error reason
        | None -> Ok whole

    /// <summary>The members with more text in their description.</summary>
    let describe (addition: string) (members: SchemaMember list) : SchemaMember list =
        let whole =
            match text "description" members with
            | Some before when before <> "" -> before + "\n" + addition
            | _ -> addition

        SchemaRewrite.set "description" (Json.ofString whole) members

    /// <summary>
    /// The members without the keywords of which the function says so; the description names them and their values instead, so that the
    /// model may heed them.
    /// </summary>
    let said (isLeftOut: string -> Json -> bool) (members: SchemaMember list) : SchemaMember list =
        match members |> List.filter (fun (struct (name, value)) -> isLeftOut name value) with
        | [] -> members
        | leftOut ->
            let constraints = leftOut |> List.map (fun (struct (name, value)) -> $"{name}: {Json.text value}") |> String.concat ", "

            members |> SchemaRewrite.remove (leftOut |> List.map (fun (struct (name, _)) -> name)) |> describe $"({constraints})"
