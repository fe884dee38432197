// An asynchronous iterator that is its own promise: a wait allocates nothing, however many streams wait at once. The views of a stream are
// such iterators, here and in the C# facade; what they iterate over, this does not know.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Threading.Tasks
open System.Threading.Tasks.Sources

/// How far a step took an iterator.
[<RequireQualifiedAccess; Struct; NoComparison; NoEquality>]
type internal Moved =
    /// To an item.
    | ToItem
    /// To the end.
    | ToEnd
    /// To where nothing more has come.
    | ToWait of pending: ValueTask<bool>

/// One consumer, who asks for the next item when the last question was answered: what `await foreach` does.
[<AbstractClass>]
type internal WaitingIterator<'item>() =
    let mutable promise = ManualResetValueTaskSourceCore<bool>()
    let mutable pending = Unchecked.defaultof<ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter>
    let mutable resume: Action | null = null

    /// The item that the iterator was moved to.
    abstract Current: 'item

    /// Goes on as far as it can without waiting.
    abstract Move: unit -> Moved

    /// Goes on after a wait, which told whether there is more.
    abstract Waited: hasMore: bool -> Moved

    abstract DisposeAsync: unit -> ValueTask

    member private this.WaitFor(next: ValueTask<bool>) : Moved voption =
        pending <- next.ConfigureAwait(false).GetAwaiter()
        if pending.IsCompleted then ValueSome(this.Waited(pending.GetResult())) else ValueNone

    /// Waits as often as it must; answers the consumer, unless what it waits for has yet to come.
    member private this.Answer(first: Moved) : unit =
        let mutable moved = first
        let mutable isWaiting = false
        let mutable failure: exn | null = null

        try
            let mutable isGoing = true

            while isGoing do
                match moved with
                | Moved.ToItem
                | Moved.ToEnd -> isGoing <- false
                | Moved.ToWait next ->
                    match this.WaitFor next with
                    | ValueSome further -> moved <- further
                    | ValueNone ->
                        isWaiting <- true
                        isGoing <- false
        with error ->
            failure <- error

        // Outside of the try: the consumer runs in here.
        match failure with
        | null when isWaiting -> pending.UnsafeOnCompleted(nonNull resume)
        | null -> promise.SetResult moved.IsToItem
        | failure -> promise.SetException failure

    member private this.Resume() : unit =
        let mutable failure: exn | null = null
        let mutable moved = Moved.ToEnd

        try
            moved <- this.Waited(pending.GetResult())
        with error ->
            failure <- error

        match failure with
        | null -> this.Answer moved
        | failure -> promise.SetException failure

    interface IAsyncEnumerator<'item> with
        member this.Current = this.Current

        member this.MoveNextAsync() =
            try
                match this.Move() with
                | Moved.ToItem -> ValueTask<bool> true
                | Moved.ToEnd -> ValueTask<bool> false
                | Moved.ToWait _ as moved ->
                    promise.Reset()

                    if isNull resume then resume <- Action this.Resume

                    this.Answer moved
                    ValueTask<bool>(this, promise.Version)
            with failure ->
                ValueTask.FromException<bool> failure

        member this.DisposeAsync() = this.DisposeAsync()

    interface IValueTaskSource<bool> with
        member _.GetResult(token: int16) = promise.GetResult token
        member _.GetStatus(token: int16) = promise.GetStatus token
        member _.OnCompleted(continuation, state, token, flags) = promise.OnCompleted(continuation, state, token, flags)
