// Where the socket would be: a handler that answers every request from memory, so that a benchmark measures all of a client but the network.
using System.Net;
using System.Net.Http.Headers;

namespace Llm.Benchmarks.Peers;

/// <summary>Answers every request with the same bytes, and takes the request's body as a socket would.</summary>
public sealed class Wire(byte[] answer, bool isStream) : HttpMessageHandler
{
    private static readonly MediaTypeHeaderValue _events = new("text/event-stream");
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } body)
            await body.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);

        var content = new StreamContent(new MemoryStream(answer));
        content.Headers.ContentType = isStream ? _events : _json;
        content.Headers.ContentLength = answer.Length;
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }
}
