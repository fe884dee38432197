// How requests get to a provider and answers back: over HTTP, from a script, from a recording.
using Llm.Interop;

namespace Llm;

/// <summary>How requests get to a provider and answers back.</summary>
/// <example>
/// <code>
/// // record once, replay in tests
/// var recording = new LlmClient { Transport = LlmTransport.Default.RecordTo("calls.jsonl") };
/// var replaying = new LlmClient { Transport = LlmTransport.Replay("calls.jsonl") };
/// </code>
/// </example>
public class LlmTransport
{
    internal LlmTransport(TransportHandle handle) => Handle = handle;

    /// <summary>The shared one: HTTP over pooled connections.</summary>
    public static LlmTransport Default { get; } = new(TransportHandle.Standard);

    internal TransportHandle Handle { get; }

    /// <summary>HTTP over a pool of its own. Make one and share it.</summary>
    /// <param name="timeProvider">The clock of <see cref="LlmClient.ConnectTimeout"/>; the system's if not given.</param>
    public static LlmTransport Pooled(TimeProvider? timeProvider = null) =>
        new(TransportHandle.Pooled(timeProvider ?? TimeProvider.System));

    /// <summary>
    /// HTTP over the caller's client. Its own <see cref="HttpClient.Timeout"/> cuts long answers: set it to infinite and use the timeouts
    /// of <see cref="LlmClient"/>.
    /// </summary>
    /// <param name="client">The client; it is not disposed of.</param>
    public static LlmTransport FromHttpClient(HttpClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new(TransportHandle.FromFactory(() => client));
    }

    /// <summary>HTTP over a factory of clients, such as <c>IHttpClientFactory</c>; it is asked for each request.</summary>
    /// <param name="createClient">Gives a client.</param>
    /// <example><c>LlmTransport.FromFactory(() => factory.CreateClient("llm"))</c></example>
    public static LlmTransport FromFactory(Func<HttpClient> createClient)
    {
        ArgumentNullException.ThrowIfNull(createClient);
        return new(TransportHandle.FromFactory(createClient));
    }

    /// <summary>A transport that gives these answers in order, without a network: for tests.</summary>
    /// <param name="answers">The answers; one more request than answers is a <see cref="ConnectionException"/>.</param>
    public static ScriptedTransport Scripted(params ScriptedAnswer[] answers) => new(ScriptHandle.Create(answers));

    /// <summary>
    /// A transport that gives the answers of a file that <see cref="RecordTo"/> wrote, without a network. A request that was not recorded
    /// is a <see cref="ConnectionException"/> that names it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidJsonException">The file cannot be read.</exception>
    public static LlmTransport Replay(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(TransportHandle.Replay(path));
    }

    /// <summary>
    /// The transport that also appends every exchange to a file, a line of JSON each. Keys are left out. Where the file cannot be written, a call
    /// ends in <see cref="InvalidRequestException"/> before anything is asked; an answer that came and could not be written is not lost, and
    /// it is the next call that is refused.
    /// </summary>
    /// <param name="path">The file.</param>
    public LlmTransport RecordTo(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(Handle.RecordTo(path));
    }
}
