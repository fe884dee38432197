// A request on its way: the one place that signs a request and sends it. Called by the model and by what asks providers other things; knows
// no wire format.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

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

/// Sends a request and reads its answer: all that a call waits for. A class, for functions of any kind of answer that stand in a module
/// cannot be compiled ahead of time (docs/decisions/0010), and every process would compile these for its first call.
[<AbstractClass>]
type internal Sending<'answer>(outgoing: Outgoing, client: Client) =
    let auth = Auths.forModel outgoing.ModelId client.Auths

    /// The error that an answer is which is no success.
    let refusal (body: Body) (cancellationToken: CancellationToken) : Task<LlmError> = task {
        // A body that breaks off is still evidence, as far as it came; the status decides.
        let! struct (evidence, _) = (body.ReadAllAsync cancellationToken).ConfigureAwait false
        let headers = Headers.datedFrom (client.TimeProvider.GetUtcNow()) body.Response.Headers
        return outgoing.Codec.DecodeError { Status = body.Response.Status; Headers = headers; Body = evidence }
    }

    /// Signs the request, mostly at once: only tokens have to be waited for.
    let sign (cancellationToken: CancellationToken) : ValueTask<Result<TransportRequest, LlmError>> =
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
    let sendRenewed
        (refused: TransportRequest)
        (refusal: TransportResponse)
        (cancellationToken: CancellationToken)
        : Task<Result<TransportResponse, LlmError>> = task {
        let mutable isKept = false

        try
            match! (sign cancellationToken).ConfigureAwait false with
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

    /// Tells the caller what is left out, and signs.
    let beginning (cancellationToken: CancellationToken) : ValueTask<Result<TransportRequest, LlmError>> =
        try
            outgoing.Warnings |> List.iter client.OnWarning
            sign cancellationToken
        with failure ->
            // A caller's function that throws fails the call, as one that fails later does.
            ValueTask.FromException<Result<TransportRequest, LlmError>> failure

    /// Reads the answer, which is a success. The body is the reader's from then on.
    abstract Read: body: Body * cancellationToken: CancellationToken -> ValueTask<Result<'answer, LlmError>>

    /// Reads an answer, where it is a success; else its error.
    member private this.ReadAnswer(answer: TransportResponse, waits: Waits, cancellationToken: CancellationToken) =
        let body = new Body(answer, outgoing.Unsigned.Url, client.Timeouts.Idle, client.MaxAnswerBytes, waits)

        if answer.IsSuccess then
            this.Read(body, cancellationToken)
        else
            ValueTask<Result<'answer, LlmError>>(
                task {
                    let! error = (refusal body cancellationToken).ConfigureAwait false
                    return Error error
                }
            )

    member private this.AskAnew(refused: TransportRequest, refusal: TransportResponse, cancellationToken: CancellationToken) = task {
        match! (sendRenewed refused refusal cancellationToken).ConfigureAwait false with
        | Error error -> return Error error
        | Ok answer -> return! this.ReadAnswer(answer, Waits.AtRest client.TimeProvider, cancellationToken).ConfigureAwait false
    }

    /// Takes an answer whose headers have come.
    member private this.Answered
        (request: TransportRequest, answer: TransportResponse, waits: Waits, cancellationToken: CancellationToken)
        : ValueTask<Result<'answer, LlmError>> =
        waits.HeadersCame()

        if waits.IsCancellationRequested then
            // In the last moment.
            waits.Close()
            (answer :> IDisposable).Dispose()
            cancellationToken.ThrowIfCancellationRequested()
            ValueTask<Result<'answer, LlmError>>(Error waits.Error)
        elif answer.Status = 401 && auth.Renew request then
            waits.Close()
            ValueTask<Result<'answer, LlmError>>(this.AskAnew(request, answer, cancellationToken))
        else
            this.ReadAnswer(answer, waits, cancellationToken)

    /// Sends a signed request and reads its answer, so that there is one state of waiting and not one a step.
    member private this.Exchange(request: TransportRequest, cancellationToken: CancellationToken) : Task<Result<'answer, LlmError>> = task {
        outgoing.Add request
        let waits = Waits.ForHeaders(client.TimeProvider, client.Timeouts.FirstByte, cancellationToken)

        try
            try
                match! (client.Transport.Send request waits.Token).ConfigureAwait false with
                | Error error -> return Error(outgoing.Clean error)
                | Ok answer ->
                    let reading = this.Answered(request, answer, waits, cancellationToken)

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

    member private this.SignedLater(signing: ValueTask<Result<TransportRequest, LlmError>>, cancellationToken: CancellationToken) = task {
        match! signing.ConfigureAwait false with
        | Ok request -> return! this.Exchange(request, cancellationToken).ConfigureAwait false
        | Error error -> return Error(outgoing.Clean error)
    }

    /// <summary>
    /// Signs the request, sends it and reads its answer; one that is refused as unauthorized is sent once more, where other credentials can
    /// be had. Errors are without secrets.
    /// </summary>
    member this.Ask(cancellationToken: CancellationToken) : Task<Result<'answer, LlmError>> =
        let signing = beginning cancellationToken

        if not signing.IsCompletedSuccessfully then
            this.SignedLater(signing, cancellationToken)
        else
            match signing.Result with
            | Ok request -> this.Exchange(request, cancellationToken)
            | Error error -> Task.FromResult(Error(outgoing.Clean error))
