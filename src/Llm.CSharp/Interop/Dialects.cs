// The plain dialect of each wire format, under a provider's id.
namespace Llm.Interop;

internal static class Dialects
{
    public static Core.Codec Codec(WireFormat format, string provider) => format switch
    {
        WireFormat.ChatCompletions => Core.ChatCompletions.codec(Core.ChatDialectModule.standard(provider)),
        WireFormat.Responses => Core.OpenAiResponses.codec(Responses(Core.ResponsesDialectModule.standard, provider)),
        WireFormat.AnthropicMessages => Core.AnthropicMessages.codec(Anthropic(Core.AnthropicDialectModule.standard, provider)),
        WireFormat.GenerateContent => Core.GenerateContent.codec(Gemini(Core.GenerateContentDialectModule.standard, provider)),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such wire format."),
    };

    private static Core.ResponsesDialect Responses(Core.ResponsesDialect standard, string provider) =>
        new(
            provider,
            standard.Path,
            standard.SystemRole,
            standard.Reasons,
            standard.Effort,
            standard.Store,
            standard.Include,
            standard.Formats,
            standard.WebSearch);

    private static Core.AnthropicDialect Anthropic(Core.AnthropicDialect standard, string provider) =>
        new(
            provider,
            standard.Path,
            standard.ModelInBody,
            standard.StreamInBody,
            standard.Version,
            standard.VersionPlace,
            standard.Betas,
            standard.BetasPlace,
            standard.DefaultMaxTokens,
            standard.Model,
            standard.Strict,
            standard.WebSearch);

    private static Core.GenerateContentDialect Gemini(Core.GenerateContentDialect standard, string provider) =>
        new(
            provider,
            standard.Path,
            standard.Thinking,
            standard.MissingSignature,
            standard.FinishReasons,
            standard.Model);
}
