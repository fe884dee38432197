// What frames an answer of chat completions: who gives it, what it used, how it ended. Called by the readers of events, which differ only in
// how they come by what these steps are given.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal ChatFrame =
    /// The answer's id and the model's name, as far as they are news; empty where they are not.
    let meta (id: string) (model: string) (progress: ChatProgress) : ChatProgress =
        let nonEmpty (text: string) = if text = "" then None else Some text

        match nonEmpty id, nonEmpty model with
        | None, None -> progress
        | id, model ->
            progress
            |> ChatState.emit (Chunk.Meta(id, model))
            |> ChatState.change (fun state ->
                { state with AnswerId = Option.orElse id state.AnswerId; HasModel = state.HasModel || model.IsSome })

    /// All counters so far. The first are news without a comparison, which would start FSharp.Core's comparers.
    let usage (counters: ChatUsage) (progress: ChatProgress) : ChatProgress =
        let before = progress.State.Usage

        let isFirst = Object.ReferenceEquals(before, ChatUsage.none)

        if Object.ReferenceEquals(counters, before) || (not isFirst && counters = before) then
            progress
        else
            let counted = progress |> ChatState.change (fun state -> { state with Usage = counters })

            match ChatUsage.toUsage counters with
            | ValueSome usage -> ChatState.emit (Chunk.Usage(UsageUpdate.Snapshot usage)) counted
            | ValueNone -> counted

    /// Emits the proof of completeness, once for each new meaning of the end.
    let finish (reason: FinishReason option) (progress: ChatProgress) : ChatProgress =
        let state = progress.State
        let said = if state.IsRefused then Some FinishReason.Refusal else reason
        let merged = FinishReason.merge state.Reason said

        if state.IsFinished && (said.IsNone || merged = state.Reason) then
            progress
        elif state.IsFinished then
            progress |> ChatState.change (fun state -> { state with Reason = merged }) |> ChatState.emit (Chunk.Finish merged)
        else
            let ended = ChatParts.emitEnds progress

            let returned =
                match ChatNative.ofStream ended.State with
                | ValueSome fragments -> ChatState.emit (Chunk.Native fragments) ended
                | ValueNone -> ended

            returned
            |> ChatState.change (fun state -> { state with Open = ChatOpen.Nothing; IsFinished = true; Reason = merged })
            |> ChatState.emit (Chunk.Finish merged)
