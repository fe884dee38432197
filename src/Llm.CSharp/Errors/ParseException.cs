// What is wrong with an answer that should be a value.
namespace Llm;

/// <summary>An answer is not the value that it should be. Tell the model, and it may answer again.</summary>
/// <param name="message">What was wrong, and where.</param>
/// <example>
/// <code>
/// try { return answer.Parse(); }
/// catch (ParseException problem) { return (await answer.ResumeAsync(problem.RetryMessage)).Parse(); }
/// </code>
/// </example>
public sealed class ParseException(string message) : LlmException(message)
{
    /// <summary>What to tell the model, so that it answers again.</summary>
    public string RetryMessage { get; init; } = "";

    /// <summary>The answer's text.</summary>
    public string Text { get; init; } = "";
}
