// What the transport says of itself to a server, and what it does with what comes back: redirects and compression.
module Llm.Core.Tests.HttpTransportTests

open System
open System.IO
open System.IO.Compression
open System.Net.Http
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private transport = HttpTransport.create TimeProvider.System
let private none = CancellationToken.None

let private request (isStream: bool) (secrets: (string * Secret) list) (url: string) : TransportRequest =
    {
        Method = "POST"
        Url = url
        Headers = []
        SecretHeaders = secrets
        Body = RequestBody.ofText "{}"
        Stream = isStream
        ConnectTimeout = TimeSpan.FromSeconds 5.0
    }

let private key = [ "x-api-key", Secret.create "sk-never-elsewhere" ]

let private read (response: TransportResponse) : Task<string> = task {
    use reader = new StreamReader(response.Body)
    return! reader.ReadToEndAsync()
}

let private answer (head: string) (body: byte[]) (connection: ServerConnection) : Task = task {
    do! connection.Send $"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"
    do! connection.SendBytes body
    connection.Close()
}

/// Servers of which the first points to the second, and what the second was sent.
let private redirected (secrets: (string * Secret) list) : Task<struct (TransportResponse * string list)> = task {
    let seen = Collections.Concurrent.ConcurrentQueue<string>()

    let arrive (connection: ServerConnection) =
        seen.Enqueue connection.Request
        answer "200 OK" "arrived"B connection

    use target = new TestServer(arrive)
    use server = new TestServer(answer $"307 Temporary Redirect\r\nLocation: {target.Url}/there" Array.empty)
    let! sent = transport.Send (request false secrets $"{server.Url}/here") none
    return struct (Fake.ok sent, List.ofSeq seen)
}

[<Test>]
let ``a key goes to no other address than its own`` () : Task = task {
    let! struct (response, seen) = redirected key
    use response = response
    Expect.equal 307 response.Status
    Expect.equal [] seen
}

[<Test>]
let ``a request without a secret follows where a server points, with its body`` () : Task = task {
    let! struct (response, seen) = redirected []
    use response = response
    Expect.equal 200 response.Status
    Assert.That(List.exactlyOne seen, Does.StartWith("POST /there").And.EndWith "{}")
}

[<Test>]
let ``a call that is pointed elsewhere says where, and what to do`` () : Task = task {
    use server = new TestServer(answer "308 Permanent Redirect\r\nLocation: https://elsewhere.test/v2" Array.empty)
    let provider = Vendors.anthropic |> Provider.withBaseUrl server.Url |> Provider.withKey "sk-never-elsewhere"
    let client = Client.standard |> Client.withTransport transport |> Client.withProvider "here/" provider
    let! result = Model.parse "here/m" |> Model.withClient client |> Model.call [ Message.user "Hi" ] none

    match result with
    | Error error ->
        Assert.That(LlmError.render error, Does.Contain("https://elsewhere.test/v2").And.Contain("base url").And.Not.Contain("sk-never"))
    | Ok _ -> Assert.Fail "a redirect is no answer"
}

let private compressed (encoding: string) (text: string) : byte[] =
    use memory = new MemoryStream()

    let compressor: Stream =
        match encoding with
        | "gzip" -> new GZipStream(memory, CompressionMode.Compress)
        | _ -> new BrotliStream(memory, CompressionMode.Compress)

    compressor.Write(ReadOnlySpan(Encoding.UTF8.GetBytes text))
    compressor.Dispose()
    memory.ToArray()

[<TestCase("gzip", false)>]
[<TestCase("gzip", true)>]
[<TestCase("GZIP", false)>]
[<TestCase("br", false)>]
[<TestCase("br", true)>]
let ``an answer that was compressed on its way is read as it was`` (encoding: string, isStream: bool) : Task = task {
    let text = String.replicate 500 "{\"a\":\"ä\"}"
    let body = compressed (encoding.ToLowerInvariant()) text
    use server = new TestServer(answer $"200 OK\r\nContent-Encoding: {encoding}" body)
    let! sent = transport.Send (request isStream key server.Url) none
    use response = Fake.ok sent
    let! read = read response
    Expect.equal text read
    Expect.equal (None, None) (Headers.tryFind "content-encoding" response.Headers, Headers.tryFind "content-length" response.Headers)
}

[<TestCase(false, "gzip, br")>]
[<TestCase(true, "identity")>]
let ``an answer may be compressed, and a stream, which must not wait, may not`` (isStream: bool, accepted: string) : Task = task {
    let mutable seen = ""

    let treat (connection: ServerConnection) =
        seen <- connection.Request
        answer "200 OK" "{}"B connection

    use server = new TestServer(treat)
    let! sent = transport.Send (request isStream key server.Url) none
    use response = Fake.ok sent
    Expect.equal 200 response.Status
    Assert.That(seen, Does.Contain $"Accept-Encoding: {accepted}\r\n")
}

[<TestCase("", "no name")>]
[<TestCase("x key", "'x key' is no name")>]
[<TestCase("x-key:", "no name")>]
[<TestCase("x-ä", "no name")>]
let ``a header that cannot have its name is refused before the wire`` (name: string, reason: string) : Task = task {
    let asked = { request false [] "http://127.0.0.1:1" with Headers = [ name, "value" ] }

    match! transport.Send asked none with
    | Error(LlmError.InvalidRequest("headers", told)) -> Assert.That(told, Does.Contain reason)
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``a client that was disposed of is said to be`` () : Task = task {
    let client = new Net.Http.HttpClient()
    client.Dispose()

    match! (HttpTransport.ofClient client).Send (request false [] "http://127.0.0.1:1") none with
    | Error(LlmError.InvalidRequest("transport", told)) -> Assert.That(told, Does.Contain "disposed")
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``a limit that no timer can hold is as long as a timer can`` () : Task = task {
    use server = new TestServer(answer "200 OK" "{}"B)

    for limit in [ TimeSpan.MaxValue; TimeSpan.FromDays 60.0 ] do
        let! sent = transport.Send { request false key server.Url with ConnectTimeout = limit } none
        (Fake.ok sent :> IDisposable).Dispose()
}

/// A handler whose connection breaks when the request is cancelled, as a socket's may.
[<Sealed>]
type private BreakingHandler() =
    inherit HttpMessageHandler()

    override _.SendAsync(_: HttpRequestMessage, cancellationToken: CancellationToken) : Task<HttpResponseMessage> = task {
        try
            do! Task.Delay(Timeout.Infinite, cancellationToken)
            return failwith "nobody waits so long"
        with :? OperationCanceledException ->
            return raise (HttpRequestException "The connection was reset.")
    }

[<Test>]
let ``a connection that breaks because its request is cancelled is a cancellation, and no error of the connection`` () : Task = task {
    let handlers = HttpTransport.over (fun () -> new HttpMessageInvoker(new BreakingHandler()))
    use source = new CancellationTokenSource()
    let sending = handlers.Send (request false [] "http://fake.test") source.Token
    source.Cancel()
    do! Expect.soon (Expect.cancelled sending)
}
