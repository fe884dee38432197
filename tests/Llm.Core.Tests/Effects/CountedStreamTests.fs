// A live stream of a provider that counts with each delta: what was used is known at any moment, and every view shows what the chunks say.
module Llm.Core.Tests.CountedStreamTests

open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Benchmarks

let private none = CancellationToken.None
let private codec = Streams.all["generateContent"].Codec

let private open' (feed: Feed) : Task<StreamResponse> = task {
    let client = Fake.client (Fake.provider codec) (Feed.answering 200 feed)
    let! opened = Model.parse "fake/m" |> Model.withClient client |> Model.stream Fake.question none
    return Fake.ok opened
}

let private event (position: int) (reason: string) : string =
    $"{{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"t{position} \"}}]}}{reason}}}],"
    + $"\"usageMetadata\":{{\"promptTokenCount\":3,\"candidatesTokenCount\":{position}}}}}"

let private used (output: int) : Usage option = Some { Usage.zero with InputTokens = 3L; OutputTokens = int64 output }

let private text (last: int) = String.concat "" [ for position in 1..last -> $"t{position} " ]

[<Test>]
let ``what was used is known at any moment`` () : Task = task {
    use feed = new Feed()
    let! stream = open' feed
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none

    for position in 1..12 do
        feed.Event(event position "")
        let! _ = Items.next enumerator
        Expect.equal (Ok $"t{position} ") enumerator.Current
        Expect.equal (used position) stream.Usage

    do! stream.DisposeAsync()

    match stream.End with
    | Some(StreamEnd.Cancelled partial) -> Expect.equal (text 12, used 12) (Content.text partial.Content, partial.Usage)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``what was used until a connection broke is kept`` () : Task = task {
    use feed = new Feed()
    let! stream = open' feed
    [ 1..9 ] |> List.iter (fun position -> feed.Event(event position ""))
    feed.Break()
    let! ending = StreamResponse.finish none stream

    match ending with
    | StreamEnd.Failed(partial, _) -> Expect.equal (text 9, used 9) (Content.text partial.Content, partial.Usage)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``views show what the chunks of a stream say that counts`` () : Task = task {
    let bytes = Streams.all["generateContent"].Text 40
    let chunks, ending = Reading.read codec [ System.ReadOnlyMemory bytes ]
    use feed = new Feed()
    let! stream = open' feed
    feed.Bytes bytes
    feed.End()
    let! shown = StreamResponse.chunks none stream |> Items.all
    Expect.equal (List.map Ok chunks) shown
    let! folded, how = StreamResponse.fold (fun all chunk -> chunk :: all) [] none stream
    Expect.equal chunks (List.rev folded)
    let! texts = StreamResponse.text none stream |> Items.texts
    let! parts = StreamResponse.parts none stream |> Items.all
    let! deltas = (Fake.ok parts.Head).Deltas none |> Items.texts

    match ending, how with
    | Ending.Complete reply, StreamEnd.Complete response ->
        Expect.equal reply.Usage response.Usage
        Expect.equal (Content.text reply.Content, None) texts
        Expect.equal texts deltas
    | other -> Assert.Fail $"%A{other}"
}
