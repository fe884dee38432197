// Formats of types: what is asked for, how answers are read, and what the model is told when they are wrong.
module Llm.Core.Tests.FormatTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.ShapeSamples

let private parse<'value> (text: string) : Result<'value, ParseProblem> = Format.ofType<'value>() |> Format.parse text

let private isOk (expected: 'value) (actual: Result<'value, ParseProblem>) = Assert.That((actual = Ok expected), $"%A{actual}")

[<Test>]
let ``what is no object is carried by one`` () =
    let format = Format.ofType<int list>()
    Assert.That(Json.text format.Output.Schema, Does.Contain "\"output\":{\"type\":\"array\"")
    parse<int list> """{"output":[1,2]}""" |> isOk [ 1; 2 ]
    parse<Effort> """{"output":"Heavy"}""" |> isOk Heavy
    parse<Figure> """{"output":{"case":"Point"}}""" |> isOk Point
    parse<int option> """{"output":null}""" |> isOk None

[<TestCase("{\"Name\":\"Jo\"}")>]
[<TestCase("Sure: {\"Name\":\"Jo\"} Done.")>]
[<TestCase("Take ```json\n{\"Name\":\"Jo\"}\n``` please")>]
[<TestCase("As in {set} ```json\n{\"Name\":\"Jo\"}\n```")>]
[<TestCase("As in {set}: {\"Name\":\"Jo\"}")>]
let ``an object is found in what a model says`` (text: string) = parse<Author> text |> isOk { Name = "Jo"; Born = None }

[<TestCase("{\"Name\":\"a } \\\" { b ```json {\"}", "a } \" { b ```json {")>]
let ``braces and fences within text are text`` (text: string) (name: string) = parse<Author> text |> isOk { Name = name; Born = None }

[<Test>]
let ``what is wrong is told`` () =
    let problem (text: string) =
        match parse<Author> text with
        | Error problem -> problem
        | Ok value -> failwith $"%A{value}"

    Assert.That(problem "none", Is.EqualTo(ParseProblem.NoJson "missing '{'"))
    Assert.That(problem "{\"Name\":", Is.EqualTo(ParseProblem.NoJson "missing '}'"))

    Assert.That(
        Format.retryMessage (problem "{\"Born\":1}"),
        Is.EqualTo "Your response failed schema validation:\n- $.Name: it is missing\n\nPlease correct these issues and respond again."
    )

    Assert.That(
        Format.retryMessage (problem "none"),
        Does.StartWith "Your response could not be parsed because no valid JSON object was found."
    )

[<Test>]
let ``a parser of one's own keeps its mode and tells its reason`` () =
    let format =
        Format.parser "even" "Say an even number." (fun text -> if text = "2" then Ok 2 else Error "it is odd")
        |> Format.withMode FormatMode.Strict

    Assert.That(format.Output.Mode, Is.EqualTo(Some FormatMode.Parser))
    Assert.That(format.Output.Instructions, Is.EqualTo(Some "Say an even number."))
    Assert.That((format |> Format.parse "2") = Ok 2)
    Assert.That((format |> Format.parse "3") = Error(ParseProblem.Refused "it is odd"))

[<Test>]
let ``a value shows while it grows`` () =
    let format = Format.ofType<Author>()

    let shown =
        format
        |> Format.partial "Here: {\"Name\":\"Jo"
        |> Option.bind (PartialJson.tryProperty "Name")
        |> Option.bind PartialJson.tryText

    Assert.That(shown, Is.EqualTo(Some "Jo"))
    Assert.That(Format.ofType<int list>() |> Format.partial "{\"out", Is.EqualTo None)

    Assert.That(
        Format.ofType<int list>() |> Format.partial "{\"output\":[1,2",
        Is.EqualTo(Some(PartialJson.List([ PartialJson.Value(Json.trusted "1") ], false)))
    )

[<Test>]
let ``comments describe the types of the library`` () =
    let shape = Shapes.get typeof<ToolOutput>
    Assert.That(shape.Description, Is.EqualTo(Some "What a tool gave back."))
    Assert.That(Json.text shape.Schema, Does.Contain "\"description\":\"The id of the call that this answers.\"")
