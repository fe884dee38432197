// Toolkits: names, many calls at once, failures apart, approval.
module Llm.Core.Tests.ToolkitTests

open System
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private toolkit (tools: Tool<'context> list) : Toolkit<'context> =
    match Toolkit.create tools with
    | Ok toolkit -> toolkit
    | Error error -> failwith (LlmError.render error)

let private await (work: Task<'value>) : 'value = work.GetAwaiter().GetResult()

let private callOf (name: string) (id: int) : ToolCall = { Id = string id; Name = name; Arguments = "{}" }

let private wait = Tool.create "wait" "Waits." (fun () -> task { do! Task.Delay 10 })

[<Test>]
let ``names are unique and such as providers take`` () =
    Assert.That(Toolkit.create [ wait; wait ] |> Result.isError)
    Assert.That(Toolkit.create [ wait |> Tool.withName "a b" ] |> Result.isError)
    Assert.That(Toolkit.create [ wait |> Tool.withName OutputFormat.toolName ] |> Result.isError)

let private block = Tool.create "block" "Blocks its thread." (fun () -> Thread.Sleep 10)

[<TestCase("wait")>]
[<TestCase("block")>]
let ``a thousand calls of a tool that waits are done within a second`` (name: string) =
    let toolkit = toolkit [ wait; block ]
    // What is compiled on first use is no part of the time.
    toolkit |> Toolkit.executeAll () [ callOf name 0 ] CancellationToken.None |> await |> ignore
    let watch = Stopwatch.StartNew()
    let results = toolkit |> Toolkit.executeAll () (List.init 1000 (callOf name)) CancellationToken.None |> await
    watch.Stop()
    TestContext.Out.WriteLine $"{name}: {watch.ElapsedMilliseconds} ms"
    Assert.That(results.Length, Is.EqualTo 1000)
    Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds 1.0))

[<Test>]
let ``never more run at once than the limit`` () =
    let running = ref 0
    let most = ref 0

    let tool =
        Tool.create "t" "" (fun () -> task {
            let now = Interlocked.Increment running
            lock most (fun () -> most.Value <- max most.Value now)
            do! Task.Delay 5
            Interlocked.Decrement running |> ignore
        })

    toolkit [ tool ] |> Toolkit.executeAllWith 3 () (List.init 20 (callOf "t")) CancellationToken.None |> await |> ignore
    Assert.That(most.Value, Is.InRange(1, 3))

[<Test>]
let ``each failure is its own output and order is that of the calls`` () =
    let tool =
        Tool.create "t" "" (fun (input: {| N: int |}) -> task {
            do! Task.Delay(30 - 10 * input.N)
            return if input.N = 1 then failwith "boom" else input.N
        })

    let calls = [ for n in 0..2 -> { Id = string n; Name = "t"; Arguments = $"{{\"N\":{n}}}" } ] @ [ callOf "none" 3 ]

    let outputs = toolkit [ tool ] |> Toolkit.executeAll () calls CancellationToken.None |> await |> ToolResult.outputs

    let expected =
        [ "0", "0", false; "1", "boom", true; "2", "2", false; "3", "There is no tool 'none'. The tools are: t.", true ]

    Assert.That((outputs |> Result.map (List.map (fun output -> output.Id, output.Result, output.IsError))) = Ok expected, $"%A{outputs}")

[<Test>]
let ``cancellation stops all`` () =
    use source = new CancellationTokenSource()
    let never = Tool.create "never" "" (fun () -> Thread.Sleep 5_000)
    let running = toolkit [ never ] |> Toolkit.executeAll () (List.init 10 (callOf "never")) source.Token
    source.CancelAfter 20
    let watch = Stopwatch.StartNew()

    let isCancelled =
        try
            running.Wait 4_000 |> ignore
            false
        with :? AggregateException ->
            running.IsCanceled

    Assert.That isCancelled
    Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds 3.0))

type private Shelf = { Books: string list }

[<Test>]
let ``plain tools mix with tools that need a context`` () =
    let shelf = Tool.createWithContext "count" "" (fun (shelf: Shelf) () -> shelf.Books.Length)
    let both = toolkit [ Tool.inContext wait; shelf ]

    let outputs =
        both
        |> Toolkit.executeAll { Books = [ "a"; "b" ] } [ callOf "count" 1; callOf "wait" 2 ] CancellationToken.None
        |> await
        |> ToolResult.outputs

    Assert.That((outputs |> Result.map (List.map _.Result)) = Ok [ "2"; "done" ], $"%A{outputs}")

[<Test>]
let ``what needs approval waits, also through storage`` () =
    let pay = Tool.create "pay" "" (fun () -> "paid") |> Tool.withApproval
    let both = toolkit [ wait; pay ]
    let calls = [ callOf "pay" 1; callOf "wait" 2; callOf "pay" 3 ]
    let results = both |> Toolkit.executeAll () calls CancellationToken.None |> await
    Assert.That(ToolResult.outputs results = Error [ calls[0]; calls[2] ], $"%A{results}")

    let stored = results |> ToolResult.toJson |> ToolResult.ofJson
    Assert.That((stored = Ok results), $"%A{stored}")

    let paid = both |> Toolkit.approve () calls[0] CancellationToken.None |> await
    let refused = Toolkit.reject "too dear" calls[2]
    let settled = results |> ToolResult.settle paid |> ToolResult.settle refused |> ToolResult.outputs

    Assert.That(
        (settled |> Result.map (List.map (fun output -> output.Result, output.IsError))) =
            Ok [ "paid", false; "done", false; "The call was rejected: too dear", true ],
        $"%A{settled}"
    )

[<Test>]
let ``stored results are text, and text that holds none is an error`` () =
    let waiting = [ ToolResult.Waiting { Id = "1"; Name = "t"; Arguments = "{}" } ]
    let text: string = ToolResult.toJson waiting
    Expect.equal (Ok waiting) (ToolResult.ofJson text)

    for wrong, path in [ "", "$"; "[", "$"; "{}", "$"; """[{"kind":"Waiting"}]""", "$[0].value" ] do
        match ToolResult.ofJson wrong with
        | Error(LlmError.InvalidJson(found, _)) -> Assert.That(found, Is.EqualTo path)
        | other -> Assert.Fail $"%A{other}"
