// Going on with answers that broke off.
using NUnit.Framework;

namespace Llm.Tests.Streams;

public sealed class InterruptionTests
{
    [Test]
    public async Task A_cut_answer_goes_on_and_the_response_holds_the_whole_conversation()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.CutStream("One, ", "two"), Fake.Answer(", three."));
        Model model = Fake.Model(script, new() { MaxTokens = 9 }).WithTools(Tool.Create((string city) => "sun", "get_weather"));
        await using StreamResponse stream = model.Stream("Count.");

        Assert.That(await stream.TryFinishAsync(), Is.InstanceOf<StreamOutcome.Truncated>());
        Interruption interruption = stream.Interruption!;
        Response answer = await interruption.ResumeAsync();

        Assert.That(interruption.Partial.Text, Is.EqualTo("One, two"));
        Assert.That(answer.Text, Is.EqualTo(", three."));
        Assert.That(answer.Messages, Has.Count.EqualTo(4));
        Assert.That(answer.Messages[0], Is.EqualTo(Message.User("Count.")));
        Assert.That(((AssistantMessage)answer.Messages[1]).Content, Is.EqualTo(new AssistantPart[] { "One, two" }));
        Assert.That(answer.Messages[2], Is.EqualTo(Message.User(Interruption.GoOn)));
        Assert.That(script.Requests[1].Body, Does.Contain("\"max_tokens\":9").And.Contain("get_weather"));
        Assert.That(answer.Warnings, Is.Empty);
    }

    [Test]
    public async Task A_call_that_broke_off_stays_behind_and_is_told()
    {
        ScriptedAnswer cut = ScriptedAnswer.Events(
            Fake.Delta("Let me see."),
            """
            {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"search","arguments":"{\"q\":"}}]}}]}
            """);
        ScriptedTransport script = LlmTransport.Scripted(cut, Fake.Stream("Done."));
        await using StreamResponse stream = Fake.Model(script).Stream("Find it.");
        await stream.TryFinishAsync();
        Interruption interruption = stream.Interruption!;

        Continuation next = interruption.Continue("Go on without tools.");
        await using StreamResponse rest = interruption.ResumeStream("Go on without tools.");
        Response answer = await rest.FinishAsync();

        var call = new ToolCall("t1", "search", "{\"q\":");
        Assert.That(interruption.Unfinished, Is.EqualTo(new[] { call }));
        Assert.That(next.Dropped.Single().Part, Is.EqualTo(call));
        Assert.That(next.Messages[^1], Is.EqualTo(Message.User("Go on without tools.")));
        Assert.That(answer.Messages.Take(3), Is.EqualTo(next.Messages));
        Assert.That(answer.Warnings.Single().Message, Does.Contain("'search' broke off"));
        Assert.That(script.Requests[1].Body, Does.Not.Contain("t1"));
    }

    [Test]
    public async Task An_output_of_a_call_that_is_not_whole_is_refused()
    {
        await using StreamResponse stream = Fake.Model(Fake.CutStream("One")).Stream("Count.");
        await stream.TryFinishAsync();

        Result<Response> result = await stream.Interruption!.TryResumeAsync([new ToolOutput("t1", "search", "x")]);

        Assert.That(result.Error, Is.InstanceOf<InvalidRequestException>());
        Assert.That(() => stream.Interruption!.Continue(new ToolOutput("t1", "search", "x")), Throws.InstanceOf<InvalidRequestException>());
    }

    [Test]
    public async Task Another_model_may_go_on()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.CutStream("One"), Fake.Answer(", two"), Fake.Answer(", two"));
        await using StreamResponse stream = Fake.Model(script).Stream("Count.");
        await stream.TryFinishAsync();
        Interruption interruption = stream.Interruption!;

        await interruption.WithModel(new Model("fake/small", client: Fake.Client(script))).ResumeAsync("Go on.");

        using (Model.Use("fake/tiny"))
            await interruption.ResumeAsync();

        Assert.That(script.Requests[1].Body, Does.Contain("\"small\"").And.Contain("Go on."));
        Assert.That(script.Requests[2].Body, Does.Contain("\"tiny\""));
    }

    [Test]
    public async Task A_complete_stream_and_a_refused_call_have_nothing_to_go_on_with()
    {
        await using StreamResponse whole = Fake.Model(Fake.Stream("One")).Stream("Count.");
        await using StreamResponse refused = new Model("nobody/x", client: Fake.Client(LlmTransport.Scripted())).Stream("Count.");

        await whole.TryFinishAsync();
        await refused.TryFinishAsync();

        Assert.That((whole.Interruption, refused.Interruption), Is.EqualTo(((Interruption?)null, (Interruption?)null)));
    }
}
