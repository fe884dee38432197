// From end to end: a real codec over real HTTP on this machine, against the samples' server and against bytes written one by one.
module Llm.Core.Tests.LoopbackTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Samples.Loopback

let private none = CancellationToken.None

let private modelAt (url: string) (key: string) (id: string) =
    let provider = Vendors.anthropic |> Provider.withBaseUrl url |> Provider.withKey key
    Model.parse id |> Model.withClient (Client.standard |> Client.withProvider "loopback/" provider)

let private ask (text: string) = [ Message.user text ]

let private streamText (stream: StreamResponse) : Task<string> = task {
    let text = StringBuilder()
    let! _ = stream |> StreamResponse.iterText (text.Append >> ignore) none
    return string text
}

[<Test>]
let ``the loopback server says the same whole and streamed, token by token`` () : Task = task {
    use server = LoopbackServer.Start TimeSpan.Zero
    let model = modelAt server.BaseUrl "any" "loopback/bookworm"
    let question = ask "Recommend a book of science fiction, please"
    let! whole = model |> Model.call question none
    let! opened = model |> Model.stream question none
    use stream = Fake.ok opened
    let! text = streamText stream
    let! pieces = StreamResponse.text none stream |> Items.all
    let! streamed = StreamResponse.response none stream
    let whole, streamed = Fake.ok whole, Fake.ok streamed
    Assert.That(text, Does.Contain "Le Guin")
    Expect.equal text (Response.text whole)
    Expect.equal text (Response.text streamed)
    Expect.equal (text.Split ' ').Length pieces.Length
    Expect.equal whole.Usage streamed.Usage
    Expect.equal (Some(int64 pieces.Length)) (whole.Usage |> Option.map (fun usage -> usage.OutputTokens))
    Expect.equal true (whole.RequestId.IsSome && streamed.RequestId.IsSome)
}

[<Test>]
let ``the loopback server refuses as Anthropic does`` () : Task = task {
    use server = LoopbackServer.Start TimeSpan.Zero
    let! unknown = modelAt server.BaseUrl "any" "loopback/nobody" |> Model.call (ask "Hello") none
    let! unknownStream = modelAt server.BaseUrl "any" "loopback/nobody" |> Model.stream (ask "Hello") none
    let! keyless = modelAt server.BaseUrl "" "loopback/bookworm" |> Model.call (ask "Hello") none

    match unknown, Result.map ignore unknownStream with
    | Error(LlmError.NotFound error), Error(LlmError.NotFound _) ->
        Expect.equal (Some 404, Some "not_found_error", "model: nobody") (error.Status, error.Code, error.Message)
    | other -> Assert.Fail $"%A{other}"

    match keyless with
    | Error(LlmError.Authentication error) -> Expect.equal (Some 401) error.Status
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``many calls at once each get their own answer`` () : Task = task {
    use server = LoopbackServer.Start TimeSpan.Zero
    let model = modelAt server.BaseUrl "any" "loopback/bookworm"
    let genres = [ "fantasy", "Piranesi"; "mystery", "Eco"; "history", "Mantel"; "poetry", "Szymborska" ]

    let! answers =
        Task.WhenAll(
            [ for _ in 1..5 -> genres ]
            |> List.concat
            |> List.map (fun (genre, expected) -> task {
                let! stream = model |> Model.stream (ask genre) none
                let! text = streamText (Fake.ok stream)
                return text.Contains expected
            })
        )

    Assert.That(answers, Is.All.True)
}

let private said = "Grüße 🙂"

let private events =
    [
        """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}"""
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grü"}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ße 🙂"}}"""
        """{"type":"content_block_stop","index":0}"""
        """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"""
        """{"type":"message_stop"}"""
    ]
    |> List.map (fun data -> $"data: {data}\r\n\r\n")
    |> String.concat ""

let private message =
    """{"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"text","text":"Grüße 🙂"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4}}"""

/// A server that writes a body byte by byte, each as an HTTP chunk of its own.
let private writingSingly (contentType: string) (body: string) =
    new TestServer(fun connection -> task {
        do! connection.Send $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

        for value in Encoding.UTF8.GetBytes body do
            do! connection.SendBytes [| yield! "1\r\n"B; value; yield! "\r\n"B |]

        do! connection.Send "0\r\n\r\n"
        connection.Close()
    })

[<Test>]
let ``an answer whose bytes come one by one is read as if it came at once`` () : Task = task {
    use wholeServer = writingSingly "application/json" message
    use streamServer = writingSingly "text/event-stream" events
    let! whole = modelAt wholeServer.Url "any" "loopback/x" |> Model.call (ask "Hello") none
    let! stream = modelAt streamServer.Url "any" "loopback/x" |> Model.stream (ask "Hello") none
    let! streamed = StreamResponse.response none (Fake.ok stream)
    Expect.equal said (Response.text (Fake.ok whole))
    let streamed = Fake.ok streamed
    Expect.equal { Fake.ok whole with Raw = None; StartedAt = streamed.StartedAt; EndedAt = streamed.EndedAt } streamed
}

[<Test>]
let ``an answer that is cut after any byte is complete only with its proof`` () : Task = task {
    let bytes = Encoding.UTF8.GetBytes events
    // Where the last event's data is whole: the blank line after it is not needed to know what it says.
    let proof = bytes.Length - 4
    let mutable cut = 0

    use server =
        new TestServer(fun connection -> task {
            do! connection.Head(200, "text/event-stream")
            do! connection.SendBytes bytes[.. cut - 1]
            connection.Close()
        })

    let model = modelAt server.Url "any" "loopback/x"

    for length in 0 .. bytes.Length do
        cut <- length
        let! stream = model |> Model.stream (ask "Hello") none

        match! StreamResponse.finish none (Fake.ok stream) with
        | StreamEnd.Complete response when length >= proof -> Expect.equal said (Response.text response)
        | StreamEnd.Truncated partial when length < proof -> Assert.That(said, Does.StartWith(Content.text partial.Content))
        | other -> Assert.Fail $"after {length} of {bytes.Length}: %A{other}"
}
