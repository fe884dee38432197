// Chains of calls: joined by methods and by queries, at once, in turn, again, and with what goes wrong.
using System.Collections.Concurrent;
using NUnit.Framework;

namespace Llm.Tests.Chains;

public sealed class ChainTests
{
    /// <summary>A model that answers what a function says to the request's body.</summary>
    private static Model Answering(Func<string, CancellationToken, Task<string>> answer, ConcurrentQueue<string>? asked = null) =>
        Fake.Model(LlmTransport.FromFactory(() => new HttpClient(new Handler(async (body, token) =>
        {
            asked?.Enqueue(body);
            return await answer(body, token);
        }))));

    private static Model Echo(ConcurrentQueue<string>? asked = null) => Answering((body, _) => Task.FromResult(Said(body)), asked);

    /// <summary>The last message's text.</summary>
    private static string Said(string body)
    {
        using var document = System.Text.Json.JsonDocument.Parse(body);
        return document.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
    }

    private static Call<string, string> Ask(Model model, string question) =>
        Call.Create(model, (string input) => $"{question}({input})").Text().Named(question);

    [Test]
    public async Task Calls_are_joined_by_methods_and_by_queries()
    {
        Model model = Echo();
        var summarize = Ask(model, "summarize");
        var translate = Ask(model, "translate");

        string chained = await summarize.Then(translate).InvokeAsync("book");
        string chosen = await summarize.Then(text => text.Length > 3 ? translate : summarize).InvokeAsync("book");
        var query =
            from summary in summarize
            from translated in translate
            select $"{summary} | {translated}";

        Assert.That(chained, Is.EqualTo("translate(summarize(book))"));
        Assert.That(chosen, Is.EqualTo(chained));
        Assert.That(await query.InvokeAsync("book"), Is.EqualTo("summarize(book) | translate(book)"));
    }

    [Test]
    public async Task Calls_run_at_once_and_keep_their_order()
    {
        var bothThere = new CountdownEvent(2);
        Model model = Answering(async (body, token) =>
        {
            bothThere.Signal();
            await Task.Run(() => bothThere.Wait(token), token);
            return Said(body);
        });

        var (first, second) = await Call.WhenAll(Ask(model, "one"), Ask(model, "two")).InvokeAsync("x").WaitAsync(TimeSpan.FromSeconds(10));
        var each = await Ask(Echo(), "q").ForEach(2).InvokeAsync(["a", "b", "c"]);

        Assert.That((first, second), Is.EqualTo(("one(x)", "two(x)")));
        Assert.That(each, Is.EqualTo(new[] { "q(a)", "q(b)", "q(c)" }));
    }

    [Test]
    public async Task The_first_answer_of_a_race_wins_and_the_others_are_cancelled()
    {
        int cancelled = 0;
        Model model = Answering(async (body, token) =>
        {
            using var _ = token.Register(() => Interlocked.Increment(ref cancelled));

            if (Said(body).StartsWith("slow", StringComparison.Ordinal))
                await Task.Delay(Timeout.Infinite, token);

            return Said(body);
        });

        string winner = await Call.Race(Ask(model, "slow"), Ask(model, "quick")).InvokeAsync("x").WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(winner, Is.EqualTo("quick(x)"));
        Assert.That(cancelled, Is.EqualTo(1));
    }

    [Test]
    public async Task A_call_is_repeated_until_its_answer_is_good()
    {
        var refine = Call.Create(Echo(), (string draft) => draft + "!").Text();

        Assert.That(await refine.Repeat(5, draft => draft.Length == 3).InvokeAsync("x"), Is.EqualTo("x!!"));
        Assert.That(await refine.Repeat(2).InvokeAsync("x"), Is.EqualTo("x!!"));
    }

    [Test]
    public async Task A_prompt_is_made_by_other_calls_whose_answers_stay_visible()
    {
        var asked = new ConcurrentQueue<string>();
        Model model = Echo(asked);
        var classify = Ask(model, "classify");
        var respond = Call.Create(model, async (string review, CancellationToken token) =>
        {
            string mood = await classify.InvokeAsync(review, token);
            return new PromptResult($"Answer {review}") { Params = new() { MaxTokens = 5 } }
                .WithField("mood", mood)
                .WithMetadata("version", "2");
        }).Named("respond");

        Traced<Response> traced = await respond.TraceAsync("nice", _ => Money.Usd(0.01m));
        Response answer = traced.Result.Value;

        Assert.That(answer.Text, Is.EqualTo("Answer nice"));
        Assert.That(answer.Fields, Is.EqualTo(new[] { KeyValuePair.Create("mood", "classify(nice)") }));
        Assert.That(answer.Metadata, Is.EqualTo(new[] { KeyValuePair.Create("version", "2") }));
        Assert.That(answer.Params.MaxTokens, Is.EqualTo(5));
        Assert.That(asked.Last(), Does.Contain("\"max_tokens\":5"));
        Assert.That(traced.Trace.Name, Is.EqualTo("respond"));
        Assert.That(traced.Trace.Children.Select(step => (step.Name, step.Output)), Is.EqualTo(new[] { ("classify", "classify(nice)") }));
        Assert.That(traced.Trace.TotalCost, Is.EqualTo(Money.Usd(0.02m)));
        Assert.That($"{traced.Trace}", Does.Contain("mood: classify(nice)"));
        Assert.That(traced.Trace.ToJson(), Does.StartWith("{").And.Contain("\"steps\":[{\"name\":\"classify\""));
    }

    [Test]
    public async Task Models_parameters_and_formats_are_changed_from_outside()
    {
        var asked = new ConcurrentQueue<string>();
        Model model = Answering((body, _) => Task.FromResult(body.Contains("count") ? "{\"output\":3}" : "text"), asked);
        var chain = Call.Create(model, (string input) => $"first {input}").Text()
            .Then(Call.Create(model, (string text) => $"count {text}"))
            .WithFormat(Format.For<int>())
            .WithModel("fake/other");

        Response<int> answer = await chain.InvokeAsync("x");

        Assert.That(answer.Parse(), Is.EqualTo(3));
        Assert.That(answer.Plain.ModelId, Is.EqualTo("fake/other"));
        Assert.That(asked.Select(body => body.Contains("output")), Is.EqualTo(new[] { false, true }));
        Assert.That(asked, Has.All.Contains("\"model\":\"other\""));
    }

    [Test]
    public async Task Errors_are_values_within_a_chain_and_exceptions_outside()
    {
        Model model = Fake.Model(ScriptedAnswer.Refusal(503, "{}"), Fake.Answer("no number"), ScriptedAnswer.Refusal(401, "{}"));
        var number = Call.Create(model, (string text) => text).WithFormat<int>().Parse();
        var policy = new RetryPolicy { MaxRetries = 1, InitialDelay = TimeSpan.Zero };

        Result<int> parsed = await number.Retry(policy).TryInvokeAsync("x");
        int recovered = await number.Recover(error => error is AuthenticationException ? -1 : -2).InvokeAsync("x");
        Result<int> own = await number.Recover((Func<LlmException, int>)(_ => throw new LlmException("my own"))).TryInvokeAsync("x");

        Assert.That(parsed.Error, Is.InstanceOf<ParseException>());
        Assert.That(((ParseException)parsed.Error!).Text, Is.EqualTo("no number"));
        Assert.That(recovered, Is.EqualTo(-1));
        Assert.That(own.Error!.Message, Is.EqualTo("my own"));
        Assert.That(async () => await number.InvokeAsync("x"), Throws.InstanceOf<ConnectionException>());
    }

    [Test]
    public async Task Another_model_is_asked_when_one_fails()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(503, "{}"), Fake.Answer("ok"));
        var call = Call.Create(Fake.Model(script), (string text) => text).Text();

        string answer = await call.Fallback(new Model("fake/second", client: Fake.Client(script))).InvokeAsync("x");

        Assert.That(answer, Is.EqualTo("ok"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"model\":\"second\""));
    }

    [Test]
    public async Task A_budget_stops_a_chain()
    {
        static Money? Price(Usage usage, string modelId) => Money.Usd(0.01m * usage.OutputTokens);
        var budget = new Budget(Money.Usd(0.10m), Price);
        Model model = Fake.Model(Fake.Answer("1"), Fake.Answer("2"), Fake.Answer("3"));
        var call = Call.Create(model, (string text) => text).WithParams(new() { MaxTokens = 8 }).WithBudget(budget);

        await call.InvokeAsync("x");
        await call.InvokeAsync("x");
        var refused = (BudgetExceededException)(await call.TryInvokeAsync("x")).Error!;
        var unbound = await call.WithParams(new()).TryInvokeAsync("x");

        Assert.That((budget.Spent, budget.Left), Is.EqualTo((Money.Usd(0.04m), Money.Usd(0.06m))));
        Assert.That((refused.Reason, refused.Limit, refused.Spent), Is.EqualTo((BudgetStop.TooDear, Money.Usd(0.10m), Money.Usd(0.04m))));
        Assert.That(refused.Needed, Is.EqualTo(Money.Usd(0.08m)));
        Assert.That(((BudgetExceededException)unbound.Error!).Reason, Is.EqualTo(BudgetStop.NoUpperBound));
    }

    [Test]
    public async Task A_chain_streams_what_its_last_call_answers()
    {
        Model model = Fake.Model(Fake.Answer("summary"), Fake.Stream("tran", "slated"));
        var chain = Call.Create(model, (string text) => text).Text().Then(Call.Create(model, (string text) => $"translate {text}"));

        Assert.That(async () => await chain.Stream("x").FinishAsync(), Throws.InstanceOf<InvalidRequestException>());
        await using StreamResponse stream = await chain.StreamAsync("x");
        Response answer = await stream.FinishAsync();

        Assert.That(answer.Text, Is.EqualTo("translated"));
        Assert.That(answer.Messages[0], Is.EqualTo(Message.User("translate summary")));
    }

    [Test]
    public async Task Cancelling_is_thrown_and_a_trace_keeps_it()
    {
        using var source = new CancellationTokenSource();
        Model model = Answering(async (_, token) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return "";
        });
        var call = Ask(model, "q");

        Traced<string> traced = await call.TraceAsync("x", cancellationToken: source.Token);

        Assert.That(traced.Result.IsSuccess, Is.False);
        Assert.That(traced.Trace.End, Is.EqualTo(StepEnd.Cancelled));
        Assert.That(async () => await call.InvokeAsync("x", source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private sealed class Handler(Func<string, CancellationToken, Task<string>> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string said = await answer(await request.Content!.ReadAsStringAsync(cancellationToken), cancellationToken);
            string body = $$$"""
                {"id":"a","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":{{{System.Text.Json.JsonSerializer.Serialize(said)}}}},
                "finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
                """;
            return new() { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        }
    }
}
