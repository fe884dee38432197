// The sample runs offline and says what it is shown to say.
using System.Reflection;
using NUnit.Framework;

namespace Llm.Tests.House;

[NonParallelizable]
public sealed class SampleTests
{
    [Test]
    public void The_agent_says_what_its_page_shows()
    {
        TextWriter console = Console.Out;
        using var said = new StringWriter();
        object? code;

        try
        {
            Console.SetOut(said);
            code = Assembly.Load("Agent.CSharp").EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.That(code, Is.EqualTo(0));
        Assert.That(
            said.ToString().ReplaceLineEndings("\n"),
            Is.EqualTo(File.ReadAllText(Path.Combine(Repository.Root, "docs", "samples", "agent-csharp", "output.txt")).ReplaceLineEndings("\n")));
    }
}
