// A prompt function bundled with a model.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class CallTests
{
    [Test]
    public async Task A_prompt_may_give_a_text_or_parts_or_messages()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("1"), Fake.Answer("2"), Fake.Answer("3"));
        Model model = Fake.Model(script);
        var text = Call.Create(model, (string genre) => $"A book in {genre}.");
        var parts = Call.Create(model, (string url) => ["What is this?", Image.FromUrl(url)]);
        var messages = Call.Create(model, ((string Role, string Text) input) => [Message.System(input.Role), Message.User(input.Text)]);

        await text.InvokeAsync("fantasy");
        await parts.InvokeAsync("https://example.com/cat.png");
        await messages.InvokeAsync(("A librarian.", "Hello"));

        Assert.That(text.Messages("fantasy"), Is.EqualTo(new[] { Message.User("A book in fantasy.") }));
        Assert.That(
            parts.Messages("https://example.com/cat.png"),
            Is.EqualTo(new[] { Message.User("What is this?", Image.FromUrl("https://example.com/cat.png")) }));
        Assert.That(
            messages.Messages(("A librarian.", "Hello")),
            Is.EqualTo(new Message[] { Message.System("A librarian."), Message.User("Hello") }));
        Assert.That(script.Requests.Select(request => request.Body), Has.One.Contains("A book in fantasy."));
    }

    [Test]
    public async Task A_call_with_another_model_or_parameters_is_another_call()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("1"), Fake.Answer("2"));
        var call = Call.Create(Fake.Model(script), (string genre) => genre);
        var other = call.WithModel(new Model("fake/small", client: Fake.Client(script))).WithParams(new() { MaxTokens = 7 });

        await call.InvokeAsync("a");
        await other.InvokeAsync("b");

        Assert.That(call.Messages("a"), Is.EqualTo(new[] { Message.User("a") }));
        Assert.That(script.Requests[0].Body, Does.Contain("\"large\"").And.Not.Contain("max_tokens"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"small\"").And.Contain("\"max_tokens\":7"));
    }

    [Test]
    public async Task A_call_tries_and_streams_as_a_model_does()
    {
        Model model = Fake.Model(ScriptedAnswer.Refusal(401, "{}"), Fake.Stream("He", "llo"));
        var call = Call.Create(model, (int number) => $"{number}");

        Result<Response> refused = await call.TryInvokeAsync(1);
        await using StreamResponse stream = call.Stream(2);

        Assert.That(refused.IsSuccess, Is.False);
        Assert.That(refused.Match(answer => answer.Text, error => error.GetType().Name), Is.EqualTo(nameof(AuthenticationException)));
        Assert.That(() => refused.Value, Throws.InstanceOf<AuthenticationException>());
        Assert.That((await stream.FinishAsync()).Text, Is.EqualTo("Hello"));
    }
    [Test]
    public async Task A_prompt_is_made_once_for_a_stream_however_the_call_was_changed()
    {
        Model model = Fake.Model(Fake.Stream("1"), Fake.Stream("2"), Fake.Stream("3"));
        int made = 0;
        var call = Call.Create(model, (string genre) => $"{genre} {++made}");

        await using StreamResponse plain = call.Stream("x");
        await using StreamResponse changed = call.Named("book").WithParams(new() { MaxTokens = 7 }).Stream("x");
        await using StreamResponse formatted = call.WithFormat<int>().Stream("x");

        Assert.That(made, Is.EqualTo(3));
        Assert.That((await plain.FinishAsync()).Messages[0], Is.EqualTo(Message.User("x 1")));
    }

    [Test]
    public void A_prompt_that_takes_work_is_not_begun_by_a_stream_that_cannot_wait_for_it()
    {
        int made = 0;
        var call = Call.Create(Fake.Model(Fake.Stream("1")), async (string genre, CancellationToken token) =>
        {
            made++;
            await Task.Yield();
            return new PromptResult(genre);
        });

        Assert.That(async () => await call.Stream("x").FinishAsync(), Throws.InstanceOf<InvalidRequestException>());
        Assert.That(made, Is.EqualTo(0));
    }
}
