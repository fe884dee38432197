// The sample of the how-to page: a provider that is added as a value. It is called here.
module Llm.Core.Tests.AddedProviderTests

open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

[<Test>]
let ``a provider that was added is called as its dialect says`` () : Task = task {
    let answer =
        """{"id":"c","model":"large","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"""

    let script = ScriptedTransport.create [ ScriptedTransport.json answer ]

    let client =
        { Acme.client with
            Transport = script.Transport
            Environment = fun name -> if name = "ACME_API_KEY" then Some "key" else None
        }

    let model =
        Model.parse "acme/large"
        |> Model.withClient client
        |> Model.withParams { Params.none with TopK = Some 5; Seed = Some 1L; MaxTokens = Some 10 }

    let! result = model |> Model.call [ Message.user "Hello" ] CancellationToken.None
    let response = Fake.ok result
    let request = script.Requests() |> List.exactlyOne
    let body = RequestBody.text request.Body
    Expect.equal "Hi" (Response.text response)
    Expect.equal "acme" response.Provider
    Expect.equal "https://api.acme.example/v1/chat/completions" request.Url
    Expect.equal [ "Authorization", Secret.create "Bearer key" ] request.SecretHeaders
    Assert.That(body, Does.Contain("\"top_k\":5").And.Contain("\"max_completion_tokens\":10").And.Contain("\"model\":\"large\""))
    Assert.That(body, Does.Not.Contain "seed")
    Expect.equal 1 response.Warnings.Length
}
