// Content as text, by the core's rules.
namespace Llm.Interop;

internal static class Rendering
{
    public static string Text(IReadOnlyList<AssistantPart> content) =>
        content is [AssistantText only] ? only.Text : Core.Content.text(Lists.ToCore(content, PartMapping.ToCore));

    public static string Pretty(IReadOnlyList<AssistantPart> content) =>
        Core.Content.pretty(Lists.ToCore(content, PartMapping.ToCore));
}
