// Tools: what a model is told of a delegate or method, and the method that is run with what the model asks for.
using System.Reflection;
using Llm.Interop;

namespace Llm;

/// <summary>
/// A method that a model may ask to be called. Its name, its parameters and what is said of them come from the method: names as they are
/// written, descriptions by <see cref="System.ComponentModel.DescriptionAttribute"/> or XML comment, and what has a default may be left
/// out. It may give its result at once, as a <see cref="Task{TResult}"/> or as a <see cref="ValueTask{TResult}"/>; a
/// <see cref="CancellationToken"/> is given to it and never shown to the model. The only parameter of a method, where it is a record or
/// class, stands for its properties.
/// </summary>
/// <example>
/// <code>
/// [Description("The weather in a city.")]
/// static async Task&lt;string&gt; GetWeather([Description("Its name.")] string city, CancellationToken token) => ...;
///
/// Model model = new Model("openai/gpt-5").WithTools(Tool.Create(GetWeather));
/// </code>
/// </example>
public sealed partial class Tool
{
    internal Tool(ToolHandle<NoContext> handle) => Handle = handle;

    /// <summary>What the model calls it: letters, digits, <c>_</c> and <c>-</c>, at most 64 characters.</summary>
    public string Name => Handle.Name;

    /// <summary>What it does and when to use it, for the model.</summary>
    public string Description => Handle.Description;

    /// <summary>The JSON Schema of its arguments, as text.</summary>
    public string Parameters => Handle.Parameters;

    /// <summary>Whether the provider is held to the schema to the letter; null leaves it to the provider's own default.</summary>
    public bool? IsStrict => Handle.IsStrict;

    /// <summary>Whether a call waits until somebody approves it.</summary>
    public bool NeedsApproval => Handle.NeedsApproval;

    internal ToolHandle<NoContext> Handle { get; }

    /// <summary>A tool of a method, a local function or a lambda.</summary>
    /// <param name="method">What is run; written as a method group it gives the name too.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name.</exception>
    /// <exception cref="NotSupportedException">A parameter or the result has no form in JSON.</exception>
    /// <example>
    /// <c>Tool.Create(GetWeather)</c>, <c>Tool.Create((string city) => $"Sun in {city}", "get_weather", "The weather in a city.")</c>
    /// </example>
    public static Tool Create(Delegate method, string? name = null, string? description = null) =>
        new(ToolMaking.Create<NoContext>(method, name, description));

    /// <summary>A tool of a method that was found by reflection.</summary>
    /// <param name="method">What is run.</param>
    /// <param name="target">Whose method it is; null for a static one.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">The method needs a target, or has open type parameters.</exception>
    /// <exception cref="NotSupportedException">A parameter or the result has no form in JSON.</exception>
    public static Tool Create(MethodInfo method, object? target = null, string? name = null, string? description = null) =>
        new(ToolMaking.Create<NoContext>(method, target, name, description));

    /// <summary>
    /// A tool whose parameters of the context's type are given by the program and never shown to the model: of a named method, or of a lambda with
    /// defaults. Of any other lambda the compiler knows the context by itself, and the type is left out.
    /// </summary>
    /// <typeparam name="TContext">What the tool needs from the program, such as a database.</typeparam>
    /// <param name="method">What is run.</param>
    /// <param name="name">The name; that of the method where it is not given.</param>
    /// <param name="description">What it does, for the model; by attribute or XML comment where it is not given.</param>
    /// <exception cref="ArgumentException">A lambda is given without a name, or no parameter is of the context's type.</exception>
    /// <exception cref="NotSupportedException">A parameter or the result has no form in JSON.</exception>
    /// <example><c>Tool.CreateWithContext&lt;Library&gt;(FindBook, "get_book")</c></example>
    public static Tool<TContext> CreateWithContext<TContext>(Delegate method, string? name = null, string? description = null) =>
        new(ToolMaking.Create<TContext>(method, name, description));

    /// <summary>The tool under another name.</summary>
    /// <param name="name">The name.</param>
    public Tool WithName(string name) => new(Handle.WithName(name));

    /// <summary>The tool with another description.</summary>
    /// <param name="description">What it does and when to use it.</param>
    public Tool WithDescription(string description) => new(Handle.WithDescription(description));

    /// <summary>The tool, with the provider held to its schema to the letter or not.</summary>
    /// <param name="isStrict">Whether it is.</param>
    public Tool WithStrict(bool isStrict) => new(Handle.WithStrict(isStrict));

    /// <summary>The tool, each of whose calls waits until somebody approves it.</summary>
    /// <example><c>Tool.Create(DeleteFile).RequiringApproval()</c></example>
    public Tool RequiringApproval() => new(Handle.WithApproval());

    /// <summary>
    /// Runs it, whether or not it needs approval. Wrong arguments and what the method throws are the output of a failure, for the model.
    /// </summary>
    /// <param name="call">What the model asks for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolOutput> RunAsync(ToolCall call, CancellationToken cancellationToken = default) =>
        Handle.RunAsync(default, call, cancellationToken);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
