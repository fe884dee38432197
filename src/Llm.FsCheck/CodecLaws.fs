// The laws of a wire format. They take the codec that is tested and a body, made up or recorded.
namespace Llm.FsCheck

open System
open System.Text
open System.Text.Json
open Llm.Core

/// <summary>What every decoder's chunks must keep to.</summary>
[<RequireQualifiedAccess>]
module WellFormed =
    let private isStart (chunk: Chunk) = chunk.IsTextStart || chunk.IsThoughtStart || chunk.IsToolCallStart || chunk.IsAudioStart

    let private isEnd (chunk: Chunk) = chunk.IsTextEnd || chunk.IsThoughtEnd || chunk.IsToolCallEnd || chunk.IsAudioEnd

    let private isSameKind (first: Chunk) (chunk: Chunk) =
        match first with
        | Chunk.TextStart _ -> chunk.IsTextDelta || chunk.IsTextEnd
        | Chunk.ThoughtStart _ -> chunk.IsThoughtDelta || chunk.IsThoughtEnd
        | Chunk.ToolCallStart _ -> chunk.IsToolCallDelta || chunk.IsToolCallEnd
        | Chunk.AudioStart _ -> chunk.IsAudioDelta || chunk.IsAudioTranscriptDelta || chunk.IsAudioEnd
        | _ -> false

    let private part (isComplete: bool) (index: int) (chunks: Chunk list) : string option =
        match chunks with
        | [ Chunk.Part _ ] -> None
        | Chunk.ToolCallStart(_, "", _) :: _ -> Some $"the tool call {index} has no id"
        | first :: _ when not (isStart first) -> Some $"part {index} begins with %A{first}"
        | first :: rest ->
            match List.tryFind (isSameKind first >> not) rest with
            | Some stranger -> Some $"part {index} began with %A{first} and has %A{stranger}"
            | None ->
                match List.tryFindIndex isEnd rest with
                | Some position when position < rest.Length - 1 -> Some $"part {index} goes on after its end: %A{rest[position + 1]}"
                | None when isComplete -> Some $"part {index} has no end"
                | _ -> None
        | [] -> None

    /// <summary>
    /// Every part starts once, holds its own kind only, and ends once, after which nothing comes to it; a part may be left open only
    /// where the stream has no proof of completeness. Ids of tool calls are not empty, and no two are the same.
    /// </summary>
    let check (chunks: Chunk list) : Result<unit, BrokenLaw> =
        let name = "chunks are well formed"
        let isComplete = chunks |> List.exists (fun chunk -> chunk.IsFinish)

        let ids =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.ToolCallStart(_, id, _) -> Some id
                | _ -> None)

        let wrong =
            chunks
            |> List.filter (fun chunk -> (Chunk.index chunk).IsSome)
            |> List.groupBy Chunk.index
            |> List.tryPick (fun (index, own) -> part isComplete (ValueOption.defaultValue -1 index) own)

        match wrong with
        | Some evidence -> Law.broken name evidence
        | None when List.distinct ids <> ids -> Law.broken name $"two tool calls have one id: %A{ids}"
        | None -> Law.holds

/// <summary>The laws of a wire format.</summary>
/// <example><c>CodecLaws.bytesMayBeCutAnywhere codec cuts body |> Law.toProperty</c></example>
[<RequireQualifiedAccess>]
module CodecLaws =
    let private read (codec: Codec) (pieces: byte[] list) : Chunk list * Ending =
        pieces |> List.map (fun piece -> ReadOnlyMemory piece) |> Reading.read codec

    let private contentOf (ending: Ending) : AssistantPart list =
        match ending with
        | Ending.Complete reply
        | Ending.Truncated reply
        | Ending.Failed(reply, _) -> reply.Content

    /// <summary>The bytes of a stream may be cut anywhere: same chunks, same ending.</summary>
    let bytesMayBeCutAnywhere (codec: Codec) (cuts: Cuts) (body: byte[]) : Result<unit, BrokenLaw> =
        let whole = read codec [ body ]

        [ Cutting.bytes cuts body; Cutting.singly body ]
        |> Law.forEach (fun pieces -> read codec pieces |> Law.equal "bytes may be cut anywhere" whole)

    /// <summary>A stream's chunks are well formed.</summary>
    let chunksAreWellFormed (codec: Codec) (body: byte[]) : Result<unit, BrokenLaw> = read codec [ body ] |> fst |> WellFormed.check

    /// <summary>Splitting or joining the deltas that a codec gives changes nothing in the reply.</summary>
    let deltasMayBeCutAnywhere (codec: Codec) (cuts: Cuts) (body: byte[]) : Result<unit, BrokenLaw> =
        let chunks, _ = read codec [ body ]

        Law.all
            [
                StreamLaws.splittingChangesNothing Accumulator.reducer cuts chunks
                StreamLaws.joiningChangesNothing Accumulator.reducer chunks
                StreamLaws.interleavedPartsNeverMix Accumulator.reducer chunks
                StreamLaws.partialOnlyGrows Accumulator.reducer chunks
                StreamLaws.onlyTheProofCompletes Accumulator.reducer chunks
            ]

    /// <summary>
    /// The first bytes of a body never say what the whole does not: a prefix is complete only with the whole's content, fails only where
    /// the whole fails, and holds nothing that the whole does not hold.
    /// </summary>
    let prefixesNeverLie (codec: Codec) (cuts: Cuts) (body: byte[]) : Result<unit, BrokenLaw> =
        let name = "prefixes never lie"
        let _, whole = read codec [ body ]
        let wholeContent = contentOf whole

        cuts.Places
        |> Seq.map (fun place -> place % (body.Length + 1))
        |> Law.forEach (fun length ->
            let _, ending = read codec [ Array.take length body ]

            match ending, whole with
            | Ending.Complete reply, _ when reply.Content <> wholeContent ->
                Law.broken name $"the first {length} bytes are complete with %A{reply.Content}"
            | Ending.Failed(_, error), (Ending.Complete _ | Ending.Truncated _) ->
                Law.broken name $"the first {length} bytes fail with %A{error}"
            | _ when not (Growth.isContained (contentOf ending) wholeContent) ->
                Law.broken name $"the first {length} bytes hold %A{contentOf ending}"
            | _ -> Law.holds)

    /// <summary>Any bytes are read without an exception: as a stream, as a whole answer, and as the body of an error.</summary>
    let readingIsTotal (codec: Codec) (status: int) (headers: Headers) (body: byte[]) : Result<unit, BrokenLaw> =
        let answer = { Status = status; Headers = headers; Body = ReadOnlyMemory body }

        Law.all
            [
                Law.isTotal "reading a stream is total" (fun () -> read codec [ body ])
                Law.isTotal "reading an answer is total" (fun () -> codec.DecodeWhole(ReadOnlyMemory body))
                Law.isTotal "reading a plain answer is total" (fun () -> codec.DecodePlain(ReadOnlyMemory body))
                Law.isTotal "reading an error is total" (fun () -> codec.DecodeError answer |> LlmError.render)
            ]

    /// <summary>A body with some of its bytes changed is read without an exception, and its ending is still no guess.</summary>
    let damagedBodiesAreRead (codec: Codec) (damage: (int * byte) list) (body: byte[]) : Result<unit, BrokenLaw> =
        let damaged = Array.copy body

        for place, value in damage do
            if damaged.Length > 0 then damaged[abs (place % damaged.Length)] <- value

        readingIsTotal codec 500 [] damaged

    /// <summary>A request is written as JSON, or refused with a reason; never with an exception.</summary>
    let encodingIsTotal (codec: Codec) (request: Request) : Result<unit, BrokenLaw> =
        let name = "encoding is total"

        try
            match codec.Encode request with
            | Error _ -> Law.holds
            | Ok encoded ->
                use _document = JsonDocument.Parse(RequestBody.toMemory encoded.Body, JsonDocumentOptions(MaxDepth = 1024))
                if encoded.Path = "" then Law.broken name "the path is empty" else Law.holds
        with failure ->
            Law.broken name $"it threw {failure}"

    /// <summary>An answer that is taken for plain is just what its chunks say, the provider's own form included.</summary>
    let plainAnswersSayWhatTheirChunksSay (codec: Codec) (answer: byte[]) : Result<unit, BrokenLaw> =
        let body = ReadOnlyMemory answer

        match codec.DecodePlain body with
        | ValueNone -> Law.holds
        | ValueSome plain ->
            let chunks = codec.DecodeWhole body

            match chunks |> Result.map (Reducer.ofChunks >> Reducer.finish) with
            | Ok(Completion.Complete reply) when reply = plain -> Law.holds
            | _ ->
                Law.broken
                    "plain answers say what their chunks say"
                    $"of {Encoding.UTF8.GetString answer}
at once: %A{plain}
the chunks: %A{chunks}"

    /// <summary>A stream says the same as the answer sent whole.</summary>
    let streamSaysWhatTheAnswerSays (codec: Codec) (answer: byte[]) (stream: byte[]) : Result<unit, BrokenLaw> =
        let name = "a stream says what the answer says"

        match Codec.decode (ReadOnlyMemory answer) codec, snd (read codec [ stream ]) with
        | Ok whole, Ending.Complete streamed ->
            Law.equal name (whole.Content, whole.FinishReason, whole.Usage) (streamed.Content, streamed.FinishReason, streamed.Usage)
        | whole, ending -> Law.broken name $"the answer is %A{whole}\nthe stream %A{ending}"
