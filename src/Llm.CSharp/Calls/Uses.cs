// What a model may use for its answers, and what they should look like.
using Llm.Interop;

namespace Llm;

internal sealed record Uses(Toolkit Tools, IReadOnlyList<ProviderTool> ProviderTools, ToolChoice Choice, OutputHandle? Output)
{
    public static readonly Uses None = new(Toolkit.Empty, ValueList<ProviderTool>.Empty, ToolChoice.Auto, null);

    /// <summary>These, with what another has where these have nothing: tools with the choice among them, and the format.</summary>
    public Uses Or(Uses other)
    {
        Uses tools = this with { Output = null } == None ? other : this;
        return tools with { Output = Output ?? other.Output };
    }
}
