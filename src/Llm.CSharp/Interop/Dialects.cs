// The plain dialect of each wire format, under a provider's id.
namespace Llm.Interop;

internal static class Dialects
{
    public static Core.AnthropicDialect Anthropic(string provider)
    {
        Core.AnthropicDialect standard = Core.AnthropicDialectModule.standard;

        return new(
            provider,
            standard.Path,
            standard.ModelInBody,
            standard.StreamInBody,
            standard.Version,
            standard.VersionPlace,
            standard.Betas,
            standard.BetasPlace,
            standard.DefaultMaxTokens,
            standard.Model);
    }
}
