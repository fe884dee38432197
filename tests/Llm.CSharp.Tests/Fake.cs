// A provider that never was: models, answers and streams for the tests, in the form of chat completions.
using System.Text.Json;

namespace Llm.Tests;

internal static class Fake
{
    public const string Key = "sk-very-secret-0123456789";

    public static LlmClient Client(LlmTransport transport) =>
        new LlmClient { Transport = transport, Environment = _ => null }
            .WithProvider(
                "fake/",
                new Provider("fake", "http://fake.test/v1", WireFormat.ChatCompletions) { ApiKey = Key });

    public static Model Model(LlmTransport transport, Params? parameters = null) => new("fake/large", parameters, Client(transport));

    public static Model Model(params ScriptedAnswer[] answers) => Model(LlmTransport.Scripted(answers));

    /// <summary>A whole answer of one text.</summary>
    public static ScriptedAnswer Answer(string text, string finish = "stop") =>
        ScriptedAnswer.Json(
            $$$"""
            {"id":"answer-1","model":"large-2","choices":[{"index":0,"message":{"role":"assistant","content":{{{Quote(text)}}}},
            "finish_reason":"{{{finish}}}"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
            """) with
        {
            Headers = [new("x-request-id", "request-1"), new("x-ratelimit-remaining-requests", "59")],
        };

    /// <summary>A whole answer that calls a tool.</summary>
    public static ScriptedAnswer ToolCall(string id, string name, string arguments) =>
        ScriptedAnswer.Json(
            $$$"""
            {"id":"answer-1","model":"large-2","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[
            {"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":{{{Quote(arguments)}}}}}]},
            "finish_reason":"tool_calls"}]}
            """);

    /// <summary>A stream that ends with its proof of completeness.</summary>
    public static ScriptedAnswer Stream(params string[] deltas) =>
        ScriptedAnswer.Events([.. deltas.Select(Delta), Finish, Usage, "[DONE]"]);

    /// <summary>A stream that ends without it.</summary>
    public static ScriptedAnswer CutStream(params string[] deltas) => ScriptedAnswer.Events([.. deltas.Select(Delta)]);

    /// <summary>A stream that thinks, speaks, and calls a tool.</summary>
    public static ScriptedAnswer RichStream() => ScriptedAnswer.Events(
        Choice("""{"role":"assistant","reasoning_content":"Hm."}"""),
        Delta("Let me "),
        Delta("look."),
        Choice("""{"tool_calls":[{"index":0,"id":"call-1","type":"function","function":{"name":"search","arguments":"{\"q\":"}}]}"""),
        Choice("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""),
        """{"id":"answer-1","model":"large-2","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
        "[DONE]");

    private static string Finish => """{"id":"answer-1","model":"large-2","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private static string Usage => """{"id":"answer-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""";

    public static string Delta(string text) => Choice($$$"""{"content":{{{Quote(text)}}}}""");

    private static string Choice(string delta) =>
        $$"""{"id":"answer-1","model":"large-2","choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
