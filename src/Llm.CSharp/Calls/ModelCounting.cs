// Counting the tokens of a call before it is made.
namespace Llm;

public sealed partial class Model
{
    /// <summary>How many tokens the provider counts in a prompt, with the model's tools and format. No answer is made.</summary>
    /// <param name="prompt">What the user would say.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Tokens of input.</returns>
    /// <exception cref="FeatureNotSupportedException">The provider counts no tokens.</exception>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>long tokens = await new Model("anthropic/claude-sonnet-4-5").CountTokensAsync("Hello", cancellationToken);</c></example>
    public Task<long> CountTokensAsync(string prompt, CancellationToken cancellationToken = default) =>
        CountTokensAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>How many tokens the provider counts in a conversation, with the model's tools and format. No answer is made.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Tokens of input.</returns>
    /// <exception cref="FeatureNotSupportedException">The provider counts no tokens.</exception>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<long> CountTokensAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        CountTokensAsync(Prompt.Of(messages), cancellationToken);

    /// <summary>As <see cref="CountTokensAsync(string, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user would say.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<long>> TryCountTokensAsync(string prompt, CancellationToken cancellationToken = default) =>
        TryCountTokensAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CountTokensAsync(IEnumerable{Message}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<long>> TryCountTokensAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        TryCountTokensAsync(Prompt.Of(messages), cancellationToken);

    private async Task<long> CountTokensAsync(Prompt prompt, CancellationToken cancellationToken) =>
        (await TryCountTokensAsync(prompt, cancellationToken).ConfigureAwait(false)).Value;

    private Task<Result<long>> TryCountTokensAsync(Prompt prompt, CancellationToken cancellationToken) =>
        prompt.Error is { } error
            ? Task.FromResult<Result<long>>(error)
            : _engine.CountTokensAsync(prompt.Messages, cancellationToken);
}
