/// Schemas for providers that know a part of the language only.
module Llm.Core.Tests.SchemaSubsetTests

open NUnit.Framework
open Llm.Core

let private json (text: string) : Json =
    match Json.tryParse text with
    | Ok value -> value
    | Error reason -> failwith reason

let private inlined (text: string) = SchemaSubset.inlined (json text) |> Result.map Json.text

let private isOk (expected: string) (text: string) = Assert.That(inlined text, Is.EqualTo(box (Result<string, string>.Ok expected)))

[<Test>]
let ``what is referred to stands in the place of the reference, below what stands beside it`` () =
    """{"properties":{"a":{"$ref":"#/$defs/A","description":"mine"}},"$defs":{"A":{"type":"string","description":"its"}}}"""
    |> isOk """{"properties":{"a":{"type":"string","description":"mine"}}}"""

[<Test>]
let ``references in what is referred to are followed, and names are unescaped`` () =
    """{"items":{"$ref":"#/definitions/A~1b%20c"},"definitions":{"A/b c":{"anyOf":[{"$ref":"#/definitions/D"}]},"D":{"type":"null"}}}"""
    |> isOk """{"items":{"anyOf":[{"type":"null"}]}}"""

[<Test>]
let ``what only looks like a reference is none`` () =
    let text = """{"properties":{"$ref":{"type":"string"}},"default":{"$ref":"#/$defs/A"}}"""
    isOk text text

[<TestCase("""{"$ref":"#"}""")>]
[<TestCase("""{"$ref":"#/$defs/A","$defs":{"A":{"items":{"$ref":"#/$defs/B"}},"B":{"items":{"$ref":"#/$defs/A"}}}}""")>]
[<TestCase("""{"$ref":"#/$defs/A"}""")>]
[<TestCase("""{"$ref":"https://example.org/schema"}""")>]
let ``recursion is refused, and so is a reference to nothing`` (text: string) = Assert.That((inlined text).IsError, Is.True)

[<Test>]
let ``definitions that double at each step are refused before they fill the memory`` () =
    let step index = $"""{{"properties":{{"a":{{"$ref":"#/$defs/D{index + 1}"}},"b":{{"$ref":"#/$defs/D{index + 1}"}}}}}}"""
    let steps = [ for index in 0..59 -> $"\"D{index}\":{step index}" ] |> String.concat ","
    let text = $"""{{"$ref":"#/$defs/D0","$defs":{{{steps},"D60":{{"type":"string"}}}}}}"""
    Assert.That((inlined text).IsError, Is.True)

/// Whether a walk along the references ends, however it goes.
let rec private ends (graph: Map<int, int list>) (within: Set<int>) (node: int) : bool =
    not (within.Contains node) && graph[node] |> List.forall (ends graph (within.Add node))

[<Law>]
let ``a schema has its references put in their places exactly when they come to an end`` (edges: (byte * byte) list) =
    let count = 5

    let graph =
        [
            for node in 0 .. count - 1 ->
                node, edges |> List.filter (fun (from, _) -> int from % count = node) |> List.map (fun (_, target) -> int target % count)
        ]
        |> List.map (fun (node, targets) -> node, List.distinct targets)
        |> Map.ofList

    let reference target = $"\"p{target}\":{{\"$ref\":\"#/$defs/N{target}\"}}"

    let definition node =
        let properties = graph[node] |> List.map reference |> String.concat ","
        $"\"N{node}\":{{\"properties\":{{{properties}}}}}"

    let definitions = [ for node in 0 .. count - 1 -> definition node ] |> String.concat ","

    match inlined $"{{\"items\":{{\"$ref\":\"#/$defs/N0\"}},\"$defs\":{{{definitions}}}}}" with
    | Ok text -> ends graph Set.empty 0 && not (text.Contains "$ref")
    | Error _ -> not (ends graph Set.empty 0)
