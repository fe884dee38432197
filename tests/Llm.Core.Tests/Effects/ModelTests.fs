// Calling a model: what is sent, what comes back, and what is refused before the wire.
module Llm.Core.Tests.ModelTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private bodyOf (request: TransportRequest) = RequestBody.text request.Body

let private answer: ScriptedAnswer =
    { ScriptedTransport.json "{}" with
        Headers = [ "x-request-id", "req-1"; "x-ratelimit-remaining-requests", "9" ]
    }

/// A model with this client, and what it was asked.
let private scripted (change: Client -> Client) : struct (Model * ScriptedTransport) =
    let script = ScriptedTransport.create [ answer; answer ]
    let model = Fake.model Fake.hello script.Transport
    struct (model |> Model.withClient (change model.Client), script)

let private withProvider (change: Provider -> Provider) (client: Client) =
    client |> Client.withProvider "fake/" (change (Fake.provider (Fake.codec Fake.hello)))

let private environment (variables: (string * string) list) (client: Client) =
    { client with
        Environment = fun name -> variables |> List.tryFind (fun (variable, _) -> variable = name) |> Option.map snd
    }

let private withoutKey (provider: Provider) = { provider with Key = None }

let private call (model: Model) = model |> Model.call Fake.question none

[<Test>]
let ``a call sends the conversation and gives the answer with all around it`` () : Task = task {
    let struct (model, script) = scripted id
    let parameters = { Params.none with Temperature = Some 0.5 }
    let! result = model |> Model.withParams parameters |> call
    let response = Fake.ok result
    Expect.equal "Hello" (Response.text response)
    Expect.equal ("fake", "fake", "fake/one", "one-2026") (response.Provider, response.Api, response.ModelId, response.ProviderModel)
    Expect.equal parameters response.Params
    Expect.equal (Some "req-1") response.RequestId
    Expect.equal (Some 9L) (response.RateLimits |> Option.bind (fun limits -> limits.Requests.Remaining))
    Expect.equal (Some "{}") (response.Raw |> Option.map Json.text)
    Expect.equal 2 response.Messages.Length
    let request = script.Requests() |> List.exactlyOne
    Expect.equal ("POST", "http://fake.test/v1/answers", false) (request.Method, request.Url, request.Stream)
    Assert.That(bodyOf request, Does.Contain "\"model\":\"one\"")
    Assert.That(bodyOf request, Does.Contain "What?")
}

[<Test>]
let ``a stream and a whole answer give equal responses, but for the raw body`` () : Task = task {
    let struct (model, _) = scripted id
    let! whole = call model
    let! stream = Fake.wholeStream Fake.hello
    let! streamed = StreamResponse.response none stream
    Expect.equal { Fake.ok whole with Raw = None; RequestId = None; RateLimits = None } (Fake.ok streamed)
}

[<Test>]
let ``resuming sends the conversation, the answer, and the next question`` () : Task = task {
    let struct (model, script) = scripted id
    let! first = call model
    let! second = model |> Model.resume (Fake.ok first) [ UserPart.Text "And then?" ] none
    Expect.equal 4 (Fake.ok second).Messages.Length
    let last = script.Requests() |> List.last |> bodyOf
    Assert.That(last, Does.Match "What\\?.*Hello.*And then\\?")
}

[<Test>]
let ``resuming with a stream sends the same`` () : Task = task {
    let script = ScriptedTransport.create [ answer; Fake.events Fake.hello ]
    let model = Fake.model Fake.hello script.Transport
    let! first = call model
    let! stream = model |> Model.resumeStream (Fake.ok first) [ UserPart.Text "And then?" ] none
    let! response = StreamResponse.response none (Fake.ok stream)
    Expect.equal 4 (Fake.ok response).Messages.Length
    Assert.That(script.Requests() |> List.last |> bodyOf, Does.Match "What\\?.*Hello.*And then\\?")
}

[<Test>]
let ``resuming with nothing is refused before the wire`` () : Task = task {
    let struct (model, script) = scripted id
    let! first = call model
    let! second = model |> Model.resume (Fake.ok first) [] none
    Expect.equal true (Result.isError second)
    let! stream = model |> Model.resumeStream (Fake.ok first) [] none
    Expect.equal true (Result.isError stream)
    Expect.equal 1 (script.Requests()).Length
}

[<Test>]
let ``a call does what its prompt says, whole and streamed`` () : Task = task {
    let script = ScriptedTransport.create [ answer; Fake.events Fake.hello ]
    let recommend = Call.create (Fake.model Fake.hello script.Transport) (fun genre -> $"Recommend {genre}.")
    let! whole = recommend |> Call.run "fantasy" none
    let! stream = recommend |> Call.stream "poetry" none
    let! streamed = StreamResponse.response none (Fake.ok stream)
    Expect.equal (Ok "Hello", Ok "Hello") (Result.map Response.text whole, Result.map Response.text streamed)

    match script.Requests() |> List.map bodyOf with
    | [ first; second ] ->
        Assert.That(first, Does.Contain "Recommend fantasy.")
        Assert.That(second, Does.Contain "Recommend poetry.")
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``no messages are refused before the wire`` () : Task = task {
    let struct (model, script) = scripted id
    let! whole = model |> Model.call [] none
    let! stream = model |> Model.stream [] none
    Expect.equal (Error(LlmError.InvalidRequest("messages", "a call needs at least one message"))) (Result.map ignore whole)
    Expect.equal (Result.map ignore whole) (Result.map ignore stream)
    Expect.equal 0 (script.Requests()).Length
}

[<Test>]
let ``without a key the error names the variables`` () : Task = task {
    let struct (model, script) = scripted (withProvider withoutKey)
    let! result = call model
    Expect.equal (Error(LlmError.MissingApiKey("fake", [ "FAKE_API_KEY"; "FAKE_KEY" ]))) (Result.map ignore result)
    Expect.equal 0 (script.Requests()).Length
}

[<Test>]
let ``the first variable that is set and not empty holds the key`` () : Task = task {
    let struct (model, script) =
        scripted (withProvider withoutKey >> environment [ "FAKE_API_KEY", ""; "FAKE_KEY", "from-environment" ])

    let! _ = call model
    let secrets = (script.Requests() |> List.exactlyOne).SecretHeaders
    Expect.equal [ "Authorization", Secret.create "Bearer from-environment" ] secrets
}

[<Test>]
let ``white space around a key of the environment does not count`` () : Task = task {
    let struct (model, script) =
        scripted (withProvider withoutKey >> environment [ "FAKE_API_KEY", " \n"; "FAKE_KEY", "key\r\n" ])

    let! _ = call model
    let secrets = (script.Requests() |> List.exactlyOne).SecretHeaders
    Expect.equal [ "Authorization", Secret.create "Bearer key" ] secrets
}

[<Test>]
let ``a key that was given beats the environment`` () : Task = task {
    let struct (model, script) = scripted (environment [ "FAKE_API_KEY", "from-environment" ])
    let! _ = call model
    Expect.equal [ "Authorization", Secret.create $"Bearer {Fake.key}" ] (script.Requests() |> List.exactlyOne).SecretHeaders
}

[<Test>]
let ``the key goes where the provider wants it`` () : Task = task {
    for place, expected in [ KeyPlace.Header "x-own", [ "x-own", Secret.create Fake.key ]; KeyPlace.Nowhere, [] ] do
        let struct (model, script) = scripted (withProvider (fun provider -> { provider with KeyPlace = place }))
        let! _ = call model
        Expect.equal expected (script.Requests() |> List.exactlyOne).SecretHeaders
}

[<Test>]
let ``a provider that wants no key needs none`` () : Task = task {
    let struct (model, script) =
        scripted (withProvider (fun provider -> { provider with Key = None; KeyPlace = KeyPlace.Nowhere }))

    let! result = call model
    Expect.equal true (Result.isOk result)
    Expect.equal [] (script.Requests() |> List.exactlyOne).SecretHeaders
}

[<Test>]
let ``the environment may say where the provider is`` () : Task = task {
    let struct (model, script) = scripted (environment [ "FAKE_BASE_URL", "http://elsewhere.test/v2/" ])
    let! _ = call model
    Expect.equal "http://elsewhere.test/v2/answers" (script.Requests() |> List.exactlyOne).Url
}

[<Test>]
let ``the provider's headers and the format's are sent`` () : Task = task {
    let struct (model, script) = scripted (withProvider (fun provider -> { provider with Headers = [ "x-team", "blue" ] }))
    let! _ = call model
    Expect.equal [ "x-fake", "1"; "x-team", "blue" ] (script.Requests() |> List.exactlyOne).Headers
}

[<Test>]
let ``an unknown provider is an error that names the known ones`` () : Task = task {
    let struct (model, _) = scripted id
    let! whole = { model with Id = "nobody/one" } |> call
    let! stream = { model with Id = "nobody/one" } |> Model.stream Fake.question none
    Expect.equal (Error(LlmError.UnknownProvider("nobody/one", [ "fake/" ]))) (Result.map ignore whole)
    Expect.equal (Result.map ignore whole) (Result.map ignore stream)
}

[<Test>]
let ``what the provider lacks is a warning, on the response and to the callback`` () : Task = task {
    let heard = Collections.Generic.List<Warning>()
    let struct (model, _) = scripted (fun client -> { client with OnWarning = heard.Add })
    let! result = model |> Model.withParams { Params.none with TopK = Some 3 } |> call
    let expected = [ Warning.skipped "fake" "one" "top_k" "3" ]
    Expect.equal expected (Fake.ok result).Warnings
    Expect.equal expected (List.ofSeq heard)
}

[<Test>]
let ``a refusal is an error with its body, and its connection is closed`` () : Task = task {
    for isStreamed in [ false; true ] do
        let feed = new Feed()
        feed.Text "no such thing"
        feed.End()
        let model = Fake.model Fake.hello (Feed.answering 404 feed)

        let! result = task {
            if isStreamed then
                let! stream = model |> Model.stream Fake.question none
                return Result.map ignore stream
            else
                let! whole = call model
                return Result.map ignore whole
        }

        Expect.equal (Error(LlmError.Api(Fake.apiError 404 "no such thing"))) result
        do! Expect.soon feed.Disposed
}

[<Test>]
let ``the part of a refusal that came before its connection broke is its evidence`` () : Task = task {
    let refusal = ScriptedTransport.refusal 500 "half of a rea" |> ScriptedTransport.broken
    let! result = Fake.model Fake.hello (ScriptedTransport.create [ refusal ]).Transport |> call
    Expect.equal (Error(LlmError.Api(Fake.apiError 500 "half of a rea"))) (Result.map ignore result)
}

[<Test>]
let ``a whole answer that breaks off is a connection error`` () : Task = task {
    let! result = Fake.model Fake.hello (ScriptedTransport.create [ ScriptedTransport.broken answer ]).Transport |> call
    Expect.equal (Error(LlmError.Connection("fake.test", "The connection was reset."))) (Result.map ignore result)
}

[<Test>]
let ``a whole answer larger than the limit is an error, and its connection is closed`` () : Task = task {
    let feed = new Feed()
    feed.Text "12345678901"
    let model = Fake.model Fake.hello (Feed.answering 200 feed)
    let! result = model |> Model.withClient { model.Client with MaxAnswerBytes = 10L } |> call
    Expect.equal (Error(LlmError.ResponseTooLarge 10L)) (Result.map ignore result)
    do! Expect.soon feed.Disposed
}

[<Test>]
let ``cancelling a call while its body comes closes the connection`` () : Task = task {
    use source = new CancellationTokenSource()
    let feed = new Feed()
    let calling = Fake.model Fake.hello (Feed.answering 200 feed) |> Model.call Fake.question source.Token
    do! Expect.soon (feed.WhenAwaited())
    source.Cancel()
    do! Expect.soon (Expect.cancelled calling)
    do! Expect.soon feed.Disposed
}

[<Test>]
let ``calls do not change a model, and it may be called by many at once`` () : Task = task {
    let script = ScriptedTransport.create (List.replicate 20 answer)
    let model = Fake.model Fake.hello script.Transport
    let! results = Task.WhenAll [ for _ in 1..20 -> Task.Run<Result<Response, LlmError>>(fun () -> call model) ]
    Expect.equal 1 (results |> Array.distinct |> Array.length)
}
