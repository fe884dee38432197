// An HTTP server of the barest kind, so that a test decides about every byte and sees how a connection ends.
namespace Llm.Core.Tests

open System
open System.Net
open System.Net.Sockets
open System.Text
open System.Threading.Tasks

/// A connection as the server sees it, after it has read the request.
[<Sealed>]
type ServerConnection(socket: Socket, request: string) =
    /// The request as it came: line, headers, body.
    member _.Request = request

    /// Sends bytes as they are.
    member _.SendBytes(bytes: byte[]) : Task = task {
        let! _ = socket.SendAsync(ReadOnlyMemory bytes, SocketFlags.None)
        ()
    }

    /// Sends text as it is.
    member this.Send(text: string) : Task = this.SendBytes(Encoding.UTF8.GetBytes text)

    /// Sends the head of an answer that ends with its connection.
    member this.Head(status: int, contentType: string) : Task =
        this.Send $"HTTP/1.1 {status} Whatever\r\nContent-Type: {contentType}\r\nConnection: close\r\n\r\n"

    /// Sends an event.
    member this.Event(data: string) : Task = this.Send $"data: {data}\n\n"

    /// Breaks the connection off.
    member _.Reset() : unit =
        socket.LingerState <- LingerOption(true, 0)
        socket.Close()

    /// Ends the connection in order.
    member _.Close() : unit =
        socket.Shutdown SocketShutdown.Send
        socket.Close()

    /// Waits until the client has closed the connection.
    member _.ClosedByClient() : Task = task {
        try
            let! read = socket.ReceiveAsync(Memory(Array.zeroCreate<byte> 1), SocketFlags.None)
            if read > 0 then failwith "the client sent more"
        with :? SocketException ->
            ()
    }

/// A server on a free port that treats each connection as the test says.
[<Sealed>]
type TestServer(treat: ServerConnection -> Task) =
    let listener = new TcpListener(IPAddress.Loopback, 0)

    let contentLength (head: string) =
        head.Split "\r\n"
        |> Array.tryPick (fun line ->
            match line.Split(':', 2) with
            | [| name; value |] when name.Equals("content-length", StringComparison.OrdinalIgnoreCase) -> Some(int value)
            | _ -> None)
        |> Option.defaultValue 0

    let readRequest (socket: Socket) : Task<string> = task {
        let buffer = Array.zeroCreate<byte> 65536
        let mutable text = ""
        let mutable isWhole = false

        while not isWhole do
            let! read = socket.ReceiveAsync(Memory buffer, SocketFlags.None)
            text <- text + Encoding.UTF8.GetString(buffer, 0, read)
            let headEnd = text.IndexOf "\r\n\r\n"
            isWhole <- read = 0 || (headEnd >= 0 && Encoding.UTF8.GetByteCount(text.Substring(headEnd + 4)) >= contentLength text)

        return text
    }

    let serve (socket: Socket) : Task = task {
        try
            socket.NoDelay <- true
            let! request = readRequest socket
            do! treat (ServerConnection(socket, request))
        with
        | :? SocketException
        | :? ObjectDisposedException -> ()
    }

    let accept () : Task = task {
        try
            while true do
                let! socket = listener.AcceptSocketAsync()
                serve socket |> ignore
        with
        | :? SocketException
        | :? ObjectDisposedException -> ()
    }

    do
        listener.Start()
        accept () |> ignore

    /// Such as http://127.0.0.1:40123.
    member _.Url = $"http://127.0.0.1:{(listener.LocalEndpoint :?> IPEndPoint).Port}"

    interface IDisposable with
        member _.Dispose() = listener.Stop()
