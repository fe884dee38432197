// The default transport: HttpClient over a pooled handler of our own, or over the user's client.
namespace Llm.Core

open System
open System.Buffers
open System.IO
open System.Net.Http
open System.Net.Http.Headers
open System.Net.Sockets
open System.Threading
open System.Threading.Tasks

/// Thrown inside the handler to tell a slow connection from a refused one; it never leaves this file.
type private ConnectTimeoutException(limit: TimeSpan) =
    inherit IOException "The connection was not made in time."

    member _.Limit = limit

/// <summary>Transports over <see cref="T:System.Net.Http.HttpClient"/>.</summary>
[<RequireQualifiedAccess>]
module HttpTransport =
    let private headersOf (response: HttpResponseMessage) : Headers =
        let mutable reversed: Headers = []

        let gather (headers: HttpHeaders) =
            let mutable all = headers.NonValidated.GetEnumerator()

            while all.MoveNext() do
                let mutable values = all.Current.Value.GetEnumerator()

                while values.MoveNext() do
                    reversed <- (all.Current.Key, values.Current) :: reversed

        gather response.Headers
        gather response.Content.Headers
        List.rev reversed

    let private addHeader (message: HttpRequestMessage) (name: string, value: string) =
        if not (message.Headers.TryAddWithoutValidation(name, value)) && not (isNull message.Content) then
            message.Content.Headers.TryAddWithoutValidation(name, value) |> ignore

    // HttpClient leaves out a header with a line break without a word, and the call would go on without its key.
    let private unsendable (request: TransportRequest) : LlmError option =
        let isSendable (character: char) = character = '\t' || (character >= ' ' && character <= '~')

        let isUnsendable (value: string) = not (String.forall isSendable value)

        let refused =
            match request.Headers |> List.tryFind (fun (_, value) -> isUnsendable value) with
            | Some(name, _) -> Some name
            | None -> request.SecretHeaders |> List.tryFind (fun (_, secret) -> isUnsendable (Secret.reveal secret)) |> Option.map fst

        refused
        |> Option.map (fun name ->
            LlmError.InvalidRequest($"headers.{name}", "it holds a line break or another character that no header can hold"))

    /// The handler makes the connection, so the request takes its limit there; the standard one is not said.
    let private connectTimeout = HttpRequestOptionsKey<TimeSpan> "Llm.ConnectTimeout"

    let private toMessage (request: TransportRequest) : HttpRequestMessage =
        let message = new HttpRequestMessage(HttpMethod.Parse(request.Method.AsSpan()), request.Url)

        if request.ConnectTimeout <> Timeouts.standard.Connect then
            message.Options.Set(connectTimeout, request.ConnectTimeout)

        if not request.Body.IsEmpty then
            message.Content <- new PooledContent(request.Body, ArrayPool.Shared)

            if (Headers.tryFind "content-type" request.Headers).IsNone then
                message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json") |> ignore

        request.Headers |> List.iter (addHeader message)

        request.SecretHeaders |> List.iter (fun (name, secret) -> addHeader message (name, Secret.reveal secret))

        message

    let rec private innermost (failure: exn) : exn =
        match failure.InnerException with
        | null -> failure
        | inner -> innermost inner

    let private toError (request: TransportRequest) (failure: exn) : LlmError =
        match innermost failure with
        | :? ConnectTimeoutException as timeout -> LlmError.Timeout(TimeoutCause.Connect timeout.Limit)
        | inner -> LlmError.Connection(Transport.host request.Url, inner.Message)

    /// The body as a stream; a response that cannot give it is closed.
    let private bodyOf (response: HttpResponseMessage) (cancellationToken: CancellationToken) : Task<Stream> = task {
        try
            return! response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait false
        with failure ->
            response.Dispose()
            return raise failure
    }

    let private exchange
        (isOurs: bool)
        (makeClient: unit -> HttpClient)
        (request: TransportRequest)
        (cancellationToken: CancellationToken)
        : Task<Result<TransportResponse, LlmError>> = task {
        let client = makeClient ()

        try
            use message = toMessage request

            let! response = client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait false

            let! body = bodyOf response cancellationToken
            // A user's handlers may have wrapped the body in streams of their own.
            return Ok(new TransportResponse(int response.StatusCode, headersOf response, body, response, WaitsWithoutBuffer = isOurs))
        with
        | :? HttpRequestException as failure -> return Error(toError request failure)
        | :? IOException as failure -> return Error(toError request failure)
        | :? UriFormatException as failure -> return Error(LlmError.InvalidRequest("url", failure.Message))
        | :? NotSupportedException as failure -> return Error(LlmError.InvalidRequest("url", failure.Message))
        | :? InvalidOperationException as failure -> return Error(LlmError.InvalidRequest("url", failure.Message))
        // HttpClient.Timeout of a user's own client.
        | :? OperationCanceledException as failure when (failure.InnerException :? TimeoutException) ->
            return Error(LlmError.Timeout(TimeoutCause.FirstByte client.Timeout))
    }

    let private sendWith
        (isOurs: bool)
        (makeClient: unit -> HttpClient)
        (request: TransportRequest)
        (cancellationToken: CancellationToken)
        =
        match unsendable request with
        | Some error -> Task.FromResult(Error error)
        | None -> exchange isOurs makeClient request cancellationToken

    /// <summary>
    /// Over a factory, such as <c>IHttpClientFactory.CreateClient</c>; it is asked for each request. The client's own
    /// <c>Timeout</c> cuts long answers: set it to infinite and use <see cref="T:Llm.Core.Timeouts"/>.
    /// </summary>
    let ofFactory (client: unit -> HttpClient) : Transport = Transport.create (sendWith false client)

    /// <summary>Over the user's client.</summary>
    let ofClient (client: HttpClient) : Transport = ofFactory (fun () -> client)

    let private connect (timeProvider: TimeProvider) (context: SocketsHttpConnectionContext) (token: CancellationToken) = task {
        let mutable said = TimeSpan.Zero

        let limit =
            if context.InitialRequestMessage.Options.TryGetValue(connectTimeout, &said) then
                said
            else
                Timeouts.standard.Connect

        let socket = new Socket(SocketType.Stream, ProtocolType.Tcp, NoDelay = true)
        use timeout = new CancellationTokenSource(limit, timeProvider)
        use source = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token)

        try
            do! socket.ConnectAsync(context.DnsEndPoint, source.Token).ConfigureAwait false
            return new NetworkStream(socket, ownsSocket = true) :> Stream
        with
        | :? OperationCanceledException when not token.IsCancellationRequested ->
            socket.Dispose()
            return raise (ConnectTimeoutException limit)
        | failure ->
            socket.Dispose()
            return raise failure
    }

    /// <summary>
    /// Over a pooled handler of its own: connections live at most five minutes, so that changes of DNS are seen; answers are
    /// decompressed; nothing but the limits of <see cref="T:Llm.Core.Timeouts"/> cuts an answer. Make one and share it.
    /// </summary>
    let create (timeProvider: TimeProvider) : Transport =
        let handler =
            new SocketsHttpHandler(
                PooledConnectionLifetime = TimeSpan.FromMinutes 5.0,
                AutomaticDecompression = Net.DecompressionMethods.All,
                UseCookies = false
            )

        handler.ConnectCallback <-
            Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>(fun context token ->
                ValueTask<Stream>(connect timeProvider context token))

        let client = new HttpClient(handler, Timeout = Timeout.InfiniteTimeSpan)
        Transport.create (sendWith true (fun () -> client))

    let private shared = lazy create TimeProvider.System

    /// <summary>The one that everybody shares who asked for no other.</summary>
    let standard: Transport = Transport.create (fun request -> shared.Value.Send request)
