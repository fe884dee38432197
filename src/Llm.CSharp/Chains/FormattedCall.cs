// Calls whose answers are values of one type.
using Llm.Interop;

namespace Llm;

/// <summary>A call whose answers are values, made by <c>WithFormat</c>. It never changes.</summary>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
/// <typeparam name="T">What answers become.</typeparam>
/// <example>
/// <code>
/// var recommend = Call.Create("openai/gpt-5", (string genre) => $"Please recommend a book in {genre}.").WithFormat&lt;Book&gt;();
/// Book book = (await recommend.InvokeAsync("fantasy")).Parse();
/// </code>
/// </example>
public sealed class FormattedCall<TInput, T> : Call<TInput, Response<T>>
{
    internal FormattedCall(CallHandle<TInput, Response<T>> handle, Format<T> format)
        : base(handle) => Format = format;

    /// <summary>What answers should look like.</summary>
    public Format<T> Format { get; }

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithModel(Model model) => (FormattedCall<TInput, T>)base.WithModel(model);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithModel(string modelId) => (FormattedCall<TInput, T>)base.WithModel(modelId);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithParams(Params parameters) => (FormattedCall<TInput, T>)base.WithParams(parameters);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithTools(params IEnumerable<Tool> tools) => (FormattedCall<TInput, T>)base.WithTools(tools);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithTools(Toolkit tools) => (FormattedCall<TInput, T>)base.WithTools(tools);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithToolChoice(ToolChoice choice) => (FormattedCall<TInput, T>)base.WithToolChoice(choice);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> Named(string name) => (FormattedCall<TInput, T>)base.Named(name);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithBudget(Budget budget) => (FormattedCall<TInput, T>)base.WithBudget(budget);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> WithTimeProvider(TimeProvider timeProvider) => (FormattedCall<TInput, T>)base.WithTimeProvider(timeProvider);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> Timeout(TimeSpan limit) => (FormattedCall<TInput, T>)base.Timeout(limit);

    /// <inheritdoc/>
    public override FormattedCall<TInput, T> Retry(RetryPolicy? policy = null) => (FormattedCall<TInput, T>)base.Retry(policy);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="input">What the prompt is made from.</param>
    public new StreamResponse<T> Stream(TInput input) => new(base.Stream(input), Format);

    private protected override FormattedCall<TInput, T> Of(CallHandle<TInput, Response<T>> handle) => new(handle, Format);
}
