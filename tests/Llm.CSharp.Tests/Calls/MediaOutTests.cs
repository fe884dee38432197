// Answers that are more than text.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class MediaOutTests
{
    private const string Spoken =
        """
        {"id":"a","model":"gpt-audio","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":null,
        "audio":{"id":"au","data":"AQID","expires_at":9,"transcript":"Hello"}}}]}
        """;

    private static string Audio(string members) =>
        """{"id":"a","choices":[{"index":0,"delta":{"audio":{""" + members + "}}}]}";

    private static Model Model(ScriptedTransport script, AudioFormat format) =>
        new("openai/gpt-audio", new() { Speech = new("alloy", format) }, new LlmClient { Transport = script, Environment = _ => "key" });

    [Test]
    public async Task A_spoken_answer_is_bytes_and_transcript_and_goes_back_by_its_id()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(Spoken), ScriptedAnswer.Json(Spoken));

        Response answer = await Model(script, AudioFormat.Mp3).CallAsync("Say hello.");
        await answer.ResumeAsync("Again.");

        Assert.That(answer.Content, Is.EqualTo(new[] { new SpokenAudio("au", new Bytes([1, 2, 3]), "Hello") }));
        Assert.That(answer.Text, Is.EqualTo("Hello"));
        Assert.That(script.Requests[0].Body, Does.Contain("\"audio\":{\"voice\":\"alloy\",\"format\":\"mp3\"}"));
        Assert.That(script.Requests[1].Body, Does.Contain("\"audio\":{\"id\":\"au\"}").And.Not.Contain("AQID"));
    }

    [Test]
    public async Task A_spoken_stream_shows_bytes_and_transcript()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Events(
            Audio("\"id\":\"au\",\"transcript\":\"Hel\""),
            Audio("\"data\":\"AQID\""),
            Audio("\"transcript\":\"lo\""),
            Audio("\"data\":\"BAU=\""),
            """{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            "[DONE]"));
        await using StreamResponse stream = Model(script, AudioFormat.Pcm16).Stream("Say hello.");
        List<byte> heard = [];
        string read = "";

        await foreach (Bytes bytes in stream.AudioAsync())
            heard.AddRange(bytes.Memory.ToArray());

        await foreach (string text in stream.TextAsync())
            read += text;

        Assert.That((read, heard), Is.EqualTo(("Hello", new List<byte> { 1, 2, 3, 4, 5 })));
    }

    [Test]
    public void What_a_model_cannot_give_is_refused_before_the_wire()
    {
        ScriptedTransport script = LlmTransport.Scripted();
        Model silent = Fake.Model(script, new() { Speech = new("alloy") });
        Model blind = Fake.Model(script, new() { Images = true });

        Assert.That(() => silent.CallAsync("Hi"), Throws.InstanceOf<FeatureNotSupportedException>().With.Property("Alternative").Not.Null);
        Assert.That(() => blind.CallAsync("Hi"), Throws.InstanceOf<FeatureNotSupportedException>());
        Assert.That(
            () => Model(script, AudioFormat.Wav).Stream("Hi").FinishAsync(),
            Throws.InstanceOf<FeatureNotSupportedException>().With.Message.Contains("pcm16"));
        Assert.That(script.Requests, Is.Empty);
    }

    [Test]
    public async Task Gemini_draws()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(
            """
            {"candidates":[{"finishReason":"STOP","content":{"role":"model","parts":[{"text":"Here:"},
            {"inlineData":{"mimeType":"image/png","data":"AQI="}}]}}]}
            """));
        var model = new Model(
            "google/gemini-2.5-flash-image",
            new() { Images = true },
            new LlmClient { Transport = script, Environment = _ => "key" });

        Response answer = await model.CallAsync("Draw.");

        Assert.That(answer.Content, Is.EqualTo(new AssistantPart[] { "Here:", new Image.Inline("image/png", new Bytes([1, 2])) }));
        Assert.That(script.Requests[0].Body, Does.Contain("\"responseModalities\":[\"TEXT\",\"IMAGE\"]"));
    }
}
