// Function chaining: the answer of one call is the input of the next.
using Llm;

namespace Samples;

internal static class FunctionChaining
{
    public static Task<string> RunAsync(Model model)
    {
        var summarize = Call.Create(model, (string text) => $"Summarize this text in one sentence: {text}").Text();
        var translate = Call.Create(model, (string summary) => $"Translate this text to French: {summary}").Text();
        return summarize.Then(translate).InvokeAsync("A long story about a cat.");
    }
}
