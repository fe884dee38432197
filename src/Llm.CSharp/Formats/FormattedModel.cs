// A model whose answers are values of one type.
namespace Llm;

/// <summary>A model whose answers are values, made by <c>WithFormat</c>. It never changes and may be shared by all threads.</summary>
/// <typeparam name="T">What answers become.</typeparam>
/// <example>
/// <code>
/// Model&lt;Book&gt; model = new Model("openai/gpt-5").WithFormat&lt;Book&gt;();
/// Book book = (await model.CallAsync("Please recommend a fantasy book")).Parse();
/// </code>
/// </example>
public sealed partial class Model<T>
{
    internal Model(Model model, Format<T> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Plain = model.WithUses(model.Uses with { Output = format.Output });
        Format = format;
    }

    /// <summary>The model, whose answers are text that looks like the format.</summary>
    public Model Plain { get; }

    /// <summary>What answers should look like.</summary>
    public Format<T> Format { get; }

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response<T>> CallAsync(string prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response<T>> CallAsync(IEnumerable<UserPart> prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response<T>> CallAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(messages), cancellationToken);

    /// <summary>As <see cref="CallAsync(string, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryCallAsync(string prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryCallAsync(IEnumerable<UserPart> prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(IEnumerable{Message}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryCallAsync(IEnumerable<Message> messages, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(messages), cancellationToken);

    /// <summary>
    /// Runs the tools that the model calls, and gives it their outputs, until it answers with a value. Where it comes to rest otherwise, or the
    /// answer is none, what happened is told by <see cref="ToolRun{T}.Run"/> and <see cref="ToolRun{T}.Response"/>.
    /// </summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <c>Book book = (await model.WithTools(tools).WithFormat&lt;Book&gt;().RunToolsAsync("Find me a book.", rounds: 8)).Response.Parse();</c>
    /// </example>
    public async Task<ToolRun<T>> RunToolsAsync(string prompt, int rounds, CancellationToken cancellationToken = default) =>
        new(await Plain.RunToolsAsync(prompt, rounds, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>As <see cref="RunToolsAsync(string, int, CancellationToken)"/>.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ToolRun<T>> RunToolsAsync(
        IEnumerable<Message> messages,
        int rounds,
        CancellationToken cancellationToken = default) =>
        new(await Plain.RunToolsAsync(messages, rounds, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>Goes on with a conversation whose last answer called tools, once all results are there.</summary>
    /// <param name="messages">The conversation; the answer that called tools is its last message.</param>
    /// <param name="results">What became of the calls; none may wait any more.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="InvalidRequestException">A call still waits for approval, or there was none.</exception>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ToolRun<T>> RunToolsAsync(
        IEnumerable<Message> messages,
        ToolResults results,
        int rounds,
        CancellationToken cancellationToken = default) =>
        new(await Plain.RunToolsAsync(messages, results, rounds, cancellationToken).ConfigureAwait(false), Format);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="prompt">What the user says.</param>
    public StreamResponse<T> Stream(string prompt) => new(Plain.Stream(prompt), Format);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="prompt">What the user says, part by part.</param>
    public StreamResponse<T> Stream(IEnumerable<UserPart> prompt) => new(Plain.Stream(prompt), Format);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="messages">The conversation so far.</param>
    public StreamResponse<T> Stream(IEnumerable<Message> messages) => new(Plain.Stream(messages), Format);

    /// <summary>The id.</summary>
    public override string ToString() => Plain.Id;

    internal async Task<Response<T>> CallAsync(Prompt prompt, CancellationToken cancellationToken) =>
        new(await Plain.CallAsync(prompt, cancellationToken).ConfigureAwait(false), Format);

    internal async Task<Result<Response<T>>> SendAsync(Prompt prompt, CancellationToken cancellationToken)
    {
        Result<Response> result = await Plain.SendAsync(prompt, cancellationToken).ConfigureAwait(false);
        return result.TryGetValue(out Response? answer, out LlmException? error) ? new Response<T>(answer, Format) : error;
    }
}
