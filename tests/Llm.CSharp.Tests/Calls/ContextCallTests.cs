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

    private static int CountLike(Shelf shelf, string start) => shelf.Books.Count(book => book.StartsWith(start, StringComparison.Ordinal));

    [Test]
    public async Task The_compiler_takes_the_context_from_a_lambda()
    {
        Tool<Shelf>[] tools =
        [
            Tool.CreateWithContext((Shelf shelf) => shelf.Owner, "owner"),
            Tool.CreateWithContext((Shelf shelf, string start) => CountLike(shelf, start), "count"),
            Tool.CreateWithContext(async (Shelf shelf, string start, CancellationToken token) => await Task.FromResult(CountLike(shelf, start)), "wait"),
            Tool.CreateWithContext((Shelf shelf, string a, string b, CancellationToken token) => a + b, "join"),
            Tool.CreateWithContext((Shelf shelf, string a, string b, string c, string d) => a + b + c + d, "join_all"),
            Tool.CreateWithContext<Shelf>(CountLike),
        ];

        Assert.That(
            tools.Select(tool => (tool.Name, tool.Parameters.Contains("shelf", StringComparison.Ordinal))),
            Is.EqualTo(new[] { "owner", "count", "wait", "join", "join_all", "CountLike" }.Select(name => (name, false))));
        Assert.That((await tools[2].In(_shelf).RunAsync(new ToolCall("1", "wait", """{"start":"E"}"""))).Result, Is.EqualTo("1"));
        Assert.That((await tools[4].In(_shelf).RunAsync(new ToolCall("1", "join_all", """{"a":"1","b":"2","c":"3","d":"4"}"""))).Result, Is.EqualTo("1234"));
    }

    [Test]
    public async Task Model_and_parameters_can_be_changed_before_there_is_a_context()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("a"));
        var ask = Call.CreateWithContext(Fake.Model(script), (Shelf shelf, string question) => question).WithParams(new() { MaxTokens = 7 });

        await ask.InvokeAsync(_shelf, "x");

        Assert.That(ask.WithModel("openai/other").Model.Id, Is.EqualTo("openai/other"));
        Assert.That(script.Requests[0].Body, Does.Contain("7"));
    }
}
