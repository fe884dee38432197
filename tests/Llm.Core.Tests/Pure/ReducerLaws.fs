// The laws of the fold, over generated streams: well-formed ones, and any chunks at all.
module Llm.Core.Tests.ReducerLaws

open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private reducer = Accumulator.reducer

[<Law(MaxTest = 300)>]
let ``a stream says its reply`` (stream: WellFormedStream) = StreamLaws.saysItsReply reducer stream |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``interleaved parts never mix`` (stream: WellFormedStream) = StreamLaws.interleavedPartsNeverMix reducer stream.Chunks |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``splitting or joining a delta changes nothing`` (stream: WellFormedStream) (cuts: Cuts) =
    Law.all
        [
            StreamLaws.splittingChangesNothing reducer cuts stream.Chunks
            StreamLaws.joiningChangesNothing reducer stream.Chunks
        ]
    |> Law.toProperty

[<Law>]
let ``usage snapshots replace`` (stream: WellFormedStream) (any: AnyChunks) =
    [ stream.Chunks; any.Chunks ] |> Law.forEach (StreamLaws.snapshotsReplace reducer) |> Law.toProperty

[<Law>]
let ``a prefix of a stream is never complete`` (stream: WellFormedStream) (any: AnyChunks) =
    [ stream.Chunks; any.Chunks ] |> Law.forEach (StreamLaws.onlyTheProofCompletes reducer) |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``a partial only grows`` (stream: WellFormedStream) = StreamLaws.partialOnlyGrows reducer stream.Chunks |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``any chunks in any order are folded`` (any: AnyChunks) = StreamLaws.isTotal reducer any.Chunks |> Law.toProperty

[<Law>]
let ``states never change after they were returned`` (stream: WellFormedStream) (place: int) (other: WellFormedStream) =
    let before, after = List.splitAt (abs (place % (stream.Chunks.Length + 1))) stream.Chunks
    StreamLaws.statesNeverChange reducer before after other.Chunks |> Law.toProperty

[<Law>]
let ``threads that continue one state do not meet`` (stream: WellFormedStream) (place: int) (other: WellFormedStream) =
    let before, after = List.splitAt (abs (place % (stream.Chunks.Length + 1))) stream.Chunks
    StreamLaws.threadsDoNotMeet reducer before after other.Chunks |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``a chunk of one kind never changes a part of another`` (stream: WellFormedStream) (stranger: Chunk) =
    let known = stream.Chunks |> List.tryFind (fun chunk -> Chunk.index chunk = Chunk.index stranger)

    let isStrange =
        match known, stranger with
        | Some(Chunk.TextStart _), Chunk.TextDelta _
        | Some(Chunk.ThoughtStart _), Chunk.ThoughtDelta _
        | Some(Chunk.ToolCallStart _), Chunk.ToolCallDelta _
        | Some(Chunk.AudioStart _), (Chunk.AudioDelta _ | Chunk.AudioTranscriptDelta _) -> false
        | Some _, _ -> (Chunk.index stranger).IsSome
        | None, _ -> false

    let said chunks =
        match Accumulator.finish reducer chunks with
        | Completion.Complete reply -> reply.Content
        | Completion.Truncated reply -> reply.Content

    not isStrange || said (stream.Chunks @ [ stranger ]) = said stream.Chunks

[<Law(MaxTest = 500)>]
let ``the generator's streams are well formed`` (stream: WellFormedStream) = WellFormed.check stream.Chunks |> Law.toProperty

[<Law>]
let ``the reference and the generator mean the same`` (stream: WellFormedStream) =
    Law.equal "the reference and the generator mean the same" stream.Reply (Reference.reply stream.Chunks) |> Law.toProperty

[<Test>]
let ``what is not whole is not shown, but text is`` () =
    let chunks =
        [
            Chunk.ThoughtStart 0
            Chunk.ThoughtDelta(0, "hm")
            Chunk.TextStart 1
            Chunk.TextDelta(1, "Hel")
            Chunk.ToolCallStart(2, "1", "add")
            Chunk.ToolCallDelta(2, "{\"a\":")
        ]

    let expected = [ AssistantPart.Text "Hel" ]
    Assert.That(chunks |> Reducer.ofChunks |> Reducer.content, Is.EqualTo<AssistantPart list> expected)

[<Test>]
let ``usage that has not come is absent`` () =
    Assert.That(Reducer.ofChunks [ Chunk.TextDelta(0, "a"); Chunk.Finish None ] |> Reducer.usage, Is.EqualTo None)

[<Test>]
let ``a call without arguments has an empty object`` () =
    let chunks = [ Chunk.ToolCallStart(0, "1", "now"); Chunk.ToolCallDelta(0, ""); Chunk.ToolCallEnd 0 ]
    let expected = [ AssistantPart.ToolCall { Id = "1"; Name = "now"; Arguments = "{}" } ]
    Assert.That(chunks |> Reducer.ofChunks |> Reducer.content, Is.EqualTo<AssistantPart list> expected)
