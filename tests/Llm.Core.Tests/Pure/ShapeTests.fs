// What schemas say, what is read loosely, and how problems are told: examples.
module Llm.Core.Tests.ShapeTests

open System
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.ShapeSamples

let private shapeOf<'value> () : Shape =
    match Shape.derive (fun _ -> Documentation.none) typeof<'value> with
    | Ok shape -> shape
    | Error problems -> failwith (ShapeProblem.render problems)

let private schemaOf<'value> () = Json.text (shapeOf<'value>()).Schema

let private json (text: string) : Json =
    match Json.tryParse text with
    | Ok json -> json
    | Error reason -> failwith reason

let private decode<'value> (text: string) : Result<'value, string list> =
    Shape.decode (json text) (shapeOf<'value>())
    |> Result.map unbox<'value>
    |> Result.mapError (List.map (fun problem -> $"{problem.Path}: {problem.Reason}"))

let private isOk (expected: 'value) (actual: Result<'value, string list>) = Assert.That((actual = Ok expected), $"%A{actual}")

let private isError (expected: string list) (actual: Result<'value, string list>) =
    match actual with
    | Error problems -> Assert.That(problems, Is.EqualTo<string list> expected)
    | Ok value -> Assert.Fail $"%A{value}"

[<Test>]
let ``a record is an object whose options are not required`` () =
    Assert.That(
        schemaOf<Author>(),
        Is.EqualTo
            """{"type":"object","properties":{"Name":{"type":"string"},"Born":{"anyOf":[{"type":"integer"},{"type":"null"}]}},"required":["Name"],"additionalProperties":false}"""
    )

[<Test>]
let ``a union without fields is words`` () = Assert.That(schemaOf<Effort>(), Is.EqualTo """{"type":"string","enum":["Light","Heavy"]}""")

[<Test>]
let ``a union is told apart by a property that none of its fields has`` () =
    let schema = schemaOf<Figure>()
    Assert.That(schema, Does.Contain "\"case\":{\"type\":\"string\",\"enum\":[\"Circle\"]}")
    Assert.That(schema, Does.Contain "\"$ref\":\"#/$defs/Figure\"")

[<Test>]
let ``a recursive type is a definition and its root is an object`` () =
    Assert.That(schemaOf<Tree>(), Does.StartWith """{"type":"object","properties":{"Label":""")
    Assert.That(schemaOf<Tree>(), Does.Contain "\"$defs\":{\"Tree\":")

[<Test>]
let ``generic names are letters, digits and underscores`` () =
    Assert.That((shapeOf<Box<Author>>()).Name, Is.EqualTo "Box_Author")
    Assert.That((shapeOf<Map<string, int list>>()).Name, Is.EqualTo "Map_String_List_Int32")

[<Test>]
let ``attributes name, describe and give defaults`` () =
    let schema = schemaOf<Book>()
    Assert.That(schema, Does.Contain """"title":{"description":"As on the cover","type":"string"}""")
    Assert.That(schema, Does.Contain """"Copies":{"type":"integer","default":3}""")

[<TestCase("3", 3)>]
[<TestCase("\"3\"", 3)>]
[<TestCase("\" -7 \"", -7)>]
[<TestCase("3.0", 3)>]
[<TestCase("1e2", 100)>]
let ``a whole number is read where it is unmistakable`` (text: string) (expected: int) = decode<int> text |> isOk expected

[<TestCase("3.5", "3.5")>]
[<TestCase("\"three\"", "\"three\"")>]
[<TestCase("true", "true")>]
[<TestCase("3000000000", "3000000000")>]
[<TestCase("null", "null")>]
[<TestCase("[1]", "an array")>]
let ``what is no whole number is told`` (text: string) (shown: string) =
    decode<int> text |> isError [ $"$: expected a whole number between -2147483648 and 2147483647, but got {shown}" ]

[<Test>]
let ``all problems are told with their paths`` () =
    decode<{| Author: Author; Ratings: Map<string, int>; Tags: string list |}>
        """{"Author":{"Born":"x"},"Ratings":{"a b":{}},"Tags":["x",[]]}"""
    |> isError
        [
            "$.Author.Name: it is missing"
            "$.Author.Born: expected a whole number between -2147483648 and 2147483647, but got \"x\""
            "$.Ratings[\"a b\"]: expected a whole number between -2147483648 and 2147483647, but got an object"
            "$.Tags[1]: expected text, but got an array"
        ]

[<Test>]
let ``names in another case and null for an option are understood`` () =
    decode<Author> """{"name":"Jo","BORN":null,"more":1}""" |> isOk { Name = "Jo"; Born = None }

[<Test>]
let ``the word of a case is told when it is wrong or missing`` () =
    decode<Effort> "\"light\"" |> isOk Light
    decode<Effort> "\"dark\"" |> isError [ "$: expected one of \"Light\", \"Heavy\", but got \"dark\"" ]
    decode<Chain> "{}" |> isError [ "$.kind: it is missing" ]
    decode<Chain> "\"End\"" |> isOk End
    decode<Chain> """{"kind":"Link","next":{"kind":"End"}}""" |> isError [ "$.item1: it is missing" ]

[<Test>]
let ``flags are lists of words`` () =
    decode<Access> """["Read","Write"]""" |> isOk Access.All
    Assert.That(Shape.encode (box Access.All) (shapeOf<Access>()) |> Json.text, Is.EqualTo """["All"]""")

type private Hidden = { Secret: int }
type Guarded = private { Value: int }

let private problemsOf<'value> () : string list =
    match Shape.derive (fun _ -> Documentation.none) typeof<'value> with
    | Error problems -> problems |> List.map _.Path
    | Ok _ -> []

[<Test>]
let ``what cannot be made from outside has no shape`` () =
    Assert.That(problemsOf<{| Of: Guarded; Run: int -> int; Twice: int option option |}>(), Is.EquivalentTo [ "$.Of"; "$.Run"; "$.Twice" ])
    Assert.That(problemsOf<IDisposable>(), Is.EqualTo<string list> [ "$" ])
    Assert.That(problemsOf<Hidden>(), Is.Empty)

/// A class as C# has them.
type Settings(name: string, size: int) =
    member _.Name = name
    member _.Size = if size < 0 then invalidArg "size" "it is negative" else size
    member val Note: string = "none" with get, set

type Strict(size: int) =
    do if size < 0 then invalidArg "size" "it is negative"
    member _.Size = size

[<Test>]
let ``a class is made by its constructor and its setters`` () =
    match decode<Settings> """{"Name":"a","Size":3,"Note":"b"}""" with
    | Ok settings -> Assert.That((settings.Name, settings.Size, settings.Note), Is.EqualTo(("a", 3, "b")))
    | Error problems -> Assert.Fail $"%A{problems}"

[<Test>]
let ``what a constructor refuses is a problem`` () =
    match decode<{| Inner: Strict |}> """{"Inner":{"Size":-1}}""" with
    | Error [ problem ] -> Assert.That(problem, Does.StartWith "$.Inner: it is negative")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``what FSharp.Core says of its own types is not told, for it is no news and not on every machine`` () =
    match Shapes.tryOf typeof<Result<int, string>> with
    | Ok shape -> Assert.That(Json.text shape.Schema, Does.Not.Contain "description")
    | Error problems -> Assert.Fail $"%A{problems}"
