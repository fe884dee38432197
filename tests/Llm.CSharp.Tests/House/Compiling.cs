// The compiler of C#, for tests of what compiles and what must not.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Llm.Tests.House;

internal static class Compiling
{
    /// <summary>What the compiler says of these files; each of its errors has the word.</summary>
    public static string Said(IEnumerable<(string Name, string Text)> sources)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llm-compile-");

        try
        {
            (string Path, string Text)[] files = [.. sources.Select(source => (Path.Combine(folder.FullName, source.Name), source.Text))];

            foreach ((string path, string text) in files)
                File.WriteAllText(path, text);

            string options = Path.Combine(folder.FullName, "options.rsp");
            File.WriteAllLines(
                options,
                [
                    "-nologo", "-target:library", "-nullable:enable", $"-out:\"{Path.Combine(folder.FullName, "snippets.dll")}\"",
                    .. References().Select(path => $"-r:\"{path}\""),
                    .. files.Select(file => $"\"{file.Path}\""),
                ]);
            using Process run = Process.Start(new ProcessStartInfo("dotnet", [Compiler(), "-noconfig", $"@{options}"]) { RedirectStandardOutput = true })!;
            string said = run.StandardOutput.ReadToEnd();
            run.WaitForExit();
            return run.ExitCode == 0 ? "" : said;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

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
