// An interpolated string whose values keep their nature: what a user says, as text and parts.
using System.Runtime.CompilerServices;
using System.Text;
using Llm.Interop;

namespace Llm;

/// <summary>
/// What a user says, written as an interpolated string that keeps its parts apart: images, audio, documents and other parts stay parts between
/// the text around them, and numbers and dates are written in the invariant culture. <c>{value,width:format}</c> is as in .NET, and the holes of
/// templates work too: <c>{names:list}</c>, <c>{address:image}</c>, <c>{papers:documents}</c>. A string becomes one by itself.
/// </summary>
/// <example><c>await model.CallAsync($"Recommend a {genre} book with a cover like {image}.", cancellationToken);</c></example>
[InterpolatedStringHandler]
public sealed class PromptText
{
    private readonly StringBuilder _format;
    private readonly List<object?> _values;
    private readonly string? _plain;

    /// <summary>An interpolated string before its pieces; called by the compiler.</summary>
    /// <param name="literalLength">The characters of the text.</param>
    /// <param name="formattedCount">The number of values.</param>
    public PromptText(int literalLength, int formattedCount)
    {
        _format = new StringBuilder(literalLength + (formattedCount * 8));
        _values = new List<object?>(formattedCount);
    }

    private PromptText(string plain)
        : this(0, 0) => _plain = plain;

    /// <summary>The text and the parts, in order.</summary>
    /// <exception cref="InvalidRequestException">A value cannot be said so.</exception>
    public IReadOnlyList<UserPart> Parts => TryGetParts().Value;

    /// <summary>The text as a prompt, as it stands.</summary>
    /// <param name="text">The text; it may be empty.</param>
    public static implicit operator PromptText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text);
    }

    /// <summary>Adds text; called by the compiler.</summary>
    /// <param name="text">The text.</param>
    public void AppendLiteral(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _format.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    /// <summary>Adds a value; called by the compiler.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">A part, or what becomes text.</param>
    /// <param name="alignment">The least width of its text; negative for text at the left.</param>
    /// <param name="format">A format of .NET, or how a value is said: <c>list</c>, <c>image</c>, ...</param>
    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
    {
        _format.Append('{').Append(_values.Count);

        if (alignment != 0)
            _format.Append(',').Append(alignment);

        if (!string.IsNullOrEmpty(format))
            _format.Append(':').Append(format);

        _format.Append('}');
        _values.Add(value);
    }

    /// <summary>Adds a value; called by the compiler.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">A part, or what becomes text.</param>
    /// <param name="format">A format of .NET, or how a value is said: <c>list</c>, <c>image</c>, ...</param>
    public void AppendFormatted<T>(T value, string? format) => AppendFormatted(value, 0, format);

    /// <summary>The text of the parts that are text, joined.</summary>
    public override string ToString() =>
        TryGetParts().Match(parts => string.Concat(parts.OfType<UserText>().Select(part => part.Text)), error => error.Message);

    internal Result<IReadOnlyList<UserPart>> TryGetParts() =>
        _plain is null
            ? TemplateMapping.Interpolate(_format.ToString(), [.. _values])
            : Result<IReadOnlyList<UserPart>>.Of([new UserText(_plain)]);
}
