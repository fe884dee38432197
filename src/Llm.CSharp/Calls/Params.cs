// What a caller may ask of every provider alike. What one lacks becomes a warning, never an error.
namespace Llm;

/// <summary>How much a model should think; each provider has its own scale for it.</summary>
public enum ThinkingLevel
{
    /// <summary>As the provider does by itself.</summary>
    Default,

    /// <summary>Do not think.</summary>
    None,

    /// <summary>As little as it can.</summary>
    Minimal,

    /// <summary>A little.</summary>
    Low,

    /// <summary>Some.</summary>
    Medium,

    /// <summary>Much.</summary>
    High,

    /// <summary>As much as it can.</summary>
    Max,
}

/// <summary>How a model should think, and what becomes of its thoughts. A level stands for itself.</summary>
/// <param name="Level">How much.</param>
public sealed record Thinking(ThinkingLevel Level)
{
    /// <summary>Whether thoughts are asked for and shown in the response.</summary>
    public bool IncludeThoughts { get; init; }

    /// <summary>Whether thoughts in the history are sent as text instead of in the provider's own form.</summary>
    public bool EncodeThoughtsAsText { get; init; }

    /// <summary>That much thinking, without seeing the thoughts.</summary>
    /// <param name="level">How much.</param>
    public static implicit operator Thinking(ThinkingLevel level) => new(level);
}

/// <summary>Whether the provider is told to cache the prompt, where it has to be told (Anthropic); others cache by themselves.</summary>
public enum PromptCaching
{
    /// <summary>Tools, system message, and, in a conversation that goes on, its last message; for five minutes.</summary>
    Automatic,

    /// <summary>As <see cref="Automatic"/>, for five minutes.</summary>
    FiveMinutes,

    /// <summary>As <see cref="Automatic"/>, for an hour; writing costs more.</summary>
    OneHour,

    /// <summary>Nothing.</summary>
    Off,
}

/// <summary>How spoken audio is encoded.</summary>
public enum AudioFormat
{
    /// <summary>Uncompressed, in a file of its own.</summary>
    Wav,

    /// <summary>MPEG layer 3.</summary>
    Mp3,

    /// <summary>Lossless.</summary>
    Flac,

    /// <summary>Opus.</summary>
    Opus,

    /// <summary>AAC.</summary>
    Aac,

    /// <summary>Samples alone: 16 bits, little end first, 24,000 a second, one channel. What OpenAI can stream.</summary>
    Pcm16,
}

/// <summary>That the answer is to be spoken, beside its transcript.</summary>
/// <param name="Voice">The provider's name of a voice, such as <c>alloy</c>.</param>
/// <param name="Format">How the audio is encoded.</param>
public sealed record Speech(string Voice, AudioFormat Format = AudioFormat.Wav);

/// <summary>Parameters of a call; null leaves the choice to the provider.</summary>
/// <example><c>new Model("openai/gpt-5", new() { MaxTokens = 1000, Thinking = ThinkingLevel.Low })</c></example>
public sealed record Params
{
    /// <summary>Everything left to the provider.</summary>
    public static Params None { get; } = new();

    /// <summary>Randomness, from 0; most providers allow up to 1 or 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>The most tokens to generate, reasoning included.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Nucleus sampling: the probability mass considered, from 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Sampling among the k most probable tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>For answers that repeat, as far as the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts at which generation stops.</summary>
    public IReadOnlyList<string> StopSequences { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <summary>How to think.</summary>
    public Thinking? Thinking { get; init; }

    /// <summary>What the provider is told to cache.</summary>
    public PromptCaching PromptCaching { get; init; }

    /// <summary>Asks for a spoken answer. A model that does not speak is refused.</summary>
    public Speech? Speech { get; init; }

    /// <summary>Asks for images beside text. A model that does not draw is refused.</summary>
    public bool Images { get; init; }
}
