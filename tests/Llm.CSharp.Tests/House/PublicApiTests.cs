// The public surface stands on one approved page: a change of it is a change of that page, for everybody to see.
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed class PublicApiTests
{
    /// <summary>Set to 1 to write the page anew.</summary>
    private const string Variable = "LLM_APPROVE_API";

    [Test]
    public void The_public_surface_is_the_approved_one()
    {
        string path = Path.Combine(Repository.Root, "tests", "Llm.CSharp.Tests", "PublicApi.approved.txt");
        string page = PublicApi.Page(typeof(Model).Assembly);

        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllText(path, page);

        string[] approved = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] actual = page.TrimEnd('\n').Split('\n');

        Assert.Multiple(() =>
        {
            Assert.That(actual.Except(approved), Is.Empty, $"Not approved; {Variable}=1 writes the page anew.");
            Assert.That(approved.Except(actual), Is.Empty, $"Approved and gone; {Variable}=1 writes the page anew.");
            Assert.That(actual, Is.EqualTo(approved));
        });
    }
}
