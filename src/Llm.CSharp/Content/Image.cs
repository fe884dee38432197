// An image as a value, whoever says it.
using Llm.Interop;

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

    /// <summary>An image of these bytes; JPEG, PNG, GIF, WebP, HEIC and HEIF are told from the bytes, whatever a name says.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="options">The limit; 20 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The bytes are none, or too many.</exception>
    public static Image FromBytes(Bytes data, MediaOptions? options = null) => MediaLoading.Image(MediaLoading.Bytes(data), options);

    /// <summary>An image in base64, in either alphabet, or as a data url.</summary>
    /// <param name="text">The base64.</param>
    /// <param name="options">The limit; 20 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The text is not base64, or its bytes are none, or too many.</exception>
    public static Image FromBase64(string text, MediaOptions? options = null) => MediaLoading.Image(MediaLoading.Base64(text), options);

    /// <summary>An image in a file; JPEG, PNG, GIF, WebP, HEIC and HEIF are told from the bytes, whatever a name says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit; 20 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The file cannot be read, is none, or too large.</exception>
    public static Task<Image> FromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.ImageAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>As <see cref="FromFileAsync"/>, with the error as a value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Image>> TryFromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryImageAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>An image from a stream, which is read from where it stands to its end and left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit; 20 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The stream cannot be read, is none, or too long.</exception>
    public static Task<Image> FromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.ImageAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>As <see cref="FromStreamAsync"/>, with the error as a value.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Image>> TryFromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryImageAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>
    /// An image at an address, downloaded now by the transport of <see cref="MediaOptions.Client"/>; redirects are followed. Do not take
    /// addresses from strangers.
    /// </summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="LlmException">The server refused, the connection broke, or what came is none, or too large.</exception>
    public static Task<Image> DownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.ImageAsync(MediaLoading.Download(address), options, cancellationToken);

    /// <summary>As <see cref="DownloadAsync"/>, with the error as a value.</summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    public static Task<Result<Image>> TryDownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryImageAsync(MediaLoading.Download(address), options, cancellationToken);
}
