// For those who prefer values to exceptions: what the Try forms give.
using System.Diagnostics.CodeAnalysis;

namespace Llm;

/// <summary>A value, or the exception that would have been thrown.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <example>
/// <code>
/// string text = (await model.TryCallAsync("Hello")).Match(answer => answer.Text, error => error.Message);
/// </code>
/// </example>
public readonly struct Result<T>
{
    private readonly T? _value;
    private readonly LlmException? _error;

    private Result(T? value, LlmException? error, bool isSuccess)
    {
        _value = value;
        _error = error;
        IsSuccess = isSuccess;
    }

    /// <summary>A success.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Result<T>(T value) => new(value, null, isSuccess: true);

    /// <summary>A failure.</summary>
    /// <param name="error">The error.</param>
    public static implicit operator Result<T>(LlmException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new(default, error, isSuccess: false);
    }

    /// <summary>A success whose value may be known by an interface only, which no conversion is allowed for.</summary>
    internal static Result<T> Of(T value) => new(value, null, isSuccess: true);

    /// <summary>Whether there is a value.</summary>
    public bool IsSuccess { get; }

    /// <summary>The value.</summary>
    /// <exception cref="LlmException">There is none: this is <see cref="Error"/>.</exception>
    public T Value => IsSuccess ? _value! : throw Error!;

    /// <summary>The error, not thrown; null where there is a value.</summary>
    public LlmException? Error => IsSuccess ? null : _error ?? new LlmException("This result was never given a value.");

    /// <summary>The value, where there is one.</summary>
    /// <param name="value">The value.</param>
    /// <param name="error">The error, where there is no value.</param>
    public bool TryGetValue([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out LlmException? error)
    {
        value = _value;
        error = Error;
        return IsSuccess;
    }

    /// <summary>What one of two functions makes of it.</summary>
    /// <typeparam name="TResult">What they make.</typeparam>
    /// <param name="onSuccess">From the value.</param>
    /// <param name="onError">From the error.</param>
    public TResult Match<TResult>(Func<T, TResult> onSuccess, Func<LlmException, TResult> onError)
    {
        ArgumentNullException.ThrowIfNull(onSuccess);
        ArgumentNullException.ThrowIfNull(onError);
        return IsSuccess ? onSuccess(_value!) : onError(Error!);
    }

    /// <summary>Value and error; the one that is not there is null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="error">The error.</param>
    /// <example><c>var (answer, error) = await model.TryCallAsync("Hello");</c></example>
    public void Deconstruct(out T? value, out LlmException? error)
    {
        value = _value;
        error = Error;
    }

    /// <summary>The value or the error's message.</summary>
    public override string ToString() => IsSuccess ? $"{_value}" : Error!.Message;
}
