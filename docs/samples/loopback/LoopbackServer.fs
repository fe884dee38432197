// A server on this machine that speaks Anthropic's messages format, whole and streamed: for samples that run offline, over real HTTP.
namespace Llm.Samples.Loopback

open System
open System.IO
open System.Net
open System.Net.Sockets
open System.Text
open System.Threading.Tasks

/// <summary>A server on 127.0.0.1 with a free port; it serves until it is disposed of. Its one model is <c>bookworm</c>.</summary>
[<Sealed>]
type LoopbackServer private (listener: HttpListener, baseUrl: string, betweenTokens: TimeSpan, script: Turn list) =

    let send (response: HttpListenerResponse) (status: int) (json: string) = task {
        let bytes = Encoding.UTF8.GetBytes json
        response.StatusCode <- status
        response.ContentType <- "application/json"
        response.ContentLength64 <- bytes.LongLength
        do! response.OutputStream.WriteAsync bytes
    }

    let refuse response status kind message = send response status (Messages.error kind message)

    /// Each event is a chunk of its own (RFC 9112, 7.1) and goes out at once.
    let stream (response: HttpListenerResponse) (answer: Answer) = task {
        response.ContentType <- "text/event-stream; charset=utf-8"
        response.SendChunked <- true

        for event in Messages.events answer do
            do! response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes event)
            do! response.OutputStream.FlushAsync()
            do! Task.Delay betweenTokens
    }

    /// By the script, or by the librarian where there is none. A conversation that was stored goes on where it was.
    let blocks (question: Question) : Block list =
        match script, List.tryItem question.Turn script with
        | [], _ -> [ Block.Text(Librarian.answer question.Text |> Librarian.tokens) ]
        | _, None -> [ Block.Text [ "The"; " script"; " is"; " over." ] ]
        | _, Some turn ->
            [
                if turn.Text <> "" then Block.Text(Librarian.tokens turn.Text)

                for place, call in List.indexed turn.ToolUses do
                    Block.ToolUse($"toolu_{question.Turn}_{place}", call.Name, call.Arguments)
            ]

    let answer (response: HttpListenerResponse) (question: Question) = task {
        let answer: Answer =
            {
                Model = question.Model
                Blocks = blocks question
                InputTokens = Librarian.tokens question.Text |> List.length
            }

        if question.IsStreamed then
            do! stream response answer
        else
            do! send response 200 (Messages.whole answer)
    }

    let respond (request: HttpListenerRequest) (response: HttpListenerResponse) = task {
        use reader = new StreamReader(request.InputStream, Encoding.UTF8)
        let! body = reader.ReadToEndAsync()

        if request.Url.AbsolutePath <> "/v1/messages" then
            do! refuse response 404 "not_found_error" $"Not found: {request.Url.AbsolutePath}"
        elif String.IsNullOrEmpty request.Headers["x-api-key"] then
            do! refuse response 401 "authentication_error" "x-api-key header is required"
        else
            match Messages.tryRead body with
            | Error message -> do! refuse response 400 "invalid_request_error" message
            | Ok question when question.Model <> "bookworm" -> do! refuse response 404 "not_found_error" $"model: {question.Model}"
            | Ok question -> do! answer response question
    }

    let serve (context: HttpListenerContext) : Task = task {
        try
            context.Response.AddHeader("request-id", $"req_{Guid.NewGuid():N}")
            do! respond context.Request context.Response
            context.Response.Close()
        with
        // The caller went away, or the server stops.
        | :? HttpListenerException
        | :? IOException
        | :? ObjectDisposedException -> context.Response.Abort()
    }

    let accept () : Task = task {
        try
            while listener.IsListening do
                let! context = listener.GetContextAsync()
                serve context |> ignore
        with
        | :? HttpListenerException
        | :? ObjectDisposedException -> ()
    }

    static let freePort () =
        use probe = new TcpListener(IPAddress.Loopback, 0)
        probe.Start()
        (probe.LocalEndpoint :?> IPEndPoint).Port

    /// Another program may take the port before the listener does; then another port is free.
    static let rec listen (triesLeft: int) : struct (HttpListener * string) =
        let listener = new HttpListener()
        let baseUrl = $"http://127.0.0.1:{freePort ()}"
        listener.Prefixes.Add(baseUrl + "/")

        try
            listener.Start()
            struct (listener, baseUrl)
        with :? HttpListenerException when triesLeft > 0 ->
            listen (triesLeft - 1)

    /// <summary>Where it is, such as <c>http://127.0.0.1:40123</c>.</summary>
    member _.BaseUrl = baseUrl

    static member private Start(betweenTokens: TimeSpan, script: Turn list) : LoopbackServer =
        let struct (listener, baseUrl) = listen 5
        let server = new LoopbackServer(listener, baseUrl, betweenTokens, script)
        server.Accept()
        server

    /// <summary>Starts a server that waits so long between two tokens.</summary>
    static member Start(betweenTokens: TimeSpan) : LoopbackServer = LoopbackServer.Start(betweenTokens, [])

    /// <summary>
    /// Starts a server whose model follows a script, at once: in a conversation in which it has answered n times, it does what the turn n says.
    /// </summary>
    static member Follow([<ParamArray>] script: Turn[]) : LoopbackServer = LoopbackServer.Start(TimeSpan.Zero, List.ofArray script)

    /// <summary>Starts a server that speaks about as fast as a model does.</summary>
    static member Start() : LoopbackServer = LoopbackServer.Start(TimeSpan.FromMilliseconds 40.0)

    member private _.Accept() = accept () |> ignore

    interface IDisposable with
        member _.Dispose() = listener.Close()
