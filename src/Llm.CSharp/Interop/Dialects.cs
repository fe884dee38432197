// The plain dialect of each wire format, under a provider's id.
namespace Llm.Interop;

internal static class Dialects
{
    public static Core.Codec Codec(WireFormat format, string provider) => format switch
    {
        WireFormat.ChatCompletions => Core.ChatCompletions.codec(Core.ChatDialectModule.standard(provider)),
        WireFormat.Responses => Core.OpenAiResponses.codec(Core.ResponsesDialectModule.withProvider(provider, Core.ResponsesDialectModule.standard)),
        WireFormat.AnthropicMessages => Core.AnthropicMessages.codec(Core.AnthropicDialectModule.withProvider(provider, Core.AnthropicDialectModule.standard)),
        WireFormat.GenerateContent => Core.GenerateContent.codec(Core.GenerateContentDialectModule.withProvider(provider, Core.GenerateContentDialectModule.standard)),
        WireFormat.CohereChat => Core.CohereChat.codec(Core.CohereDialectModule.withProvider(provider, Core.CohereDialectModule.standard)),
        WireFormat.OllamaChat => Core.OllamaChat.codec(Core.OllamaDialectModule.withProvider(provider, Core.OllamaDialectModule.standard)),
        WireFormat.BedrockConverse => Core.BedrockConverse.codec(Core.ConverseDialectModule.withProvider(provider, Core.ConverseDialectModule.standard)),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such wire format."),
    };
}
