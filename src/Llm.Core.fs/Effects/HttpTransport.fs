// The default transport: HttpClient over a pooled handler of our own, or over the user's client.
namespace Llm.Core

open System
open System.Buffers
open System.IO
open System.IO.Compression
open System.Net.Http
open System.Net.Http.Headers
open System.Net.Sockets
open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks
open Microsoft.FSharp.Core.CompilerServices

/// Thrown inside the handler to tell a slow connection from a refused one; it never leaves this file.
type private ConnectTimeoutException(limit: TimeSpan) =
    inherit IOException "The connection was not made in time."

    member _.Limit = limit

/// An answer's headers where the framework keeps them: the message's, and those of its content. They outlive the body.
[<Sealed>]
type private ReceivedHeaders(response: HttpResponseMessage) =
    inherit HeaderSource()

    // Three times by hand: in expressions the framework's enumerators, which are structs, would be boxed.
    static let first (name: string) (headers: HttpHeaders) : string voption =
        let mutable values = Unchecked.defaultof<HeaderStringValues>

        if headers.NonValidated.TryGetValues(name, &values) then
            let mutable each = values.GetEnumerator()
            if each.MoveNext() then ValueSome each.Current else ValueNone
        else
            ValueNone

    static let hasNameWith (part: string) (headers: HttpHeaders) : bool =
        let mutable all = headers.NonValidated.GetEnumerator()
        let mutable isFound = false

        while not isFound && all.MoveNext() do
            isFound <- all.Current.Key.Contains(part, StringComparison.OrdinalIgnoreCase)

        isFound

    static let gather (headers: HttpHeaders) (gathered: byref<ListCollector<string * string>>) : unit =
        let mutable all = headers.NonValidated.GetEnumerator()

        while all.MoveNext() do
            let mutable values = all.Current.Value.GetEnumerator()

            while values.MoveNext() do
                gathered.Add((all.Current.Key, values.Current))

    override _.TryFind name = first name response.Headers |> ValueOption.orElseWith (fun () -> first name response.Content.Headers)

    override _.HasNameWith part = hasNameWith part response.Headers || hasNameWith part response.Content.Headers

    override _.BodyLength = response.Content.Headers.ContentLength |> ValueOption.ofNullable

    override _.ToList() =
        let mutable gathered = ListCollector<string * string>()
        gather response.Headers &gathered
        gather response.Content.Headers &gathered
        gathered.Close()

/// <summary>Transports over <see cref="T:System.Net.Http.HttpClient"/>.</summary>
[<RequireQualifiedAccess>]
module HttpTransport =
    let private addHeader (message: HttpRequestMessage) (name: string, value: string) =
        if not (message.Headers.TryAddWithoutValidation(name, value)) && not (isNull message.Content) then
            message.Content.Headers.TryAddWithoutValidation(name, value) |> ignore

    /// Whether each character passes. Headers are short: a vectorized search for a set of characters would be compiled for the first of a
    /// process, for as long as ten thousand of these loops take.
    let inline private isMadeOf ([<InlineIfLambda>] passes: char -> bool) (text: string) : bool =
        let mutable position = 0

        while position < text.Length && passes text[position] do
            position <- position + 1

        position = text.Length

    /// What a name is made of (RFC 9110, 5.6.2).
    let private isName (name: string) : bool =
        name <> ""
        && isMadeOf (fun character -> Char.IsAsciiLetterOrDigit character || "!#$%&'*+-.^_`|~".Contains character) name

    let private isSendable (value: string) : bool =
        isMadeOf (fun character -> (character >= ' ' && character <= '~') || character = '\t') value

    // HttpClient leaves out a header of which something cannot be sent without a word, and the call would go on without its key.
    let private refusalOf (name: string) (value: string) : LlmError option =
        if not (isName name) then
            Some(LlmError.InvalidRequest("headers", $"'{name}' is no name of a header"))
        elif not (isSendable value) then
            Some(LlmError.InvalidRequest($"headers.{name}", "it holds a line break or another character that no header can hold"))
        else
            None

    let private unsendable (request: TransportRequest) : LlmError option =
        match request.Headers |> List.tryPick (fun (name, value) -> refusalOf name value) with
        | None -> request.SecretHeaders |> List.tryPick (fun (name, secret) -> refusalOf name (Secret.reveal secret))
        | refused -> refused

    /// The handler makes the connection, so the request takes its limit there; the standard one is not said.
    let private connectTimeout () = HttpRequestOptionsKey<TimeSpan> "Llm.ConnectTimeout"

    /// How an answer may be compressed (RFC 9110, 12.5.3). A stream may not: a compressor holds back what has come until it is worth sending.
    let private acceptEncoding (request: TransportRequest) : string = if request.Stream then "identity" else "gzip, br"

    let private encodings = [ "content-encoding"; "content-length" ]

    /// What headers say when that is left out which they say of a compression.
    let private withoutEncoding (headers: HeaderSource) : HeaderSource =
        let isOfEncoding (name: string) = encodings |> List.exists (fun other -> name.Equals(other, StringComparison.OrdinalIgnoreCase))
        headers.ToList() |> List.filter (fun (name, _) -> not (isOfEncoding name)) |> ListedHeaders :> HeaderSource

    // Functions of their own, for a process loads the assemblies of what a function may use when it first calls it.
    [<MethodImpl(MethodImplOptions.NoInlining)>]
    let private unzipped (body: Stream) : Stream = new GZipStream(body, CompressionMode.Decompress)

    [<MethodImpl(MethodImplOptions.NoInlining)>]
    let private unbrotlied (body: Stream) : Stream = new BrotliStream(body, CompressionMode.Decompress)

    /// An answer's body without the compression of its way (RFC 9110, 8.4.1), and its headers without what they say of that.
    /// HttpClient's own handler would do the same, and parse and make header values for it at each request, for a tenth of a short call.
    let private decompressed (headers: HeaderSource) (body: Stream) : struct (HeaderSource * Stream) =
        match headers.TryFind "content-encoding" with
        | ValueNone -> struct (headers, body)
        | ValueSome encoding ->
            match encoding.ToLowerInvariant() with
            | "gzip"
            | "x-gzip" -> struct (withoutEncoding headers, unzipped body)
            | "br" -> struct (withoutEncoding headers, unbrotlied body)
            | _ -> struct (headers, body)

    /// Parsed once for many requests: most go where those before them went.
    let private addresses: string -> string -> Uri | null =
        Memo.recent (fun url _ -> if url = "" then null else Uri(url, UriKind.RelativeOrAbsolute))

    let private toMessage (isOurs: bool) (request: TransportRequest) : HttpRequestMessage =
        let message = new HttpRequestMessage(HttpMethod.Parse(request.Method.AsSpan()), addresses request.Url "")

        // A user's own client says itself what it understands.
        if isOurs && (Headers.tryFind "accept-encoding" request.Headers).IsNone then
            message.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding request) |> ignore

        if not (request.ConnectTimeout.Equals Timeouts.standard.Connect) then
            message.Options.Set(connectTimeout (), request.ConnectTimeout)

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

    /// Sends a message up to the headers of its answer. Our own handlers are asked themselves, as HttpClient would ask them: all that it adds
    /// are limits and defaults that we do not use, and four hundred bytes a call for them.
    let private send (client: HttpMessageInvoker) (message: HttpRequestMessage) (cancellationToken: CancellationToken) =
        match client with
        | :? HttpClient as theirs -> theirs.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
        | ours -> ours.SendAsync(message, cancellationToken)

    /// Whether the client is one of ours.
    let private isOurs (client: HttpMessageInvoker) : bool =
        match client with
        | :? HttpClient -> false
        | _ -> true

    let private answerOf (isOurs: bool) (response: HttpResponseMessage) (sent: Stream) : TransportResponse =
        let struct (headers, body) = decompressed (ReceivedHeaders response) sent
        // A user's handlers may have wrapped the body in streams of their own.
        let waits = isOurs && Object.ReferenceEquals(body, sent)
        new TransportResponse(int response.StatusCode, headers, body, response, WaitsWithoutBuffer = waits)

    /// The answer of our own handler, whose body is there to be read.
    let private ownAnswer (response: HttpResponseMessage) : TransportResponse =
        try
            answerOf true response (response.Content.ReadAsStream())
        with _ ->
            response.Dispose()
            reraise ()

    /// The answer of a user's client, whose handlers may have to make the body first.
    let private theirAnswer (response: HttpResponseMessage) (cancellationToken: CancellationToken) : Task<TransportResponse> = task {
        let mutable isHandedOver = false

        try
            let! sent = (response.Content.ReadAsStreamAsync cancellationToken).ConfigureAwait false
            isHandedOver <- true
            return answerOf false response sent
        finally
            if not isHandedOver then response.Dispose()
    }

    /// What a failure to send means, unless it is a cancellation by the caller, or nothing that sending throws.
    let private (|Explained|_|) (client: HttpMessageInvoker) (request: TransportRequest) (failure: exn) : LlmError option =
        match failure, client with
        // HttpClient.Timeout of a user's own client.
        | :? OperationCanceledException, (:? HttpClient as theirs) when (failure.InnerException :? TimeoutException) ->
            Some(LlmError.Timeout(TimeoutCause.FirstByte theirs.Timeout))
        // A handler of ours that has its limit to connect itself.
        | :? OperationCanceledException, _ when (failure.InnerException :? TimeoutException) ->
            Some(LlmError.Timeout(TimeoutCause.Connect request.ConnectTimeout))
        | :? HttpRequestException, _
        | :? IOException, _ -> Some(toError request failure)
        | :? ObjectDisposedException, _ -> Some(LlmError.InvalidRequest("transport", "its HttpClient was disposed of before the call"))
        | :? UriFormatException, _
        | :? NotSupportedException, _
        | :? InvalidOperationException, _ -> Some(LlmError.InvalidRequest("url", failure.Message))
        | _ -> None

    let private exchange
        (makeClient: unit -> HttpMessageInvoker)
        (request: TransportRequest)
        (cancellationToken: CancellationToken)
        : Task<Result<TransportResponse, LlmError>> = task {
        let client = makeClient ()

        try
            use message = toMessage (isOurs client) request
            let! response = (send client message cancellationToken).ConfigureAwait false

            if isOurs client then
                return Ok(ownAnswer response)
            else
                let! answer = (theirAnswer response cancellationToken).ConfigureAwait false
                return Ok answer
        with
        // A connection that breaks because it was cancelled was cancelled.
        | :? HttpRequestException as failure when cancellationToken.IsCancellationRequested ->
            return raise (OperationCanceledException(failure.Message, failure, cancellationToken))
        | Explained client request error -> return Error error
    }

    /// Over handlers, or a user's client, of which each request asks for one.
    let internal over (makeClient: unit -> HttpMessageInvoker) : Transport =
        Transport.create (fun request cancellationToken ->
            match unsendable request with
            | Some error -> Task.FromResult(Error error)
            | None -> exchange makeClient request cancellationToken)

    /// <summary>
    /// Over a factory, such as <c>IHttpClientFactory.CreateClient</c>; it is asked for each request. The client's own
    /// <c>Timeout</c> cuts long answers: set it to infinite and use <see cref="T:Llm.Core.Timeouts"/>.
    /// </summary>
    let ofFactory (client: unit -> HttpClient) : Transport = over (fun () -> client () :> HttpMessageInvoker)

    /// <summary>Over the user's client.</summary>
    let ofClient (client: HttpClient) : Transport = ofFactory (fun () -> client)

    let private connect (timeProvider: TimeProvider) (context: SocketsHttpConnectionContext) (token: CancellationToken) = task {
        let mutable said = TimeSpan.Zero

        let limit =
            if context.InitialRequestMessage.Options.TryGetValue(connectTimeout (), &said) then
                said
            else
                Timeouts.standard.Connect

        use timeout = new CancellationTokenSource(Timeouts.forTimer limit, timeProvider)
        use source = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token)
        let socket = new Socket(SocketType.Stream, ProtocolType.Tcp, NoDelay = true)

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

    /// As `create`, with the limit to connect that is left to the framework, which keeps it by the system's clock.
    let internal connecting (ordinary: TimeSpan) (timeProvider: TimeProvider) : Transport =
        let client (isRedirected: bool) (isOrdinary: bool) () : HttpMessageInvoker =
            let handler =
                new SocketsHttpHandler(
                    PooledConnectionLifetime = TimeSpan.FromMinutes 5.0,
                    AllowAutoRedirect = isRedirected,
                    UseCookies = false
                )

            if isOrdinary then
                handler.ConnectTimeout <- ordinary
            else
                handler.ConnectCallback <-
                    Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>(fun context token ->
                        ValueTask<Stream>(connect timeProvider context token))

            new HttpMessageInvoker(handler)

        let clients (isOrdinary: bool) : Transport =
            let redirected = Lazy<HttpMessageInvoker>(client true isOrdinary)
            let steadfast = Lazy<HttpMessageInvoker>(client false isOrdinary)
            let ofRedirected = over (fun () -> redirected.Value)
            let ofSteadfast = over (fun () -> steadfast.Value)

            Transport.create (fun request cancellationToken ->
                let chosen = if request.SecretHeaders.IsEmpty then ofRedirected else ofSteadfast
                chosen.Send request cancellationToken)

        let particular = clients false

        if Object.ReferenceEquals(timeProvider, TimeProvider.System) then
            let usual = clients true

            Transport.create (fun request cancellationToken ->
                let chosen = if request.ConnectTimeout.Equals ordinary then usual else particular
                chosen.Send request cancellationToken)
        else
            particular

    /// <summary>
    /// Over pooled handlers of its own: connections live at most five minutes, so that changes of DNS are seen; answers are
    /// decompressed; nothing but the limits of <see cref="T:Llm.Core.Timeouts"/> cuts an answer. Redirects are followed by requests that
    /// hold no secret: a key goes to the address that it was meant for, and to no other. Make one and share it.
    /// </summary>
    let create (timeProvider: TimeProvider) : Transport = connecting Timeouts.standard.Connect timeProvider

    let private shared = Lazy<Transport>(fun () -> create TimeProvider.System)

    /// <summary>The one that everybody shares who asked for no other.</summary>
    let standard: Transport = Transport.create (fun request cancellationToken -> shared.Value.Send request cancellationToken)
