// What runs at once: limits, order, races, and that a failure or a winner cancels the rest.
module Llm.Core.Tests.ConcurrencyTests

open System
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private stop = LlmError.InvalidRequest("test", "stop")

/// Answers after as many turns of the scheduler as the question's number says.
let private unhurried () =
    Oracle(fun question cancellationToken -> task {
        for _ in 1 .. abs (question.GetHashCode()) % 5 do
            cancellationToken.ThrowIfCancellationRequested()
            do! Task.Yield()

        return Ok $"a-{question}"
    })

[<Law>]
let ``traverse keeps the order of its inputs and never passes its limit`` (inputs: byte list) (limit: byte) =
    let oracle = unhurried ()
    let limit = 1 + int limit % 4
    let inputs = inputs |> List.map string
    let result = (oracle.Ask "q" |> Call.traverse limit |> Run.call inputs).GetAwaiter().GetResult()

    Law.all
        [
            Law.equal "the answers, in order" (Ok(inputs |> List.map (fun input -> $"a-q({input})"))) result
            Law.equal "each is asked once" (inputs |> List.map (fun input -> $"q({input})") |> List.sort) (List.sort oracle.Asked)
            Law.equal "the limit" true (oracle.Most <= limit)
        ]
    |> Law.toProperty

[<Law>]
let ``the first failure is the result, and nothing new is asked after it`` (before: byte) (after: byte) =
    let before, after = int before % 8, int after % 8

    let oracle = Oracle(fun question _ -> Task.FromResult(if question.StartsWith "bad" then Error stop else Ok question))

    let asks name count = List.init count (fun number -> oracle.Ask $"{name}{number}")
    let calls = asks "good" before @ asks "bad" 1 @ asks "later" after
    let result = (calls |> Call.all |> Run.call "x").GetAwaiter().GetResult()

    Law.all [ Law.equal "the error" (Error stop) result; Law.equal "asked" (before + 1) oracle.Asked.Length ]
    |> Law.toProperty

[<Law>]
let ``of a race, the first answer wins, and the others are cancelled`` (losersBefore: byte) (losersAfter: byte) =
    let losersBefore, losersAfter = int losersBefore % 5, int losersAfter % 5

    let oracle =
        Oracle(fun question cancellationToken -> task {
            if question.StartsWith "loser" then do! Task.Delay(Timeout.Infinite, cancellationToken)

            return Ok question
        })

    let losers count = List.replicate count (oracle.Ask "loser")
    let race = Call.race (losers losersBefore @ [ oracle.Ask "winner" ] @ losers losersAfter)
    let result = (race |> Run.call "x").GetAwaiter().GetResult()

    Law.all [ Law.equal "the winner" (Ok "winner(x)") result; Law.equal "cancelled" losersBefore oracle.Cancelled ]
    |> Law.toProperty

[<Test>]
let ``a race that nobody wins ends in the first one's error`` () : Task = task {
    let error number = LlmError.InvalidRequest("test", string<int> number)
    let failing number = Call.ofFunction (fun (_: string) -> Llm.fail (error number): Llm<int>)
    let! lost = Call.race [ failing 1; failing 2 ] |> Run.call "x"
    let! empty = Call.race ([]: Call<string, int> list) |> Run.call "x"
    Expect.equal (Error(error 1)) lost
    Expect.equal (Error(LlmError.InvalidRequest("race", "there is nothing to race"))) empty
}

[<Test>]
let ``cancelling from outside cancels every branch, and is thrown`` () : Task = task {
    use source = new CancellationTokenSource()
    let mutable begun = 0

    let oracle =
        Oracle(fun question cancellationToken -> task {
            if Interlocked.Increment &begun = 3 then source.Cancel()
            do! Task.Delay(Timeout.Infinite, cancellationToken)
            return Ok question
        })

    do! Expect.cancelled (Expect.soon (List.replicate 3 (oracle.Ask "q") |> Call.all |> Call.run "x" source.Token))
    Expect.equal 3 oracle.Cancelled
}

[<Test>]
let ``an exception in a branch cancels the others, and is thrown as it was`` () : Task = task {
    let oracle =
        Oracle(fun question cancellationToken -> task {
            do! Task.Delay(Timeout.Infinite, cancellationToken)
            return Ok question
        })

    let bug =
        Call.ofFunction (fun (_: string) -> Llm.ofTask (fun _ -> Task.FromException<string>(InvalidOperationException "a bug")))

    try
        let! _ = Call.all [ oracle.Ask "q"; bug ] |> Run.call "x"
        Assert.Fail "it did not throw"
    with :? InvalidOperationException as failure ->
        Expect.equal ("a bug", 1) (failure.Message, oracle.Cancelled)
}

/// A server that answers each request after a tenth of a second, and calls of it over real HTTP.
let private overLoopback (work: Call<string, Response> -> Task<TimeSpan>) : Task<TimeSpan> = task {
    let answer =
        """{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"""

    use server =
        new TestServer(fun connection -> task {
            do! Task.Delay 100
            do! connection.Head(200, "application/json")
            do! connection.Send answer
            connection.Close()
        })

    let provider =
        Provider.create "local" server.Url (ChatCompletions.codec (ChatDialect.standard "local")) |> Provider.withoutKey

    let client = Client.standard |> Client.withProvider "local/" provider
    let call = Call.create (Model.parse "local/m" |> Model.withClient client) (fun (input: string) -> input)
    // The first call pays for what is compiled and set up once.
    let! _ = Run.call "warm" call
    return! work call
}

/// The quickest of three: a busy machine slows one, but makes none quicker.
let private timed (limit: int) (call: Call<string, Response>) : Task<TimeSpan> = task {
    let mutable quickest = TimeSpan.MaxValue

    for _ in 1..3 do
        let watch = Stopwatch.StartNew()
        let! answers = call |> Call.text |> Call.traverse limit |> Run.call (List.init 10 string)
        Expect.equal (Ok(List.replicate 10 "ok")) answers
        quickest <- min quickest watch.Elapsed

    return quickest
}

/// Ten calls of 100 ms one after the other would take a second. The figures are those of docs/chaining.md.
[<TestCase(10, 80, 200)>]
[<TestCase(2, 480, 700)>]
let ``branches overlap as far as the limit lets them`` (limit: int) (atLeast: int) (atMost: int) : Task = task {
    let! elapsed = overLoopback (timed limit)
    Assert.That(elapsed.TotalMilliseconds, Is.GreaterThan(float atLeast).And.LessThan(float atMost))
}

[<Test>]
let ``a limit beyond what a timer can wait is a limit all the same`` () : Task = task {
    let! timely = Call.succeed 1 |> Call.timeout (TimeSpan.FromDays 1000.0) |> Run.call "x"
    Expect.equal (Ok 1) timely

    let hanging =
        Call.ofFunction (fun (_: string) -> Llm.ofTask (fun cancellationToken -> task { return! Task.FromCanceled<int> cancellationToken }))

    use source = new CancellationTokenSource()
    source.Cancel()
    do! Expect.cancelled (hanging |> Call.timeout TimeSpan.MaxValue |> Call.run "x" source.Token)
}

[<Test>]
let ``a wait beyond what a timer can wait is waited for`` () : Task = task {
    let failing = Call.ofFunction (fun (_: string) -> Llm.fail (LlmError.Truncated "oracle"): Llm<int>)

    let patient =
        { RetryPolicy.standard with
            InitialDelay = TimeSpan.FromDays 300.0
            MaxDelay = TimeSpan.FromDays 400.0
        }

    use source = new CancellationTokenSource()
    let waiting = failing |> Call.retry patient |> Call.run "x" source.Token
    Assert.That(waiting.IsCompleted, Is.False)
    source.Cancel()
    do! Expect.cancelled waiting
}
