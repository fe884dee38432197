// Tokens of Microsoft Entra in Azure's requests, by a credential of our own.
module Llm.Identity.Tests.AzureIdentityTests

open System
open System.Threading
open System.Threading.Tasks
open Azure.Core
open NUnit.Framework
open Llm.Core
open Llm.Fakes
open Llm.Identity

/// Numbers its tokens, and keeps the scopes that it is asked for.
type private NumberedCredential() =
    inherit TokenCredential()
    let scopes = ResizeArray<string>()

    let next (context: TokenRequestContext) =
        scopes.Add(String.Join(" ", context.Scopes))
        AccessToken($"token-{scopes.Count}", DateTimeOffset.UtcNow.AddHours 1.0)

    member _.Scopes = List.ofSeq scopes

    override _.GetToken(context: TokenRequestContext, _: CancellationToken) : AccessToken = next context

    override _.GetTokenAsync(context: TokenRequestContext, _: CancellationToken) : ValueTask<AccessToken> =
        ValueTask<AccessToken>(next context)

type private LoggedOut() =
    inherit TokenCredential()
    let refuse () : AccessToken = raise (Azure.Identity.CredentialUnavailableException "nobody is logged in")
    override _.GetToken(_: TokenRequestContext, _: CancellationToken) : AccessToken = refuse ()
    override _.GetTokenAsync(_: TokenRequestContext, _: CancellationToken) : ValueTask<AccessToken> = ValueTask<AccessToken>(refuse ())

let private wanting (token: string) =
    Signed.vendor "azure/" (Credentials.Header("Authorization", $"Bearer {token}")) [ "AZURE_OPENAI_ENDPOINT" ]

[<Test>]
let ``a credential's token goes with the request, and is kept`` () : Task = task {
    let credential = NumberedCredential()
    let auth = AzureIdentity.auth credential

    for _ in 1..2 do
        let! answer = Signed.ask (wanting "token-1") auth
        Assert.That(answer, Is.EqualTo(Result<string, LlmError>.Ok Conversation.answer))

    Assert.That(credential.Scopes, Is.EqualTo(box [ AzureIdentity.scope ]))
}

[<Test>]
let ``a scope of one's own is asked for`` () : Task = task {
    let credential = NumberedCredential()
    let! _ = Signed.ask (wanting "token-1") (AzureIdentity.forScope "https://ai.azure.com/.default" credential)
    Assert.That(credential.Scopes, Is.EqualTo(box [ "https://ai.azure.com/.default" ]))
}

[<Test>]
let ``C# takes the tokens as a callback`` () : Task = task {
    let credential = NumberedCredential()
    let! answer = Signed.askFromCSharp (wanting "token-1") _.WithToken("azure", AzureTokens.From credential)
    Assert.That(answer, Is.EqualTo Conversation.answer)
    Assert.That(credential.Scopes, Is.EqualTo(box [ AzureIdentity.scope ]))
}

[<Test>]
let ``a credential without an identity is an error that says so`` () : Task = task {
    let! answer = Signed.ask (wanting "none") (AzureIdentity.auth (LoggedOut()))
    Assert.That(answer, Is.EqualTo(Result<string, _>.Error(LlmError.CredentialsUnavailable("azure", "nobody is logged in"))))
}
