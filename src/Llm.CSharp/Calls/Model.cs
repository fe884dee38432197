// A model id with its parameters: what calls start from.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A model with its parameters and what calls need from the outside. It never changes and may be shared by all threads. A model id stands
/// for the model of that id.
/// </summary>
/// <example>
/// <code>
/// var model = new Model("openai/gpt-5", new() { Temperature = 1 });
/// Response answer = await model.CallAsync("Please recommend a fantasy book", cancellationToken);
/// </code>
/// </example>
public sealed partial class Model
{
    private readonly Engine _engine;

    /// <summary>
    /// The model of an id. Whether a provider serves it is known at the call, for it depends on the client.
    /// </summary>
    /// <param name="id">Such as <c>openai/gpt-5</c>.</param>
    /// <param name="parameters">How to answer; all is left to the provider where it is not given.</param>
    /// <param name="client">What calls use besides; <see cref="LlmClient.Default"/> where it is not given.</param>
    public Model(string id, Params? parameters = null, LlmClient? client = null)
        : this(id, parameters ?? Params.None, client ?? LlmClient.Default, Uses.None)
    {
    }

    private Model(string id, Params parameters, LlmClient client, Uses uses)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(client);
        Id = id;
        Params = parameters;
        Client = client;
        Uses = uses;
        _engine = new Engine(this);
    }

    /// <summary>Such as <c>openai/gpt-5</c>.</summary>
    public string Id { get; }

    /// <summary>How to answer.</summary>
    public Params Params { get; }

    /// <summary>What calls use besides.</summary>
    public LlmClient Client { get; }

    /// <summary>The tools that it may ask to be called.</summary>
    public Toolkit Tools => Uses.Tools;

    /// <summary>The tools that the provider may run by itself.</summary>
    public IReadOnlyList<ProviderTool> ProviderTools => Uses.ProviderTools;

    /// <summary>Whether and which tools it should call.</summary>
    public ToolChoice ToolChoice => Uses.Choice;

    internal Uses Uses { get; }

    internal Engine Engine => _engine;

    /// <summary>The model of an id, with nothing special: all is left to the provider, and the client is the default one.</summary>
    /// <param name="id">Such as <c>openai/gpt-5</c>.</param>
    public static implicit operator Model(string id) => new(id);

    /// <summary>
    /// Lets a model take the place of every other until the result is disposed of: see <see cref="Use(Model)"/>. Calls keep their client.
    /// </summary>
    /// <param name="id">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    /// <param name="parameters">How to answer; they replace all parameters of the calls. All is left to the provider where they are not given.</param>
    /// <example>
    /// <code>
    /// using (Model.Use("anthropic/claude-sonnet-4-5", new() { MaxTokens = 500 }))
    ///     await recommend.InvokeAsync("fantasy");
    /// </code>
    /// </example>
    public static IDisposable Use(string id, Params? parameters = null) => Use(new Model(id, parameters));

    /// <summary>
    /// Lets a model take the place of every other until the result is disposed of: for calls, streams and resumed conversations of this flow of
    /// execution, and of what it starts, in parallel too; a caller never sees what a callee has put in place. Scopes nest: the innermost
    /// counts. A call takes the model in force at the moment at which it is made, and keeps it, however late its stream is read. The model's id
    /// and all its parameters replace those of the call; its client does too, unless it is the default one; the call keeps its tools and format.
    /// </summary>
    /// <param name="model">Who answers instead.</param>
    public static IDisposable Use(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Overriding.Enter(model);
    }

    /// <summary>Another model, with the same parameters and the same client.</summary>
    /// <param name="id">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    public Model WithId(string id) => new(id, Params, Client, Uses);

    /// <summary>The model with these parameters in place of its own.</summary>
    /// <param name="parameters">How to answer.</param>
    /// <example><c>model.WithParams(model.Params with { MaxTokens = 100 })</c></example>
    public Model WithParams(Params parameters) => new(Id, parameters, Client, Uses);

    /// <summary>The model with this client in place of its own.</summary>
    /// <param name="client">What calls use besides.</param>
    public Model WithClient(LlmClient client) => new(Id, Params, client, Uses);

    /// <summary>The model with these tools in place of its own.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    /// <example><c>model.WithTools(Tool.Create(GetWeather), Tool.Create(GetTime))</c></example>
    public Model WithTools(params IEnumerable<Tool> tools) => WithTools(new Toolkit(tools));

    /// <summary>The model with these tools in place of its own.</summary>
    /// <param name="tools">The tools.</param>
    public Model WithTools(Toolkit tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return WithUses(Uses with { Tools = tools });
    }

    /// <summary>The model with these tools of the provider in place of its own.</summary>
    /// <param name="tools">Tools that the provider runs.</param>
    /// <example><c>model.WithProviderTools(ProviderTool.WebSearch)</c></example>
    public Model WithProviderTools(params IEnumerable<ProviderTool> tools) => WithUses(Uses with { ProviderTools = ValueList.Of(tools) });

    /// <summary>The model with this choice among its tools.</summary>
    /// <param name="choice">Whether and which to call.</param>
    public Model WithToolChoice(ToolChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return WithUses(Uses with { Choice = choice });
    }

    /// <summary>The model whose answers are values of a type.</summary>
    /// <typeparam name="T">What answers become.</typeparam>
    /// <exception cref="NotSupportedException">The type has no form in JSON.</exception>
    /// <example><c>Book book = (await model.WithFormat&lt;Book&gt;().CallAsync("Recommend a book")).Parse();</c></example>
    public Model<T> WithFormat<T>() => WithFormat(Format.For<T>());

    /// <summary>The model whose answers are values.</summary>
    /// <typeparam name="T">What answers become.</typeparam>
    /// <param name="format">What they should look like.</param>
    public Model<T> WithFormat<T>(Format<T> format) => new(this, format);

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response> CallAsync(string prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>await model.CallAsync(["What is this?", Image.FromUrl("https://example.com/cat.png")], cancellationToken)</c></example>
    public Task<Response> CallAsync(IEnumerable<UserPart> prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response> CallAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(messages), cancellationToken);

    /// <summary>As <see cref="CallAsync(string, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryCallAsync(string prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryCallAsync(IEnumerable<UserPart> prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(IEnumerable{Message}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryCallAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(messages), cancellationToken);

    /// <summary>
    /// Asks the model, runs the tools that it calls, all of an answer at once, and goes on with their outputs until it answers: at most so
    /// many rounds. A tool that fails does not end it, for its failure is an output; a later call that fails is the run's end.
    /// </summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>ToolRun run = await model.WithTools(tools).RunToolsAsync("How is the weather in Oslo?", rounds: 8);</c></example>
    public Task<ToolRun> RunToolsAsync(string prompt, int rounds, CancellationToken cancellationToken = default) =>
        RunToolsAsync(Prompt.Of(prompt), rounds, cancellationToken);

    /// <summary>As <see cref="RunToolsAsync(string, int, CancellationToken)"/>.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolRun> RunToolsAsync(IEnumerable<Message> messages, int rounds, CancellationToken cancellationToken = default) =>
        RunToolsAsync(Prompt.Of(messages), rounds, cancellationToken);

    /// <summary>Goes on with a conversation whose last answer called tools, such as one that was stored, once all results are there.</summary>
    /// <param name="messages">The conversation; the answer that called tools is its last message.</param>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="InvalidRequestException">A call still waits for approval, or there was none.</exception>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <code>
    /// ToolResults results = ToolResults.FromJson(storedResults);
    /// results = results.Settle(await tools.ApproveAsync(results.Waiting[0]));
    /// run = await model.WithTools(tools).RunToolsAsync(Conversation.FromJson(storedMessages), results, rounds: 8);
    /// </code>
    /// </example>
    public Task<ToolRun> RunToolsAsync(
        IEnumerable<Message> messages,
        ToolResults results,
        int rounds,
        CancellationToken cancellationToken = default) =>
        RunToolsAsync(Prompt.Of(results).After(messages), rounds, cancellationToken);

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="prompt">What the user says.</param>
    public StreamResponse Stream(string prompt) => Open(Prompt.Of(prompt));

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    public StreamResponse Stream(IEnumerable<UserPart> prompt) => Open(Prompt.Of(prompt));

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="messages">The conversation so far.</param>
    public StreamResponse Stream(IEnumerable<Message> messages) => Open(Prompt.Of(messages));

    /// <summary>
    /// A history as this model will understand it, and what it will not be told: what only its author understands, and what this model's provider
    /// has no form for. Texts, tool calls and transcripts always stay. Calls do it by themselves; the losses are among their warnings.
    /// </summary>
    /// <param name="history">The messages; at least one.</param>
    /// <exception cref="LlmException">No provider serves the model, or the history cannot be sent at all.</exception>
    public Adapted Adapt(IEnumerable<Message> history) => TryAdapt(history).Value;

    /// <summary>As <see cref="Adapt"/>, with the error as a value.</summary>
    /// <param name="history">The messages; at least one.</param>
    public Result<Adapted> TryAdapt(IEnumerable<Message> history) => _engine.Adapt(ValueList.Of(history));

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    internal Task<Response> CallAsync(Prompt prompt, CancellationToken cancellationToken, Dropping? dropping = null)
    {
        if (prompt.Error is { } error)
            return Task.FromException<Response>(error);

        Model inForce = Overriding.InForce(this);
        return inForce._engine.CallAsync(inForce, prompt.Messages, dropping, cancellationToken);
    }

    private async Task<ToolRun> RunToolsAsync(Prompt prompt, int rounds, CancellationToken cancellationToken) =>
        await ToolRun.GoOnAsync(await CallAsync(prompt, cancellationToken).ConfigureAwait(false), rounds, cancellationToken).ConfigureAwait(false);

    internal Task<Result<Response>> SendAsync(Prompt prompt, CancellationToken cancellationToken, Dropping? dropping = null)
    {
        if (prompt.Error is { } error)
            return Task.FromResult<Result<Response>>(error);

        Model inForce = Overriding.InForce(this);
        return inForce._engine.TryCallAsync(inForce, prompt.Messages, dropping, cancellationToken);
    }

    internal Model As(string id, Params parameters, LlmClient client) => new(id, parameters, client, Uses);

    internal Model WithUses(Uses uses) => new(Id, Params, Client, uses);

    /// <summary>The model, with the tools and the format of another where it has none of its own.</summary>
    internal Model InPlaceOf(Model other) => WithUses(Uses.Or(other.Uses));

    internal StreamResponse Open(Prompt prompt, Dropping? dropping = null)
    {
        Model inForce = Overriding.InForce(this);
        return new(inForce._engine.Stream(inForce, prompt, dropping));
    }
}
