// What providers say in headers: the wait, the limits left, the id of the request.
module Llm.Core.Tests.HeadersTests

open System
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

[<Law>]
let ``reading headers is total and waits are within reason`` (headers: Headers) =
    let isReasonable (wait: TimeSpan) = wait >= TimeSpan.Zero && wait <= TimeSpan.FromSeconds 1e9
    Headers.requestId headers |> ignore

    let resets =
        Headers.rateLimits headers
        |> Option.toList
        |> List.collect (fun limits -> [ limits.Requests.Reset; limits.Tokens.Reset ])

    (Headers.retryAfter headers :: resets) |> List.choose id |> List.forall isReasonable

[<TestCase("retry-after", "2", 2.0)>]
[<TestCase("Retry-After", "1.5", 1.5)>]
[<TestCase("retry-after-ms", "1500", 1.5)>]
[<TestCase("retry-after", "-3", 0.0)>]
[<TestCase("retry-after", "1e308", 1e9)>]
let ``the wait in seconds or milliseconds`` (name: string) (value: string) (seconds: float) =
    Assert.That(Headers.retryAfter [ name, value ], Is.EqualTo(Some(TimeSpan.FromSeconds seconds)))

[<Test>]
let ``milliseconds are more exact than seconds`` () =
    let headers = [ "retry-after", "2"; "retry-after-ms", "1234" ]
    Assert.That(Headers.retryAfter headers, Is.EqualTo(Some(TimeSpan.FromMilliseconds 1234.0)))

[<Test>]
let ``a date counts from the answer's own date`` () =
    let headers = [ "Date", "Wed, 21 Oct 2015 07:28:00 GMT"; "Retry-After", "Wed, 21 Oct 2015 07:29:30 GMT" ]
    Assert.That(Headers.retryAfter headers, Is.EqualTo(Some(TimeSpan.FromSeconds 90.0)))
    Assert.That(Headers.retryAfter (List.tail headers), Is.EqualTo None)

[<TestCase "NaN">]
[<TestCase "soon">]
[<TestCase "">]
let ``what is no wait is none`` (value: string) = Assert.That(Headers.retryAfter [ "retry-after", value ], Is.EqualTo None)

[<TestCase("6m0s", 360.0)>]
[<TestCase("1h2m3.5s", 3723.5)>]
[<TestCase("12ms", 0.012)>]
[<TestCase("30", 30.0)>]
[<TestCase("2d", 172800.0)>]
let ``limits reset after a duration`` (value: string) (seconds: float) =
    let limits = Headers.rateLimits [ "x-ratelimit-reset-requests", value ]

    Assert.That(limits |> Option.bind (fun limits -> limits.Requests.Reset), Is.EqualTo(Some(TimeSpan.FromSeconds seconds)))

[<TestCase("18446744073709551615", Int64.MaxValue)>]
[<TestCase("1e40", Int64.MaxValue)>]
[<TestCase("99", 99L)>]
[<TestCase("1e3", 1000L)>]
let ``limits past Int64 are clamped`` (value: string) (expected: int64) =
    let limits = Headers.rateLimits [ "x-ratelimit-limit-tokens", value ]
    Assert.That(limits |> Option.bind (fun limits -> limits.Tokens.Limit), Is.EqualTo(Some expected))

[<Test>]
let ``Anthropic's limits are read by their own names`` () =
    let headers =
        [
            "date", "Wed, 01 Jan 2025 00:00:00 GMT"
            "anthropic-ratelimit-requests-limit", "50"
            "anthropic-ratelimit-requests-remaining", "49"
            "anthropic-ratelimit-requests-reset", "2025-01-01T00:00:10Z"
        ]

    let expected =
        {
            Requests = { Limit = Some 50L; Remaining = Some 49L; Reset = Some(TimeSpan.FromSeconds 10.0) }
            Tokens = { Limit = None; Remaining = None; Reset = None }
        }

    Assert.That(Headers.rateLimits headers, Is.EqualTo(Some expected))

[<Test>]
let ``no limits are none`` () = Assert.That(Headers.rateLimits [ "content-type", "text/plain" ], Is.EqualTo None)

[<TestCase "x-request-id">]
[<TestCase "Request-Id">]
[<TestCase "apim-request-id">]
[<TestCase "x-amzn-RequestId">]
let ``the request's id by any vendor's name`` (name: string) =
    Assert.That(Headers.requestId [ "server", "x"; name, "r1" ], Is.EqualTo(Some "r1"))
