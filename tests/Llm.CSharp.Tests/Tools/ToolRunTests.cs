// Tools that are run until the model answers, and the four ways in which that comes to rest.
using NUnit.Framework;

namespace Llm.Tests.Tools;

public sealed class ToolRunTests
{
    private static readonly Tool _weather = Tool.Create((string city) => $"Sun in {city}", "weather", "The weather.");

    private static readonly ScriptedAnswer _asks = Fake.ToolCall("1", "weather", """{"city":"Oslo"}""");

    [Test]
    public async Task Tools_are_run_until_the_model_answers()
    {
        ScriptedTransport script = LlmTransport.Scripted(_asks, _asks, Fake.Answer("Sunny."));

        ToolRun run = await Fake.Model(script).WithTools(_weather).RunToolsAsync("How is Oslo?", rounds: 2);

        Assert.That(run, Is.InstanceOf<ToolRun.Answered>());
        Assert.That(run.Response.Text, Is.EqualTo("Sunny."));
        Assert.That(run.Responses, Has.Count.EqualTo(3));
        Assert.That(run.Usage, Is.EqualTo(new Usage { InputTokens = 3, OutputTokens = 2 }));
        Assert.That(script.Requests[1].Body, Does.Contain("Sun in Oslo"));
    }

    [Test]
    public async Task A_model_that_never_stops_is_stopped()
    {
        ScriptedTransport script = LlmTransport.Scripted(_asks, _asks, _asks, _asks);

        ToolRun run = await Fake.Model(script).WithTools(_weather).RunToolsAsync("How is Oslo?", rounds: 2);

        Assert.That(run, Is.InstanceOf<ToolRun.OutOfRounds>());
        Assert.That(run.Response.ToolCalls, Has.Count.EqualTo(1));
        Assert.That(script.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task What_waits_goes_on_after_it_was_stored_and_read_back()
    {
        ScriptedTransport script = LlmTransport.Scripted(_asks, Fake.Answer("Sunny."));
        Model model = Fake.Model(script).WithTools(_weather.RequiringApproval());

        ToolRun run = await model.RunToolsAsync("How is Oslo?", rounds: 2);
        var waiting = (ToolRun.Waiting)run;
        IReadOnlyList<Message> messages = Conversation.FromJson(Conversation.ToJson(run.Response.Messages));
        ToolResults results = ToolResults.FromJson(waiting.Results.ToJson());

        Assert.That(() => model.RunToolsAsync(messages, results, rounds: 2), Throws.InstanceOf<InvalidRequestException>());
        results = results.Settle(await model.Tools.ApproveAsync(results.Waiting.Single()));
        ToolRun ended = await model.RunToolsAsync(messages, results, rounds: 2);

        Assert.That(ended, Is.InstanceOf<ToolRun.Answered>());
        Assert.That(ended.Response.Messages, Has.Count.EqualTo(4));
        Assert.That(script.Requests, Has.Count.EqualTo(2));
        Assert.That(script.Requests[1].Body, Does.Contain("Sun in Oslo"));
    }

    [Test]
    public async Task Where_a_later_call_fails_what_the_tools_did_is_kept()
    {
        int runs = 0;
        Tool pay = Tool.Create(() => $"paid {++runs}", "pay");
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.ToolCall("1", "pay", "{}"),
            ScriptedAnswer.Refusal(529, "{}"),
            Fake.Answer("It is paid."));
        Model model = Fake.Model(script).WithTools(pay);

        var failed = (ToolRun.Failed)await model.RunToolsAsync("Pay.", rounds: 2);
        ToolRun again = await model.RunToolsAsync(failed.Response.Messages, failed.Results, rounds: 2);

        Assert.That(failed.Error, Is.InstanceOf<ServerException>());
        Assert.That(again.Response.Text, Is.EqualTo("It is paid."));
        Assert.That(runs, Is.EqualTo(1));
    }

    [Test]
    public void The_first_call_that_fails_throws() =>
        Assert.That(
            () => Fake.Model(ScriptedAnswer.Refusal(401, "{}")).WithTools(_weather).RunToolsAsync("How is Oslo?", rounds: 2),
            Throws.InstanceOf<AuthenticationException>());

    [Test]
    public async Task A_run_goes_on_from_an_answer_too()
    {
        Model model = Fake.Model(_asks, Fake.Answer("Sunny.")).WithTools(_weather);
        Response answer = await model.CallAsync("How is Oslo?");

        Assert.That((await answer.RunToolsAsync(rounds: 1)).Response.Text, Is.EqualTo("Sunny."));
    }

    [Test]
    public async Task A_thousand_calls_of_a_tool_that_waits_are_done_within_a_second_and_are_cancelled_together()
    {
        Tool wait = Tool.Create(async (CancellationToken token) => await Task.Delay(10, token), "wait");
        Tool forever = Tool.Create(async (CancellationToken token) => await Task.Delay(Timeout.Infinite, token), "forever");
        var tools = new Toolkit(wait, forever);
        using var source = new CancellationTokenSource();
        await tools.ExecuteAsync(Calls("wait", 1));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        ToolResults results = await tools.ExecuteAsync(Calls("wait", 1000));
        watch.Stop();
        Task<ToolResults> endless = tools.ExecuteAsync(Calls("forever", 1000), source.Token);
        await source.CancelAsync();

        Assert.That(results.Outputs, Has.Count.EqualTo(1000));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(() => endless.WaitAsync(TimeSpan.FromSeconds(10)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Tools_run_until_the_answer_is_a_value()
    {
        Model model = Fake.Model(_asks, Fake.Answer("""{"output":["Sun"]}""")).WithTools(_weather);
        ToolRun<string[]> run = await model.WithFormat<string[]>().RunToolsAsync("How is Oslo?", rounds: 1);

        Assert.That(run.Run, Is.InstanceOf<ToolRun.Answered>());
        Assert.That(run.Response.Parse(), Is.EqualTo(new[] { "Sun" }));

        model = Fake.Model(_asks).WithTools(_weather.RequiringApproval());
        run = await model.WithFormat<string[]>().RunToolsAsync("How is Oslo?", rounds: 1);

        Assert.That(run.Run, Is.InstanceOf<ToolRun.Waiting>());
        Assert.That(run.Response.TryParse().IsSuccess, Is.False);
    }

    private static IEnumerable<ToolCall> Calls(string name, int count) =>
        Enumerable.Range(0, count).Select(number => new ToolCall($"{number}", name, "{}"));
}
