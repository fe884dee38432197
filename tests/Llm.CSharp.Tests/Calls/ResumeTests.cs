// Going on with a response: with the model, parameters, tools and format that it was asked with.
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class ResumeTests
{
    [Test]
    public async Task A_response_goes_on_with_its_model_parameters_tools_and_format()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.Answer("{\"output\": 1}"), Fake.Answer("{\"output\": 2}"), Fake.Answer("{\"output\": 3}"), Fake.Stream("{\"output\": 4}"));
        Model<int> model = Fake.Model(script, new() { Temperature = 0.5 })
            .WithTools(Tool.Create((string city) => "sun", "get_weather"))
            .WithFormat(Format.For<int>(FormatMode.Strict));

        Response<int> first = await model.CallAsync("One.");
        Response<int> second = await first.ResumeAsync("Two.");
        Response third = await second.Plain.ResumeAsync("Three.");
        await using StreamResponse stream = third.ResumeStream("Four.");
        Response last = await stream.FinishAsync();

        string[] asked = [.. script.Requests.Select(request => WithoutConversation(request.Body))];
        Assert.That(asked, Is.All.EqualTo(asked[0]));
        Assert.That(asked[0], Does.Contain("get_weather").And.Contain("json_schema").And.Contain("0.5"));
        Assert.That(last.Messages, Has.Count.EqualTo(8));
        Assert.That(last.WithFormat(model.Format).Parse(), Is.EqualTo(4));
    }

    private static string WithoutConversation(string body)
    {
        JsonObject request = JsonNode.Parse(body)!.AsObject();

        foreach (string name in new[] { "messages", "stream", "stream_options" })
            request.Remove(name);

        return request.ToJsonString();
    }
}
