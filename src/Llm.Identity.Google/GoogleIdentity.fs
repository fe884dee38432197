// Identities of Google Cloud as a way to sign requests: everything that Google.Apis.Auth knows, for Vertex AI.
// The core knows nothing of it; C# takes the callback, F# the Auth.
namespace Llm.Identity

open System
open System.Threading
open System.Threading.Tasks
open Google.Apis.Auth.OAuth2
open Llm.Core

/// <summary>Signs requests as an identity of Google Cloud.</summary>
[<RequireQualifiedAccess>]
module GoogleIdentity =
    /// What a token for Vertex AI is asked for.
    let scope: string = "https://www.googleapis.com/auth/cloud-platform"

    let internal take (credential: GoogleCredential) : CancellationToken -> Task<string> =
        let scoped = credential.CreateScoped scope
        fun cancellationToken -> scoped.UnderlyingCredential.GetAccessTokenForRequestAsync(cancellationToken = cancellationToken)

    let internal takeDefault: CancellationToken -> Task<string> =
        let gate = obj ()
        let mutable known: GoogleCredential option = None

        fun cancellationToken -> task {
            match known with
            | Some credential -> return! take credential cancellationToken
            | None ->
                // One that fails is tried again at the next request.
                let! credential = GoogleCredential.GetApplicationDefaultAsync cancellationToken
                lock gate (fun () -> known <- Some credential)
                return! take credential cancellationToken
        }

    let private ofSource (source: CancellationToken -> Task<string>) : Auth =
        Auth.token (fun cancellationToken -> task {
            let! token = source cancellationToken
            return BearerToken.create token
        })

    /// <summary>By a credential, which keeps its tokens itself; it is given the scope of Google Cloud where it has none.</summary>
    /// <example><c>Client.standard |> Client.withAuth "vertexai" (GoogleIdentity.auth credential)</c></example>
    let auth (credential: GoogleCredential) : Auth = ofSource (take credential)

    /// <summary>
    /// By the application default credentials: the file that <c>GOOGLE_APPLICATION_CREDENTIALS</c> names, gcloud's login, or the machine's
    /// service account. They are looked for at the first request.
    /// </summary>
    let standard () : Auth = ofSource takeDefault

/// <summary>For C#: tokens of Google Cloud as a callback.</summary>
[<AbstractClass; Sealed>]
type GoogleTokens private () =
    /// <summary>A callback that gives a credential's tokens; the credential keeps them.</summary>
    /// <param name="credential">The credential.</param>
    /// <example><c>client.WithToken("vertexai", GoogleTokens.From(credential))</c></example>
    static member From(credential: GoogleCredential) : Func<CancellationToken, Task<string>> =
        ArgumentNullException.ThrowIfNull credential
        Func<_, _>(GoogleIdentity.take credential)

    /// <summary>A callback that gives tokens of the application default credentials, which are looked for at the first request.</summary>
    /// <example><c>client.WithToken("vertexai", GoogleTokens.ApplicationDefault())</c></example>
    static member ApplicationDefault() : Func<CancellationToken, Task<string>> = Func<_, _>(GoogleIdentity.takeDefault)
