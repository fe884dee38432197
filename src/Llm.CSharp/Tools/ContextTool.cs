// Tools that need something from the program, and how they are given it.
using Llm.Interop;

namespace Llm;

/// <summary>A tool that is run with a context, made by <see cref="Tool.CreateWithContext{TContext}(Delegate, string?, string?)"/>. A <see cref="Tool"/> becomes one by itself.</summary>
/// <typeparam name="TContext">What it needs from the program.</typeparam>
public sealed class Tool<TContext>
{
    internal Tool(ToolHandle<TContext> handle) => Handle = handle;

    /// <summary>What the model calls it.</summary>
    public string Name => Handle.Name;

    /// <summary>What it does and when to use it, for the model.</summary>
    public string Description => Handle.Description;

    /// <summary>The JSON Schema of its arguments, as text; the context is none of them.</summary>
    public string Parameters => Handle.Parameters;

    /// <summary>Whether the provider is held to the schema to the letter; null leaves it to the provider's own default.</summary>
    public bool? IsStrict => Handle.IsStrict;

    /// <summary>Whether a call waits until somebody approves it.</summary>
    public bool NeedsApproval => Handle.NeedsApproval;

    internal ToolHandle<TContext> Handle { get; }

    /// <summary>A tool that needs no context, among tools that do.</summary>
    /// <param name="tool">The tool.</param>
    public static implicit operator Tool<TContext>(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new(tool.Handle.Bind<TContext>(default));
    }

    /// <summary>The tool under another name.</summary>
    /// <param name="name">The name.</param>
    public Tool<TContext> WithName(string name) => new(Handle.WithName(name));

    /// <summary>The tool with another description.</summary>
    /// <param name="description">What it does and when to use it.</param>
    public Tool<TContext> WithDescription(string description) => new(Handle.WithDescription(description));

    /// <summary>The tool, with the provider held to its schema to the letter or not.</summary>
    /// <param name="isStrict">Whether it is.</param>
    public Tool<TContext> WithStrict(bool isStrict) => new(Handle.WithStrict(isStrict));

    /// <summary>The tool, each of whose calls waits until somebody approves it.</summary>
    public Tool<TContext> RequiringApproval() => new(Handle.WithApproval());

    /// <summary>The tool with its context.</summary>
    /// <param name="context">What it needs.</param>
    public Tool In(TContext context) => new(Handle.Bind<NoContext>(context));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>Tools with names of their own, for one kind of context.</summary>
/// <typeparam name="TContext">What they need from the program.</typeparam>
/// <example>
/// <code>
/// var tools = new Toolkit&lt;Library&gt;(getBook, Tool.Create(GetWeather));
/// Response answer = await model.WithTools(tools.In(library)).CallAsync("Which books are there?");
/// </code>
/// </example>
public sealed class Toolkit<TContext>
{
    /// <summary>The tools together.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public Toolkit(params IEnumerable<Tool<TContext>> tools)
    {
        Tools = ValueList.Of(tools);
        ToolkitHandle.Checked([.. Tools.Select(tool => tool.Handle)]);
    }

    /// <summary>The tools, in the order in which they were given.</summary>
    public IReadOnlyList<Tool<TContext>> Tools { get; }

    /// <summary>The tools with their context.</summary>
    /// <param name="context">What they need.</param>
    public Toolkit In(TContext context) => new(Tools.Select(tool => tool.In(context)));
}
