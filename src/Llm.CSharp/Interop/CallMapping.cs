// What a call is asked with and what comes beside its answer, to the core and back.
namespace Llm.Interop;

internal static class CallMapping
{
    public static Core.Params ToCore(Params parameters) =>
        ReferenceEquals(parameters, Params.None) ? Core.ParamsModule.none : new(
            Optional.ToCore(parameters.Temperature),
            Optional.ToCore(parameters.MaxTokens),
            Optional.ToCore(parameters.TopP),
            Optional.ToCore(parameters.TopK),
            Optional.ToCore(parameters.Seed),
            Lists.ToCore(parameters.StopSequences, stop => Texts.Required(stop, nameof(Params.StopSequences))),
            Optional.ToCore(parameters.Thinking, ToCore),
            ToCore(parameters.PromptCaching),
            Optional.ToCore(parameters.Speech, ToCore),
            parameters.Images);

    public static Params ToFacade(Core.Params parameters) => new()
    {
        Temperature = Optional.ToNullable(parameters.Temperature),
        MaxTokens = Optional.ToNullable(parameters.MaxTokens),
        TopP = Optional.ToNullable(parameters.TopP),
        TopK = Optional.ToNullable(parameters.TopK),
        Seed = Optional.ToNullable(parameters.Seed),
        StopSequences = Lists.ToFacade(parameters.StopSequences, stop => stop),
        Thinking = Optional.ToReference(parameters.Thinking, ToFacade),
        PromptCaching = ToFacade(parameters.PromptCaching),
        Speech = Optional.ToReference(parameters.Speech, ToFacade),
        Images = parameters.Images,
    };

    public static Core.Usage ToCore(Usage usage) =>
        new(
            usage.InputTokens,
            usage.OutputTokens,
            usage.CacheReadTokens,
            usage.CacheWriteTokens,
            usage.ReasoningTokens,
            usage.AudioInputTokens,
            usage.AudioOutputTokens);

    public static Usage ToFacade(Core.Usage usage) => new()
    {
        InputTokens = usage.InputTokens,
        OutputTokens = usage.OutputTokens,
        CacheReadTokens = usage.CacheReadTokens,
        CacheWriteTokens = usage.CacheWriteTokens,
        ReasoningTokens = usage.ReasoningTokens,
        AudioInputTokens = usage.AudioInputTokens,
        AudioOutputTokens = usage.AudioOutputTokens,
    };

    public static Core.FinishReason ToCore(FinishReason reason) => reason.Kind switch
    {
        FinishReasonKind.MaxTokens => Core.FinishReason.MaxTokens,
        FinishReasonKind.Refusal => Core.FinishReason.Refusal,
        FinishReasonKind.ContextLengthExceeded => Core.FinishReason.ContextLengthExceeded,
        _ => Core.FinishReason.NewOther(Texts.Required(reason.Word, nameof(FinishReason.Word))),
    };

    public static FinishReason ToFacade(Core.FinishReason reason) => reason.Tag switch
    {
        Core.FinishReason.Tags.MaxTokens => FinishReason.MaxTokens,
        Core.FinishReason.Tags.Refusal => FinishReason.Refusal,
        Core.FinishReason.Tags.ContextLengthExceeded => FinishReason.ContextLengthExceeded,
        _ => FinishReason.Other(((Core.FinishReason.Other)reason).reason),
    };

    public static Warning ToFacade(Core.Warning warning) => new(warning.Provider, warning.Model, warning.Feature, warning.Message);

    public static RateLimits ToFacade(Core.RateLimits limits) => new(ToFacade(limits.Requests), ToFacade(limits.Tokens));

    private static RateLimit ToFacade(Core.RateLimit limit) =>
        new(Optional.ToNullable(limit.Limit), Optional.ToNullable(limit.Remaining), Optional.ToNullable(limit.Reset));

    private static Core.Thinking ToCore(Thinking thinking) =>
        new(ToCore(thinking.Level), thinking.IncludeThoughts, thinking.EncodeThoughtsAsText);

    private static Thinking ToFacade(Core.Thinking thinking) => new(ToFacade(thinking.Level))
    {
        IncludeThoughts = thinking.IncludeThoughts,
        EncodeThoughtsAsText = thinking.EncodeThoughtsAsText,
    };

    private static Core.ThinkingLevel ToCore(ThinkingLevel level) => level switch
    {
        ThinkingLevel.Default => Core.ThinkingLevel.Default,
        ThinkingLevel.None => Core.ThinkingLevel.None,
        ThinkingLevel.Minimal => Core.ThinkingLevel.Minimal,
        ThinkingLevel.Low => Core.ThinkingLevel.Low,
        ThinkingLevel.Medium => Core.ThinkingLevel.Medium,
        ThinkingLevel.High => Core.ThinkingLevel.High,
        ThinkingLevel.Max => Core.ThinkingLevel.Max,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such level of thinking."),
    };

    private static ThinkingLevel ToFacade(Core.ThinkingLevel level) => level.Tag switch
    {
        Core.ThinkingLevel.Tags.Default => ThinkingLevel.Default,
        Core.ThinkingLevel.Tags.None => ThinkingLevel.None,
        Core.ThinkingLevel.Tags.Minimal => ThinkingLevel.Minimal,
        Core.ThinkingLevel.Tags.Low => ThinkingLevel.Low,
        Core.ThinkingLevel.Tags.Medium => ThinkingLevel.Medium,
        Core.ThinkingLevel.Tags.High => ThinkingLevel.High,
        Core.ThinkingLevel.Tags.Max => ThinkingLevel.Max,
        _ => throw PartMapping.Unknown(level),
    };

    private static Core.Speech ToCore(Speech speech) => new(Texts.Required(speech.Voice, nameof(Speech.Voice)), ToCore(speech.Format));

    private static Speech ToFacade(Core.Speech speech) => new(speech.Voice, ToFacade(speech.Format));

    private static Core.AudioFormat ToCore(AudioFormat format) => format switch
    {
        AudioFormat.Wav => Core.AudioFormat.Wav,
        AudioFormat.Mp3 => Core.AudioFormat.Mp3,
        AudioFormat.Flac => Core.AudioFormat.Flac,
        AudioFormat.Opus => Core.AudioFormat.Opus,
        AudioFormat.Aac => Core.AudioFormat.Aac,
        AudioFormat.Pcm16 => Core.AudioFormat.Pcm16,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format of audio."),
    };

    private static AudioFormat ToFacade(Core.AudioFormat format) => format.Tag switch
    {
        Core.AudioFormat.Tags.Wav => AudioFormat.Wav,
        Core.AudioFormat.Tags.Mp3 => AudioFormat.Mp3,
        Core.AudioFormat.Tags.Flac => AudioFormat.Flac,
        Core.AudioFormat.Tags.Opus => AudioFormat.Opus,
        Core.AudioFormat.Tags.Aac => AudioFormat.Aac,
        Core.AudioFormat.Tags.Pcm16 => AudioFormat.Pcm16,
        _ => throw PartMapping.Unknown(format),
    };

    private static Core.PromptCaching ToCore(PromptCaching caching) => caching switch
    {
        PromptCaching.Automatic => Core.PromptCaching.Automatic,
        PromptCaching.FiveMinutes => Core.PromptCaching.NewFor(Core.CacheLifetime.FiveMinutes),
        PromptCaching.OneHour => Core.PromptCaching.NewFor(Core.CacheLifetime.OneHour),
        PromptCaching.Off => Core.PromptCaching.Off,
        _ => throw new ArgumentOutOfRangeException(nameof(caching), caching, "There is no such way of caching prompts."),
    };

    public static PromptCaching ToFacade(Core.PromptCaching caching) => caching switch
    {
        { IsAutomatic: true } => PromptCaching.Automatic,
        { IsOff: true } => PromptCaching.Off,
        Core.PromptCaching.For { Item.IsOneHour: true } => PromptCaching.OneHour,
        _ => PromptCaching.FiveMinutes,
    };
}
