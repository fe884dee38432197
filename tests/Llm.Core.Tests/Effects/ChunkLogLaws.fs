// What a live stream keeps of its chunks: they come to what a fold over them comes to, at any moment, and at the cost of their text.
module Llm.Core.Tests.ChunkLogLaws

open System
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

[<Sealed>]
type private Counted(usage: Usage) =
    interface ICounting with
        member _.Used = usage

/// Usage as some decoders give it, and as others do.
let private countedAs (position: int) (usage: Usage) : obj =
    if position % 2 = 0 then Counted usage else Chunk.Usage(UsageUpdate.Snapshot usage)

/// The chunks, as a decoder hands them over that counts with each delta.
let private counting (chunks: Chunk list) : obj list =
    chunks
    |> List.indexed
    |> List.collect (fun (position, chunk) ->
        let used = { Usage.zero with OutputTokens = int64 position }

        match chunk with
        | Chunk.Usage(UsageUpdate.Snapshot usage) -> [ countedAs position usage ]
        | Chunk.TextDelta _ when position % 3 > 0 -> [ chunk; countedAs position used ]
        | _ -> [ chunk ])

let private step (state: PartialReply) (item: obj) : PartialReply =
    match item with
    | :? Chunk as chunk -> Reducer.step state chunk
    | item -> Reducer.counted (item :?> ICounting) state

/// All that can be seen of a state.
let private seen (state: PartialReply) = Reducer.partial state, Reducer.unfinished state, Reducer.finish state

/// The log's states after each of the items, for those who ask then.
let private statesOf (isAsked: int -> bool) (items: obj list) : PartialReply option list =
    let log = ChunkLog()

    items
    |> List.mapi (fun position item ->
        log.Add item

        if isAsked position then
            log.Publish()
            Some log.Folded
        else
            None)

let private agrees (Cuts places) (items: obj list) =
    let last = items.Length - 1
    let asked = places |> List.map (fun place -> place % items.Length) |> Set.ofList |> Set.add last
    let states = statesOf (fun position -> Set.contains position asked) items
    let expected = items |> List.scan step Reducer.empty |> List.tail

    // All at the end, so that what a state says after the next ones were made is what counts.
    List.zip expected states
    |> Law.forEach (fun (one, other) ->
        match other with
        | Some state -> Law.equal "a log comes to what its chunks come to" (seen one) (seen state)
        | None -> Law.holds)

[<Law>]
let ``a log comes to what its chunks come to, whenever it is asked``
    (stream: WellFormedStream)
    (any: AnyChunks)
    (cuts: Cuts)
    (asked: Cuts)
    =
    [ Rewriting.split cuts stream.Chunks; any.Chunks ]
    |> List.collect (fun chunks -> [ List.map box chunks; counting chunks ])
    |> List.filter (not << List.isEmpty)
    |> Law.forEach (agrees asked)
    |> Law.toProperty

let private textOf (state: PartialReply) : string = Content.text (Reducer.content state)

[<Test>]
let ``what was added is there once it is published`` () =
    let log = ChunkLog()
    log.Add(Chunk.TextDelta(0, "Hel"))
    Assert.That((log.Count, textOf log.Folded), Is.EqualTo((0, "")))
    log.Publish()
    log.Add(Chunk.TextDelta(0, "lo"))
    Assert.That((log.Count, textOf log.Folded), Is.EqualTo((1, "Hel")))
    log.Publish()
    Assert.That((log.Count, textOf log.Folded), Is.EqualTo((2, "Hello")))

[<Test>]
let ``who sees a chunk finds it in what the log comes to, on every thread`` () =
    let rounds = 20_000

    let logs =
        Array.init rounds (fun _ ->
            let log = ChunkLog()
            log.Add(Chunk.TextDelta(0, "a"))
            log.Publish()
            log)

    let add (round: int) =
        for text in [ "b"; "c"; "d" ] do
            logs[round].Add(Chunk.TextDelta(0, text))
            logs[round].Publish()

        textOf logs[round].Folded

    let ask (round: int) =
        let count = logs[round].Count
        let text = textOf logs[round].Folded
        if text.Length >= count then text else $"{count} chunks gave {text}"

    let added, asked = Lockstep.run rounds add ask
    Assert.That(added, Is.All.EqualTo(Ok "abcd": Result<string, string>))

    let isPrefix (text: Result<string, string>) = [ "a"; "ab"; "abc"; "abcd" ] |> List.exists (fun prefix -> text = Ok prefix)
    Assert.That(asked |> Array.filter (isPrefix >> not), Is.Empty)

let private delta = Chunk.TextDelta(0, "Word ")

let private logOf (count: int) : ChunkLog =
    let log = ChunkLog()

    for _ in 1..count do
        log.Add delta

    log.Publish()
    log

let private allocated (work: unit -> unit) : int64 =
    let before = GC.GetAllocatedBytesForCurrentThread()
    work ()
    GC.GetAllocatedBytesForCurrentThread() - before

[<Test>]
let ``a text of many deltas is made in one piece`` () =
    let count = 10_000
    let warm, log = logOf count, logOf count
    let fold (log: ChunkLog) = Assert.That((textOf log.Folded).Length, Is.EqualTo(count * 5))
    fold warm
    // Two bytes a character, once.
    Assert.That(allocated (fun () -> fold log), Is.LessThan(2L * 5L * int64 count + 4_000L))

[<Test>]
let ``a log keeps its chunks at eight bytes each and a little`` () =
    logOf 100 |> ignore
    Assert.That(allocated (fun () -> logOf 100_000 |> ignore), Is.LessThan(9L * 100_000L))

[<Test>]
let ``asking after each chunk is linear`` () =
    let ask (count: int) () =
        let log = ChunkLog()

        for _ in 1..count do
            log.Add delta
            log.Publish()
            Reducer.usage log.Folded |> ignore

    ask 100 ()
    Assert.That(allocated (ask 40_000), Is.LessThan(8L * allocated (ask 10_000)))
