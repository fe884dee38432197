// An iterative chain: a summary is criticized and written anew, at most so many times.
using System.ComponentModel;
using Llm;

namespace Samples;

internal sealed record Feedback(
    [property: Description("The critique of the summary.")] string Critique,
    [property: Description("A summary that takes the critique into account.")] string Rewritten);

internal static class Iterative
{
    public static Task<string> RunAsync(Model model)
    {
        const string text = "In the heart of a dense forest, a boy pitched his first tent, and his grandfather showed him how.";
        var summarize = Call.Create(model, (string original) => $"Summarize the following text into one sentence: {original}").Text();
        var refine = Call.Create(
                model,
                (string summary) => $"Original text: {text}\nSummary: {summary}\nCriticize the summary, then rewrite it in one sentence.")
            .WithFormat<Feedback>()
            .Parse()
            .Select(feedback => feedback.Rewritten);

        return summarize.Then(refine.Repeat(2)).InvokeAsync(text);
    }
}
