// Whether and which tools a model should call, and the tools that providers run.
namespace Llm;

/// <summary>A tool that the provider runs by itself.</summary>
/// <example><c>new Model("openai/gpt-5").WithProviderTools(ProviderTool.WebSearch)</c></example>
public enum ProviderTool
{
    /// <summary>Search of the web, on the providers that have it.</summary>
    WebSearch,
}

/// <summary>The kinds of choice among tools.</summary>
public enum ToolChoiceKind
{
    /// <summary>As the model sees fit.</summary>
    Auto,

    /// <summary>None, though they are shown to it.</summary>
    None,

    /// <summary>At least one, whichever.</summary>
    Required,

    /// <summary>The one of <see cref="ToolChoice.Name"/>.</summary>
    One,
}

/// <summary>Whether and which tools the model should call.</summary>
/// <example><c>model.WithTools(weather).WithToolChoice(ToolChoice.One("GetWeather"))</c></example>
public sealed record ToolChoice
{
    private ToolChoice(ToolChoiceKind kind, string? name)
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>As the model sees fit.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto, null);

    /// <summary>None, though they are shown to it.</summary>
    public static ToolChoice None { get; } = new(ToolChoiceKind.None, null);

    /// <summary>At least one, whichever.</summary>
    public static ToolChoice Required { get; } = new(ToolChoiceKind.Required, null);

    /// <summary>This one.</summary>
    /// <param name="name">The tool's name.</param>
    public static ToolChoice One(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(ToolChoiceKind.One, name);
    }

    /// <summary>What kind of choice it is.</summary>
    public ToolChoiceKind Kind { get; }

    /// <summary>The tool's name, where one is chosen.</summary>
    public string? Name { get; }
}
