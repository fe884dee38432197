// What calls need from the outside: providers, credentials, transport, environment, time, limits. All are values with defaults at the edge.
// The one place that signs a request and sends it; knows no wire format.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// <summary>Everything that a call uses besides its arguments. Immutable; change it with <c>{ client with ... }</c>.</summary>
[<NoComparison; NoEquality>]
type Client =
    {
        /// Who serves which model ids.
        Registry: Registry
        /// How requests are signed, by the beginnings of model ids: the longest that fits counts, and the provider's own data where none does.
        Auths: Map<string, Auth>
        /// How requests get there.
        Transport: Transport
        /// An environment variable's value, by its name.
        Environment: string -> string option
        /// For timeouts, signatures and the expiry of tokens.
        TimeProvider: TimeProvider
        /// How long to wait.
        Timeouts: Timeouts
        /// The most bytes of an answer, whole or streamed.
        MaxAnswerBytes: int64
        /// Is told of everything that a provider lacks and that was left out.
        OnWarning: Warning -> unit
    }

/// The secrets of a call, as far as it has been signed: they are taken out of its errors.
[<Sealed>]
type internal Redaction() =
    let gate = obj ()
    let mutable signed: (string * Secret) list list = []

    /// Those of a signed request too.
    member _.Add(request: TransportRequest) : unit = lock gate (fun () -> signed <- request.SecretHeaders :: signed)

    /// The error without them.
    member _.Clean(error: LlmError) : LlmError =
        let secrets = signed |> List.collect Transport.secrets
        LlmError.mapText (fun text -> secrets |> List.fold (fun clean secret -> Secret.redact secret clean) text) error

/// Functions on <see cref="T:Llm.Core.Client"/>.
[<RequireQualifiedAccess>]
module Client =
    let private environment (name: string) : string option = Environment.GetEnvironmentVariable name |> Option.ofObj

    /// <summary>The known providers, the shared HTTP transport, the process's environment, and generous limits (256 MiB an answer).</summary>
    let standard: Client =
        {
            Registry = Vendors.registry
            Auths = Map.empty
            Transport = HttpTransport.standard
            Environment = environment
            TimeProvider = TimeProvider.System
            Timeouts = Timeouts.standard
            MaxAnswerBytes = 256L * 1024L * 1024L
            OnWarning = ignore
        }

    /// <summary>The client with another transport, such as a recorded or scripted one.</summary>
    let withTransport (transport: Transport) (client: Client) : Client = { client with Transport = transport }

    /// <summary>The client with one more provider: model ids that begin with the prefix go there.</summary>
    let withProvider (prefix: string) (provider: Provider) (client: Client) : Client =
        { client with Registry = Registry.add prefix provider client.Registry }

    /// <summary>
    /// The client that signs requests for model ids that begin with the prefix in this way, whatever keys there are. The longest prefix wins.
    /// </summary>
    /// <example>
    /// <c>Client.standard |> Client.withAuth "azure" auth</c> signs for <c>azure/gpt-5</c> and for <c>azure:completions/gpt-5</c>.
    /// </example>
    let withAuth (prefix: string) (auth: Auth) (client: Client) : Client = { client with Auths = Map.add prefix auth client.Auths }

    let private authFor (modelId: string) (client: Client) : Auth =
        if client.Auths.IsEmpty then
            Auth.standard
        else
            client.Auths
            |> Map.toList
            |> List.filter (fun (prefix, _) -> modelId.StartsWith(prefix, StringComparison.Ordinal))
            |> List.sortByDescending (fun (prefix, _) -> prefix.Length)
            |> List.tryHead
            |> Option.map snd
            |> Option.defaultValue Auth.standard

    /// The body of an answer that came from an address, read within the client's limits.
    let internal bodyOf (url: string) (response: TransportResponse) (client: Client) : Body =
        new Body(
            response,
            {
                Url = url
                Idle = client.Timeouts.Idle
                MaxBytes = client.MaxAnswerBytes
                TimeProvider = client.TimeProvider
            }
        )

    /// The error that an answer is which is no success.
    let internal refusal
        (codec: Codec)
        (response: TransportResponse)
        (body: Body)
        (client: Client)
        (cancellationToken: CancellationToken)
        : Task<LlmError> = task {
        // A body that breaks off is still evidence, as far as it came; the status decides.
        let! struct (evidence, _) = (body.ReadAllAsync cancellationToken).ConfigureAwait false
        let headers = Headers.datedFrom (client.TimeProvider.GetUtcNow()) response.Headers
        return codec.DecodeError { Status = response.Status; Headers = headers; Body = evidence }
    }

    /// Sends a refused request once more, where other credentials can be had; else the refusal stands.
    let private sendRenewed
        (sign: CancellableTaskResult<TransportRequest, LlmError>)
        (redaction: Redaction)
        (client: Client)
        (refused: TransportRequest)
        (refusal: TransportResponse)
        : CancellableTaskResult<TransportResponse, LlmError> =
        fun cancellationToken -> task {
            let mutable isKept = false

            try
                match! (sign cancellationToken).ConfigureAwait false with
                | Ok renewed when renewed.SecretHeaders <> refused.SecretHeaders ->
                    redaction.Add renewed
                    (refusal :> IDisposable).Dispose()
                    let transport = client.Transport |> Transport.withFirstByteTimeout client.TimeProvider client.Timeouts.FirstByte
                    return! (transport.Send renewed cancellationToken).ConfigureAwait false
                | Ok _
                | Error _ ->
                    isKept <- true
                    return Ok refusal
            finally
                if not isKept then (refusal :> IDisposable).Dispose()
        }

    /// Signs and sends a request for a model id; one that is refused as unauthorized once more, where other credentials can be had.
    let internal send
        (modelId: string)
        (provider: Provider)
        (redaction: Redaction)
        (unsigned: TransportRequest)
        (client: Client)
        (cancellationToken: CancellationToken)
        : Task<Result<TransportResponse, LlmError>> = task {
        let auth = authFor modelId client
        let context = { Provider = provider; Environment = client.Environment; TimeProvider = client.TimeProvider }

        match! (auth.Sign context unsigned cancellationToken).ConfigureAwait false with
        | Error error -> return Error error
        | Ok signed ->
            redaction.Add signed
            use wait = new FirstByteLimit(client.TimeProvider, client.Timeouts.FirstByte, cancellationToken)

            try
                match! (client.Transport.Send signed wait.Token).ConfigureAwait false with
                | Ok refusal when refusal.Status = 401 && auth.Renew signed ->
                    return!
                        (sendRenewed (auth.Sign context unsigned) redaction client signed refusal cancellationToken).ConfigureAwait false
                | answer -> return answer
            with :? OperationCanceledException when wait.IsOver ->
                return Error wait.Error
    }
