// Tokens of Google Cloud in Vertex AI's requests: a service account with a key made here, whose token server is a function.
module Llm.Identity.Tests.GoogleIdentityTests

open System
open System.Net.Http
open System.Security.Cryptography
open System.Text
open System.Threading.Tasks
open Google.Apis.Auth.OAuth2
open Google.Apis.Http
open NUnit.Framework
open Llm.Core
open Llm.Fakes
open Llm.Identity

/// Gives a token for an assertion, and keeps the assertions.
type private TokenServer(assertions: ResizeArray<string>) =
    inherit HttpMessageHandler()

    override _.SendAsync(request, cancellationToken) = task {
        let! form = (nonNull request.Content).ReadAsStringAsync cancellationToken
        let assertion = form.Split '&' |> Array.find (fun pair -> pair.StartsWith "assertion=")
        assertions.Add(assertion.Substring "assertion=".Length)

        return
            new HttpResponseMessage(
                Content = new StringContent("""{"access_token":"ya29.made-here","expires_in":3600,"token_type":"Bearer"}""")
            )
    }

type private Factory(handler: HttpMessageHandler) =
    inherit HttpClientFactory()
    override _.CreateHandler _ = handler

let private serviceAccount (key: RSA) (assertions: ResizeArray<string>) : GoogleCredential =
    ServiceAccountCredential.Initializer(
        "robot@acme-1.iam.gserviceaccount.com",
        "https://oauth2.test/token",
        HttpClientFactory = Factory(new TokenServer(assertions))
    )
    |> fun initializer -> initializer.FromPrivateKey(key.ExportPkcs8PrivateKeyPem())
    |> ServiceAccountCredential
    |> GoogleCredential.FromServiceAccountCredential

let private fromBase64Url (text: string) =
    Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='))

let private wanting =
    Signed.vendor
        "vertexai/"
        (Credentials.Header("Authorization", "Bearer ya29.made-here"))
        [ "GOOGLE_CLOUD_PROJECT"; "GOOGLE_CLOUD_LOCATION" ]

[<Test>]
let ``a service account's token goes with the request, by an assertion that its key signed`` () : Task = task {
    use key = RSA.Create 2048
    let assertions = ResizeArray<string>()
    let auth = GoogleIdentity.auth (serviceAccount key assertions)

    for _ in 1..2 do
        let! answer = Signed.ask wanting auth
        Assert.That(answer, Is.EqualTo(Result<string, LlmError>.Ok Conversation.answer))

    let parts = (Seq.exactlyOne assertions).Split '.'
    let claims = Encoding.UTF8.GetString(fromBase64Url parts[1])
    let signed = Encoding.UTF8.GetBytes $"{parts[0]}.{parts[1]}"
    Assert.That(claims, Does.Contain("robot@acme-1").And.Contain GoogleIdentity.scope)

    Assert.That(
        key.VerifyData(signed, fromBase64Url parts[2], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "the assertion is not signed by the key"
    )
}

[<Test>]
let ``C# takes the tokens as a callback`` () : Task = task {
    use key = RSA.Create 2048
    let credential = serviceAccount key (ResizeArray())
    let! answer = Signed.askFromCSharp wanting _.WithToken("vertexai", GoogleTokens.From credential)
    Assert.That(answer, Is.EqualTo Conversation.answer)
}
