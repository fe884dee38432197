// The laws of folding and of views, over every stream that was recorded: what generated streams keep, real ones must keep too.
module Llm.Core.Tests.Recordings.StreamLawsTests

open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Recordings

/// Laws that look at every prefix are quadratic, so they take streams up to this many chunks; nearly all are shorter.
let private most = 300

let private streams =
    lazy
        (Recording.filesUnder (Folder.find ())
         |> List.collect Recording.read
         |> List.map Outcomes.decode
         |> List.filter (fun decoded -> decoded.Stream && decoded.Exchange.Response.Status < 400)
         |> List.choose (fun decoded ->
             decoded.Codec |> Option.map (fun codec -> decoded.Exchange.Id, Reading.read codec [ decoded.Exchange.Response.Body ])))

/// Every recorded stream must keep the law; those that do not are named.
let private keeps (law: Chunk list * Ending -> Result<unit, BrokenLaw>) =
    let broken =
        streams.Value
        |> List.choose (fun (id, stream) ->
            match law stream with
            | Ok() -> None
            | Error broken -> Some $"{id}: {broken.Law}: {broken.Evidence}")

    Assert.That(streams.Value, Is.Not.Empty)
    Assert.That(broken, Is.Empty, $"{broken.Length} streams break it")

let private reducer = Accumulator.reducer
let private small (chunks: Chunk list) = List.truncate most chunks

let private pieces (style: ViewStyle) (chunks: Chunk list) : string =
    let step view chunk =
        let struct (text, next) = View.step view chunk
        text, next

    chunks |> List.mapFold step (View.start style) |> fst |> String.concat ""

[<Test>]
let ``the pieces of every view are its whole`` () =
    keeps (fun (chunks, ending) ->
        match ending with
        | Ending.Complete reply ->
            Law.all
                [
                    Law.equal "text" (Content.text reply.Content) (pieces ViewStyle.Text chunks)
                    Law.equal "pretty" (Content.pretty reply.Content) (pieces ViewStyle.Pretty chunks)
                ]
        | Ending.Truncated _
        | Ending.Failed _ -> Law.holds)

[<Test>]
let ``splitting and joining deltas changes no reply`` () =
    keeps (fun (chunks, _) ->
        Law.all
            [
                StreamLaws.splittingChangesNothing reducer (Cuts [ 1; 2; 3 ]) (small chunks)
                StreamLaws.joiningChangesNothing reducer (small chunks)
            ])

[<Test>]
let ``parts that interleave never mix`` () = keeps (fun (chunks, _) -> StreamLaws.interleavedPartsNeverMix reducer chunks)

[<Test>]
let ``snapshots of usage replace`` () = keeps (fun (chunks, _) -> StreamLaws.snapshotsReplace reducer chunks)

[<Test>]
let ``only the proof completes and partial values only grow`` () =
    keeps (fun (chunks, _) ->
        Law.all [ StreamLaws.onlyTheProofCompletes reducer (small chunks); StreamLaws.partialOnlyGrows reducer (small chunks) ])

[<Test>]
let ``states never change after they were returned`` () =
    keeps (fun (chunks, _) ->
        let before, after = small chunks |> List.splitAt (min chunks.Length most / 2)
        StreamLaws.statesNeverChange reducer before after (List.rev after))
