// A prompt bundled with the model that answers it.
namespace Llm;

/// <summary>Makes calls: a prompt function, bundled with the model that answers it.</summary>
public static class Call
{
    /// <summary>A call whose prompt is a user's text.</summary>
    /// <typeparam name="TInput">What the prompt is made from; a tuple or a record for several things.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to what the user says.</param>
    /// <example>
    /// <code>
    /// var recommend = Call.Create("openai/gpt-5", (string genre) => $"Please recommend a book in {genre}.");
    /// Response answer = await recommend.InvokeAsync("fantasy");
    /// </code>
    /// </example>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, string> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, input => Prompt.Of(prompt(input)));
    }

    /// <summary>A call whose prompt is a user's message of several parts.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to what the user says, part by part.</param>
    /// <example><c>Call.Create(model, (string url) => ["What is this?", Image.FromUrl(url)])</c></example>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, IEnumerable<UserPart>> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, input => Prompt.Of(prompt(input)));
    }

    /// <summary>A call whose prompt is a whole conversation.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to the conversation.</param>
    /// <example>
    /// <c>Call.Create(model, (string genre) => [Message.System("You are a librarian."), Message.User(genre)])</c>
    /// </example>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, IEnumerable<Message>> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, input => Prompt.Of(prompt(input)));
    }

    /// <summary>A call whose prompt is a user's text and needs something from the program, which is handed over at the call.</summary>
    /// <typeparam name="TContext">What the prompt needs.</typeparam>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the context and the input to what the user says.</param>
    /// <example>
    /// <c>Call.CreateWithContext(model, (Library library, string genre) => $"Recommend one of {library.Count} books in {genre}.")</c>
    /// </example>
    public static ContextCall<TContext, TInput> CreateWithContext<TContext, TInput>(Model model, Func<TContext, TInput, string> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, (context, input) => Prompt.Of(prompt(context, input)));
    }

    /// <summary>A call whose prompt is a whole conversation and needs something from the program.</summary>
    /// <typeparam name="TContext">What the prompt needs.</typeparam>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the context and the input to the conversation.</param>
    public static ContextCall<TContext, TInput> CreateWithContext<TContext, TInput>(
        Model model,
        Func<TContext, TInput, IEnumerable<Message>> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, (context, input) => Prompt.Of(prompt(context, input)));
    }
}

/// <summary>A prompt function and the model it asks. It never changes and may be shared by all threads.</summary>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
public sealed class Call<TInput>
{
    private readonly Func<TInput, Prompt> _prompt;

    internal Call(Model model, Func<TInput, Prompt> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _prompt = prompt;
    }

    /// <summary>Who answers.</summary>
    public Model Model { get; }

    /// <summary>The call with another model, and the same tools and format unless that model has its own.</summary>
    /// <param name="model">Who answers.</param>
    public Call<TInput> WithModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model.InPlaceOf(Model), _prompt);
    }

    /// <summary>The call with the model of another id, and the same parameters and client.</summary>
    /// <param name="modelId">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    public Call<TInput> WithModel(string modelId) => new(Model.WithId(modelId), _prompt);

    /// <summary>The call with other parameters.</summary>
    /// <param name="parameters">How to answer.</param>
    public Call<TInput> WithParams(Params parameters) => new(Model.WithParams(parameters), _prompt);

    /// <summary>The call with these tools in place of its own.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public Call<TInput> WithTools(params IEnumerable<Tool> tools) => new(Model.WithTools(tools), _prompt);

    /// <summary>The call with these tools in place of its own.</summary>
    /// <param name="tools">The tools.</param>
    public Call<TInput> WithTools(Toolkit tools) => new(Model.WithTools(tools), _prompt);

    /// <summary>The call with this choice among its tools.</summary>
    /// <param name="choice">Whether and which to call.</param>
    public Call<TInput> WithToolChoice(ToolChoice choice) => new(Model.WithToolChoice(choice), _prompt);

    /// <summary>The call whose answers are values of a type.</summary>
    /// <typeparam name="TOutput">What answers become.</typeparam>
    /// <exception cref="NotSupportedException">The type has no form in JSON.</exception>
    public Call<TInput, TOutput> WithFormat<TOutput>() => WithFormat(Format.For<TOutput>());

    /// <summary>The call whose answers are values.</summary>
    /// <typeparam name="TOutput">What answers become.</typeparam>
    /// <param name="format">What they should look like.</param>
    public Call<TInput, TOutput> WithFormat<TOutput>(Format<TOutput> format) => new(this, format);

    /// <summary>What would be sent for this input.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <exception cref="InvalidRequestException">The prompt has no part.</exception>
    public IReadOnlyList<Message> Messages(TInput input)
    {
        Prompt prompt = _prompt(input);
        return prompt.Error is { } error ? throw error : prompt.Messages;
    }

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response> InvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        Model.CallAsync(_prompt(input), cancellationToken);

    /// <summary>Asks, and gives the answer or the error as a value.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryInvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        Model.SendAsync(_prompt(input), cancellationToken);

    /// <summary>The answer as a stream, which connects when it is first read.</summary>
    /// <param name="input">What the prompt is made from.</param>
    public StreamResponse Stream(TInput input) => Model.Open(_prompt(input));

    internal Prompt PromptOf(TInput input) => _prompt(input);
}
