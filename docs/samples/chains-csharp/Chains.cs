// All samples of chains, with the answers that their model gives: what they say, line by line.
using Llm;

namespace Samples;

internal static class Chains
{
    public static async Task<IReadOnlyList<string>> LinesAsync()
    {
        Response nested = await NestedChains.RunAsync(Offline.Model("A cat travels.", "Un chat voyage."));
        Response conditional = await Conditional.RunAsync(Offline.Model("""{"output":"Positive"}""", "Thank you!"));
        var (trace, spent, isRefused) = await TraceAndBudget.RunAsync(Offline.Model("A cat.", "Un chat."));

        return
        [
            $"1 {await FunctionChaining.RunAsync(Offline.Model("A cat travels.", "Un chat voyage."))}",
            $"2 {nested} ({Fields(nested)})",
            $"3 {conditional} ({Fields(conditional)})",
            $"4 {await Parallel.RunAsync(Offline.Model("Alice", """{"output":["pork","cinnamon"]}""", "Pork with apples."))}",
            $"5 {await Iterative.RunAsync(Offline.Model(
                "A boy camps.", Feedback("A boy learns to camp."), Feedback("A boy learns to camp from his grandfather.")))}",
            $"6 {await Values.RunAsync(Offline.Model("""{"Title":"Piranesi","Author":"Susanna Clarke"}""", "For its endless halls."))}",
            .. new[] { trace }.Concat(trace.Children).Select(step => $"7 {step.Name}: {step.Output}"),
            $"7 {trace.TotalCost}, {spent}, refused: {isRefused}",
        ];
    }

    private static string Fields(Response answer) => string.Join(", ", answer.Fields.Select(field => $"{field.Key}={field.Value}"));

    private static string Feedback(string rewritten) => $$"""{"Critique":"Too dry.","Rewritten":"{{rewritten}}"}""";
}
