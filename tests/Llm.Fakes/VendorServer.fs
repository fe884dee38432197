// A server on this machine that stands for a vendor, and an HttpClient whose requests all end there, whatever host they name. It answers
// a request only when url, credentials and body are what the vendor wants; what is wrong is kept and refused.
namespace Llm.Fakes

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.IO
open System.Net
open System.Net.Http
open System.Net.Sockets
open System.Text
open System.Text.Json
open System.Threading.Tasks
open Llm.Fakes.Signature

/// Sends every request to the server; the host that was meant goes with it.
type private RedirectingHandler(port: int) =
    inherit DelegatingHandler(new SocketsHttpHandler(UseProxy = false))

    override _.SendAsync(request, cancellationToken) =
        match request.RequestUri with
        | null -> invalidOp "the request has no address"
        | meant ->
            request.Headers.Host <- meant.Authority
            request.RequestUri <- Uri($"http://127.0.0.1:{port}{meant.PathAndQuery}")
            base.SendAsync(request, cancellationToken)

[<RequireQualifiedAccess>]
module private Raw =
    let private headEnd = "\r\n\r\n"B

    /// Reads a request whose length its head says.
    let read (stream: Stream) : Task<WireRequest> = task {
        let received = new MemoryStream()
        let buffer = Array.zeroCreate<byte> 16384
        let mutable head = -1
        let mutable length = 0
        let mutable isOver = false

        while not isOver do
            let! count = stream.ReadAsync(Memory buffer)
            received.Write(buffer, 0, count)
            let bytes = received.ToArray()

            if head < 0 then
                head <- bytes.AsSpan().IndexOf(ReadOnlySpan headEnd)

                if head >= 0 then
                    length <-
                        Encoding.ASCII.GetString(bytes, 0, head).Split "\r\n"
                        |> Array.tryFind (fun line -> line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
                        |> Option.map (fun line -> int (line.Substring(line.IndexOf ':' + 1)))
                        |> Option.defaultValue 0

            isOver <- count = 0 || (head >= 0 && bytes.Length >= head + headEnd.Length + length)

        let bytes = received.ToArray()
        let lines = Encoding.UTF8.GetString(bytes, 0, max head 0).Split "\r\n"
        let first = lines[0].Split ' '

        return
            {
                Method = first[0]
                Target = first[1]
                Headers =
                    [|
                        for line in lines[1..] do
                            match line.IndexOf ':' with
                            | -1 -> ()
                            | colon -> struct (line.Substring(0, colon), line.Substring(colon + 1).Trim())
                    |]
                Body = bytes[head + headEnd.Length ..]
            }
    }

    let write (stream: Stream) (status: int) (contentType: string) (body: byte[]) : Task = task {
        let head =
            $"HTTP/1.1 {status} Whatever\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"

        do! stream.WriteAsync(ReadOnlyMemory(Encoding.ASCII.GetBytes head))
        do! stream.WriteAsync(ReadOnlyMemory body)
    }

/// A vendor on this machine.
[<Sealed>]
type VendorServer(vendor: VendorCase) =
    let listener = new TcpListener(IPAddress.Loopback, 0)
    let faults = ConcurrentQueue<string>()
    let served = ConcurrentQueue<string>()

    let credentialFaults (request: WireRequest) : string list =
        match vendor.Credentials with
        | Credentials.Nothing -> headerOf "authorization" request |> Option.map (fun _ -> "a key was sent") |> Option.toList
        | Credentials.Header(name, value) ->
            let found = headerOf name request
            if found = Some value then [] else [ $"{name} should be {value}, and is {found}" ]
        | Credentials.AwsSignature(secret, sessionToken, scope) ->
            [
                yield! Option.toList (fault secret request)

                if headerOf "x-amz-security-token" request <> Some sessionToken then "the session token is missing"

                if not ((headerOf "authorization" request |> Option.defaultValue "").Contains $"/{scope},") then
                    $"it is not signed for {scope}"
            ]

    let urlFaults (request: WireRequest) : string list =
        [
            if request.Method <> "POST" then $"the method is {request.Method}"

            if request.Target <> vendor.Path && request.Target <> vendor.StreamPath then
                $"{request.Target} was asked for"

            if headerOf "host" request <> Some vendor.Host then
                let host = headerOf "host" request
                $"the host is {host}"
        ]

    let isStreamed (request: WireRequest) (body: string) =
        if vendor.Path <> vendor.StreamPath then
            request.Target = vendor.StreamPath
        else
            body.Contains "\"stream\":true"

    let respond (stream: Stream) : Task = task {
        let! request = Raw.read stream
        let body = Encoding.UTF8.GetString request.Body
        let turn = Conversation.turnOf body

        let asked =
            {
                Model = vendor.SentName
                Turn = turn
                IsStreamed = isStreamed request body
                HasTools = vendor.HasTools
            }

        use document = JsonDocument.Parse body

        let found =
            [ yield! urlFaults request; yield! credentialFaults request; yield! vendor.Wire.Faults asked document.RootElement ]

        match found with
        | [] ->
            served.Enqueue $"{turn}"
            let said = Conversation.said vendor.HasTools turn

            if asked.IsStreamed then
                do! Raw.write stream 200 vendor.Wire.StreamType (vendor.Wire.Streamed vendor.SentName said)
            else
                do! Raw.write stream 200 "application/json" (Encoding.UTF8.GetBytes(vendor.Wire.Whole vendor.SentName said))
        | _ ->
            found |> List.iter faults.Enqueue
            do! Raw.write stream 400 "text/plain" (Encoding.UTF8.GetBytes(String.concat "\n" found))
    }

    let serve (client: TcpClient) : Task = task {
        use client = client

        try
            use stream = client.GetStream()
            do! respond stream
        with
        | :? IOException
        | :? SocketException -> ()
        // A fake that fails is a fault of the test, and must not pass for silence.
        | failure -> faults.Enqueue $"the fake failed: {failure}"
    }

    let accept () : Task = task {
        try
            while true do
                let! client = listener.AcceptTcpClientAsync()
                serve client |> ignore
        with
        | :? SocketException
        | :? ObjectDisposedException -> ()
    }

    do
        listener.Start()
        accept () |> ignore

    let client = new HttpClient(new RedirectingHandler((listener.LocalEndpoint :?> IPEndPoint).Port))

    /// All its requests end at this server.
    member _.Client = client

    /// What was wrong with the requests.
    member _.Faults: IReadOnlyList<string> = [| yield! faults |]

    /// The turns of the conversation that were answered, in order, such as 1, 2, 3.
    member _.Turns = String.Join(", ", served)

    interface IDisposable with
        member _.Dispose() =
            client.Dispose()
            listener.Stop()
