// Tool calls while they stream, the answer of a stream that was read, and when it was given.
using NUnit.Framework;

namespace Llm.Tests.Streams;

public sealed class StreamPieceTests
{
    [Test]
    public async Task A_tool_call_is_told_with_each_of_its_chunks()
    {
        await using StreamResponse stream = Fake.Model(Fake.RichStream()).Stream("Search");
        List<string> seen = [];
        int chunks = 0;

        await foreach (var (_, call) in stream.ChunksWithToolCallsAsync())
        {
            chunks++;

            if (call is not null)
                seen.Add($"{call.Name} {call.Delta}|{call.Arguments}|{call.Whole?.Arguments}");
        }

        Assert.That(seen, Is.EqualTo(new[] { "search ||", "search {\"q\":|{\"q\":|", "search 1}|{\"q\":1}|", "search |{\"q\":1}|{\"q\":1}" }));
        Assert.That(chunks, Is.GreaterThan(seen.Count));
        Assert.That(stream.Response!.ToolCalls, Is.EqualTo(new[] { new ToolCall("call-1", "search", "{\"q\":1}") }));
    }

    [Test]
    public async Task Only_a_stream_that_was_read_to_its_end_has_an_answer()
    {
        await using StreamResponse stream = Fake.Model(Fake.Stream("a", "b")).Stream("Hello");
        Assert.That(stream.Response, Is.Null);

        Response answer = await stream.FinishAsync();

        Assert.That(stream.Response, Is.EqualTo(answer));
        Assert.That(answer.Id, Is.EqualTo("answer-1"));
        Assert.That(answer.ProviderModel, Is.EqualTo("large-2"));
        Assert.That(answer.StartedAt, Is.GreaterThan(DateTimeOffset.UnixEpoch));
        Assert.That(answer.EndedAt, Is.GreaterThanOrEqualTo(answer.StartedAt));

        await using StreamResponse cut = Fake.Model(Fake.CutStream("a")).Stream("Hello");
        await cut.TryFinishAsync();
        Assert.That(cut.Response, Is.Null);
    }
}
