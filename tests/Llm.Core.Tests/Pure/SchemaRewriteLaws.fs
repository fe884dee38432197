// Schemas as providers want them: what rewriting changes, and what it leaves alone.
module Llm.Core.Tests.SchemaRewriteLaws

open System
open System.Runtime.InteropServices
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core

let private nodeOf (json: Json) = JsonNode.Parse(Json.text json)

let private jsonOf (text: string) = Json.tryParse text |> Result.defaultWith failwith

let private names = Gen.elements [ "a"; "type"; "properties"; "items"; "$ref"; "required"; "é\"" ]

let private joined (items: string list) = String.concat "," items

/// Schemas of objects, arrays and unions within one another, with defaults and examples that look like schemas.
let rec private schemaOf (size: int) : Gen<string> =
    let leaf =
        Gen.elements
            [
                """{"type":"string"}"""
                """{"type":["integer","null"],"default":{"type":"object","properties":{"x":{}}}}"""
                """{"enum":[{"type":"object"},1]}"""
                """{"$ref":"#/$defs/a"}"""
                "true"
            ]

    if size < 2 then
        leaf
    else
        let inner = schemaOf (size / 2)

        let properties = gen {
            let! keys = Gen.listOf names |> Gen.map (List.distinct >> List.truncate 3)
            let! schemas = Gen.listOfLength keys.Length inner
            return List.map2 (fun key schema -> $"{Json.quote key}:{schema}") keys schemas |> joined
        }

        let object = gen {
            let! inside = properties

            let! rest =
                Gen.elements [ ""; ""","required":[]"""; ""","additionalProperties":false"""; ""","$defs":{"a":{"type":"object"}}""" ]

            return $"""{{"type":"object","properties":{{{inside}}}{rest}}}"""
        }

        Gen.oneof
            [
                leaf
                object
                object
                inner |> Gen.map (fun item -> $"""{{"type":"array","items":{item}}}""")
                Gen.listOf inner |> Gen.map (fun all -> $"""{{"anyOf":[{joined (List.truncate 3 all)}]}}""")
                inner |> Gen.map (fun values -> $"""{{"type":"object","additionalProperties":{values}}}""")
            ]

let private schemas = Gen.sized schemaOf |> Gen.map jsonOf |> Arb.fromGen

/// The object schemas within a schema, by the meaning of its keywords.
let rec private objectsIn (node: JsonNode | null) : JsonObject list =
    let within (keyword: string) (schema: JsonObject) =
        match schema[keyword] with
        | :? JsonObject as inner when keyword = "properties" || keyword = "$defs" ->
            inner |> Seq.collect (fun entry -> objectsIn entry.Value) |> List.ofSeq
        | :? JsonArray as several -> several |> Seq.collect objectsIn |> List.ofSeq
        | inner -> objectsIn inner

    match node with
    | :? JsonObject as schema ->
        let inner =
            [ "properties"; "$defs"; "items"; "anyOf"; "additionalProperties" ]
            |> List.collect (fun keyword -> within keyword schema)

        if schema.ContainsKey "properties" || (schema["type"] :? JsonValue && string schema["type"] = "object") then
            schema :: inner
        else
            inner
    | _ -> []

let private isFalse (node: JsonNode | null) = JsonNode.DeepEquals(node, JsonValue.Create false)

let private isClosedOrMap (schema: JsonObject) = schema.ContainsKey "additionalProperties"

let private requiresAll (schema: JsonObject) =
    match schema["properties"], schema["required"] with
    | (:? JsonObject as properties), (:? JsonArray as required) ->
        (properties |> Seq.map _.Key |> List.ofSeq) = (required |> Seq.map string |> List.ofSeq)
    | :? JsonObject, _ -> false
    | _ -> true

/// The value's text without what means nothing: spaces, and escapes in names.
let rec private canonical (element: JsonElement) : string =
    match element.ValueKind with
    | JsonValueKind.Object ->
        let members =
            [
                for item in element.EnumerateObject() do
                    Json.quote (Json.unescape (JsonMarshal.GetRawUtf8PropertyName item)) + ":" + canonical item.Value
            ]

        $"{{{joined members}}}"
    | JsonValueKind.Array -> $"[{element.EnumerateArray() |> Seq.map canonical |> List.ofSeq |> joined}]"
    | _ -> Dom.rawText element

let private canonicalOf (json: Json) = Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text json))) canonical

[<Law>]
let ``rewriting with no change is the same JSON`` (json: Json) = canonicalOf (SchemaRewrite.everywhere id json) = canonicalOf json

[<Law>]
let ``a closed schema closes every object that is no map`` () =
    Prop.forAll schemas (fun schema ->
        let closed = SchemaRewrite.closed schema
        let all = objectsIn (nodeOf closed)

        List.forall isClosedOrMap all
        && (SchemaRewrite.hasMaps schema || all |> List.forall (fun found -> isFalse found["additionalProperties"])))

[<Law>]
let ``an exact schema requires every property of every object`` () =
    Prop.forAll schemas (fun schema ->
        let all = objectsIn (nodeOf (SchemaRewrite.exact schema))
        List.forall requiresAll all && List.forall isClosedOrMap all)

[<Law>]
let ``making a schema exact twice is making it exact once`` () =
    Prop.forAll schemas (fun schema ->
        let once = SchemaRewrite.exact schema
        SchemaRewrite.exact once = once && SchemaRewrite.closed once = once)

[<Law>]
let ``rewriting keeps a schema's maps, and makes none`` () =
    Prop.forAll schemas (fun schema -> SchemaRewrite.hasMaps (SchemaRewrite.exact schema) = SchemaRewrite.hasMaps schema)

let private isSame (expected: string) (actual: Json) = Assert.That(Json.text actual, Is.EqualTo expected)

[<Test>]
let ``names of properties are no keywords, and defaults are no schemas`` () =
    jsonOf """{"type":"object","properties":{"items":{"type":"object"},"default":{"type":"string"}},"default":{"properties":{}}}"""
    |> SchemaRewrite.closed
    |> isSame
        """{"type":"object","properties":{"items":{"type":"object","additionalProperties":false},"default":{"type":"string"}},"default":{"properties":{}},"additionalProperties":false}"""

[<Test>]
let ``only the top is made exact where only the top is asked for`` () =
    jsonOf """{"properties":{"a":{"type":"object","properties":{"b":{}}}},"required":[]}"""
    |> SchemaRewrite.exactTop
    |> isSame """{"properties":{"a":{"type":"object","properties":{"b":{}}}},"required":["a"],"additionalProperties":false}"""

[<Test>]
let ``what is no schema stays as it is`` () =
    for text in [ "true"; "[1]"; "\"a\""; "null" ] do
        isSame text (SchemaRewrite.exact (jsonOf text))
