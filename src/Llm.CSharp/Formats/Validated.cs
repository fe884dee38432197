// A value that a model gave, perhaps after it was told what was wrong.
namespace Llm;

/// <summary>A value that a model gave, with every answer that it took. It stands for the value where one is expected.</summary>
/// <typeparam name="T">What the answer became.</typeparam>
/// <example><c>Book book = await answer.ValidateAsync(retries: 2);</c></example>
public sealed record Validated<T>
{
    internal Validated(T value, IReadOnlyList<Response<T>> responses)
    {
        Value = value;
        Responses = responses;
    }

    /// <summary>The value.</summary>
    public T Value { get; }

    /// <summary>All answers, oldest first; only the last one is the value.</summary>
    public IReadOnlyList<Response<T>> Responses { get; }

    /// <summary>The answer that is the value.</summary>
    public Response<T> Response => Responses[^1];

    /// <summary>What all answers used together; null when the provider has not said.</summary>
    public Usage? Usage => Turns.Usage(Responses.Select(response => response.Plain));

    /// <summary>The value.</summary>
    /// <param name="validated">With its answers.</param>
    public static implicit operator T(Validated<T> validated)
    {
        ArgumentNullException.ThrowIfNull(validated);
        return validated.Value;
    }

    /// <summary>The value.</summary>
    public override string ToString() => $"{Value}";
}

internal static class Turns
{
    public static Usage? Usage(IEnumerable<Response> responses) =>
        responses.Select(response => response.Usage).Aggregate((Usage?)null, (all, one) => all is null ? one : one is null ? all : all + one);
}
