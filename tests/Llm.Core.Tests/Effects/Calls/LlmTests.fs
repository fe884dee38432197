// The computation expression llm { }: what it binds, in which order, and that errors and resources are minded.
module Llm.Core.Tests.LlmTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private stop = LlmError.InvalidRequest("test", "stop")

let private resource (log: Collections.Generic.List<string>) (name: string) =
    { new IDisposable with
        member _.Dispose() = log.Add name
    }

[<Test>]
let ``calls, results, tasks, asyncs and functions of a token are bound`` () : Task = task {
    let oracle = Oracle(fun question -> $"[{question}]")
    let ask = oracle.Ask "q" |> Call.invoke

    let work = llm {
        let! called = ask "x"
        let! result = Ok 1
        let! task = Task.FromResult(Ok 2: Result<int, LlmError>)
        let! plainTask = Task.FromResult 3
        let! cancellable = fun (token: CancellationToken) -> Task.FromResult(Ok token.CanBeCanceled: Result<bool, LlmError>)
        let! plainAsync = async { return 4 }
        let! resultAsync = async { return (Ok 5: Result<int, LlmError>) }
        do! Task.CompletedTask
        return called, result, task, plainTask, cancellable, plainAsync, resultAsync
    }

    let! result = Run.work work
    Expect.equal (Ok("[q(x)]", 1, 2, 3, false, 4, 5)) result
}

[<Test>]
let ``an error ends it at once, and what is open is closed`` () : Task = task {
    let log = Collections.Generic.List<string>()

    let work = llm {
        use _ = resource log "outer"

        try
            use _ = resource log "inner"
            do! Error stop
            log.Add "never"
            return 1
        finally
            log.Add "finally"
    }

    let! result = Run.work work
    Expect.equal (Error stop) result
    Expect.equal [ "inner"; "finally"; "outer" ] (List.ofSeq log)
}

[<Test>]
let ``an exception of the caller's own comes to with, an error does not`` () : Task = task {
    let work (step: unit -> Llm<int>) = llm {
        try
            return! step ()
        with :? InvalidOperationException as failure ->
            return failure.Message.Length
    }

    let! caught = Run.work (work (fun () -> raise (InvalidOperationException "four")))
    let! passed = Run.work (work (fun () -> Llm.fail stop))
    Expect.equal (Ok 4, Error stop) (caught, passed)
}

[<Test>]
let ``loops, matches and conditions read as usual`` () : Task = task {
    let oracle = Oracle(fun question -> question.ToUpperInvariant())
    let ask = oracle.Ask "q" |> Call.invoke

    let work = llm {
        let mutable said = []

        for input in [ "a"; "b" ] do
            let! answer = ask input
            said <- answer :: said

        while said.Length < 3 do
            let! answer = ask "c"
            said <- answer :: said

        match! ask "d" with
        | "Q(D)" -> return! ask (String.concat "," said)
        | other -> return other
    }

    let! result = Run.work work
    Expect.equal (Ok "Q(Q(C),Q(B),Q(A))") result
    Expect.equal 5 oracle.Asked.Length
}

[<Test>]
let ``nothing runs before it is run, and all of it each time`` () : Task = task {
    let mutable runs = 0

    let work = llm {
        runs <- runs + 1
        return runs
    }

    Expect.equal 0 runs
    let! first = Run.work work
    let! second = Run.work work
    Expect.equal (Ok 1, Ok 2) (first, second)
}

let rec private down (number: int) : Llm<int> = llm { if number = 0 then return 0 else return! down (number - 1) }

let rec private deep (number: int) : Llm<int> = llm {
    if number = 0 then
        return 0
    else
        let! below = deep (number - 1)
        return below + 1
}

[<Test>]
let ``recursion and loops of any length keep to the stack`` () : Task = task {
    let looping = llm {
        let mutable sum = 0

        for _ in 1..100_000 do
            let! one = Ok 1
            sum <- sum + one

        return sum
    }

    let chain =
        List.replicate 20_000 (Call.identity |> Call.map ((+) 1)) |> List.reduce (fun first next -> Call.andThen next first)

    let! tail = Run.work (down 100_000)
    let! nested = Run.work (deep 100_000)
    let! looped = Run.work looping
    let! chained = Run.call 0 chain
    Expect.equal (Ok 0, Ok 100_000, Ok 100_000, Ok 20_000) (tail, nested, looped, chained)
}

[<Test>]
let ``and! runs at once`` () : Task = task {
    let bothThere = new TaskCompletionSource()
    let mutable there = 0

    let oracle =
        Oracle(fun question _ -> task {
            if Interlocked.Increment &there = 2 then bothThere.SetResult()
            do! bothThere.Task
            return Ok question
        })

    let work = llm {
        let! one = (oracle.Ask "one").Invoke "x"
        and! two = (oracle.Ask "two").Invoke "x"
        return one + two
    }

    let! result = Run.work work
    Expect.equal (Ok "one(x)two(x)") result
}

[<Test>]
let ``a branch of and! that fails cancels the others`` () : Task = task {
    let oracle =
        Oracle(fun question cancellationToken -> task {
            if question.StartsWith "bad" then
                return Error stop
            else
                do! Task.Delay(Timeout.Infinite, cancellationToken)
                return Ok question
        })

    let work = llm {
        let! one = (oracle.Ask "one").Invoke "x"
        and! two = (oracle.Ask "two").Invoke "x"
        and! bad = (oracle.Ask "bad").Invoke "x"
        return one + two + bad
    }

    let! result = Run.work work
    Expect.equal (Error stop, 2) (result, oracle.Cancelled)
}

[<Test>]
let ``cancelling is thrown, even where exceptions are caught`` () : Task = task {
    use source = new CancellationTokenSource()

    let oracle =
        Oracle(fun question cancellationToken -> task {
            source.Cancel()
            cancellationToken.ThrowIfCancellationRequested()
            return Ok question
        })

    let work = llm {
        try
            return! (oracle.Ask "one").Invoke "x"
        with _ ->
            return "swallowed"
    }

    do! Expect.cancelled (work |> Llm.run source.Token)
    Expect.equal 1 oracle.Cancelled
}
