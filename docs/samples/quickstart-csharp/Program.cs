// The first program with Llm, in C#: it streams an answer and tells how many tokens it took.
using Llm;
using Llm.Samples.Loopback;

using LoopbackServer server = LoopbackServer.Start();
Model model = Online() ?? Offline(server);
Console.WriteLine($"{model.Id} says:\n");

try
{
    await using StreamResponse stream = model.Stream("Please recommend a fantasy book.");

    await foreach (string text in stream.TextAsync())
        Console.Write(text);

    Response response = await stream.FinishAsync();

    if (response.Usage is { } usage)
        Console.WriteLine($"\n\n{usage.InputTokens} tokens in, {usage.OutputTokens} tokens out");

    return 0;
}
catch (LlmException error)
{
    Console.Error.WriteLine($"\n{error.Message}");
    return 1;
}

// The model of the first provider whose key is set.
static Model? Online()
{
    (string Variable, string ModelId)[] known =
    [
        ("OPENAI_API_KEY", "openai/gpt-5-mini"),
        ("ANTHROPIC_API_KEY", "anthropic/claude-haiku-4-5"),
        ("GOOGLE_API_KEY", "google/gemini-2.5-flash"),
        ("GEMINI_API_KEY", "google/gemini-2.5-flash"),
    ];

    return known
        .Where(entry => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(entry.Variable)))
        .Select(entry => new Model(entry.ModelId))
        .FirstOrDefault();
}

// A model on this machine, for a try without a key.
static Model Offline(LoopbackServer server)
{
    Console.WriteLine("No API key is set, so this runs offline, against a server on this machine.");

    var provider = new Provider("loopback", server.BaseUrl, WireFormat.AnthropicMessages) { KeyHeader = "x-api-key", ApiKey = "none" };
    return new Model("loopback/bookworm", client: new LlmClient().WithProvider("loopback/", provider));
}
