// Templates over recorded streams: what a provider really sends is read with them as without.
module Llm.Core.Tests.Recordings.TemplateTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests
open Llm.Recordings

let private events (codec: Codec) (body: byte[]) : (string * byte[]) list =
    use framer = codec.Decoder.NewFramer()
    framer.Append body
    framer.End()

    List.unfold
        (fun () ->
            match framer.TryRead() with
            | ValueSome event -> Some((event.Name, event.Data.ToArray()), ())
            | ValueNone -> None)
        ()

let private streams =
    lazy
        (Recording.filesUnder (Folder.find ())
         |> List.collect Recording.read
         |> List.map Outcomes.decode
         |> List.filter (fun decoded -> decoded.Stream && decoded.Exchange.Response.Status < 400)
         |> List.choose (fun decoded ->
             decoded.Codec
             |> Option.map (fun codec -> decoded.Exchange.Id, codec.Decoder, events codec (decoded.Exchange.Response.Body.ToArray()))))

[<Test>]
let ``a template says what the reader says`` () =
    let broken =
        streams.Value
        |> List.choose (fun (id, decoder, events) ->
            match Expecting.agree decoder events with
            | Ok() -> None
            | Error broken -> Some $"{id}: {broken.Evidence}")

    Assert.That(streams.Value, Is.Not.Empty)
    Assert.That(broken, Is.Empty)

[<Test>]
let ``most deltas that were recorded are expected`` () =
    let isDelta (chunks: Chunk list) =
        chunks |> List.exists (fun chunk -> chunk.IsTextDelta || chunk.IsThoughtDelta || chunk.IsToolCallDelta)

    let count (decoder: Decoder) events =
        ((decoder, 0, 0), events)
        ||> List.fold (fun (decoder, expected, all) (name, data) ->
            let event = Expecting.event name data

            match decoder.Step event with
            | Ok(struct (chunks, next)) when isDelta (Chunks.toList chunks) ->
                next, (if Expecting.expects event decoder then expected + 1 else expected), all + 1
            | Ok(struct (_, next)) -> next, expected, all
            | Error _ -> decoder, expected, all)

    let counts =
        streams.Value
        |> List.map (fun (_, decoder, events) ->
            let _, expected, all = count decoder events
            expected, all)

    let expected, all = List.sumBy fst counts, List.sumBy snd counts
    TestContext.Out.WriteLine $"{expected} of {all} deltas"
    Assert.That(2 * expected, Is.GreaterThan all)
