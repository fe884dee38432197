// All samples of chains, with the answers that their model gives: what they say, line by line.
using System.Text.Json;
using Llm;

namespace Samples;

internal static class Chains
{
    public static async Task<IReadOnlyList<string>> LinesAsync()
    {
        Response nested = await NestedChains.RunAsync(Offline.Model("A cat travels.", "Un chat voyage."));
        Response conditional = await Conditional.RunAsync(Offline.Model("""{"output":"Positive"}""", "Thank you!"));
        IReadOnlyList<string> tool = await StreamingTools.RunAsync(Offline.OpenAI("gpt-4o-mini", CallInPieces()));
        IReadOnlyList<string> audio = await SpokenFileAsync();
        IReadOnlyList<string> costs = await CostAndBudget.RunAsync(Offline.OpenAI("gpt-4o-mini", Billed()));
        var (trace, spent, isRefused) = await TraceAndBudget.RunAsync(Offline.Model("A cat.", "Un chat."));

        return
        [
            $"1 {await FunctionChaining.RunAsync(Offline.Model("A cat travels.", "Un chat voyage."))}",
            $"2 {nested} ({Fields(nested)})",
            $"3 {conditional} ({Fields(conditional)})",
            $"4 {await Parallel.RunAsync(Offline.Model("Alice", """{"output":["pork","cinnamon"]}""", "Pork with apples."))}",
            $"5 {await Iterative.RunAsync(Offline.Model(
                "A boy camps.", Feedback("A boy learns to camp."), Feedback("A boy learns to camp from his grandfather.")))}",
            $"6 {await Values.RunAsync(Offline.Model("""{"Title":"Piranesi","Author":"Susanna Clarke"}""", "For its endless halls."))}",
            .. new[] { trace }.Concat(trace.Children).Select(step => $"7 {step.Name}: {step.Output}"),
            $"7 {trace.TotalCost}, {spent}, refused: {isRefused}",
            .. tool.Select(line => $"8 {line}"),
            .. audio.Select(line => $"9 {line}"),
            .. costs.Select(line => $"10 {line}"),
        ];
    }

    private static string Fields(Response answer) => string.Join(", ", answer.Fields.Select(field => $"{field.Key}={field.Value}"));

    private static string Feedback(string rewritten) => $$"""{"Critique":"Too dry.","Rewritten":"{{rewritten}}"}""";

    /// <summary>An answer that comes in pieces: the deltas of its message.</summary>
    private static ScriptedAnswer Streamed(string finish, params string[] deltas) =>
        ScriptedAnswer.Events(
        [
            .. deltas.Select(delta => $$$"""{"id":"1","choices":[{"index":0,"delta":{{{delta}}}}]}"""),
            $$$"""{"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"{{{finish}}}"}]}""",
            "[DONE]",
        ]);

    private static ScriptedAnswer CallInPieces()
    {
        static string Growing(string text) =>
            $$$"""{"tool_calls":[{"index":0,"function":{"arguments":{{{JsonSerializer.Serialize(text)}}}}}]}""";

        return Streamed(
            "tool_calls",
            """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}""",
            Growing("""{"title":"Pira"""),
            Growing("""nesi","author":"""),
            Growing(""" "Susanna Clarke"}""".TrimStart()));
    }

    private static ScriptedAnswer Spoken()
    {
        static string Audio(params byte[] samples) => $$$"""{"audio":{"data":"{{{Convert.ToBase64String(samples)}}}"}}""";

        return Streamed(
            "stop",
            """{"audio":{"id":"audio_1","transcript":"Good "}}""",
            Audio(0, 0, 255, 127),
            """{"audio":{"transcript":"morning."}}""",
            Audio(0, 128, 1, 0));
    }

    private static ScriptedAnswer Billed() => ScriptedAnswer.Json(
        """
        {"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"A cat."},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1000,"completion_tokens":500,"prompt_tokens_details":{"cached_tokens":400}}}
        """);

    private static async Task<IReadOnlyList<string>> SpokenFileAsync()
    {
        string path = Path.GetTempFileName();

        try
        {
            IReadOnlyList<string> transcript = await AudioToWav.RunAsync(path, Offline.OpenAI("gpt-audio", Spoken()));
            return [string.Join('|', transcript), Convert.ToHexString(await File.ReadAllBytesAsync(path))];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
