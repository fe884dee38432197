// Every provider from end to end over HTTP on this machine: a tool is called, its output answered, the conversation resumed; whole and
// streamed. The fakes check url, credentials and body apart from the library.
using Llm.Fakes;
using NUnit.Framework;
using Script = Llm.Fakes.Conversation;

namespace Llm.Tests.Transport;

public sealed class VendorTests
{
    private static readonly Tool _weather = Tool.Create((string city) => $"Sun in {city}", "get_weather", "The weather in a city.");

    private static IEnumerable<TestCaseData> Vendors() =>
        VendorCases.all.Select(vendor => new TestCaseData(vendor).SetArgDisplayNames($"{vendor}: {vendor.Path}"));

    [TestCaseSource(nameof(Vendors))]
    public async Task A_conversation_with_a_tool_and_a_resume_whole(VendorCase vendor)
    {
        using var server = new VendorServer(vendor);
        Response answer = await ModelOf(vendor, server).CallAsync(Script.question);

        while (answer.ToolCalls.Count > 0)
            answer = await answer.ResumeAsync(await answer.ExecuteToolsAsync());

        Response next = await answer.ResumeAsync(Script.nextQuestion);

        ExpectAnswers(vendor, server, answer, next);
    }

    [TestCaseSource(nameof(Vendors))]
    public async Task A_conversation_with_a_tool_and_a_resume_streamed(VendorCase vendor)
    {
        using var server = new VendorServer(vendor);
        Response answer = await FinishAsync(ModelOf(vendor, server).Stream(Script.question));

        while (answer.ToolCalls.Count > 0)
            answer = await FinishAsync(answer.ResumeStream(await answer.ExecuteToolsAsync()));

        Response next = await FinishAsync(answer.ResumeStream(Script.nextQuestion));

        ExpectAnswers(vendor, server, answer, next);
    }

    private static Model ModelOf(VendorCase vendor, VendorServer server)
    {
        LlmClient client = new() { Transport = LlmTransport.FromHttpClient(server.Client), Environment = vendor.Variable };
        var model = new Model(vendor.ModelId, client: client);
        return vendor.HasTools ? model.WithTools(_weather) : model;
    }

    private static async Task<Response> FinishAsync(StreamResponse stream)
    {
        await using (stream)
            return await stream.FinishAsync();
    }

    private static void ExpectAnswers(VendorCase vendor, VendorServer server, Response answer, Response next) =>
        Assert.Multiple(() =>
        {
            Assert.That(server.Faults, Is.Empty);
            Assert.That(answer.Text, Is.EqualTo(Script.answer));
            Assert.That(next.Text, Is.EqualTo(Script.nextAnswer));
            Assert.That(server.Turns, Is.EqualTo(vendor.HasTools ? "1, 2, 3" : "1, 3"));
            Assert.That(next.Usage?.OutputTokens, Is.EqualTo(4));
        });
}
