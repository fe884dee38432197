// The samples of chains say what they should: the same as those of F#.
using NUnit.Framework;

namespace Llm.Tests.House;

public sealed class ChainSampleTests
{
    [Test]
    public async Task The_samples_of_chains_say_what_is_expected() =>
        Assert.That(
            await global::Samples.Chains.LinesAsync(),
            Is.EqualTo(File.ReadAllLines(Path.Combine(Repository.Root, "docs", "samples", "chains-expected.txt"))));
}
