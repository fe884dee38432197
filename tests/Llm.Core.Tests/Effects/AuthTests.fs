// Signing: tokens that are kept, renewed and asked for once, keys of AWS, settings that are missing; and that nothing of it shows.
module Llm.Core.Tests.AuthTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private answer = ScriptedTransport.json "{}"
let private unauthorized = ScriptedTransport.refusal 401 "expired"

/// A model that signs so, and the script that it asks.
let private scripted (auth: Auth) (answers: ScriptedAnswer list) (time: TimeProvider) : struct (Model * ScriptedTransport) =
    let script = ScriptedTransport.create answers
    let model = Fake.model Fake.hello script.Transport
    let client = { model.Client with TimeProvider = time } |> Client.withAuth "fake" auth
    struct (Model.withClient client model, script)

let private call (model: Model) = model |> Model.call Fake.question none

/// What every request carried, in order.
let private carried (script: ScriptedTransport) : string list =
    script.Requests()
    |> List.map (fun request -> request.SecretHeaders |> List.map (fun (name, value) -> $"{name}: {Secret.reveal value}"))
    |> List.map (String.concat "; ")

/// A source that numbers its tokens.
let private numbered (lifetime: TimeSpan option) (time: TimeProvider) : struct ((unit -> int) * Auth) =
    let mutable asked = 0

    let source (_: CancellationToken) = task {
        let number = Interlocked.Increment &asked

        return
            {
                Value = Secret.create $"token-{number}"
                ExpiresAt = lifetime |> Option.map (fun span -> time.GetUtcNow() + span)
            }
    }

    struct ((fun () -> asked), Auth.token source)

[<Test>]
let ``a token is kept until shortly before it expires`` () : Task = task {
    let time = FakeTimeProvider()
    let struct (_, auth) = numbered (Some(TimeSpan.FromHours 1.0)) time
    let struct (model, script) = scripted auth [ answer; answer; answer ] time
    let! _ = call model
    time.Advance(TimeSpan.FromMinutes 57.0)
    let! _ = call model
    time.Advance(TimeSpan.FromMinutes 2.0)
    let! _ = call model
    Expect.equal [ for number in [ 1; 1; 2 ] -> $"Authorization: Bearer token-{number}" ] (carried script)
}

[<Test>]
let ``a token without an expiry is asked for at every request`` () : Task = task {
    let struct (_, auth) = numbered None TimeProvider.System
    let struct (model, script) = scripted auth [ answer; answer ] TimeProvider.System
    let! _ = call model
    let! _ = call model
    Expect.equal [ for number in [ 1; 2 ] -> $"Authorization: Bearer token-{number}" ] (carried script)
}

[<Test>]
let ``many calls at once ask for one token`` () : Task = task {
    let gate = TaskCompletionSource()
    let mutable asked = 0

    let source (_: CancellationToken) = task {
        Interlocked.Increment &asked |> ignore
        do! gate.Task
        return BearerToken.expiringAt (DateTimeOffset.UtcNow.AddHours 1.0) "one"
    }

    let struct (model, script) = scripted (Auth.token source) (List.replicate 8 answer) TimeProvider.System
    let calls = [ for _ in 1..8 -> call model ]
    gate.SetResult()
    let! _ = Task.WhenAll calls
    Expect.equal 1 asked
    Expect.equal (List.replicate 8 "Authorization: Bearer one") (carried script)
}

[<Test>]
let ``a caller who gives up leaves the token to the others`` () : Task = task {
    let gate = TaskCompletionSource()
    let started = TaskCompletionSource()

    let source (cancellationToken: CancellationToken) = task {
        started.TrySetResult() |> ignore
        do! gate.Task.WaitAsync cancellationToken
        return BearerToken.create "one"
    }

    let struct (model, _) = scripted (Auth.token source) [ answer ] TimeProvider.System
    use cancellation = new CancellationTokenSource()
    let first = model |> Model.call Fake.question cancellation.Token
    do! started.Task
    let second = call model
    cancellation.Cancel()
    do! Expect.cancelled first
    gate.SetResult()
    let! result = second
    Fake.ok result |> ignore
}

[<Test>]
let ``a refused token is renewed and the request sent once more`` () : Task = task {
    let struct (asked, auth) = numbered (Some(TimeSpan.FromHours 1.0)) TimeProvider.System
    let struct (model, script) = scripted auth [ unauthorized; answer; answer ] TimeProvider.System
    let! first = call model
    let! second = call model
    Fake.ok first |> ignore
    Fake.ok second |> ignore
    Expect.equal [ for number in [ 1; 2; 2 ] -> $"Authorization: Bearer token-{number}" ] (carried script)
    Expect.equal 2 (asked ())
}

[<Test>]
let ``a token that is refused again is an error`` () : Task = task {
    for isStreamed in [ false; true ] do
        let struct (asked, auth) = numbered (Some(TimeSpan.FromHours 1.0)) TimeProvider.System
        let struct (model, script) = scripted auth [ unauthorized; unauthorized; answer ] TimeProvider.System

        let! result = task {
            if isStreamed then
                let! stream = model |> Model.stream Fake.question none
                return Result.map ignore stream
            else
                let! whole = call model
                return Result.map ignore whole
        }

        Expect.equal (Error(LlmError.Api(Fake.apiError 401 "expired"))) result
        Expect.equal 2 (script.Requests()).Length
        Expect.equal 2 (asked ())
}

/// A body that tells whether it was closed.
type private Watched() =
    inherit IO.MemoryStream()
    member val IsClosed = false with get, set

    override this.Dispose(disposing: bool) =
        this.IsClosed <- true
        base.Dispose disposing

[<Test>]
let ``a call that is cancelled while it signs anew closes the refusal`` () : Task = task {
    let body = new Watched()
    let transport = Transport.create (fun _ _ -> Task.FromResult(Ok(new TransportResponse(401, [], body, null))))
    let mutable signed = 0

    let auth: Auth =
        {
            Sign =
                fun _ request token ->
                    signed <- signed + 1

                    if signed = 1 then
                        Task.FromResult(Ok request)
                    else
                        Task.FromCanceled<Result<TransportRequest, LlmError>>(CancellationToken true)
            Renew = fun _ -> true
        }

    let client = Fake.client (Fake.provider (Fake.codec Fake.hello)) transport |> Client.withAuth "fake" auth
    let sending = Model.parse "fake/one" |> Model.withClient client |> Model.call Fake.question none
    do! Expect.cancelled sending
    Expect.equal (2, true) (signed, body.IsClosed)
}

[<Test>]
let ``the same token is not sent again`` () : Task = task {
    let auth = Auth.token (fun _ -> Task.FromResult(BearerToken.create "always"))
    let struct (model, script) = scripted auth [ unauthorized; answer ] TimeProvider.System
    let! result = call model
    Expect.equal (Error(LlmError.Api(Fake.apiError 401 "expired"))) (Result.map ignore result)
    Expect.equal 1 (script.Requests()).Length
}

[<Test>]
let ``a source that fails is an error with its reason`` () : Task = task {
    let failing = fun _ -> Task.FromException<BearerToken>(InvalidOperationException "nobody is logged in")
    let struct (model, script) = scripted (Auth.token failing) [ answer ] TimeProvider.System
    let! result = call model
    Expect.equal (Error(LlmError.CredentialsUnavailable("fake", "nobody is logged in"))) (Result.map ignore result)
    Expect.equal 0 (script.Requests()).Length

    let throwing: CancellationToken -> Task<AwsCredentials> = fun _ -> failwith "no profile"
    let struct (model, _) = scripted (Auth.aws throwing) [ answer ] TimeProvider.System
    let! result = call model
    Expect.equal (Error(LlmError.CredentialsUnavailable("fake", "no profile"))) (Result.map ignore result)
}

[<Test>]
let ``a token shows nowhere`` () : Task = task {
    let auth = Auth.token (fun _ -> Task.FromResult(BearerToken.create Fake.key))
    let echoing = ScriptedTransport.refusal 403 $"the token {Fake.key} may not"
    let struct (model, script) = scripted auth [ echoing ] TimeProvider.System
    let kept = ResizeArray<string>()
    let recorded = model.Client.Transport |> RecordingTransport.record (fun exchange -> kept.Add(Exchange.toJson exchange))
    let! result = model |> Model.withClient (Client.withTransport recorded model.Client) |> call

    let shown =
        [ $"%A{result}"; $"%A{script.Requests()}"; $"%A{model}"; $"%A{BearerToken.create Fake.key}"; $"%A{List.ofSeq kept}" ]

    Assert.That(shown, Has.None.Contains Fake.key)
    Assert.That(shown[0], Does.Contain "***")
    Assert.That(kept.Count, Is.EqualTo 1)
}

[<Test>]
let ``the longest prefix chooses how a request is signed`` () : Task = task {
    let struct (model, script) = scripted (Auth.header "x-all" "1") [ answer; answer; answer ] TimeProvider.System
    let client = model.Client |> Client.withAuth "fake/o" (Auth.header "x-some" "2") |> Client.withAuth "fa" Auth.none
    let model = Model.withClient client model
    let! _ = call model
    let! _ = call { model with Id = "fake/two" }
    Expect.equal [ "x-some: 2"; "x-all: 1" ] (carried script)
}

let private keys =
    [
        "AWS_ACCESS_KEY_ID", "AKID"
        "AWS_SECRET_ACCESS_KEY", "secret"
        "AWS_SESSION_TOKEN", Fake.key
        "AWS_REGION", "eu-west-1"
    ]

/// A call of a model of the registry, with these variables set.
let private callWith (variables: (string * string) list) (answers: ScriptedAnswer list) (time: TimeProvider) (id: string) = task {
    let script = ScriptedTransport.create answers

    let client =
        { Client.standard with
            Transport = script.Transport
            TimeProvider = time
            Environment = fun name -> variables |> List.tryFind (fun (known, _) -> known = name) |> Option.map snd
        }

    let! result = Model.parse id |> Model.withClient client |> call
    return struct (Result.map ignore result, script)
}

[<Test>]
let ``a signature holds the client's time and shows no session token`` () : Task = task {
    let time = FakeTimeProvider()
    let echo = ScriptedTransport.refusal 403 $$"""{"message":"the canonical string was x-amz-security-token:{{Fake.key}}"}"""
    let! struct (result, script) = callWith keys [ echo ] time "bedrock/amazon.nova-lite-v1:0"
    let request = script.Requests() |> List.exactlyOne
    let due = time.GetUtcNow().UtcDateTime.ToString "yyyyMMdd'T'HHmmss'Z'"
    Expect.equal (Some due) (Headers.tryFind "x-amz-date" request.Headers)
    Expect.equal [ "x-amz-security-token"; "Authorization" ] (List.map fst request.SecretHeaders)
    Assert.That($"%A{result}%A{request}", Does.Not.Contain Fake.key)

    match result with
    | Error(LlmError.Permission error) -> Assert.That(error.Message, Does.EndWith "x-amz-security-token:***")
    | other -> Assert.Fail $"%A{other}"
}

[<TestCase("bedrock/amazon.nova-lite-v1:0", "AWS_ACCESS_KEY_ID=a;AWS_SECRET_ACCESS_KEY=b", "region", "AWS_REGION, AWS_DEFAULT_REGION")>]
[<TestCase("azure/my-gpt", "AZURE_OPENAI_API_KEY=a", "endpoint", "AZURE_OPENAI_ENDPOINT")>]
[<TestCase("azure:deployments/my-gpt",
           "AZURE_OPENAI_API_KEY=a;AZURE_OPENAI_ENDPOINT=https://a.test",
           "api-version",
           "OPENAI_API_VERSION, AZURE_OPENAI_API_VERSION")>]
[<TestCase("azure-ai/grok-4", "AZURE_AI_API_KEY=a", "endpoint", "AZURE_INFERENCE_ENDPOINT, AZURE_AI_ENDPOINT")>]
[<TestCase("vertexai/gemini-2.5-flash",
           "GOOGLE_OAUTH_ACCESS_TOKEN=a;GOOGLE_CLOUD_LOCATION=global",
           "project",
           "GOOGLE_CLOUD_PROJECT, GCLOUD_PROJECT")>]
[<TestCase("vertexai/claude-sonnet-4-5",
           "GOOGLE_OAUTH_ACCESS_TOKEN=a;GOOGLE_CLOUD_PROJECT=p",
           "location",
           "GOOGLE_CLOUD_LOCATION, GOOGLE_CLOUD_REGION, CLOUD_ML_REGION")>]
let ``a missing setting is an error that names its variables`` (id: string) (given: string) (setting: string) (variables: string) : Task =
    task {
        let given = given.Split ';' |> Array.map (fun pair -> pair.Split('=')[0], pair.Split('=')[1]) |> List.ofArray
        let! struct (result, script) = callWith given [ answer ] TimeProvider.System id
        let provider = (id.Split('/')[0]).Split(':')[0]
        Expect.equal (Error(LlmError.MissingSetting(provider, setting, List.ofArray (variables.Split ", ")))) result
        Expect.equal 0 (script.Requests()).Length

        match result with
        | Error error -> Assert.That(LlmError.render error, Does.Contain(variables.Replace(", ", " or ")))
        | Ok() -> ()
    }

[<Test>]
let ``without keys Bedrock's error names all that would do`` () : Task = task {
    let! struct (result, _) = callWith [ "AWS_REGION", "eu-west-1"; "AWS_ACCESS_KEY_ID", "a" ] [] TimeProvider.System "bedrock/m"
    let due = LlmError.MissingApiKey("bedrock", [ "AWS_BEARER_TOKEN_BEDROCK"; "AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY" ])
    Expect.equal (Error due) result
}

[<Test>]
let ``a setting that is given beats the environment, and a key that may be missing is sent where it is there`` () : Task = task {
    let environment name = if name = "AWS_REGION" then Some "eu-west-1" else None
    let url provider = Provider.url environment "path" provider
    let moved = Clouds.bedrock |> Provider.withSetting "region" "us-east-1"
    Expect.equal (Ok "https://bedrock-runtime.eu-west-1.amazonaws.com/path") (url Clouds.bedrock)
    Expect.equal (Ok "https://bedrock-runtime.us-east-1.amazonaws.com/path") (url moved)

    let! struct (_, without) = callWith [] [ answer ] TimeProvider.System "vllm/m"
    let! struct (_, ``with``) = callWith [ "VLLM_API_KEY", "k\n" ] [ answer ] TimeProvider.System "vllm/m"
    Expect.equal [ "" ] (carried without)
    Expect.equal [ "Authorization: Bearer k" ] (carried ``with``)
}

/// A server that does not say what time it is; the wait is counted from when its answer came.
[<Test>]
let ``a wait until a date is counted by the client's clock where the server has none`` () : Task = task {
    let time = FakeTimeProvider()
    let due = (time.GetUtcNow() + TimeSpan.FromSeconds 90.0).ToString "R"
    let busy = { ScriptedTransport.refusal 429 "{}" with Headers = [ "retry-after", due ] }
    let! struct (result, _) = callWith [ "GROQ_API_KEY", "k" ] [ busy ] time "groq/m"

    match result with
    | Error(LlmError.RateLimit error) -> Expect.equal (Some(TimeSpan.FromSeconds 90.0)) error.RetryAfter
    | other -> Assert.Fail $"%A{other}"
}
