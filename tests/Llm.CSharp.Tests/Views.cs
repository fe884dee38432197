// Reading views to their end.
namespace Llm.Tests;

internal static class Views
{
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> view, List<T>? into = null)
    {
        List<T> items = into ?? [];

        await foreach (T item in view)
            items.Add(item);

        return items;
    }

    public static async Task<string> JoinAsync(this IAsyncEnumerable<string> view) => string.Concat(await view.ToListAsync());
}
