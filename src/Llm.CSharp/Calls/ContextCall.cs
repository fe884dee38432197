// A prompt that needs something from the program, bundled with its model and tools that need the same.
namespace Llm;

/// <summary>
/// A prompt function with a context, the model it asks, and tools for that context, made by <see cref="Call.CreateWithContext{TContext, TInput}(Model, Func{TContext, TInput, string})"/>.
/// The context is handed over at the call: to the prompt, and to the tools that the answer calls. It never changes.
/// </summary>
/// <typeparam name="TContext">What prompt and tools need from the program.</typeparam>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
/// <example>
/// <code>
/// var recommend = Call
///     .CreateWithContext(model, (Library library, string genre) => $"Recommend one of {library.Count} books in {genre}.")
///     .WithTools(getBook, Tool.Create(GetWeather));
///
/// Response answer = await recommend.InvokeAsync(library, "fantasy");
/// </code>
/// </example>
public sealed class ContextCall<TContext, TInput>
{
    private readonly Func<TContext, TInput, Prompt> _prompt;
    private readonly Toolkit<TContext>? _tools;

    internal ContextCall(Model model, Func<TContext, TInput, Prompt> prompt, Toolkit<TContext>? tools = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _prompt = prompt;
        _tools = tools;
    }

    /// <summary>Who answers.</summary>
    public Model Model { get; }

    /// <summary>The call with another model.</summary>
    /// <param name="model">Who answers.</param>
    public ContextCall<TContext, TInput> WithModel(Model model) => new(model, _prompt, _tools);

    /// <summary>The call with another model, with nothing special: all is left to the provider, and the client is the default one.</summary>
    /// <param name="modelId">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    public ContextCall<TContext, TInput> WithModel(string modelId) => WithModel(new Model(modelId));

    /// <summary>The call with other parameters.</summary>
    /// <param name="parameters">How to answer.</param>
    public ContextCall<TContext, TInput> WithParams(Params parameters) => WithModel(Model.WithParams(parameters));

    /// <summary>The call with these tools in place of its own. A plain tool is one among tools that need the context.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public ContextCall<TContext, TInput> WithTools(params IEnumerable<Tool<TContext>> tools) => WithTools(new Toolkit<TContext>(tools));

    /// <summary>The call with these tools in place of its own.</summary>
    /// <param name="tools">The tools.</param>
    public ContextCall<TContext, TInput> WithTools(Toolkit<TContext> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return new(Model, _prompt, tools);
    }

    /// <summary>The call with its context.</summary>
    /// <param name="context">What prompt and tools need.</param>
    public Call<TInput> In(TContext context) =>
        Call.Asking<TInput>(_tools is null ? Model : Model.WithTools(_tools.In(context)), input => _prompt(context, input));

    /// <summary>Asks, and waits for the whole answer, whose tools are run with the context too.</summary>
    /// <param name="context">What prompt and tools need.</param>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response> InvokeAsync(TContext context, TInput input, CancellationToken cancellationToken = default) =>
        In(context).InvokeAsync(input, cancellationToken);

    /// <summary>Asks, and gives the answer or the error as a value.</summary>
    /// <param name="context">What prompt and tools need.</param>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryInvokeAsync(TContext context, TInput input, CancellationToken cancellationToken = default) =>
        In(context).TryInvokeAsync(input, cancellationToken);

    /// <summary>The answer as a stream, which connects when it is first read.</summary>
    /// <param name="context">What prompt and tools need.</param>
    /// <param name="input">What the prompt is made from.</param>
    public StreamResponse Stream(TContext context, TInput input) => In(context).Stream(input);
}
