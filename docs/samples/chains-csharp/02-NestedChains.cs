// Nested chains: a call within the prompt of another. What it answered stays visible on the response, and in the trace.
using Llm;

namespace Samples;

internal static class NestedChains
{
    public static Task<Response> RunAsync(Model model)
    {
        var summarize = Call.Create(model, (string text) => $"Summarize this text in one sentence: {text}").Text();
        var translate = Call.Create(model, async (string text, CancellationToken token) =>
        {
            string summary = await summarize.InvokeAsync(text, token);
            return new PromptResult($"Translate this text to French: {summary}").WithField("summary", summary);
        });

        return translate.InvokeAsync("A long story about a cat.");
    }
}
