// What the parameters of a call become for a model behind Converse: which are common, which go into its additional fields, and which are
// left out with a warning. Called by the encoder.
namespace Llm.Core

open System.Text.Json

[<NoComparison; NoEquality>]
type internal ConverseSettings =
    {
        MaxTokens: int option
        Temperature: float option
        TopP: float option
        StopSequences: string list
        /// The members of <c>additionalModelRequestFields</c>, each as what writes it.
        Additional: (Utf8JsonWriter -> unit) list
        /// Whether a Claude is asked to think: it cannot be made to call a tool then.
        Thinks: bool
        Warnings: Warning list
    }

[<RequireQualifiedAccess>]
module internal ConverseSettings =
    let private levelName (level: ThinkingLevel) = (string level).ToLowerInvariant()

    /// Three steps are all that the models other than Claude know.
    let private effort (level: ThinkingLevel) : string option =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Default -> None
        | ThinkingLevel.Minimal
        | ThinkingLevel.Low -> Some "low"
        | ThinkingLevel.Medium -> Some "medium"
        | ThinkingLevel.High
        | ThinkingLevel.Max -> Some "high"

    let rec private nested (path: string list) (value: int) (writer: Utf8JsonWriter) : unit =
        match path with
        | [] -> ()
        | [ name ] -> writer.WriteNumber(name, value)
        | name :: rest ->
            writer.WritePropertyName name
            Wire.object writer (fun () -> nested rest value writer)

    let private common (parameters: Params) : ConverseSettings =
        {
            MaxTokens = parameters.MaxTokens
            Temperature = parameters.Temperature
            TopP = parameters.TopP
            StopSequences = parameters.StopSequences
            Additional = []
            Thinks = false
            Warnings = []
        }

    let private add (write: Utf8JsonWriter -> unit) (settings: ConverseSettings) =
        { settings with Additional = settings.Additional @ [ write ] }

    let private warn provider (request: Request) parameter value (settings: ConverseSettings) =
        { settings with
            Warnings = settings.Warnings @ [ Warning.skipped provider request.Model parameter value ]
        }

    let private withTopK provider (request: Request) (path: string list) (settings: ConverseSettings) =
        match request.Params.TopK, path with
        | None, _ -> settings
        | Some value, [] -> warn provider request "top_k" (string value) settings
        | Some value, _ -> add (nested path value) settings

    let private withSeed provider (request: Request) (settings: ConverseSettings) =
        match request.Params.Seed with
        | Some seed -> warn provider request "seed" (string seed) settings
        | None -> settings

    let private ofClaude (dialect: ConverseDialect) (model: ConverseModel) (traits: AnthropicModel) (request: Request) : ConverseSettings =
        let chosen = AnthropicSettings.ofRequest dialect.Provider dialect.DefaultMaxTokens traits request

        let needsLimit =
            match chosen.Thinking with
            | AnthropicThinking.Budget _ -> true
            | _ -> false

        let thinking =
            match chosen.Thinking with
            | AnthropicThinking.Unsaid -> []
            | thinking ->
                [
                    (fun writer -> AnthropicEncode.thinking writer thinking)
                    (fun writer -> AnthropicEncode.outputConfig writer None thinking)
                ]

        {
            MaxTokens = if needsLimit then Some chosen.MaxTokens else request.Params.MaxTokens
            Temperature = chosen.Temperature
            TopP = chosen.TopP
            StopSequences = chosen.StopSequences
            Additional = (chosen.TopK |> Option.map (nested model.TopK) |> Option.toList) @ thinking
            Thinks = AnthropicSettings.thinks chosen
            Warnings = chosen.Warnings
        }

    let private withEffort provider (request: Request) (settings: ConverseSettings) =
        match request.Params.Thinking with
        | None
        | Some { Level = ThinkingLevel.Default } -> settings
        | Some thinking ->
            match effort thinking.Level with
            | Some effort -> add (fun writer -> writer.WriteString("reasoning_effort", effort)) settings
            | None -> warn provider request "thinking" (levelName thinking.Level) settings

    let private novaReasoning (effort: string option) (writer: Utf8JsonWriter) : unit =
        writer.WritePropertyName "reasoningConfig"

        Wire.object writer (fun () ->
            match effort with
            | Some effort ->
                writer.WriteString("type", "enabled")
                writer.WriteString("maxReasoningEffort", effort)
            | None -> writer.WriteString("type", "disabled"))

    /// Nova refuses temperature, top_p, top_k and max_tokens beside its highest effort (Amazon Nova 2's page on extended thinking).
    let private withoutSampling provider (request: Request) (settings: ConverseSettings) =
        let parameters = request.Params

        let refused =
            [
                "temperature", Option.map string parameters.Temperature
                "top_p", Option.map string parameters.TopP
                "top_k", Option.map string parameters.TopK
                "max_tokens", Option.map string parameters.MaxTokens
            ]

        refused
        |> List.choose (fun (name, value) -> value |> Option.map (fun value -> name, value))
        |> List.fold
            (fun settings (name, value) -> warn provider request name value settings)
            { settings with MaxTokens = None; Temperature = None; TopP = None; Additional = [] }

    let private withNova provider (request: Request) (settings: ConverseSettings) =
        match request.Params.Thinking with
        | None
        | Some { Level = ThinkingLevel.Default } -> settings
        | Some thinking ->
            match effort thinking.Level with
            | Some "high" -> settings |> withoutSampling provider request |> add (novaReasoning (Some "high"))
            | effort -> add (novaReasoning effort) settings

    let private withoutThinking provider (request: Request) (settings: ConverseSettings) =
        match request.Params.Thinking with
        | None
        | Some { Level = ThinkingLevel.None | ThinkingLevel.Default } -> settings
        | Some thinking -> warn provider request "thinking" (levelName thinking.Level) settings

    /// The settings of a request.
    let ofRequest (dialect: ConverseDialect) (request: Request) : ConverseSettings =
        let model = dialect.Model request.Model
        let sampled () = common request.Params |> withTopK dialect.Provider request model.TopK

        match model.Thinking with
        | ConverseThinking.Anthropic traits -> ofClaude dialect model traits request
        | ConverseThinking.Unsupported -> sampled () |> withoutThinking dialect.Provider request |> withSeed dialect.Provider request
        | ConverseThinking.Effort -> sampled () |> withEffort dialect.Provider request |> withSeed dialect.Provider request
        | ConverseThinking.Nova -> sampled () |> withNova dialect.Provider request |> withSeed dialect.Provider request
