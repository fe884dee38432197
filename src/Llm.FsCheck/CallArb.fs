// What stands around content: usage, parameters, finish reasons, headers, limits, warnings, errors, requests.
namespace Llm.FsCheck

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>Arbitrary parameters, usage, headers and errors.</summary>
[<RequireQualifiedAccess>]
module CallArb =
    let private truth: Arbitrary<bool> = Combine.elements false [ true ]

    /// Usage that makes sense: what is of the input is at most the input, and so for the output.
    let usage: Arbitrary<Usage> =
        let count = Combine.range 0L 100_000L

        Combine.zip (Combine.zip4 count count count count) (Combine.zip3 count count count)
        |> Combine.convert
            (fun ((fresh, cacheRead, cacheWrite, said), (reasoning, audioInput, audioOutput)) ->
                {
                    InputTokens = fresh + cacheRead + cacheWrite + audioInput
                    OutputTokens = said + reasoning + audioOutput
                    CacheReadTokens = cacheRead
                    CacheWriteTokens = cacheWrite
                    ReasoningTokens = reasoning
                    AudioInputTokens = audioInput
                    AudioOutputTokens = audioOutput
                })
            (fun usage ->
                let fresh = usage.InputTokens - usage.CacheReadTokens - usage.CacheWriteTokens - usage.AudioInputTokens
                let said = usage.OutputTokens - usage.ReasoningTokens - usage.AudioOutputTokens

                (fresh, usage.CacheReadTokens, usage.CacheWriteTokens, said),
                (usage.ReasoningTokens, usage.AudioInputTokens, usage.AudioOutputTokens))

    /// A report of usage within a stream.
    let usageUpdate: Arbitrary<UsageUpdate> =
        Combine.cases
            [
                usage
                |> Combine.weighted 3 UsageUpdate.Snapshot (function
                    | UsageUpdate.Snapshot usage -> Some usage
                    | UsageUpdate.Delta _ -> None)
                usage
                |> Combine.case UsageUpdate.Delta (function
                    | UsageUpdate.Delta usage -> Some usage
                    | UsageUpdate.Snapshot _ -> None)
            ]

    /// Why a model stopped. The provider's own words are never those of the other cases.
    let finishReason: Arbitrary<FinishReason> =
        Combine.cases
            [
                Combine.constant FinishReason.MaxTokens
                Combine.constant FinishReason.Refusal
                Combine.constant FinishReason.ContextLengthExceeded
                TextArb.name
                |> Combine.convert (fun name -> $"own_{name}") (fun word -> word.Substring 4)
                |> Combine.case FinishReason.Other (function
                    | FinishReason.Other word -> Some word
                    | _ -> None)
            ]

    /// How to think.
    let thinking: Arbitrary<Thinking> =
        let level =
            Combine.elements
                ThinkingLevel.Default
                [
                    ThinkingLevel.None
                    ThinkingLevel.Minimal
                    ThinkingLevel.Low
                    ThinkingLevel.Medium
                    ThinkingLevel.High
                    ThinkingLevel.Max
                ]

        Combine.zip3 level truth truth
        |> Combine.convert
            (fun (level, includeThoughts, asText) -> { Level = level; IncludeThoughts = includeThoughts; EncodeThoughtsAsText = asText })
            (fun thinking -> thinking.Level, thinking.IncludeThoughts, thinking.EncodeThoughtsAsText)

    /// Hundredths: numbers that print the same everywhere.
    let private hundredths (high: int64) : Arbitrary<float> =
        Combine.range 0L high
        |> Combine.convert (fun value -> float value / 100.0) (fun value -> int64 (Math.Round(value * 100.0)))

    /// Parameters that pass <see cref="M:Llm.Core.ParamsModule.validate"/>.
    let parameters: Arbitrary<Params> =
        let positive = Combine.range 1L 100_000L |> Combine.convert int int64
        let stops = Arb.list TextArb.nonEmpty |> Combine.small
        let seed = Combine.range Int64.MinValue Int64.MaxValue

        Combine.zip
            (Combine.zip4 (Arb.option (hundredths 200L)) (Arb.option positive) (Arb.option (hundredths 100L)) (Arb.option positive))
            (Combine.zip3 (Arb.option seed) stops (Arb.option thinking))
        |> Combine.convert
            (fun ((temperature, maxTokens, topP, topK), (seed, stops, thinking)) ->
                {
                    Temperature = temperature
                    MaxTokens = maxTokens
                    TopP = topP
                    TopK = topK
                    Seed = seed
                    StopSequences = stops
                    Thinking = thinking
                    PromptCaching = PromptCaching.Automatic
                    Speech = None
                    Images = false
                })
            (fun parameters ->
                (parameters.Temperature, parameters.MaxTokens, parameters.TopP, parameters.TopK),
                (parameters.Seed, parameters.StopSequences, parameters.Thinking))

    /// Headers, the ones that mean something to us often among them, with values good and bad.
    let headers: Arbitrary<Headers> =
        let known =
            [
                "retry-after"
                "Retry-After"
                "retry-after-ms"
                "date"
                "x-request-id"
                "x-ratelimit-limit-requests"
                "x-ratelimit-remaining-tokens"
                "x-ratelimit-reset-tokens"
                "anthropic-ratelimit-tokens-reset"
                "x-amzn-errortype"
            ]

        let values =
            [
                "0"
                "1.5"
                "-3"
                "1e308"
                "NaN"
                "18446744073709551615"
                "6m0s"
                "12ms"
                "Wed, 21 Oct 2015 07:28:00 GMT"
                "2025-01-01T00:00:00Z"
                "ThrottlingException:http://x"
            ]

        let oneOf (words: string list) = Arb.fromGenShrink (Gen.oneof [ Gen.elements words; Combine.gen TextArb.name ], fun _ -> Seq.empty)

        Arb.list (Combine.zip (oneOf known) (oneOf values)) |> Combine.small

    let private wait: Arbitrary<TimeSpan> =
        Combine.range 0L 600_000L
        |> Combine.convert (fun value -> TimeSpan.FromMilliseconds(float value)) (fun wait -> int64 wait.TotalMilliseconds)

    let private provider = Combine.elements "openai" [ "anthropic"; "google"; "mistral" ]

    /// What a provider said when it refused.
    let apiError: Arbitrary<ApiError> =
        let status = Combine.elements 500 [ 400; 401; 403; 404; 408; 429; 503; 529 ]

        Combine.zip
            (Combine.zip4 provider (Arb.option status) (Arb.option TextArb.name) TextArb.text)
            (Combine.zip3 TextArb.text (Arb.option TextArb.name) (Arb.option wait))
        |> Combine.convert
            (fun ((provider, status, code, message), (body, requestId, retryAfter)) ->
                {
                    Provider = provider
                    Status = status
                    Code = code
                    Message = message
                    Body = body
                    RequestId = requestId
                    RetryAfter = retryAfter
                })
            (fun error -> (error.Provider, error.Status, error.Code, error.Message), (error.Body, error.RequestId, error.RetryAfter))

    let private ofApi: (ApiError -> LlmError) list =
        [
            LlmError.Authentication
            LlmError.Permission
            LlmError.BadRequest
            LlmError.NotFound
            LlmError.RateLimit
            LlmError.Server
            LlmError.ContentFilter
            LlmError.ContextLength
            LlmError.Api
            TimeoutCause.Provider >> LlmError.Timeout
        ]

    let private excess: Gen<BudgetExcess> =
        let money =
            Combine.gen (Combine.range 0L 100_000L) |> Gen.map (fun cents -> { Amount = decimal cents / 100m; Currency = "USD" })

        let reason = Gen.elements [ BudgetStop.TooDear; BudgetStop.Overspent; BudgetStop.NoUpperBound; BudgetStop.NoPrice ]

        Gen.map6
            (fun limit spent reserved needed reason answer ->
                {
                    Limit = limit
                    Spent = spent
                    Reserved = reserved
                    Needed = needed
                    Reason = reason
                    ModelId = "openai/gpt-5"
                    Answer = answer
                })
            money
            money
            money
            (Gen.optionOf money)
            reason
            (Gen.optionOf (Combine.gen TextArb.name))

    let private local: Gen<LlmError> =
        let text = Combine.gen (Combine.small TextArb.text)
        let name = Combine.gen TextArb.name

        Gen.oneof
            [
                Gen.map2
                    (fun cause limit -> LlmError.Timeout(cause limit))
                    (Gen.elements [ TimeoutCause.Connect; TimeoutCause.FirstByte; TimeoutCause.Idle; TimeoutCause.Call ])
                    (Combine.gen wait)
                Gen.map2 (fun host message -> LlmError.Connection(host, message)) name text
                Gen.map3 (fun provider message body -> LlmError.InvalidResponse(provider, message, body)) name text text
                Gen.map LlmError.Truncated name
                Gen.map LlmError.Cancelled name
                Gen.map LlmError.ResponseTooLarge (Combine.gen (Combine.range 1L 1_000_000L))
                Gen.map2 (fun path reason -> LlmError.InvalidRequest(path, reason)) text text
                Gen.map4
                    (fun feature provider model alternative -> LlmError.FeatureNotSupported(feature, provider, model, alternative))
                    name
                    name
                    (Gen.optionOf name)
                    (Gen.optionOf text)
                Gen.map2 (fun provider variables -> LlmError.MissingApiKey(provider, variables)) name (Gen.listOf name)
                Gen.map3
                    (fun provider setting variables -> LlmError.MissingSetting(provider, setting, variables))
                    name
                    name
                    (Gen.listOf name)
                Gen.map2 (fun provider message -> LlmError.CredentialsUnavailable(provider, message)) name text
                Gen.map2 (fun modelId prefixes -> LlmError.UnknownProvider(modelId, prefixes)) text (Gen.listOf name)
                Gen.map2 (fun path reason -> LlmError.InvalidJson(path, reason)) text text
                Gen.map3 (fun problem message answer -> LlmError.Unparsable(problem, message, answer)) text text text
                Gen.map LlmError.BudgetExceeded excess
            ]

    /// Every case of the union.
    let error: Arbitrary<LlmError> =
        let refused = Gen.map2 (fun wrap error -> wrap error) (Gen.elements ofApi) (Combine.gen apiError)

        let shrink (error: LlmError) =
            match LlmError.apiError error, error with
            | Some _, LlmError.Api _ -> Seq.empty
            | Some evidence, _ -> Seq.singleton (LlmError.Api evidence)
            | None, _ -> Seq.empty

        Arb.fromGenShrink (Gen.oneof [ refused; local ], shrink)

    /// A request that every encoder must be able to write, or refuse with a reason.
    let request: Arbitrary<Request> =
        Combine.zip4 TextArb.name MessageArb.dialogue parameters truth
        |> Combine.convert
            (fun (model, dialogue, parameters, stream) -> Request.create model parameters stream dialogue.Messages)
            (fun request -> request.Model, Dialogue request.Messages, request.Params, request.Stream)
