// Schemas as generateContent takes them: its own selection of OpenAPI's, without references. Called by Tools.fs.
// Source: Google's reference of the type Schema.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal GeminiSchemas =
    let private known =
        set
            [
                "type"
                "format"
                "title"
                "description"
                "nullable"
                "enum"
                "maxItems"
                "minItems"
                "properties"
                "required"
                "minProperties"
                "maxProperties"
                "minLength"
                "maxLength"
                "pattern"
                "example"
                "anyOf"
                "property_ordering"
                "default"
                "items"
                "minimum"
                "maximum"
            ]

    /// Of no use to the model.
    let private silent =
        set [ "$schema"; "$id"; "$anchor"; "$comment"; "examples"; "deprecated"; "readOnly"; "writeOnly"; "$defs"; "definitions" ]

    let private formats =
        Map.ofList [ "STRING", [ "enum"; "date-time" ]; "NUMBER", [ "float"; "double" ]; "INTEGER", [ "int32"; "int64" ] ]

    let private strings (json: Json) : string list option =
        let texts = SchemaSubset.items json |> List.map SchemaSubset.ofText

        if List.forall Option.isSome texts then Some(List.choose id texts) else None

    let private array (items: Json list) : Json =
        let inner = items |> List.map Json.text |> String.concat ","
        Json.trusted $"[{inner}]"

    let private isTrue = Json.trusted "true"

    let private named (name: string) : Json = Json.ofString (name.ToUpperInvariant())

    /// One type is itself in capitals; null among several makes the value nullable; several others are alternatives.
    let private types (members: SchemaMember list) : SchemaMember list =
        match SchemaRewrite.tryFind "type" members with
        | None -> members
        | Some kind ->
            let names = SchemaSubset.ofText kind |> Option.map List.singleton |> Option.orElse (strings kind) |> Option.defaultValue []

            let members =
                if names.Length > 1 && List.contains "null" names then
                    SchemaRewrite.set "nullable" isTrue members
                else
                    members

            match List.except (if names.Length > 1 then [ "null" ] else []) names with
            | [] -> SchemaRewrite.remove [ "type" ] members
            | [ only ] -> SchemaRewrite.set "type" (named only) members
            | several ->
                let alternatives = several |> List.map (fun name -> Json.trusted $"{{\"type\":{Json.text (named name)}}}")

                members |> SchemaRewrite.remove [ "type" ] |> SchemaRewrite.set "anyOf" (array alternatives)

    let private over (inner: SchemaMember list) (outer: SchemaMember list) : SchemaMember list =
        (inner, outer) ||> List.fold (fun whole (struct (name, value)) -> SchemaRewrite.set name value whole)

    let private isNull (alternative: Json) = SchemaSubset.text "type" (SchemaRewrite.membersIn alternative) = Some "NULL"

    /// Null among the alternatives makes the value nullable; a single one is no alternative.
    let private alternatives (members: SchemaMember list) : SchemaMember list =
        let options = [ "anyOf"; "oneOf" ] |> List.tryPick (fun keyword -> SchemaRewrite.tryFind keyword members)

        match options |> Option.map SchemaSubset.items with
        | None -> members
        | Some items ->
            let nulls, others = List.partition isNull items
            let rest = members |> SchemaRewrite.remove [ "anyOf"; "oneOf" ]
            let rest = if List.isEmpty nulls then rest else SchemaRewrite.set "nullable" isTrue rest

            match others with
            | [] -> rest
            | [ only ] -> over (SchemaRewrite.membersIn only) rest
            | several -> SchemaRewrite.set "anyOf" (array several) rest

    /// What all of them say is said at once; the properties of one do not replace those of another.
    let private conjunction (members: SchemaMember list) : SchemaMember list =
        let joined keyword (parts: SchemaMember list list) join =
            match parts |> List.choose (SchemaRewrite.tryFind keyword) with
            | [] -> []
            | values -> [ struct (keyword, join values) ]

        match SchemaRewrite.tryFind "allOf" members with
        | None -> members
        | Some all ->
            let rest = SchemaRewrite.remove [ "allOf" ] members
            let parts = (SchemaSubset.items all |> List.map SchemaRewrite.membersIn) @ [ rest ]
            let properties = joined "properties" parts (List.collect SchemaRewrite.membersIn >> SchemaSubset.toObject)
            let required = joined "required" parts (List.collect SchemaSubset.items >> List.distinct >> array)

            List.fold over [] (parts @ [ properties; required ])

    /// Values to choose from are strings here; any others are said in words.
    let private values (members: SchemaMember list) : SchemaMember list =
        let allowed =
            match SchemaRewrite.tryFind "const" members with
            | Some value -> Some [ value ]
            | None -> SchemaRewrite.tryFind "enum" members |> Option.map SchemaSubset.items

        match allowed with
        | None -> members
        | Some values ->
            let rest = SchemaRewrite.remove [ "const"; "enum" ] members
            let nulls, others = values |> List.partition (fun value -> Json.text value = "null")
            let rest = if List.isEmpty nulls then rest else SchemaRewrite.set "nullable" isTrue rest

            if others |> List.forall (SchemaSubset.ofText >> Option.isSome) then
                rest |> SchemaRewrite.set "type" (named "string") |> SchemaRewrite.set "enum" (array others)
            else
                SchemaSubset.describe (others |> List.map Json.text |> String.concat ", " |> sprintf "(one of: %s)") rest

    /// The items of a tuple stand in no order here.
    let private tuple (members: SchemaMember list) : SchemaMember list =
        match SchemaRewrite.tryFind "prefixItems" members |> Option.map (SchemaSubset.items >> List.distinct) with
        | Some [ only ] -> members |> SchemaRewrite.remove [ "prefixItems" ] |> SchemaRewrite.set "items" only
        | Some several ->
            let items = Json.trusted $"{{\"anyOf\":{Json.text (array several)}}}"
            members |> SchemaRewrite.set "items" items
        | None -> members

    let private isRefused (kind: string option) (keyword: string) (value: Json) : bool =
        match keyword with
        | "format" ->
            let taken = kind |> Option.bind (fun kind -> Map.tryFind kind formats) |> Option.defaultValue []
            SchemaSubset.ofText value |> Option.forall (fun format -> not (List.contains format taken))
        | _ -> not (known.Contains keyword)

    /// A closed object is nothing to say: every object is closed here.
    let private withoutSilent (members: SchemaMember list) : SchemaMember list =
        members
        |> List.filter (fun (struct (name, value)) ->
            not (silent.Contains name) && not (name = "additionalProperties" && Json.text value = "false"))

    /// The order that the schema itself names, else the one it has.
    let private ordered (members: SchemaMember list) : SchemaMember list =
        match SchemaRewrite.tryFind "properties" members |> Option.map SchemaRewrite.membersIn with
        | Some(_ :: _ :: _ as properties) when (SchemaRewrite.tryFind "property_ordering" members).IsNone ->
            let names = properties |> List.map (fun (struct (name, _)) -> Json.ofString name)
            SchemaRewrite.set "property_ordering" (array names) members
        | _ -> members

    let private renamed (members: SchemaMember list) : SchemaMember list =
        members
        |> List.map (fun (struct (name, value)) -> struct ((if name = "propertyOrdering" then "property_ordering" else name), value))

    let private translated (members: SchemaMember list) : SchemaMember list =
        let members = members |> types |> conjunction |> alternatives |> values |> tuple |> withoutSilent |> renamed

        SchemaSubset.said (isRefused (SchemaSubset.text "type" members)) members

    /// <summary>
    /// The schema in the API's terms; what they cannot say, the descriptions do. An error, with the reason, for a schema that has no end.
    /// </summary>
    let parameters: Json -> Result<Json, string> =
        SchemaRewrite.remembered (SchemaSubset.inlined >> Result.map (SchemaRewrite.everywhere translated))

    /// <summary>The schema of an answer, besides with its properties in their order: the API would sort them by name.</summary>
    let answer: Json -> Result<Json, string> =
        SchemaRewrite.remembered (parameters >> Result.map (SchemaRewrite.everywhere ordered))
