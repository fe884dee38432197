// Another model for a scope.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class OverrideTests
{
    [Test]
    public async Task Calls_streams_and_resumed_conversations_ask_the_model_in_force()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.Answer("0"), Fake.Answer("1"), Fake.Answer("2"), Fake.Answer("3"), Fake.Stream("4"), Fake.Answer("5"), Fake.Answer("6"));
        Model model = Fake.Model(script, new() { Temperature = 1 });
        var recommend = Call.Create(model, (string genre) => genre);
        Response before = await model.CallAsync("0");
        Response within;

        using (Model.Use("fake/small", new() { MaxTokens = 7 }))
        {
            await model.CallAsync("1");
            await recommend.InvokeAsync("2");
            within = await before.ResumeAsync("3");
            await using StreamResponse stream = recommend.Stream("4");
            await stream.FinishAsync();
        }

        Response after = await within.ResumeAsync("5");
        await model.CallAsync("6");

        Assert.That(
            script.Requests.Select(request => (request.Body.Contains("\"small\""), request.Body.Contains("\"max_tokens\":7"))),
            Is.EqualTo(new[] { (false, false), (true, true), (true, true), (true, true), (true, true), (true, true), (false, false) }));
        Assert.That(script.Requests[1].Body, Does.Not.Contain("temperature"));
        Assert.That(after.ModelId, Is.EqualTo("fake/small"));
        Assert.That(after.Params, Is.EqualTo(new Params { MaxTokens = 7 }));
    }

    [Test]
    public async Task Scopes_nest_and_the_call_keeps_its_tools_and_its_client()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("1"), Fake.Answer("2"), Fake.Answer("3"));
        Model model = Fake.Model(script).WithTools(Tool.Create((string city) => "sun", "get_weather"));
        var other = new Model("fake/other").WithTools(Tool.Create((string city) => "rain", "get_rain"));

        using (Model.Use(other))
        {
            await model.CallAsync("1");

            using (Model.Use("fake/inner"))
                await model.CallAsync("2");

            await model.CallAsync("3");
        }

        string[] names = [.. script.Requests.Select(request => new[] { "other", "inner" }.Single(name => request.Body.Contains($"\"{name}\"")))];
        Assert.That(names, Is.EqualTo(new[] { "other", "inner", "other" }));
        Assert.That(script.Requests.Select(request => request.Body), Has.All.Contain("get_weather").And.All.Not.Contain("get_rain"));
    }

    [Test]
    public async Task A_client_of_its_own_is_brought_along()
    {
        ScriptedTransport first = LlmTransport.Scripted(Fake.Answer("1"));
        ScriptedTransport second = LlmTransport.Scripted(Fake.Answer("2"), Fake.Answer("3"));
        Response answer;

        using (Model.Use(new Model("fake/other", client: Fake.Client(second))))
            answer = await Fake.Model(first).CallAsync("Hi");

        Response next = await answer.ResumeAsync("And?");

        Assert.That((answer.Text, next.Text), Is.EqualTo(("2", "3")));
        Assert.That(first.Requests, Is.Empty);
    }

    [Test]
    public async Task A_stream_keeps_the_model_of_the_moment_of_its_call()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Stream("1"));
        StreamResponse stream;

        using (Model.Use("fake/small"))
            stream = Fake.Model(script).Stream("Hi");

        Response answer = await stream.FinishAsync();

        Assert.That(script.Requests[0].Body, Does.Contain("\"small\""));
        Assert.That(answer.ModelId, Is.EqualTo("fake/small"));
    }

    [Test]
    public async Task Each_of_many_tasks_has_its_own_and_a_callees_is_not_its_callers()
    {
        ScriptedTransport script = LlmTransport.Scripted([.. Enumerable.Range(0, 41).Select(number => Fake.Answer("x"))]);
        Model model = Fake.Model(script);

        async Task<string> AskAsync(int number)
        {
            IDisposable scope = Model.Use($"fake/{number}");
            await Task.Yield();
            Response answer = await Task.Run(() => model.CallAsync("Hi"));

            if (number % 2 == 0)
                scope.Dispose();

            return answer.ModelId;
        }

        string[] asked = await Task.WhenAll(Enumerable.Range(0, 40).Select(AskAsync));
        Response last = await model.CallAsync("Hi");

        Assert.That(asked, Is.EqualTo(Enumerable.Range(0, 40).Select(number => $"fake/{number}")));
        Assert.That(last.ModelId, Is.EqualTo("fake/large"));
    }

    [Test]
    public async Task Values_are_asked_of_the_model_in_force()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("{\"output\": 3}"), Fake.Answer("{\"output\": 4}"));
        var count = Call.Create(Fake.Model(script), (string what) => what).WithFormat(Format.For<int>(FormatMode.Json));

        using IDisposable scope = Model.Use("fake/small");
        Response<int> answer = await count.InvokeAsync("apples");
        Response<int> next = await answer.ResumeAsync("And pears?");

        Assert.That((answer.Parse(), next.Parse()), Is.EqualTo((3, 4)));
        Assert.That(script.Requests.Select(request => request.Body), Has.All.Contain("\"small\""));
    }
}
