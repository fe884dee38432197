// A clock that stands still until a test moves it.
namespace Llm.Core.Tests

open System
open System.Threading
open System.Threading.Tasks

/// A timer of the fake clock; due in ticks of that clock, or never.
[<Sealed>]
type internal FakeTimer(callback: TimerCallback, state: obj, now: unit -> int64, forget: FakeTimer -> unit) =
    let mutable due = Int64.MaxValue

    member _.Due = due

    member _.Fire() =
        due <- Int64.MaxValue
        callback.Invoke state

    interface ITimer with
        member _.Change(dueTime, _) =
            due <- if dueTime = Timeout.InfiniteTimeSpan then Int64.MaxValue else now () + dueTime.Ticks
            true

        member this.Dispose() = forget this

        member this.DisposeAsync() =
            forget this
            ValueTask()

/// A TimeProvider whose time passes only when it is told to.
[<Sealed>]
type FakeTimeProvider() =
    inherit TimeProvider()
    let timers = Collections.Concurrent.ConcurrentDictionary<FakeTimer, unit>()
    let mutable ticks = 0L
    let now () = Volatile.Read &ticks
    let start = DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)

    override _.TimestampFrequency = TimeSpan.TicksPerSecond
    override _.GetTimestamp() = now ()
    override _.GetUtcNow() = start.AddTicks(now ())

    override _.CreateTimer(callback, state, dueTime, period) =
        let timer = new FakeTimer(callback, state, now, (fun timer -> timers.TryRemove timer |> ignore))
        timers[timer] <- ()
        (timer :> ITimer).Change(dueTime, period) |> ignore
        timer

    /// All timers that were made and not disposed of.
    member internal _.Timers = List.ofSeq timers.Keys

    /// How many timers are set and not yet due.
    member _.Waiting = timers.Keys |> Seq.filter (fun timer -> timer.Due <> Int64.MaxValue) |> Seq.length

    /// Lets time pass, and fires what is due.
    member _.Advance(time: TimeSpan) : unit =
        Interlocked.Add(&ticks, time.Ticks) |> ignore

        for timer in List.ofSeq timers.Keys do
            if timer.Due <= now () then timer.Fire()

    /// Lets time pass once somebody waits for it.
    member this.AdvanceWhenAwaited(time: TimeSpan) : Task = task {
        while this.Waiting = 0 do
            do! Task.Yield()

        this.Advance time
    }
