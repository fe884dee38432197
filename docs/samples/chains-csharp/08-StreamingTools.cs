// Streaming tools: each chunk comes with the tool call that it belongs to, whose arguments show while they grow.
using System.ComponentModel;
using Llm;

namespace Samples;

internal static class StreamingTools
{
    public static async Task<IReadOnlyList<string>> RunAsync(Model model)
    {
        var find = Tool.Create(
            [Description("Finds a book.")] (string title, string author) => $"{title} by {author} stands on shelf 3.", "find_book");
        List<string> shown = [];
        await using StreamResponse stream = model.WithTools(find).Stream("Where is Piranesi?");

        await foreach (var (_, call) in stream.ChunksWithToolCallsAsync())
        {
            if (call?.Whole is { } whole)
                shown.Add($"{whole.Name} {whole.Arguments}");
            else if (call is not null && call.As<Wanted>().TryGet(book => book.Title, out string? title))
                shown.Add(title);
        }

        Response response = await stream.FinishAsync();
        ToolResults results = await response.ExecuteToolsAsync();
        return [.. shown, .. results.Outputs.Select(output => output.Result)];
    }

    private sealed record Wanted(string Title, string Author);
}
