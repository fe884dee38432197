// A model for samples without a key: it gives the answers of a list, in their order, in the format of chat completions.
using System.Text.Json;
using Llm;

namespace Samples;

internal static class Offline
{
    public static Model Model(params string[] answers) =>
        new("offline/model", client: new LlmClient { Transport = LlmTransport.Scripted([.. answers.Select(Answer)]) }
            .WithProvider("offline/", new Provider("offline", "http://offline.invalid/v1", WireFormat.ChatCompletions) { ApiKey = "none" }));

    /// <summary>A model of OpenAI, without OpenAI: it gives these answers, in their order.</summary>
    public static Model OpenAI(string name, params ScriptedAnswer[] answers) =>
        new($"openai:completions/{name}", client: new LlmClient { Transport = LlmTransport.Scripted(answers) }.WithApiKey("openai", "none"));

    private static ScriptedAnswer Answer(string text) => ScriptedAnswer.Json(
        $$$"""
        {"id":"1","model":"offline","choices":[{"index":0,"message":{"role":"assistant","content":{{{JsonSerializer.Serialize(text)}}}},
        "finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30}}
        """);
}
