// Headers where they lie say what the list of them says: what a call asks for one by one, a user reads as a list.
module Llm.Core.Tests.HeaderSourceTests

open System
open System.Net.Http
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

/// Answers with these headers, each where the framework wants it.
type private Speaking(headers: Headers) =
    inherit HttpMessageHandler()

    override _.SendAsync(_, _) =
        let answer = new HttpResponseMessage(Content = new ByteArrayContent [||])

        for name, value in headers do
            if not (answer.Headers.TryAddWithoutValidation(name, value)) then
                answer.Content.Headers.TryAddWithoutValidation(name, value) |> ignore

        Task.FromResult answer

let private request: TransportRequest =
    {
        Method = "POST"
        Url = "http://fake.test"
        Headers = []
        SecretHeaders = []
        Body = RequestBody.empty
        Stream = false
        ConnectTimeout = TimeSpan.FromSeconds 1.0
    }

let private received (headers: Headers) : TransportResponse =
    use client = new HttpClient(new Speaking(headers))
    ((HttpTransport.ofClient client).Send request CancellationToken.None).Result |> Fake.ok

/// What servers say, in any order and in any case, some of it twice, beside what nobody says.
let private said (numbers: int list) (others: Headers) : Headers =
    let known =
        [
            "X-Request-Id", "r1"
            "request-id", "r2"
            "cf-ray", "r3"
            "x-ratelimit-limit-tokens", "100"
            "X-RateLimit-Reset-Requests", "6m0s"
            "anthropic-ratelimit-tokens-remaining", "9"
            "Content-Type", "text/plain"
            "CONTENT-LENGTH", "0"
            "Date", "Wed, 21 Oct 2015 07:28:00 GMT"
            "Set-Cookie", "a=b"
            "Set-Cookie", "c=d"
            "x-plain", ""
            "content-encoding", "zstd"
        ]

    [ for number in numbers -> known[abs (number % known.Length)] ] @ others

[<Law>]
let ``headers that are asked one by one say what their list says`` (numbers: int list) (others: Headers) =
    use response = received (said numbers others)
    let all = response.Headers
    let names = "absent" :: [ for name, _ in all @ others -> name ]

    let finds (source: HeaderSource) =
        names
        |> List.forall (fun name ->
            [ name; name.ToUpperInvariant(); name.ToLowerInvariant() ]
            |> List.forall (fun name -> source.TryFind name = (Headers.tryFind name all |> ValueOption.ofOption)))

    let says (source: HeaderSource) =
        source.ToList() = all
        && HeaderSource.requestId source = Headers.requestId all
        && HeaderSource.rateLimits source = Headers.rateLimits all
        && finds source

    says response.Source && says (ListedHeaders all)

[<TestCase("12", 12L)>]
[<TestCase("0", 0L)>]
let ``the length of a body is what the headers say`` (said: string) (length: int64) =
    use response = received [ "Content-Length", said ]
    Assert.That((response.Source.BodyLength = ValueSome length))
    Assert.That(((ListedHeaders response.Headers).BodyLength = ValueSome length))

[<TestCase "soon">]
[<TestCase "-">]
let ``a length that is no number is none`` (said: string) = Assert.That((ListedHeaders [ "Content-Length", said ]).BodyLength.IsNone)

[<Test>]
let ``headers are there after their answer was disposed of`` () =
    let response = received [ "x-request-id", "r1"; "content-type", "text/plain" ]
    (response :> IDisposable).Dispose()
    Assert.That(HeaderSource.requestId response.Source, Is.EqualTo(Some "r1"))
    Assert.That(Headers.tryFind "content-type" response.Headers, Is.EqualTo(Some "text/plain"))
