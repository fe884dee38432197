// A value while its answer is still coming.
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Llm.Interop;

namespace Llm;

/// <summary>How far a value, or a field of it, has come while its answer streams.</summary>
public enum PartialState
{
    /// <summary>It has not begun.</summary>
    Absent,

    /// <summary>It has begun, and more may come.</summary>
    Growing,

    /// <summary>Nothing of it is missing.</summary>
    Whole,
}

/// <summary>
/// What is known of a value while its answer streams. Of a stream's partials each has grown from the one before, and nothing in them is
/// guessed: texts and lists show as they grow, everything else when it is whole. The last one has a <see cref="Result"/>.
/// </summary>
/// <typeparam name="T">What the answer becomes.</typeparam>
/// <example>
/// <code>
/// await foreach (Partial&lt;Book&gt; partial in stream.PartialsAsync())
///     if (partial.TryGet(book => book.Title, out var title)) Show(title);
/// </code>
/// </example>
public sealed class Partial<T>
{
    private readonly PartialHandle<T> _handle;

    internal Partial(PartialHandle<T> handle) => _handle = handle;

    /// <summary>How far the value as a whole has come.</summary>
    public PartialState State => _handle.State;

    /// <summary>
    /// The value as far as it is known; the default of its type as long as a member is missing that it cannot be without, or that has a
    /// default of its own, for then something else may yet come. See <see cref="TryGetValue"/> and <see cref="TryAs"/>.
    /// </summary>
    public T? Value => TryGetValue(out T? value) ? value : default;

    /// <summary>The value, or what is wrong with the answer; null until the answer is complete.</summary>
    public Result<T>? Result => _handle.Result;

    /// <summary>The JSON so far, with all that is open closed; null where there is none, as for a parser.</summary>
    public string? Json => _handle.Json;

    /// <summary>The value as far as it is known.</summary>
    /// <param name="value">The value, where one can be made of what is known.</param>
    public bool TryGetValue([NotNullWhen(true)] out T? value) => _handle.TryGetValue(out value);

    /// <summary>How far a member has come.</summary>
    /// <typeparam name="TField">The member's type.</typeparam>
    /// <param name="field">The member, or a member of a member, or an item of a list.</param>
    /// <exception cref="NotSupportedException">The lambda names no member, such as a call does.</exception>
    /// <example><c>partial.StateOf(book => book.Author.Name)</c></example>
    public PartialState StateOf<TField>(Expression<Func<T, TField>> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return _handle.StateOf(field);
    }

    /// <summary>A member as far as it is known.</summary>
    /// <typeparam name="TField">The member's type.</typeparam>
    /// <param name="field">The member, or a member of a member, or an item of a list.</param>
    /// <param name="value">A text or a list as it grows, anything else when it is whole; a member that is null is none.</param>
    /// <exception cref="NotSupportedException">The lambda names no member, such as a call does.</exception>
    /// <example><c>partial.TryGet(book => book.Authors[0].Name, out string? name)</c></example>
    public bool TryGet<TField>(Expression<Func<T, TField>> field, [NotNullWhen(true)] out TField? value)
    {
        ArgumentNullException.ThrowIfNull(field);
        return _handle.TryGet(field, out value);
    }

    /// <summary>
    /// What is known so far as another type, such as a record with the same names whose members are all nullable.
    /// </summary>
    /// <typeparam name="TOther">The type.</typeparam>
    /// <param name="value">The value, where one can be made of what is known.</param>
    /// <example><c>partial.TryAs(out BookSoFar? soFar)</c></example>
    public bool TryAs<TOther>([NotNullWhen(true)] out TOther? value) => _handle.TryAs(out value);

    /// <summary>The JSON so far.</summary>
    public override string ToString() => Json ?? "";
}
