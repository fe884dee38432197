// How a request gets its credentials: a function from an unsigned request to a signed one. Tokens come from a callback, keys from the
// caller or the environment, and Amazon's signatures need the time, so this is an effect. Called by the client; knows no wire format.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks

/// <summary>A token for <c>Authorization: Bearer</c>, and how long it is good for.</summary>
type BearerToken =
    {
        /// The token.
        Value: Secret
        /// When it expires. Until shortly before, it is kept and not asked for again; where nobody says, it is asked for at every request.
        ExpiresAt: DateTimeOffset option
    }

/// Functions on <see cref="T:Llm.Core.BearerToken"/>.
[<RequireQualifiedAccess>]
module BearerToken =
    /// <summary>A token that is asked for at every request: its source keeps it itself.</summary>
    let create (token: string) : BearerToken = { Value = Secret.create token; ExpiresAt = None }

    /// <summary>A token that is kept until shortly before it expires.</summary>
    let expiringAt (moment: DateTimeOffset) (token: string) : BearerToken = { Value = Secret.create token; ExpiresAt = Some moment }

/// <summary>What signing may ask for.</summary>
[<NoComparison; NoEquality>]
type AuthContext =
    {
        /// Whose request it is.
        Provider: Provider
        /// An environment variable's value, by its name.
        Environment: string -> string option
        /// The clock: signatures hold the time, tokens expire.
        TimeProvider: TimeProvider
    }

/// <summary>A way to sign requests. One value may serve many calls at once.</summary>
[<NoComparison; NoEquality>]
type Auth =
    {
        /// The request with its credentials; those that must not show are in its secret headers.
        Sign: AuthContext -> TransportRequest -> CancellableTaskResult<TransportRequest, LlmError>
        /// Told that a signed request was refused as unauthorized (401): whether signing anew may give other credentials. Where it does,
        /// the request is sent once more.
        Renew: TransportRequest -> bool
    }

/// A token while it is good.
type private KeptToken = { Token: BearerToken; Until: DateTimeOffset }

/// Keeps a token until it expires. Many may ask at once; the source is asked by one.
type private TokenCache(source: CancellationToken -> Task<BearerToken>) =
    let asking = new SemaphoreSlim(1, 1)
    let gate = obj ()
    let mutable kept: KeptToken option = None

    let read (timeProvider: TimeProvider) =
        lock gate (fun () -> kept) |> Option.filter (fun found -> timeProvider.GetUtcNow() < found.Until)

    // A token that lives for an hour is renewed two minutes before its end, and one that lives for a minute twelve seconds before.
    let goodUntil (now: DateTimeOffset) (expiry: DateTimeOffset) =
        expiry - TimeSpan.FromMinutes(Math.Clamp((expiry - now).TotalMinutes / 5.0, 0.0, 2.0))

    let ask (timeProvider: TimeProvider) (cancellationToken: CancellationToken) = task {
        let now = timeProvider.GetUtcNow()
        let! token = (source cancellationToken).ConfigureAwait false
        let fresh = token.ExpiresAt |> Option.map (fun expiry -> { Token = token; Until = goodUntil now expiry })
        lock gate (fun () -> kept <- fresh)
        return token
    }

    member _.TakeAsync(timeProvider: TimeProvider, cancellationToken: CancellationToken) : Task<BearerToken> = task {
        match read timeProvider with
        | Some found -> return found.Token
        | None ->
            do! asking.WaitAsync(cancellationToken).ConfigureAwait false

            try
                // Somebody else may have asked in the meantime.
                match read timeProvider with
                | Some found -> return found.Token
                | None -> return! (ask timeProvider cancellationToken).ConfigureAwait false
            finally
                asking.Release() |> ignore
    }

    /// Forgets the token, unless another has come since the one that was refused.
    member _.Forget(refused: Secret) : unit =
        lock gate (fun () -> kept <- kept |> Option.filter (fun found -> found.Token.Value <> refused))

/// <summary>Ways to sign requests.</summary>
[<RequireQualifiedAccess>]
module Auth =
    let private bearerHeader (token: Secret) = "Authorization", Secret.create ("Bearer " + Secret.reveal token)

    /// The headers of keys that were given to a provider, each as long as there is the key: it comes with every request.
    let private bearers = ConditionalWeakTable<Secret, (string * Secret) list>()

    let private bearerOf =
        ConditionalWeakTable<Secret, (string * Secret) list>.CreateValueCallback(fun key -> [ bearerHeader key ])

    /// The same, where keys have a header of their own.
    let private named = ConditionalWeakTable<Secret, (string * Secret) list>()

    let private namedHeader (name: string) (key: Secret) : (string * Secret) list =
        match named.TryGetValue key with
        | true, ([ (known, _) ] as header) when known = name -> header
        | _ ->
            let header = [ name, key ]
            named.AddOrUpdate(key, header)
            header

    let private withSecret (headers: (string * Secret) list) (request: TransportRequest) =
        { request with SecretHeaders = request.SecretHeaders @ headers }

    /// A way from a function that needs nobody else, and has nothing new after a refusal.
    let private pureAuth (sign: AuthContext -> TransportRequest -> Result<TransportRequest, LlmError>) : Auth =
        {
            Sign = fun context request -> (fun _ -> Task.FromResult(sign context request))
            Renew = fun _ -> false
        }

    /// The source's failure is an error like any other; a cancelled call stays cancelled.
    let private asked
        (provider: string)
        (source: CancellationToken -> Task<'credentials>)
        (cancellationToken: CancellationToken)
        : Task<Result<'credentials, LlmError>> = task {
        try
            let! credentials = (source cancellationToken).ConfigureAwait false
            return Ok credentials
        with
        | :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            cancellationToken.ThrowIfCancellationRequested()
            return Error(LlmError.Cancelled provider)
        | failure -> return Error(LlmError.CredentialsUnavailable(provider, failure.Message))
    }

    /// <summary>Sends no credentials.</summary>
    let none: Auth = pureAuth (fun _ request -> Ok request)

    /// <summary>A key in a header of that name.</summary>
    /// <example><c>Auth.header "api-key" "secret"</c></example>
    let header (name: string) (key: string) : Auth = pureAuth (fun _ request -> Ok(withSecret [ name, Secret.create key ] request))

    /// <summary>
    /// A bearer token from a callback, such as a vendor's identity library. A token is kept until shortly before it expires; many calls at
    /// once ask once. When the provider refuses it (401), a new one is asked for and the request is sent once more.
    /// A callback that fails is <c>CredentialsUnavailable</c>.
    /// </summary>
    /// <example>
    /// <c>Client.standard |> Client.withAuth "azure" (Auth.token (fun cancellationToken -> task { return BearerToken.create "..." }))</c>
    /// </example>
    let token (source: CancellationToken -> Task<BearerToken>) : Auth =
        let cache = TokenCache source

        let refusedToken (request: TransportRequest) =
            request.SecretHeaders
            |> List.tryFind (fun (name, _) -> name = "Authorization")
            |> Option.map (fun (_, value) -> Secret.create ((Secret.reveal value).Substring "Bearer ".Length))

        {
            Sign =
                fun context request cancellationToken -> task {
                    let take token = cache.TakeAsync(context.TimeProvider, token)
                    let! token = (asked context.Provider.Id take cancellationToken).ConfigureAwait false
                    return token |> Result.map (fun token -> withSecret [ bearerHeader token.Value ] request)
                }
            Renew =
                fun request ->
                    refusedToken request |> Option.iter cache.Forget
                    true
        }

    let private signAws
        (service: string)
        (context: AuthContext)
        (credentials: AwsCredentials)
        (request: TransportRequest)
        : Result<TransportRequest, LlmError> =
        Provider.setting context.Environment "region" context.Provider
        |> Result.bind (fun region ->
            match Uri.TryCreate(request.Url, UriKind.Absolute) with
            | true, uri ->
                // As HttpClient will send it, for that is what Amazon sees.
                let url = uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)
                let signing = SigV4.signing region service (context.TimeProvider.GetUtcNow())
                let body = RequestBody.toMemory request.Body
                let signed = SigV4.sign signing credentials request.Method url request.Headers body
                let isSecret (name: string, _) = name <> "x-amz-date"
                let secret, plain = List.partition isSecret signed

                Ok
                    { withSecret (secret |> List.map (fun (name, value) -> name, Secret.create value)) request with
                        Url = url
                        Headers = request.Headers @ plain
                    }
            | _ -> Error(LlmError.InvalidRequest("url", $"'{request.Url}' is no absolute url")))

    /// The service that a provider's requests are signed for.
    let private serviceOf (provider: Provider) =
        match provider.KeyPlace with
        | KeyPlace.AwsSignature service -> service
        | KeyPlace.Bearer
        | KeyPlace.Header _
        | KeyPlace.Nowhere -> "bedrock"

    /// <summary>
    /// Amazon's Signature Version 4 by credentials from a callback, which keeps and refreshes them. The region is the provider's
    /// setting <c>region</c>; the time is the client's. A callback that fails is <c>CredentialsUnavailable</c>.
    /// </summary>
    let aws (source: CancellationToken -> Task<AwsCredentials>) : Auth =
        {
            Sign =
                fun context request cancellationToken -> task {
                    let! credentials = (asked context.Provider.Id source cancellationToken).ConfigureAwait false
                    return credentials |> Result.bind (fun keys -> signAws (serviceOf context.Provider) context keys request)
                }
            Renew = fun _ -> false
        }

    let private awsFromEnvironment (environment: string -> string option) : AwsCredentials option =
        let value name = Provider.firstSet environment [ name ]

        match value "AWS_ACCESS_KEY_ID", value "AWS_SECRET_ACCESS_KEY" with
        | Some id, Some secret ->
            Some
                {
                    AccessKeyId = id
                    SecretAccessKey = Secret.create secret
                    SessionToken = value "AWS_SESSION_TOKEN" |> Option.map Secret.create
                }
        | _ -> None

    let private place (key: Secret) (place: KeyPlace) (request: TransportRequest) =
        match place with
        | KeyPlace.Bearer
        | KeyPlace.AwsSignature _ -> withSecret [ bearerHeader key ] request
        | KeyPlace.Header name -> withSecret [ name, key ] request
        | KeyPlace.Nowhere -> request

    let private missing (provider: Provider) (others: string list) =
        Error(LlmError.MissingApiKey(provider.Id, provider.KeyVariables @ others))

    /// What `standard` does; it has to ask nobody.
    let internal signStandard (context: AuthContext) (request: TransportRequest) : Result<TransportRequest, LlmError> =
        let provider = context.Provider

        let key =
            match provider.Key with
            | Some _ as given -> given
            | None -> Provider.firstSet context.Environment provider.KeyVariables |> Option.map Secret.create

        match provider.KeyPlace, key with
        | KeyPlace.Nowhere, _ -> Ok request
        | (KeyPlace.Bearer | KeyPlace.AwsSignature _), Some key when provider.Key.IsSome ->
            Ok(withSecret (bearers.GetValue(key, bearerOf)) request)
        | KeyPlace.Header name, Some key when provider.Key.IsSome -> Ok(withSecret (namedHeader name key) request)
        | keyPlace, Some key -> Ok(place key keyPlace request)
        | KeyPlace.AwsSignature service, None ->
            match awsFromEnvironment context.Environment with
            | Some credentials -> signAws service context credentials request
            | None -> missing provider [ "AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY" ]
        | _, None when provider.RequiresKey -> missing provider []
        | _, None -> Ok request

    /// <summary>
    /// What the provider's data says: the key that was given, else the environment's, in the provider's place for it; for AWS a Bedrock API
    /// key, else a signature by <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c> and <c>AWS_SESSION_TOKEN</c>. <c>MissingApiKey</c>
    /// names the variables where the provider wants a key and there is none.
    /// </summary>
    let standard: Auth = pureAuth signStandard

/// Ways to sign, by the beginnings of model ids, of which each stands once.
[<RequireQualifiedAccess>]
module internal Auths =
    let remove (prefix: string) (auths: (string * Auth) list) : (string * Auth) list =
        auths |> List.filter (fun (known, _) -> known <> prefix)

    /// The same beginning again replaces.
    let add (prefix: string) (auth: Auth) (auths: (string * Auth) list) : (string * Auth) list = (prefix, auth) :: remove prefix auths

    /// The one of the longest beginning of a model id; the standard one where none fits.
    let forModel (modelId: string) (auths: (string * Auth) list) : Auth =
        let mutable longest = -1
        let mutable found = Auth.standard

        for prefix, auth in auths do
            if prefix.Length > longest && modelId.StartsWith(prefix, StringComparison.Ordinal) then
                longest <- prefix.Length
                found <- auth

        found
