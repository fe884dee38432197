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

    /// <summary>The answer as a stream of text; <c>WithFormat</c> on its response gives the value.</summary>
    /// <param name="prompt">What the user says, as an interpolated string that keeps its parts apart.</param>
    public StreamResponse Stream(PromptText prompt) => Plain.Stream(prompt);
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
