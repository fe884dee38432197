// Bodies in pooled memory: who holds it, when it goes back, and how much of it a call costs.
module Llm.Core.Tests.PooledContentTests

open System
open System.Buffers
open System.Collections.Generic
open System.IO
open System.Net
open System.Net.Http
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

/// Counts what is out, and spoils what comes back.
type private Watched() =
    inherit ArrayPool<byte>()
    let out = HashSet<byte[]>(HashIdentity.Reference)

    member _.Out = out.Count

    member _.BytesOut = out |> Seq.sumBy _.Length

    override _.Rent(length: int) =
        let array = Array.zeroCreate<byte> length
        out.Add array |> ignore
        array

    override _.Return(array: byte[], _: bool) =
        Assert.That(out.Remove array, "it came back twice, or was never out")
        Array.Fill(array, byte '#')

let private long = String.replicate 300_000 "abcdefgh"

[<Test>]
let ``a short request holds little memory while it waits for its connection`` () =
    let pool = Watched()
    use content = new PooledContent(RequestBody.ofText (String.replicate 20 "abcdefgh"), pool)
    Assert.That(content.Headers.ContentLength, Is.EqualTo(Nullable 160L))
    Assert.That(pool.BytesOut, Is.LessThanOrEqualTo 1024)

/// A stream whose writes wait until they are told to go on.
type private Waiting(gate: Task) =
    inherit MemoryStream()

    member private this.Append(memory: ReadOnlyMemory<byte>) : Task = task {
        do! gate
        this.Write memory.Span
    }

    override this.WriteAsync(memory: ReadOnlyMemory<byte>, _: CancellationToken) : ValueTask = ValueTask(this.Append memory)

[<Test>]
let ``content is sent as often as wanted and goes back once`` () : Task = task {
    let pool = Watched()
    let content = new PooledContent(RequestBody.ofText long, pool)
    Assert.That(content.Headers.ContentLength, Is.EqualTo(Nullable(int64 long.Length)))

    for _ in 1..2 do
        use stream = new MemoryStream()
        do! content.CopyToAsync stream
        Assert.That(Encoding.UTF8.GetString(stream.ToArray()) = long)

    content.Dispose()
    content.Dispose()
    Assert.That(pool.Out, Is.Zero)
}

[<Test>]
let ``no memory goes back under a send that still reads it`` () : Task = task {
    let pool = Watched()
    let gate = TaskCompletionSource()
    let content = new PooledContent(RequestBody.ofText long, pool)
    use stream = new Waiting(gate.Task)
    let sending = content.CopyToAsync stream
    content.Dispose()
    Assert.That(pool.Out, Is.GreaterThan 0)
    gate.SetResult()
    do! sending
    Assert.That(Encoding.UTF8.GetString(stream.ToArray()) = long)
    Assert.That(pool.Out, Is.Zero)
}

[<Test>]
let ``a send that fails gives its memory back`` () : Task = task {
    let pool = Watched()
    let content = new PooledContent(RequestBody.ofText long, pool)
    let gate = TaskCompletionSource()
    gate.SetException(IOException "broken")
    use stream = new Waiting(gate.Task)

    let! failure = task {
        try
            do! content.CopyToAsync stream
            return "nothing"
        with failure ->
            return failure.GetType().Name
    }

    Assert.That(failure, Is.Not.EqualTo "nothing")
    content.Dispose()
    Assert.That(pool.Out, Is.Zero)
}

/// Reads every request to its end.
type private Swallow(answer: string) =
    inherit HttpMessageHandler()

    override _.SendAsync(request: HttpRequestMessage, cancellationToken: CancellationToken) = task {
        do! (nonNull request.Content).CopyToAsync(Stream.Null, cancellationToken)
        return new HttpResponseMessage(HttpStatusCode.OK, Content = new StringContent(answer))
    }

let private encoded (codec: Codec) (messages: Message list) : EncodedRequest =
    match codec.Encode(Request.create "m" Params.none false messages) with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private send (codec: Codec) (messages: Message list) : Task = task {
    let transport = HttpTransport.ofClient (new HttpClient(new Swallow "{}"))

    let request: TransportRequest =
        {
            Method = "POST"
            Url = "http://fake.test/"
            Headers = []
            SecretHeaders = []
            Body = (encoded codec messages).Body
            Stream = false
            ConnectTimeout = TimeSpan.FromSeconds 1.0
        }

    match! transport.Send request CancellationToken.None with
    | Ok response -> (response :> IDisposable).Dispose()
    | Error error -> failwith (LlmError.render error)
}

/// What encoding into pooled memory allocates, exactly, once the pool is filled and the code is compiled as it stays: the least of many, for
/// the compiler takes its time, and more of it on a busy machine.
let private cost (codec: Codec) (messages: Message list) : int64 =
    let pool = ArrayPool<byte>.Create(4 * 1024 * 1024, 16)

    let encode () =
        let segments = PooledSegments pool
        (encoded codec messages).Body.WriteTo segments
        segments.Return()

    let measured () =
        let before = GC.GetAllocatedBytesForCurrentThread()
        encode ()
        GC.GetAllocatedBytesForCurrentThread() - before

    Seq.init 60 (fun _ ->
        Thread.Sleep 10
        measured ())
    |> Seq.min

let private codecs =
    [
        "chat", ChatCompletions.codec ChatDialect.openai
        "responses", OpenAiResponses.codec ResponsesDialect.standard
        "messages", AnthropicMessages.codec AnthropicDialect.standard
        "generateContent", GenerateContent.codec GenerateContentDialect.standard
    ]

let private history (turns: int) : Message list =
    [
        for turn in 1..turns do
            let text =
                $"Turn {turn}: " + String.replicate 4 "The client said \"go on\", and the server \u2014 na\u00efvely \u2014 did.\n"

            if turn % 2 = 1 then Message.user text else Message.assistant text
    ]

/// Closures are free only where the compiler optimizes; the figure that is promised is of such a build.
let private mostBeyondBody =
#if DEBUG
    320_000L
#else
    1_000L
#endif

[<Test>]
let ``a history of 2,000 messages allocates next to nothing beyond its pooled body`` () =
    let messages = history 2000

    for name, codec in codecs do
        Assert.That(cost codec messages, Is.LessThanOrEqualTo mostBeyondBody, name)

[<Test; NonParallelizable>]
let ``an attachment of 100 MB allocates at most half more than its base64`` () : Task = task {
    let data = Bytes.ofMemory (ReadOnlyMemory(Array.zeroCreate<byte> 100_000_000))
    let limit = int64 (1.5 * 4.0 / 3.0 * 100_000_000.0)

    for name, codec in codecs do
        let document = Message.userPart (UserPart.Document(Document.Inline("application/pdf", data)))
        let before = GC.GetTotalAllocatedBytes true
        do! send codec [ document ]
        Assert.That(GC.GetTotalAllocatedBytes true - before, Is.LessThan limit, name)
}
