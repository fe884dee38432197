// Chaining values: the answer of one call is a value, from which the next prompt is made.
using Llm;

namespace Samples;

internal sealed record Book(string Title, string Author);

internal static class Values
{
    public static Task<string> RunAsync(Model model)
    {
        var recommend = Call.Create(model, (string genre) => $"Recommend a book in {genre}.").WithFormat<Book>().Parse();
        var explain = Call.Create(model, (Book book) => $"In one sentence, why read {book.Title} by {book.Author}?").Text();
        return recommend.Then(explain).InvokeAsync("fantasy");
    }
}
