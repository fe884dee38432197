// Where the vendors of Anthropic's messages format differ, and what its models take, as data.
// Read by the encoder and decoder of this folder; knows neither.
namespace Llm.Core

open System

/// Where a setting of the whole call stands.
[<RequireQualifiedAccess>]
type AnthropicPlace =
    /// In a header: <c>anthropic-version</c>, <c>anthropic-beta</c>.
    | Header
    /// In the body: <c>anthropic_version</c>, <c>anthropic_beta</c>.
    | Body

/// <summary>What a model takes; what it would refuse is left out with a warning.</summary>
type AnthropicModel =
    {
        /// Thinking is asked for by an effort (<c>thinking.type: adaptive</c>); a token budget is refused. Since Claude Opus 4.7.
        ThinksByEffort: bool
        /// <c>temperature</c> other than 1, <c>top_p</c> and <c>top_k</c> are taken. Not since Claude Opus 4.7.
        TakesSampling: bool
        /// <c>temperature</c> and <c>top_p</c> are taken together. Not since Claude Opus 4.1.
        TakesTemperatureWithTopP: bool
    }

/// Functions on <see cref="T:Llm.Core.AnthropicModel"/>.
[<RequireQualifiedAccess>]
module AnthropicModel =
    let private number (token: string) =
        match Int32.TryParse token with
        | true, value when token.Length <= 2 -> Some value
        | _ -> None

    let private tokens (name: string) = name.Split('-', '.', '@', '/', ':', '_') |> List.ofArray

    /// The version in a Claude's name, whichever vendor spelled it; dates are no versions.
    let private version (name: string) : (int * int) option =
        let isWord (token: string) = token <> "" && Char.IsAsciiLetter token[0]

        let numbers = tokens name |> List.skipWhile (fun token -> token <> "claude") |> List.skipWhile isWord |> List.map number

        match numbers with
        | Some major :: Some minor :: _ -> Some(major, minor)
        | Some major :: _ -> Some(major, 0)
        | _ -> None

    /// Takes everything: models of other makers, and Claudes up to Opus 4.
    let private permissive = { ThinksByEffort = false; TakesSampling = true; TakesTemperatureWithTopP = true }

    /// <summary>
    /// What a model takes, by its name. Claudes without a version are taken for new ones. Source: Anthropic's migration guide and
    /// the errors of its API.
    /// </summary>
    /// <example>
    /// <c>(AnthropicModel.ofName "us.anthropic.claude-sonnet-4-5-20250929-v1:0").TakesTemperatureWithTopP</c> evaluates to <c>false</c>.
    /// </example>
    let ofName (name: string) : AnthropicModel =
        match version name with
        | Some found when found < (4, 1) -> permissive
        | Some found when found < (4, 7) -> { permissive with TakesTemperatureWithTopP = false }
        | None when not (List.contains "claude" (tokens name)) -> permissive
        | _ -> { ThinksByEffort = true; TakesSampling = false; TakesTemperatureWithTopP = false }

/// <summary>How a vendor of the messages format differs from Anthropic.</summary>
/// <example><c>{ AnthropicDialect.standard with Provider = "mine"; DefaultMaxTokens = 4096 }</c></example>
[<NoComparison; NoEquality>]
type AnthropicDialect =
    {
        /// The provider's id, in errors, warnings and the origin of messages.
        Provider: string
        /// Path and query below the base url, for a model and whether the answer is streamed.
        Path: string -> bool -> string
        /// Whether the body holds <c>model</c> (else it stands in the path).
        ModelInBody: bool
        /// Whether the body holds <c>stream: true</c> (else the path says it).
        StreamInBody: bool
        /// The version of the format, such as <c>2023-06-01</c>.
        Version: string
        /// Where the version stands.
        VersionPlace: AnthropicPlace
        /// Beta features to switch on, such as <c>structured-outputs-2025-11-13</c>.
        Betas: string list
        /// Where they stand.
        BetasPlace: AnthropicPlace
        /// <c>max_tokens</c> where the caller gives none: the format requires it. In tokens.
        DefaultMaxTokens: int
        /// What the model of a name takes.
        Model: string -> AnthropicModel
        /// Whether a stream comes in frames of Amazon's event stream, each holding an event in base64 (else as server-sent events).
        StreamsInFrames: bool
    }

/// The dialects of known vendors.
[<RequireQualifiedAccess>]
module AnthropicDialect =
    /// <summary>Anthropic itself, below <c>https://api.anthropic.com</c>.</summary>
    /// <example><c>AnthropicDialect.standard.Path "claude-sonnet-4-5" true</c> evaluates to <c>"v1/messages"</c>.</example>
    let standard: AnthropicDialect =
        {
            Provider = "anthropic"
            Path = fun _ _ -> "v1/messages"
            ModelInBody = true
            StreamInBody = true
            Version = "2023-06-01"
            VersionPlace = AnthropicPlace.Header
            Betas = []
            BetasPlace = AnthropicPlace.Header
            DefaultMaxTokens = 16000
            Model = AnthropicModel.ofName
            StreamsInFrames = false
        }

    /// <summary>Anthropic with beta features switched on.</summary>
    let beta (betas: string list) : AnthropicDialect = { standard with Path = (fun _ _ -> "v1/messages?beta=true"); Betas = betas }

    /// <summary>
    /// Claude on Google Vertex AI, below <c>https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION</c>.
    /// Source: Vertex AI's page on Claude models.
    /// </summary>
    /// <example>
    /// <c>AnthropicDialect.vertex.Path "claude-3-7-sonnet@20250219" false</c> evaluates to
    /// <c>"publishers/anthropic/models/claude-3-7-sonnet@20250219:rawPredict"</c>.
    /// </example>
    let vertex: AnthropicDialect =
        { standard with
            Provider = "vertexai"
            Path =
                fun model stream ->
                    let verb = if stream then "streamRawPredict" else "rawPredict"
                    // An @ may stand in a path as it is (RFC 3986, 3.3), and Google writes it so.
                    let name = (Uri.EscapeDataString model).Replace("%40", "@")
                    $"publishers/anthropic/models/{name}:{verb}"
            ModelInBody = false
            Version = "vertex-2023-10-16"
            VersionPlace = AnthropicPlace.Body
        }

    /// <summary>
    /// Claude on Amazon Bedrock by InvokeModel, below <c>https://bedrock-runtime.REGION.amazonaws.com</c>. Source: Bedrock's page on
    /// Anthropic's messages format.
    /// </summary>
    /// <example>
    /// <c>AnthropicDialect.bedrock.Path "anthropic.claude-3-haiku-20240307-v1:0" false</c> evaluates to
    /// <c>"model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke"</c>.
    /// </example>
    let bedrock: AnthropicDialect =
        { standard with
            Provider = "bedrock"
            Path =
                fun model stream ->
                    let verb = if stream then "invoke-with-response-stream" else "invoke"
                    $"model/{Uri.EscapeDataString model}/{verb}"
            ModelInBody = false
            StreamInBody = false
            Version = "bedrock-2023-05-31"
            VersionPlace = AnthropicPlace.Body
            BetasPlace = AnthropicPlace.Body
            StreamsInFrames = true
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: AnthropicDialect) : AnthropicDialect = { dialect with Provider = provider }
