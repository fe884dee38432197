// Calls one by one: what they send, whom they ask, how they are tried again, timed and streamed.
module Llm.Core.Tests.CallTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

type Mood =
    | Good
    | Bad

let private busy (retryAfter: TimeSpan option) = LlmError.RateLimit { Fake.apiError 429 "slow down" with RetryAfter = retryAfter }

/// Fails so often, then answers.
let private failing (times: int) (error: LlmError) =
    let mutable left = times

    Oracle(fun question _ ->
        if Interlocked.Decrement &left >= 0 then
            Task.FromResult(Error error)
        else
            Task.FromResult(Ok question))

let private echo () = Oracle(fun question -> question)

[<Test>]
let ``the messages of a call can be seen without a call`` () : Task = task {
    let oracle = echo ()
    let recommend = Call.create oracle.Model (fun genre -> $"A book in {genre}.")
    let expected: Result<Message list, LlmError> = Ok [ Message.user "A book in fantasy." ]

    for call in
        [
            recommend |> Call.text
            recommend |> Call.text |> Call.andThen (oracle.Ask "q")
            recommend |> Call.text |> Call.named "x"
        ] do
        Expect.equal expected (call |> Call.messages "fantasy")

    Expect.equal true (Call.all [ recommend ] |> Call.messages "fantasy" |> Result.isError)
    Expect.equal [] oracle.Asked
}

[<Test>]
let ``the outermost model and parameters count, for every call of a chain`` () : Task = task {
    let oracle = echo ()
    let first = oracle.Ask "1" |> Call.withModel (oracle.Named "inner")
    let chain = first |> Call.bind (fun _ -> oracle.Ask "2")
    let! _ = chain |> Run.call "x"
    let! _ = chain |> Call.withModel (oracle.Named "middle") |> Call.withModel (oracle.Named "outer") |> Run.call "x"
    Expect.equal [ "inner"; "one"; "outer"; "outer" ] oracle.Models

    let parameters = { Params.none with MaxTokens = Some 3 }
    let! response = Call.create oracle.Model (fun (text: string) -> text) |> Call.withParams parameters |> Run.call "x"
    Expect.equal parameters (Fake.ok response).Params
}

[<Test>]
let ``another model keeps the tools and the format of a call, and only its answer has them`` () : Task = task {
    let oracle = Oracle(fun question -> if question = "first" then "free text" else """{"output": 3}""")
    let tools = { ToolRequest.none with Provided = [ ProviderTool.WebSearch ] }
    let mutable formats = []
    let note (response: Response) = formats <- (response.Format.IsSome, response.Tools = tools) :: formats
    let first = Call.create oracle.Model (fun () -> "first") |> Call.tap note |> Call.text
    let second = Call.create oracle.Model (fun (text: string) -> text) |> Call.tap note

    let chain =
        first
        |> Call.andThen second
        |> Call.withTools tools
        |> Call.withFormat (Format.ofType<int>())
        |> Call.withModel (oracle.Named "other")

    let! answer = Run.call () chain
    Expect.equal 3 (Fake.ok answer).Value
    Expect.equal [ (true, true); (false, false) ] formats
    Expect.equal [ "other"; "other" ] oracle.Models
}

[<Test>]
let ``a prompt may choose tools and parameters, and what it is made of stays visible`` () : Task = task {
    let oracle = Oracle(fun question -> if question.StartsWith "classify" then "good" else "thanks")
    let classify = oracle.Ask "classify" |> Call.named "classify"

    let respond =
        Call.computed oracle.Model (fun review -> llm {
            let! mood = classify.Invoke review

            return
                Prompt.user $"{mood}: {review}"
                |> Prompt.withField "mood" mood
                |> Prompt.withMetadata "version" "1"
                |> Prompt.withMetadata "author" "Ada"
                |> Prompt.withMetadata "version" "2"
                |> Prompt.withParams { Params.none with MaxTokens = Some 5 }
        })

    let! traced = respond |> Call.trace (fun _ -> None: Money<usd> option) "nice" Run.none
    let response = Fake.ok traced.Result
    Expect.equal [ "mood", "good" ] response.Fields
    Expect.equal [ "version", "2"; "author", "Ada" ] response.Metadata
    Expect.equal (Some 5) response.Params.MaxTokens
    Expect.equal [ "classify(nice)"; "good: nice" ] oracle.Asked
    Expect.equal [ "classify" ] (traced.Trace.Children |> List.map _.Name)
    Expect.equal [ "mood", "good" ] traced.Trace.Fields
}

[<Test>]
let ``a text that is no value is asked for again, then is an error with the text`` () : Task = task {
    let mutable answers = [ "nonsense"; "nonsense"; "\"Good\"" ]

    let oracle =
        Oracle(fun _ ->
            let said = List.head answers
            answers <- List.tail answers
            said)

    let mood =
        Format.parser "mood" "Say Good or Bad." (fun text -> if text.Contains "Good" then Ok Good else Error $"'{text}' is no mood")

    let classify = Call.create oracle.Model (fun (text: string) -> text)
    let! answer = classify |> Call.withFormatRetrying 2 mood |> Call.value |> Run.call "x"
    Expect.equal (Ok Good) answer

    Expect.equal
        [
            "x"
            Format.retryMessage (ParseProblem.Refused "'nonsense' is no mood")
            Format.retryMessage (ParseProblem.Refused "'nonsense' is no mood")
        ]
        oracle.Asked

    answers <- [ "nonsense" ]
    let! refused = classify |> Call.withFormat mood |> Run.call "x"

    match refused with
    | Error(LlmError.Unparsable(problem, _, text)) -> Expect.equal ("'nonsense' is no mood", "nonsense") (problem, text)
    | other -> Assert.Fail $"%A{other |> Result.map _.Value}"
}

[<Test>]
let ``refining ends when it is good, and at its limit`` () : Task = task {
    let oracle = Oracle(fun question -> question.Replace("q(", "").Replace(")", "") + "!")
    let refine limit isGood = oracle.Ask "q" |> Call.iterate limit isGood |> Run.call "x"
    let! good = refine 5 (fun text -> text.Length = 3)
    let! limited = refine 4 (fun _ -> false)
    let! none = refine 0 (fun _ -> true)
    Expect.equal (Ok "x!!", Ok "x!!!!", Ok "x") (good, limited, none)
}

[<Law>]
let ``a call is tried as often as the policy says, and no more`` (failures: byte) (retries: byte) =
    let failures, retries = int failures % 6, int retries % 6
    let oracle = failing failures (busy None)
    let policy = { RetryPolicy.times retries with InitialDelay = TimeSpan.Zero }
    let result = (oracle.Ask "q" |> Call.retry policy |> Run.call "x").GetAwaiter().GetResult()

    Law.all
        [
            Law.equal "tries" (1 + min failures retries) oracle.Asked.Length
            Law.equal "result" (if failures > retries then Error(busy None) else Ok "q(x)") result
        ]
    |> Law.toProperty

[<Test>]
let ``an error that no retry mends is not tried again`` () : Task = task {
    let oracle = failing 1 (LlmError.Authentication(Fake.apiError 401 "no"))
    let! result = oracle.Ask "q" |> Call.retry (RetryPolicy.times 3) |> Run.call "x"
    Expect.equal (true, 1) (Result.isError result, oracle.Asked.Length)
}

[<Test>]
let ``a retry waits as long as the provider asks, by the clock that it was given`` () : Task = task {
    let clock = FakeTimeProvider()
    let oracle = failing 1 (busy (Some(TimeSpan.FromSeconds 7.0)))
    let running = oracle.Ask "q" |> Call.retry (RetryPolicy.times 1) |> Call.withTimeProvider clock |> Call.run "x" Run.none
    do! Expect.soon (clock.AdvanceWhenAwaited(TimeSpan.FromSeconds 6.9))
    Expect.equal (false, 1) (running.IsCompleted, oracle.Asked.Length)
    clock.Advance(TimeSpan.FromSeconds 0.2)
    do! Expect.soon running
    Expect.equal (Ok "q(x)", 2) (running.Result, oracle.Asked.Length)
}

[<Test>]
let ``a call that takes too long is cancelled, and is a timeout, by the clock that it was given`` () : Task = task {
    let clock = FakeTimeProvider()
    let cancelled = new TaskCompletionSource()

    let oracle =
        Oracle(fun question cancellationToken -> task {
            use _ = cancellationToken.Register(fun () -> cancelled.TrySetResult() |> ignore)
            do! Task.Delay(Timeout.Infinite, cancellationToken)
            return Ok question
        })

    let limit = TimeSpan.FromSeconds 3.0
    let running = oracle.Ask "q" |> Call.timeout limit |> Call.withTimeProvider clock |> Call.run "x" Run.none
    do! Expect.soon (clock.AdvanceWhenAwaited(TimeSpan.FromSeconds 2.9))
    Expect.equal false running.IsCompleted
    clock.Advance(TimeSpan.FromSeconds 0.2)
    do! Expect.soon running
    Expect.equal (Error(LlmError.Timeout(TimeoutCause.Call limit))) running.Result
    // It is not waited for, but it is cancelled.
    do! Expect.soon cancelled.Task
}

[<Test>]
let ``other models are asked in turn when one fails, and not for what none can mend`` () : Task = task {
    let oracle = failing 2 (busy None)
    let call = oracle.Ask "q" |> Call.fallback [ oracle.Named "two"; oracle.Named "three"; oracle.Named "four" ]
    let! answer = Run.call "x" call
    Expect.equal (Ok "q(x)", [ "one"; "two"; "three" ]) (answer, oracle.Models)

    let refused = LlmError.BadRequest(Fake.apiError 400 "no")
    let oracle = failing 1 refused
    let! answer = oracle.Ask "q" |> Call.fallback [ oracle.Named "two" ] |> Run.call "x"
    Expect.equal (Error refused, [ "one" ]) (answer, oracle.Models)
}

[<Test>]
let ``a chain streams what its last call answers, and what no model gives is not streamed`` () : Task = task {
    let oracle = echo ()
    let last = Call.create oracle.Model (fun (text: string) -> $"last({text})")
    let chain = oracle.Ask "first" |> Call.andThen last |> Call.timeout (TimeSpan.FromMinutes 1.0)

    match! chain |> Call.stream "x" Run.none with
    | Error error -> Assert.Fail(LlmError.render error)
    | Ok stream ->
        use stream = stream
        let! response = stream |> StreamResponse.response Run.none
        Expect.equal "last(first(x))" (response |> Fake.ok |> Response.text)

    let! refused = oracle.Ask "q" |> Call.stream "x" Run.none
    Expect.equal true (Result.isError refused)
}

[<Test>]
let ``tools are run until the model answers`` () : Task = task {
    let toolkit =
        Toolkit.create [ Tool.create "add" "Adds." (fun (numbers: {| a: int; b: int |}) -> string (numbers.a + numbers.b)) ]
        |> Fake.ok

    let oracle = echo ()
    let! ended = Call.create oracle.Model (fun (text: string) -> text) |> Call.withToolkit 3 () toolkit |> Run.call "hello"

    match ended with
    | Ok { End = ToolLoopEnd.Answered; Response = response } ->
        Expect.equal "hello" (Response.text response)
        Expect.equal [ "add" ] (response.Tools.Definitions |> List.map _.Name)
    | other -> Assert.Fail $"%A{other}"
}
