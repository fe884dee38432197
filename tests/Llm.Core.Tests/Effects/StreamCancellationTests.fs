// Cancelling and disposing of a stream: it ends at once, keeps what came, and closes its connection.
module Llm.Core.Tests.StreamCancellationTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private isCancelledWith (text: string) (stream: StreamResponse) =
    match stream.End with
    | Some(StreamEnd.Cancelled partial) -> Expect.equal text (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"

/// A stream of which "Hel" has come.
let private begun () : Task<struct (StreamResponse * Feed)> = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    [ "0"; "1"; "2" ] |> List.iter feed.Event
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal (Ok "Hel") enumerator.Current
    return struct (stream, feed)
}

[<Test>]
let ``a token that was cancelled before sends nothing`` () : Task = task {
    let script = ScriptedTransport.create [ Fake.events Fake.hello ]
    do! Expect.cancelled (Fake.model Fake.hello script.Transport |> Model.stream Fake.question (CancellationToken true))
    Expect.equal 0 (script.Requests()).Length
}

[<Test>]
let ``cancelling while it connects cancels the call`` () : Task = task {
    use source = new CancellationTokenSource()

    let hanging =
        Transport.create (fun _ cancellationToken -> task {
            do! Task.Delay(Timeout.Infinite, cancellationToken)
            return Error(LlmError.Truncated "never")
        })

    let calling = Fake.model Fake.hello hanging |> Model.stream Fake.question source.Token
    source.Cancel()
    do! Expect.soon (Expect.cancelled calling)
}

/// An answer whose headers come just after something happened.
let private after (happening: unit -> unit) (feed: Feed) : Transport =
    Transport.create (fun _ _ ->
        happening ()
        Task.FromResult(Ok(new TransportResponse(200, [], feed, null))))

[<Test>]
let ``a token that is cancelled as the headers come cancels the call, and the answer is let go`` () : Task = task {
    use source = new CancellationTokenSource()
    let feed = new Feed()
    do! Expect.cancelled (Fake.model Fake.hello (after source.Cancel feed) |> Model.stream Fake.question source.Token)
    do! Expect.soon feed.Disposed
}

[<Test>]
let ``headers that come as their limit is over have come too late`` () : Task = task {
    let clock = FakeTimeProvider()
    let feed = new Feed()
    let model = Fake.model Fake.hello (after (fun () -> clock.Advance Timeouts.standard.FirstByte) feed)
    let! opened = { model with Client = { model.Client with TimeProvider = clock } } |> Model.stream Fake.question none

    match opened with
    | Error error -> Expect.equal (LlmError.Timeout(TimeoutCause.FirstByte Timeouts.standard.FirstByte)) error
    | Ok _ -> Assert.Fail "it was opened"

    do! Expect.soon feed.Disposed
}

[<Test>]
let ``cancelling during a read ends it, keeps what came and closes the connection`` () : Task = task {
    let! struct (stream, feed) = begun ()
    use source = new CancellationTokenSource()
    let reading = StreamResponse.text source.Token stream |> Items.texts
    do! Expect.soon (feed.WhenAwaited())
    source.Cancel()
    do! Expect.soon (Expect.cancelled reading)
    do! Expect.soon feed.Disposed
    isCancelledWith "Hel" stream
}

[<Test>]
let ``a token that is cancelled between two chunks counts before the next, though it has come`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    // Both deltas come in one read.
    feed.Text "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n"
    use source = new CancellationTokenSource()
    let enumerator = (StreamResponse.text source.Token stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal (Ok "Hel") enumerator.Current
    source.Cancel()
    do! Expect.cancelled (task { return! enumerator.MoveNextAsync() })
    do! Expect.soon feed.Disposed
    isCancelledWith "Hello" stream
}

[<Test>]
let ``the enumerator's token and the view's both count`` () : Task = task {
    for isViews in [ true; false ] do
        let! struct (stream, feed) = begun ()
        use source = new CancellationTokenSource()
        use other = new CancellationTokenSource()
        let ofView, ofEnumerator = if isViews then source.Token, other.Token else other.Token, source.Token
        use enumerator = (StreamResponse.chunks ofView stream).GetAsyncEnumerator ofEnumerator

        for _ in 1..3 do
            let! _ = Items.next enumerator
            ()

        let next = enumerator.MoveNextAsync().AsTask()
        source.Cancel()
        do! Expect.soon (Expect.cancelled next)
        do! Expect.soon feed.Disposed
}

[<Test>]
let ``another view sees that the stream was cancelled`` () : Task = task {
    let! struct (stream, feed) = begun ()
    use source = new CancellationTokenSource()
    let cancelled = StreamResponse.text source.Token stream |> Items.texts
    do! Expect.soon (feed.WhenAwaited())
    let other = StreamResponse.pretty none stream |> Items.texts
    source.Cancel()
    do! Expect.soon (Expect.cancelled cancelled)
    let! text, error = other
    Expect.equal ("Hel", Some(LlmError.Cancelled "fake")) (text, error)
}

[<Test>]
let ``a view that waits for another's read can be cancelled, which ends both`` () : Task = task {
    let! struct (stream, feed) = begun ()
    use source = new CancellationTokenSource()
    let reader = StreamResponse.text none stream |> Items.texts
    do! Expect.soon (feed.WhenAwaited())
    let waiter = StreamResponse.text source.Token stream |> Items.texts
    source.Cancel()
    do! Expect.soon (Expect.cancelled waiter)
    do! Expect.soon (reader :> Task)
    Expect.equal ("Hel", Some(LlmError.Cancelled "fake")) reader.Result
    do! Expect.soon feed.Disposed
}

[<Test>]
let ``finishing with a token that is cancelled gives what came`` () : Task = task {
    let! struct (stream, feed) = begun ()
    use source = new CancellationTokenSource()
    let finishing = StreamResponse.finish source.Token stream
    do! Expect.soon (feed.WhenAwaited())
    source.Cancel()

    match! finishing with
    | StreamEnd.Cancelled partial -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``an action that cancels its own reading gets what came`` () : Task = task {
    use source = new CancellationTokenSource()
    let! stream = Fake.wholeStream Fake.hello
    let mutable seen = ""

    let stopAtFirst text =
        seen <- seen + text
        source.Cancel()

    match! stream |> StreamResponse.iterText stopAtFirst source.Token with
    | StreamEnd.Cancelled partial -> Expect.equal ("Hel", "Hel") (seen, Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``disposing while another task reads does not wait for bytes`` () : Task = task {
    let! struct (stream, feed) = begun ()
    let reading = StreamResponse.text none stream |> Items.texts
    do! Expect.soon (feed.WhenAwaited())
    do! Expect.soon (stream.DisposeAsync().AsTask())
    do! Expect.soon feed.Disposed
    let! text, error = reading
    Expect.equal ("Hel", Some(LlmError.Cancelled "fake")) (text, error)
    isCancelledWith "Hel" stream
}

[<Test>]
let ``breaking off early and disposing closes the connection`` () : Task = task {
    let! struct (stream, feed) = begun ()
    do! Expect.soon (stream.DisposeAsync().AsTask())
    do! Expect.soon feed.Disposed
    isCancelledWith "Hel" stream
}

[<Test>]
let ``disposing twice, or at once from two tasks, is like once`` () : Task = task {
    let! struct (stream, feed) = begun ()
    let disposing = [ for _ in 1..4 -> Task.Run(fun () -> stream.DisposeAsync().AsTask()) ]
    do! Expect.soon (Task.WhenAll disposing)
    do! Expect.soon feed.Disposed
    isCancelledWith "Hel" stream
}

let private lazily (transport: Transport) = Fake.model Fake.hello transport |> Model.streamLazily Fake.question |> Fake.ok |> StreamResponse

[<Test>]
let ``disposing of a stream that connects ends the connecting`` () : Task = task {
    let connecting = TaskCompletionSource()

    let stream =
        lazily (
            Transport.create (fun _ cancellationToken -> task {
                connecting.SetResult()
                do! Task.Delay(Timeout.Infinite, cancellationToken)
                return Error(LlmError.Truncated "never")
            })
        )

    let finishing = StreamResponse.finish none stream
    do! Expect.soon connecting.Task
    do! Expect.soon (stream.DisposeAsync().AsTask())
    let! ending = finishing
    Expect.equal true ending.IsCancelled
}

[<Test>]
let ``a connection that is made while the stream is disposed of is closed without waiting for bytes`` () : Task = task {
    let connected = TaskCompletionSource<Result<TransportResponse, LlmError>>()
    let feed = new Feed()
    let stream = lazily (Transport.create (fun _ _ -> connected.Task))
    let finishing = StreamResponse.finish none stream
    let disposing = stream.DisposeAsync().AsTask()
    connected.SetResult(Ok(new TransportResponse(200, [], feed, null)))
    do! Expect.soon disposing
    do! Expect.soon feed.Disposed
    let! ending = finishing
    Expect.equal true ending.IsCancelled
}

[<Test>]
let ``a lazy stream that is refused fails`` () : Task = task {
    let stream = lazily (ScriptedTransport.create [ ScriptedTransport.refusal 429 "slow down" ]).Transport

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(_, LlmError.Api error) -> Expect.equal (Some 429) error.Status
    | other -> Assert.Fail $"%A{other}"
}
