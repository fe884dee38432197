// A conditional chain: what is asked depends on an answer.
using Llm;

namespace Samples;

internal enum Sentiment
{
    Positive,
    Negative,
}

internal static class Conditional
{
    public static Task<Response> RunAsync(Model model)
    {
        var classify = Call.Create(model, (string review) => $"Is the following review positive or negative? {review}")
            .WithFormat<Sentiment>()
            .Parse();
        var respond = Call.Create(model, async (string review, CancellationToken token) =>
        {
            Sentiment sentiment = await classify.InvokeAsync(review, token);
            string wanted = sentiment == Sentiment.Positive ? "note of thanks" : "reply that takes up its points";
            return new PromptResult([
                Message.System($"You answer reviews. This one is {sentiment}. Write a {wanted}."),
                Message.User($"Answer the following review: {review}"),
            ]).WithField("sentiment", sentiment);
        });

        return respond.InvokeAsync("This tool is awesome because it is so flexible!");
    }
}
