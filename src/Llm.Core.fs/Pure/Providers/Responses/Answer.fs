// Reads the response object: in the opening events of a stream, in its closing event, and as a whole answer.
namespace Llm.Core

open System
open System.Text.Json

/// A response object, as far as an answer is made of it, whichever way it was read.
[<Struct; NoComparison; NoEquality>]
type internal ResponsesSeen =
    {
        /// Empty where there is none, as is the model.
        Id: string
        Model: string
        Counters: ResponsesCounters
        /// The reason of its `incomplete_details`, which is empty where there is none.
        Word: string
        Items: ResponsesSeenItem list
    }

[<RequireQualifiedAccess>]
module internal ResponsesAnswer =
    let private option (text: string) : string option = if text = "" then None else Some text

    /// The answer's id and model, where they are new.
    let meta (seen: ResponsesSeen) (progression: ResponsesProgression) : ResponsesProgression =
        let state = progression.State
        let id = if state.Id.IsSome then state.Id else option seen.Id
        let model = if state.Model.IsSome then state.Model else option seen.Model

        if Object.ReferenceEquals(id, state.Id) && Object.ReferenceEquals(model, state.Model) then
            progression
        else
            progression
            |> ResponsesState.change (fun state -> { state with Id = id; Model = model })
            |> ResponsesState.emit (Chunk.Meta(id, model))

    let private countersOf (usage: JsonElement) : ResponsesCounters =
        let detail group name = Dom.property group usage |> ValueOption.bind (Dom.int64 name)
        let orElse (other: int64 voption) (first: int64 voption) = if first.IsSome then first else other

        {
            Input = Dom.int64 "input_tokens" usage
            Output = Dom.int64 "output_tokens" usage
            Total = Dom.int64 "total_tokens" usage
            CacheRead = detail "input_tokens_details" "cached_tokens" |> orElse (Dom.int64 "cached_tokens" usage)
            CacheWrite = detail "input_tokens_details" "cache_write_tokens"
            Reasoning = detail "output_tokens_details" "reasoning_tokens" |> orElse (Dom.int64 "reasoning_tokens" usage)
            AudioInput = detail "input_tokens_details" "audio_tokens"
            AudioOutput = detail "output_tokens_details" "audio_tokens"
        }

    /// The counters of a usage object that were read from its bytes.
    let counted (counts: inref<TokenCounts>) : ResponsesCounters =
        if TokenCounts.isAny &counts then
            {
                Input = counts.Input
                Output = counts.Output
                Total = counts.Total
                CacheRead = counts.CacheRead
                CacheWrite = counts.CacheWrite
                Reasoning = counts.Reasoning
                AudioInput = counts.AudioInput
                AudioOutput = counts.AudioOutput
            }
        else
            ResponsesState.noCounters

    let private merge (earlier: ResponsesCounters) (later: ResponsesCounters) : ResponsesCounters =
        let pick (read: ResponsesCounters -> int64 voption) = if (read later).IsSome then read later else read earlier

        {
            Input = pick _.Input
            Output = pick _.Output
            Total = pick _.Total
            CacheRead = pick _.CacheRead
            CacheWrite = pick _.CacheWrite
            Reasoning = pick _.Reasoning
            AudioInput = pick _.AudioInput
            AudioOutput = pick _.AudioOutput
        }

    let private usageOf (counters: ResponsesCounters) : Usage =
        let counts =
            { TokenCounts.none with
                Input = counters.Input
                Output = counters.Output
                Total = counters.Total
                CacheRead = counters.CacheRead
                CacheWrite = counters.CacheWrite
                Reasoning = counters.Reasoning
                AudioInput = counters.AudioInput
                AudioOutput = counters.AudioOutput
            }

        TokenCounts.toUsage &counts

    /// Whether nothing was counted. Asked before counters are compared, which the first time starts FSharp.Core's comparers.
    let private isNone (counters: ResponsesCounters) : bool =
        counters.Input.IsNone
        && counters.Output.IsNone
        && counters.Total.IsNone
        && counters.CacheRead.IsNone
        && counters.CacheWrite.IsNone
        && counters.Reasoning.IsNone
        && counters.AudioInput.IsNone
        && counters.AudioOutput.IsNone

    /// The counters after what the answer says of them: those that were, where that is nothing new.
    let private countersAfter (seen: ResponsesSeen) (state: ResponsesState) : ResponsesCounters =
        let before = state.Counters

        if isNone seen.Counters then
            before
        elif isNone before then
            seen.Counters
        else
            let counters = merge before seen.Counters
            if counters = before then before else counters

    let private sayUsage (counters: ResponsesCounters) (progression: ResponsesProgression) : ResponsesProgression =
        if Object.ReferenceEquals(counters, progression.State.Counters) then
            progression
        else
            ResponsesState.emit (Chunk.Usage(UsageUpdate.Snapshot(usageOf counters))) progression

    /// What was used, where the answer says something new about it.
    let usage (seen: ResponsesSeen) (progression: ResponsesProgression) : ResponsesProgression =
        let counters = countersAfter seen progression.State

        if Object.ReferenceEquals(counters, progression.State.Counters) then
            progression
        else
            progression |> sayUsage counters |> ResponsesState.change (fun state -> { state with Counters = counters })

    let private reasonOf (word: string) : FinishReason =
        match word with
        | "max_output_tokens"
        | "max_tokens" -> FinishReason.MaxTokens
        | "content_filter" -> FinishReason.Refusal
        | "context_length_exceeded"
        | "model_context_window_exceeded" -> FinishReason.ContextLengthExceeded
        | other -> FinishReason.Other other

    /// Why the answer ended, by the word of its <c>incomplete_details</c>, which is empty where there is none.
    let reason (isIncomplete: bool) (word: string) : FinishReason option =
        match word with
        | "" -> if isIncomplete then Some(FinishReason.Other "incomplete") else None
        | word -> Some(reasonOf word)

    /// A response object, from its document.
    let seen (response: JsonElement) : ResponsesSeen =
        let text name (element: JsonElement) = Dom.string name element |> ValueOption.defaultValue ""

        {
            Id = text "id" response
            Model = text "model" response
            Counters =
                match Dom.property "usage" response with
                | ValueSome usage -> countersOf usage
                | ValueNone -> ResponsesState.noCounters
            Word =
                match Dom.property "incomplete_details" response with
                | ValueSome details -> text "reason" details
                | ValueNone -> ""
            Items = Dom.items "output" response |> List.map ResponsesItems.seen
        }

    /// The items in their own form. Where one did not come whole, none: a form with gaps is worse than a translation of the parts.
    let private natives (progression: ResponsesProgression) =
        let rec send (items: ResponsesItem list) (sofar: ResponsesProgression) =
            match items with
            | [] -> sofar
            | { Native = Some native } :: others ->
                sofar |> ResponsesState.emit (Chunk.Native [ NativeFragment.Sent native ]) |> send others
            | _ -> progression

        send (ByIndex.values progression.State.Items) progression

    let private content (seen: ResponsesSeen) (progression: ResponsesProgression) =
        progression |> meta seen |> ResponsesItems.all seen.Items |> ResponsesState.finishAll

    /// An answer that is proved to be complete: with all its items, even those of which the stream had said nothing.
    let finished (isIncomplete: bool) (seen: ResponsesSeen) (progression: ResponsesProgression) : ResponsesProgression =
        let read = progression |> content seen |> natives
        let counters = countersAfter seen read.State
        let why = if read.State.IsRefused then Some FinishReason.Refusal else reason isIncomplete seen.Word

        read
        |> sayUsage counters
        |> ResponsesState.emit (Chunk.Finish why)
        |> ResponsesState.change (fun state -> { state with Counters = counters; IsDone = true; Hot = None })

    /// A response object that stands alone. One that is still at work (background mode) is no complete answer.
    let standing (provider: string) (response: JsonElement) (progression: ResponsesProgression) : Result<ResponsesProgression, LlmError> =
        match Dom.string "status" response with
        | ValueSome "failed" -> Error(ErrorBody.ofElement provider response)
        | ValueSome "incomplete" -> Ok(finished true (seen response) progression)
        | ValueSome "completed" -> Ok(finished false (seen response) progression)
        | _ when Dom.has "error" response -> Error(ErrorBody.ofElement provider response)
        | ValueSome("queued" | "in_progress" | "cancelled") ->
            let seen = seen response
            Ok(progression |> content seen |> usage seen)
        | _ -> Ok(finished false (seen response) progression)
