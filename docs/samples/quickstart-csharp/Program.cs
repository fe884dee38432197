// The first program with Llm, in C#: it streams an answer, and goes on with the conversation. A script stands for the provider.
using Llm;

static string Delta(string text) => $$$"""{"choices":[{"index":0,"delta":{"content":"{{{text}}}"}}]}""";

ScriptedTransport script = LlmTransport.Scripted(
    ScriptedAnswer.Events(Delta("The Name "), Delta("of the Wind"), """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", "[DONE]"),
    ScriptedAnswer.Json("""{"choices":[{"message":{"role":"assistant","content":"It reads like a song."},"finish_reason":"stop"}]}"""));

var client = new LlmClient { Transport = script }
    .WithProvider("local/", new Provider("local", "http://localhost:8000/v1", WireFormat.ChatCompletions));

var recommend = Call.Create(new Model("local/small", client: client), (string genre) => $"Please recommend a {genre} book.");

await using StreamResponse stream = recommend.Stream(args.FirstOrDefault() ?? "fantasy");

await foreach (string text in stream.TextAsync())
    Console.Write(text);

Response answer = await stream.FinishAsync();
Console.WriteLine($"\n{await answer.ResumeAsync("Why that one?")}");
