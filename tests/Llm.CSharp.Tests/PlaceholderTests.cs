// Shows that tests run.
using NUnit.Framework;

namespace Llm.Tests;

public sealed class PlaceholderTests
{
    [Test]
    public void The_library_has_a_name() => Assert.That(Placeholder.Name, Is.EqualTo("Llm"));
}
