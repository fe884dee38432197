// What the parameters of a call become for an Anthropic model: which are sent, in which form, and which are left out with a warning.
// Called by the encoder; pure arithmetic on the parameters and on what the model takes.
namespace Llm.Core

/// How thinking is asked for.
[<RequireQualifiedAccess>]
type internal AnthropicThinking =
    /// Not at all: as the model does by itself.
    | Unsaid
    | Disabled
    /// So many tokens at most.
    | Budget of tokens: int
    /// As much as the model finds right for this effort; whether thoughts are to be shown.
    | Effort of effort: string * shown: bool

type internal AnthropicSettings =
    {
        MaxTokens: int
        Temperature: float option
        TopP: float option
        TopK: int option
        StopSequences: string list
        Thinking: AnthropicThinking
        Warnings: Warning list
    }

[<RequireQualifiedAccess>]
module internal AnthropicSettings =
    /// The least that Anthropic takes as a budget.
    let private smallestBudget = 1024

    /// With thinking on, Anthropic takes no lower top_p.
    let private smallestTopPWithThinking = 0.95

    let private levelName (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None -> "none"
        | ThinkingLevel.Default -> "default"
        | ThinkingLevel.Minimal -> "minimal"
        | ThinkingLevel.Low -> "low"
        | ThinkingLevel.Medium -> "medium"
        | ThinkingLevel.High -> "high"
        | ThinkingLevel.Max -> "max"

    /// How much of max_tokens a level may think with.
    let private share (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Default
        | ThinkingLevel.Minimal -> 0.0
        | ThinkingLevel.Low -> 0.2
        | ThinkingLevel.Medium -> 0.4
        | ThinkingLevel.High -> 0.6
        | ThinkingLevel.Max -> 0.8

    let private effort (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.Minimal -> "low"
        | other -> levelName other

    let private skipped provider model parameter value (reason: string) : Warning =
        let warning = Warning.skipped provider model parameter value

        { warning with Message = $"{warning.Message}: {reason}" }

    let private thinkingOf provider (request: Request) (traits: AnthropicModel) (maxTokens: int) =
        // Pairs without an object: a call makes five of them.
        match request.Params.Thinking with
        | None
        | Some { Level = ThinkingLevel.Default } -> struct (AnthropicThinking.Unsaid, [])
        | Some { Level = ThinkingLevel.None } -> struct (AnthropicThinking.Disabled, [])
        | Some thinking when traits.ThinksByEffort -> struct (AnthropicThinking.Effort(effort thinking.Level, thinking.IncludeThoughts), [])
        | Some thinking when maxTokens <= smallestBudget ->
            let reason = $"it takes a max_tokens above {smallestBudget}, not {maxTokens}"

            struct (AnthropicThinking.Unsaid, [ skipped provider request.Model "thinking" (levelName thinking.Level) reason ])
        | Some thinking -> struct (AnthropicThinking.Budget(max smallestBudget (int (share thinking.Level * float maxTokens))), [])

    /// The value, unless there is a reason against it.
    let inline private unless provider model parameter ([<InlineIfLambda>] reason: 'value -> string option) (value: 'value option) =
        match value with
        | None -> struct (None, [])
        | Some given ->
            match reason given with
            | Some reason -> struct (None, [ skipped provider model parameter (string (box given)) reason ])
            | None -> struct (value, [])

    let private isThinking (thinking: AnthropicThinking) : bool =
        match thinking with
        | AnthropicThinking.Budget _
        | AnthropicThinking.Effort _ -> true
        | AnthropicThinking.Unsaid
        | AnthropicThinking.Disabled -> false

    /// Whether the model is asked to think.
    let thinks (settings: AnthropicSettings) : bool = isThinking settings.Thinking

    /// The settings of a request.
    let ofRequest (provider: string) (defaultMaxTokens: int) (traits: AnthropicModel) (request: Request) : AnthropicSettings =
        let parameters = request.Params
        let maxTokens = parameters.MaxTokens |> Option.defaultValue defaultMaxTokens
        let struct (thinking, ofThinking) = thinkingOf provider request traits maxTokens

        let thinks = isThinking thinking

        let sampling =
            if not traits.TakesSampling then Some "this model does not take it"
            elif thinks then Some "it does not go with thinking"
            else None

        let struct (temperature, ofTemperature) =
            parameters.Temperature
            |> unless provider request.Model "temperature" (fun value -> if value = 1.0 then None else sampling)

        let againstTopP value =
            if thinks && traits.TakesSampling && value >= smallestTopPWithThinking then
                None
            elif sampling.IsSome then
                sampling
            elif temperature.IsSome && not traits.TakesTemperatureWithTopP then
                Some "this model does not take it beside temperature"
            else
                None

        let struct (topP, ofTopP) = parameters.TopP |> unless provider request.Model "top_p" againstTopP
        let struct (topK, ofTopK) = parameters.TopK |> unless provider request.Model "top_k" (fun _ -> sampling)

        let ofSeed =
            parameters.Seed |> Option.map (fun seed -> Warning.skipped provider request.Model "seed" (string seed)) |> Option.toList

        {
            MaxTokens = maxTokens
            Temperature = temperature
            TopP = topP
            TopK = topK
            StopSequences = parameters.StopSequences
            Thinking = thinking
            Warnings = ofThinking @ ofTemperature @ ofTopP @ ofTopK @ ofSeed
        }
