// How media are read from files, streams and addresses.
namespace Llm;

/// <summary>How an image, audio or a document is read.</summary>
/// <example>
/// <code>Image poster = await Image.FromFileAsync("poster.png", new() { MaxBytes = 50 * 1024 * 1024 });</code>
/// </example>
public sealed record MediaOptions
{
    /// <summary>The most bytes; null for the usual: 20 MiB for an image, 25 MiB for audio, 100 MiB for a document.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>
    /// The media type of a text document, such as <c>text/csv</c>, where no file's name says it. All others are told from their bytes.
    /// </summary>
    public string? MediaType { get; init; }

    /// <summary>Whose transport and time limits a download uses. No key is sent along.</summary>
    public LlmClient Client { get; init; } = LlmClient.Default;
}
