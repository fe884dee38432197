// What a model may use for its answers.
namespace Llm;

internal sealed record Uses(Toolkit Tools, IReadOnlyList<ProviderTool> ProviderTools, ToolChoice Choice)
{
    public static readonly Uses None = new(Toolkit.Empty, ValueList<ProviderTool>.Empty, ToolChoice.Auto);
}
