// Cost and budget: what an answer cost, by prices that are data, and a call that could cost more than is left is not made.
using Llm;

namespace Samples;

internal static class CostAndBudget
{
    public static async Task<IReadOnlyList<string>> RunAsync(Model model)
    {
        var budget = new Budget(Money.Usd(0.01m), PriceTable.Standard);
        var summarize = Call.Create(model, (string text) => $"Summarize: {text}").WithBudget(budget);
        Response response = await summarize.WithParams(new() { MaxTokens = 1000 }).InvokeAsync("A cat.");
        Result<Response> refused = await summarize.WithParams(new() { MaxTokens = 100_000 }).TryInvokeAsync("A cat.");
        Cost? cost = response.Cost();

        return
        [
            .. cost?.Items.Select(item => $"{item.Kind}: {item.Tokens} tokens, {item.Amount}") ?? ["unknown"],
            $"{cost?.Total} by the price of {cost?.Price.AsOf:O}",
            refused.Error is BudgetExceededException excess ? $"refused: {excess.Reason}, spent {budget.Spent}" : "not refused",
        ];
    }
}
