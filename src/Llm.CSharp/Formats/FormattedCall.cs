// A prompt function bundled with the model that answers it with values of one type.
namespace Llm;

/// <summary>A prompt function and the model that answers it with values, made by <c>WithFormat</c>. It never changes.</summary>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
/// <typeparam name="TOutput">What answers become.</typeparam>
/// <example>
/// <code>
/// var recommend = Call.Create("openai/gpt-5", (string genre) => $"Please recommend a book in {genre}.").WithFormat&lt;Book&gt;();
/// Book book = (await recommend.InvokeAsync("fantasy")).Parse();
/// </code>
/// </example>
public sealed class Call<TInput, TOutput>
{
    private readonly Call<TInput> _call;

    internal Call(Call<TInput> call, Format<TOutput> format)
    {
        Model = new(call.Model, format);
        _call = call.WithModel(Model.Plain);
    }

    /// <summary>Who answers.</summary>
    public Model<TOutput> Model { get; }

    /// <summary>What answers should look like.</summary>
    public Format<TOutput> Format => Model.Format;

    /// <summary>The call with another model, and the same tools unless that model has its own; the format stays.</summary>
    /// <param name="model">Who answers.</param>
    public Call<TInput, TOutput> WithModel(Model model) => new(_call.WithModel(model), Format);

    /// <summary>The call with the model of another id, and the same parameters, tools and client.</summary>
    /// <param name="modelId">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    public Call<TInput, TOutput> WithModel(string modelId) => new(_call.WithModel(modelId), Format);

    /// <summary>The call with other parameters.</summary>
    /// <param name="parameters">How to answer.</param>
    public Call<TInput, TOutput> WithParams(Params parameters) => new(_call.WithParams(parameters), Format);

    /// <summary>The call with these tools in place of its own.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public Call<TInput, TOutput> WithTools(params IEnumerable<Tool> tools) => new(_call.WithTools(tools), Format);

    /// <summary>The call with these tools in place of its own.</summary>
    /// <param name="tools">The tools.</param>
    public Call<TInput, TOutput> WithTools(Toolkit tools) => new(_call.WithTools(tools), Format);

    /// <summary>What would be sent for this input, before the format's own instructions.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <exception cref="InvalidRequestException">The prompt has no part.</exception>
    public IReadOnlyList<Message> Messages(TInput input) => _call.Messages(input);

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response<TOutput>> InvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        Model.CallAsync(_call.PromptOf(input), cancellationToken);

    /// <summary>Asks, and gives the answer or the error as a value.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response<TOutput>>> TryInvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        Model.SendAsync(_call.PromptOf(input), cancellationToken);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="input">What the prompt is made from.</param>
    public StreamResponse<TOutput> Stream(TInput input) => new(_call.Stream(input), Format);
}
