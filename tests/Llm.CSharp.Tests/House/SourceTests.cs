// Rules about the files of the facade.
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed partial class SourceTests
{
    [GeneratedRegex(@"\bMicrosoft\.FSharp\b|(?<![\w.""])Core\.[A-Z]|\bLlm\.Core\b")]
    private static partial Regex NameOfTheCore { get; }

    [Test]
    public void Only_Interop_names_FSharp_and_the_core() =>
        Assert.That(
            Sources().Where(file => file.Folder != "Interop" && NameOfTheCore.IsMatch(file.Code)).Select(file => file.Path),
            Is.Empty);

    [Test]
    public void The_first_line_of_a_file_says_what_it_is() =>
        Assert.That(Sources().Where(file => !file.Text.StartsWith("// ", StringComparison.Ordinal)).Select(file => file.Path), Is.Empty);

    [Test]
    public void No_file_is_longer_than_300_lines() =>
        Assert.That(Sources().Where(file => file.Text.Split('\n').Length > 300).Select(file => file.Path), Is.Empty);

    private static IEnumerable<(string Path, string Folder, string Text, string Code)> Sources()
    {
        string root = Path.Combine(Repository.Root, "src", "Llm.CSharp");

        return
            from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(root, path)
            let folder = relative.Split(Path.DirectorySeparatorChar)[0]
            where folder is not "obj" and not "bin"
            let text = File.ReadAllText(path)
            select (relative, folder, text, string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("//"))));
    }
}
