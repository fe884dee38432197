// The laws of folding a stream. They take the accumulator that is tested: the library's reducer, or your own.
namespace Llm.FsCheck

open System
open Llm.Core

/// <summary>Whatever folds chunks: how it starts, steps, shows what it has, and ends.</summary>
[<NoComparison; NoEquality>]
type Accumulator<'state> =
    {
        /// The state before the first chunk.
        Empty: 'state
        /// The state after one more chunk.
        Step: 'state -> Chunk -> 'state
        /// What may be shown so far.
        Content: 'state -> AssistantPart list
        /// What was used so far.
        Usage: 'state -> Usage option
        /// Complete, or not.
        Finish: 'state -> Completion
    }

/// Functions on <see cref="T:Llm.FsCheck.Accumulator`1"/>.
[<RequireQualifiedAccess>]
module Accumulator =
    /// The library's own.
    let reducer: Accumulator<PartialReply> =
        {
            Empty = Reducer.empty
            Step = Reducer.step
            Content = Reducer.content
            Usage = Reducer.usage
            Finish = Reducer.finish
        }

    /// The state after all chunks.
    let fold (accumulator: Accumulator<'state>) (chunks: Chunk list) : 'state = List.fold accumulator.Step accumulator.Empty chunks

    /// How the fold of all chunks ends.
    let finish (accumulator: Accumulator<'state>) (chunks: Chunk list) : Completion = chunks |> fold accumulator |> accumulator.Finish

/// <summary>What holds between a partial value and a later one.</summary>
[<RequireQualifiedAccess>]
module Growth =
    /// <summary>A text may have grown at its end; every other part is whole and stays as it is.</summary>
    let isWithin (earlier: AssistantPart) (later: AssistantPart) : bool =
        match earlier, later with
        | AssistantPart.Text before, AssistantPart.Text after -> after.StartsWith(before, StringComparison.Ordinal)
        | _ -> earlier = later

    /// <summary>Every part is still there, in order; others may have come before, between and after.</summary>
    /// <example><c>Growth.isContained [ AssistantPart.Text "a" ] [ AssistantPart.Text "ab" ]</c> evaluates to <c>true</c>.</example>
    let rec isContained (earlier: AssistantPart list) (later: AssistantPart list) : bool =
        match earlier, later with
        | [], _ -> true
        | _, [] -> false
        | first :: rest, candidate :: others when isWithin first candidate -> isContained rest others
        | _, _ :: others -> isContained earlier others

/// <summary>The laws of folding a stream.</summary>
[<RequireQualifiedAccess>]
module StreamLaws =
    /// The stream after each of its chunks: its prefixes, from the empty one to itself.
    let private states (accumulator: Accumulator<'state>) (chunks: Chunk list) : 'state list =
        List.scan accumulator.Step accumulator.Empty chunks

    /// <summary>The fold of a complete stream is the reply that the stream was made to say: interleaved parts never mix.</summary>
    let saysItsReply (accumulator: Accumulator<'state>) (stream: WellFormedStream) : Result<unit, BrokenLaw> =
        Accumulator.finish accumulator stream.Chunks |> Law.equal "a stream says its reply" (Completion.Complete stream.Reply)

    /// <summary>The parts one after the other say the same as interleaved.</summary>
    let interleavedPartsNeverMix (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        Law.equal
            "interleaved parts never mix"
            (chunks |> Rewriting.unravel |> Accumulator.finish accumulator)
            (chunks |> Accumulator.finish accumulator)

    /// <summary>Every delta may be cut anywhere.</summary>
    let splittingChangesNothing (accumulator: Accumulator<'state>) (cuts: Cuts) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        Law.equal
            "splitting a delta changes nothing"
            (chunks |> Accumulator.finish accumulator)
            (chunks |> Rewriting.split cuts |> Accumulator.finish accumulator)

    /// <summary>Neighbouring deltas may be joined.</summary>
    let joiningChangesNothing (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        Law.equal
            "joining deltas changes nothing"
            (chunks |> Accumulator.finish accumulator)
            (chunks |> Rewriting.join |> Accumulator.finish accumulator)

    /// <summary>A snapshot of usage replaces what was known; only increments are added; what has not come is absent.</summary>
    let snapshotsReplace (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        Law.equal "usage snapshots replace" (Reference.usage chunks) (chunks |> Accumulator.fold accumulator |> accumulator.Usage)

    /// <summary>Without the proof of completeness no prefix is complete; with it, it is.</summary>
    let onlyTheProofCompletes (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        states accumulator chunks
        |> Seq.indexed
        |> Law.forEach (fun (length, state) ->
            let isProven = chunks |> List.take length |> List.exists (fun chunk -> chunk.IsFinish)

            match accumulator.Finish state, isProven with
            | Completion.Complete _, true
            | Completion.Truncated _, false -> Law.holds
            | completion, _ -> Law.broken "only the proof completes" $"after {length} chunks it was %A{completion}")

    /// <summary>From chunk to chunk a text only grows at its end, and whole parts stay, to the very end.</summary>
    let partialOnlyGrows (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        let final =
            match Accumulator.finish accumulator chunks with
            | Completion.Complete reply
            | Completion.Truncated reply -> reply.Content

        (states accumulator chunks |> List.map accumulator.Content) @ [ final ]
        |> List.pairwise
        |> Law.forEach (fun (earlier, later) ->
            if Growth.isContained earlier later then
                Law.holds
            else
                Law.broken "a partial only grows" $"%A{earlier}\nbecame %A{later}")

    /// <summary>Any chunks in any order are folded without an exception.</summary>
    let isTotal (accumulator: Accumulator<'state>) (chunks: Chunk list) : Result<unit, BrokenLaw> =
        Law.isTotal "the fold is total" (fun () ->
            for state in states accumulator chunks do
                accumulator.Content state |> ignore
                accumulator.Usage state |> ignore
                accumulator.Finish state |> ignore)

    /// <summary>
    /// A state that was returned never changes: continued in two ways, each way gives what it gives alone, and the state still shows
    /// what it showed.
    /// </summary>
    let statesNeverChange (accumulator: Accumulator<'state>) (before: Chunk list) (one: Chunk list) (other: Chunk list) =
        let name = "states never change"
        let alone more = Accumulator.finish accumulator (before @ more)
        let shared = Accumulator.fold accumulator before
        let shown = accumulator.Finish shared
        let first = List.fold accumulator.Step shared one
        let second = List.fold accumulator.Step shared other

        Law.all
            [
                Law.equal name shown (accumulator.Finish shared)
                Law.equal name (alone one) (accumulator.Finish first)
                Law.equal name (alone other) (accumulator.Finish second)
            ]

    /// <summary>
    /// The same from two threads at once, each of which continues the state chunk by chunk. The threads go in step, round by round, each
    /// round with a state of its own, so that they do meet if they can.
    /// </summary>
    let threadsDoNotMeet (accumulator: Accumulator<'state>) (before: Chunk list) (one: Chunk list) (other: Chunk list) =
        let name = "threads do not meet"
        let rounds = 20
        let alone more = Accumulator.finish accumulator (before @ more)
        let shared = Array.init rounds (fun _ -> Accumulator.fold accumulator before)
        let continued more round = List.fold accumulator.Step shared[round] more |> accumulator.Finish
        let firsts, seconds = Lockstep.run rounds (continued one) (continued other)

        Law.all [ firsts |> Law.forEach (Law.equal name (Ok(alone one))); seconds |> Law.forEach (Law.equal name (Ok(alone other))) ]
