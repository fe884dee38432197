// Connecting, sending, and giving up.
module Llm.Core.Tests.TransportTests

open System
open System.Net
open System.Net.Http
open System.Net.Sockets
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private limit = TimeSpan.FromSeconds 30.0

let private request (url: string) : TransportRequest =
    {
        Method = "POST"
        Url = url
        Headers = [ "x-public", "yes" ]
        SecretHeaders = [ "Authorization", Secret.create "Bearer sk-1" ]
        Body = RequestBody.ofText "{}"
        Stream = true
        ConnectTimeout = limit
    }

let private hanging: Transport =
    Transport.create (fun _ cancellationToken -> task {
        do! Task.Delay(Timeout.Infinite, cancellationToken)
        return Error(LlmError.Truncated "never")
    })

let private send url (transport: Transport) = transport.Send (request url) CancellationToken.None

let private errorOf (sending: Task<Result<TransportResponse, LlmError>>) : Task<LlmError> = task {
    match! sending with
    | Ok _ -> return failwith "it was sent"
    | Error error -> return error
}

[<Test>]
let ``no headers within the limit are a first-byte timeout`` () : Task = task {
    let clock = FakeTimeProvider()
    let sending = hanging |> Transport.withFirstByteTimeout clock limit |> send "http://fake.test"
    clock.Advance(limit - TimeSpan.FromTicks 1L)
    Assert.That(sending.IsCompleted, Is.False)
    clock.Advance(TimeSpan.FromTicks 1L)
    let! error = errorOf sending
    Expect.equal (LlmError.Timeout(TimeoutCause.FirstByte limit)) error
}

[<Test>]
let ``an infinite limit never fires`` () : Task = task {
    let clock = FakeTimeProvider()
    use source = new CancellationTokenSource()
    let patient = hanging |> Transport.withFirstByteTimeout clock Timeout.InfiniteTimeSpan
    let sending = patient.Send (request "http://fake.test") source.Token
    clock.Advance(TimeSpan.FromDays 365.0)
    Assert.That(sending.IsCompleted, Is.False)
    source.Cancel()
    do! Expect.cancelled sending
}

[<Test>]
let ``cancelling while it waits for headers is no timeout`` () : Task = task {
    use source = new CancellationTokenSource()

    let transport = hanging |> Transport.withFirstByteTimeout (FakeTimeProvider()) limit
    let sending = transport.Send (request "http://fake.test") source.Token
    source.Cancel()
    do! Expect.cancelled sending
}

[<Test>]
let ``an answer stops the first-byte timer`` () : Task = task {
    let clock = FakeTimeProvider()
    use feed = new Feed()
    let! sent = Feed.answering 200 feed |> Transport.withFirstByteTimeout clock limit |> send "http://fake.test"
    Expect.equal 200 (Fake.ok sent).Status
    Expect.equal 0 clock.Waiting
}

/// A listener whose backlog is full and that accepts nobody: one more connection waits for ever. (Other systems refuse it.)
let private fullListener () =
    let listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    listener.Bind(IPEndPoint(IPAddress.Loopback, 0))
    listener.Listen 1
    let port = (listener.LocalEndPoint :?> IPEndPoint).Port

    let fillers =
        [
            for _ in 1..4 do
                let socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                socket.Blocking <- false

                try
                    socket.Connect(IPAddress.Loopback, port)
                with :? SocketException ->
                    ()

                socket :> IDisposable
        ]

    struct ($"http://127.0.0.1:{port}", (listener :> IDisposable) :: fillers)

[<Test; Platform "Linux">]
let ``no connection within the limit is a connect timeout`` () : Task = task {
    let clock = FakeTimeProvider()
    let struct (url, sockets) = fullListener ()

    try
        let sending = HttpTransport.create clock |> send url
        do! Expect.soon (clock.AdvanceWhenAwaited limit)
        let! error = errorOf sending
        Expect.equal (LlmError.Timeout(TimeoutCause.Connect limit)) error
    finally
        sockets |> List.iter (fun socket -> socket.Dispose())
}

[<Test; Platform "Linux">]
let ``no connection within the limit that the framework keeps is the same timeout`` () : Task = task {
    let soon = TimeSpan.FromMilliseconds 50.0
    let struct (url, sockets) = fullListener ()

    try
        let sending =
            (HttpTransport.connecting soon TimeProvider.System).Send { request url with ConnectTimeout = soon } CancellationToken.None

        let! error = errorOf sending
        Expect.equal (LlmError.Timeout(TimeoutCause.Connect soon)) error
    finally
        sockets |> List.iter (fun socket -> socket.Dispose())
}

[<Test; Platform "Linux">]
let ``another limit than the one that the framework keeps is kept too`` () : Task = task {
    let soon = TimeSpan.FromMilliseconds 50.0
    let struct (url, sockets) = fullListener ()

    try
        let sending =
            (HttpTransport.create TimeProvider.System).Send { request url with ConnectTimeout = soon } CancellationToken.None

        let! error = errorOf sending
        Expect.equal (LlmError.Timeout(TimeoutCause.Connect soon)) error
    finally
        sockets |> List.iter (fun socket -> socket.Dispose())
}

[<Test; Platform "Linux">]
let ``cancelling while the framework connects ends at once`` () : Task = task {
    let struct (url, sockets) = fullListener ()
    use source = new CancellationTokenSource(TimeSpan.FromMilliseconds 50.0)

    try
        let asked = { request url with ConnectTimeout = Timeouts.standard.Connect }
        do! Expect.soon (Expect.cancelled ((HttpTransport.create TimeProvider.System).Send asked source.Token))
    finally
        sockets |> List.iter (fun socket -> socket.Dispose())
}

[<Test; Platform "Linux">]
let ``cancelling while it connects ends at once`` () : Task = task {
    let struct (url, sockets) = fullListener ()
    use source = new CancellationTokenSource()
    let clock = FakeTimeProvider()

    try
        let sending = (HttpTransport.create clock).Send (request url) source.Token

        while clock.Waiting = 0 do
            do! Task.Yield()

        source.Cancel()
        do! Expect.soon (Expect.cancelled sending)
    finally
        sockets |> List.iter (fun socket -> socket.Dispose())
}

[<Test>]
let ``a refused connection is a connection error that names the host`` () : Task = task {
    let port =
        use probe = new TcpListener(IPAddress.Loopback, 0)
        probe.Start()
        (probe.LocalEndpoint :?> IPEndPoint).Port

    let! error = HttpTransport.standard |> send $"http://127.0.0.1:{port}" |> errorOf

    match error with
    | LlmError.Connection("127.0.0.1", _) -> ()
    | other -> Assert.Fail $"%A{other}"
}

[<TestCase("nonsense")>]
[<TestCase("http://[")>]
[<TestCase("gopher://host/")>]
let ``an address that is none is an invalid request`` (url: string) : Task = task {
    let! error = HttpTransport.standard |> send url |> errorOf

    match error with
    | LlmError.InvalidRequest("url", _) -> ()
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``headers, secrets and body get there`` () : Task = task {
    let seen = TaskCompletionSource<string>()

    use server =
        new TestServer(fun connection -> task {
            do! connection.Head(418, "text/plain")
            connection.Close()
            seen.SetResult connection.Request
        })

    let! sent = HttpTransport.standard |> send server.Url
    use response = Fake.ok sent
    Expect.equal 418 response.Status
    Expect.equal (Some "text/plain") (Headers.tryFind "content-type" response.Headers)

    let! text = seen.Task
    let lines = text.Split "\r\n" |> Set.ofArray
    Assert.That(lines, Does.Contain "x-public: yes")
    Assert.That(lines, Does.Contain "Authorization: Bearer sk-1")
    Assert.That(lines, Does.Contain "Content-Type: application/json")
    Assert.That(text, Does.EndWith "\r\n\r\n{}")
}

[<Test>]
let ``a content type of one's own replaces the usual one`` () : Task = task {
    let seen = TaskCompletionSource<string>()

    use server =
        new TestServer(fun connection -> task {
            do! connection.Head(200, "text/plain")
            connection.Close()
            seen.SetResult connection.Request
        })

    let own = { request server.Url with Headers = [ "Content-Type", "application/x-own" ] }
    let! sent = HttpTransport.standard.Send own CancellationToken.None
    (Fake.ok sent :> IDisposable).Dispose()
    let! text = seen.Task

    let types = text.Split "\r\n" |> Array.filter (fun line -> line.StartsWith "Content-Type")
    Expect.equal [| "Content-Type: application/x-own" |] types
}

/// A user's handler, with its client.
type private Handler(answer: CancellationToken -> Task<HttpResponseMessage>) =
    inherit HttpMessageHandler()
    override _.SendAsync(_, cancellationToken) = answer cancellationToken

let private answering (body: HttpContent) =
    new HttpClient(new Handler(fun _ -> Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK, Content = body))))

[<Test>]
let ``a user's client is used`` () : Task = task {
    let! sent = HttpTransport.ofClient (answering (new StringContent "mine")) |> send "http://fake.test"
    use response = Fake.ok sent
    use reader = new IO.StreamReader(response.Body, Encoding.UTF8)
    Expect.equal "mine" (reader.ReadToEnd())
}

[<Test>]
let ``a factory is asked once for each request`` () : Task = task {
    let mutable asked = 0

    let factory () =
        asked <- asked + 1
        answering (new StringContent "mine")

    let transport = HttpTransport.ofFactory factory
    let! first = transport |> send "http://fake.test"
    let! second = transport |> send "http://fake.test"
    (Fake.ok first :> IDisposable).Dispose()
    (Fake.ok second :> IDisposable).Dispose()
    Expect.equal 2 asked
}

[<Test>]
let ``the timeout of a user's client is a timeout and no cancellation`` () : Task = task {
    let limit = TimeSpan.FromMilliseconds 20.0

    let hangs (cancellationToken: CancellationToken) = task {
        do! Task.Delay(Timeout.Infinite, cancellationToken)
        return new HttpResponseMessage()
    }

    let mutable asked = 0

    let factory () =
        asked <- asked + 1
        new HttpClient(new Handler(hangs), Timeout = limit)

    let! error = HttpTransport.ofFactory factory |> send "http://fake.test" |> errorOf
    Expect.equal (LlmError.Timeout(TimeoutCause.FirstByte limit)) error
    Expect.equal 1 asked
}

/// Content that cannot be read, and tells when it is closed.
type private Unreadable(closed: TaskCompletionSource) =
    inherit HttpContent()
    override _.CreateContentReadStreamAsync() : Task<IO.Stream> = raise (IO.IOException "unreadable")
    override _.SerializeToStreamAsync(_, _) = raise (IO.IOException "unreadable")

    override _.TryComputeLength length =
        length <- 0L
        false

    override _.Dispose disposing =
        if disposing then closed.TrySetResult() |> ignore

        base.Dispose disposing

[<Test>]
let ``an answer whose body cannot be had is closed`` () : Task = task {
    let closed = TaskCompletionSource()
    let! error = HttpTransport.ofClient (answering (new Unreadable(closed))) |> send "http://fake.test" |> errorOf
    Expect.equal (LlmError.Connection("fake.test", "unreadable")) error
    do! Expect.soon closed.Task
}

[<TestCase(-5.0)>]
[<TestCase(100.0)>]
[<TestCase(1000000.0)>]
let ``a limit that no timer takes is no exception`` (days: float) : Task = task {
    let limit = TimeSpan.FromDays days

    let atOnce =
        Transport.create (fun _ cancellationToken -> task {
            if days < 0.0 then do! Task.Delay(Timeout.Infinite, cancellationToken)

            return Error(LlmError.Truncated "at once")
        })

    let! error = atOnce |> Transport.withFirstByteTimeout TimeProvider.System limit |> send "http://localhost" |> errorOf
    let expected = if days < 0.0 then LlmError.Timeout(TimeoutCause.FirstByte limit) else LlmError.Truncated "at once"
    Expect.equal expected error
}
