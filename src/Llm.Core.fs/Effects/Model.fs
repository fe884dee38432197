// Calling a model: the one place where a request is encoded, signed, sent, and its answer read.
namespace Llm.Core

open System
open FsToolkit.ErrorHandling
open System.Threading
open System.Threading.Tasks

/// <summary>A model id with its parameters and what calls need from the outside. A value: calls do not change it.</summary>
[<NoComparison; NoEquality>]
type Model =
    {
        /// Such as <c>openai/gpt-5</c>.
        Id: string
        /// How to answer.
        Params: Params
        /// What calls use besides.
        Client: Client
        /// What it may use for its answers.
        Tools: ToolRequest
        /// What its answers should look like.
        Format: OutputFormat option
    }

/// A call that is ready to be sent.
[<NoComparison; NoEquality>]
type private Prepared =
    {
        Provider: Provider
        Codec: Codec
        Request: Request
        Encoded: EncodedRequest
        Transport: TransportRequest
        Redact: LlmError -> LlmError
    }

/// Functions on <see cref="T:Llm.Core.Model"/>.
[<RequireQualifiedAccess>]
module Model =
    /// <summary>
    /// The model of an id <c>provider/model</c>, with the standard client. Whether a provider serves it is known at the call, for it
    /// depends on the client.
    /// </summary>
    /// <example><c>Model.parse "openai/gpt-5" |> Model.withParams { Params.none with MaxTokens = Some 100 }</c></example>
    let parse (id: string) : Model = { Id = id; Params = Params.none; Client = Client.standard; Tools = ToolRequest.none; Format = None }

    /// <summary>The model with these parameters in place of its own.</summary>
    let withParams (parameters: Params) (model: Model) : Model = { model with Params = parameters }

    /// <summary>The model with this client in place of its own.</summary>
    let withClient (client: Client) (model: Model) : Model = { model with Client = client }

    /// <summary>The model with these tools in place of its own.</summary>
    let withTools (tools: ToolRequest) (model: Model) : Model = { model with Tools = tools }

    /// <summary>The model whose answers should look like this.</summary>
    let withFormat (format: OutputFormat) (model: Model) : Model = { model with Format = Some format }

    let private prepare (stream: bool) (messages: Message list) (model: Model) : Result<Prepared, LlmError> = result {
        let! struct (provider, name) = Registry.resolve model.Id model.Client.Registry

        let! request =
            { Request.create name model.Params stream messages with Tools = model.Tools; Format = model.Format } |> Request.validate

        let! struct (codec, routed) = provider.Route request
        let! encoded = codec.Encode routed
        let! key = Auth.key model.Client.Environment provider

        let redact =
            match key with
            | Some secret -> LlmError.mapText (Secret.redact secret)
            | None -> id

        return
            {
                Provider = provider
                Codec = StructuredOutput.codecFor encoded.Format codec
                Request = routed
                Encoded = encoded
                Transport =
                    {
                        Method = "POST"
                        Url = Auth.baseUrl model.Client.Environment provider + "/" + encoded.Path
                        Headers = encoded.Headers @ provider.Headers
                        SecretHeaders = key |> Option.map (Auth.header provider.KeyPlace) |> Option.defaultValue []
                        Body = encoded.Body
                        Stream = stream
                        ConnectTimeout = model.Client.Timeouts.Connect
                    }
                Redact = redact
            }
    }

    let private toResponse
        (model: Model)
        (messages: Message list)
        (prepared: Prepared)
        (raw: Json option)
        (headers: Headers)
        (reply: Reply)
        =
        let content = if Params.showsThoughts model.Params then reply.Content else Content.withoutThoughts reply.Content

        let message =
            Message.Assistant
                {
                    Content = content
                    Name = None
                    Origin =
                        Some
                            {
                                Provider = prepared.Provider.Id
                                Api = prepared.Codec.Api
                                Model = prepared.Request.Model
                                Native = reply.Native
                            }
                }

        {
            Id = reply.Id
            Provider = prepared.Provider.Id
            Api = prepared.Codec.Api
            ModelId = model.Id
            ProviderModel = reply.Model |> Option.defaultValue prepared.Request.Model
            Params = model.Params
            Tools = model.Tools
            Format = prepared.Encoded.Format
            Messages = messages @ [ message ]
            Content = content
            FinishReason = reply.FinishReason
            Usage = reply.Usage
            Warnings = prepared.Encoded.Warnings
            RequestId = Headers.requestId headers
            RateLimits = Headers.rateLimits headers
            Raw = raw
        }

    /// Sends, and takes an answer that is no success for the error that it is.
    let private send (client: Client) (prepared: Prepared) : CancellableTaskResult<struct (Body * Headers), LlmError> =
        fun cancellationToken -> task {
            prepared.Encoded.Warnings |> List.iter client.OnWarning

            let transport = client.Transport |> Transport.withFirstByteTimeout client.TimeProvider client.Timeouts.FirstByte

            match! transport.Send prepared.Transport cancellationToken with
            | Error error -> return Error error
            | Ok response ->
                let limits =
                    {
                        Host = Transport.host prepared.Transport.Url
                        Idle = client.Timeouts.Idle
                        MaxBytes = client.MaxAnswerBytes
                        TimeProvider = client.TimeProvider
                    }

                let body = new Body(response, limits)

                if response.Status >= 200 && response.Status < 300 then
                    return Ok(struct (body, response.Headers))
                else
                    use body = body

                    // A body that breaks off is still evidence, as far as it came; the status decides.
                    let! struct (evidence, _) = body.ReadAllAsync cancellationToken

                    return Error(prepared.Codec.DecodeError { Status = response.Status; Headers = response.Headers; Body = evidence })
        }

    let private rawJson (bytes: ReadOnlyMemory<byte>) = Json.trusted (Text.Encoding.UTF8.GetString bytes.Span)

    /// <summary>
    /// Asks the model and waits for the whole answer. Failures are errors; only cancellation throws, as a cancelled task.
    /// </summary>
    /// <example>
    /// <c>Model.parse "openai/gpt-5" |> Model.call [ Message.user "Please recommend a fantasy book" ] cancellationToken</c>
    /// </example>
    let call (messages: Message list) (cancellationToken: CancellationToken) (model: Model) : Task<Result<Response, LlmError>> = task {
        match prepare false messages model with
        | Error error -> return Error error
        | Ok prepared ->
            match! send model.Client prepared cancellationToken with
            | Error error -> return Error(prepared.Redact error)
            | Ok(struct (body, headers)) ->
                use body = body

                match! body.ReadToEndAsync cancellationToken with
                | Error error -> return Error(prepared.Redact error)
                | Ok bytes ->
                    return
                        Codec.decode bytes prepared.Codec
                        |> Result.map (toResponse model messages prepared (Some(rawJson bytes)) headers)
                        |> Result.mapError prepared.Redact
    }

    /// A stream that connects when it is first read.
    let internal streamLazily (messages: Message list) (model: Model) : Result<LiveStream, LlmError> =
        prepare true messages model
        |> Result.map (fun prepared ->
            let connect: CancellableTaskResult<OpenStream, LlmError> = cancellableTaskResult {
                let! struct (body, headers) = send model.Client prepared

                return { Headers = headers; Body = body; Reader = new BodyReader(prepared.Codec) }
            }

            LiveStream(
                {
                    Provider = prepared.Provider.Id
                    ToResponse = fun reply headers -> toResponse model messages prepared None headers reply
                    ShowsThoughts = Params.showsThoughts model.Params
                    Redact = prepared.Redact
                },
                connect
            ))

    /// <summary>
    /// Asks the model and gives the answer as a stream, once the provider has accepted the call. A refusal is an error here; what goes wrong
    /// later is the stream's end.
    /// </summary>
    let stream (messages: Message list) (cancellationToken: CancellationToken) (model: Model) : Task<Result<StreamResponse, LlmError>> =
        task {
            match streamLazily messages model with
            | Error error -> return Error error
            | Ok live ->
                let! opened = live.OpenAsync cancellationToken
                return opened |> Result.map (fun () -> StreamResponse live)
        }

    /// <summary>Goes on with a response's conversation: its messages, and the user's next one. Any model may go on.</summary>
    /// <example><c>model |> Model.resume response [ UserPart.Text "Why that one?" ] cancellationToken</c></example>
    let resume
        (response: Response)
        (content: UserPart list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<Response, LlmError>> =
        match Message.userParts content with
        | Ok message -> call (response.Messages @ [ message ]) cancellationToken model
        | Error error -> Task.FromResult(Error error)

    /// <summary>As <c>resume</c>, with the answer as a stream.</summary>
    let resumeStream
        (response: Response)
        (content: UserPart list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<StreamResponse, LlmError>> =
        match Message.userParts content with
        | Ok message -> stream (response.Messages @ [ message ]) cancellationToken model
        | Error error -> Task.FromResult(Error error)
