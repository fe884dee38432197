// Reads the response object: in the opening events of a stream, in its closing event, and as a whole answer.
namespace Llm.Core

open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesAnswer =
    let private option (value: string voption) =
        match value with
        | ValueSome text -> Some text
        | ValueNone -> None

    /// The answer's id and model, where they are new.
    let meta (response: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        let state = progression.State
        let id = Option.orElse (Dom.nonEmpty "id" response |> option) state.Id
        let model = Option.orElse (Dom.nonEmpty "model" response |> option) state.Model

        if id = state.Id && model = state.Model then
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

    /// What was used, where the answer says something new about it.
    let usage (response: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        match Dom.property "usage" response with
        | ValueNone -> progression
        | ValueSome element ->
            let before = progression.State.Counters
            let counters = countersOf element |> merge before

            if counters = before then
                progression
            else
                progression
                |> ResponsesState.change (fun state -> { state with Counters = counters })
                |> ResponsesState.emit (Chunk.Usage(UsageUpdate.Snapshot(usageOf counters)))

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

    let private finishReason isIncomplete (response: JsonElement) (state: ResponsesState) : FinishReason option =
        let word = Dom.property "incomplete_details" response |> ValueOption.bind (Dom.string "reason")

        if state.IsRefused then
            Some FinishReason.Refusal
        else
            reason isIncomplete (ValueOption.defaultValue "" word)

    /// The items in their own form. Where one did not come whole, none: a form with gaps is worse than a translation of the parts.
    let private natives (progression: ResponsesProgression) =
        let items = progression.State.Items |> Map.values |> Seq.map _.Native

        if Seq.forall Option.isSome items then
            items
            |> Seq.choose id
            |> Seq.fold (fun sofar native -> ResponsesState.emit (Chunk.Native [ NativeFragment.Raw(Json.text native) ]) sofar) progression
        else
            progression

    let private content (response: JsonElement) (progression: ResponsesProgression) =
        progression |> meta response |> ResponsesItems.all (Dom.items "output" response) |> ResponsesState.finishAll

    /// An answer that is proved to be complete: with all its items, even those of which the stream had said nothing.
    let finished (isIncomplete: bool) (response: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        let read = progression |> content response |> natives |> usage response

        read
        |> ResponsesState.emit (Chunk.Finish(finishReason isIncomplete response read.State))
        |> ResponsesState.change (fun state -> { state with IsDone = true; Hot = None })

    /// A response object that stands alone. One that is still at work (background mode) is no complete answer.
    let standing (provider: string) (response: JsonElement) (progression: ResponsesProgression) : Result<ResponsesProgression, LlmError> =
        match Dom.string "status" response with
        | ValueSome "failed" -> Error(ErrorBody.ofElement provider response)
        | ValueSome "incomplete" -> Ok(finished true response progression)
        | ValueSome "completed" -> Ok(finished false response progression)
        | _ when Dom.has "error" response -> Error(ErrorBody.ofElement provider response)
        | ValueSome("queued" | "in_progress" | "cancelled") -> Ok(progression |> content response |> usage response)
        | _ -> Ok(finished false response progression)
