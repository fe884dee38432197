// A key must not show: not when a value is printed, not in an error, not in a recording.
module Llm.Core.Tests.SecretTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private showsNoKey (what: string) (text: string) =
    if text.Contains(Fake.key, StringComparison.Ordinal) then Assert.Fail $"{what} shows the key"

/// Every way in which F# and .NET print a value.
let private printed (value: 'value) : (string * string) list =
    let boxed = box value

    [
        "ToString", boxed.ToString()
        "%A", $"%A{value}"
        "%+A", sprintf "%+A" value
        "%O", $"%O{value}"
        "String.Format", String.Format("{0}", boxed)
    ]

let private printsNoKey (name: string) (value: 'value) =
    for way, text in printed value do
        showsNoKey $"{way} of {name}" text

[<Test>]
let ``printing a secret shows no key`` () =
    let secret = Secret.create Fake.key
    printsNoKey "a secret" secret
    printsNoKey "an option" (Some secret)
    printsNoKey "a list" [ "Authorization", secret ]
    Expect.equal "***" (string secret)

[<Test>]
let ``printing what holds a key shows none`` () : Task = task {
    let script = ScriptedTransport.create [ ScriptedTransport.json "{}" ]
    let model = Fake.model Fake.hello script.Transport
    let! result = model |> Model.call Fake.question none
    let request = script.Requests() |> List.exactlyOne
    printsNoKey "a request" request
    printsNoKey "a provider" (Fake.provider (Fake.codec []))
    printsNoKey "a model" model
    printsNoKey "a client" model.Client
    printsNoKey "a response" (Fake.ok result)
}

/// Everything that an error shows.
let private shown (error: LlmError) = ("rendered", LlmError.render error) :: printed error

let private refusals =
    [
        "a refusal", ScriptedTransport.refusal 401 $"Incorrect API key provided: {Fake.key}."
        "a refusal that breaks off", ScriptedTransport.refusal 401 $"key {Fake.key}" |> ScriptedTransport.broken
    ]

[<Test>]
let ``an error that echoes the key shows none`` () : Task = task {
    for name, refusal in refusals do
        for isStreamed in [ false; true ] do
            let model = Fake.model Fake.hello (ScriptedTransport.create [ refusal ]).Transport

            let! result = task {
                if isStreamed then
                    let! stream = model |> Model.stream Fake.question none
                    return Result.map ignore stream
                else
                    let! whole = model |> Model.call Fake.question none
                    return Result.map ignore whole
            }

            match result with
            | Ok() -> Assert.Fail "no error came"
            | Error error ->
                for way, text in shown error do
                    showsNoKey $"{name}, {way}" text
}

[<Test>]
let ``an error in a stream that echoes the key shows none`` () : Task = task {
    let answer = ScriptedTransport.events [ "0"; $"not a number: {Fake.key}"; "1" ]
    let! stream = Fake.startStream Fake.hello (ScriptedTransport.create [ answer ]).Transport
    let! ending = StreamResponse.finish none stream
    printsNoKey "the end" ending
    let! chunks = StreamResponse.chunks none stream |> Items.all
    printsNoKey "the chunks" chunks

    match ending with
    | StreamEnd.Failed(_, error) ->
        for way, text in shown error do
            showsNoKey way text
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a transport whose error echoes the key shows none`` () : Task = task {
    let leaking =
        Transport.create (fun request _ ->
            let secret = request.SecretHeaders |> List.head |> snd |> Secret.reveal
            Task.FromResult(Error(LlmError.Connection("fake.test", $"cannot send {secret}"))))

    match! Fake.model Fake.hello leaking |> Model.call Fake.question none with
    | Error error -> showsNoKey "the error" (LlmError.render error)
    | Ok _ -> Assert.Fail "no error came"
}

[<TestCase("sk-fake-do-not-show\n")>]
[<TestCase("sk-fake-do-not-show\r\nx-injected: 1")>]
[<TestCase("sk-fake-do-not-show-ключ")>]
let ``a key that no header can hold is an error that shows none`` (key: string) : Task = task {
    let requests = Collections.Concurrent.ConcurrentQueue<string>()

    use server =
        new TestServer(fun connection -> task {
            requests.Enqueue connection.Request
            do! connection.Head(200, "application/json")
            do! connection.Send "{}"
            connection.Close()
        })

    let provider = { Fake.provider (Fake.codec Fake.hello) with Key = Some(Secret.create key); BaseUrl = server.Url }
    let model = Model.parse "fake/one" |> Model.withClient (Fake.client provider HttpTransport.standard)
    let! result = model |> Model.call Fake.question none

    match result with
    | Error error -> showsNoKey "the error" (LlmError.render error)
    | Ok _ -> Assert.Fail "it was sent"

    for request in requests do
        Assert.That(request, Does.Not.Contain "x-injected")
}

[<Test>]
let ``a short key is taken out where it stands alone, and leaves the words that hold its letters`` () =
    let cases =
        [
            "test", "the test of a tester: test", "the *** of a tester: ***"
            "test", "Bearer test", "Bearer ***"
            "test", "key=test&latest=1", "key=***&latest=1"
            "test", "tests attest my_test", "tests attest my_***"
            "a", "a cat, a", "*** cat, ***"
            "1234567", "12345678 1234567", "12345678 ***"
            "-x-", "a-x-b", "a***b"
            "12345678", "x12345678y", "x***y"
        ]

    for key, text, clean in cases do
        Expect.equal clean (Secret.redact (Secret.create key) text)
