// What streams and calls allocate: it is exact, so it is asserted where time is not. Deltas cost their text and their chunk, whatever comes
// before them; streams that ended leave nothing behind; and a call does not copy its conversation.
module Llm.Core.Tests.AllocationTests

open System
open System.Buffers
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private body (first: string) (delta: string) (last: string) (count: int) : byte[] =
    first + String.replicate count delta + last |> Encoding.UTF8.GetBytes

let private chat (count: int) =
    let event delta reason =
        "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + reason
        + "}]}\n\n"

    body (event "{\"role\":\"assistant\",\"content\":\"\"}" "null") (event "{\"content\":\" token\"}" "null") (event "{}" "\"stop\"") count

let private messages (count: int) =
    let event kind rest = $"event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n"

    body
        (event "message_start" ",\"message\":{\"id\":\"m\",\"model\":\"m\",\"content\":[]}"
         + event "content_block_start" ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
        (event "content_block_delta" ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" token\"}")
        (event "message_stop" "")
        count

let private chatCodec = ChatCompletions.codec ChatDialect.openai

let private formats = [ "chat", chatCodec, chat; "messages", AnthropicMessages.codec AnthropicDialect.standard, messages ]

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

let private allocated (work: unit -> 'result) : int64 =
    work () |> ignore
    let before = GC.GetAllocatedBytesForCurrentThread()
    work () |> ignore
    GC.GetAllocatedBytesForCurrentThread() - before

/// A text of seven characters is 40 bytes, its chunk 32, and the text that grows takes up to 4 bytes a character, for it doubles.
let private most = 40L + 32L + 28L

[<Test>]
let ``a delta costs its text, its chunk and the growth of the text`` () =
    for name, codec, write in formats do
        let few, many = write 2_000, write 10_000
        let each = (allocated (fun () -> fold codec many) - allocated (fun () -> fold codec few)) / 8_000L
        Assert.That(each, Is.LessThanOrEqualTo most, name)

[<Test>]
let ``streams cost as much a delta however long they are`` () =
    for name, codec, write in formats do
        let few, many = write 2_000, write 32_000
        Assert.That(allocated (fun () -> fold codec many), Is.LessThan(20L * allocated (fun () -> fold codec few)), name)

let private model =
    let bytes = chat 5

    let transport =
        Transport.create (fun _ _ ->
            Task.FromResult(Ok(new TransportResponse(200, [ "content-type", "text/event-stream" ], new MemoryStream(bytes), null))))

    Model.parse "acme/m"
    |> Model.withClient (
        Client.standard
        |> Client.withTransport transport
        |> Client.withProvider "acme/" (Provider.create "acme" "http://localhost" chatCodec |> Provider.withKey "key")
    )

let private stream (count: int) : unit =
    for _ in 1..count do
        match (model |> Model.stream [ Message.user "hi" ] CancellationToken.None).Result with
        | Ok stream ->
            Assert.That((stream |> StreamResponse.finish CancellationToken.None).Result.IsComplete)
            stream.DisposeAsync().AsTask().Wait()
        | Error error -> failwith $"%A{error}"

[<Test; NonParallelizable>]
let ``streams that ended leave nothing behind`` () =
    stream 500
    let before = GC.GetTotalMemory true
    stream 5_000
    // A hundred bytes a stream would be half a megabyte.
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
            Task.FromResult(Ok(new TransportResponse(200, [ "content-type", "application/json" ], new MemoryStream(bytes), null))))

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
