// An image as a value, whoever says it.
namespace Llm;

/// <summary>
/// An image, by its bytes or by an address that the provider fetches. It stands for itself wherever a part of a message is wanted.
/// </summary>
/// <example><c>await model.CallAsync(["What is this?", Image.FromUrl("https://example.com/cat.png")]);</c></example>
public abstract record Image
{
    private Image()
    {
    }

    /// <summary>An image by its bytes.</summary>
    /// <param name="MediaType">Its media type, such as <c>image/png</c>.</param>
    /// <param name="Data">The encoded image.</param>
    public sealed record Inline(string MediaType, Bytes Data) : Image;

    /// <summary>An image by its address.</summary>
    /// <param name="Address">An absolute address.</param>
    public sealed record Url(string Address) : Image;

    /// <summary>An image that the provider fetches. Not every provider does.</summary>
    /// <param name="address">An absolute address.</param>
    public static Image FromUrl(string address) => new Url(address);

    /// <summary>An image that is sent with the message.</summary>
    /// <param name="data">The encoded image.</param>
    /// <param name="mediaType">Its media type, such as <c>image/png</c>.</param>
    public static Image FromBytes(Bytes data, string mediaType) => new Inline(mediaType, data);
}
