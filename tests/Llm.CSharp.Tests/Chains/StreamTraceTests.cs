// Traces of streams, budgets by a table, and arguments of tool calls while they grow, as C# sees them.
using NUnit.Framework;

namespace Llm.Tests.Chains;

public sealed class StreamTraceTests
{
    [Test]
    public async Task The_step_that_streams_lasts_as_long_as_its_stream()
    {
        Model model = Fake.Model(Fake.Answer("summary"), Fake.Stream("tran", "slated"));
        var chain = Call.Create(model, (string text) => text).Text().Named("first")
            .Then(Call.Create(model, (string text) => $"translate {text}").Named("last"));

        TracedStream traced = await chain.TraceStreamAsync("x", _ => Money.Usd(0.01m));
        await using StreamResponse stream = traced.Result.Value;
        Assert.That(traced.Trace.Children[1].End, Is.EqualTo(StepEnd.Cancelled));
        await stream.FinishAsync();

        TraceStep last = traced.Trace.Children[1];
        Assert.That(traced.Trace.End, Is.EqualTo(StepEnd.Succeeded));
        Assert.That((last.Name, last.Input, last.Output, last.End), Is.EqualTo(("last", "summary", "translated", StepEnd.Succeeded)));
        Assert.That((last.Usage?.InputTokens, traced.Trace.TotalCost), Is.EqualTo(((long?)3, (Money?)Money.Usd(0.02m))));
    }

    [Test]
    public async Task A_refusal_and_a_cut_stream_are_failed_steps()
    {
        Model model = Fake.Model(Fake.CutStream("Hel"), ScriptedAnswer.Refusal(401, "{}"));
        var call = Call.Create(model, (string text) => text);

        TracedStream cut = await call.TraceStreamAsync("x");
        await cut.Result.Value.TryFinishAsync();
        // It connects when it is read.
        TracedStream refused = await call.TraceStreamAsync("x");
        await refused.Result.Value.TryFinishAsync();

        Assert.That((cut.Trace.End, cut.Trace.Output), Is.EqualTo((StepEnd.Failed, "Hel")));
        Assert.That((refused.Trace.End, refused.Trace.Output), Is.EqualTo((StepEnd.Failed, "")));
        Assert.That(refused.Trace.Error, Does.Contain("401"));
    }

    [Test]
    public async Task A_budget_takes_a_table_of_prices()
    {
        var rates = new TokenRates(1m, 10m);
        PriceTable prices = PriceTable.Empty("USD").With(new Price("fake", "large", rates, new DateOnly(2026, 11, 1), "test"));
        var budget = new Budget(Money.Usd(0.01m), prices);
        var call = Call.Create(Fake.Model(Fake.Answer("yes")), (string text) => text).WithParams(new() { MaxTokens = 10 }).WithBudget(budget);

        await call.InvokeAsync("x");
        Result<Response> refused = await call.WithParams(new() { MaxTokens = 10_000 }).TryInvokeAsync("x");

        Assert.That(budget.Spent, Is.EqualTo(Money.Usd(0.000023m)));
        Assert.That(((BudgetExceededException)refused.Error!).Reason, Is.EqualTo(BudgetStop.TooDear));
        Assert.That(prices.CostOf("fake/other", new() { InputTokens = 1 }), Is.Null);
    }

    [Test]
    public async Task Arguments_show_while_they_grow_and_are_read_when_whole()
    {
        List<(string?, bool?)> shown = [];
        await using StreamResponse stream = Fake.Model(Fake.RichStream()).Stream("x");

        await foreach (var (_, call) in stream.ChunksWithToolCallsAsync())
        {
            if (call?.As<Search>() is { } search)
                shown.Add((search.TryGet(arguments => arguments.Q, out int q) ? $"{q}" : null, search.Result?.IsSuccess));
        }

        Assert.That(shown, Is.EqualTo(new (string?, bool?)[] { (null, null), (null, null), ("1", null), ("1", true) }));
    }

    private sealed record Search(int Q);
}
