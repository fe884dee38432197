// The usage that a decoder counts with each delta is made when somebody asks for it: it must be what its chunk says, and stay that.
module Llm.Core.Tests.CountingLaws

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

/// A delta and the counts that came with it; where a count is missing, the event does not say it.
type private Said = { Text: string; IsThought: bool; Output: int option; Reasoning: int option }

let private event (said: Said) : WireEvent =
    let mark = if said.IsThought then ",\"thought\":true" else ""
    let count name value = value |> Option.map (fun value -> $",\"{name}\":{value}") |> Option.defaultValue ""
    let counts = count "candidatesTokenCount" said.Output + count "thoughtsTokenCount" said.Reasoning

    $"{{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":{Json.quote said.Text}{mark}}}]}}}}],"
    + $"\"usageMetadata\":{{\"promptTokenCount\":3{counts}}}}}"
    |> Encoding.UTF8.GetBytes
    |> Expecting.event ""

/// A stream of runs, in each of which a counter stands still, grows or jumps with each delta.
let private stream (seed: int) : Said list =
    let random = Random seed

    [
        for _ in 1 .. random.Next(1, 5) do
            let isThought = random.Next 3 = 0
            let hasOutput = random.Next 4 > 0
            let hasReasoning = random.Next 3 = 0
            let step = random.Next 3
            let first = random.Next 12

            for position in 0 .. random.Next 12 do
                let count = first + position * step
                // Now and then a count goes back, or another counter moves too.
                let output = if random.Next 9 = 0 then random.Next 20 else count
                let reasoning = if random.Next 9 = 0 then random.Next 20 else first

                {
                    Text = string (char (int 'a' + position))
                    IsThought = isThought
                    Output = if hasOutput then Some output else None
                    Reasoning = if hasReasoning then Some reasoning else None
                }
    ]

let private step (decoder: Decoder) (event: WireEvent) : struct (Chunks * Decoder) =
    match decoder.Step event with
    | Ok next -> next
    | Error error -> failwith $"%A{error}"

let private initial = (GenerateContent.codec GenerateContentDialect.standard).Decoder

/// The decoder and the reply before each event, and the event.
let private along (seed: int) : (Decoder * PartialReply * WireEvent) list =
    let moments, _ =
        stream seed
        |> List.map event
        |> List.mapFold
            (fun (decoder: Decoder, reply) event ->
                let struct (chunks, next) = step decoder event
                (decoder, reply, event), (next, Reducer.stepAll reply chunks))
            (initial, Reducer.empty)

    moments

[<Law>]
let ``usage that is counted with a delta is what its chunk says`` (seed: int) =
    along seed
    |> Law.forEach (fun (decoder, reply, event) ->
        let struct (chunks, _) = step decoder event
        let folded = Reducer.stepAll reply chunks
        let said = chunks |> Chunks.toList |> List.fold Reducer.step reply
        let struct (alone, _) = step (Expecting.forgetful decoder) event

        Law.all
            [
                Law.equal "as the chunks say" (Reducer.partial said) (Reducer.partial folded)
                Law.equal "as a fold of the chunks says" (Reducer.partial said) (Chunks.fold Reducer.step reply chunks |> Reducer.partial)
                Law.equal "as the reader says" (Chunks.toList alone) (Chunks.toList chunks)
            ])
    |> Law.toProperty

[<Law>]
let ``usage that was counted never changes`` (seed: int) =
    let moments = along seed
    let before = moments |> List.map (fun (_, reply, _) -> Reducer.partial reply)

    let saidAt (decoder, _, event) =
        let struct (chunks, _) = step decoder event
        Chunks.toList chunks

    let forwards = moments |> List.map saidAt
    let backwards = moments |> List.rev |> List.map saidAt |> List.rev

    Law.all
        [
            Law.equal "states never change" before (moments |> List.map (fun (_, reply, _) -> Reducer.partial reply))
            Law.equal "decoders never change" forwards backwards
        ]
    |> Law.toProperty

[<Test>]
let ``counts that grow are expected, and say their usage`` () =
    let counts = [ 1; 2; 2; 9; 10; 10_000 ]

    let said =
        counts
        |> List.mapFold
            (fun (decoder: Decoder) count ->
                let event = event { Text = "a"; IsThought = false; Output = Some count; Reasoning = None }
                let struct (chunks, next) = step decoder event
                (Expecting.expects event decoder, Chunks.toList chunks), next)
            initial
        |> fst

    let usage output = Chunk.Usage(UsageUpdate.Snapshot { Usage.zero with InputTokens = 3L; OutputTokens = int64 output })
    let delta = Chunk.TextDelta(0, "a")

    Assert.That(
        said,
        Is.EqualTo<(bool * Chunk list) list>
            [
                false, [ Chunk.TextStart 0; delta; usage 1 ]
                false, [ delta; usage 2 ]
                // Two counts that are the same do not tell that others differ.
                false, [ delta ]
                false, [ delta; usage 9 ]
                true, [ delta; usage 10 ]
                true, [ delta; usage 10_000 ]
            ]
    )

[<Test>]
let ``an answer whose stream is cut while it counts has its usage`` () =
    let data = [ for count in 1..8 -> { Text = "a"; IsThought = false; Output = Some count; Reasoning = None } ]

    let body =
        data
        |> List.map (fun said -> "data: " + Encoding.UTF8.GetString((event said).Data.Span) + "\n\n")
        |> String.concat ""
        |> Encoding.UTF8.GetBytes

    use reader = new BodyReader(GenerateContent.codec GenerateContentDialect.standard)
    reader.Append(ReadOnlySpan body)

    let rec fold reply =
        match reader.Read() with
        | ReadStep.Chunks chunks -> fold (Reducer.stepAll reply chunks)
        | _ -> reply

    match Reducer.finish (fold Reducer.empty) with
    | Completion.Truncated partial ->
        Assert.That(partial.Usage, Is.EqualTo<Usage option>(Some { Usage.zero with InputTokens = 3L; OutputTokens = 8L }))
    | complete -> Assert.Fail $"%A{complete}"
