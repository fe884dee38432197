// The first call of a process, which waits for code to be compiled: a process for each figure, beside a server on this machine that sends
// a short stream. Measured where all is; BenchmarkDotNet's own cold starts would load BenchmarkDotNet.
module Llm.Benchmarks.Cold

open System
open System.Diagnostics
open System.Globalization
open System.Net
open System.Net.Sockets
open System.Threading.Tasks

/// What a process had cost when its first call was done: the medians of some.
type FirstCall =
    {
        Milliseconds: float
        /// How many methods were compiled.
        Methods: float
    }

/// Who makes a first call, by the names of the columns.
let private callers = [ "Floor"; "Library"; "Facade"; "Vendor" ]

let private deltas = 50

/// How many processes a figure stands on.
let processes = 9

let private freePort () : int =
    use listener = new TcpListener(IPAddress.Loopback, 0)
    listener.Start()
    (listener.LocalEndpoint :?> IPEndPoint).Port

/// Answers every request with the same stream, until it is stopped.
let private serve (listener: HttpListener) : Task =
    task {
        let answer = Streams.all["chat"].Text deltas

        try
            while listener.IsListening do
                let! context = listener.GetContextAsync()
                do! context.Request.InputStream.CopyToAsync IO.Stream.Null
                context.Response.ContentType <- "text/event-stream"
                do! context.Response.OutputStream.WriteAsync(ReadOnlyMemory answer)
                context.Response.Close()
        with
        // It was stopped.
        | :? HttpListenerException when not listener.IsListening -> ()
        | :? ObjectDisposedException when not listener.IsListening -> ()
    }
    :> Task

/// A process that makes one call: the length of the text, and the cost.
let private start (program: string) (address: string) (who: string) : struct (string * FirstCall) =
    let info = ProcessStartInfo("dotnet", [ program; who; address ], RedirectStandardOutput = true, UseShellExecute = false)
    info.Environment["OPENAI_BASE_URL"] <- address
    info.Environment["OPENAI_API_KEY"] <- "key"
    use child = Process.Start info
    let said = child.StandardOutput.ReadToEnd()
    child.WaitForExit()

    match child.ExitCode, said.Trim().Split ' ' with
    | 0, [| length; cpu; methods |] ->
        let number (text: string) = Double.Parse(text, CultureInfo.InvariantCulture)
        struct (length, { Milliseconds = number cpu; Methods = number methods })
    | code, _ -> failwith $"The first call of {who} ended with {code}: {said}"

let private median (values: float list) : float = (List.sort values)[values.Length / 2]

/// What the first calls cost of a program, by callers; they take turns, for a machine is not always as fast.
let measure (program: string) : Map<string, FirstCall> =
    let address = $"http://127.0.0.1:{freePort ()}/v1"
    use listener = new HttpListener()
    listener.Prefixes.Add(address + "/")
    listener.Start()
    let serving = serve listener

    let measured =
        [
            for _ in 1..processes do
                for who in callers do
                    who, start program address who
        ]

    listener.Stop()
    serving.Wait()

    // Whoever reads less than the others would win.
    match measured |> List.map (fun (_, struct (length, _)) -> length) |> List.distinct with
    | [ _ ] -> ()
    | lengths -> failwith $"They do not read the same: %A{lengths}"

    Map.ofList
        [
            for who, all in List.groupBy fst measured do
                let of' value = all |> List.map (fun (_, struct (_, call)) -> value call) |> median
                who, { Milliseconds = of' _.Milliseconds; Methods = of' _.Methods }
        ]
