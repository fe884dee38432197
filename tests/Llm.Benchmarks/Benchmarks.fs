// What is measured: decoding, and whole calls by way of HttpClient, each beside the floor, and calls beside the vendor's own library.
// The methods of a class do the same work and give the same number: the length of the text.
namespace Llm.Benchmarks

open System
open System.Net.Http
open System.Threading
open System.Threading.Tasks
open BenchmarkDotNet.Attributes
open Llm.Core
open Llm.Benchmarks.Peers

/// A stream that is there already, read to its end.
module private Reading =
    /// Events, chunks, and the fold of them.
    let reply (codec: Codec) (body: byte[]) : Reply =
        use reader = new BodyReader(codec)
        reader.Append(ReadOnlySpan body)
        reader.End()

        let rec fold (state: PartialReply) =
            match reader.Read() with
            | ReadStep.Chunks chunks -> fold (Reducer.stepAll state chunks)
            | _ -> state

        match Reducer.finish (fold Reducer.empty) with
        | Completion.Complete reply -> reply
        | Completion.Truncated _ -> failwith "The stream is not complete."

/// One stream of 2,000 deltas, from bytes that are there already.
[<MemoryDiagnoser>]
type Decoding() =
    let mutable codec = Unchecked.defaultof<Codec>
    let mutable body: byte[] = Array.empty
    let mutable floor = Unchecked.defaultof<Floor>

    /// The wire format.
    [<Params("chat", "responses", "messages", "generateContent")>]
    member val Api = "" with get, set

    [<GlobalSetup>]
    member this.Setup() =
        let format = Streams.all[this.Api]
        codec <- format.Codec
        body <- format.Text Streams.deltas
        floor <- Floor(new HttpClientHandler(), format.Property)

        if this.Floor() <> this.Library() then failwith "They do not read the same."

    [<Benchmark(Baseline = true)>]
    member _.Floor() = floor.Decode body

    [<Benchmark>]
    member _.Library() = (Reading.reply codec body).Content |> Content.text |> String.length

/// A tool call whose arguments come in as many deltas as a text does, and in four times as many.
[<MemoryDiagnoser>]
type ToolArguments() =
    let mutable codec = Unchecked.defaultof<Codec>
    let mutable text: byte[] = Array.empty
    let mutable arguments: byte[] = Array.empty
    let mutable more: byte[] = Array.empty

    let lengthOf (body: byte[]) =
        match (Reading.reply codec body).Content with
        | [ AssistantPart.ToolCall call ] -> call.Arguments.Length
        | content -> failwith $"No tool call: %A{content}"

    /// The wire format: one that sends arguments in pieces.
    [<Params("chat", "responses", "messages")>]
    member val Api = "" with get, set

    [<GlobalSetup>]
    member this.Setup() =
        let format = Streams.all[this.Api]
        codec <- format.Codec
        text <- format.Text Streams.deltas
        arguments <- format.Arguments.Value Streams.deltas
        more <- format.Arguments.Value(4 * Streams.deltas)

    [<Benchmark(Baseline = true)>]
    member _.Text() = (Reading.reply codec text).Content |> Content.text |> String.length

    [<Benchmark>]
    member _.Arguments() = lengthOf arguments

    [<Benchmark>]
    member _.FourTimes() = lengthOf more

/// A call, with the network taken away: from the arguments to the text.
[<MemoryDiagnoser>]
type Calls() =
    let mutable floor = Unchecked.defaultof<Floor>
    let mutable model = Unchecked.defaultof<Model>
    let mutable facade = Unchecked.defaultof<IPeer>
    let mutable vendor = Unchecked.defaultof<IPeer>

    let text (result: Result<'value, LlmError>) : 'value =
        match result with
        | Ok value -> value
        | Error error -> failwith (LlmError.render error)

    let streamed () : Task<int> = task {
        let! opened = model |> Model.stream [ Message.user "hi" ] CancellationToken.None
        let builder = Text.StringBuilder()
        let stream = text opened
        let! ending = stream |> StreamResponse.iterText (builder.Append >> ignore) CancellationToken.None
        text (StreamEnd.toResult stream.Provider ending) |> ignore
        return builder.ToString().Length
    }

    let whole () : Task<int> = task {
        let! answer = model |> Model.call [ Message.user "hi" ] CancellationToken.None
        return (Response.text (text answer)).Length
    }

    /// The wire format, and whose library stands beside ours.
    [<Params("chat", "messages")>]
    member val Api = "" with get, set

    /// How many deltas the stream has; 0 for an answer of a kilobyte that is sent whole.
    [<Params(0, 50, 2000)>]
    member val Deltas = 0 with get, set

    [<GlobalSetup>]
    member this.Setup() =
        let isStream = this.Deltas > 0
        let format = Streams.all[this.Api]

        let answer, property, provider, name =
            match this.Api with
            | "chat" ->
                (if isStream then format.Text this.Deltas else Streams.wholeChat), format.Property, Vendors.openai, "openai:completions/m"
            | _ -> (if isStream then format.Text this.Deltas else Streams.wholeMessage), format.Property, Vendors.anthropic, "anthropic/m"

        let handler () : HttpMessageHandler = new Wire(answer, isStream)
        floor <- Floor(handler (), property)

        let environment variable = if String.length variable > 8 && variable.EndsWith "_API_KEY" then Some "key" else None

        model <-
            Model.parse name
            |> Model.withClient
                { Client.standard with
                    Environment = environment
                    Transport = HttpTransport.ofClient (new HttpClient(handler ()))
                }

        facade <- FacadePeer(handler (), provider.Id, name)

        vendor <-
            match this.Api with
            | "chat" -> OpenAIPeer(handler ()) :> IPeer
            | _ -> AnthropicPeer(handler ())

        // Whoever does less work than the others would win.
        let lengths = [ this.Floor(); this.Library(); this.Facade(); this.Vendor() ] |> List.map _.Result

        if List.length (List.distinct lengths) > 1 then failwith $"They do not read the same: %A{lengths}"

    [<Benchmark(Baseline = true)>]
    member this.Floor() : Task<int> = if this.Deltas > 0 then floor.StreamAsync() else floor.CallAsync()

    [<Benchmark>]
    member this.Library() : Task<int> = if this.Deltas > 0 then streamed () else whole ()

    [<Benchmark>]
    member this.Facade() : Task<int> = if this.Deltas > 0 then facade.StreamAsync() else facade.CallAsync()

    [<Benchmark>]
    member this.Vendor() : Task<int> = if this.Deltas > 0 then vendor.StreamAsync() else vendor.CallAsync()
