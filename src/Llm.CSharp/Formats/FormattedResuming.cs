// Going on after an answer that should be a value: the forms that Response has too, with answers that should be values.
namespace Llm;

public sealed partial record Response<T>
{
    /// <summary>Goes on with the conversation: its messages, and the user's next one.</summary>
    /// <param name="prompt">What the user says next, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response<T>> ResumeAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        new(await Plain.ResumeAsync(prompt, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>As <see cref="ResumeAsync(string, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="text">What the user says next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryResumeAsync(string text, CancellationToken cancellationToken = default) =>
        FormattedAsync(Plain.TryResumeAsync(text, cancellationToken));

    /// <summary>As <see cref="ResumeAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryResumeAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        FormattedAsync(Plain.TryResumeAsync(prompt, cancellationToken));

    /// <summary>As <see cref="ResumeAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default) =>
        FormattedAsync(Plain.TryResumeAsync(content, cancellationToken));

    /// <summary>As <see cref="ResumeAsync(ToolResults, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryResumeAsync(ToolResults results, CancellationToken cancellationToken = default) =>
        FormattedAsync(Plain.TryResumeAsync(results, cancellationToken));

    /// <summary>As <see cref="ResumeAsync(string, CancellationToken)"/>, with the answer as a stream, in which the value shows as it grows.</summary>
    /// <param name="text">What the user says next.</param>
    public StreamResponse<T> ResumeStream(string text) => new(Plain.ResumeStream(text), Format);

    /// <summary>As <see cref="ResumeStream(string)"/>.</summary>
    /// <param name="prompt">What the user says next, as an interpolated string that keeps its parts apart.</param>
    public StreamResponse<T> ResumeStream(PromptText prompt) => new(Plain.ResumeStream(prompt), Format);

    /// <summary>As <see cref="ResumeStream(string)"/>.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    public StreamResponse<T> ResumeStream(IEnumerable<UserPart> content) => new(Plain.ResumeStream(content), Format);

    /// <summary>As <see cref="ResumeStream(string)"/>.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    public StreamResponse<T> ResumeStream(ToolResults results) => new(Plain.ResumeStream(results), Format);

    private async Task<Result<Response<T>>> FormattedAsync(Task<Result<Response>> answering)
    {
        Result<Response> result = await answering.ConfigureAwait(false);
        return result.TryGetValue(out Response? answer, out LlmException? error) ? new Response<T>(answer, Format) : error;
    }
}
