// Streams of chunks: well-formed ones made from the reply that they mean, and any lists of chunks at all.
namespace Llm.FsCheck

open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>
/// A complete stream and the reply that it says: parts interleaved, deltas cut anywhere, usage as snapshots and increments, the
/// provider's own form, and the proof of completeness.
/// </summary>
type WellFormedStream =
    {
        /// What the stream says.
        Reply: Reply
        /// The stream.
        Chunks: Chunk list
    }

/// <summary>Any chunks in any order: what no decoder should make, and an accumulator must survive.</summary>
type AnyChunks =
    /// The chunks, in order.
    | AnyChunks of Chunk list

    /// The chunks, in order.
    member this.Chunks =
        let (AnyChunks chunks) = this
        chunks

/// <summary>Arbitrary chunks, streams and replies.</summary>
[<RequireQualifiedAccess>]
module StreamArb =
    let private text = Combine.gen TextArb.text
    let private name = Combine.gen TextArb.name
    let private cuts = Combine.gen Cutting.cuts

    /// One chunk of any kind, with one of few indices, so that they meet.
    let chunk: Arbitrary<Chunk> =
        let index = Gen.frequency [ 12, Gen.choose (0, 3); 1, Gen.choose (-2, 100) ]

        let fragment =
            Gen.oneof [ Gen.map NativeFragment.Raw text; Gen.map NativeFragment.TextOf index; Gen.map NativeFragment.ArgumentsOf index ]

        let generate =
            Gen.oneof
                [
                    Gen.map Chunk.TextStart index
                    Gen.map2 (fun index text -> Chunk.TextDelta(index, text)) index text
                    Gen.map Chunk.TextEnd index
                    Gen.map Chunk.ThoughtStart index
                    Gen.map2 (fun index text -> Chunk.ThoughtDelta(index, text)) index text
                    Gen.map Chunk.ThoughtEnd index
                    Gen.map3 (fun index id name -> Chunk.ToolCallStart(index, id, name)) index name name
                    Gen.map2 (fun index text -> Chunk.ToolCallDelta(index, text)) index text
                    Gen.map Chunk.ToolCallEnd index
                    Gen.map2 (fun index id -> Chunk.AudioStart(index, id)) index (Gen.optionOf name)
                    Gen.map2 (fun index data -> Chunk.AudioDelta(index, data)) index (Combine.gen ContentArb.bytes)
                    Gen.map2 (fun index text -> Chunk.AudioTranscriptDelta(index, text)) index text
                    Gen.map Chunk.AudioEnd index
                    Gen.map2 (fun index part -> Chunk.Part(index, part)) index (Combine.gen ContentArb.replyPart)
                    Gen.map Chunk.Native (Gen.listOf fragment)
                    Gen.map2 (fun id model -> Chunk.Meta(id, model)) (Gen.optionOf name) (Gen.optionOf name)
                    Gen.map Chunk.Usage (Combine.gen CallArb.usageUpdate)
                    Gen.map Chunk.Finishing (Combine.gen CallArb.finishReason)
                    Gen.map Chunk.Finish (Gen.optionOf (Combine.gen CallArb.finishReason))
                    Gen.map Chunk.Raw (Combine.gen JsonArb.value)
                ]

        Arb.fromGenShrink (
            Gen.scaleSize (fun size -> size / 4) generate,
            fun chunk ->
                match chunk with
                | Chunk.TextDelta(index, text) -> Combine.shrink TextArb.text text |> Seq.map (fun text -> Chunk.TextDelta(index, text))
                | Chunk.ThoughtDelta(index, text) ->
                    Combine.shrink TextArb.text text |> Seq.map (fun text -> Chunk.ThoughtDelta(index, text))
                | Chunk.ToolCallDelta(index, text) ->
                    Combine.shrink TextArb.text text |> Seq.map (fun text -> Chunk.ToolCallDelta(index, text))
                | _ -> Seq.empty
        )

    /// Any chunks in any order.
    let anyChunks: Arbitrary<AnyChunks> = Arb.list chunk |> Combine.convert AnyChunks (fun any -> any.Chunks)

    let private hasDistinctIds (content: AssistantPart list) =
        let ids = Content.toolCalls content |> List.map (fun call -> call.Id)
        List.distinct ids = ids

    /// A reply as the fold of a complete stream gives it.
    let reply: Arbitrary<Reply> =
        let named = Arb.option TextArb.name
        let content = Arb.list (Combine.small ContentArb.replyPart) |> Arb.filter hasDistinctIds

        Combine.zip (Combine.zip3 named named content) (Combine.zip (Arb.option CallArb.finishReason) (Arb.option CallArb.usage))
        |> Combine.convert
            (fun ((id, model, content), (finishReason, usage)) ->
                {
                    Reply.Id = id
                    Model = model
                    Content = content
                    FinishReason = finishReason
                    Usage = usage
                    Native = None
                })
            (fun reply -> (reply.Id, reply.Model, reply.Content), (reply.FinishReason, reply.Usage))

    /// A text in deltas, cut anywhere; an empty delta now and then.
    let private deltas (make: string -> Chunk) (whole: string) : Gen<Chunk list> =
        cuts |> Gen.map (fun places -> Cutting.text places whole |> List.map make)

    let private around (start: Chunk) (stop: Chunk) (deltas: Gen<Chunk list>) : Gen<Chunk list> =
        deltas |> Gen.map (fun between -> (start :: between) @ [ stop ])

    let private choicesFor (count: int) : Gen<int list> =
        Gen.frequency
            [
                // One part after the other, as most streams are.
                1, Gen.constant []
                3, Gen.listOfLength count (Gen.choose (0, 1000))
            ]

    let private interleaved (lists: 'item list list) : Gen<'item list> =
        choicesFor (List.sumBy List.length lists) |> Gen.map (fun choices -> Rewriting.interleave choices lists)

    /// The chunks of one part.
    let private chunksOf (index: int) (part: AssistantPart) : Gen<Chunk list> =
        match part with
        | AssistantPart.Text text ->
            deltas (fun piece -> Chunk.TextDelta(index, piece)) text |> around (Chunk.TextStart index) (Chunk.TextEnd index)
        | AssistantPart.Thought thought ->
            deltas (fun piece -> Chunk.ThoughtDelta(index, piece)) thought
            |> around (Chunk.ThoughtStart index) (Chunk.ThoughtEnd index)
        | AssistantPart.ToolCall call ->
            let written = deltas (fun piece -> Chunk.ToolCallDelta(index, piece)) call.Arguments

            (if call.Arguments = "{}" then Gen.oneof [ written; Gen.constant [] ] else written)
            |> around (Chunk.ToolCallStart(index, call.Id, call.Name)) (Chunk.ToolCallEnd index)
        | AssistantPart.Audio audio ->
            let data =
                cuts
                |> Gen.map (fun places ->
                    Cutting.bytes places (Bytes.toArray audio.Data) |> List.map (fun piece -> Chunk.AudioDelta(index, Bytes.ofArray piece)))

            let transcript = deltas (fun piece -> Chunk.AudioTranscriptDelta(index, piece)) audio.Transcript

            Gen.map2 (fun first second -> [ first; second ]) data transcript
            |> Gen.bind interleaved
            |> around (Chunk.AudioStart(index, audio.Id)) (Chunk.AudioEnd index)
        | AssistantPart.Image _
        | AssistantPart.Other _ -> Gen.constant [ Chunk.Part(index, part) ]

    /// An item of the provider's own form for a part.
    let private nativeOf (index: int) (part: AssistantPart) : Chunk =
        match part with
        | AssistantPart.Text _
        | AssistantPart.Thought _ ->
            Chunk.Native [ NativeFragment.Raw "{\"text\":"; NativeFragment.TextOf index; NativeFragment.Raw ",\"signature\":\"c2ln\"}" ]
        | AssistantPart.ToolCall call ->
            Chunk.Native
                [
                    NativeFragment.Raw $"{{\"name\":{Json.quote call.Name},\"input\":"
                    NativeFragment.ArgumentsOf index
                    NativeFragment.Raw "}"
                ]
        | AssistantPart.Audio _
        | AssistantPart.Image _ -> Chunk.Native [ NativeFragment.Raw "{\"type\":\"media\"}" ]
        | AssistantPart.Other other -> Chunk.Native [ NativeFragment.Raw(Json.text other.Json) ]

    /// Ascending indices, at times with gaps.
    let private indexed (parts: AssistantPart list) : Gen<(int * AssistantPart) list> =
        Gen.listOfLength parts.Length (Gen.frequency [ 5, Gen.constant 1; 1, Gen.constant 3 ])
        |> Gen.map (fun gaps -> List.zip (List.scan (+) 0 gaps |> List.take parts.Length) parts)

    let private updates (usage: Usage option) : Gen<Chunk list> =
        let earlier = Gen.listOf (Combine.gen CallArb.usageUpdate) |> Gen.map (List.map Chunk.Usage)

        match usage with
        | None -> Gen.constant []
        | Some final ->
            let spent = { final with InputTokens = 0L; CacheReadTokens = 0L; CacheWriteTokens = 0L; AudioInputTokens = 0L }
            let asked = { Usage.zero with InputTokens = final.InputTokens; CacheReadTokens = final.CacheReadTokens }
            let rest = { spent with CacheWriteTokens = final.CacheWriteTokens; AudioInputTokens = final.AudioInputTokens }

            Gen.map2
                (fun before last -> before @ last)
                (Gen.scaleSize (fun size -> size / 10) earlier)
                (Gen.elements
                    [
                        [ Chunk.Usage(UsageUpdate.Snapshot final) ]
                        [ Chunk.Usage(UsageUpdate.Snapshot asked); Chunk.Usage(UsageUpdate.Delta rest) ]
                    ])

    let private finishes (reason: FinishReason option) : Gen<Chunk list> =
        match reason with
        | None -> Gen.constant [ Chunk.Finish None ]
        | Some FinishReason.Refusal ->
            Gen.elements
                [
                    [ Chunk.Finish(Some FinishReason.Refusal) ]
                    [ Chunk.Finish(Some FinishReason.Refusal); Chunk.Finish(Some FinishReason.MaxTokens) ]
                    [ Chunk.Finishing FinishReason.Refusal; Chunk.Finish None ]
                ]
        | Some said ->
            Gen.elements
                [
                    [ Chunk.Finish reason ]
                    [ Chunk.Finish reason; Chunk.Finish None ]
                    [ Chunk.Finishing said; Chunk.Finish None ]
                    [ Chunk.Finishing(FinishReason.Other "earlier"); Chunk.Finish reason ]
                ]

    let private metas (reply: Reply) : Gen<Chunk list> =
        let earlier = Option.map (fun (text: string) -> text + "_0")

        Gen.elements
            [
                [ Chunk.Meta(reply.Id, reply.Model) ]
                [ Chunk.Meta(None, reply.Model); Chunk.Meta(reply.Id, None) ]
                [ Chunk.Meta(earlier reply.Id, earlier reply.Model); Chunk.Meta(reply.Id, reply.Model) ]
            ]

    /// <summary>A stream that says a reply: one of the many that do. The reply's own form is not taken from it but made anew.</summary>
    let ofReply (reply: Reply) : Gen<WellFormedStream> = gen {
        let! parts = indexed reply.Content
        let! partChunks = parts |> Gen.collectToList (fun (index, part) -> chunksOf index part)
        let! meta = metas reply
        let! usage = updates reply.Usage
        let! finish = finishes reply.FinishReason
        let! hasNative = Gen.elements [ true; false ]
        let! raw = Gen.resize 2 (Gen.listOf (Gen.map Chunk.Raw (Combine.gen (Combine.small JsonArb.value))))
        let natives = if hasNative then List.map (fun (index, part) -> nativeOf index part) parts else []
        let! usageFollows = Gen.elements [ true; false ]

        let! body = interleaved (partChunks @ [ meta; natives; raw; (if usageFollows then [] else usage) ])
        let! tail = if usageFollows then interleaved [ finish; usage ] else Gen.constant finish
        let chunks = body @ tail

        return { Reply = { reply with Native = Reference.native chunks }; Chunks = chunks }
    }

    let private withoutPart (chunks: Chunk list) : Chunk list seq =
        chunks
        |> List.choose (Chunk.index >> ValueOption.toOption)
        |> List.distinct
        |> Seq.map (fun index -> chunks |> List.filter (fun chunk -> Chunk.index chunk <> ValueSome index))

    /// Without what belongs to no part, one kind at a time; the proof of completeness stays.
    let private withoutExtras (chunks: Chunk list) : Chunk list seq =
        let keeps: (Chunk -> bool) list =
            [
                (fun chunk -> not chunk.IsRaw)
                (fun chunk -> not chunk.IsNative)
                (fun chunk -> not chunk.IsUsage)
                (fun chunk -> not chunk.IsMeta)
            ]

        keeps |> Seq.map (fun keep -> List.filter keep chunks)

    let private withShorterDelta (chunks: Chunk list) : Chunk list seq = seq {
        for position in 0 .. chunks.Length - 1 do
            for shorter in Combine.shrink chunk chunks[position] do
                yield List.updateAt position shorter chunks
    }

    let private shrink (stream: WellFormedStream) : WellFormedStream seq =
        seq {
            yield! withoutPart stream.Chunks
            yield! withoutExtras stream.Chunks
            yield Rewriting.join stream.Chunks
            yield Rewriting.join (Rewriting.unravel stream.Chunks)
            yield! withShorterDelta stream.Chunks
        }
        |> Seq.filter (fun chunks -> chunks <> stream.Chunks)
        |> Seq.map (fun chunks -> { Reply = Reference.reply chunks; Chunks = chunks })

    /// Complete streams with the replies that they say.
    let wellFormed: Arbitrary<WellFormedStream> = Arb.fromGenShrink (Combine.gen reply |> Gen.bind ofReply, shrink)
