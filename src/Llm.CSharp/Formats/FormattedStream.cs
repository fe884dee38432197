// A streamed answer that should be a value.
namespace Llm;

/// <summary>
/// A streamed answer that should be a value, made by the <c>Stream</c> of a formatted model or call. Its views replay as those of
/// <see cref="StreamResponse"/> do. Dispose of it to stop reading.
/// </summary>
/// <typeparam name="T">What the answer becomes.</typeparam>
/// <example>
/// <code>
/// await using StreamResponse&lt;Book&gt; stream = model.WithFormat&lt;Book&gt;().Stream("Recommend a book.");
///
/// await foreach (Partial&lt;Book&gt; partial in stream.PartialsAsync())
///     if (partial.TryGet(book => book.Title, out var title)) Show(title);
///
/// Book book = (await stream.FinishAsync()).Parse();
/// </code>
/// </example>
public sealed class StreamResponse<T> : IAsyncDisposable
{
    internal StreamResponse(StreamResponse plain, Format<T> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Plain = plain;
        Format = format;
    }

    /// <summary>The stream as one of text, parts and chunks.</summary>
    public StreamResponse Plain { get; }

    /// <summary>What the answer should look like.</summary>
    public Format<T> Format { get; }

    /// <summary>The stream as one of text, parts and chunks.</summary>
    /// <param name="stream">The stream.</param>
    public static implicit operator StreamResponse(StreamResponse<T> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Plain;
    }

    /// <summary>
    /// What is known of the value, each time that more is: each has grown from the one before, and the last one has a
    /// <see cref="Partial{T}.Result"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<Partial<T>> PartialsAsync(CancellationToken cancellationToken = default) =>
        Plain.Source.Partials(Format.Handle, cancellationToken);

    /// <summary>The text, piece by piece.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<string> TextAsync(CancellationToken cancellationToken = default) => Plain.TextAsync(cancellationToken);

    /// <summary>Reads to the end and gives the answer.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">The stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Response<T>> FinishAsync(CancellationToken cancellationToken = default) =>
        new(await Plain.FinishAsync(cancellationToken).ConfigureAwait(false), Format);

    /// <summary>Reads to the end, then does as <see cref="Response{T}.ValidateAsync"/>.</summary>
    /// <param name="retries">How many times the model is asked again at most.</param>
    /// <param name="cancellationToken">Cancels the stream, or a call.</param>
    /// <exception cref="ParseException">No answer is the value that it should be.</exception>
    /// <exception cref="LlmException">The stream is not complete, or the model could not be asked again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Validated<T>> ValidateAsync(int retries = 1, CancellationToken cancellationToken = default) =>
        await (await FinishAsync(cancellationToken).ConfigureAwait(false)).ValidateAsync(retries, cancellationToken).ConfigureAwait(false);

    /// <summary>Stops reading and closes the connection; a stream that had not ended is then cancelled.</summary>
    public ValueTask DisposeAsync() => Plain.DisposeAsync();
}
