// Identities of AWS as a way to sign requests: everything that AWSSDK.Core knows, for Bedrock.
// The core signs and knows nothing of it; C# takes the callback, F# the Auth.
namespace Llm.Identity

open System
open System.Threading
open System.Threading.Tasks
open Amazon.Runtime
open Amazon.Runtime.CredentialManagement
open Amazon.Runtime.Credentials
open Llm.Core

/// <summary>Signs requests as an identity of AWS.</summary>
[<RequireQualifiedAccess>]
module AwsIdentity =
    let internal take (credentials: AWSCredentials) (cancellationToken: CancellationToken) : Task<ImmutableCredentials> =
        credentials.GetCredentialsAsync().WaitAsync cancellationToken

    let internal ofProfile (file: string | null) (name: string) : AWSCredentials =
        match CredentialProfileStoreChain(file).TryGetAWSCredentials name with
        | true, credentials -> credentials
        | _ -> invalidOp $"There is no profile '{name}' of AWS."

    let private ofSource (source: unit -> AWSCredentials) : Auth =
        // Found at the first request; a chain that finds nothing is asked again at the next.
        let gate = obj ()
        let mutable known: AWSCredentials option = None

        let find () =
            lock gate (fun () ->
                match known with
                | Some credentials -> credentials
                | None ->
                    let credentials = source ()
                    known <- Some credentials
                    credentials)

        Auth.aws (fun cancellationToken -> task {
            let! keys = take (find ()) cancellationToken

            return
                {
                    AccessKeyId = keys.AccessKey
                    SecretAccessKey = Secret.create keys.SecretKey
                    SessionToken = if String.IsNullOrEmpty keys.Token then None else Some(Secret.create keys.Token)
                }
        })

    /// <summary>By credentials, which keep and refresh their keys themselves.</summary>
    /// <example><c>Client.standard |> Client.withAuth "bedrock" (AwsIdentity.auth credentials)</c></example>
    let auth (credentials: AWSCredentials) : Auth = ofSource (fun () -> credentials)

    /// <summary>By a profile of the shared files, such as one that single sign-on made; looked for at the first request.</summary>
    let profile (name: string) : Auth = ofSource (fun () -> ofProfile null name)

    /// <summary>By a profile of this file.</summary>
    let profileIn (file: string) (name: string) : Auth = ofSource (fun () -> ofProfile file name)

    /// <summary>
    /// By what the environment has: variables, profiles, web identity, the container's or the machine's role; looked for at the first request.
    /// </summary>
    let standard () : Auth = ofSource DefaultAWSCredentialsIdentityResolver.GetCredentials

/// <summary>For C#: keys of AWS as a callback.</summary>
[<AbstractClass; Sealed>]
type AwsKeys private () =
    /// <summary>A callback that gives the keys of credentials, which keep and refresh them: id, secret, and session token or null.</summary>
    /// <param name="credentials">The credentials.</param>
    /// <example><c>client.WithAwsKeys("bedrock", AwsKeys.From(credentials))</c></example>
    static member From(credentials: AWSCredentials) : Func<CancellationToken, Task<struct (string * string * string)>> =
        ArgumentNullException.ThrowIfNull credentials

        Func<_, _>(fun cancellationToken -> task {
            let! keys = AwsIdentity.take credentials cancellationToken
            let token = if String.IsNullOrEmpty keys.Token then null else keys.Token
            return struct (keys.AccessKey, keys.SecretKey, token)
        })

    /// <summary>A callback that gives the keys of a profile of the shared files.</summary>
    /// <param name="name">The profile.</param>
    /// <exception cref="T:System.InvalidOperationException">There is no such profile.</exception>
    static member FromProfile(name: string) : Func<CancellationToken, Task<struct (string * string * string)>> =
        AwsKeys.From(AwsIdentity.ofProfile null name)
