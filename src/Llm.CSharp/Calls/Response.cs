// A complete answer with the call around it.
using Llm.Interop;

namespace Llm;

/// <summary>A complete answer. Printing it prints its text.</summary>
/// <example>
/// <code>
/// Response answer = await model.CallAsync("Please recommend a fantasy book");
/// Response reason = await answer.ResumeAsync("Why that one?");
/// </code>
/// </example>
public sealed partial record Response
{
    /// <summary>The model that was asked, with its parameters; it is asked again by <c>ResumeAsync</c>.</summary>
    public required Model Model { get; init; }

    /// <summary>The model id that was asked, such as <c>openai/gpt-5</c>.</summary>
    public string ModelId => Model.Id;

    /// <summary>The parameters of the call.</summary>
    public Params Params => Model.Params;

    /// <summary>The provider's id of the answer.</summary>
    public string? Id { get; init; }

    /// <summary>Id of the provider that was asked.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The wire format that was used.</summary>
    public string Api { get; init; } = "";

    /// <summary>The model that answered, as the provider names it.</summary>
    public string ProviderModel { get; init; } = "";

    /// <summary>The conversation, this answer's message included.</summary>
    public IReadOnlyList<Message> Messages { get; init => field = ValueList.Of(value); } = ValueList<Message>.Empty;

    /// <summary>What the model said.</summary>
    public IReadOnlyList<AssistantPart> Content { get; init => field = ValueList.Of(value); } = ValueList<AssistantPart>.Empty;

    /// <summary>Why it stopped; null where it stopped normally or to call tools.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>What was used; null when the provider has not said.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What was asked for and left out, because the provider does not have it.</summary>
    public IReadOnlyList<Warning> Warnings { get; init => field = ValueList.Of(value); } = ValueList<Warning>.Empty;

    /// <summary>The provider's id of the request, to quote to its support.</summary>
    public string? RequestId { get; init; }

    /// <summary>What is left of the provider's limits.</summary>
    public RateLimits? RateLimits { get; init; }

    /// <summary>The body as it came; null for a stream.</summary>
    public string? RawJson
    {
        get => Raw?.Text;
        init => Raw = value is null ? null : JsonText.Trusted(value);
    }

    /// <summary>The body, which becomes a text when somebody asks for it.</summary>
    internal JsonText? Raw { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was whole.</summary>
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>How long it took, from when it was asked for until it was whole.</summary>
    public TimeSpan Duration => EndedAt - StartedAt;

    /// <summary>What the prompt was made of besides its input, by name, such as answers of other calls.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>The caller's own notes on the prompt, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>The texts of the answer, joined by line breaks.</summary>
    public string Text => Rendering.Text(Content);

    /// <summary>The texts of the answer, in order.</summary>
    public IReadOnlyList<string> Texts => [.. Content.OfType<AssistantText>().Select(part => part.Text)];

    /// <summary>The tool calls of the answer, in order.</summary>
    public IReadOnlyList<ToolCall> ToolCalls => [.. Content.OfType<ToolCall>()];

    /// <summary>The thoughts of the answer, in order.</summary>
    public IReadOnlyList<string> Thoughts => [.. Content.OfType<Thought>().Select(part => part.Text)];

    /// <summary>All parts of the answer as readable text.</summary>
    public string Pretty() => Rendering.Pretty(Content);

    /// <summary>The response as another model will go on with it, with the same tools and format unless that model has its own.</summary>
    /// <param name="model">Who goes on.</param>
    public Response WithModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return this with { Model = model.InPlaceOf(Model) };
    }

    /// <summary>The response as the model of another id will go on with it, with the same parameters and client.</summary>
    /// <param name="modelId">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    /// <example><c>await answer.WithModel("anthropic/claude-sonnet-4-5").ResumeAsync("And what do you think?")</c></example>
    public Response WithModel(string modelId) => this with { Model = Model.WithId(modelId) };

    /// <summary>The answer as one that should be a value, such as that of a stream.</summary>
    /// <typeparam name="T">What it becomes.</typeparam>
    /// <param name="format">What it should look like; going on with it asks for the same.</param>
    /// <example><c>Book book = (await stream.FinishAsync()).WithFormat(Format.For&lt;Book&gt;()).Parse();</c></example>
    public Response<T> WithFormat<T>(Format<T> format) => new(this with { Model = Model.WithFormat(format).Plain }, format);

    /// <summary>
    /// Runs the tools that the answer asks for, all at once; results in the order of the calls. What goes wrong is an output for the model.
    /// Calls of tools that need approval are not run; they are <see cref="ToolResults.Waiting"/>.
    /// </summary>
    /// <param name="cancellationToken">Stops all.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <code>
    /// while (answer.ToolCalls.Count > 0)
    ///     answer = await answer.ResumeAsync(await answer.ExecuteToolsAsync());
    /// </code>
    /// </example>
    public Task<ToolResults> ExecuteToolsAsync(CancellationToken cancellationToken = default) =>
        Model.Tools.ExecuteAsync(ToolCalls, cancellationToken);

    /// <summary>
    /// Runs the tools that the answer asks for and goes on with their outputs until the model answers, at most so many rounds. A call that
    /// fails is the run's end, so that nothing is lost.
    /// </summary>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolRun> RunToolsAsync(int rounds, CancellationToken cancellationToken = default) =>
        ToolRun.GoOnAsync(this, rounds, cancellationToken);

    /// <summary>Goes on with the conversation: its messages, and the user's next one.</summary>
    /// <param name="text">What the user says next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(string text, CancellationToken cancellationToken = default) => ResumeAsync([text], cancellationToken);

    /// <summary>Goes on with the conversation: its messages, and the user's next one, such as the outputs of tools.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default) =>
        Model.CallAsync(Prompt.Of(content).After(Messages), cancellationToken);

    /// <summary>Goes on with the conversation: its messages, and the outputs of its tools.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidRequestException">A call still waits for approval, or there was none.</exception>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(ToolResults results, CancellationToken cancellationToken = default) =>
        Model.CallAsync(Prompt.Of(results).After(Messages), cancellationToken);

    /// <summary>As <see cref="ResumeAsync(string, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="text">What the user says next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(string text, CancellationToken cancellationToken = default) =>
        TryResumeAsync([text], cancellationToken);

    /// <summary>As <see cref="ResumeAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default) =>
        Model.SendAsync(Prompt.Of(content).After(Messages), cancellationToken);

    /// <summary>As <see cref="ResumeAsync(ToolResults, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(ToolResults results, CancellationToken cancellationToken = default) =>
        Model.SendAsync(Prompt.Of(results).After(Messages), cancellationToken);

    /// <summary>As <see cref="ResumeAsync(string, CancellationToken)"/>, with the answer as a stream.</summary>
    /// <param name="text">What the user says next.</param>
    public StreamResponse ResumeStream(string text) => ResumeStream([text]);

    /// <summary>As <see cref="ResumeAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the answer as a stream.</summary>
    /// <param name="content">What the user says next; at least one part.</param>
    public StreamResponse ResumeStream(IEnumerable<UserPart> content) => Model.Open(Prompt.Of(content).After(Messages));

    /// <summary>As <see cref="ResumeAsync(ToolResults, CancellationToken)"/>, with the answer as a stream.</summary>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    public StreamResponse ResumeStream(ToolResults results) => Model.Open(Prompt.Of(results).After(Messages));

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
