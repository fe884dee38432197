// What the types must forbid does not compile: the compiler is asked.
using System.Diagnostics;
using System.Runtime.InteropServices;
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
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llm-compile-");

        try
        {
            string[] files = ["Declared.cs", .. expressions.Select((_, index) => $"Snippet{index}.cs")];
            string[] sources = [Declared, .. expressions.Select((expression, index) => Snippet(index, expression))];

            foreach ((string file, string source) in files.Zip(sources))
                File.WriteAllText(Path.Combine(folder.FullName, file), source);

            string options = Path.Combine(folder.FullName, "options.rsp");
            File.WriteAllLines(
                options,
                [
                    "-nologo", "-target:library", $"-out:\"{Path.Combine(folder.FullName, "snippets.dll")}\"",
                    .. References().Select(path => $"-r:\"{path}\""),
                    .. files.Select(file => $"\"{Path.Combine(folder.FullName, file)}\""),
                ]);
            using Process run = Process.Start(new ProcessStartInfo("dotnet", [Compiler(), "-noconfig", $"@{options}"]) { RedirectStandardOutput = true })!;
            string said = run.StandardOutput.ReadToEnd();
            run.WaitForExit();

            int[] wrong = [.. Regex.Matches(said, @"Snippet(\d+)\.cs\(.*error").Select(match => int.Parse(match.Groups[1].Value)).Distinct().Order()];
            Assert.That(run.ExitCode != 0, Is.EqualTo(wrong.Length > 0), said);
            return wrong;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Snippet(int index, string expression) =>
        $"using Llm; public static class Snippet{index} {{ public static object Value() => {expression}; }}";

    /// <summary>The compiler of the SDK that runs these tests.</summary>
    private static string Compiler()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

        return Directory.GetDirectories(Path.Combine(root, "sdk"))
            .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
            .Where(File.Exists)
            .Max()!;
    }

    private static IEnumerable<string> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => !path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal) || Path.GetFileName(path) == "Llm.CSharp.dll");
}
