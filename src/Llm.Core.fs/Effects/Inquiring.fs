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
        Provider: Provider
        Codec: Codec
        Method: string
        BaseUrl: string -> string
        Path: string
        Headers: Headers
        Body: RequestBody
        Decode: ReadOnlyMemory<byte> -> Result<'answer, LlmError>
    }

[<RequireQualifiedAccess>]
module internal Inquiry =
    let private transportRequest (client: Client) (key: Secret option) (inquiry: Inquiry<'answer>) : TransportRequest =
        {
            Method = inquiry.Method
            Url = $"{inquiry.BaseUrl(Auth.baseUrl client.Environment inquiry.Provider)}/{inquiry.Path}"
            Headers = inquiry.Headers @ inquiry.Provider.Headers
            SecretHeaders = key |> Option.map (Auth.header inquiry.Provider.KeyPlace) |> Option.defaultValue []
            Body = inquiry.Body
            Stream = false
            ConnectTimeout = client.Timeouts.Connect
        }

    let private read (client: Client) (inquiry: Inquiry<'answer>) (host: string) (response: TransportResponse) = cancellableTaskResult {
        use body =
            new Body(
                response,
                {
                    Host = host
                    Idle = client.Timeouts.Idle
                    MaxBytes = client.MaxAnswerBytes
                    TimeProvider = client.TimeProvider
                }
            )

        let! bytes = fun cancellationToken -> body.ReadToEndAsync cancellationToken

        return!
            if response.Status >= 200 && response.Status < 300 then
                inquiry.Decode bytes
            else
                Error(inquiry.Codec.DecodeError { Status = response.Status; Headers = response.Headers; Body = bytes })
    }

    /// Asks, and reads the answer.
    let ask (client: Client) (inquiry: Inquiry<'answer>) (cancellationToken: CancellationToken) : Task<Result<'answer, LlmError>> = task {
        match Auth.key client.Environment inquiry.Provider with
        | Error error -> return Error error
        | Ok key ->
            let request = transportRequest client key inquiry
            let transport = client.Transport |> Transport.withFirstByteTimeout client.TimeProvider client.Timeouts.FirstByte

            let! answer = task {
                match! transport.Send request cancellationToken with
                | Error error -> return Error error
                | Ok response -> return! read client inquiry (Transport.host request.Url) response cancellationToken
            }

            let redact = key |> Option.map (Secret.redact >> LlmError.mapText) |> Option.defaultValue id
            return Result.mapError redact answer
    }
