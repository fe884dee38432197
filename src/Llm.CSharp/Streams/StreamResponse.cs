// A streamed answer and its views. A view of a stream that is not complete throws at its end, so that a cut stream never passes for a
// whole one.
using Llm.Interop;

namespace Llm;

/// <summary>
/// A streamed answer. It connects when it is first read. Each of its views starts at the beginning whenever it is asked for, shows again
/// what was read, and goes on live. A view of a stream that is not complete throws at its end, with what came in
/// <see cref="LlmException.Partial"/>. A token that is cancelled while one reads cancels the whole stream. Dispose of it to stop reading.
/// </summary>
/// <example>
/// <code>
/// await using StreamResponse stream = model.Stream("Please recommend a fantasy book");
/// await foreach (string text in stream.TextAsync(cancellationToken)) Console.Write(text);
/// Response answer = await stream.FinishAsync(cancellationToken);
/// </code>
/// </example>
public sealed class StreamResponse : IAsyncDisposable
{
    private readonly StreamSource _source;

    internal StreamResponse(StreamSource source) => _source = source;

    internal StreamSource Source => _source;

    /// <summary>
    /// What has come so far: text as it grows; thoughts and tool calls when they are whole. It is made anew each time it is asked for.
    /// </summary>
    public IReadOnlyList<AssistantPart> Content => _source.Content;

    /// <summary>What was used; null as long as the provider has not said.</summary>
    public Usage? Usage => _source.Usage;

    /// <summary>How it ended; null while it has not.</summary>
    public StreamOutcome? Outcome => _source.Outcome;

    /// <summary>
    /// After an end that is no answer: what there is to go on with. Null while it has not ended, for a complete one, and for a call that was
    /// refused before it was sent.
    /// </summary>
    public Interruption? Interruption => _source.Interruption;

    /// <summary>The text, piece by piece: joined, it is <see cref="Response.Text"/>.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<string> TextAsync(CancellationToken cancellationToken = default) => _source.Text(cancellationToken);

    /// <summary>The readable form of all parts, piece by piece: joined, it is <see cref="Response.Pretty"/>.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<string> PrettyAsync(CancellationToken cancellationToken = default) => _source.Pretty(cancellationToken);

    /// <summary>
    /// The bytes of spoken audio, piece by piece, to be played as they come. Its transcript is in <see cref="TextAsync"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<Bytes> AudioAsync(CancellationToken cancellationToken = default) => _source.Audio(cancellationToken);

    /// <summary>All chunks.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<Chunk> ChunksAsync(CancellationToken cancellationToken = default) => _source.Chunks(cancellationToken);

    /// <summary>The parts, each as a stream of its own, in the order in which they begin.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="LlmException">At the end, where the stream is not complete.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<PartStream> PartsAsync(CancellationToken cancellationToken = default) => _source.Parts(cancellationToken);

    /// <summary>The stream as one whose answer should be a value.</summary>
    /// <typeparam name="T">What the answer becomes.</typeparam>
    /// <param name="format">What it should look like; <c>WithFormat</c> of a model asks for it.</param>
    public StreamResponse<T> WithFormat<T>(Format<T> format) => new(this, format);

    /// <summary>Reads to the end and gives the answer.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <exception cref="TruncatedStreamException">The stream ended before its proof of completeness.</exception>
    /// <exception cref="LlmException">The provider refused, or something broke the stream off.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Response> FinishAsync(CancellationToken cancellationToken = default) => _source.FinishAsync(cancellationToken);

    /// <summary>
    /// Reads to the end and tells how the stream ended; never throws what it can tell. A cancelled token gives
    /// <see cref="StreamOutcome.Cancelled"/> with what came so far.
    /// </summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    public Task<StreamOutcome> TryFinishAsync(CancellationToken cancellationToken = default) => _source.TryFinishAsync(cancellationToken);

    /// <summary>Stops reading and closes the connection; a stream that had not ended is then cancelled.</summary>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
