// Counting tokens and listing models over a transport: what is sent, and what becomes of refusals.
module Llm.Core.Tests.InquiringTests

open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private client (script: ScriptedTransport) : Client =
    { Client.standard with
        Transport = script.Transport
        Environment = fun name -> if name = "ANTHROPIC_API_KEY" then Some "sk-secret-12345678" else None
    }

let private claude (script: ScriptedTransport) = Model.parse "anthropic/claude-sonnet-4-5" |> Model.withClient (client script)

let private page (id: string) (more: bool) =
    let hasMore = if more then "true" else "false"
    ScriptedTransport.json $"""{{"data":[{{"id":"{id}"}}],"has_more":{hasMore},"last_id":"{id}"}}"""

[<Test>]
let ``tokens are counted by a signed question`` () : Task = task {
    let script = ScriptedTransport.create [ ScriptedTransport.json """{"input_tokens":8}""" ]
    let! counted = claude script |> Model.countTokens [ Message.user "Hi" ] none
    Assert.That((counted = Ok 8L))
    let request = script.Requests() |> List.exactlyOne
    Assert.That((request.Method, request.Url) = ("POST", "https://api.anthropic.com/v1/messages/count_tokens"))
    Assert.That(request.SecretHeaders |> List.map fst, Is.EqualTo(box [ "x-api-key" ]))
}

[<Test>]
let ``tokens are counted for the model in force`` () : Task = task {
    let script = ScriptedTransport.create [ ScriptedTransport.json """{"input_tokens":8}""" ]
    use _ = Model.overrideWith (Model.parse "anthropic/claude-haiku-4-5")
    let! counted = claude script |> Model.countTokens [ Message.user "Hi" ] none
    Assert.That((counted = Ok 8L))
    Assert.That(RequestBody.text (List.exactlyOne (script.Requests())).Body, Does.Contain "claude-haiku-4-5")
}

[<Test>]
let ``a refusal is the error that a call's would be, without the key`` () : Task = task {
    let body = """{"type":"error","error":{"type":"authentication_error","message":"bad key sk-secret-12345678"}}"""
    let script = ScriptedTransport.create [ ScriptedTransport.refusal 401 body ]

    match! claude script |> Model.countTokens [ Message.user "Hi" ] none with
    | Error(LlmError.Authentication error) -> Assert.That(error.Message, Does.Not.Contain "sk-secret")
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``who counts nothing is not asked`` () : Task = task {
    let script = ScriptedTransport.create []

    match! Fake.model Fake.hello script.Transport |> Model.countTokens [ Message.user "Hi" ] none with
    | Error(LlmError.FeatureNotSupported("token counting", "fake", Some "one", Some _)) -> ()
    | other -> Assert.Fail $"{other}"

    Assert.That(script.Requests(), Is.Empty)
}

[<Test>]
let ``all pages of a list are read`` () : Task = task {
    let script = ScriptedTransport.create [ page "a" true; page "b" true; page "c" false ]

    match! client script |> Models.list "anthropic/" none with
    | Ok models -> Assert.That(models |> List.map _.Id, Is.EqualTo(box [ "a"; "b"; "c" ]))
    | Error error -> Assert.Fail(LlmError.render error)

    Assert.That(script.Requests() |> List.forall (fun request -> request.Method = "GET" && request.Body.IsEmpty))
}

[<Test>]
let ``a list whose pages repeat comes to an end`` () : Task = task {
    let script = ScriptedTransport.create (List.replicate 3 (page "a" true))
    let! listed = client script |> Models.list "anthropic/" none
    Assert.That((listed |> Result.map List.length = Ok 2))
}

[<Test>]
let ``a page that breaks off is an error`` () : Task = task {
    let script = ScriptedTransport.create [ page "a" true; ScriptedTransport.broken (page "b" false) ]

    match! client script |> Models.list "anthropic/" none with
    | Error(LlmError.Connection _) -> ()
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``nobody's models cannot be listed`` () : Task = task {
    match! Client.standard |> Models.list "nobody/" none with
    | Error(LlmError.UnknownProvider _) -> ()
    | other -> Assert.Fail $"{other}"
}

[<Test>]
let ``a refusal whose body breaks off is a refusal, and a wait until a date is counted from now`` () : Task = task {
    let refusal = ScriptedTransport.refusal 429 "{\"error\":" |> ScriptedTransport.broken
    let now = System.DateTimeOffset(2026, 1, 1, 0, 0, 0, System.TimeSpan.Zero)
    let until = now.AddSeconds(30.0).ToString("R", System.Globalization.CultureInfo.InvariantCulture)
    let script = ScriptedTransport.create [ { refusal with Headers = [ "retry-after", until ] } ]
    let asked = claude script
    let clock = FakeTimeProvider()
    let timed = asked |> Model.withClient { asked.Client with TimeProvider = clock }

    match! timed |> Model.countTokens [ Message.user "Hi" ] none with
    | Error(LlmError.RateLimit error) -> Assert.That(error.RetryAfter, Is.EqualTo(Some(System.TimeSpan.FromSeconds 30.0)))
    | other -> Assert.Fail $"{other}"
}
