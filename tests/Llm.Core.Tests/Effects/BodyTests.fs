// Reading an answer's bytes: waits, limits, cancellation, breaks.
module Llm.Core.Tests.BodyTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private idle = TimeSpan.FromMinutes 5.0

let private bodyOver (clock: FakeTimeProvider) (stream: IO.Stream) =
    new Body(new TransportResponse(200, [], stream, null), "fake.test", idle, 10L, Waits.AtRest clock)

let private bodyOf (clock: FakeTimeProvider) (feed: Feed) = bodyOver clock feed

let private read (cancellationToken: CancellationToken) (body: Body) =
    body.ReadAsync(Memory(Array.zeroCreate<byte> 16), cancellationToken).AsTask()

[<Test>]
let ``nothing for the idle limit is a timeout`` () : Task = task {
    let clock = FakeTimeProvider()
    use body = bodyOf clock (new Feed())
    let reading = read CancellationToken.None body
    clock.Advance(idle - TimeSpan.FromTicks 1L)
    Assert.That(reading.IsCompleted, Is.False)
    clock.Advance(TimeSpan.FromTicks 1L)
    let! result = reading
    Expect.equal (Error(LlmError.Timeout(TimeoutCause.Idle idle))) result
}

[<Test>]
let ``each wait has the whole idle limit`` () : Task = task {
    let clock = FakeTimeProvider()
    let feed = new Feed()
    use body = bodyOf clock feed

    for _ in 1..5 do
        let reading = read CancellationToken.None body
        clock.Advance(idle - TimeSpan.FromTicks 1L)
        feed.Text "x"
        let! result = reading
        Expect.equal (Ok 1) result

    Expect.equal 0 clock.Waiting
}

[<Test>]
let ``time between two reads is the caller's and does not count`` () : Task = task {
    let clock = FakeTimeProvider()
    let feed = new Feed()
    use body = bodyOf clock feed
    feed.Text "x"
    let! _ = read CancellationToken.None body
    clock.Advance(idle + idle)
    feed.Text "y"
    let! result = read CancellationToken.None body
    Expect.equal (Ok 1) result
}

[<Test>]
let ``cancelling ends a read that waits`` () : Task = task {
    use source = new CancellationTokenSource()
    use body = bodyOf (FakeTimeProvider()) (new Feed())
    let reading = read source.Token body
    source.Cancel()
    do! Expect.cancelled reading
}

[<Test>]
let ``a token that was cancelled before reads nothing`` () : Task = task {
    let feed = new Feed()
    feed.Text "x"
    use body = bodyOf (FakeTimeProvider()) feed
    do! Expect.cancelled (task { return! body.ReadAsync(Memory(Array.zeroCreate<byte> 1), CancellationToken true) })
    let! result = read CancellationToken.None body
    Expect.equal (Ok 1) result
}

[<Test>]
let ``a token that is cancelled after its read does not end another's`` () : Task = task {
    use source = new CancellationTokenSource()
    let feed = new Feed()
    use body = bodyOf (FakeTimeProvider()) feed
    let first = read source.Token body
    feed.Text "x"
    let! _ = first
    source.Cancel()
    let second = read CancellationToken.None body
    feed.Text "y"
    let! result = second
    Expect.equal (Ok 1) result
}

[<Test>]
let ``an aborted read says that it was cancelled`` () : Task = task {
    use body = bodyOf (FakeTimeProvider()) (new Feed())
    let reading = read CancellationToken.None body
    body.Abort()
    let! result = reading
    Expect.equal (Error(LlmError.Cancelled "fake.test")) result
}

[<Test>]
let ``aborting what is disposed of does nothing`` () =
    let body = bodyOf (FakeTimeProvider()) (new Feed())
    (body :> IDisposable).Dispose()
    body.Abort()

[<Test>]
let ``a timer that comes after the end does nothing`` () =
    let clock = FakeTimeProvider()
    let body = bodyOf clock (new Feed())
    let reading = read CancellationToken.None body
    let timers = clock.Timers
    (body :> IDisposable).Dispose()
    timers |> List.iter (fun timer -> timer.Fire())
    Expect.equal false reading.IsFaulted

[<Test>]
let ``a broken connection is a connection error`` () : Task = task {
    let feed = new Feed()
    use body = bodyOf (FakeTimeProvider()) feed
    feed.Break()
    let! result = read CancellationToken.None body
    Expect.equal (Error(LlmError.Connection("fake.test", "The connection was reset."))) result
}

/// What decompression and foreign streams throw.
[<Test>]
let ``whatever a stream throws is a connection error`` () : Task = task {
    use stream =
        { new IO.MemoryStream() with
            override _.ReadAsync(_: Memory<byte>, _: CancellationToken) : ValueTask<int> = raise (IO.InvalidDataException "not gzip")
        }

    use body = bodyOver (FakeTimeProvider()) stream
    let! result = read CancellationToken.None body
    Expect.equal (Error(LlmError.Connection("fake.test", "not gzip"))) result
}

[<Test>]
let ``as many bytes as the limit are read and one more is too many`` () : Task = task {
    let readAll (text: string) = task {
        let feed = new Feed()
        feed.Text text
        feed.End()
        use body = bodyOf (FakeTimeProvider()) feed
        return! body.ReadToEndAsync CancellationToken.None
    }

    let! ten = readAll "0123456789"
    Expect.equal (Ok 10) (ten |> Result.map (fun bytes -> bytes.Length))
    let! eleven = readAll "0123456789a"
    Expect.equal (Error(LlmError.ResponseTooLarge 10L)) (eleven |> Result.map (fun bytes -> bytes.Length))
}

[<Test>]
let ``what came before a break is kept as evidence`` () : Task = task {
    let feed = new Feed()
    feed.Text "abc"
    feed.Break()
    use body = bodyOf (FakeTimeProvider()) feed
    let! struct (bytes, error) = body.ReadAllAsync CancellationToken.None
    Expect.equal "abc"B (bytes.ToArray())
    Expect.equal (ValueSome(LlmError.Connection("fake.test", "The connection was reset."))) error
}

[<Test>]
let ``a body that was gathered is closed, and no timer is left`` () : Task = task {
    let clock = FakeTimeProvider()
    let feed = new Feed()
    let reading = (bodyOf clock feed).ReadAllAsync CancellationToken.None
    feed.Text "abc"
    feed.Text "def"
    feed.End()
    let! struct (bytes, error) = reading
    Expect.equal "abcdef"B (bytes.ToArray())
    Expect.equal ValueNone error
    Assert.That(feed.Disposed.IsCompleted)
    Expect.equal [] (clock.Timers |> List.map _.Due)
}

[<Test>]
let ``a body whose reader had given up before is closed`` () : Task = task {
    let feed = new Feed()
    feed.Text "abc"
    let body = bodyOf (FakeTimeProvider()) feed
    do! Expect.cancelled (task { return! body.ReadAllAsync(CancellationToken true) })
    Assert.That(feed.Disposed.IsCompleted)
}

[<Test>]
let ``waits for bytes have their limit by the clock even where the headers had none`` () : Task = task {
    let clock = FakeTimeProvider()
    let waits = Waits.ForHeaders(clock, Timeout.InfiniteTimeSpan, CancellationToken.None)
    clock.Advance(TimeSpan.FromDays 365.0)
    Expect.equal false waits.IsOver
    waits.HeadersCame()
    use body = new Body(new TransportResponse(200, [], new Feed(), null), "fake.test", idle, 10L, waits)
    let reading = read CancellationToken.None body
    clock.Advance idle
    let! result = reading
    Expect.equal (Error(LlmError.Timeout(TimeoutCause.Idle idle))) result
}

[<Test>]
let ``whoever waited for the headers can no longer end the reading of the body`` () : Task = task {
    use source = new CancellationTokenSource()
    let feed = new Feed()
    let clock = FakeTimeProvider()
    let waits = Waits.ForHeaders(clock, TimeSpan.FromSeconds 1.0, source.Token)
    waits.HeadersCame()
    use body = new Body(new TransportResponse(200, [], feed, null), "fake.test", idle, 10L, waits)
    let reading = read CancellationToken.None body
    source.Cancel()
    clock.Advance(TimeSpan.FromSeconds 2.0)
    feed.Text "x"
    let! result = reading
    Expect.equal (Ok 1) result
}

/// A body whose next byte comes when the bell rings.
[<Sealed>]
type private RingingStream(bell: Bell<int>) =
    inherit ReadOnlyStream()
    override _.Read(_: byte[], _: int, _: int) : int = raise (NotSupportedException())
    override _.ReadAsync(_: Memory<byte>, _: CancellationToken) = bell.Wait()

[<Test>]
let ``a wait for bytes allocates nothing but what it says`` () =
    let bell = Bell<int>()
    let response = new TransportResponse(200, [], new RingingStream(bell), null)
    use body = new Body(response, "fake.test", idle, Int64.MaxValue, Waits.AtRest TimeProvider.System)

    let wait count =
        for _ in 1..count do
            let reading = body.ReadAsync(Memory.Empty, CancellationToken.None)
            bell.Ring 1
            if not (reading.GetAwaiter().GetResult().IsOk) then failwith "there is a byte"

    wait 10
    let before = GC.GetAllocatedBytesForCurrentThread()
    wait 1_000
    // The result of each is an object.
    Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan 50_000L)

[<Test>]
let ``a body that is closed while a read waits ends that read`` () : Task = task {
    let bell = Bell<int>()
    let response = new TransportResponse(200, [], new RingingStream(bell), null)
    let body = new Body(response, "fake.test", idle, Int64.MaxValue, Waits.AtRest TimeProvider.System)
    let reading = body.ReadAsync(Memory.Empty, CancellationToken.None).AsTask()
    (body :> IDisposable).Dispose()
    bell.Ring 0
    let! ended = reading
    Expect.equal true ended.IsError
    let! afterwards = body.ReadAsync(Memory.Empty, CancellationToken.None)
    Expect.equal true afterwards.IsError
}

[<Test>]
let ``a token that is cancelled after its body was closed disturbs nobody`` () : Task = task {
    let bell = Bell<int>()
    let response = new TransportResponse(200, [], new RingingStream(bell), null)
    let body = new Body(response, "fake.test", idle, Int64.MaxValue, Waits.AtRest TimeProvider.System)
    use source = new CancellationTokenSource()
    let reading = body.ReadAsync(Memory.Empty, source.Token).AsTask()
    (body :> IDisposable).Dispose()
    source.Cancel()
    bell.Ring 0
    do! Expect.cancelled reading
}
