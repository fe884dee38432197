// What callers watch in a stream besides text: growing tool calls, and when the answer was given.
module Llm.Core.Tests.StreamPieceTests

open System
open System.Collections.Generic
open System.Threading
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private collect (items: IAsyncEnumerable<Result<'item, LlmError>>) : Result<'item, LlmError> list =
    let gather = task {
        let found = List<Result<'item, LlmError>>()
        let enumerator = items.GetAsyncEnumerator none

        while! enumerator.MoveNextAsync() do
            found.Add enumerator.Current

        return List.ofSeq found
    }

    gather.Result

/// Two calls whose pieces interleave, and text between.
let private calls =
    [
        Chunk.TextStart 0
        Chunk.TextDelta(0, "Look: ")
        Chunk.TextEnd 0
        Chunk.ToolCallStart(1, "call-1", "search")
        Chunk.ToolCallStart(2, "call-2", "open")
        Chunk.ToolCallDelta(1, "{\"title\":\"Ear")
        Chunk.ToolCallDelta(2, "{}")
        Chunk.ToolCallDelta(1, "thsea\"}")
        Chunk.ToolCallEnd 1
        Chunk.ToolCallEnd 2
        Chunk.Finish None
    ]

[<Test>]
let ``a tool call is told with each of its chunks, however they interleave`` () =
    let stream = (Fake.wholeStream calls).Result
    let items = stream |> StreamResponse.chunksWithToolCalls none |> collect |> List.map Fake.ok
    Assert.That(items |> List.map (fun struct (chunk, _) -> chunk), Is.EqualTo<Chunk list> calls)

    let told = items |> List.choose (fun struct (_, call) -> call)
    let shown (call: ToolCallProgress) = $"{call.Index} {call.Name} +{call.Delta} ={call.Arguments}"

    Assert.That(
        told |> List.map shown,
        Is.EqualTo<string list>
            [
                "1 search + ="
                "2 open + ="
                "1 search +{\"title\":\"Ear ={\"title\":\"Ear"
                "2 open +{} ={}"
                "1 search +thsea\"} ={\"title\":\"Earthsea\"}"
                "1 search + ={\"title\":\"Earthsea\"}"
                "2 open + ={}"
            ]
    )

    let whole = told |> List.choose _.Whole
    Assert.That(whole, Is.EqualTo<ToolCall list>(StreamResponse.tryResponse stream |> Option.get |> Fake.ok |> Response.toolCalls))

[<Test>]
let ``what is known of the arguments grows with them`` () =
    let stream = (Fake.wholeStream calls).Result

    let told =
        stream |> StreamResponse.chunksWithToolCalls none |> collect |> List.choose (Fake.ok >> fun struct (_, call) -> call)

    let title (call: ToolCallProgress) =
        ToolCallProgress.known call |> Option.bind (PartialJson.tryProperty "title") |> Option.bind PartialJson.tryText

    let titles = told |> List.filter (fun call -> call.Name = "search") |> List.map title
    Assert.That(titles, Is.EqualTo<string option list> [ None; Some "Ear"; Some "Earthsea"; Some "Earthsea" ])

[<Test>]
let ``a stream has a response only when it was read to its end`` () =
    let stream = (Fake.wholeStream Fake.hello).Result
    Assert.That((StreamResponse.tryResponse stream).IsNone)
    let read = (StreamResponse.response none stream).Result
    Assert.That((StreamResponse.tryResponse stream = Some read))

    let cut = (Fake.wholeStream (List.take 3 Fake.hello)).Result
    (StreamResponse.finish none cut).Result |> ignore
    Assert.That((StreamResponse.tryResponse cut = Some(Error(LlmError.Truncated "fake"))))

[<Test>]
let ``a response knows when it was asked for and when it was whole`` () =
    let time = FakeTimeProvider()
    let script = ScriptedTransport.create [ Fake.events Fake.hello; ScriptedTransport.json "{}" ]

    let model =
        Fake.model Fake.hello script.Transport
        |> fun model -> model |> Model.withClient { model.Client with TimeProvider = time }

    let start = time.GetUtcNow()
    let stream = (Model.stream Fake.question none model).Result |> Fake.ok
    time.Advance(TimeSpan.FromSeconds 5.0)
    let streamed = (StreamResponse.response none stream).Result |> Fake.ok
    Assert.That(streamed.StartedAt, Is.EqualTo start)
    Assert.That(Response.duration streamed, Is.EqualTo(TimeSpan.FromSeconds 5.0))

    let whole = (Model.call Fake.question none model).Result |> Fake.ok
    Assert.That(whole.StartedAt, Is.EqualTo(start + TimeSpan.FromSeconds 5.0))
    Assert.That(Response.duration whole, Is.EqualTo TimeSpan.Zero)
