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
public sealed class Model
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

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="prompt">What the user says.</param>
    public StreamResponse Stream(string prompt) => Open(Prompt.Of(prompt));

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    public StreamResponse Stream(IEnumerable<UserPart> prompt) => Open(Prompt.Of(prompt));

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="messages">The conversation so far.</param>
    public StreamResponse Stream(IEnumerable<Message> messages) => Open(Prompt.Of(messages));

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    internal async Task<Response> CallAsync(Prompt prompt, CancellationToken cancellationToken) =>
        (await SendAsync(prompt, cancellationToken).ConfigureAwait(false)).Value;

    internal Task<Result<Response>> SendAsync(Prompt prompt, CancellationToken cancellationToken) =>
        prompt.Error is { } error
            ? Task.FromResult<Result<Response>>(error)
            : _engine.CallAsync(this, prompt.Messages, cancellationToken);

    internal Model WithUses(Uses uses) => new(Id, Params, Client, uses);

    /// <summary>The model, with the tools and the format of another where it has none of its own.</summary>
    internal Model InPlaceOf(Model other) => WithUses(Uses.Or(other.Uses));

    internal StreamResponse Open(Prompt prompt) => new(_engine.Stream(this, prompt));
}
