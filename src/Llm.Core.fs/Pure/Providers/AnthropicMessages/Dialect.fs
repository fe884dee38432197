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

/// How strict tools and formats, which the model cannot but keep to, are asked for.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type AnthropicStrict =
    /// The vendor has none.
    | Absent
    /// Calls that use them go to a path of their own (for a model, and whether the answer is streamed), with these betas.
    | Elsewhere of path: (string -> bool -> string) * betas: string list
    /// Every call may use them, with these betas, and says of each tool whether it is strict.
    | Here of betas: string list
    /// The schema stands in <c>output_config.format</c>, and nothing has to be switched on. What is known of it decides whether a format that
    /// leaves its mode open is strict; a tool is where the caller says so.
    | Configured of known: Support

/// How the tokens of a call are counted beforehand.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type AnthropicCount =
    /// By the call's own body at the call's path followed by <c>/count_tokens</c>.
    | Beside
    /// By the call's own body with the model in it, at this path.
    | At of path: string
    /// By Bedrock's CountTokens, which is given the body of the call.
    | Invocation

/// <summary>What a model takes; what it would refuse is left out with a warning.</summary>
type AnthropicModel =
    {
        /// Thinking is asked for by an effort (<c>thinking.type: adaptive</c>); a token budget is refused. Since Claude Opus 4.7.
        ThinksByEffort: bool
        /// <c>temperature</c> other than 1, <c>top_p</c> and <c>top_k</c> are taken. Not since Claude Opus 4.7.
        TakesSampling: bool
        /// <c>temperature</c> and <c>top_p</c> are taken together. Not since Claude Opus 4.1.
        TakesTemperatureWithTopP: bool
        /// Keeps to schemas to the letter. Since Claude Opus 4.1 and Sonnet 4.5.
        IsStrict: bool
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
    let internal version (name: string) : (int * int) option =
        let isWord (token: string) = token <> "" && Char.IsAsciiLetter token[0]

        let numbers = tokens name |> List.skipWhile (fun token -> token <> "claude") |> List.skipWhile isWord |> List.map number

        match numbers with
        | Some major :: Some minor :: _ -> Some(major, minor)
        | Some major :: _ -> Some(major, 0)
        | _ -> None

    /// Whether a version came before another. Not by `<`, which for pairs starts FSharp.Core's comparers.
    let internal isBefore ((laterMajor, laterMinor): int * int) ((major, minor): int * int) : bool =
        major < laterMajor || (major = laterMajor && minor < laterMinor)

    /// Takes every parameter: models of other makers, and Claudes up to Opus 4. Those are no strict ones.
    let private permissive = { ThinksByEffort = false; TakesSampling = true; TakesTemperatureWithTopP = true; IsStrict = false }

    /// <summary>
    /// What a model takes, by its name. Claudes without a version are taken for new ones. Source: Anthropic's migration guide and
    /// the errors of its API.
    /// </summary>
    /// <example>
    /// <c>(AnthropicModel.ofName "us.anthropic.claude-sonnet-4-5-20250929-v1:0").TakesTemperatureWithTopP</c> evaluates to <c>false</c>.
    /// </example>
    let ofName (name: string) : AnthropicModel =
        match version name with
        | Some found when isBefore (4, 1) found -> permissive
        | Some found when isBefore (4, 7) found -> { permissive with TakesTemperatureWithTopP = false; IsStrict = true }
        | None when tokens name |> List.forall (fun token -> token <> "claude") -> permissive
        | _ -> { ThinksByEffort = true; TakesSampling = false; TakesTemperatureWithTopP = false; IsStrict = true }

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
        /// How strict tools and formats are asked for.
        Strict: AnthropicStrict
        /// The version of the vendor's search of the web, such as <c>web_search_20250305</c>; None where it has none.
        WebSearch: string option
        /// How the vendor counts a call's tokens; None where it does not.
        Count: AnthropicCount option
        /// The path below the base url at which the vendor lists its models; None where it does not.
        ModelsPath: string option
    }

/// The dialects of known vendors.
[<RequireQualifiedAccess>]
module AnthropicDialect =
    /// What a model takes where schemas are kept to the letter since that version only.
    let private strictSince (first: int * int) (name: string) : AnthropicModel =
        let isOlder = AnthropicModel.version name |> Option.exists (AnthropicModel.isBefore first)
        let model = AnthropicModel.ofName name
        { model with IsStrict = model.IsStrict && not isOlder }

    let private betaPath (_: string) (_: bool) = "v1/messages?beta=true"

    let private strictBetas = [ "structured-outputs-2025-11-13" ]

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
            Strict = AnthropicStrict.Elsewhere(betaPath, strictBetas)
            WebSearch = Some "web_search_20250305"
            Count = Some AnthropicCount.Beside
            ModelsPath = Some "v1/models"
        }

    /// <summary>Anthropic with beta features switched on.</summary>
    let beta (betas: string list) : AnthropicDialect =
        { standard with Path = betaPath; Betas = betas; Strict = AnthropicStrict.Here strictBetas }

    /// <summary>
    /// Claude on Google Vertex AI, below <c>https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION</c>.
    /// Source: Vertex AI's pages on Claude models. Schemas are kept to since Claude 4.6, where an organization's policy allows it; by
    /// default it does not, so they are used where the caller asks for them only.
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
            Model = strictSince (4, 6)
            Strict = AnthropicStrict.Configured Support.Unknown
            Count = Some(AnthropicCount.At "publishers/anthropic/models/count-tokens:rawPredict")
            ModelsPath = None
        }

    /// <summary>
    /// Claude on Amazon Bedrock by InvokeModel, below <c>https://bedrock-runtime.REGION.amazonaws.com</c>. Source: Bedrock's page on
    /// Anthropic's messages format, and on structured outputs, which there are since Claude 4.5.
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
            Model = strictSince (4, 5)
            Strict = AnthropicStrict.Configured Support.Yes
            WebSearch = None
            Count = Some AnthropicCount.Invocation
            ModelsPath = None
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: AnthropicDialect) : AnthropicDialect = { dialect with Provider = provider }
