// Bytes as a value: images, audio and documents carry them.
namespace Llm;

/// <summary>Immutable bytes, equal when their contents are. Printing shows the length only.</summary>
/// <example><c>Bytes data = File.ReadAllBytes("photo.png");</c></example>
public readonly struct Bytes : IEquatable<Bytes>
{
    private Bytes(ReadOnlyMemory<byte> memory) => Memory = memory;

    /// <summary>Copies the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public Bytes(ReadOnlySpan<byte> bytes) => Memory = bytes.ToArray();

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>How many bytes.</summary>
    public int Length => Memory.Length;

    /// <summary>A fresh array with the bytes.</summary>
    public byte[] ToArray() => Memory.ToArray();

    /// <summary>The bytes in base64 (RFC 4648, the standard alphabet).</summary>
    public string ToBase64() => Convert.ToBase64String(Memory.Span);

    /// <summary>Reads base64 in the standard alphabet.</summary>
    /// <param name="text">The base64.</param>
    /// <exception cref="FormatException">The text is not base64.</exception>
    public static Bytes FromBase64(string text) => Trusted(Convert.FromBase64String(text));

    /// <summary>Takes memory that nobody changes, without a copy.</summary>
    internal static Bytes Trusted(ReadOnlyMemory<byte> memory) => new(memory);

    /// <summary>Copies an array.</summary>
    /// <param name="bytes">The bytes.</param>
    public static implicit operator Bytes(byte[] bytes) => new((ReadOnlySpan<byte>)bytes);

    /// <summary>Whether the contents are equal.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Bytes left, Bytes right) => left.Equals(right);

    /// <summary>Whether the contents differ.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Bytes left, Bytes right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Bytes other) => Memory.Span.SequenceEqual(other.Memory.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bytes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Memory.Span);
        return hash.ToHashCode();
    }

    /// <summary>The length, such as <c>12 bytes</c>.</summary>
    public override string ToString() => $"{Length} bytes";
}
