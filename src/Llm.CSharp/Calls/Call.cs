// Makes calls: prompts bundled with the models that answer them, and what they are composed of.
using Llm.Interop;

namespace Llm;

/// <summary>Makes calls: a prompt function, bundled with the model that answers it; and calls of several calls.</summary>
public static partial class Call
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
        return Asking<TInput>(model, input => Prompt.Of(prompt(input)));
    }

    /// <summary>A call whose prompt is a user's message of several parts.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to what the user says, part by part.</param>
    /// <example><c>Call.Create(model, (string url) => ["What is this?", Image.FromUrl(url)])</c></example>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, IEnumerable<UserPart>> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Asking<TInput>(model, input => Prompt.Of(prompt(input)));
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
        return Asking<TInput>(model, input => Prompt.Of(prompt(input)));
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

    /// <summary>A call whose prompt may also choose tools and parameters, and note what it is made of.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to the prompt.</param>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, PromptResult> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(model);
        return new(CallHandle.Asking(model, prompt));
    }

    /// <summary>
    /// A call whose prompt is made by other calls. What those answer can be kept as fields of the prompt, which stay visible on the response;
    /// calls that are invoked in the prompt function are paid by the same budget, and stand below this one in a trace.
    /// </summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">From the input to the prompt; it is given the token of the call.</param>
    /// <example>
    /// <code>
    /// var respond = Call.Create(model, async (string review, CancellationToken token) =>
    /// {
    ///     string mood = await classify.InvokeAsync(review, token);
    ///     return new PromptResult($"Answer this {mood} review: {review}").WithField("mood", mood);
    /// });
    /// </code>
    /// </example>
    public static Call<TInput> Create<TInput>(Model model, Func<TInput, CancellationToken, Task<PromptResult>> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(model);
        return new(CallHandle.Asking(model, prompt));
    }

    /// <summary>A call that is a function of one's own; it may ask any number of models.</summary>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <typeparam name="TOutput">What it gives.</typeparam>
    /// <param name="work">The function; it is given the token of the call.</param>
    public static Call<TInput, TOutput> From<TInput, TOutput>(Func<TInput, CancellationToken, Task<TOutput>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new(CallHandle.OfFunction(work));
    }

    /// <summary>The call that gives a value, and asks nobody.</summary>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <typeparam name="TOutput">What it gives.</typeparam>
    /// <param name="value">The value.</param>
    public static Call<TInput, TOutput> Value<TInput, TOutput>(TOutput value) => new(CallHandle.Succeed<TInput, TOutput>(value));

    /// <summary>Both calls at once, with the same input. When one fails, the other is cancelled.</summary>
    /// <typeparam name="TInput">What they are given.</typeparam>
    /// <typeparam name="T1">What the first gives.</typeparam>
    /// <typeparam name="T2">What the second gives.</typeparam>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <example><c>var (chef, list) = await Call.WhenAll(selectChef, complements).InvokeAsync("apples");</c></example>
    public static Call<TInput, (T1 First, T2 Second)> WhenAll<TInput, T1, T2>(Call<TInput, T1> first, Call<TInput, T2> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new(first.Handle.Both(second.Handle));
    }

    /// <summary>All three calls at once, with the same input. When one fails, the others are cancelled.</summary>
    /// <typeparam name="TInput">What they are given.</typeparam>
    /// <typeparam name="T1">What the first gives.</typeparam>
    /// <typeparam name="T2">What the second gives.</typeparam>
    /// <typeparam name="T3">What the third gives.</typeparam>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <param name="third">The third.</param>
    public static Call<TInput, (T1 First, T2 Second, T3 Third)> WhenAll<TInput, T1, T2, T3>(
        Call<TInput, T1> first, Call<TInput, T2> second, Call<TInput, T3> third) =>
        WhenAll(WhenAll(first, second), third).Select(all => (all.First.First, all.First.Second, all.Second));

    /// <summary>All calls at once, with the same input; the answers in their order. When one fails, the others are cancelled.</summary>
    /// <typeparam name="TInput">What they are given.</typeparam>
    /// <typeparam name="TOutput">What they give.</typeparam>
    /// <param name="calls">The calls.</param>
    public static Call<TInput, IReadOnlyList<TOutput>> WhenAll<TInput, TOutput>(params IEnumerable<Call<TInput, TOutput>> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return new(CallHandle.All(calls.Select(call => call.Handle)));
    }

    /// <summary>
    /// All calls at once, with the same input. The first answer wins, and the others are cancelled; without any, the first call's error.
    /// </summary>
    /// <typeparam name="TInput">What they are given.</typeparam>
    /// <typeparam name="TOutput">What they give.</typeparam>
    /// <param name="calls">The calls.</param>
    public static Call<TInput, TOutput> Race<TInput, TOutput>(params IEnumerable<Call<TInput, TOutput>> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return new(CallHandle.Race(calls.Select(call => call.Handle)));
    }

    internal static Call<TInput> Asking<TInput>(Model model, Func<TInput, Prompt> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(CallHandle.Asking(model, prompt));
    }
}
