// Prompts and tools that are given what they need from the program at the call.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class ContextCallTests
{
    public sealed record Shelf(string Owner, IReadOnlyList<string> Books);

    private static readonly Shelf _shelf = new("Jo", ["Emma", "Dune"]);

    private static readonly Tool<Shelf> _count = Tool.CreateWithContext<Shelf>((Shelf shelf) => shelf.Books.Count, "count");

    private static readonly Tool _plain = Tool.Create(() => "sunny", "weather");

    [Test]
    public async Task Prompt_and_tools_get_the_context_of_the_call()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.ToolCall("1", "count", "{}"),
            Fake.ToolCall("2", "weather", "{}"),
            Fake.Answer("Two."));
        var ask = Call.CreateWithContext(Fake.Model(script), (Shelf shelf, string question) => $"{shelf.Owner} asks: {question}")
            .WithTools(_count, _plain);

        ToolRun run = await (await ask.InvokeAsync(_shelf, "How many books?")).RunToolsAsync(rounds: 3);

        Assert.That(run.Response.Text, Is.EqualTo("Two."));
        Assert.That(script.Requests[0].Body, Does.Contain("Jo asks: How many books?").And.Not.Contain("Owner"));
        Assert.That(
            run.Response.Messages.OfType<UserMessage>().SelectMany(message => message.Content).OfType<ToolOutput>().Select(output => output.Result),
            Is.EqualTo(new[] { "2", "sunny" }));
    }

    [Test]
    public async Task A_whole_conversation_may_be_made_of_the_context_too()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("Hello."), Fake.Stream("Hello."), ScriptedAnswer.Refusal(401, "{}"));
        var ask = Call.CreateWithContext(
            Fake.Model(script),
            (Shelf shelf, string text) => [Message.System($"You serve {shelf.Owner}."), Message.User(text)]);

        await ask.InvokeAsync(_shelf, "Hi.");
        await using StreamResponse stream = ask.Stream(_shelf, "Hi.");
        await stream.FinishAsync();
        Result<Response> refused = await ask.TryInvokeAsync(_shelf, "Hi.");

        Assert.That(script.Requests.Select(request => request.Body), Is.All.Contains("You serve Jo."));
        Assert.That(refused.Error, Is.InstanceOf<AuthenticationException>());
    }
}
