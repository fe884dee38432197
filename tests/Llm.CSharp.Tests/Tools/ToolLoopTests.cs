// Conversations in which the model calls tools, from the question to the answer.
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Llm.Tests.Tools;

public sealed class ToolLoopTests
{
    private static readonly Tool _weather = Tool.Create((string city) => $"Sun in {city}", "weather", "The weather.");

    private static readonly Tool _broken = Tool.Create(string () => throw new InvalidOperationException("No oven."), "bake");

    [Test]
    public async Task A_loop_runs_tools_until_the_model_answers()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.ToolCall("1", "weather", """{"city":"Paris"}"""),
            Fake.ToolCall("2", "weather", """{"town":"Paris"}"""),
            Fake.ToolCall("3", "bake", "{}"),
            Fake.ToolCall("4", "swim", "{}"),
            Fake.Answer("It is sunny."));

        Response answer = await Fake.Model(script).WithTools(_weather, _broken).CallAsync("How is Paris?");

        while (answer.ToolCalls.Count > 0)
            answer = await answer.ResumeAsync(await answer.ExecuteToolsAsync());

        var outputs = answer.Messages.OfType<UserMessage>().SelectMany(message => message.Content).OfType<ToolOutput>().ToList();
        Assert.That(answer.Text, Is.EqualTo("It is sunny."));
        Assert.That(outputs.Select(output => output.IsError), Is.EqualTo(new[] { false, true, true, true }));
        Assert.That(outputs[0], Is.EqualTo(new ToolOutput("1", "weather", "Sun in Paris")));
        Assert.That(outputs[1].Result, Does.Contain("city"));
        Assert.That(outputs[2].Result, Is.EqualTo("No oven."));
        Assert.That(outputs[3].Result, Does.Contain("swim").And.Contain("weather, bake"));
        Assert.That(script.Requests.Select(request => ToolNames(request.Body)), Is.All.EqualTo(new[] { "weather", "bake" }));
        Assert.That(script.Requests[1].Body, Does.Contain("Sun in Paris"));
    }

    [Test]
    public async Task Outputs_are_in_the_order_of_the_calls_however_long_each_takes()
    {
        Tool wait = Tool.Create(async (int milliseconds) => { await Task.Delay(milliseconds); return milliseconds; }, "wait");
        var calls = new[] { 30, 1, 10 }.Select((time, index) => new ToolCall($"{index}", "wait", $$"""{"milliseconds":{{time}}}"""));

        ToolResults results = await new Toolkit(wait).ExecuteAsync(calls);

        Assert.That(results.Outputs.Select(output => output.Result), Is.EqualTo(new[] { "30", "1", "10" }));
    }

    [Test]
    public async Task What_needs_approval_waits_may_be_stored_and_is_settled()
    {
        int runs = 0;
        Tool delete = Tool.Create((string file) => { runs++; return $"{file} is gone"; }, "delete").RequiringApproval();
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.ToolCall("1", "delete", """{"file":"a"}"""),
            Fake.Answer("Done."),
            Fake.Answer("Not done."));
        Response answer = await Fake.Model(script).WithTools(delete).CallAsync("Delete a.");

        ToolResults waiting = await answer.ExecuteToolsAsync();
        Result<Response> early = await answer.TryResumeAsync(waiting);
        ToolResults stored = ToolResults.FromJson(waiting.ToJson());
        ToolCall call = stored.Waiting.Single();
        ToolResults approved = stored.Settle(await answer.Model.Tools.ApproveAsync(call));
        ToolResults rejected = stored.Settle(Toolkit.Reject(call, "Not today."));

        Assert.That(early.Error, Is.InstanceOf<InvalidRequestException>());
        Assert.That(stored, Is.EqualTo(waiting));
        Assert.That(stored.Outputs, Is.Empty);
        Assert.That(runs, Is.EqualTo(1));
        Assert.That(approved.Outputs, Is.EqualTo(new[] { new ToolOutput("1", "delete", "a is gone") }));
        Assert.That(rejected.Outputs.Single().Result, Does.Contain("Not today."));
        Assert.That(rejected.Outputs.Single().IsError, Is.True);
        Assert.That((await answer.ResumeAsync(approved)).Text, Is.EqualTo("Done."));
        Assert.That((await answer.ResumeAsync(rejected)).Text, Is.EqualTo("Not done."));
    }

    [Test]
    public void Results_that_are_none_are_refused() =>
        Assert.That(() => ToolResults.FromJson("""{"a":1}"""), Throws.InstanceOf<InvalidJsonException>());

    [Test]
    public async Task A_choice_is_sent_and_tools_stay_with_another_model()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("1"), Fake.Answer("2"), Fake.Answer("3"));
        var call = Call.Create(Fake.Model(script), (string text) => text).WithTools(_weather).WithToolChoice(ToolChoice.One("weather"));

        await call.InvokeAsync("a");
        await call.WithModel("fake/small").InvokeAsync("b");
        await call.WithModel(new Model("fake/tiny", client: Fake.Client(script))).InvokeAsync("c");

        Assert.That(script.Requests.Select(request => ToolNames(request.Body)), Is.All.EqualTo(new[] { "weather" }));
        Assert.That(
            script.Requests.Select(request => (string?)JsonNode.Parse(request.Body)!["tool_choice"]!["function"]!["name"]),
            Is.All.EqualTo("weather"));
    }

    [Test]
    public async Task A_choice_of_no_tool_is_refused_before_the_wire()
    {
        Model model = Fake.Model(Fake.Answer("1")).WithTools(_weather).WithToolChoice(ToolChoice.One("swim"));

        Assert.That((await model.TryCallAsync("a")).Error, Is.InstanceOf<InvalidRequestException>());
    }

    [Test]
    public async Task Search_of_the_web_and_caching_are_asked_for()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(400, "{}"), ScriptedAnswer.Refusal(400, "{}"));
        LlmClient client = new LlmClient { Transport = script, Environment = _ => "key" };
        Model model = new Model("anthropic/claude-sonnet-4-5", new() { PromptCaching = PromptCaching.OneHour }, client)
            .WithProviderTools(ProviderTool.WebSearch);

        await model.TryCallAsync("News?");
        await model.WithParams(new() { PromptCaching = PromptCaching.Off }).TryCallAsync("News?");

        Assert.That(script.Requests[0].Body, Does.Contain("web_search").And.Contain("\"ttl\":\"1h\""));
        Assert.That(script.Requests[1].Body, Does.Contain("web_search").And.Not.Contain("cache_control"));
    }

    [Test]
    public async Task A_streamed_answer_runs_its_tools_too()
    {
        Tool search = Tool.Create((int q) => q + 1, "search");
        ScriptedTransport script = LlmTransport.Scripted(Fake.RichStream(), Fake.Stream("Tw", "o"));
        await using StreamResponse stream = Fake.Model(script).WithTools(search).Stream("Search.");

        Response answer = await stream.FinishAsync();
        await using StreamResponse next = answer.ResumeStream(await answer.ExecuteToolsAsync());

        Assert.That((await next.FinishAsync()).Text, Is.EqualTo("Two"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"2\""));
    }

    private static IEnumerable<string?> ToolNames(string body) =>
        JsonNode.Parse(body)!["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]).ToArray();
}
