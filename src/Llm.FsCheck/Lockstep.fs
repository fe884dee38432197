// Two threads that go in step, so that a race between them has every chance to show.
namespace Llm.FsCheck

open System.Threading

/// <summary>Running two works at once, round by round.</summary>
[<RequireQualifiedAccess>]
module Lockstep =
    let private attempt (work: int -> 'result) (round: int) : Result<'result, string> =
        try
            Ok(work round)
        with failure ->
            Error failure.Message

    /// <summary>The results of each work in each round; neither begins a round before the other has come to it.</summary>
    /// <example><c>Lockstep.run 2 id (fun round -> round + 10)</c> evaluates to <c>[| Ok 0; Ok 1 |], [| Ok 10; Ok 11 |]</c>.</example>
    let run (rounds: int) (one: int -> 'result) (other: int -> 'result) : Result<'result, string> array * Result<'result, string> array =
        let arrived = [| -1; -1 |]

        let go (mine: int) (work: int -> 'result) (results: Result<'result, string> array) =
            for round in 0 .. rounds - 1 do
                Volatile.Write(&arrived[mine], round)
                let mutable waited = 0

                // Spinning keeps the threads in step; yielding helps where there is one processor only.
                while Volatile.Read(&arrived[1 - mine]) < round do
                    waited <- waited + 1
                    if waited > 2000 then Thread.Yield() |> ignore

                results[round] <- attempt work round

        let results () = Array.create rounds (Error "it did not run")
        let firsts, seconds = results (), results ()
        let thread = Thread((fun () -> go 1 other seconds), IsBackground = true)
        thread.Start()
        go 0 one firsts
        thread.Join()
        firsts, seconds
