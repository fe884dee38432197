// Which models a provider serves.
using Llm.Interop;

namespace Llm;

public sealed partial record LlmClient
{
    /// <summary>All models that the provider of a prefix serves.</summary>
    /// <param name="prefix">The beginning of its model ids, such as <c>openai/</c>: prefix and id together make a model id.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FeatureNotSupportedException">The provider lists none.</exception>
    /// <exception cref="LlmException">There is no list; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>IReadOnlyList&lt;ModelInfo&gt; models = await LlmClient.Default.ListModelsAsync("openai/", cancellationToken);</c></example>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(string prefix, CancellationToken cancellationToken = default) =>
        (await TryListModelsAsync(prefix, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>As <see cref="ListModelsAsync"/>, with the error as a value.</summary>
    /// <param name="prefix">The beginning of its model ids, such as <c>openai/</c>.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<IReadOnlyList<ModelInfo>>> TryListModelsAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return ModelListing.ListAsync(this, prefix, cancellationToken);
    }
}
