// What a caller may ask of every provider alike. What one lacks becomes a warning, never an error.
namespace Llm.Core

open System

/// How much a model should think; each provider's own scale is in its dialect.
[<RequireQualifiedAccess>]
type ThinkingLevel =
    /// Do not think.
    | None
    /// As the provider does by itself.
    | Default
    /// As little as it can.
    | Minimal
    /// A little.
    | Low
    /// Some.
    | Medium
    /// Much.
    | High
    /// As much as it can.
    | Max

/// How a model should think, and what becomes of its thoughts.
type Thinking =
    {
        /// How much.
        Level: ThinkingLevel
        /// Whether thoughts are asked for and shown in the response.
        IncludeThoughts: bool
        /// Whether thoughts in the history are sent as text instead of in the provider's own form.
        EncodeThoughtsAsText: bool
    }

/// Functions on <see cref="T:Llm.Core.Thinking"/>.
[<RequireQualifiedAccess>]
module Thinking =
    /// <summary>Thinking so much; thoughts are neither asked for nor sent as text.</summary>
    /// <example><c>{ Params.none with Thinking = Some(Thinking.ofLevel ThinkingLevel.High) }</c></example>
    let ofLevel (level: ThinkingLevel) : Thinking = { Level = level; IncludeThoughts = false; EncodeThoughtsAsText = false }

/// How long a provider keeps a cached prompt.
[<RequireQualifiedAccess>]
type CacheLifetime =
    /// Five minutes from the last use.
    | FiveMinutes
    /// An hour; writing costs more.
    | OneHour

/// <summary>Whether the provider is told to cache the prompt, where it has to be told (Anthropic, Converse); others cache by themselves.</summary>
[<RequireQualifiedAccess>]
type PromptCaching =
    /// Tools, system message, and, in a conversation that goes on, its last message; for five minutes.
    | Automatic
    /// As <c>Automatic</c>, for that long.
    | For of CacheLifetime
    /// Nothing.
    | Off

/// <summary>How spoken audio is encoded.</summary>
[<RequireQualifiedAccess>]
type AudioFormat =
    /// Uncompressed, in a file of its own.
    | Wav
    /// MPEG layer 3.
    | Mp3
    /// Lossless.
    | Flac
    /// Opus.
    | Opus
    /// AAC.
    | Aac
    /// Samples alone: 16 bits, little end first, 24,000 a second, one channel. What OpenAI can stream.
    | Pcm16

/// Functions on <see cref="T:Llm.Core.AudioFormat"/>.
[<RequireQualifiedAccess>]
module AudioFormat =
    /// <summary>The name that OpenAI has for it.</summary>
    /// <example><c>AudioFormat.name AudioFormat.Pcm16</c> evaluates to <c>"pcm16"</c>.</example>
    let name (format: AudioFormat) : string =
        match format with
        | AudioFormat.Wav -> "wav"
        | AudioFormat.Mp3 -> "mp3"
        | AudioFormat.Flac -> "flac"
        | AudioFormat.Opus -> "opus"
        | AudioFormat.Aac -> "aac"
        | AudioFormat.Pcm16 -> "pcm16"

/// <summary>That the answer is to be spoken, beside its transcript.</summary>
type Speech =
    {
        /// The provider's name of a voice, such as <c>alloy</c>.
        Voice: string
        /// How the audio is encoded.
        Format: AudioFormat
    }

/// <summary>Parameters of a call; None leaves the choice to the provider.</summary>
/// <example><c>{ Params.none with Temperature = Some 1.0 }</c></example>
type Params =
    {
        /// Randomness, from 0; most providers allow up to 1 or 2.
        Temperature: float option
        /// The most tokens to generate, reasoning included.
        MaxTokens: int option
        /// Nucleus sampling: the probability mass considered, from 0 to 1.
        TopP: float option
        /// Sampling among the k most probable tokens.
        TopK: int option
        /// For answers that repeat, as far as the provider can.
        Seed: int64 option
        /// Texts at which generation stops.
        StopSequences: string list
        /// How to think.
        Thinking: Thinking option
        /// What the provider is told to cache.
        PromptCaching: PromptCaching
        /// Asks for a spoken answer. A model that does not speak is refused.
        Speech: Speech option
        /// Asks for images beside text. A model that does not draw is refused.
        Images: bool
    }

/// Functions on <see cref="T:Llm.Core.Params"/>.
[<RequireQualifiedAccess>]
module Params =
    /// Everything left to the provider.
    let none: Params =
        {
            Temperature = None
            MaxTokens = None
            TopP = None
            TopK = None
            Seed = None
            StopSequences = []
            Thinking = None
            PromptCaching = PromptCaching.Automatic
            Speech = None
            Images = false
        }

    /// Thoughts are shown unless the caller asked not to see them.
    let internal showsThoughts (parameters: Params) = parameters.Thinking |> Option.forall (fun thinking -> thinking.IncludeThoughts)

    /// Whether thoughts in the history go out as text.
    let internal encodesThoughtsAsText (parameters: Params) =
        parameters.Thinking |> Option.exists (fun thinking -> thinking.EncodeThoughtsAsText)

    /// <summary>The parameters, when no provider could only refuse them; else <c>InvalidRequest</c> with the name of the field.</summary>
    /// <example>
    /// <c>Params.validate { Params.none with MaxTokens = Some 0 }</c> evaluates to
    /// <c>Error (LlmError.InvalidRequest("params.MaxTokens", "0 is not a positive number"))</c>.
    /// </example>
    let validate (parameters: Params) : Result<Params, LlmError> =
        let refuse name reason = Error(LlmError.InvalidRequest($"params.{name}", reason))

        let outside low high value = Double.IsNaN value || value < low || value > high

        match parameters with
        | { Temperature = Some value } when outside 0.0 Double.MaxValue value ->
            refuse "Temperature" $"{value} is not a finite number from 0"
        | { MaxTokens = Some value } when value < 1 -> refuse "MaxTokens" $"{value} is not a positive number"
        | { TopP = Some value } when outside 0.0 1.0 value -> refuse "TopP" $"{value} is not between 0 and 1"
        | { TopK = Some value } when value < 1 -> refuse "TopK" $"{value} is not a positive number"
        | { StopSequences = stops } when List.exists String.IsNullOrEmpty stops -> refuse "StopSequences" "a stop sequence is empty"
        | _ -> Ok parameters
