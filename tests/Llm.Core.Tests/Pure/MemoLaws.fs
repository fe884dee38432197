// Functions that remember: they give what the work would give anew, whatever was asked before.
module Llm.Core.Tests.MemoLaws

open System
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

/// Texts of which some are the same, and some share a place.
let private name (number: int) : string = string (abs (number % 40))

[<Law>]
let ``what is remembered is what the work gives`` (asked: (int * int) list) =
    let work first second = first + "/" + second
    let recent = Memo.recent work
    let latest = Memo.latest (fun first -> work first "")

    asked
    |> List.forall (fun (first, second) ->
        let first, second = name first, name second
        recent first second = work first second && latest first = work first "")

[<Test>]
let ``what was just asked is not worked out again`` () =
    let mutable worked = 0

    let counted first second =
        worked <- worked + 1
        first + second

    let recent = Memo.recent counted
    Assert.That([ for _ in 1..5 -> recent "a" "b" ], Is.All.EqualTo "ab")
    Assert.That(worked, Is.EqualTo 1)

[<Test>]
let ``work that fails is not remembered`` () =
    let mutable isBroken = true
    let recent = Memo.recent (fun first _ -> if isBroken then failwith "broken" else first)
    Assert.That(Action(fun () -> recent "a" "" |> ignore), Throws.Exception)
    isBroken <- false
    Assert.That(recent "a" "", Is.EqualTo "a")
