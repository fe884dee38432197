// Calls and chains of calls: how they are run, changed and joined.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A prompt function and the model that it asks, or a chain of these. It never changes and may be shared by all threads. Chains are written
/// with these methods, or as a query: <c>from chef in selectChef from dish in cook select $"{chef}: {dish}"</c>.
/// </summary>
/// <typeparam name="TInput">What the prompt is made from.</typeparam>
/// <typeparam name="TOutput">What it gives.</typeparam>
/// <example>
/// <code>
/// var summarize = Call.Create(model, (string text) => $"Summarize: {text}").Text();
/// var translate = Call.Create(model, (string text) => $"Translate to French: {text}").Text();
/// string french = await summarize.Then(translate).InvokeAsync(book, cancellationToken);
/// </code>
/// </example>
public class Call<TInput, TOutput>
{
    internal Call(CallHandle<TInput, TOutput> handle) => Handle = handle;

    internal CallHandle<TInput, TOutput> Handle { get; }

    private protected virtual Call<TInput, TOutput> Of(CallHandle<TInput, TOutput> handle) => new(handle);

    /// <summary>
    /// The call with another model; its tools and format stay, unless that model has its own. In a chain, every call asks it. Of several, the
    /// outermost counts.
    /// </summary>
    /// <param name="model">Who answers.</param>
    public virtual Call<TInput, TOutput> WithModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Of(Handle.Adapted(isForAnswer: false, model.InPlaceOf));
    }

    /// <summary>The call with the model of another id, and the same parameters, tools and client. In a chain, every call asks it.</summary>
    /// <param name="modelId">Such as <c>anthropic/claude-sonnet-4-5</c>.</param>
    public virtual Call<TInput, TOutput> WithModel(string modelId)
    {
        ArgumentNullException.ThrowIfNull(modelId);
        return Of(Handle.Adapted(isForAnswer: false, model => model.WithId(modelId)));
    }

    /// <summary>The call with other parameters; in a chain, every call has them.</summary>
    /// <param name="parameters">How to answer.</param>
    public virtual Call<TInput, TOutput> WithParams(Params parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Of(Handle.Adapted(isForAnswer: false, model => model.WithParams(parameters)));
    }

    /// <summary>The call with these tools in place of its own; in a chain, the call that gives the answer has them.</summary>
    /// <param name="tools">Tools with names of their own.</param>
    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public virtual Call<TInput, TOutput> WithTools(params IEnumerable<Tool> tools) => WithTools(new Toolkit(tools));

    /// <summary>The call with these tools in place of its own; in a chain, the call that gives the answer has them.</summary>
    /// <param name="tools">The tools.</param>
    public virtual Call<TInput, TOutput> WithTools(Toolkit tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return Of(Handle.Adapted(isForAnswer: true, model => model.WithTools(tools)));
    }

    /// <summary>The call with this choice among its tools; in a chain, the call that gives the answer has it.</summary>
    /// <param name="choice">Whether and which to call.</param>
    public virtual Call<TInput, TOutput> WithToolChoice(ToolChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return Of(Handle.Adapted(isForAnswer: true, model => model.WithToolChoice(choice)));
    }

    /// <summary>The call by a name, for traces; a chain becomes one step, with its own steps below it.</summary>
    /// <param name="name">The name.</param>
    public virtual Call<TInput, TOutput> Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Of(Handle.Named(name));
    }

    /// <summary>The call, paid from a budget: all calls of a chain share it.</summary>
    /// <param name="budget">The budget.</param>
    public virtual Call<TInput, TOutput> WithBudget(Budget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        return Of(Handle.WithBudget(budget.Handle));
    }

    /// <summary>With another clock, for its timeouts, the waits of its retries and the times of its trace.</summary>
    /// <param name="timeProvider">The clock.</param>
    public virtual Call<TInput, TOutput> WithTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        return Of(Handle.WithTimeProvider(timeProvider));
    }

    /// <summary>Gives up with a <see cref="LlmTimeoutException"/> when it takes longer; what it does then is cancelled.</summary>
    /// <param name="limit">How long it may take.</param>
    public virtual Call<TInput, TOutput> Timeout(TimeSpan limit) => Of(Handle.Timeout(limit));

    /// <summary>Tries again after errors that another try may mend, after what the provider asks to wait, or the policy's own wait.</summary>
    /// <param name="policy">How often, and how long to wait; <see cref="RetryPolicy"/>'s own values where it is not given.</param>
    public virtual Call<TInput, TOutput> Retry(RetryPolicy? policy = null) => Of(Handle.Retry(policy ?? new RetryPolicy()));

    /// <summary>
    /// The call, and when it fails in a way that another try may mend, the same of the other models, one after the other. Without any answer,
    /// the last error.
    /// </summary>
    /// <param name="models">The other models.</param>
    public Call<TInput, TOutput> Fallback(params IEnumerable<Model> models)
    {
        ArgumentNullException.ThrowIfNull(models);

        return models.Reverse().Aggregate(
            (Func<Call<TInput, TOutput>, Call<TInput, TOutput>>)(call => call),
            (others, next) => call => call.Recover(error =>
                error.IsRetryable ? others(WithModel(next)) : Call.From<TInput, TOutput>((_, _) => throw error)))(this);
    }

    /// <summary>Goes on from an error, with the same input.</summary>
    /// <param name="handle">From the error to the call that takes the place of this one.</param>
    public Call<TInput, TOutput> Recover(Func<LlmException, Call<TInput, TOutput>> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return new(Handle.Recover(error => handle(error).Handle));
    }

    /// <summary>Gives a value in place of an error.</summary>
    /// <param name="handle">From the error to the value.</param>
    public Call<TInput, TOutput> Recover(Func<LlmException, TOutput> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Recover(error => Call.Value<TInput, TOutput>(handle(error)));
    }

    /// <summary>The call of another input, from which its own is made.</summary>
    /// <typeparam name="TOuter">The other input.</typeparam>
    /// <param name="change">From the other input to its own.</param>
    public Call<TOuter, TOutput> WithInput<TOuter>(Func<TOuter, TInput> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(Handle.WithInput(change));
    }

    /// <summary>Changes the answer.</summary>
    /// <typeparam name="TResult">What it becomes.</typeparam>
    /// <param name="change">From the answer.</param>
    public Call<TInput, TResult> Select<TResult>(Func<TOutput, TResult> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(Handle.Select(change));
    }

    /// <summary>The call, and then the one that is made from its answer, with the same input.</summary>
    /// <typeparam name="TResult">What that one gives.</typeparam>
    /// <param name="next">From the answer to the next call.</param>
    public Call<TInput, TResult> SelectMany<TResult>(Func<TOutput, Call<TInput, TResult>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new(Handle.SelectMany(answer => next(answer).Handle));
    }

    /// <summary>As the other form, with a result made of both answers: what a query of several <c>from</c> needs.</summary>
    /// <typeparam name="TNext">What the next call gives.</typeparam>
    /// <typeparam name="TResult">What is made of both.</typeparam>
    /// <param name="next">From the answer to the next call.</param>
    /// <param name="result">From both answers.</param>
    public Call<TInput, TResult> SelectMany<TNext, TResult>(Func<TOutput, Call<TInput, TNext>> next, Func<TOutput, TNext, TResult> result)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(result);
        return SelectMany(answer => next(answer).Select(more => result(answer, more)));
    }

    /// <summary>The call, and then the next one with its answer.</summary>
    /// <typeparam name="TResult">What that one gives.</typeparam>
    /// <param name="next">The next call.</param>
    public Call<TInput, TResult> Then<TResult>(Call<TOutput, TResult> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new(Handle.Then(next.Handle));
    }

    /// <summary>The call, and then the one that its answer chooses, with that answer.</summary>
    /// <typeparam name="TResult">What that one gives.</typeparam>
    /// <param name="choose">From the answer to the next call.</param>
    /// <example><c>classify.Then(mood => mood == Mood.Angry ? apologize : thank)</c></example>
    public Call<TInput, TResult> Then<TResult>(Func<TOutput, Call<TOutput, TResult>> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new(Handle.Choose(answer => choose(answer).Handle));
    }

    /// <summary>Looks at the answer as it passes.</summary>
    /// <param name="look">What looks.</param>
    public Call<TInput, TOutput> Tap(Action<TOutput> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        return Select(answer =>
        {
            look(answer);
            return answer;
        });
    }

    /// <summary>
    /// The call for each of many inputs, at most so many at once; the answers in the order of the inputs. When one fails, the rest is
    /// cancelled.
    /// </summary>
    /// <param name="limit">How many at once.</param>
    public Call<IReadOnlyList<TInput>, IReadOnlyList<TOutput>> ForEach(int limit) => new(Handle.Traverse(limit));

    /// <summary>What would be sent first for this input, before a format's own instructions.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <exception cref="InvalidRequestException">It is known only when it runs, or is not one conversation; or the prompt has no part.</exception>
    public IReadOnlyList<Message> Messages(TInput input) => Handle.Messages(input);

    /// <summary>Calls, and waits for the whole answer.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<TOutput> InvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        (await TryInvokeAsync(input, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>Calls, and gives the answer or the error as a value.</summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<TOutput>> TryInvokeAsync(TInput input, CancellationToken cancellationToken = default) =>
        Handle.InvokeAsync(input, cancellationToken);

    /// <summary>
    /// Calls, and writes down each step with its input, output, usage, time and cost. It throws for nothing but exceptions of the caller's own
    /// code: an error, and cancelling, are the <see cref="Traced{T}.Result"/>.
    /// </summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="costOf">What an answer cost; null where nobody can say.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <example><c>Console.WriteLine((await recipe.TraceAsync("apples")).Trace);</c></example>
    public Task<Traced<TOutput>> TraceAsync(
        TInput input, Func<Response, Money?>? costOf = null, CancellationToken cancellationToken = default) =>
        Handle.TraceAsync(input, costOf ?? (_ => null), cancellationToken);

    /// <summary>
    /// The answer as a stream, as by <see cref="StreamAsync"/>, and each step written down, as by <see cref="TraceAsync"/>. The step that streams
    /// lasts until its stream has ended; of one that broke off, the output is what came.
    /// </summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="costOf">What an answer cost; null where nobody can say.</param>
    /// <param name="cancellationToken">Cancels what is done before the stream begins.</param>
    /// <example>
    /// <code>
    /// TracedStream traced = await chain.TraceStreamAsync("apples");
    /// await foreach (string text in traced.Result.Value.TextAsync()) Console.Write(text);
    /// Console.WriteLine(traced.Trace);
    /// </code>
    /// </example>
    public Task<TracedStream> TraceStreamAsync(
        TInput input, Func<Response, Money?>? costOf = null, CancellationToken cancellationToken = default) =>
        Handle.TraceStreamAsync(input, costOf ?? (_ => null), cancellationToken);

    /// <summary>
    /// The answer as a stream, which connects when it is first read; whatever goes wrong is told by what reads it. Only for a call of one model
    /// whose prompt is there at once: a chain, a prompt that is made by other calls, and a budget want <see cref="StreamAsync"/>.
    /// </summary>
    /// <param name="input">What the prompt is made from.</param>
    public StreamResponse Stream(TInput input) => Handle.Stream(input);

    /// <summary>
    /// The answer as a stream, which connects when it is first read: of a chain, what the last call answers, once those before it are done.
    /// </summary>
    /// <param name="input">What the prompt is made from.</param>
    /// <param name="cancellationToken">Cancels what is done before the stream begins.</param>
    /// <exception cref="LlmException">What comes before it failed, or the last step is no call of a model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<StreamResponse> StreamAsync(TInput input, CancellationToken cancellationToken = default) =>
        Handle.StreamAsync(input, cancellationToken);
}
