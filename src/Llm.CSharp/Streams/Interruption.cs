// An answer that broke off, and how to go on with it.
using Llm.Interop;

namespace Llm;

/// <summary>
/// An answer that broke off: the call, what came, and how to go on. What is whole is kept, and so is cut text; what a provider would refuse
/// is left out and told as data.
/// </summary>
/// <example>
/// <code>
/// await using StreamResponse stream = model.Stream("Tell me a long story");
///
/// if (await stream.TryFinishAsync() is not StreamOutcome.Complete &amp;&amp; stream.Interruption is { } interruption)
///     Console.Write((await interruption.ResumeAsync()).Text);
/// </code>
/// </example>
public sealed partial class Interruption
{
    private readonly InterruptionHandle _handle;

    internal Interruption(InterruptionHandle handle, Model model)
    {
        _handle = handle;
        Model = model;
    }

    /// <summary>What the user says where the caller gives no words of their own.</summary>
    public static string GoOn => InterruptionHandle.GoOn;

    /// <summary>The model that was asked, with its parameters and tools; it is asked again.</summary>
    public Model Model { get; }

    /// <summary>The conversation that was sent.</summary>
    public IReadOnlyList<Message> Messages => _handle.Messages;

    /// <summary>What came: text as far as it grew, everything else only where it is whole.</summary>
    public PartialReply Partial => _handle.Partial;

    /// <summary>What had begun and is not whole: thoughts, tool calls and audio, as far as they came.</summary>
    public IReadOnlyList<AssistantPart> Unfinished => _handle.Unfinished;

    /// <summary>The same, for another model to go on with; it gets the tools and the format unless it has its own.</summary>
    /// <param name="model">Who goes on.</param>
    public Interruption WithModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(_handle, model.InPlaceOf(Model));
    }

    /// <summary>What would be sent, and what of the answer is left out of it.</summary>
    /// <param name="content">
    /// What the user says next: <see cref="GoOn"/> where there is nothing. Outputs of tools must answer whole calls of the answer.
    /// </param>
    /// <exception cref="InvalidRequestException">An output answers no whole call.</exception>
    public Continuation Continue(params IReadOnlyList<UserPart> content) => _handle.Continue(ValueList.Of(content)).Value;

    /// <summary>Goes on with the answer, asked to by <see cref="GoOn"/>. The response holds the whole conversation.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(CancellationToken cancellationToken = default) => ResumeAsync([], cancellationToken);

    /// <summary>Goes on with the answer, asked to in the caller's words.</summary>
    /// <param name="text">What the user says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(string text, CancellationToken cancellationToken = default) => ResumeAsync([text], cancellationToken);

    /// <summary>Goes on with the answer: with what the user says next, such as the outputs of its whole tool calls.</summary>
    /// <param name="content">What the user says; <see cref="GoOn"/> where there is nothing.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlmException">There is no answer.</exception>
    public Task<Response> ResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default)
    {
        (Prompt prompt, Dropping dropping) = _handle.Prepare(ValueList.Of(content));
        return Model.CallAsync(prompt, cancellationToken, dropping);
    }

    /// <summary>As <see cref="ResumeAsync(CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(CancellationToken cancellationToken = default) => TryResumeAsync([], cancellationToken);

    /// <summary>As <see cref="ResumeAsync(IEnumerable{UserPart}, CancellationToken)"/>, with the error as a value.</summary>
    /// <param name="content">What the user says; <see cref="GoOn"/> where there is nothing.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<Response>> TryResumeAsync(IEnumerable<UserPart> content, CancellationToken cancellationToken = default)
    {
        (Prompt prompt, Dropping dropping) = _handle.Prepare(ValueList.Of(content));
        return Model.SendAsync(prompt, cancellationToken, dropping);
    }

    /// <summary>Goes on with the answer, and gives the rest as a stream, which connects when it is first read.</summary>
    /// <param name="content">What the user says; <see cref="GoOn"/> where there is nothing.</param>
    public StreamResponse ResumeStream(params IEnumerable<UserPart> content)
    {
        (Prompt prompt, Dropping dropping) = _handle.Prepare(ValueList.Of(content));
        return Model.Open(prompt, dropping);
    }
}

/// <summary>What to send for a model to go on with an answer that broke off.</summary>
/// <param name="Messages">The conversation: what was sent, what came of the answer, and the request to go on.</param>
/// <param name="Dropped">What came and is left out of it.</param>
public sealed record Continuation(IReadOnlyList<Message> Messages, IReadOnlyList<DroppedPart> Dropped);

/// <summary>A part of an answer that broke off which cannot be sent back.</summary>
/// <param name="Part">The part, as far as it came.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record DroppedPart(AssistantPart Part, string Reason);
