// The views of a stream: each starts at the beginning, goes on live, and together they say what the response says.
module Llm.Core.Tests.StreamViewTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private none = CancellationToken.None

let private values (items: Result<'value, LlmError> list) : 'value list = items |> List.map Fake.ok

let private chunksOf (stream: StreamResponse) : Task<Chunk list> = task {
    let! items = StreamResponse.chunks none stream |> Items.all
    return values items
}

let private indexOf (chunk: Chunk) = Chunk.index chunk |> ValueOption.defaultValue -1

/// <summary>The stream with its parts in the order in which they begin, as providers send them: a view cannot wait for a part that it does
/// not know of.</summary>
let private inOrder (chunks: Chunk list) : Chunk list =
    let order = chunks |> List.map indexOf |> List.distinct |> List.filter (fun index -> index >= 0)
    let ranks = List.sort order |> List.zip order |> Map.ofList
    let at index = ranks |> Map.tryFind index |> Option.defaultValue index

    let fragment (fragment: NativeFragment) =
        match fragment with
        | NativeFragment.Raw _
        | NativeFragment.Sent _ -> fragment
        | NativeFragment.TextOf index -> NativeFragment.TextOf(at index)
        | NativeFragment.ArgumentsOf index -> NativeFragment.ArgumentsOf(at index)

    chunks
    |> List.map (fun chunk ->
        match chunk with
        | Chunk.TextStart index -> Chunk.TextStart(at index)
        | Chunk.TextDelta(index, text) -> Chunk.TextDelta(at index, text)
        | Chunk.TextEnd index -> Chunk.TextEnd(at index)
        | Chunk.ThoughtStart index -> Chunk.ThoughtStart(at index)
        | Chunk.ThoughtDelta(index, thought) -> Chunk.ThoughtDelta(at index, thought)
        | Chunk.ThoughtEnd index -> Chunk.ThoughtEnd(at index)
        | Chunk.ToolCallStart(index, id, name) -> Chunk.ToolCallStart(at index, id, name)
        | Chunk.ToolCallDelta(index, arguments) -> Chunk.ToolCallDelta(at index, arguments)
        | Chunk.ToolCallEnd index -> Chunk.ToolCallEnd(at index)
        | Chunk.AudioStart(index, id) -> Chunk.AudioStart(at index, id)
        | Chunk.AudioDelta(index, data) -> Chunk.AudioDelta(at index, data)
        | Chunk.AudioTranscriptDelta(index, transcript) -> Chunk.AudioTranscriptDelta(at index, transcript)
        | Chunk.AudioEnd index -> Chunk.AudioEnd(at index)
        | Chunk.Part(index, part) -> Chunk.Part(at index, part)
        | Chunk.Native fragments -> Chunk.Native(List.map fragment fragments)
        | other -> other)

let private hidingThoughts (chunks: Chunk list) : StreamResponse =
    let model = Fake.model chunks (ScriptedTransport.create [ Fake.events chunks ]).Transport
    let thinking = { Level = ThinkingLevel.Default; IncludeThoughts = false; EncodeThoughtsAsText = false }

    (model |> Model.withParams { Params.none with Thinking = Some thinking } |> Model.stream Fake.question none).Result
    |> Fake.ok

[<Law>]
let ``joined, the text view is the response's text and the pretty view its pretty text`` (wellFormed: WellFormedStream) =
    let stream = (Fake.wholeStream (inOrder wellFormed.Chunks)).Result
    let text = (StreamResponse.text none stream |> Items.texts).Result
    let pretty = (StreamResponse.pretty none stream |> Items.texts).Result
    let response = (StreamResponse.response none stream).Result |> Fake.ok
    Expect.equal (Response.text response, None) text
    Expect.equal (Response.pretty response, None) pretty

[<Law>]
let ``the views of a stream that hides thoughts are those of its response`` (wellFormed: WellFormedStream) =
    let chunks = inOrder wellFormed.Chunks
    let stream = hidingThoughts chunks
    let text = (StreamResponse.text none stream |> Items.texts).Result
    let pretty = (StreamResponse.pretty none stream |> Items.texts).Result
    let response = (StreamResponse.response none stream).Result |> Fake.ok
    let whole = (Fake.wholeStream chunks).Result |> StreamResponse.response none
    Expect.equal (Content.withoutThoughts (Fake.ok whole.Result).Content) response.Content
    Expect.equal (Response.text response, None) text
    Expect.equal (Response.pretty response, None) pretty

[<Law>]
let ``the chunks are those of the provider, in order, each time they are asked for`` (wellFormed: WellFormedStream) =
    let stream = (Fake.wholeStream wellFormed.Chunks).Result
    Expect.equal wellFormed.Chunks (chunksOf stream).Result
    Expect.equal wellFormed.Chunks (chunksOf stream).Result

[<Law>]
let ``folding the chunks of a stream gives its reply`` (wellFormed: WellFormedStream) =
    let stream = (Fake.wholeStream wellFormed.Chunks).Result
    let state, _ = (StreamResponse.fold Reducer.step Reducer.empty none stream).Result
    Expect.equal (Completion.Complete wellFormed.Reply) (Reducer.finish state)

[<Law>]
let ``interleaved parts are collected in any order, each whole`` (wellFormed: WellFormedStream) =
    let stream = (Fake.wholeStream wellFormed.Chunks).Result
    let parts = (StreamResponse.parts none stream |> Items.all).Result |> values
    let collect (part: PartStream) = (part.Collect none).Result |> Fake.ok

    // The last first: the others were never iterated then.
    let collected = parts |> List.rev |> List.map (fun part -> part.Index, collect part) |> List.sortBy fst |> List.map snd

    Expect.equal wellFormed.Reply.Content collected

let private textOf (part: AssistantPart) : string =
    match part with
    | AssistantPart.Text text
    | AssistantPart.Thought text -> text
    | AssistantPart.ToolCall call -> call.Arguments
    | AssistantPart.Audio audio -> audio.Transcript
    | AssistantPart.Image _
    | AssistantPart.Other _ -> ""

[<Law>]
let ``joined, the deltas of a part are the part`` (wellFormed: WellFormedStream) =
    let stream = (Fake.wholeStream wellFormed.Chunks).Result

    for part in (StreamResponse.parts none stream |> Items.all).Result |> values do
        let text, error = (part.Deltas none |> Items.texts).Result
        let whole = textOf ((part.Collect none).Result |> Fake.ok)
        Expect.equal None error
        // Arguments that a provider did not write are an empty object.
        Expect.equal whole (if part.Kind.IsToolCall && String.IsNullOrWhiteSpace text then "{}" else text)

[<Test>]
let ``a view that starts late starts at the beginning and goes on live`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    [ "0"; "1"; "2" ] |> List.iter feed.Event
    let early = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next early
    let late = (StreamResponse.text none stream).GetAsyncEnumerator none
    let replayed = late.MoveNextAsync()
    Assert.That(replayed.IsCompletedSuccessfully, "what was read needs no wait")
    Expect.equal (Ok "Hel") late.Current
    let live = late.MoveNextAsync().AsTask()
    Expect.equal false live.IsCompleted
    feed.Event "3"
    let! hasMore = live
    Expect.equal (true, Ok "lo") (hasMore, late.Current)
}

[<Test>]
let ``views that read at once from several tasks get equal chunks`` () : Task = task {
    let deltas = [ for number in 1..200 -> Chunk.TextDelta(0, $"{number} ") ]
    let chunks = Chunk.TextStart 0 :: deltas @ [ Chunk.TextEnd 0; Chunk.Finish None ]
    let! struct (stream, feed) = Fake.fedStream chunks
    let readers = [ for _ in 1..4 -> Task.Run<Chunk list>(fun () -> chunksOf stream) ]

    for position in 0 .. chunks.Length - 1 do
        feed.Event $"{position}"
        if position % 7 = 0 then do! Task.Yield()

    feed.End()

    for reader in readers do
        do! Expect.soon (reader :> Task)
        Expect.equal chunks reader.Result
}

[<Test>]
let ``nobody reads ahead of the views`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    [ "0"; "1"; "2"; "3" ] |> List.iter feed.Event
    Expect.equal [] stream.Content
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal [ AssistantPart.Text "Hel" ] stream.Content
}

/// Two texts and a tool call, interleaved, and a thought that is never whole.
let private interleaved =
    [
        Chunk.TextStart 0
        Chunk.ToolCallStart(1, "call-1", "add")
        Chunk.TextDelta(0, "a")
        Chunk.ToolCallDelta(1, "{\"x\":")
        Chunk.TextStart 2
        Chunk.TextDelta(2, "c")
        Chunk.ThoughtStart 3
        Chunk.ThoughtDelta(3, "hm")
        Chunk.TextDelta(0, "b")
        Chunk.ToolCallDelta(1, "1}")
        Chunk.ToolCallEnd 1
        Chunk.TextEnd 2
        Chunk.TextEnd 0
    ]

let private partsOf (stream: StreamResponse) : Task<PartStream list> = task {
    let! items = StreamResponse.parts none stream |> Items.all

    return
        items
        |> List.choose (function
            | Ok part -> Some part
            | Error _ -> None)
}

[<Test>]
let ``a part of a cut stream that was not whole is an error, and one that was is itself`` () : Task = task {
    let! stream = Fake.wholeStream interleaved
    let! parts = partsOf stream
    let! collected = Task.WhenAll(parts |> List.map (fun part -> part.Collect none))

    Expect.equal
        [|
            Ok(AssistantPart.Text "ab")
            Ok(AssistantPart.ToolCall { Id = "call-1"; Name = "add"; Arguments = "{\"x\":1}" })
            Ok(AssistantPart.Text "c")
            Error(LlmError.Truncated "fake")
        |]
        collected

    let! text, error = (List.last parts).Deltas none |> Items.texts
    Expect.equal ("hm", Some(LlmError.Truncated "fake")) (text, error)
}

[<Test>]
let ``a part of a complete stream is whole, though its end was not told`` () : Task = task {
    let! stream = Fake.wholeStream (interleaved @ [ Chunk.Finish None ])
    let! parts = partsOf stream
    let! thought = (List.last parts).Collect none
    Expect.equal (Ok(AssistantPart.Thought "hm")) thought
}

[<Test>]
let ``an empty thought is a thought`` () : Task = task {
    let! stream = Fake.wholeStream [ Chunk.ThoughtStart 0; Chunk.ThoughtEnd 0; Chunk.Finish None ]
    let! parts = partsOf stream
    let! thought = (List.head parts).Collect none
    Expect.equal (Ok(AssistantPart.Thought "")) thought
}

[<Test>]
let ``a part tells what it is before it is whole`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream interleaved
    [ "0"; "1" ] |> List.iter feed.Event
    let parts = (StreamResponse.parts none stream).GetAsyncEnumerator none
    let! _ = Items.next parts
    Expect.equal PartStreamKind.Text (Fake.ok parts.Current).Kind
    let! _ = Items.next parts
    Expect.equal (PartStreamKind.ToolCall("call-1", "add")) (Fake.ok parts.Current).Kind
}

[<Test>]
let ``hidden thoughts show in no view and no content, and stay in the message's native form`` () : Task = task {
    let chunks =
        [
            Chunk.ThoughtStart 0
            Chunk.ThoughtDelta(0, "secretly")
            Chunk.ThoughtEnd 0
            Chunk.TextStart 1
            Chunk.TextDelta(1, "openly")
            Chunk.TextEnd 1
            Chunk.Native [ NativeFragment.Raw "{\"thinking\":"; NativeFragment.TextOf 0; NativeFragment.Raw "}" ]
            Chunk.Finish None
        ]

    let stream = hidingThoughts chunks
    let! shown = chunksOf stream
    Expect.equal (List.skip 3 chunks) shown
    let! parts = partsOf stream
    Expect.equal [ PartStreamKind.Text ] (parts |> List.map (fun part -> part.Kind))
    let! pretty, _ = StreamResponse.pretty none stream |> Items.texts
    Expect.equal "openly" pretty
    Expect.equal [ AssistantPart.Text "openly" ] stream.Content
    let! response = StreamResponse.response none stream

    match Response.message (Fake.ok response) with
    | Message.Assistant { Content = [ AssistantPart.Text "openly" ]; Origin = Some { Native = Some native } } ->
        Expect.equal "[{\"thinking\":\"secretly\"}]" (Json.text native)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``hidden thoughts do not show in what is left of a cut stream`` () : Task = task {
    let stream = hidingThoughts [ Chunk.ThoughtStart 0; Chunk.ThoughtDelta(0, "secretly"); Chunk.ThoughtEnd 0 ]

    match! StreamResponse.finish none stream with
    | StreamEnd.Truncated partial -> Expect.equal [] partial.Content
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``usage is absent until the provider tells it`` () : Task = task {
    let! struct (stream, feed) = Fake.fedStream Fake.hello
    [ "0"; "1"; "2" ] |> List.iter feed.Event
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal None stream.Usage
    [ "3"; "4"; "5"; "6" ] |> List.iter feed.Event
    feed.End()
    let! _ = StreamResponse.finish none stream
    Expect.equal (Some 2L) (stream.Usage |> Option.map (fun usage -> usage.OutputTokens))
}
