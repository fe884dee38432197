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
        Auths: (string * Auth) list
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

/// A request on its way: what is asked of whom, and the secrets that it was signed with, which are taken out of the call's errors.
[<Sealed>]
type internal Outgoing(modelId: string, provider: Provider, codec: Codec, warnings: Warning list, unsigned: TransportRequest) =
    let mutable signed: (string * Secret) list = []

    /// The model id, or the prefix of model ids, that it is sent for.
    member _.ModelId = modelId
    member _.Provider = provider
    member _.Codec = codec
    /// What the caller is told before it is sent.
    member _.Warnings = warnings
    /// What is to be signed.
    member _.Unsigned = unsigned

    /// The secrets of a signed request are its own too.
    member this.Add(request: TransportRequest) : unit = lock this (fun () -> signed <- request.SecretHeaders @ signed)

    /// The error without secrets.
    member _.Clean(error: LlmError) : LlmError =
        let secrets = Transport.secrets signed
        LlmError.mapText (fun text -> secrets |> List.fold (fun clean secret -> Secret.redact secret clean) text) error

    /// The result, without secrets where it is an error.
    member this.Cleaned(result: Result<'answer, LlmError>) : Result<'answer, LlmError> =
        match result with
        | Ok _ -> result
        | Error error -> Error(this.Clean error)

/// Reads the answer to a request, which is a success. The body is the reader's from then on.
type internal AnswerReader<'answer> = Body -> CancellationToken -> ValueTask<Result<'answer, LlmError>>

/// Functions on <see cref="T:Llm.Core.Client"/>.
[<RequireQualifiedAccess>]
module Client =
    let private environment (name: string) : string option = Environment.GetEnvironmentVariable name |> Option.ofObj

    /// <summary>The known providers, the shared HTTP transport, the process's environment, and generous limits (256 MiB an answer).</summary>
    let standard: Client =
        {
            Registry = Vendors.registry
            Auths = []
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
    let withAuth (prefix: string) (auth: Auth) (client: Client) : Client = { client with Auths = Auths.add prefix auth client.Auths }

    let private authFor (modelId: string) (client: Client) : Auth = Auths.forModel modelId client.Auths

    /// The error that an answer is which is no success.
    let private refusal (codec: Codec) (body: Body) (client: Client) (cancellationToken: CancellationToken) : Task<LlmError> = task {
        // A body that breaks off is still evidence, as far as it came; the status decides.
        let! struct (evidence, _) = (body.ReadAllAsync cancellationToken).ConfigureAwait false
        let headers = Headers.datedFrom (client.TimeProvider.GetUtcNow()) body.Response.Headers
        return codec.DecodeError { Status = body.Response.Status; Headers = headers; Body = evidence }
    }

    /// Gives an answer to its reader, where it is a success; else its error.
    let private readAnswer
        (outgoing: Outgoing)
        (read: AnswerReader<'answer>)
        (client: Client)
        (answer: TransportResponse)
        (waits: Waits)
        (cancellationToken: CancellationToken)
        : ValueTask<Result<'answer, LlmError>> =
        let body = new Body(answer, outgoing.Unsigned.Url, client.Timeouts.Idle, client.MaxAnswerBytes, waits)

        if answer.IsSuccess then
            read body cancellationToken
        else
            ValueTask<Result<'answer, LlmError>>(
                task {
                    let! error = (refusal outgoing.Codec body client cancellationToken).ConfigureAwait false
                    return Error error
                }
            )

    /// Signs a request, mostly at once: only tokens have to be waited for.
    let private sign (outgoing: Outgoing) (client: Client) (cancellationToken: CancellationToken) =
        let auth = authFor outgoing.ModelId client

        let context =
            {
                Provider = outgoing.Provider
                Environment = client.Environment
                TimeProvider = client.TimeProvider
            }

        if Object.ReferenceEquals(auth, Auth.standard) then
            ValueTask<Result<TransportRequest, LlmError>>(Auth.signStandard context outgoing.Unsigned)
        else
            ValueTask<Result<TransportRequest, LlmError>>(auth.Sign context outgoing.Unsigned cancellationToken)

    /// Sends a refused request once more, where other credentials can be had; else the refusal stands.
    let private sendRenewed
        (outgoing: Outgoing)
        (client: Client)
        (refused: TransportRequest)
        (refusal: TransportResponse)
        (cancellationToken: CancellationToken)
        : Task<Result<TransportResponse, LlmError>> = task {
        let mutable isKept = false

        try
            match! (sign outgoing client cancellationToken).ConfigureAwait false with
            | Ok renewed when renewed.SecretHeaders <> refused.SecretHeaders ->
                outgoing.Add renewed
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

    let private askAnew outgoing read (client: Client) refused refusal (cancellationToken: CancellationToken) = task {
        match! (sendRenewed outgoing client refused refusal cancellationToken).ConfigureAwait false with
        | Error error -> return Error error
        | Ok answer ->
            return! (readAnswer outgoing read client answer (Waits.AtRest client.TimeProvider) cancellationToken).ConfigureAwait false
    }

    /// Takes an answer whose headers have come.
    let private answered
        (outgoing: Outgoing)
        (read: AnswerReader<'answer>)
        (client: Client)
        (request: TransportRequest)
        (answer: TransportResponse)
        (waits: Waits)
        (cancellationToken: CancellationToken)
        : ValueTask<Result<'answer, LlmError>> =
        waits.HeadersCame()

        if waits.IsCancellationRequested then
            // In the last moment.
            waits.Close()
            (answer :> IDisposable).Dispose()
            cancellationToken.ThrowIfCancellationRequested()
            ValueTask<Result<'answer, LlmError>>(Error waits.Error)
        elif answer.Status = 401 && (authFor outgoing.ModelId client).Renew request then
            waits.Close()
            ValueTask<Result<'answer, LlmError>>(askAnew outgoing read client request answer cancellationToken)
        else
            readAnswer outgoing read client answer waits cancellationToken

    /// Sends a signed request and reads its answer: all that a call waits for, so that there is one state of waiting and not one a step.
    let private exchange
        (outgoing: Outgoing)
        (read: AnswerReader<'answer>)
        (client: Client)
        (request: TransportRequest)
        (cancellationToken: CancellationToken)
        : Task<Result<'answer, LlmError>> = task {
        outgoing.Add request
        let waits = Waits.ForHeaders(client.TimeProvider, client.Timeouts.FirstByte, cancellationToken)

        try
            try
                match! (client.Transport.Send request waits.Token).ConfigureAwait false with
                | Error error -> return Error(outgoing.Clean error)
                | Ok answer ->
                    let reading = answered outgoing read client request answer waits cancellationToken

                    if reading.IsCompletedSuccessfully then
                        return outgoing.Cleaned reading.Result
                    else
                        let! result = reading.AsTask().ConfigureAwait false
                        return outgoing.Cleaned result
            with :? OperationCanceledException when waits.IsOver ->
                return Error waits.Error
        finally
            waits.GiveUp()
    }

    /// Tells the caller what is left out, and signs.
    let private beginning (outgoing: Outgoing) (client: Client) (cancellationToken: CancellationToken) =
        try
            outgoing.Warnings |> List.iter client.OnWarning
            sign outgoing client cancellationToken
        with failure ->
            // A caller's function that throws fails the call, as one that fails later does.
            ValueTask.FromException<Result<TransportRequest, LlmError>> failure

    /// <summary>
    /// Signs a request, sends it, and gives its answer to who reads it; one that is refused as unauthorized is sent once more, where other
    /// credentials can be had. Errors are without secrets.
    /// </summary>
    let internal ask
        (outgoing: Outgoing)
        (read: AnswerReader<'answer>)
        (client: Client)
        (cancellationToken: CancellationToken)
        : Task<Result<'answer, LlmError>> =
        let signing = beginning outgoing client cancellationToken

        if not signing.IsCompletedSuccessfully then
            task {
                match! signing.ConfigureAwait false with
                | Ok request -> return! (exchange outgoing read client request cancellationToken).ConfigureAwait false
                | Error error -> return Error(outgoing.Clean error)
            }
        else
            match signing.Result with
            | Ok request -> exchange outgoing read client request cancellationToken
            | Error error -> Task.FromResult(Error(outgoing.Clean error))
