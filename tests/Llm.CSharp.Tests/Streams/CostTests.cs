// What the facade costs over the core: no allocation per chunk of text.
using Llm.Interop;
using Microsoft.FSharp.Core;
using NUnit.Framework;

namespace Llm.Tests.Streams;

public sealed class CostTests
{
    private const int Deltas = 5_000;

    [Test]
    public async Task The_text_view_allocates_at_most_a_tenth_more_than_the_cores()
    {
        ScriptedAnswer answer = Fake.Stream([.. Enumerable.Range(0, Deltas).Select(number => $"word {number} ")]);

        await CoreAsync(answer);
        await FacadeAsync(answer);
        long core = await CoreAsync(answer);
        long facade = await FacadeAsync(answer);

        TestContext.Out.WriteLine($"core {core:N0} bytes, facade {facade:N0} bytes, for {Deltas:N0} deltas");
        Assert.That(facade, Is.LessThan(core * 1.1));
    }

    private static async Task<long> CoreAsync(ScriptedAnswer answer)
    {
        Model model = Fake.Model(answer);
        Core.Model core = Core.ModelModule.withClient(
            ClientMapping.ToCore(model.Client),
            Core.ModelModule.withParams(CallMapping.ToCore(model.Params), Core.ModelModule.parse(model.Id)));
        var messages = MessageMapping.ToCore([Message.User("Hello")]);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var result = await Core.ModelModule.stream(messages, CancellationToken.None, core);
        int length = 0;

        await foreach (FSharpResult<string, Core.LlmError> item in Core.StreamResponseModule.text(CancellationToken.None, result.ResultValue))
            length += item.ResultValue.Length;

        Assert.That(length, Is.GreaterThan(Deltas));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static async Task<long> FacadeAsync(ScriptedAnswer answer)
    {
        Model model = Fake.Model(answer);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        int length = 0;

        await foreach (string text in model.Stream("Hello").TextAsync())
            length += text.Length;

        Assert.That(length, Is.GreaterThan(Deltas));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
