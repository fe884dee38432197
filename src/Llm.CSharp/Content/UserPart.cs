// What a user may say. What only an assistant may say does not compile here.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A part of what a user says: <see cref="UserText"/>, <see cref="UserImage"/>, <see cref="Audio"/>, <see cref="Document"/> or
/// <see cref="ToolOutput"/>. A string or an <see cref="Image"/> becomes one by itself.
/// </summary>
/// <example><c>IReadOnlyList&lt;UserPart&gt; parts = ["What is this?", Image.FromUrl("https://example.com/cat.png")];</c></example>
public abstract record UserPart
{
    private protected UserPart()
    {
    }

    /// <summary>The text as a part.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator UserPart(string text) => new UserText(text);

    /// <summary>The image as a part.</summary>
    /// <param name="image">The image.</param>
    public static implicit operator UserPart(Image image) => new UserImage(image);
}

/// <summary>Text that a user says.</summary>
/// <param name="Text">The text.</param>
public sealed record UserText(string Text) : UserPart;

/// <summary>An image that a user shows.</summary>
/// <param name="Image">The image.</param>
public sealed record UserImage(Image Image) : UserPart;

/// <summary>Audio that a user says.</summary>
/// <param name="MediaType">Its media type: wav, mp3, aiff, aac, ogg or flac, each with the prefix <c>audio/</c>.</param>
/// <param name="Data">The encoded audio.</param>
public sealed record Audio(string MediaType, Bytes Data) : UserPart
{
    /// <summary>Audio of these bytes; WAV, MP3, AIFF, AAC, Ogg and FLAC are told from the bytes, whatever a name says.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="options">The limit; 25 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The bytes are none, or too many.</exception>
    public static Audio FromBytes(Bytes data, MediaOptions? options = null) => MediaLoading.Audio(MediaLoading.Bytes(data), options);

    /// <summary>Audio in base64, in either alphabet, or as a data url.</summary>
    /// <param name="text">The base64.</param>
    /// <param name="options">The limit; 25 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The text is not base64, or its bytes are none, or too many.</exception>
    public static Audio FromBase64(string text, MediaOptions? options = null) => MediaLoading.Audio(MediaLoading.Base64(text), options);

    /// <summary>Audio in a file; WAV, MP3, AIFF, AAC, Ogg and FLAC are told from the bytes, whatever a name says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit; 25 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The file cannot be read, is none, or too large.</exception>
    public static Task<Audio> FromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.AudioAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>As <see cref="FromFileAsync"/>, with the error as a value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Audio>> TryFromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryAudioAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>Audio from a stream, which is read from where it stands to its end and left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit; 25 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The stream cannot be read, is none, or too long.</exception>
    public static Task<Audio> FromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.AudioAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>As <see cref="FromStreamAsync"/>, with the error as a value.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Audio>> TryFromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryAudioAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>
    /// Audio at an address, downloaded now by the transport of <see cref="MediaOptions.Client"/>; redirects are followed. Do not take
    /// addresses from strangers.
    /// </summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="LlmException">The server refused, the connection broke, or what came is none, or too large.</exception>
    public static Task<Audio> DownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.AudioAsync(MediaLoading.Download(address), options, cancellationToken);

    /// <summary>As <see cref="DownloadAsync"/>, with the error as a value.</summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    public static Task<Result<Audio>> TryDownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryAudioAsync(MediaLoading.Download(address), options, cancellationToken);
}

/// <summary>A document that a user hands over: by its bytes, its text, or an address that the provider fetches.</summary>
/// <example><c>await model.CallAsync(["Summarize this.", Document.FromBytes(pdf, "application/pdf")]);</c></example>
public abstract record Document : UserPart
{
    private Document()
    {
    }

    /// <summary>A document by its bytes.</summary>
    /// <param name="MediaType">Its media type, such as <c>application/pdf</c>.</param>
    /// <param name="Data">The bytes.</param>
    public sealed record Inline(string MediaType, Bytes Data) : Document;

    /// <summary>A document by its text.</summary>
    /// <param name="MediaType">Its media type, such as <c>text/plain</c>.</param>
    /// <param name="Content">The text.</param>
    public sealed record Text(string MediaType, string Content) : Document;

    /// <summary>A document by its address.</summary>
    /// <param name="Address">An absolute address.</param>
    public sealed record Url(string Address) : Document;

    /// <summary>A document of these bytes; PDF, DOCX and XLSX are told from the bytes, texts in UTF-8 from the ending of a file's name or <see cref="MediaOptions.MediaType"/>.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="options">The limit; 100 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The bytes are none, or too many.</exception>
    public static Document FromBytes(Bytes data, MediaOptions? options = null) => MediaLoading.Document(MediaLoading.Bytes(data), options);

    /// <summary>A document in base64, in either alphabet, or as a data url.</summary>
    /// <param name="text">The base64.</param>
    /// <param name="options">The limit; 100 MiB if null.</param>
    /// <exception cref="InvalidRequestException">The text is not base64, or its bytes are none, or too many.</exception>
    public static Document FromBase64(string text, MediaOptions? options = null) => MediaLoading.Document(MediaLoading.Base64(text), options);

    /// <summary>A document in a file; PDF, DOCX and XLSX are told from the bytes, texts in UTF-8 from the ending of a file's name or <see cref="MediaOptions.MediaType"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit; 100 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The file cannot be read, is none, or too large.</exception>
    public static Task<Document> FromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.DocumentAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>As <see cref="FromFileAsync"/>, with the error as a value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Document>> TryFromFileAsync(string path, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryDocumentAsync(MediaLoading.File(path), options, cancellationToken);

    /// <summary>A document from a stream, which is read from where it stands to its end and left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit; 100 MiB if null.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="InvalidRequestException">The stream cannot be read, is none, or too long.</exception>
    public static Task<Document> FromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.DocumentAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>As <see cref="FromStreamAsync"/>, with the error as a value.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The limit.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static Task<Result<Document>> TryFromStreamAsync(Stream stream, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryDocumentAsync(MediaLoading.Stream(stream), options, cancellationToken);

    /// <summary>
    /// A document at an address, downloaded now by the transport of <see cref="MediaOptions.Client"/>; redirects are followed. Do not take
    /// addresses from strangers.
    /// </summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="LlmException">The server refused, the connection broke, or what came is none, or too large.</exception>
    public static Task<Document> DownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.DocumentAsync(MediaLoading.Download(address), options, cancellationToken);

    /// <summary>As <see cref="DownloadAsync"/>, with the error as a value.</summary>
    /// <param name="address">An address that begins with <c>https://</c> or <c>http://</c>.</param>
    /// <param name="options">The limit and the client.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    public static Task<Result<Document>> TryDownloadAsync(string address, MediaOptions? options = null, CancellationToken cancellationToken = default) =>
        MediaLoading.TryDocumentAsync(MediaLoading.Download(address), options, cancellationToken);

    /// <summary>A document of these bytes, of the type that is said unless the bytes say otherwise.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="mediaType">Its media type, such as <c>text/csv</c>.</param>
    /// <exception cref="InvalidRequestException">The bytes are not of that type, or too many.</exception>
    public static Document FromBytes(Bytes data, string mediaType) => FromBytes(data, new MediaOptions { MediaType = mediaType });

    /// <summary>A text that is sent with the message.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mediaType">Its media type.</param>
    public static Document FromText(string text, string mediaType = "text/plain") => new Text(mediaType, text);

    /// <summary>A document that the provider fetches. Not every provider does.</summary>
    /// <param name="address">An absolute address.</param>
    public static Document FromUrl(string address) => new Url(address);
}

/// <summary>What a tool gave back to a call of the assistant.</summary>
/// <param name="Id">The id of the call that this answers.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Result">The result: text, or JSON as text.</param>
/// <param name="IsError">Whether the result is the message of a failure.</param>
public sealed record ToolOutput(string Id, string Name, string Result, bool IsError = false) : UserPart
{
    /// <summary>The result of a call.</summary>
    /// <param name="call">The call that this answers.</param>
    /// <param name="result">The result: text, or JSON as text.</param>
    /// <example><c>await answer.ResumeAsync(answer.ToolCalls.Select(call => ToolOutput.For(call, Run(call))));</c></example>
    public static ToolOutput For(ToolCall call, string result)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ToolOutput(call.Id, call.Name, result);
    }

    /// <summary>The failure of a call, for the model to read.</summary>
    /// <param name="call">The call that this answers.</param>
    /// <param name="message">What went wrong.</param>
    public static ToolOutput Failure(ToolCall call, string message)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ToolOutput(call.Id, call.Name, message, IsError: true);
    }
}
