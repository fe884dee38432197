// A trace shows every step of a chain, and a budget bounds what it may cost.
using Llm;

namespace Samples;

internal static class TraceAndBudget
{
    public static async Task<(TraceStep Trace, Money Spent, bool IsRefused)> RunAsync(Model model)
    {
        // A cent for each token; Prices has what providers ask.
        static Money? Price(Usage usage, string modelId) => Money.Usd(0.01m * (usage.InputTokens + usage.OutputTokens));
        var budget = new Budget(Money.Usd(4), Price);
        var summarize = Call.Create(model, (string text) => $"Summarize: {text}").Text().Named("summarize");
        var translate = Call.Create(model, (string text) => $"Translate to French: {text}").Text().Named("translate");
        var chain = summarize.Then(translate).Named("translated summary").WithParams(new() { MaxTokens = 100 }).WithBudget(budget);

        Traced<string> traced = await chain.TraceAsync("A cat.", answer => Price(answer.Usage!, answer.ModelId));
        Result<string> refused = await chain.WithParams(new() { MaxTokens = 1000 }).TryInvokeAsync("A cat.");
        return (traced.Trace, budget.Spent, refused.Error is BudgetExceededException);
    }
}
