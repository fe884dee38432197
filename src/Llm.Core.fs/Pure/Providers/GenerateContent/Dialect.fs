// Where vendors of Gemini's generateContent differ, as data: who they are, the path of a call, how a model is told to think, and
// what finish reasons are called where they come as numbers. Read by Encode.fs and Decode.fs.
namespace Llm.Core

open System

/// How a model is told how much to think.
[<RequireQualifiedAccess>]
type ThinkingDial =
    /// That many tokens; 0 turns thinking off, -1 lets the model choose.
    | Budget of tokens: int
    /// One of the API's own levels, such as <c>HIGH</c>.
    | Level of name: string

/// <summary>What a model takes together.</summary>
type GeminiModel =
    {
        /// Structured output, other than by a tool, beside tools. Since Gemini 3.
        FormatsWithTools: bool
        /// The provider's tools beside the caller's. Since Gemini 3.
        MixesTools: bool
        /// Images in answers (ai.google.dev/gemini-api/docs/image-generation): models with "image" in their names.
        DrawsImages: bool
    }

/// Functions on <see cref="T:Llm.Core.GeminiModel"/>.
[<RequireQualifiedAccess>]
module GeminiModel =
    let private earlier = [ "gemini-1"; "gemini-2"; "gemini-flash"; "gemini-pro"; "gemma" ]

    /// <summary>What a model takes, by its name. Names that move from model to model are taken for earlier ones, unknown names for later.</summary>
    /// <example><c>(GeminiModel.ofName "gemini-2.5-flash").FormatsWithTools</c> evaluates to <c>false</c>.</example>
    let ofName (name: string) : GeminiModel =
        let isLater = earlier |> List.forall (fun part -> not (name.Contains(part, StringComparison.Ordinal)))

        {
            FormatsWithTools = isLater
            MixesTools = isLater
            DrawsImages = name.Contains("image", StringComparison.Ordinal)
        }

/// <summary>A vendor's dialect of generateContent.</summary>
[<NoComparison; NoEquality>]
type GenerateContentDialect =
    {
        /// Id of the provider, in errors, warnings and the origin of messages.
        Provider: string
        /// The path below the base url for a model, and whether the answer is to be streamed.
        Path: string -> bool -> string
        /// What a thinking level means for a model, given the limit on output tokens.
        Thinking: string -> int -> ThinkingLevel -> ThinkingDial
        /// What stands for the signature of a tool call that this model never made, where the model refuses calls without one.
        MissingSignature: string -> string option
        /// The names of finish reasons that come as numbers, by those.
        FinishReasons: (int * string) list
        /// What the model of a name takes.
        Model: string -> GeminiModel
        /// Whether a call whose tokens are counted stands in <c>generateContentRequest</c> with the model's name, rather than as it is.
        CountsWrapped: bool
        /// The path below the base url at which the vendor lists its models; None where it does not.
        ModelsPath: string option
    }

/// Functions on <see cref="T:Llm.Core.GenerateContentDialect"/>.
[<RequireQualifiedAccess>]
module GenerateContentDialect =
    let private method (stream: bool) = if stream then "streamGenerateContent?alt=sse" else "generateContent"

    let private escaped (model: string) = String.Join('/', model.Split '/' |> Array.map Uri.EscapeDataString)

    let private isGemini3 (model: string) = model.Contains("gemini-3", StringComparison.Ordinal)

    /// The bounds that Google's guide to thinking gives for a model's budget, and whether thinking can be turned off.
    let private budgetBounds (model: string) : struct (int * int * bool) =
        let named (part: string) = model.Contains(part, StringComparison.Ordinal)

        if named "2.5-pro" then struct (128, 32768, false)
        elif named "2.5-flash-lite" then struct (512, 24576, true)
        elif named "2.5-flash" then struct (0, 24576, true)
        else struct (0, Int32.MaxValue, true)

    let private budget (model: string) (maxTokens: int) (level: ThinkingLevel) : int =
        let struct (least, most, canBeOff) = budgetBounds model

        let tenths (count: int64) = Math.Clamp(int64 maxTokens * count / 10L, int64 least, int64 most) |> int

        match level with
        | ThinkingLevel.None -> if canBeOff then 0 else least
        | ThinkingLevel.Default -> -1
        | ThinkingLevel.Minimal -> tenths 1L
        | ThinkingLevel.Low -> tenths 2L
        | ThinkingLevel.Medium -> tenths 4L
        | ThinkingLevel.High -> tenths 6L
        | ThinkingLevel.Max -> tenths 8L

    let private unspecifiedLevel = "THINKING_LEVEL_UNSPECIFIED"

    let private flashLevel (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Minimal -> "MINIMAL"
        | ThinkingLevel.Default -> unspecifiedLevel
        | ThinkingLevel.Low -> "LOW"
        | ThinkingLevel.Medium -> "MEDIUM"
        | ThinkingLevel.High
        | ThinkingLevel.Max -> "HIGH"

    /// Gemini 3 Pro knows two levels only, and cannot be kept from thinking.
    let private proLevel (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Minimal
        | ThinkingLevel.Low -> "LOW"
        | ThinkingLevel.Default -> unspecifiedLevel
        | ThinkingLevel.Medium
        | ThinkingLevel.High
        | ThinkingLevel.Max -> "HIGH"

    let private thinking (model: string) (maxTokens: int) (level: ThinkingLevel) : ThinkingDial =
        if not (isGemini3 model) then ThinkingDial.Budget(budget model maxTokens level)
        elif model.Contains("-pro", StringComparison.Ordinal) then ThinkingDial.Level(proLevel level)
        else ThinkingDial.Level(flashLevel level)

    /// The value that Google's guide to thought signatures gives for calls that were not made by the model.
    let private missingSignature (model: string) : string option = if isGemini3 model then Some "skip_thought_signature_validator" else None

    /// <summary>The Gemini API of Google AI Studio, below <c>https://generativelanguage.googleapis.com/v1beta</c>.</summary>
    /// <example>
    /// <c>GenerateContentDialect.standard.Path "gemini-2.5-flash" false</c> evaluates to <c>"models/gemini-2.5-flash:generateContent"</c>.
    /// </example>
    let standard: GenerateContentDialect =
        {
            Provider = "google"
            Path =
                fun model stream ->
                    let collection = if model.Contains '/' then "" else "models/"
                    $"{collection}{escaped model}:{method stream}"
            Thinking = thinking
            MissingSignature = missingSignature
            FinishReasons =
                [
                    1, "STOP"
                    2, "MAX_TOKENS"
                    3, "SAFETY"
                    4, "RECITATION"
                    5, "OTHER"
                    6, "LANGUAGE"
                    7, "BLOCKLIST"
                    8, "PROHIBITED_CONTENT"
                    9, "SPII"
                    10, "MALFORMED_FUNCTION_CALL"
                    11, "IMAGE_SAFETY"
                    12, "UNEXPECTED_TOOL_CALL"
                ]
            Model = GeminiModel.ofName
            CountsWrapped = true
            ModelsPath = Some "models"
        }

    /// <summary>
    /// Google's models on Vertex AI, below
    /// <c>https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION</c>. From the sixth finish reason on its
    /// numbers are others.
    /// </summary>
    let vertex: GenerateContentDialect =
        { standard with
            Provider = "vertexai"
            CountsWrapped = false
            ModelsPath = None
            Path =
                fun model stream ->
                    let collection = if model.Contains '/' then "" else "publishers/google/models/"
                    $"{collection}{escaped model}:{method stream}"
            FinishReasons =
                [
                    1, "STOP"
                    2, "MAX_TOKENS"
                    3, "SAFETY"
                    4, "RECITATION"
                    5, "OTHER"
                    6, "BLOCKLIST"
                    7, "PROHIBITED_CONTENT"
                    8, "SPII"
                    9, "MALFORMED_FUNCTION_CALL"
                    10, "MODEL_ARMOR"
                    11, "IMAGE_SAFETY"
                    12, "IMAGE_PROHIBITED_CONTENT"
                    13, "IMAGE_RECITATION"
                    14, "IMAGE_OTHER"
                    15, "UNEXPECTED_TOOL_CALL"
                    16, "NO_IMAGE"
                ]
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: GenerateContentDialect) : GenerateContentDialect =
        { dialect with Provider = provider }
