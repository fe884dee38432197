// Tool calls while they stream.
using Llm.Interop;

namespace Llm;

/// <summary>How far a tool call has come with a chunk.</summary>
public sealed class ToolCallProgress
{
    private readonly ProgressHandle _handle;

    internal ToolCallProgress(ProgressHandle handle) => _handle = handle;

    /// <summary>Which part of the answer it is.</summary>
    public int Index => _handle.Index;

    /// <summary>The call's id.</summary>
    public string Id => _handle.Id;

    /// <summary>The tool's name.</summary>
    public string Name => _handle.Name;

    /// <summary>What this chunk adds to the arguments; empty when the call begins or is whole.</summary>
    public string Delta => _handle.Delta;

    /// <summary>The arguments so far, as JSON text that may be cut off anywhere. The text is made when it is asked for.</summary>
    public string Arguments => _handle.Arguments;

    /// <summary>The whole call, with its last chunk; null before.</summary>
    public ToolCall? Whole => _handle.Whole;

    /// <summary>
    /// What is known of the arguments, as those of the type that the tool takes. Once the call is whole it has a
    /// <see cref="Partial{T}.Result"/>: the arguments, or what is wrong with them.
    /// </summary>
    /// <typeparam name="T">What the arguments become.</typeparam>
    /// <example>
    /// <code>
    /// if (call.As&lt;Book&gt;().TryGet(book => book.Title, out string? title)) Show(title);
    /// </code>
    /// </example>
    public Partial<T> As<T>() => _handle.As<T>();

    /// <summary>The name and the arguments so far.</summary>
    public override string ToString() => $"{Name}({Arguments})";
}
