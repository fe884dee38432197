// Tools of F# functions of every kind: what the model is told, and what it is answered.
module Llm.Core.Tests.ToolTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

type City = { City: string; Days: int option }

let private call (arguments: string) : ToolCall = { Id = "1"; Name = "t"; Arguments = arguments }

let private run (arguments: string) (tool: Tool<unit>) : string * bool =
    let output = (tool.Run () (call arguments) CancellationToken.None).GetAwaiter().GetResult()
    output.Result, output.IsError

let private says (expected: string) (arguments: string) (tool: Tool<unit>) = Assert.That(run arguments tool, Is.EqualTo((expected, false)))

[<Test>]
let ``whatever a function gives is waited for`` () =
    let create (work: City -> 'result) = Tool.create "t" "A tool." work
    let arguments = """{"City":"Oslo"}"""
    create (fun city -> city.City) |> says "Oslo" arguments
    create (fun city -> Task.FromResult city.City) |> says "Oslo" arguments
    create (fun city -> ValueTask<string> city.City) |> says "Oslo" arguments
    create (fun city -> async { return city.City.Length }) |> says "4" arguments
    create (fun city (_: CancellationToken) -> task { return [ city.City ] }) |> says "[\"Oslo\"]" arguments
    create (fun _ -> Task.CompletedTask) |> says "done" arguments
    create (fun _ -> ()) |> says "done" arguments
    create (fun city -> async { return city }) |> says """{"City":"Oslo"}""" arguments

[<Test>]
let ``arguments are records, tuples or one simple value`` () =
    Tool.create "t" "" (fun (place: {| City: string |}) -> place.City) |> says "Oslo" """{"City":"Oslo"}"""
    Tool.create "t" "" (fun (a: int, b: int) -> a + b) |> says "3" """{"item1":1,"item2":"2"}"""
    Tool.create "t" "" (fun (city: string) -> city) |> says "Oslo" """{"input":"Oslo"}"""
    Tool.create "t" "" (fun () -> "x") |> says "x" ""

[<Test>]
let ``wrong arguments are an output that says where`` () =
    let tool = Tool.create "t" "" (fun (city: City) -> city.City)

    Assert.That(
        run """{"Days":"x"}""" tool,
        Is.EqualTo(
            ("The arguments are invalid:\n- $.City: it is missing\n- $.Days: expected a whole number between -2147483648 and 2147483647, but got \"x\"",
             true)
        )
    )

    Assert.That(run "{\"City\":" tool |> snd, Is.True)
    tool |> says "Oslo" "\"{\\\"City\\\":\\\"Oslo\\\"}\""

[<Test>]
let ``failures are outputs`` () =
    let fails (work: City -> 'result) = Assert.That(Tool.create "t" "" work |> run """{"City":"a"}""", Is.EqualTo(("boom", true)))
    fails (fun _ -> failwith "boom")
    fails (fun _ -> task { return failwith "boom" })
    fails (fun _ -> async { return failwith "boom" })
    fails (fun _ (_: CancellationToken) -> failwith "boom": Task<int>)
    fails (fun _ -> Error "boom": Result<int, string>)
    fails (fun _ -> async { return (Error "boom": Result<int, string>) })

[<Test>]
let ``cancellation passes`` () =
    use source = new CancellationTokenSource()
    let tool = Tool.create "t" "" (fun () -> async { do! Async.Sleep 60_000 })
    let running = tool.Run () (call "{}") source.Token
    source.Cancel()

    let isCancelled =
        try
            running.Wait 5_000 |> ignore
            false
        with :? AggregateException ->
            running.IsCanceled

    Assert.That isCancelled

[<Test>]
let ``a type that has no shape is refused when the tool is made`` () =
    let make () = Tool.create "t" "" (fun (run: int -> int) -> run 1) |> ignore

    let isRefused =
        try
            make ()
            false
        with :? NotSupportedException ->
            true

    Assert.That isRefused

/// The weather in a city.
[<System.ComponentModel.Description("The weather in a city.")>]
let getWeather ([<System.ComponentModel.Description("Where")>] city: string) (days: int option) : Async<string> = async {
    return $"{city} {days}"
}

type Library() =
    static member FindBook(title: string, year: int, cancellationToken: CancellationToken) : Task<string> = task {
        return $"{title} {year} {cancellationToken.IsCancellationRequested}"
    }

    member _.Find(title: string) = title.ToUpperInvariant()

let withCity (city: City) : string = city.City

let nothing () : int = 42

let bookOf (library: Library) (title: string) : string = library.Find title

[<Test>]
let ``a named function names its tool and its parameters`` () =
    let tool = Tool.Of(getWeather)
    Assert.That(tool.Definition.Name, Is.EqualTo "getWeather")
    Assert.That(tool.Definition.Description, Is.EqualTo "The weather in a city.")

    Assert.That(
        Json.text tool.Definition.Parameters,
        Is.EqualTo
            """{"type":"object","properties":{"city":{"description":"Where","type":"string"},"days":{"anyOf":[{"type":"integer"},{"type":"null"}]}},"required":["city"],"additionalProperties":false}"""
    )

    tool |> says "Oslo Some(3)" """{"city":"Oslo","days":3}"""

[<Test>]
let ``methods, records and nothing are taken too`` () =
    Tool.Of(Library.FindBook) |> says "Dune 1965 False" """{"title":"Dune","year":1965}"""
    Tool.Of(withCity) |> says "Oslo" """{"City":"Oslo"}"""
    Tool.Of(nothing) |> says "42" "{}"
    let library = Library()
    Tool.Of(library.Find) |> says "DUNE" """{"title":"Dune"}"""

[<Test>]
let ``a function may take the context first`` () =
    let tool = Tool.OfWithContext(bookOf)
    Assert.That(Json.text tool.Definition.Parameters, Does.Not.Contain "library")
    let output = (tool.Run (Library()) (call """{"title":"Dune"}""") CancellationToken.None).GetAwaiter().GetResult()
    Assert.That(output.Result, Is.EqualTo "DUNE")

[<AllowNullLiteral>]
type Found(title: string) =
    member _.Title = title

[<Test>]
let ``nothing is said as such`` () =
    Tool.create "t" "" (fun () -> (null: Found)) |> says "null" "{}"
    Tool.create "t" "" (fun () -> task { return (null: Found) }) |> says "null" "{}"
    Tool.create "t" "" (fun () -> (None: City option)) |> says "null" "{}"

[<Test>]
let ``a function that takes its arguments one after the other is refused with what to write instead`` () =
    let refused =
        Assert.Throws<NotSupportedException>(Action(fun () -> Tool.create "add" "" (fun (a: int) (b: int) -> a + b) |> ignore))

    Assert.That(refused.Message, Does.StartWith("'add' takes its arguments one after the other").And.Contain "Tool.Of")

[<AllowNullLiteral>]
type Parent(name: string) =
    member val Name = name with get, set
    member val Children = ResizeArray<Parent>() with get, set

let private knot () =
    let parent = Parent "a"
    parent.Children.Add parent
    parent

[<Test>]
let ``a value that holds itself is a failure, and not the end of the process`` () =
    let result, isError = Tool.create "t" "" knot |> run "{}"
    Assert.That(isError, Is.True)
    Assert.That(result, Is.EqualTo "a Parent is nested too deep for JSON: does it hold itself?")

[<Test>]
let ``nothing within a value is said as such`` () =
    let holed = Parent null
    holed.Children <- null
    Tool.create "t" "" (fun () -> [ holed; null ]) |> says """[{"Name":null,"Children":null},null]""" "{}"

[<Test>]
let ``what only looks at a value that holds itself does not break the call`` () : Task = task {
    let! traced =
        Call.ofFunction (fun (parent: Parent) -> Llm.succeed parent.Name)
        |> Call.named "look"
        |> Call.trace (fun _ -> (None: Money<usd> option)) (knot ()) CancellationToken.None

    Assert.That((traced.Result = Ok "a"))
}
