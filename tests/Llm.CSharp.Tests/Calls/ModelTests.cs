// Calling a model and waiting for the whole answer.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class ModelTests
{
    [Test]
    public async Task A_call_gives_the_answer_with_all_that_came_beside_it()
    {
        Model model = Fake.Model(Fake.Answer("The Hobbit"));

        Response answer = await model.CallAsync("Recommend a book");

        Assert.Multiple(() =>
        {
            Assert.That(answer.Text, Is.EqualTo("The Hobbit"));
            Assert.That(answer.ToString(), Is.EqualTo("The Hobbit"));
            Assert.That(answer.Pretty(), Is.EqualTo("The Hobbit"));
            Assert.That(answer.Texts, Is.EqualTo(new[] { "The Hobbit" }));
            Assert.That(answer.Content, Is.EqualTo(new AssistantPart[] { "The Hobbit" }));
            Assert.That(answer.FinishReason, Is.Null);
            Assert.That(answer.Usage, Is.EqualTo(new Usage { InputTokens = 3, OutputTokens = 2 }));
            Assert.That(answer.Usage!.TotalTokens, Is.EqualTo(5));
            Assert.That(answer.Id, Is.EqualTo("answer-1"));
            Assert.That(answer.Provider, Is.EqualTo("fake"));
            Assert.That(answer.ModelId, Is.EqualTo("fake/large"));
            Assert.That(answer.ProviderModel, Is.EqualTo("large-2"));
            Assert.That(answer.RequestId, Is.EqualTo("request-1"));
            Assert.That(answer.RateLimits!.Requests.Remaining, Is.EqualTo(59));
            Assert.That(answer.RawJson, Does.StartWith("{\"id\":\"answer-1\""));
            Assert.That(answer.Warnings, Is.Empty);
            Assert.That(answer.Messages[0], Is.EqualTo(Message.User("Recommend a book")));
            Assert.That(answer.Messages[1], Is.InstanceOf<AssistantMessage>());
            Assert.That(((AssistantMessage)answer.Messages[1]).Origin!.Provider, Is.EqualTo("fake"));
        });
    }

    [Test]
    public async Task A_cut_answer_says_why()
    {
        Response answer = await Fake.Model(Fake.Answer("The Hob", finish: "length")).CallAsync("Recommend a book");

        Assert.That(answer.FinishReason, Is.EqualTo(FinishReason.MaxTokens));
    }

    [Test]
    public async Task Parts_and_conversations_are_sent_as_they_are()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("A cat"), Fake.Answer("A dog"));
        Model model = Fake.Model(script, new() { Temperature = 0.5 });

        await model.CallAsync(["What is this?", Image.FromUrl("https://example.com/cat.png")]);
        await model.CallAsync([Message.System("Be brief."), Message.User("And this?")]);

        Assert.That(script.Requests[0].Url, Is.EqualTo("http://fake.test/v1/chat/completions"));
        Assert.That(script.Requests[0].Body, Does.Contain("What is this?").And.Contain("https://example.com/cat.png"));
        Assert.That(script.Requests[0].Body, Does.Contain("\"temperature\":0.5"));
        Assert.That(script.Requests[1].Body, Does.Contain("Be brief.").And.Contain("And this?"));
        Assert.That(script.Requests[1].IsStream, Is.False);
    }

    [Test]
    public async Task Resuming_sends_the_whole_conversation()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("The Hobbit"), Fake.Answer("Dragons"), Fake.Stream("Dw", "arves"));
        Response first = await Fake.Model(script).CallAsync("Recommend a book");

        Response second = await first.ResumeAsync("Why?");
        await using StreamResponse third = second.ResumeStream("And?");

        Assert.That(second.Text, Is.EqualTo("Dragons"));
        Assert.That(second.Messages, Has.Count.EqualTo(4));
        Assert.That(await third.TextAsync().JoinAsync(), Is.EqualTo("Dwarves"));
        Assert.That((await third.FinishAsync()).Messages, Has.Count.EqualTo(6));
        Assert.That(script.Requests[1].Body, Does.Contain("The Hobbit").And.Contain("Why?"));
    }

    [Test]
    public async Task Outputs_of_tools_resume_a_call()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.ToolCall("call-1", "search", "{\"q\":1}"), Fake.Answer("Found"));
        Response asked = await Fake.Model(script).CallAsync("Search");

        Response answer = await asked.ResumeAsync(asked.ToolCalls.Select(call => ToolOutput.For(call, "42")));

        Assert.That(asked.ToolCalls, Is.EqualTo(new[] { new ToolCall("call-1", "search", "{\"q\":1}") }));
        Assert.That(asked.Pretty(), Is.EqualTo("**ToolCall (search):** {\"q\":1}"));
        Assert.That(answer.Text, Is.EqualTo("Found"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"tool_call_id\":\"call-1\""));
    }

    [Test]
    public async Task Another_model_goes_on_with_the_same_client()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("The Hobbit"), Fake.Answer("Dragons"));
        Response first = await Fake.Model(script).CallAsync("Recommend a book");

        Response second = await first.WithModel("fake/small").ResumeAsync("Why?");

        Assert.That(second.ModelId, Is.EqualTo("fake/small"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"small\""));
    }

    [Test]
    public async Task What_a_provider_lacks_is_a_warning()
    {
        List<Warning> told = [];
        LlmClient client = Fake.Client(LlmTransport.Scripted(Fake.Answer("Hi"))) with { OnWarning = told.Add };

        Response answer = await new Model("fake/large", new() { TopK = 3 }, client).CallAsync("Hello");

        Assert.That(answer.Warnings.Select(warning => warning.Feature), Is.EqualTo(new[] { "top_k" }));
        Assert.That(told, Is.EqualTo(answer.Warnings));
    }

    [Test]
    public void What_is_wrong_is_thrown_or_given()
    {
        Model model = Fake.Model(ScriptedAnswer.Refusal(429, """{"error":{"message":"slow down"}}"""), ScriptedAnswer.Refusal(500, "{}"));

        Assert.Multiple(async () =>
        {
            var limit = Assert.ThrowsAsync<RateLimitException>(() => model.CallAsync("Hello"))!;
            Assert.That(limit.StatusCode, Is.EqualTo(429));
            Assert.That(limit.Provider, Is.EqualTo("fake"));
            Assert.That(limit.IsRetryable, Is.True);
            Assert.That(limit.Message, Does.Contain("slow down"));

            var (answer, error) = await model.TryCallAsync("Hello");
            Assert.That(answer, Is.Null);
            Assert.That(error, Is.InstanceOf<ServerException>());
        });
    }

    [Test]
    public void What_is_wrong_with_the_call_itself_is_told_by_the_call()
    {
        Model model = Fake.Model();
        IEnumerable<UserPart> nothing = [];

        Assert.Multiple(() =>
        {
            Assert.ThrowsAsync<InvalidRequestException>(() => model.CallAsync(nothing));
            Assert.ThrowsAsync<InvalidRequestException>(() => model.CallAsync(Array.Empty<Message>()));
            Assert.ThrowsAsync<InvalidRequestException>(() => model.WithParams(new() { MaxTokens = 0 }).CallAsync("Hello"));
            Assert.ThrowsAsync<UnknownProviderException>(() => new Model("nobody/x", client: model.Client).CallAsync("Hello"));
            Assert.ThrowsAsync<MissingApiKeyException>(() => new Model("openai/gpt-5", client: model.Client).CallAsync("Hello"));
            Assert.ThrowsAsync<ConnectionException>(() => model.CallAsync("Hello"));
            Assert.ThrowsAsync<ArgumentNullException>(() => model.CallAsync([new UserText(null!)]));
            Assert.That(() => Message.User(nothing), Throws.InstanceOf<InvalidRequestException>());
            Assert.That(() => new ProviderPart("kind", "{"), Throws.InstanceOf<InvalidJsonException>());
        });
    }

    [Test]
    public void Cancelling_is_no_error_of_ours()
    {
        Model model = Fake.Model(Fake.Answer("Hi"));

        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => model.TryCallAsync("Hello", new CancellationToken(true)));
    }

    [Test]
    public void A_response_can_be_made_by_hand()
    {
        var answer = new Response { Model = "fake/large", Content = [new Thought("Hm."), "Hello"] };

        Assert.That(answer.Text, Is.EqualTo("Hello"));
        Assert.That(answer.Thoughts, Is.EqualTo(new[] { "Hm." }));
        Assert.That(answer.Pretty(), Is.EqualTo("**Thinking:**\n  Hm.\n\nHello"));
    }
}
