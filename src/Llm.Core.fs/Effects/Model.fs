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
type private Prepared = { Outgoing: Outgoing; Request: Request; Format: OutputFormat option }

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

    /// <summary>
    /// Lets a model take the place of every other until the result is disposed of: for calls, streams and resumed conversations of this flow
    /// of execution, and of what it starts, in parallel too; a caller never sees what a callee has overridden. Scopes nest: the innermost counts.
    /// A call takes the model in force at the moment at which it is made, and keeps it, however late its stream is read. The model's id and all its
    /// parameters replace those of the call; its client does too, unless it is the standard one; the call keeps its tools and format.
    /// </summary>
    /// <example>
    /// <c>use _ = Model.overrideWith (Model.parse "anthropic/claude-sonnet-4-5")</c>, and then <c>recommend |> Call.run "fantasy" cancellationToken</c>
    /// </example>
    let overrideWith (model: Model) : IDisposable =
        let client = if Object.ReferenceEquals(model.Client, Client.standard) then None else Some model.Client
        Override.enter (Override(model.Id, model.Params, client))

    /// <summary>
    /// Does work with a model in the place of every other. The scope ends when the function returns; a task that it gives back keeps the
    /// model to its end. What <c>overrideWith</c> does, where the beginning of the work runs as a part of its caller (<c>Async.StartImmediate</c>).
    /// </summary>
    /// <example><c>Model.within claude (fun () -> recommend |> Call.run "fantasy" cancellationToken)</c></example>
    let within (model: Model) (work: unit -> 'result) : 'result =
        use _ = overrideWith model
        work ()

    /// <summary>The model that a call of this one asks here and now: itself, unless another is in force.</summary>
    let inForce (model: Model) : Model =
        match Override.current () with
        | None -> model
        | Some other ->
            { model with
                Id = other.ModelId
                Params = other.Params
                Client = other.Client |> Option.defaultValue model.Client
            }

    /// <summary>The model that gave a response, as it was asked; it answers over the client.</summary>
    let ofResponse (client: Client) (response: Response) : Model =
        {
            Id = response.ModelId
            Params = response.Params
            Client = client
            Tools = response.Tools
            Format = response.Format
        }

    /// <summary>The model whose answer broke off, as it was asked; it answers over the client.</summary>
    let ofInterruption (client: Client) (interruption: Interruption) : Model =
        {
            Id = interruption.ModelId
            Params = interruption.Params
            Client = client
            Tools = interruption.Tools
            Format = interruption.Format
        }

    let private route (stream: bool) (messages: Message list) (model: Model) = result {
        let! struct (provider, name) = Registry.resolve model.Id model.Client.Registry

        let! request =
            Request.validate
                {
                    Model = name
                    Messages = messages
                    Params = model.Params
                    Stream = stream
                    Tools = model.Tools
                    Format = model.Format
                }

        let! struct (codec, routed) = provider.Route request
        return struct (provider, codec, routed)
    }

    /// <summary>
    /// A history as the model will understand it, and what it will not be told: see <c>Message.adapt</c>. Calls do it by themselves.
    /// </summary>
    /// <example><c>claude |> Model.adapt response.Messages |> Result.map (fun adapted -> adapted.Losses |> List.map Loss.render)</c></example>
    let adapt (history: Message list) (model: Model) : Result<Adapted, LlmError> =
        route false history model
        |> Result.map (fun (struct (_, codec, routed)) -> Message.adapt (codec.Target routed.Model) routed.Params history)

    /// What is left out of the history, where it is no news to the encoder.
    let private lossWarnings (codec: Codec) (routed: Request) (said: Warning list) : Warning list =
        if Target.mayLoseAny routed.Messages then
            let target = codec.Target routed.Model

            Target.unsaidLosses target routed.Params routed.Messages
            |> Loss.warnings target.Provider target.Model
            |> List.filter (fun warning -> said |> List.forall (fun other -> other.Feature <> warning.Feature))
        else
            []

    let private prepare (stream: bool) (dropped: Warning list) (messages: Message list) (model: Model) : Result<Prepared, LlmError> = result {
        let! struct (provider, codec, routed) = route stream messages model
        let! written = codec.Encode routed
        let unsaid = lossWarnings codec routed written.Warnings

        let! url = Provider.url model.Client.Environment written.Path provider

        let unsigned =
            {
                Method = "POST"
                Url = url
                Headers = written.Headers @ provider.Headers
                SecretHeaders = []
                Body = written.Body
                Stream = stream
                ConnectTimeout = model.Client.Timeouts.Connect
            }

        return
            {
                Outgoing =
                    Outgoing(
                        model.Id,
                        provider,
                        StructuredOutput.codecFor written.Format codec,
                        dropped @ written.Warnings @ unsaid,
                        unsigned
                    )
                Request = routed
                Format = written.Format
            }
    }

    let private toResponse
        (model: Model)
        (messages: Message list)
        (prepared: Prepared)
        (raw: Json option)
        (startedAt: DateTimeOffset)
        (headers: HeaderSource)
        (reply: Reply)
        =
        let outgoing = prepared.Outgoing
        let content = if Params.showsThoughts model.Params then reply.Content else Content.withoutThoughts reply.Content

        let answer =
            {
                Content = content
                Name = None
                Origin =
                    Some
                        {
                            Provider = outgoing.Provider.Id
                            Api = outgoing.Codec.Api
                            Model = prepared.Request.Model
                            Native = reply.Native
                        }
            }

        {
            Id = reply.Id
            Provider = outgoing.Provider.Id
            Api = outgoing.Codec.Api
            ModelId = model.Id
            ProviderModel = reply.Model |> Option.defaultValue prepared.Request.Model
            Params = model.Params
            Tools = model.Tools
            Format = prepared.Format
            Sent = messages
            Answer = answer
            Content = content
            FinishReason = reply.FinishReason
            Usage = reply.Usage
            Warnings = outgoing.Warnings
            RequestId = HeaderSource.requestId headers
            RateLimits = HeaderSource.rateLimits headers
            Raw = raw
            StartedAt = startedAt
            EndedAt = model.Client.TimeProvider.GetUtcNow()
            Fields = []
            Metadata = []
        }

    let private toResult
        (model: Model)
        (messages: Message list)
        (prepared: Prepared)
        (startedAt: DateTimeOffset)
        (answer: TransportResponse)
        (struct (bytes: ReadOnlyMemory<byte>, failure: LlmError voption))
        : Result<Response, LlmError> =
        match failure with
        | ValueSome error -> Error error
        | ValueNone ->
            Codec.decode bytes prepared.Outgoing.Codec
            |> Result.map (toResponse model messages prepared (Some(Json.ofUtf8 bytes)) startedAt answer.Source)

    /// Sends the request of a whole answer; mostly that is there at once, and nothing is made to wait for it.
    let private whole (model: Model) (messages: Message list) (prepared: Prepared) : Sending<Response> =
        let startedAt = model.Client.TimeProvider.GetUtcNow()

        { new Sending<Response>(prepared.Outgoing, model.Client) with
            override _.Read(body, cancellationToken) =
                let reading = body.ReadAllAsync cancellationToken

                if reading.IsCompletedSuccessfully then
                    ValueTask<Result<Response, LlmError>>(toResult model messages prepared startedAt body.Response reading.Result)
                else
                    ValueTask<Result<Response, LlmError>>(
                        task {
                            let! read = reading.ConfigureAwait false
                            return toResult model messages prepared startedAt body.Response read
                        }
                    )
        }

    let internal callInForce
        (dropped: Warning list)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<Response, LlmError>> =
        match prepare false dropped messages model with
        | Error error -> Task.FromResult(Error error)
        | Ok prepared -> (whole model messages prepared).Ask cancellationToken

    /// <summary>
    /// Asks the model and waits for the whole answer. Failures are errors; only cancellation throws, as a cancelled task.
    /// </summary>
    /// <example>
    /// <c>Model.parse "openai/gpt-5" |> Model.call [ Message.user "Please recommend a fantasy book" ] cancellationToken</c>
    /// </example>
    let call (messages: Message list) (cancellationToken: CancellationToken) (model: Model) : Task<Result<Response, LlmError>> =
        callInForce [] messages cancellationToken (inForce model)

    let private interrupt (model: Model) (messages: Message list) (prepared: Prepared) (partial: Reply) (unfinished: AssistantPart list) =
        {
            Interruption.Provider = prepared.Outgoing.Provider.Id
            Api = prepared.Outgoing.Codec.Api
            ModelId = model.Id
            ProviderModel = prepared.Request.Model
            Params = model.Params
            Tools = model.Tools
            Format = prepared.Format
            Messages = messages
            Partial = partial
            Unfinished = unfinished
        }

    /// A streamed call. One object for all that its stream asks of it, for each stream has its own.
    [<Sealed>]
    type private Streaming(model: Model, messages: Message list, prepared: Prepared) =
        inherit StreamCall()
        // A stream connects once, when it is first read: only then is it asked for.
        let mutable startedAt = DateTimeOffset.MinValue

        let opened (body: Body) : OpenStream =
            { Headers = body.Response.Source; Body = body; Reader = new BodyReader(prepared.Outgoing.Codec) }

        override _.Provider = prepared.Outgoing.Provider.Id
        override _.ShowsThoughts = Params.showsThoughts model.Params

        override _.Connect cancellationToken =
            startedAt <- model.Client.TimeProvider.GetUtcNow()

            let sending =
                { new Sending<OpenStream>(prepared.Outgoing, model.Client) with
                    override _.Read(body, _) = ValueTask<Result<OpenStream, LlmError>>(Ok(opened body))
                }

            sending.Ask cancellationToken

        override _.ToResponse(reply, headers) = toResponse model messages prepared None startedAt headers reply
        override _.Interrupt(partial, unfinished) = Some(interrupt model messages prepared partial unfinished)
        override _.Redact error = prepared.Outgoing.Clean error

    let internal streamInForce (dropped: Warning list) (messages: Message list) (model: Model) : Result<LiveStream, LlmError> =
        match prepare true dropped messages model with
        | Ok prepared -> Ok(LiveStream(Streaming(model, messages, prepared)))
        | Error error -> Error error

    /// A stream that connects when it is first read; the model is the one in force now.
    let internal streamLazily (messages: Message list) (model: Model) : Result<LiveStream, LlmError> =
        streamInForce [] messages (inForce model)

    /// Connects.
    let internal opened
        (cancellationToken: CancellationToken)
        (stream: Result<LiveStream, LlmError>)
        : Task<Result<StreamResponse, LlmError>> =
        match stream with
        | Error error -> Task.FromResult(Error error)
        | Ok live -> live.OpenAsync(StreamResponse live, cancellationToken)

    /// <summary>
    /// Asks the model and gives the answer as a stream, once the provider has accepted the call. A refusal is an error here; what goes wrong
    /// later is the stream's end.
    /// </summary>
    let stream (messages: Message list) (cancellationToken: CancellationToken) (model: Model) : Task<Result<StreamResponse, LlmError>> =
        streamLazily messages model |> opened cancellationToken

    /// <summary>
    /// How many tokens the model's provider counts in these messages, with the model's tools and format, before any call is made.
    /// <c>FeatureNotSupported</c> where the provider counts none.
    /// </summary>
    /// <example><c>Model.parse "anthropic/claude-sonnet-4-5" |> Model.countTokens [ Message.user "Hello" ] cancellationToken</c></example>
    let countTokens (messages: Message list) (cancellationToken: CancellationToken) (model: Model) : Task<Result<int64, LlmError>> =
        let model = inForce model

        let asked = result {
            let! struct (provider, codec, routed) = route false messages model

            match codec.TokenCounter with
            | Some counter ->
                let! encoded = counter.Encode routed
                return (provider, codec, counter, encoded)
            | None ->
                let alternative = "estimate by the usage of earlier calls"
                return! Error(LlmError.FeatureNotSupported("token counting", provider.Id, Some routed.Model, Some alternative))
        }

        match asked with
        | Error error -> Task.FromResult(Error error)
        | Ok(provider, codec, counter, encoded) ->
            let inquiry =
                {
                    ModelId = model.Id
                    Provider = provider
                    Codec = codec
                    Method = "POST"
                    Url = id
                    Path = encoded.Path
                    Headers = encoded.Headers
                    Body = encoded.Body
                    Decode = counter.Decode
                }

            Inquiry.ask model.Client inquiry cancellationToken
