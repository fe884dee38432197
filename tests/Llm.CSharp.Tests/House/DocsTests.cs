// Every block of C# in the README and in docs compiles, with what its page takes for granted.
using System.Diagnostics;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed class DocsTests
{
    /// <summary>What all pages take for granted.</summary>
    private const string Given =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.ComponentModel;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Llm;
        global using static Given;
        public static class Given
        {
            public static CancellationToken cancellationToken = default;
            public static Model model = new("openai/gpt-5");
            public static Model claude = model;
            public static LlmClient client = new();
            public static Response answer = null!;
            public static StreamResponse stream = null!;
            public static Image image = null!, first = null!, second = null!, cover = null!;
            public static string genre = "", text = "", book = "";
            public static IReadOnlyList<string> names = [];
            public static Call<string> recommend = Call.Create(model, (string genre) => genre);
            public static Call<string, string> summarize = recommend.Text(), translate = summarize, selectChef = summarize;
            public static Call<string, IReadOnlyList<string>> complements = recommend.WithFormat<IReadOnlyList<string>>().Parse();
            public static Call<string, string> chain = summarize;
            public static Toolkit tools = Toolkit.Empty;
            public static Library library = new("Bodleian", []);
            public static Forecasts forecasts = new();
            public static void Show(string title, bool isGrowing) { }
            public static string GetWeather(string city) => city;
            public static Task<(string Value, DateTimeOffset ExpiresOn)> AskForTokenAsync(CancellationToken token) => null!;
        }
        public sealed record Wish(string Genre, Image Cover);
        public sealed record Library(string Name, IReadOnlyList<string> Books);
        public sealed record Book(string Title, string Author, int? Pages);
        public sealed class Forecasts { public Task<string> AskAsync(string city, int days, CancellationToken token) => null!; }
        """;

    [Test]
    public void Every_block_of_CSharp_in_the_documentation_compiles()
    {
        string samples = string.Concat(
            Directory.GetFiles(Path.Combine(Repository.Root, "docs", "samples"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        // The packages of identities are not among those that these tests know.
        (string Place, string Code)[] blocks =
        [
            .. Pages().SelectMany(Blocks)
                .Where(block => !samples.Contains(block.Code, StringComparison.Ordinal))
                .Where(block => !Regex.IsMatch(block.Code, "AzureTokens|GoogleTokens|AwsKeys")),
        ];

        Assert.That(blocks, Has.Length.GreaterThan(20));
        string said = Compiling.Said(
            [("Given.cs", Given), .. blocks.Select((block, index) => ($"Snippet{index}.cs", Source(index, block.Code)))]);
        string[] wrong =
        [
            .. Regex.Matches(said, @"Snippet(\d+)\.cs\(\d+,\d+\): (error.*)")
                .Select(match => $"{blocks[int.Parse(match.Groups[1].Value)].Place} {match.Groups[2].Value}"),
        ];
        Assert.That(wrong, Is.Empty);
        Assert.That(said, Does.Not.Contain("error"));
    }

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md"));

    private static IEnumerable<(string Place, string Code)> Blocks(string page)
    {
        string text = File.ReadAllText(page).ReplaceLineEndings("\n");

        return Regex.Matches(text, "^```csharp\n(.*?\n)```$", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => ($"{Path.GetFileName(page)}:{text[..match.Index].Count(letter => letter == '\n') + 1}", match.Groups[1].Value));
    }

    /// <summary>Types stand for themselves, everything else within a method.</summary>
    private static string Source(int index, string code)
    {
        string[] lines = code.Split('\n');
        bool IsType(string line) => line.StartsWith("public ", StringComparison.Ordinal);

        return $$"""
            namespace Snippets.S{{index}};
            {{string.Join('\n', lines.Where(IsType))}}
            public static class Snippet
            {
                public static async Task RunAsync()
                {
                    {{string.Join('\n', lines.Where(line => !IsType(line)))}}
                    await Task.CompletedTask;
                }
            }
            """;
    }
}
