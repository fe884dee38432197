// A conversation with tools whose answer should be a value. Made by Model<T>.
namespace Llm;

/// <summary>How a conversation with tools came to rest, and its last answer in the format that was asked for.</summary>
/// <typeparam name="T">The values.</typeparam>
/// <example>
/// <code>
/// ToolRun&lt;Book&gt; run = await model.WithTools(tools).WithFormat&lt;Book&gt;().RunToolsAsync("Find me a book.", rounds: 8);
///
/// if (run.Run is ToolRun.Answered)
///     Show(run.Response.Parse());
/// </code>
/// </example>
public sealed record ToolRun<T>
{
    internal ToolRun(ToolRun run, Format<T> format)
    {
        Run = run;
        Response = new(run.Response, format);
    }

    /// <summary>How it came to rest; only where it is <see cref="ToolRun.Answered"/> can the answer be a value.</summary>
    public ToolRun Run { get; }

    /// <summary>The last answer; its messages are the whole conversation.</summary>
    public Response<T> Response { get; }

    /// <summary>What all answers used together; null when the provider has not said.</summary>
    public Usage? Usage => Run.Usage;
}
