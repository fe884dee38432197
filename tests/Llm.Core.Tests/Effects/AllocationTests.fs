// What streams and calls allocate: it is exact, so it is asserted where time is not. Deltas cost their text and their chunk, whatever comes
// before and beside them; streams that ended leave nothing behind; and a call does not copy its conversation. The streams are those of the
// benchmarks, which are like providers'.
module Llm.Core.Tests.AllocationTests

open System
open System.Buffers
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Benchmarks

let private fold (codec: Codec) (bytes: byte[]) : PartialReply =
    use reader = new BodyReader(codec)
    reader.Append(ReadOnlySpan bytes)
    reader.End()

    let rec go (state: PartialReply) =
        match reader.Read() with
        | ReadStep.Chunks chunks -> go (Reducer.stepAll state chunks)
        | ReadStep.Failed error -> failwith $"%A{error}"
        | ReadStep.NeedBytes
        | ReadStep.Done -> state

    go Reducer.empty

let private chunksOf (codec: Codec) (bytes: byte[]) : Chunks[] =
    use reader = new BodyReader(codec)
    reader.Append(ReadOnlySpan bytes)
    reader.End()

    let rec go (taken: Chunks list) =
        match reader.Read() with
        | ReadStep.Chunks chunks -> go (chunks :: taken)
        | _ -> taken |> List.rev |> Array.ofList

    go []

let private allocated (work: unit -> 'result) : int64 =
    work () |> ignore
    let before = GC.GetAllocatedBytesForCurrentThread()
    work () |> ignore
    GC.GetAllocatedBytesForCurrentThread() - before

let private formats = Streams.all |> Map.values |> List.ofSeq

/// What a round through all words of a stream's text takes beyond the growth of the text that they make.
let private round: int64 =
    // An object's head, a length, and a zero at the end, to the next multiple of eight.
    let stringSize (text: string) = if text.Length = 1 && text[0] < '\128' then 0L else int64 (22 + 2 * text.Length + 7) / 8L * 8L
    let chunkSize = 32L

    Streams.words
    |> Array.sumBy (fun word -> stringSize (Json.unescape (ReadOnlySpan(Encoding.UTF8.GetBytes word))) + chunkSize)

/// What a round of words takes in a format for what it says beside them.
let private besides (format: Streams.Format) : int64 =
    match format.Name with
    // The next decoder, which is the count.
    | "generateContent" -> 32L * int64 Streams.words.Length
    // The item comes once more as a whole, and goes back as it came.
    | "responses" -> Streams.words |> Array.sumBy (fun word -> 2L * int64 word.Length)
    | _ -> 0L

/// What reading a stream takes beyond the fold of its chunks.
let private decoding (format: Streams.Format) (count: int) : int64 =
    let bytes = format.Text count
    let chunks = chunksOf format.Codec bytes
    allocated (fun () -> fold format.Codec bytes) - allocated (fun () -> Array.fold Reducer.stepAll Reducer.empty chunks)

[<Test>]
let ``a delta costs its text and its chunk, and its count where the provider counts with each`` () =
    for format in formats do
        let few, many = 200, 1_000
        let each = decoding format (many * Streams.words.Length) - decoding format (few * Streams.words.Length)
        // Buffers of another size hold longer streams.
        Assert.That(each / int64 (many - few), Is.LessThanOrEqualTo(round + besides format + 8L), format.Name)

[<Test>]
let ``the fold of a delta costs the growth of the text alone`` () =
    for format in formats do
        let chunks = chunksOf format.Codec (format.Text 10_000)
        let text = String.replicate 1_000 (String.concat "" Streams.words)
        // It doubles: the last buffer is at most four times the text, in bytes, and all before it are as much together.
        let most = 8L * int64 text.Length + 2_000L
        Assert.That(allocated (fun () -> Array.fold Reducer.stepAll Reducer.empty chunks), Is.LessThanOrEqualTo most, format.Name)

[<Test>]
let ``streams cost as much a delta however long they are`` () =
    for format in formats do
        let few, many = format.Text 2_000, format.Text 32_000
        let cost bytes = allocated (fun () -> fold format.Codec bytes)
        Assert.That(cost many, Is.LessThan(20L * cost few), format.Name)

let private modelOf (format: Streams.Format) (count: int) : Model =
    let bytes = format.Text count

    let transport =
        Transport.create (fun _ _ ->
            Task.FromResult(Ok(new TransportResponse(200, [ "content-type", "text/event-stream" ], new MemoryStream(bytes), null))))

    Model.parse "acme/m"
    |> Model.withClient (
        Client.standard
        |> Client.withTransport transport
        |> Client.withProvider "acme/" (Provider.create "acme" "http://localhost" format.Codec |> Provider.withKey "key")
    )

let private stream (model: Model) (count: int) : unit =
    for _ in 1..count do
        match (model |> Model.stream [ Message.user "hi" ] CancellationToken.None).Result with
        | Ok stream ->
            Assert.That((stream |> StreamResponse.finish CancellationToken.None).Result.IsComplete)
            stream.DisposeAsync().AsTask().Wait()
        | Error error -> failwith $"%A{error}"

/// An unoptimized build keeps on the heap what the compiler would have kept on the stack.
let private asOptimized (most: int64) : int64 =
#if DEBUG
    max most 45_000L
#else
    most
#endif

// The call around it and what the test asks for included.
[<TestCase("chat", 10_200L)>]
[<TestCase("responses", 12_400L)>]
[<TestCase("messages", 11_300L)>]
[<TestCase("generateContent", 13_300L)>]
let ``a short stream costs little beside its deltas`` (name: string, most: int64) =
    let model = modelOf Streams.all[name] 50
    Assert.That(allocated (fun () -> stream model 1), Is.LessThan(asOptimized most))

/// Reads a stream by a view that shows nothing of it, so that what is allocated is not the view's.
let private passOver (model: Model) : unit =
    match (model |> Model.stream [ Message.user "hi" ] CancellationToken.None).Result with
    | Ok stream ->
        let spoken = (stream |> StreamResponse.audio CancellationToken.None).GetAsyncEnumerator CancellationToken.None
        Assert.That(spoken.MoveNextAsync().AsTask().Result, Is.False)
        Assert.That(stream.End |> Option.exists _.IsComplete)
        stream.DisposeAsync().AsTask().Wait()
    | Error error -> failwith $"%A{error}"

/// What a live stream allocates for a delta. Without optimisation it is more, but no more for one that counts.
let private live (name: string) : int64 =
    let few, many = modelOf Streams.all[name] 2_000, modelOf Streams.all[name] 10_000
    (allocated (fun () -> passOver many) - allocated (fun () -> passOver few)) / 8_000L

[<Test>]
let ``a count costs a live stream its place in the decoder and in the log`` () =
    let plain = live "chat"
    // Nothing would be counted if it were read by another thread.
    Assert.That(plain, Is.GreaterThan 70L)
    // A chunk of usage would be 128 bytes more.
    Assert.That(live "generateContent" - plain, Is.LessThanOrEqualTo 96L)

[<Test; NonParallelizable>]
let ``streams that ended leave nothing behind`` () =
    let model = modelOf Streams.all["chat"] 5
    stream model 500
    let before = GC.GetTotalMemory true
    stream model 5_000
    // A hundred bytes a stream would be half a megabyte.
    Assert.That(GC.GetTotalMemory true - before, Is.LessThan 250_000L)

/// Streams that connect when they are first read, by a token that outlives them.
let private readLazily (model: Model) (token: CancellationToken) (count: int) : unit =
    for _ in 1..count do
        match Model.streamLazily [ Message.user "hi" ] model with
        | Ok live -> Assert.That((StreamResponse live |> StreamResponse.finish token).Result.IsComplete)
        | Error error -> failwith $"%A{error}"

[<Test; NonParallelizable>]
let ``streams that ended leave nothing with the token that they were read by`` () =
    let model = modelOf Streams.all["chat"] 5
    use source = new CancellationTokenSource()
    readLazily model source.Token 500
    let before = GC.GetTotalMemory true
    readLazily model source.Token 5_000
    Assert.That(GC.GetTotalMemory true - before, Is.LessThan 250_000L)

/// Writes each body into the same memory, and gives the same answer.
let private swallowing =
    let answer =
        """{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"finish_reason":"stop"}]}"""

    let body = ArrayBufferWriter<byte>(1_000_000)

    let transport =
        Transport.create (fun request _ ->
            body.ResetWrittenCount()
            request.Body.WriteTo body
            let bytes = Encoding.UTF8.GetBytes answer
            let headers = [ "content-type", "application/json"; "content-length", string bytes.Length ]
            Task.FromResult(Ok(new TransportResponse(200, headers, new MemoryStream(bytes), null))))

    let model = modelOf Streams.all["chat"] 1
    { model with Client = model.Client |> Client.withTransport transport }

let private talk (count: int) : Message list =
    [ for turn in 0..count -> if turn % 2 = 0 then Message.user "Go on" else Message.assistant "On it went" ]

let private ask (messages: Message list) () : Response =
    match (swallowing |> Model.call messages CancellationToken.None).Result with
    | Ok response -> response
    | Error error -> failwith $"%A{error}"

let private goOn (response: Response) () : Response =
    match (swallowing |> Model.resume response [ UserPart.Text "Go on" ] CancellationToken.None).Result with
    | Ok response -> response
    | Error error -> failwith $"%A{error}"

/// An unoptimized build keeps closures that the compiler would have dissolved.
let private spared =
#if DEBUG
    256L
#else
    0L
#endif

/// With its answer, and with what the transport here makes of it.
[<Test>]
let ``a call takes what it gives and little besides`` () =
    let most = if spared = 0L then 2_700L else 6_600L
    Assert.That(allocated (ask (talk 0)), Is.LessThanOrEqualTo most)

[<Test>]
let ``a call of a long conversation costs its body and copies nothing`` () =
    let each = (allocated (ask (talk 2_000)) - allocated (ask (talk 0))) / 2_000L
    Assert.That(each, Is.LessThanOrEqualTo(8L + spared))

[<Test>]
let ``going on copies the conversation once`` () =
    let few, many = ask (talk 0) (), ask (talk 2_000) ()
    let each = (allocated (goOn many) - allocated (goOn few)) / 2_000L
    // A cell of a list is 32 bytes.
    Assert.That(each, Is.LessThanOrEqualTo(40L + spared))

[<Test>]
let ``a response holds on to the conversation that it was given`` () =
    let history = talk 4
    let response = ask history ()
    Assert.That(Object.ReferenceEquals(response.Sent, history))
    Assert.That((response.Messages = history @ [ Response.message response ]))
    Assert.That(((goOn response ()).Sent = response.Messages @ [ Message.user "Go on" ]))
