// Calls whose answer is what one model says: those that can be given a format by its type alone.
using Llm.Interop;

namespace Llm;

/// <summary>A prompt function and the model that it asks. It never changes and may be shared by all threads.</summary>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
/// <example>
/// <code>
/// var recommend = Call.Create("openai/gpt-5", (string genre) => $"Please recommend a book in {genre}.").WithFormat&lt;Book&gt;();
/// Book book = (await recommend.InvokeAsync("fantasy")).Parse();
/// </code>
/// </example>
public sealed class Call<TInput> : Call<TInput, Response>
{
    internal Call(CallHandle<TInput, Response> handle)
        : base(handle)
    {
    }

    /// <summary>The call whose answers are values of a type.</summary>
    /// <typeparam name="TOutput">What answers become.</typeparam>
    /// <exception cref="NotSupportedException">The type has no form in JSON.</exception>
    public FormattedCall<TInput, TOutput> WithFormat<TOutput>() => this.WithFormat(Format.For<TOutput>());

    /// <inheritdoc/>
    public override Call<TInput> WithModel(Model model) => (Call<TInput>)base.WithModel(model);

    /// <inheritdoc/>
    public override Call<TInput> WithModel(string modelId) => (Call<TInput>)base.WithModel(modelId);

    /// <inheritdoc/>
    public override Call<TInput> WithParams(Params parameters) => (Call<TInput>)base.WithParams(parameters);

    /// <inheritdoc/>
    public override Call<TInput> WithTools(params IEnumerable<Tool> tools) => (Call<TInput>)base.WithTools(tools);

    /// <inheritdoc/>
    public override Call<TInput> WithTools(Toolkit tools) => (Call<TInput>)base.WithTools(tools);

    /// <inheritdoc/>
    public override Call<TInput> WithToolChoice(ToolChoice choice) => (Call<TInput>)base.WithToolChoice(choice);

    /// <inheritdoc/>
    public override Call<TInput> Named(string name) => (Call<TInput>)base.Named(name);

    /// <inheritdoc/>
    public override Call<TInput> WithBudget(Budget budget) => (Call<TInput>)base.WithBudget(budget);

    /// <inheritdoc/>
    public override Call<TInput> WithTimeProvider(TimeProvider timeProvider) => (Call<TInput>)base.WithTimeProvider(timeProvider);

    /// <inheritdoc/>
    public override Call<TInput> Timeout(TimeSpan limit) => (Call<TInput>)base.Timeout(limit);

    /// <inheritdoc/>
    public override Call<TInput> Retry(RetryPolicy? policy = null) => (Call<TInput>)base.Retry(policy);

    private protected override Call<TInput> Of(CallHandle<TInput, Response> handle) => new(handle);
}
