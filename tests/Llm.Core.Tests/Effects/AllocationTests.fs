// What streams allocate: it is exact, so it is asserted where time is not. Deltas cost their text and their chunk, whatever comes before
// them, and streams that ended leave nothing behind.
module Llm.Core.Tests.AllocationTests

open System
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
