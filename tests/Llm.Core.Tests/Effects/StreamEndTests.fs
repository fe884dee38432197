// How a stream ends: with its proof, or with what kept it from coming; and that its connection is closed, whichever way.
module Llm.Core.Tests.StreamEndTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private none = CancellationToken.None

/// Up to the first delta, and the proof.
let private upToFirstDelta = [ "0"; "1"; "2" ]

let private first = Chunk.TextDelta(0, "Hel")

/// Reads until the first delta has come.
let private readFirstDelta (stream: StreamResponse) : Task = task {
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! hasText = Items.next enumerator
    Assert.That(hasText, Is.True)
    Expect.equal (Ok "Hel") enumerator.Current
}

[<Test>]
let ``the proof makes it complete`` () : Task = task {
    let! stream = Fake.wholeStream Fake.hello
    let! ending = StreamResponse.finish none stream

    match ending with
    | StreamEnd.Complete response ->
        Expect.equal "Hello" (Response.text response)
        Expect.equal (Some "id-1") response.Id
        Expect.equal "one-2026" response.ProviderModel
        Expect.equal "fake/one" response.ModelId
        Expect.equal (Some 5L) (response.Usage |> Option.map Usage.total)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``no prefix of a stream is complete`` () : Task = task {
    let proof = Fake.hello |> List.findIndex (fun chunk -> chunk = Chunk.Finish None)

    for length in 0 .. Fake.hello.Length do
        let answer = List.init length string |> ScriptedTransport.events
        let! stream = Fake.startStream Fake.hello (ScriptedTransport.create [ answer ]).Transport
        let! ending = StreamResponse.finish none stream

        match ending with
        | StreamEnd.Complete _ when length > proof -> ()
        | StreamEnd.Truncated _ when length <= proof -> ()
        | other -> Assert.Fail $"after {length}: %A{other}"
}

[<Test>]
let ``what came of a cut stream is kept, and every view ends with the error`` () : Task = task {
    let! stream = Fake.startStream Fake.hello (ScriptedTransport.create [ ScriptedTransport.events upToFirstDelta ]).Transport
    let! text, error = StreamResponse.text none stream |> Items.texts
    Expect.equal ("Hel", Some(LlmError.Truncated "fake")) (text, error)
    let! pretty, error = StreamResponse.pretty none stream |> Items.texts
    Expect.equal ("Hel", Some(LlmError.Truncated "fake")) (pretty, error)
    let! chunks = StreamResponse.chunks none stream |> Items.all
    Expect.equal (Error(LlmError.Truncated "fake")) (List.last chunks)
    let! parts = StreamResponse.parts none stream |> Items.all
    Expect.equal true (List.last parts |> Result.isError)
    let! response = StreamResponse.response none stream
    Expect.equal true (response = Error(LlmError.Truncated "fake"))

    match stream.End with
    | Some(StreamEnd.Truncated partial) -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``an error event fails the stream and keeps what came`` () : Task = task {
    let! stream =
        Fake.startStream
            Fake.hello
            (ScriptedTransport.create [ ScriptedTransport.events (upToFirstDelta @ [ "overloaded"; "3" ]) ]).Transport

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(partial, error) ->
        Expect.equal "Hel" (Content.text partial.Content)
        Expect.equal Fake.overloaded error
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a broken connection before the proof fails the stream`` () : Task = task {
    let answer = ScriptedTransport.events upToFirstDelta |> ScriptedTransport.broken
    let! stream = Fake.startStream Fake.hello (ScriptedTransport.create [ answer ]).Transport

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(partial, LlmError.Connection("fake.test", _)) -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a broken connection after the proof takes nothing away`` () : Task = task {
    let answer = Fake.events Fake.hello |> ScriptedTransport.broken
    let! stream = Fake.startStream Fake.hello (ScriptedTransport.create [ answer ]).Transport

    match! StreamResponse.finish none stream with
    | StreamEnd.Complete response -> Expect.equal "Hello" (Response.text response)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``what is no event of the format fails the stream when more follows`` () : Task = task {
    let! stream =
        Fake.startStream Fake.hello (ScriptedTransport.create [ ScriptedTransport.events (upToFirstDelta @ [ "ping"; "3" ]) ]).Transport

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(_, LlmError.InvalidResponse("fake", _, "ping")) -> ()
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a codec that throws fails the stream, which does not go on as if nothing had been lost`` () : Task = task {
    let! stream =
        Fake.startStream Fake.hello (ScriptedTransport.create [ ScriptedTransport.events (upToFirstDelta @ [ "bug"; "5" ]) ]).Transport

    for _ in 1..2 do
        match! StreamResponse.finish none stream with
        | StreamEnd.Failed(_, LlmError.InvalidResponse("fake", "the codec has a bug", _)) -> ()
        | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``an answer larger than the limit fails the stream`` () : Task = task {
    let feed = new Feed()
    let model = Fake.model Fake.hello (Feed.answering 200 feed)
    let small = model |> Model.withClient { model.Client with MaxAnswerBytes = 30L }
    let! stream = small |> Model.stream Fake.question none
    let stream = Fake.ok stream

    for event in upToFirstDelta do
        feed.Event event

    feed.Text(": this comment goes past the limit\n")

    match! StreamResponse.finish none stream with
    | StreamEnd.Failed(partial, LlmError.ResponseTooLarge 30L) -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"

    do! Expect.soon feed.Disposed
}

[<Test>]
let ``silence for the idle limit fails the stream and closes the connection`` () : Task = task {
    let clock = FakeTimeProvider()
    let feed = new Feed()
    let model = Fake.model Fake.hello (Feed.answering 200 feed)
    let! stream = model |> Model.withClient { model.Client with TimeProvider = clock } |> Model.stream Fake.question none
    let stream = Fake.ok stream
    upToFirstDelta |> List.iter feed.Event
    do! readFirstDelta stream
    let finishing = StreamResponse.finish none stream
    do! Expect.soon (clock.AdvanceWhenAwaited Timeouts.standard.Idle)

    match! finishing with
    | StreamEnd.Failed(partial, LlmError.Timeout(TimeoutCause.Idle _)) -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"

    do! Expect.soon feed.Disposed
}

[<Test>]
let ``a complete stream closes its connection, even where the server does not`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    [ "0"; "1"; "2"; "3"; "4"; "5"; "6"; "done" ] |> List.iter feed.Event

    match! StreamResponse.finish none stream with
    | StreamEnd.Complete _ -> ()
    | other -> Assert.Fail $"%A{other}"

    do! Expect.soon feed.Disposed
}

[<Test>]
let ``a stream that has ended has no error, and stays as it ended`` () : Task = task {
    let! stream = Fake.wholeStream Fake.hello
    let! before = StreamResponse.response none stream
    do! stream.DisposeAsync()
    let! after = StreamResponse.response none stream
    Expect.equal before after
    let! text, error = StreamResponse.text none stream |> Items.texts
    Expect.equal ("Hello", None) (text, error)
}

[<Test>]
let ``usage that the provider did not tell is absent`` () : Task = task {
    let! stream = Fake.wholeStream (List.take 6 Fake.hello)
    let! response = StreamResponse.response none stream
    Expect.equal None (Fake.ok response).Usage
}

[<Law>]
let ``a whole stream says its reply, and a prefix of it never completes`` (wellFormed: WellFormedStream) (cut: FsCheck.NonNegativeInt) =
    let run (count: int) =
        let answer = List.init count string |> ScriptedTransport.events
        let stream = (Fake.startStream wellFormed.Chunks (ScriptedTransport.create [ answer ]).Transport).Result
        (StreamResponse.finish none stream).Result

    let isFinish chunk =
        match chunk with
        | Chunk.Finish _ -> true
        | _ -> false

    let length = cut.Get % (wellFormed.Chunks.Length + 1)
    let isProven = wellFormed.Chunks |> List.take length |> List.exists isFinish

    match run wellFormed.Chunks.Length, run length with
    | StreamEnd.Complete whole, StreamEnd.Complete _ when isProven -> whole.Content = wellFormed.Reply.Content
    | StreamEnd.Complete whole, StreamEnd.Truncated _ when not isProven -> whole.Content = wellFormed.Reply.Content
    | _ -> false
