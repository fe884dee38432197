// JSON Schemas as providers want them: pure rewriting of every schema within a schema. Called by the encoders; knows no provider.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Text.Json

/// A keyword of a schema and its value.
type internal SchemaMember = (struct (string * Json))

[<RequireQualifiedAccess>]
module internal SchemaRewrite =
    /// Keywords whose value is a schema, or an array of schemas.
    let private schemaKeywords =
        set
            [
                "items"
                "prefixItems"
                "anyOf"
                "oneOf"
                "allOf"
                "not"
                "if"
                "then"
                "else"
                "contains"
                "additionalProperties"
                "additionalItems"
                "unevaluatedProperties"
                "unevaluatedItems"
                "propertyNames"
            ]

    /// Keywords whose value is an object that has a schema under each name.
    let private mapKeywords = set [ "properties"; "patternProperties"; "$defs"; "definitions"; "dependentSchemas" ]

    let private elementsOf (element: JsonElement) : struct (string * JsonElement) list =
        [
            for item in element.EnumerateObject() do
                struct (Json.unescape (JsonMarshal.GetRawUtf8PropertyName item), item.Value)
        ]

    let private writeObject (members: SchemaMember list) : Json =
        members
        |> List.map (fun (struct (name, value)) -> $"{Json.quote name}:{Json.text value}")
        |> String.concat ","
        |> fun inner -> Json.trusted $"{{{inner}}}"

    let private read (read: JsonElement -> 'result) (json: Json) : Result<'result, string> = Dom.parseText (Json.text json) read

    /// <summary>
    /// A function of a schema, whose results are kept for as long as the schema is: a tool goes with every call and never changes, and
    /// working on its schema costs a hundred times what writing it does.
    /// </summary>
    let remembered (ofSchema: Json -> 'result) : Json -> 'result =
        let known = ConditionalWeakTable<Json, obj>()
        let make = ConditionalWeakTable<Json, obj>.CreateValueCallback(fun schema -> box (ofSchema schema))
        fun schema -> known.GetValue(schema, make) |> unbox<'result>

    /// <summary>The members of an object, in their order; empty for anything else.</summary>
    let membersIn (json: Json) : SchemaMember list =
        let all (element: JsonElement) : SchemaMember list =
            if Dom.isObject element then
                elementsOf element |> List.map (fun (struct (name, value)) -> struct (name, Dom.raw value))
            else
                []

        read all json |> Result.defaultValue []

    /// <summary>The value of a keyword.</summary>
    let tryFind (keyword: string) (members: SchemaMember list) : Json option =
        members |> List.tryPick (fun (struct (name, value)) -> if name = keyword then Some value else None)

    /// <summary>The members with that value for a keyword: in its place, or at the end.</summary>
    let set (keyword: string) (value: Json) (members: SchemaMember list) : SchemaMember list =
        if List.exists (fun (struct (name, _)) -> name = keyword) members then
            members |> List.map (fun (struct (name, old)) -> struct (name, (if name = keyword then value else old)))
        else
            members @ [ struct (keyword, value) ]

    /// <summary>The members without these keywords.</summary>
    let remove (keywords: string list) (members: SchemaMember list) : SchemaMember list =
        members |> List.filter (fun (struct (name, _)) -> not (List.contains name keywords))

    let rec private rewrite (change: SchemaMember list -> SchemaMember list) (element: JsonElement) : Json =
        match element.ValueKind with
        | JsonValueKind.Object -> elementsOf element |> List.map (rewriteMember change) |> change |> writeObject
        | JsonValueKind.Array ->
            element.EnumerateArray()
            |> Seq.map (rewrite change >> Json.text)
            |> String.concat ","
            |> fun inner -> Json.trusted $"[{inner}]"
        | _ -> Dom.raw element

    and private rewriteMember change (struct (name, value): struct (string * JsonElement)) : SchemaMember =
        if schemaKeywords.Contains name then
            struct (name, rewrite change value)
        elif mapKeywords.Contains name && Dom.isObject value then
            let schemas = elementsOf value |> List.map (fun (struct (key, schema)) -> struct (key, rewrite change schema))
            struct (name, writeObject schemas)
        else
            struct (name, Dom.raw value)

    /// <summary>
    /// The schema with a change to the members of each object schema in it, inner ones first: through properties, items, anyOf, $defs and
    /// the like, never into defaults, constants and enumerations.
    /// </summary>
    let everywhere (change: SchemaMember list -> SchemaMember list) (schema: Json) : Json =
        read (rewrite change) schema |> Result.defaultValue schema

    /// <summary>The schema with a change to its own members.</summary>
    let top (change: SchemaMember list -> SchemaMember list) (schema: Json) : Json = membersIn schema |> change |> writeObject

    /// <summary>Whether these are the members of a schema of objects.</summary>
    let isObject (members: SchemaMember list) : bool =
        match tryFind "type" members with
        | Some kind when Json.text kind = "\"object\"" -> true
        | Some kind ->
            kind
            |> read (fun element -> Dom.asItems element |> List.exists (fun name -> Dom.asString name = ValueSome "object"))
            |> Result.defaultValue false
        | None -> (tryFind "properties" members).IsSome

    let private allowsOthers (members: SchemaMember list) : bool =
        match tryFind "additionalProperties" members with
        | Some others -> Json.text others <> "false"
        | None -> false

    let rec private describesMap (element: JsonElement) : bool =
        match element.ValueKind with
        | JsonValueKind.Object ->
            elementsOf element
            |> List.exists (fun (struct (name, value)) ->
                if name = "additionalProperties" then
                    value.ValueKind <> JsonValueKind.False
                elif schemaKeywords.Contains name then
                    describesMap value
                elif mapKeywords.Contains name && Dom.isObject value then
                    value.EnumerateObject() |> Seq.exists (fun item -> describesMap item.Value)
                else
                    false)
        | JsonValueKind.Array -> element.EnumerateArray() |> Seq.exists describesMap
        | _ -> false

    /// <summary>
    /// Whether some object in the schema says itself that it takes properties of any name, as a map does. Such a schema can be kept to the
    /// letter by no provider: each wants all names beforehand.
    /// </summary>
    let hasMaps: Json -> bool = remembered (fun schema -> read describesMap schema |> Result.defaultValue false)

    let private closeMembers (members: SchemaMember list) : SchemaMember list =
        if isObject members && not (allowsOthers members) then
            set "additionalProperties" (Json.trusted "false") members
        else
            members

    let private requireMembers (members: SchemaMember list) : SchemaMember list =
        match tryFind "properties" members with
        | Some properties ->
            let names = membersIn properties |> List.map (fun (struct (name, _)) -> Json.quote name) |> String.concat ","
            set "required" (Json.trusted $"[{names}]") members
        | None -> members

    /// <summary>
    /// The schema where no object takes properties but its own: <c>additionalProperties</c> is false in each, save in those that are maps.
    /// </summary>
    let closed (schema: Json) : Json = everywhere closeMembers schema

    /// <summary>The schema where, besides, each object requires every property it has.</summary>
    let exact (schema: Json) : Json = everywhere (closeMembers >> requireMembers) schema

    /// <summary>The schema whose own properties, not those of objects within, are all required, and the only ones.</summary>
    let exactTop (schema: Json) : Json = top (closeMembers >> requireMembers) schema
