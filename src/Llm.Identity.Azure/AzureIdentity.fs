// Identities of Microsoft Entra as a way to sign requests: everything that Azure.Identity knows, for Azure OpenAI and Azure AI.
// The core knows nothing of it; C# takes the callback, F# the Auth.
namespace Llm.Identity

open System
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open Azure.Core
open Azure.Identity
open Llm.Core

/// <summary>Signs requests as an identity of Microsoft Entra.</summary>
[<RequireQualifiedAccess>]
module AzureIdentity =
    /// What a token for Azure OpenAI and Azure AI is asked for.
    let scope: string = "https://cognitiveservices.azure.com/.default"

    let internal take (scope: string) (credential: TokenCredential) (cancellationToken: CancellationToken) : Task<AccessToken> =
        credential.GetTokenAsync(TokenRequestContext [| scope |], cancellationToken).AsTask()

    /// <summary>By a credential, with tokens for a scope, such as that of a sovereign cloud.</summary>
    let forScope (scope: string) (credential: TokenCredential) : Auth =
        Auth.token (fun cancellationToken -> task {
            let! token = take scope credential cancellationToken
            return BearerToken.expiringAt token.ExpiresOn token.Token
        })

    /// <summary>By a credential. Tokens are kept until shortly before they expire, and renewed once when they are refused.</summary>
    /// <example>
    /// <c>Client.standard |> Client.withAuth "azure" (AzureIdentity.auth (ManagedIdentityCredential()))</c>
    /// </example>
    let auth (credential: TokenCredential) : Auth = forScope scope credential

    /// <summary>
    /// By what the environment has: variables, workload identity, managed identity, and the tools of developers (<c>DefaultAzureCredential</c>).
    /// </summary>
    let standard () : Auth = auth (DefaultAzureCredential())

/// <summary>For C#: tokens of Microsoft Entra as a callback.</summary>
[<AbstractClass; Sealed>]
type AzureTokens private () =
    /// <summary>A callback that gives a credential's tokens; the credential keeps them.</summary>
    /// <param name="credential">The credential, such as <c>new DefaultAzureCredential()</c>.</param>
    /// <param name="scope">What the token is for; Azure OpenAI and Azure AI if not given.</param>
    /// <example><c>client.WithToken("azure", AzureTokens.From(new DefaultAzureCredential()))</c></example>
    static member From
        (credential: TokenCredential, [<Optional; DefaultParameterValue("https://cognitiveservices.azure.com/.default")>] scope: string)
        : Func<CancellationToken, Task<string>> =
        ArgumentNullException.ThrowIfNull credential

        Func<_, _>(fun cancellationToken -> task {
            let! token = AzureIdentity.take scope credential cancellationToken
            return token.Token
        })
