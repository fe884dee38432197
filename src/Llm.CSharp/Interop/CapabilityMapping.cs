// What the core says of a model's features, to the facade.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class CapabilityMapping
{
    public static Capability Of(Core.Registry registry, string modelId, Feature feature)
    {
        FSharpResult<Core.Capability, Core.LlmError> result = Core.CapabilityModule.ofModel(modelId, ToCore(feature), registry);
        return result.IsOk ? ToFacade(result.ResultValue) : throw ErrorMapping.ToException(result.ErrorValue);
    }

    private static Capability ToFacade(Core.Capability capability) => capability switch
    {
        Core.Capability.LeftOut leftOut => new Capability.LeftOut(leftOut.warning),
        Core.Capability.Refused refused => new Capability.Refused(refused.reason, Optional.ToReference(refused.instead)),
        { IsUnsaid: true } => new Capability.Unsaid(),
        _ => new Capability.Supported(),
    };

    private static Core.Feature ToCore(Feature feature) => feature switch
    {
        Feature.Streaming => Core.Feature.Streaming,
        Feature.Tools => Core.Feature.Tools,
        Feature.RequiredTool => Core.Feature.RequiredTool,
        Feature.NamedTool => Core.Feature.NamedTool,
        Feature.NoTool => Core.Feature.NoTool,
        Feature.StrictTools => Core.Feature.StrictTools,
        Feature.WebSearch => Core.Feature.WebSearch,
        Feature.StrictFormat => Core.Feature.StrictFormat,
        Feature.ToolFormat => Core.Feature.ToolFormat,
        Feature.JsonFormat => Core.Feature.JsonFormat,
        Feature.FormatWithTools => Core.Feature.FormatWithTools,
        Feature.Thinking => Core.Feature.Thinking,
        Feature.NoThinking => Core.Feature.NoThinking,
        Feature.ImageBytes => Core.Feature.ImageBytes,
        Feature.ImageUrl => Core.Feature.ImageUrl,
        Feature.AudioBytes => Core.Feature.AudioBytes,
        Feature.DocumentBytes => Core.Feature.DocumentBytes,
        Feature.DocumentText => Core.Feature.DocumentText,
        Feature.DocumentUrl => Core.Feature.DocumentUrl,
        Feature.MaxTokens => Core.Feature.MaxTokens,
        Feature.Temperature => Core.Feature.Temperature,
        Feature.TopP => Core.Feature.TopP,
        Feature.TopK => Core.Feature.TopK,
        Feature.Seed => Core.Feature.Seed,
        Feature.StopSequences => Core.Feature.StopSequences,
        Feature.PromptCaching => Core.Feature.PromptCaching,
        Feature.TokenCounting => Core.Feature.TokenCounting,
        Feature.ModelListing => Core.Feature.ModelListing,
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "There is no such feature."),
    };
}
