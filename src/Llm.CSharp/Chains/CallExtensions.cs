// What some calls can that others cannot: those of answers, of values in a format, and of states.
using Llm.Interop;

namespace Llm;

/// <summary>Methods of calls whose answers are of a certain kind.</summary>
public static class CallExtensions
{
    /// <summary>The texts of the answer.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <param name="call">The call.</param>
    public static Call<TInput, string> Text<TInput>(this Call<TInput, Response> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Select(answer => answer.Text);
    }

    /// <summary>The call whose answers are values; in a chain, the call that gives the answer has the format.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <typeparam name="TOutput">What answers become.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="format">What they should look like.</param>
    public static FormattedCall<TInput, TOutput> WithFormat<TInput, TOutput>(this Call<TInput, Response> call, Format<TOutput> format)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(format);
        return new(call.Handle.Formatted(format), format);
    }

    /// <summary>The value of the answer; a text that is none is a <see cref="ParseException"/>.</summary>
    /// <typeparam name="TInput">What the prompt is made from.</typeparam>
    /// <typeparam name="TOutput">What answers become.</typeparam>
    /// <param name="call">The call.</param>
    public static Call<TInput, TOutput> Parse<TInput, TOutput>(this Call<TInput, Response<TOutput>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Select(answer => answer.Parse());
    }

    /// <summary>
    /// The call again and again, each time with its own answer, until one is good, and at most so many times: the last answer. With no times
    /// at all, it is the input.
    /// </summary>
    /// <typeparam name="TState">What is made better.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="limit">How many times at most.</param>
    /// <param name="isGood">Whether an answer is good; none is where it is not given.</param>
    public static Call<TState, TState> Repeat<TState>(this Call<TState, TState> call, int limit, Func<TState, bool>? isGood = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new(CallHandle.Iterate(call.Handle, limit, isGood ?? (_ => false)));
    }
}
