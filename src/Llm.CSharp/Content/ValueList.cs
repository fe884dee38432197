// A list that never changes and equals another when their items do: behind every list that a record of this library holds.
using System.Collections;

namespace Llm;

internal class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    public static readonly ValueList<T> Empty = new([]);

    private T[]? _items;

    /// <summary>Takes the array, which nobody may change afterwards.</summary>
    internal ValueList(T[] items) => _items = items;

    /// <summary>A list whose items are made when somebody looks at them.</summary>
    private protected ValueList()
    {
    }

    public int Count => _items?.Length ?? CountUnmade;

    /// <summary>How many items there will be.</summary>
    private protected virtual int CountUnmade => Items.Length;

    // Of two threads that make the items at once, both get those of the first.
    private T[] Items => _items ?? Interlocked.CompareExchange(ref _items, Make(), null) ?? _items;

    public T this[int index] => Items[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    public bool Equals(ValueList<T>? other) =>
        other is not null && (ReferenceEquals(this, other) || Items.AsSpan().SequenceEqual(other.Items));

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();

        foreach (T item in Items)
            hash.Add(item);

        return hash.ToHashCode();
    }

    /// <summary>Makes the items, where the list was not given them.</summary>
    private protected virtual T[] Make() => [];

    public override string ToString() => $"[{string.Join(", ", Items)}]";
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
