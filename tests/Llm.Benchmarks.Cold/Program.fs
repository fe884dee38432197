// The first call of a process, and what the process cost by then: `Llm.Benchmarks.Cold WHO ADDRESS` makes one short stream by chat
// completions and prints the milliseconds of CPU and the methods that were compiled. The benchmarks start it, anew for each figure; a
// program of its own, for theirs would load more than it measures.
module Llm.Benchmarks.Cold.Program

open System
open System.Globalization
open System.Net.Http
open System.Runtime
open System.Text
open System.Threading
open System.Threading.Tasks
open Llm.Benchmarks.Peers
open Llm.Core

/// The provider's address and key are in the environment, as a user's are.
let private model = "openai:completions/m"

let private text (result: Result<'value, LlmError>) : 'value =
    match result with
    | Ok value -> value
    | Error error -> failwith (LlmError.render error)

let private library () : Task<int> = task {
    let! opened = Model.parse model |> Model.stream [ Message.user "hi" ] CancellationToken.None
    let builder = StringBuilder()
    let stream = text opened
    let! ending = stream |> StreamResponse.iterText (builder.Append >> ignore) CancellationToken.None
    text (StreamEnd.toResult stream.Provider ending) |> ignore
    return builder.ToString().Length
}

let private ask (who: string) (address: string) : Task<int> =
    match who with
    | "Floor" -> Floor(new SocketsHttpHandler(), "content", address + "/chat/completions").StreamAsync()
    | "Library" -> library ()
    | "Facade" -> FacadePeer(model).StreamAsync()
    | "Vendor" -> OpenAIPeer(new SocketsHttpHandler(), address).StreamAsync()
    | other -> failwith $"Nobody is called {other}."

[<EntryPoint>]
let main arguments =
    let length = (ask arguments[0] arguments[1]).GetAwaiter().GetResult()
    let cpu = Environment.CpuUsage.TotalTime.TotalMilliseconds
    let methods = JitInfo.GetCompiledMethodCount false
    let invariant = CultureInfo.InvariantCulture
    Console.Out.WriteLine(String.Join(' ', length.ToString invariant, cpu.ToString invariant, methods.ToString invariant))
    0
