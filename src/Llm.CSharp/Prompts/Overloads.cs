// Where an interpolated string may stand for what a user says: the overloads that keep its parts apart.
using System.Runtime.CompilerServices;

namespace Llm;

public sealed partial class Model
{
    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><c>await model.CallAsync($"What is in {image}?", cancellationToken)</c></example>
    public Task<Response> CallAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<Response>> TryCallAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>The answer as a stream, which connects when it is first read. Whatever goes wrong is told by what reads it.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    public StreamResponse Stream(PromptText prompt) => Open(Prompt.Of(prompt));

    /// <summary>As <see cref="RunToolsAsync(string, int, CancellationToken)"/>.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ToolRun> RunToolsAsync(PromptText prompt, int rounds, CancellationToken cancellationToken = default) =>
        RunToolsAsync(Prompt.Of(prompt), rounds, cancellationToken);

    /// <summary>As <see cref="CountTokensAsync(string, CancellationToken)"/>.</summary>
    /// <param name="prompt">What the user would say, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<long> CountTokensAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        CountTokensAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CountTokensAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user would say.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Result<long>> TryCountTokensAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        TryCountTokensAsync(Prompt.Of(prompt), cancellationToken);
}

public sealed partial class Model<T>
{
    /// <summary>Asks the model and waits for the whole answer.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer; the exception's class says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response<T>> CallAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        CallAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>As <see cref="CallAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response<T>>> TryCallAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        SendAsync(Prompt.Of(prompt), cancellationToken);

    /// <summary>The answer as a stream, in which the value shows as it grows; it connects when it is first read.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    public StreamResponse<T> Stream(PromptText prompt) => new(Plain.Stream(prompt), Format);

    /// <summary>As <see cref="RunToolsAsync(string, int, CancellationToken)"/>.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    /// <param name="rounds">How many times tools are run at most.</param>
    /// <param name="cancellationToken">Stops tools and calls.</param>
    /// <exception cref="LlmException">The first call gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ToolRun<T>> RunToolsAsync(PromptText prompt, int rounds, CancellationToken cancellationToken = default) =>
        new(await Plain.RunToolsAsync(prompt, rounds, cancellationToken).ConfigureAwait(false), Format);
}

public sealed partial record Response
{
    /// <summary>Goes on with the conversation: its messages, and the user's next one.</summary>
    /// <param name="prompt">What the user says next, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response> ResumeAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        (await TryResumeAsync(prompt, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>As <see cref="ResumeAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        Model.SendAsync(Prompt.Of(prompt).After(Messages), cancellationToken);

    /// <summary>As <see cref="ResumeAsync(PromptText, CancellationToken)"/>, with the answer as a stream.</summary>
    /// <param name="prompt">What the user says next.</param>
    public StreamResponse ResumeStream(PromptText prompt) => Model.Open(Prompt.Of(prompt).After(Messages));
}

public sealed partial class Interruption
{
    /// <summary>Goes on with the answer, asked to in the caller's words.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public async Task<Response> ResumeAsync(PromptText prompt, CancellationToken cancellationToken = default) =>
        (await TryResumeAsync(prompt, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>As <see cref="ResumeAsync(PromptText, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(PromptText prompt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);

        return prompt.TryGetParts().TryGetValue(out IReadOnlyList<UserPart>? parts, out LlmException? error)
            ? TryResumeAsync(parts, cancellationToken)
            : Task.FromResult<Result<Response>>(error);
    }
}

public abstract partial record Message
{
    /// <summary>A user's text.</summary>
    /// <param name="text">The text.</param>
    public static UserMessage User(string text) => new([new UserText(text)]);

    /// <summary>What a user says, as an interpolated string that keeps its parts apart.</summary>
    /// <param name="text">Text and parts.</param>
    /// <exception cref="InvalidRequestException">A value cannot be said so, or there is nothing.</exception>
    /// <example><c>Message.User($"Compare {first} with {second}.")</c></example>
    public static UserMessage User(PromptText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text.Parts);
    }
}

public static partial class Call
{
    /// <summary>A call whose prompt is what a user says, as an interpolated string that keeps its parts apart.</summary>
    /// <typeparam name="TInput">What the prompt is made from; a tuple or a record for several things.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to what the user says.</param>
    /// <example><c>Call.Create(model, (Wish wish) => $"Recommend a {wish.Genre} book with a cover like {wish.Cover}.")</c></example>
    [OverloadResolutionPriority(1)]
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, PromptText> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Asking<TInput>(model, input => Prompt.Of(prompt(input)));
    }

    /// <summary>
    /// A call whose prompt is what a user says, as an interpolated string that keeps its parts apart, and needs something from the program, which is
    /// handed over at the call.
    /// </summary>
    /// <typeparam name="TContext">What the prompt needs.</typeparam>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the context and the input to what the user says.</param>
    [OverloadResolutionPriority(1)]
    public static ContextCall<TContext, TInput> CreateWithContext<TContext, TInput>(Model model, Func<TContext, TInput, PromptText> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new(model, (context, input) => Prompt.Of(prompt(context, input)));
    }

    /// <summary>A call whose prompt is a template, cached as the template says.</summary>
    /// <typeparam name="TInput">What fills the template's holes.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">The template.</param>
    public static Call<TInput> Create<TInput>(Model model, PromptTemplate<TInput> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.With(model);
    }
}
