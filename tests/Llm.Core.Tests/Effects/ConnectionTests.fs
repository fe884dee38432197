// Over real sockets: the server sees that a connection is closed, whichever way the stream ends.
module Llm.Core.Tests.ConnectionTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

/// A model at a server that sends the first events and then does what is said, and a task that ends when the client has closed.
let private served (events: string list) (next: ServerConnection -> Task) : struct (Model * TestServer * Task) =
    let closed = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously

    let server =
        new TestServer(fun connection -> task {
            do! connection.Head(200, "text/event-stream")

            for event in events do
                do! connection.Event event

            do! next connection
            do! connection.ClosedByClient()
            closed.SetResult()
        })

    let provider = Fake.provider (Fake.codec Fake.hello) |> Provider.withBaseUrl server.Url
    let model = Model.parse "fake/one" |> Model.withClient (Fake.client provider HttpTransport.standard)
    struct (model, server, closed.Task)

let private silence (_: ServerConnection) : Task = Task.CompletedTask

let private start (model: Model) : Task<StreamResponse> = task {
    let! stream = model |> Model.stream Fake.question none
    return Fake.ok stream
}

let private readFirstText (stream: StreamResponse) : Task = task {
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal (Ok "Hel") enumerator.Current
}

[<Test>]
let ``cancelling a read closes the connection`` () : Task = task {
    let struct (model, server, closed) = served [ "0"; "1"; "2" ] silence
    use _ = server
    let! stream = start model
    do! readFirstText stream
    use source = new CancellationTokenSource()
    let reading = StreamResponse.finish source.Token stream
    source.Cancel()
    do! Expect.soon closed
    let! ending = reading
    Expect.equal true ending.IsCancelled
}

[<Test>]
let ``disposing while another task reads closes the connection`` () : Task = task {
    let struct (model, server, closed) = served [ "0"; "1"; "2" ] silence
    use _ = server
    let! stream = start model
    let reading = Task.Run<StreamEnd>(fun () -> StreamResponse.finish none stream)
    do! readFirstText stream
    do! Expect.soon (stream.DisposeAsync().AsTask())
    do! Expect.soon closed
    let! ending = reading
    Expect.equal true ending.IsCancelled
}

[<Test>]
let ``a complete stream closes the connection that the server keeps open`` () : Task = task {
    let struct (model, server, closed) = served [ "0"; "1"; "2"; "3"; "4"; "5"; "6"; "done" ] silence
    use _ = server
    let! stream = start model
    let! ending = StreamResponse.finish none stream
    Expect.equal true ending.IsComplete
    do! Expect.soon closed
}

[<Test>]
let ``an error event closes the connection`` () : Task = task {
    let struct (model, server, closed) = served [ "0"; "overloaded" ] silence
    use _ = server
    let! stream = start model
    let! ending = StreamResponse.finish none stream
    Expect.equal true ending.IsFailed
    do! Expect.soon closed
}

let private ends (connection: ServerConnection) : Task = task { connection.Close() }

[<Test>]
let ``a reset before the proof fails the stream`` () : Task = task {
    let hasRead = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously

    let resets (connection: ServerConnection) : Task = task {
        // A reset drops what was not read before it.
        do! hasRead.Task
        connection.Reset()
    }

    let struct (model, server, _) = served [ "0"; "1"; "2" ] resets
    use _ = server
    let! stream = start model
    do! readFirstText stream
    hasRead.SetResult()

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(partial, LlmError.Connection("127.0.0.1", _)) -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``an orderly end before the proof is a cut`` () : Task = task {
    let struct (model, server, _) = served [ "0"; "1"; "2" ] ends
    use _ = server
    let! stream = start model

    match! StreamResponse.finish none stream with
    | StreamEnd.Truncated partial -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``chunked bodies that end without their last chunk fail the stream before the proof`` () : Task = task {
    use server =
        new TestServer(fun connection -> task {
            do! connection.Send "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            do! connection.Send "9\r\ndata: 0\n\n\r\n"
            connection.Close()
        })

    let provider = Fake.provider (Fake.codec Fake.hello) |> Provider.withBaseUrl server.Url
    let! stream = Model.parse "fake/one" |> Model.withClient (Fake.client provider HttpTransport.standard) |> start

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(_, LlmError.Connection _) -> ()
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a refusal whose body never ends is given up at the idle limit, and its connection closed`` () : Task = task {
    let closed = TaskCompletionSource()

    use server =
        new TestServer(fun connection -> task {
            do! connection.Head(500, "text/plain")
            do! connection.Send "half"
            do! connection.ClosedByClient()
            closed.SetResult()
        })

    let clock = FakeTimeProvider()
    let provider = Fake.provider (Fake.codec Fake.hello) |> Provider.withBaseUrl server.Url
    let limits = { Timeouts.standard with FirstByte = Timeout.InfiniteTimeSpan }
    let client = { Fake.client provider HttpTransport.standard with TimeProvider = clock; Timeouts = limits }
    let calling = Model.parse "fake/one" |> Model.withClient client |> Model.call Fake.question none

    // Once for the wait before "half", should there be one, and once for the wait after it.
    while not calling.IsCompleted do
        clock.Advance limits.Idle
        do! Task.Delay 2

    do! Expect.soon closed.Task

    match! calling with
    | Error(LlmError.Api error) -> Expect.equal (Some 500) error.Status
    | other -> Assert.Fail $"%A{other}"
}
