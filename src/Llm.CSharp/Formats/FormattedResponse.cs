// A complete answer that should be a value.
namespace Llm;

/// <summary>A complete answer that should be a value. Printing it prints its text.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
/// <example>
/// <code>
/// Response&lt;Book&gt; answer = await model.WithFormat&lt;Book&gt;().CallAsync("Please recommend a fantasy book");
/// Book book = answer.Parse();
/// </code>
/// </example>
public sealed partial record Response<T>
{
    internal Response(Response plain, Format<T> format)
    {
        Plain = plain;
        Format = format;
    }

    /// <summary>The answer as text, with the call around it.</summary>
    public Response Plain { get; }

    /// <summary>What it should look like.</summary>
    public Format<T> Format { get; }

    /// <summary>The texts of the answer, joined by line breaks.</summary>
    public string Text => Plain.Text;

    /// <summary>The tool calls of the answer, in order; where there are some, there may be no value yet.</summary>
    public IReadOnlyList<ToolCall> ToolCalls => Plain.ToolCalls;

    /// <summary>The conversation, this answer's message included.</summary>
    public IReadOnlyList<Message> Messages => Plain.Messages;

    /// <summary>Why it stopped; null where it stopped normally or to call tools.</summary>
    public FinishReason? FinishReason => Plain.FinishReason;

    /// <summary>What was used; null when the provider has not said.</summary>
    public Usage? Usage => Plain.Usage;

    /// <summary>What was asked for and left out, because the provider does not have it.</summary>
    public IReadOnlyList<Warning> Warnings => Plain.Warnings;

    /// <summary>The value.</summary>
    /// <exception cref="ParseException">The text is not the value that it should be.</exception>
    public T Parse() => TryParse().Value;

    /// <summary>As <see cref="Parse"/>, with the error as a value.</summary>
    public Result<T> TryParse() => Format.Handle.TryParse(Plain);

    /// <summary>
    /// The value; where the answer is none, tells the model what is wrong and asks again, at most so many times. An answer that calls tools
    /// is not asked for again: they come first.
    /// </summary>
    /// <param name="retries">How many times the model is asked again at most.</param>
    /// <param name="cancellationToken">Cancels a call.</param>
    /// <exception cref="ParseException">No answer is the value that it should be; all are in <see cref="LlmException.Responses"/>.</exception>
    /// <exception cref="LlmException">The model could not be asked again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>Book book = await answer.ValidateAsync(retries: 2);</c></example>
    public async Task<Validated<T>> ValidateAsync(int retries = 1, CancellationToken cancellationToken = default) =>
        (await TryValidateAsync(retries, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>As <see cref="ValidateAsync"/>, with the error as a value.</summary>
    /// <param name="retries">How many times the model is asked again at most.</param>
    /// <param name="cancellationToken">Cancels a call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Result<Validated<T>>> TryValidateAsync(int retries = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        List<Response<T>> responses = [this];

        while (true)
        {
            Response<T> last = responses[^1];

            if (last.TryParse().TryGetValue(out T? value, out LlmException? problem))
                return new Validated<T>(value, ValueList.Of(responses));

            if (responses.Count > retries || last.ToolCalls.Count > 0 || problem is not ParseException wrong)
                return problem.After(responses.Select(response => response.Plain));

            Result<Response> next = await last.Plain.TryResumeAsync(wrong.RetryMessage, cancellationToken).ConfigureAwait(false);

            if (!next.TryGetValue(out Response? answer, out LlmException? error))
                return error.After(responses.Select(response => response.Plain));

            responses.Add(new(answer, Format));
        }
    }

    /// <summary>The answer as text.</summary>
    /// <param name="response">The answer.</param>
    public static implicit operator Response(Response<T> response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Plain;
    }

    /// <summary>Runs the tools that the answer asks for, as <see cref="Response.ExecuteToolsAsync"/> does.</summary>
    /// <param name="cancellationToken">Stops all.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolResults> ExecuteToolsAsync(CancellationToken cancellationToken = default) => Plain.ExecuteToolsAsync(cancellationToken);

    /// <summary>Goes on with the conversation: its messages, and the user's next one.</summary>
    /// <param name="text">What the user says next, such as <see cref="ParseException.RetryMessage"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response<T>> ResumeAsync(string text, CancellationToken cancellationToken = default) =>
        new(await Plain.ResumeAsync(text, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>Goes on with the conversation: its messages, and the user's next one.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response<T>> ResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default) =>
        new(await Plain.ResumeAsync(content, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>Goes on with the conversation: its messages, and the outputs of its tools.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidRequestException">A call still waits for approval, or there was none.</exception>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response<T>> ResumeAsync(ToolResults results, CancellationToken cancellationToken = default) =>
        new(await Plain.ResumeAsync(results, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
