// An iterator that is its own promise: whatever it waits for, and however that comes, the items come in order, and a wait costs nothing.
module Llm.Core.Tests.WaitingIteratorTests

open System
open System.Collections.Generic
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

/// What one step of a script brings.
type Step =
    /// An item, without a wait.
    | Here
    /// A wait that is over already; with an item after it, or with nothing to show.
    | Arrived of shows: bool
    /// A wait that another thread ends.
    | Later of shows: bool
    /// Another thread ends the wait with an exception.
    | Breaks

let private later (work: unit -> bool) : ValueTask<bool> =
    ValueTask<bool>(
        task {
            do! Task.Yield()
            return work ()
        }
    )

/// Goes through a script; an item is the number of its step.
type private Scripted(script: Step list) =
    inherit WaitingIterator<int>()
    let mutable rest = script
    let mutable number = 0
    let mutable shows = false

    let take () =
        rest <- List.tail rest
        number <- number + 1

    let rec move () : Moved =
        match rest with
        | [] -> Moved.ToWait(ValueTask<bool> false)
        | step :: _ ->
            take ()

            match step with
            | Here -> Moved.ToItem
            | Arrived isShown ->
                shows <- isShown
                Moved.ToWait(ValueTask<bool> true)
            | Later isShown ->
                shows <- isShown
                Moved.ToWait(later (fun () -> true))
            | Breaks -> Moved.ToWait(later (fun () -> invalidOp $"broken at {number}"))

    override _.Current = number
    override _.Move() = move ()

    override _.Waited hasMore =
        if not hasMore then Moved.ToEnd
        elif shows then Moved.ToItem
        else move ()

    override _.DisposeAsync() = ValueTask()

let private readAll (script: Step list) : Task<int list * string> = task {
    let items = List<int>()
    let iterator = Scripted script :> IAsyncEnumerator<int>

    try
        let mutable isGoing = true

        while isGoing do
            let! hasItem = iterator.MoveNextAsync()

            if hasItem then items.Add iterator.Current

            isGoing <- hasItem

        return List.ofSeq items, "the end"
    with failure ->
        return List.ofSeq items, failure.Message
}

let private expected (script: Step list) : int list * string =
    let numbered = List.indexed script |> List.map (fun (index, step) -> index + 1, step)
    let whole = numbered |> List.takeWhile (fun (_, step) -> step <> Breaks)

    let items =
        whole
        |> List.choose (fun (number, step) ->
            match step with
            | Here
            | Arrived true
            | Later true -> Some number
            | Arrived false
            | Later false
            | Breaks -> None)

    items, (if whole.Length = script.Length then "the end" else $"broken at {whole.Length + 1}")

[<Law>]
let ``an iterator gives its items in order, whenever what it waits for comes`` (script: Step list) =
    (readAll script).GetAwaiter().GetResult() = expected script

[<Test>]
let ``waits that are over one after another do not pile up`` () : Task = task {
    let script = List.replicate 100_000 (Arrived false) @ [ Arrived true ]
    let! items = readAll script
    Expect.equal ([ 100_001 ], "the end") items
}

[<Sealed>]
type private Ringing(bell: Bell<bool>) =
    inherit WaitingIterator<int>()
    override _.Current = 0
    override _.Move() = Moved.ToWait(bell.Wait())
    override _.Waited _ = Moved.ToItem
    override _.DisposeAsync() = ValueTask()

[<Test>]
let ``a wait allocates nothing`` () =
    let bell = Bell<bool>()
    let iterator = Ringing bell :> IAsyncEnumerator<int>

    let read count =
        for _ in 1..count do
            let pending = iterator.MoveNextAsync()
            bell.Ring true
            if not (pending.GetAwaiter().GetResult()) then failwith "there is an item"

    read 10
    let before = GC.GetAllocatedBytesForCurrentThread()
    read 1_000
    Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan 1_000L)
