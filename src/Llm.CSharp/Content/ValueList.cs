// A list that never changes and equals another when their items do: behind every list that a record of this library holds.
using System.Collections;

namespace Llm;

internal sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    public static readonly ValueList<T> Empty = new([]);

    private readonly T[] _items;

    /// <summary>Takes the array, which nobody may change afterwards.</summary>
    internal ValueList(T[] items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public bool Equals(ValueList<T>? other) =>
        other is not null && (ReferenceEquals(this, other) || _items.AsSpan().SequenceEqual(other._items));

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();

        foreach (T item in _items)
            hash.Add(item);

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", _items)}]";
}

internal static class ValueList
{
    /// <summary>A copy of the items; no copy where they are such a list already.</summary>
    public static ValueList<T> Of<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);

        if (items is ValueList<T> list)
            return list;

        T[] copy = [.. items];
        return copy.Length == 0 ? ValueList<T>.Empty : new ValueList<T>(copy);
    }
}
