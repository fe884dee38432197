// Asking a provider what is no call: how many tokens one would take, and which models it serves. Called by the model and the list of
// models; knows no wire format.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// A question that is ready to be signed and sent.
[<NoComparison; NoEquality>]
type internal Inquiry<'answer> =
    {
        /// The model id, or the prefix of model ids, that it is asked for.
        ModelId: string
        Provider: Provider
        Codec: Codec
        Method: string
        /// Where it goes, from where a call would go.
        Url: string -> string
        Path: string
        Headers: Headers
        Body: RequestBody
        Decode: ReadOnlyMemory<byte> -> Result<'answer, LlmError>
    }

[<RequireQualifiedAccess>]
module internal Inquiry =
    let private transportRequest (client: Client) (inquiry: Inquiry<'answer>) : Result<TransportRequest, LlmError> =
        Provider.url client.Environment inquiry.Path inquiry.Provider
        |> Result.map (fun url ->
            {
                Method = inquiry.Method
                Url = inquiry.Url url
                Headers = inquiry.Headers @ inquiry.Provider.Headers
                SecretHeaders = []
                Body = inquiry.Body
                Stream = false
                ConnectTimeout = client.Timeouts.Connect
            })

    let private read
        (client: Client)
        (inquiry: Inquiry<'answer>)
        (host: string)
        (response: TransportResponse)
        (cancellationToken: CancellationToken)
        : Task<Result<'answer, LlmError>> = task {
        use body = Client.bodyOf host response client

        if response.IsSuccess then
            match! (body.ReadToEndAsync cancellationToken).ConfigureAwait false with
            | Ok bytes -> return inquiry.Decode bytes
            | Error error -> return Error error
        else
            let! error = (client |> Client.refusal inquiry.Codec response body <| cancellationToken).ConfigureAwait false
            return Error error
    }

    /// Asks, and reads the answer.
    let ask (client: Client) (inquiry: Inquiry<'answer>) (cancellationToken: CancellationToken) : Task<Result<'answer, LlmError>> = task {
        match transportRequest client inquiry with
        | Error error -> return Error error
        | Ok request ->
            let redaction = Redaction()

            match! (Client.send inquiry.ModelId inquiry.Provider redaction request client cancellationToken).ConfigureAwait false with
            | Error error -> return Error(redaction.Clean error)
            | Ok response ->
                let! answer = (read client inquiry (Transport.host request.Url) response cancellationToken).ConfigureAwait false
                return Result.mapError redaction.Clean answer
    }
