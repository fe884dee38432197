// Cancelling and disposing: the connection is closed, what came is kept, and nobody takes it for an answer.
using NUnit.Framework;

namespace Llm.Tests.Streams;

[CancelAfter(20_000)]
public sealed class CancellationTests
{
    [Test]
    public async Task A_cancelled_token_ends_the_view_and_closes_the_connection(CancellationToken timeout)
    {
        var server = new SlowServer(Fake.Delta("Once "));
        StreamResponse stream = Fake.Model(server.Transport).Stream("Hello");
        using var source = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        List<string> came = [];

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), async () =>
        {
            await foreach (string text in stream.TextAsync(source.Token))
            {
                came.Add(text);
                source.CancelAfter(20);
            }
        });

        await server.Closed.WaitAsync(timeout);
        Assert.That(came, Is.EqualTo(new[] { "Once " }));
        Assert.That(((StreamOutcome.Cancelled)stream.Outcome!).Partial.Text, Is.EqualTo("Once "));
    }

    [Test]
    public void A_later_view_of_a_cancelled_stream_throws_too(CancellationToken timeout)
    {
        StreamResponse stream = Fake.Model(new SlowServer(Fake.Delta("Once ")).Transport).Stream("Hello");
        using var source = new CancellationTokenSource(20);

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => stream.FinishAsync(source.Token));
        var cancelled = Assert.ThrowsAsync<StreamCancelledException>(() => stream.TextAsync(timeout).ToListAsync())!;
        Assert.That(cancelled.Partial!.Text, Is.EqualTo("Once "));
    }

    [Test]
    public async Task Trying_to_finish_tells_what_came_before_the_token_was_cancelled()
    {
        StreamResponse stream = Fake.Model(new SlowServer(Fake.Delta("Once ")).Transport).Stream("Hello");
        using var source = new CancellationTokenSource(20);

        StreamOutcome outcome = await stream.TryFinishAsync(source.Token);

        Assert.That(((StreamOutcome.Cancelled)outcome).Partial.Text, Is.EqualTo("Once "));
    }

    [Test]
    public async Task Either_token_of_an_enumeration_cancels_it(CancellationToken timeout)
    {
        StreamResponse stream = Fake.Model(new SlowServer(Fake.Delta("Once ")).Transport).Stream("Hello");
        using var ofView = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        using var ofEnumeration = CancellationTokenSource.CreateLinkedTokenSource(timeout);

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), async () =>
        {
            await foreach (string _ in stream.TextAsync(ofView.Token).WithCancellation(ofEnumeration.Token))
                ofView.CancelAfter(20);
        });

        await stream.DisposeAsync();
    }

    [Test]
    public async Task Disposing_closes_the_connection_and_ends_who_waits(CancellationToken timeout)
    {
        var server = new SlowServer(Fake.Delta("Once "));
        StreamResponse stream = Fake.Model(server.Transport).Stream("Hello");
        Task<StreamOutcome> waiting = stream.TryFinishAsync(timeout);

        while (stream.Content.Count == 0)
            await Task.Delay(5, timeout);

        await stream.DisposeAsync();
        await server.Closed.WaitAsync(timeout);

        Assert.That(await waiting.WaitAsync(timeout), Is.InstanceOf<StreamOutcome.Cancelled>());
    }

    [Test]
    public async Task Silence_past_the_limit_is_a_timeout(CancellationToken timeout)
    {
        LlmClient client = Fake.Client(new SlowServer(Fake.Delta("Once ")).Transport) with { IdleTimeout = TimeSpan.FromMilliseconds(30) };
        await using StreamResponse stream = new Model("fake/large", client: client).Stream("Hello");

        var late = Assert.ThrowsAsync<LlmTimeoutException>(() => stream.TextAsync(timeout).ToListAsync())!;

        Assert.That(late.Kind, Is.EqualTo(TimeoutKind.Idle));
        Assert.That(late.Limit, Is.EqualTo(TimeSpan.FromMilliseconds(30)));
        Assert.That(late.Partial!.Text, Is.EqualTo("Once "));
    }
}
