// What a call costs whose conversation is long, or whose attachment is large, beside the least that any client must do: writing the JSON
// into a buffer that is used again, and handing it to HttpClient. Nothing goes over a network.
namespace Llm.Benchmarks

open System
open System.Buffers
open System.IO
open System.Net
open System.Net.Http
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open BenchmarkDotNet.Attributes
open Llm.Core

/// A server that reads every request to its end and always gives the same answer.
type private Swallow(answer: byte[]) =
    inherit HttpMessageHandler()

    override _.SendAsync(request: HttpRequestMessage, cancellationToken: CancellationToken) = task {
        match request.Content with
        | null -> ()
        | content -> do! content.CopyToAsync(Stream.Null, cancellationToken)

        return new HttpResponseMessage(HttpStatusCode.OK, Content = new ByteArrayContent(answer), RequestMessage = request)
    }

/// Conversations, codecs and answers to measure with.
module Conversations =
    let turns = 2000

    let private said (turn: int) =
        $"Turn {turn}: " + String.replicate 4 "The client said \"go on\", and the server \u2014 na\u00efvely \u2014 did.\n"

    let texts: string[] = Array.init turns said

    let long: Message list =
        [ for turn, text in Array.indexed texts -> if turn % 2 = 0 then Message.user text else Message.assistant text ]
        @ [ Message.user "go" ]

    let attached (bytes: int) : Message list =
        match
            Message.userParts
                [ UserPart.Document(Document.Inline("application/pdf", Bytes.ofMemory (ReadOnlyMemory(Array.zeroCreate bytes)))) ]
        with
        | Ok message -> [ message ]
        | Error error -> failwith (LlmError.render error)

    let model (id: string) (answer: string) : Model =
        let client =
            { Client.standard with
                Transport = HttpTransport.ofClient (new HttpClient(new Swallow(Encoding.UTF8.GetBytes answer)))
                Environment = fun name -> if name.EndsWith("KEY", StringComparison.Ordinal) then Some "key" else None
            }

        Model.parse id |> Model.withClient client

    let models: Map<string, Model> =
        Map.ofList
            [
                "chat",
                model
                    "openai/gpt-4o:completions"
                    """{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"""
                "responses",
                model
                    "openai/gpt-4o:responses"
                    """{"id":"r","model":"m","status":"completed","output":[{"type":"message","id":"i","role":"assistant","content":[{"type":"output_text","text":"ok"}]}]}"""
                "messages",
                model
                    "anthropic/claude-sonnet-4-5"
                    """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""
                "generateContent",
                model
                    "google/gemini-2.5-flash"
                    """{"candidates":[{"content":{"parts":[{"text":"ok"}],"role":"model"},"finishReason":"STOP","index":0}],"responseId":"g"}"""
            ]

    let call (messages: Message list) (model: Model) : Task<int> = task {
        match! Model.call messages CancellationToken.None model with
        | Ok response -> return (Response.text response).Length
        | Error error -> return failwith (LlmError.render error)
    }

/// A call with 2,000 messages, 604 kB.
[<MemoryDiagnoser>]
type EncodeBenchmarks() =
    let buffer = ArrayBufferWriter<byte> 4096

    let writer =
        new Utf8JsonWriter(buffer, JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true))

    let client = new HttpClient(new Swallow("ok"B))
    let role = "role"B
    let content = "content"B
    let user = "user"B
    let assistant = "assistant"B

    /// The wire format.
    [<Params("chat", "responses", "messages", "generateContent")>]
    member val Api = "" with get, set

    /// The floor: a writer over a buffer that stays, names that are bytes already.
    [<Benchmark(Baseline = true)>]
    member _.Floor() : Task<int64> = task {
        buffer.ResetWrittenCount()
        writer.Reset buffer
        writer.WriteStartObject()
        writer.WriteString("model", "m")
        writer.WritePropertyName "messages"
        writer.WriteStartArray()

        for turn in 0 .. Conversations.turns - 1 do
            writer.WriteStartObject()
            writer.WriteString(ReadOnlySpan role, ReadOnlySpan(if turn % 2 = 0 then user else assistant))
            writer.WriteString(ReadOnlySpan content, Conversations.texts[turn])
            writer.WriteEndObject()

        writer.WriteEndArray()
        writer.WriteEndObject()
        writer.Flush()
        use message = new HttpRequestMessage(HttpMethod.Post, "http://fake.test/")
        message.Content <- new ReadOnlyMemoryContent(buffer.WrittenMemory)
        use! response = client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead)
        let! answer = response.Content.ReadAsByteArrayAsync()
        return int64 answer.Length
    }

    /// The library: the whole call.
    [<Benchmark>]
    member this.Library() : Task<int> = Conversations.models[this.Api] |> Conversations.call Conversations.long

/// A call with a document of 100 MB, 133 MB in base64.
[<MemoryDiagnoser>]
type AttachmentBenchmarks() =
    let messages = Conversations.attached 100_000_000

    /// The wire format.
    [<Params("chat", "responses", "messages", "generateContent")>]
    member val Api = "" with get, set

    /// The library: the whole call.
    [<Benchmark>]
    member this.Call() : Task<int> = Conversations.models[this.Api] |> Conversations.call messages
