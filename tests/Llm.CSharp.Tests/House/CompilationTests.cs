// What the types must forbid does not compile: the compiler is asked.
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed class CompilationTests
{
    private const string Declared =
        """
        using Llm;
        public sealed record Library(int Books);
        public sealed record Kitchen(int Ovens);
        public static class Declared
        {
            public static Tool<Library> Count { get; } = Tool.CreateWithContext<Library>((Library library) => library.Books, "count");
            public static Tool<Kitchen> Bake { get; } = Tool.CreateWithContext<Kitchen>((Kitchen kitchen) => kitchen.Ovens, "bake");
            public static Tool Plain { get; } = Tool.Create(() => 1, "plain");
            public static Toolkit<Library> Tools { get; } = new(Count, Plain);
            public static ContextCall<Library, string> Ask { get; } =
                Call.CreateWithContext(new Model("a/b"), (Library library, string text) => $"{text} {library.Books}").WithTools(Count, Plain);
        }

        """;

    [Test]
    public void A_context_of_the_right_type_compiles() =>
        Assert.That(
            Errors(
                "new Model(\"a/b\").WithTools(Declared.Tools.In(new Library(1)))",
                "Declared.Ask.InvokeAsync(new Library(1), \"how many?\")",
                "Declared.Count.In(new Library(1))"),
            Is.Empty);

    [Test]
    public void A_context_of_the_wrong_type_does_not() =>
        Assert.That(
            Errors(
                "new Toolkit<Library>(Declared.Count, Declared.Bake)",
                "Declared.Tools.In(new Kitchen(1))",
                "new Model(\"a/b\").WithTools(Declared.Count)",
                "Declared.Ask.InvokeAsync(new Kitchen(1), \"how many?\")",
                "Declared.Ask.WithTools(Declared.Bake)",
                "Message.Assistant([new ToolOutput(\"1\", \"count\", \"3\")])"),
            Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));

    /// <summary>Which of the expressions are wrong.</summary>
    private static int[] Errors(params string[] expressions)
    {
        string said = Compiling.Said(
            [("Declared.cs", Declared), .. expressions.Select((expression, index) => ($"Snippet{index}.cs", Snippet(index, expression)))]);
        int[] wrong = [.. Regex.Matches(said, @"Snippet(\d+)\.cs\(.*error").Select(match => int.Parse(match.Groups[1].Value)).Distinct().Order()];
        Assert.That(said.Contains("error", StringComparison.Ordinal), Is.EqualTo(wrong.Length > 0), said);
        return wrong;
    }

    private static string Snippet(int index, string expression) =>
        $"using Llm; public static class Snippet{index} {{ public static object Value() => {expression}; }}";
}
