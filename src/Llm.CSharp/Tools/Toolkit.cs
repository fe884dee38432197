// Tools together: found by name and run, many at once.
using System.Diagnostics.CodeAnalysis;
using Llm.Interop;

namespace Llm;

/// <summary>Tools with names of their own. It never changes and may be shared by all threads.</summary>
/// <example>
/// <code>
/// var tools = new Toolkit(Tool.Create(GetWeather), Tool.Create(DeleteFile).RequiringApproval());
/// Response answer = await model.WithTools(tools).CallAsync("What is the weather in Paris?");
/// </code>
/// </example>
public sealed class Toolkit
{
    /// <summary>The tools together.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public Toolkit(params IEnumerable<Tool> tools)
    {
        Tools = ValueList.Of(tools);
        Handle = Tools.Count == 0 ? ToolkitHandle.Empty : new ToolkitHandle([.. Tools.Select(tool => tool.Handle)]);
    }

    /// <summary>No tools.</summary>
    public static Toolkit Empty { get; } = new([]);

    /// <summary>The tools, in the order in which they were given.</summary>
    public IReadOnlyList<Tool> Tools { get; }

    /// <summary>How many calls run at once.</summary>
    public int Concurrency { get; init; } = 64;

    internal ToolkitHandle Handle { get; }

    /// <summary>The tool of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tool">The tool, where there is one.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out Tool? tool)
    {
        tool = Tools.FirstOrDefault(tool => tool.Name == name);
        return tool is not null;
    }

    /// <summary>
    /// Runs calls at once, except those that wait for approval; results in the order of the calls. A missing tool, wrong arguments and what
    /// a method throws are outputs too, each of its own call.
    /// </summary>
    /// <param name="calls">What the model asks for.</param>
    /// <param name="cancellationToken">Stops all.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolResults> ExecuteAsync(IEnumerable<ToolCall> calls, CancellationToken cancellationToken = default) =>
        Handle.ExecuteAsync(ValueList.Of(calls), Concurrency, cancellationToken);

    /// <summary>Runs a call that was approved.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>results = results.Settle(await tools.ApproveAsync(call));</c></example>
    public Task<ToolOutput> ApproveAsync(ToolCall call, CancellationToken cancellationToken = default) =>
        Handle.ApproveAsync(call, cancellationToken);

    /// <summary>The output of a call that was not approved, which tells the model why.</summary>
    /// <param name="call">The call.</param>
    /// <param name="reason">Why.</param>
    /// <example><c>results = results.Settle(Toolkit.Reject(call, "Nothing is deleted today."));</c></example>
    public static ToolOutput Reject(ToolCall call, string reason) => ToolkitHandle.Reject(call, reason);
}
