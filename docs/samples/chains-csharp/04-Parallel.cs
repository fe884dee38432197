// A parallel chain: two questions at once, then one about both answers.
using Llm;

namespace Samples;

internal static class Parallel
{
    public static Task<string> RunAsync(Model model)
    {
        var selectChef = Call.Create(
            model, (string ingredient) => $"Name a chef who is known for cooking with {ingredient}. Only the name.").Text();
        var complements = Call.Create(
                model, (string ingredient) => $"List ingredients that go well with {ingredient}, without {ingredient} itself.")
            .WithFormat<IReadOnlyList<string>>()
            .Parse();
        var recommend = Call.Create(model, ((string Chef, IReadOnlyList<string> List) input) =>
        [
            Message.System($"Your task is to recommend a recipe. Pretend that you are chef {input.Chef}."),
            Message.User($"Recommend recipes that use the following ingredients: {string.Join(", ", input.List)}"),
        ]).Text();

        return Call.WhenAll(selectChef, complements).Then(recommend).InvokeAsync("apples");
    }
}
