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

    /// Asks, and reads the answer.
    let ask (client: Client) (inquiry: Inquiry<'answer>) (cancellationToken: CancellationToken) : Task<Result<'answer, LlmError>> =
        match transportRequest client inquiry with
        | Error error -> Task.FromResult(Error error)
        | Ok request ->
            let outgoing = Outgoing(inquiry.ModelId, inquiry.Provider, inquiry.Codec, [], request)

            let sending =
                { new Sending<'answer>(outgoing, client) with
                    override _.Read(body, cancellationToken) =
                        ValueTask<Result<'answer, LlmError>>(
                            task {
                                let! bytes = (body.ReadToEndAsync cancellationToken).ConfigureAwait false
                                return Result.bind inquiry.Decode bytes
                            }
                        )
                }

            sending.Ask cancellationToken
