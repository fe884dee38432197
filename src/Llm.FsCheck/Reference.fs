// What a stream of chunks means, written for clarity alone: the second opinion that accumulators are compared with.
namespace Llm.FsCheck

open System
open System.Text.Json
open Llm.Core

/// <summary>The meaning of a well-formed stream, part by part. Slow, and right by inspection.</summary>
[<RequireQualifiedAccess>]
module Reference =
    let private ofPart (index: int) (chunks: Chunk list) : Chunk list =
        chunks |> List.filter (fun chunk -> Chunk.index chunk = ValueSome index)

    let private text (chunks: Chunk list) : string =
        chunks
        |> List.map (fun chunk ->
            match chunk with
            | Chunk.TextDelta(_, text)
            | Chunk.ThoughtDelta(_, text)
            | Chunk.ToolCallDelta(_, text)
            | Chunk.AudioTranscriptDelta(_, text) -> text
            | _ -> "")
        |> String.concat ""

    let private data (chunks: Chunk list) : Bytes =
        chunks
        |> List.collect (fun chunk ->
            match chunk with
            | Chunk.AudioDelta(_, data) -> [ Bytes.toArray data ]
            | _ -> [])
        |> Array.concat
        |> Bytes.ofArray

    let private argumentsOf (text: string) : string = if String.IsNullOrWhiteSpace text then "{}" else text

    /// What kind of part it is, its first chunk says.
    let private part (chunks: Chunk list) : AssistantPart option =
        match List.tryHead chunks, text chunks with
        | Some(Chunk.TextStart _), "" -> None
        | Some(Chunk.TextStart _), text -> Some(AssistantPart.Text text)
        | Some(Chunk.ThoughtStart _), "" -> None
        | Some(Chunk.ThoughtStart _), thought -> Some(AssistantPart.Thought thought)
        | Some(Chunk.ToolCallStart(_, id, name)), text ->
            Some(AssistantPart.ToolCall { Id = id; Name = name; Arguments = argumentsOf text })
        | Some(Chunk.AudioStart(_, id)), transcript -> Some(AssistantPart.Audio { Id = id; Data = data chunks; Transcript = transcript })
        | Some(Chunk.Part(_, part)), _ -> Some part
        | _ -> None

    /// <summary>The parts of a stream, in the order of their indices.</summary>
    let content (chunks: Chunk list) : AssistantPart list =
        chunks
        |> List.choose (Chunk.index >> ValueOption.toOption)
        |> List.distinct
        |> List.sort
        |> List.choose (fun index -> chunks |> ofPart index |> part)

    /// <summary>The last snapshot with the deltas that followed it.</summary>
    let usage (chunks: Chunk list) : Usage option =
        let updates =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.Usage update -> Some update
                | _ -> None)

        let isSnapshot (update: UsageUpdate) =
            match update with
            | UsageUpdate.Snapshot _ -> true
            | UsageUpdate.Delta _ -> false

        let counted =
            match List.tryFindIndexBack isSnapshot updates with
            | Some last -> List.skip last updates
            | None -> updates

        match counted with
        | [] -> None
        | _ ->
            counted
            |> List.map (fun update ->
                match update with
                | UsageUpdate.Snapshot usage
                | UsageUpdate.Delta usage -> usage)
            |> List.reduce Usage.add
            |> Some

    /// <summary>The reasons to finish, in order; empty as long as the answer is not complete.</summary>
    let finishes (chunks: Chunk list) : FinishReason option list =
        chunks
        |> List.choose (fun chunk ->
            match chunk with
            | Chunk.Finish reason -> Some reason
            | _ -> None)

    /// All that was said about why the answer ends, before the proof of completeness or with it.
    let private reasons (chunks: Chunk list) : FinishReason option list =
        chunks
        |> List.choose (fun chunk ->
            match chunk with
            | Chunk.Finishing reason -> Some(Some reason)
            | Chunk.Finish reason -> Some reason
            | _ -> None)

    /// A refusal stays; else the last word counts.
    let private finishReason (reasons: FinishReason option list) : FinishReason option =
        if List.contains (Some FinishReason.Refusal) reasons then
            Some FinishReason.Refusal
        else
            reasons |> List.choose id |> List.tryLast

    let private isObject (text: string) =
        match Json.tryParse text with
        | Ok json ->
            use document = JsonDocument.Parse(Json.text json)
            document.RootElement.ValueKind = JsonValueKind.Object
        | Error _ -> false

    let private fragment (chunks: Chunk list) (fragment: NativeFragment) : string =
        match fragment with
        | NativeFragment.Raw text -> text
        | NativeFragment.Sent json -> Json.text json
        | NativeFragment.TextOf index -> chunks |> ofPart index |> text |> Json.quote
        | NativeFragment.ArgumentsOf index ->
            let arguments = chunks |> ofPart index |> text
            if isObject arguments then arguments.Trim() else "{}"

    /// <summary>The provider's own form: its items as an array.</summary>
    let native (chunks: Chunk list) : Json option =
        let items =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.Native fragments -> fragments |> List.map (fragment chunks) |> String.concat "" |> Some
                | _ -> None)

        match items with
        | [] -> None
        | _ -> "[" + String.concat "," items + "]" |> Json.tryParse |> Result.toOption

    /// <summary>What a complete stream says.</summary>
    let reply (chunks: Chunk list) : Reply =
        let metas =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.Meta(id, model) -> Some(id, model)
                | _ -> None)

        {
            Id = metas |> List.choose fst |> List.tryLast
            Model = metas |> List.choose snd |> List.tryLast
            Content = content chunks
            FinishReason = finishReason (reasons chunks)
            Usage = usage chunks
            Native = native chunks
        }
