// What a trace shows: every step in its place, with what went in and out, and how it ended.
module Llm.Core.Tests.TraceTests

open System
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private cent (_: Response) = Some(Money.usd 0.01m)

let private stop = LlmError.InvalidRequest("test", "stop")

/// Names and ends, as a text of one line.
let rec private outline (step: TraceStep) : string =
    let mark =
        match step.End with
        | StepEnd.Succeeded -> ""
        | StepEnd.Failed _ -> "!"
        | StepEnd.Threw _ -> "?"
        | StepEnd.Cancelled -> "~"

    let children = step.Children |> List.map outline |> String.concat " "
    if children = "" then step.Name + mark else $"{step.Name}{mark}({children})"

[<Test>]
let ``steps stand in their places, those of branches in the order of the branches`` () : Task = task {
    let first = new TaskCompletionSource()

    let oracle =
        Oracle(fun question _ -> task {
            // The first branch is the slower one.
            if question.StartsWith "a1" then do! first.Task
            if question.StartsWith "b2" then first.SetResult()
            return Ok question
        })

    let step name = oracle.Ask name |> Call.named name
    let branch name = step $"{name}1" |> Call.andThen (step $"{name}2")

    let chain =
        Call.both (branch "a") (branch "b" |> Call.named "b") |> Call.map fst |> Call.andThen (step "last") |> Call.named "all"

    let! traced = chain |> Call.trace cent "x" Run.none
    Expect.equal "all(a1 a2 b(b1 b2) last)" (outline traced.Trace)
    Expect.equal (Ok(Option.get traced.Trace.Output)) traced.Result
    Expect.equal ("x", "a1(x)") (traced.Trace.Input, Option.get traced.Trace.Children.Head.Output)
    Expect.equal (Some { Amount = 0.05m; Currency = "USD" }) (Trace.cost traced.Trace)
    Expect.equal 50L (Trace.usage traced.Trace).InputTokens
}

[<Test>]
let ``failed, cancelled and repeated steps show too`` () : Task = task {
    let mutable tries = 0

    let oracle =
        Oracle(fun question cancellationToken -> task {
            match question with
            | "flaky(x)" when Interlocked.Increment &tries = 1 -> return Error(LlmError.Truncated "oracle")
            | "bad(x)" -> return Error stop
            | "slow(x)" ->
                do! Task.Delay(Timeout.Infinite, cancellationToken)
                return Ok question
            | _ -> return Ok question
        })

    let step name = oracle.Ask name |> Call.named name
    let policy = { RetryPolicy.times 1 with InitialDelay = TimeSpan.Zero }
    let chain = step "flaky" |> Call.retry policy |> Call.bind (fun _ -> Call.all [ step "slow"; step "bad" ])
    let! traced = chain |> Call.trace cent "x" Run.none
    Expect.equal "chain!(flaky! flaky slow~ bad!)" (outline traced.Trace)
    Expect.equal (Error stop) traced.Result
}

[<Test>]
let ``a trace survives cancelling`` () : Task = task {
    use source = new CancellationTokenSource()

    let oracle =
        Oracle(fun question cancellationToken -> task {
            if question.StartsWith "second" then source.Cancel()
            cancellationToken.ThrowIfCancellationRequested()
            return Ok question
        })

    let chain = oracle.Ask "first" |> Call.bind (fun _ -> oracle.Ask "second")
    let! traced = chain |> Call.trace cent "x" source.Token
    Expect.equal (Error(LlmError.Cancelled "chain")) traced.Result
    Expect.equal "chain~(oracle/one oracle/one~)" (outline traced.Trace)
}

[<Test>]
let ``the tree is for people, with times by the clock that it was given`` () : Task = task {
    let clock = FakeTimeProvider()

    let oracle =
        Oracle(fun question _ -> task {
            clock.Advance(TimeSpan.FromMilliseconds 250.0)
            return Ok $"on\n{question}"
        })

    let step name = oracle.Ask name |> Call.named name
    let chain = step "one" |> Call.andThen (step "two") |> Call.named "both" |> Call.withTimeProvider clock
    let! traced = chain |> Call.trace cent "x" Run.none

    let expected =
        [
            "both · 500 ms"
            "    in:  x"
            "    out: on two(on one(x))"
            "  one · oracle/one · 250 ms · 10 in, 9 out · USD 0.01"
            "      in:  x"
            "      out: on one(x)"
            "  two · oracle/one · 250 ms · 10 in, 17 out · USD 0.01"
            "      in:  on one(x)"
            "      out: on two(on one(x))"
        ]

    Expect.equal (String.concat "\n" expected) (Trace.render traced.Trace)
    Expect.equal (traced.Trace.Start + TimeSpan.FromMilliseconds 500.0) traced.Trace.EndTime

    use document = JsonDocument.Parse(Trace.toJson traced.Trace)
    let two = document.RootElement.GetProperty("steps")[1]
    Expect.equal "two" (two.GetProperty("name").GetString())
    Expect.equal 17L (two.GetProperty("usage").GetProperty("output_tokens").GetInt64())
    Expect.equal 0.01m (two.GetProperty("cost").GetProperty("amount").GetDecimal())
    Expect.equal "2026-01-01T00:00:00.2500000+00:00" (two.GetProperty("start").GetString())
}

[<Test>]
let ``no key shows in a trace, though a provider echoes it`` () : Task = task {
    let refusing = (ScriptedTransport.create [ ScriptedTransport.refusal 401 $"wrong key {Fake.key}" ]).Transport
    let call = Call.create (Fake.model Fake.hello refusing) (fun (text: string) -> text)
    let! traced = call |> Call.trace cent "x" Run.none
    let shown = Trace.render traced.Trace + Trace.toJson traced.Trace + $"%A{traced.Trace}"
    Expect.equal (true, false) (Result.isError traced.Result, shown.Contains Fake.key)
}

type private Login = { name: string; key: Secret }

[<Test>]
let ``a key that is part of an input does not show`` () : Task = task {
    let oracle = Oracle(fun question -> question)
    let call = Call.create oracle.Model (fun (login: Login) -> login.name)
    let input = { name = "me"; key = Secret.create Fake.key }
    let! alone = call |> Call.trace cent input Run.none

    let! grouped =
        call
        |> Call.map (fun _ -> [ input ])
        |> Call.andThen Call.identity
        |> Call.named "group"
        |> Call.trace cent input Run.none

    let shown = Trace.toJson alone.Trace + Trace.toJson grouped.Trace
    Expect.equal false (shown.Contains Fake.key)
}

[<Test>]
let ``a sum of costs is not known when one of them is not`` () : Task = task {
    let oracle = Oracle(fun question -> question)
    let priced (response: Response) = if Response.text response = "one(x)" then Some(Money.usd 1m) else None
    let! traced = Call.all [ oracle.Ask "one"; oracle.Ask "two" ] |> Call.trace priced "x" Run.none
    Expect.equal None (Trace.cost traced.Trace)
}
