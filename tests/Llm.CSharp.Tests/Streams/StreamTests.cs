// Streams and their views: they replay, they go on live, and a cut one never passes for a whole one.
using NUnit.Framework;

namespace Llm.Tests.Streams;

public sealed class StreamTests
{
    [Test]
    public async Task The_text_joined_is_the_text_of_the_answer()
    {
        await using StreamResponse stream = Fake.Model(Fake.Stream("Once ", "upon ", "a time")).Stream("Tell a story");

        string text = await stream.TextAsync().JoinAsync();
        Response answer = await stream.FinishAsync();

        Assert.That(text, Is.EqualTo("Once upon a time"));
        Assert.That(answer.Text, Is.EqualTo(text));
        Assert.That(answer.RawJson, Is.Null);
        Assert.That(answer.Usage, Is.EqualTo(new Usage { InputTokens = 3, OutputTokens = 2 }));
        Assert.That(stream.Usage, Is.EqualTo(answer.Usage));
        Assert.That(stream.Outcome, Is.InstanceOf<StreamOutcome.Complete>());
        Assert.That(answer.Messages[0], Is.EqualTo(Message.User("Tell a story")));
    }

    [Test]
    public async Task The_pretty_text_joined_is_that_of_the_answer()
    {
        await using StreamResponse stream = Fake.Model(Fake.RichStream()).Stream("Search");

        string pretty = await stream.PrettyAsync().JoinAsync();

        Assert.That(pretty, Is.EqualTo((await stream.FinishAsync()).Pretty()));
        Assert.That(pretty, Is.EqualTo("**Thinking:**\n  Hm.\n\nLet me look.\n\n**ToolCall (search):** {\"q\":1}"));
    }

    [Test]
    public async Task Views_begin_at_the_start_and_go_on_live()
    {
        await using StreamResponse stream = Fake.Model(Fake.Stream("a", "b", "c")).Stream("Hello");
        string first = "";

        await foreach (string text in stream.TextAsync())
        {
            first += text;

            if (first == "ab")
                break;
        }

        Assert.That(await stream.TextAsync().JoinAsync(), Is.EqualTo("abc"));
        Assert.That(await stream.TextAsync().JoinAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Content_grows_while_one_reads()
    {
        await using StreamResponse stream = Fake.Model(Fake.Stream("a", "b")).Stream("Hello");
        List<string> seen = [];

        await foreach (string _ in stream.TextAsync())
            seen.Add(string.Concat(stream.Content.OfType<AssistantText>().Select(part => part.Text)));

        Assert.That(seen, Is.EqualTo(new[] { "a", "ab" }));
    }

    [Test]
    public async Task Chunks_are_matched_by_their_cases()
    {
        await using StreamResponse stream = Fake.Model(Fake.RichStream()).Stream("Search");

        List<Chunk> chunks = await stream.ChunksAsync().ToListAsync();

        Assert.That(string.Concat(chunks.OfType<Chunk.ThoughtDelta>().Select(delta => delta.Text)), Is.EqualTo("Hm."));
        Assert.That(string.Concat(chunks.OfType<Chunk.TextDelta>().Select(delta => delta.Text)), Is.EqualTo("Let me look."));
        Assert.That(chunks.OfType<Chunk.ToolCallStart>().Single(), Is.EqualTo(new Chunk.ToolCallStart(2, "call-1", "search")));
        Assert.That(chunks.OfType<Chunk.Finish>().Single().Reason, Is.Null);
    }

    [Test]
    public async Task Parts_are_streams_of_their_own_in_any_order()
    {
        await using StreamResponse stream = Fake.Model(Fake.RichStream()).Stream("Search");

        List<PartStream> parts = await stream.PartsAsync().ToListAsync();

        Assert.That(parts.Select(part => part.GetType().Name), Is.EqualTo(new[] { "Thought", "Text", "ToolCall" }));
        Assert.That(parts[2], Is.InstanceOf<PartStream.ToolCall>().With.Property("Name").EqualTo("search"));
        Assert.That(await parts[2].DeltasAsync().JoinAsync(), Is.EqualTo("{\"q\":1}"));
        Assert.That(await parts[2].CollectAsync(), Is.EqualTo(new ToolCall("call-1", "search", "{\"q\":1}")));
        Assert.That(await parts[1].CollectAsync(), Is.EqualTo(new AssistantText("Let me look.")));
        Assert.That(await parts[0].DeltasAsync().JoinAsync(), Is.EqualTo("Hm."));
    }

    [Test]
    public void Every_view_of_a_cut_stream_throws_at_its_end_with_what_came()
    {
        StreamResponse stream = Fake.Model(Fake.CutStream("Once ", "upon ")).Stream("Tell a story");
        List<string> came = [];

        Assert.Multiple(() =>
        {
            var cut = Assert.ThrowsAsync<TruncatedStreamException>(() => stream.TextAsync().ToListAsync(came))!;
            Assert.That(string.Concat(came), Is.EqualTo("Once upon "));
            Assert.That(cut.Partial!.Text, Is.EqualTo("Once upon "));
            Assert.That(cut.Partial.Model, Is.EqualTo("large-2"));
            Assert.That(cut.IsRetryable, Is.True);
            Assert.ThrowsAsync<TruncatedStreamException>(() => stream.TextAsync().ToListAsync());
            Assert.ThrowsAsync<TruncatedStreamException>(() => stream.PrettyAsync().ToListAsync());
            Assert.ThrowsAsync<TruncatedStreamException>(() => stream.ChunksAsync().ToListAsync());
            Assert.ThrowsAsync<TruncatedStreamException>(() => stream.PartsAsync().ToListAsync());
            Assert.ThrowsAsync<TruncatedStreamException>(() => stream.FinishAsync());
        });
    }

    [Test]
    public async Task A_part_that_never_ended_throws()
    {
        StreamResponse stream = Fake.Model(Fake.CutStream("Once ")).Stream("Tell a story");
        await using IAsyncEnumerator<PartStream> parts = stream.PartsAsync().GetAsyncEnumerator();

        Assert.That(await parts.MoveNextAsync(), Is.True);
        Assert.ThrowsAsync<TruncatedStreamException>(() => parts.Current.CollectAsync());
        Assert.ThrowsAsync<TruncatedStreamException>(() => parts.Current.DeltasAsync().ToListAsync());
    }

    [Test]
    public async Task The_outcome_tells_what_a_cut_or_broken_stream_had_given()
    {
        StreamOutcome cut = await Fake.Model(Fake.CutStream("Once ")).Stream("Hello").TryFinishAsync();
        StreamOutcome broken = await Fake.Model(Fake.CutStream("Once ").Broken()).Stream("Hello").TryFinishAsync();
        StreamOutcome failed = await Fake
            .Model(ScriptedAnswer.Events(Fake.Delta("Once "), """{"error":{"message":"overloaded","code":503}}"""))
            .Stream("Hello")
            .TryFinishAsync();

        Assert.That(cut, Is.InstanceOf<StreamOutcome.Truncated>());
        Assert.That(((StreamOutcome.Failed)broken).Error, Is.InstanceOf<ConnectionException>());
        Assert.That(((StreamOutcome.Failed)failed).Error, Is.InstanceOf<ServerException>());
        Assert.That(new[] { cut, broken, failed }.Select(outcome => outcome.Partial!.Text), Is.All.EqualTo("Once "));
    }

    [Test]
    public async Task A_refusal_is_told_by_the_first_read()
    {
        StreamResponse refused = Fake.Model(ScriptedAnswer.Refusal(401, "{}")).Stream("Hello");
        StreamResponse unknown = new Model("nobody/x").Stream("Hello");
        IEnumerable<UserPart> nothing = [];
        StreamResponse empty = Fake.Model().Stream(nothing);

        Assert.ThrowsAsync<AuthenticationException>(() => refused.TextAsync().ToListAsync());
        Assert.ThrowsAsync<UnknownProviderException>(() => unknown.FinishAsync());
        Assert.ThrowsAsync<InvalidRequestException>(() => empty.FinishAsync());
        Assert.That(await empty.TryFinishAsync(), Is.InstanceOf<StreamOutcome.Failed>());
    }

    [Test]
    public async Task Thoughts_are_hidden_where_they_were_not_asked_for()
    {
        Model model = Fake.Model(LlmTransport.Scripted(Fake.RichStream()), new() { Thinking = ThinkingLevel.Low });
        await using StreamResponse stream = model.Stream("Search");

        List<Chunk> chunks = await stream.ChunksAsync().ToListAsync();

        Assert.That(chunks.OfType<Chunk.ThoughtDelta>(), Is.Empty);
        Assert.That((await stream.FinishAsync()).Thoughts, Is.Empty);
    }
}
