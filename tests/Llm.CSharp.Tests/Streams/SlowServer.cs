// A server that sends a part of a stream and then nothing more, until somebody hangs up.
using System.Net;
using System.Text;

namespace Llm.Tests.Streams;

internal sealed class SlowServer(params string[] events) : HttpMessageHandler
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the connection was closed.</summary>
    public Task Closed => _closed.Task;

    public LlmTransport Transport => LlmTransport.FromHttpClient(new HttpClient(this, disposeHandler: false));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));

        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Body(bytes, _closed)) });
    }

    private sealed class Body(byte[] bytes, TaskCompletionSource closed) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

            return await base.ReadAsync(buffer, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            closed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
