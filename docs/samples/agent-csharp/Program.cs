// An agent that buys books: one of its tools fails, and one waits for a person, who decides after the conversation was stored and read back.
// It runs offline, against a server on this machine whose model follows a script.
using System.ComponentModel;
using Llm;
using Llm.Samples.Loopback;

using LoopbackServer server = LoopbackServer.Follow(
    Turn.Calls(
        "Let me see.",
        new ToolUse("check_stock", """{"title":"Piranesi"}"""),
        new ToolUse("order_book", """{"title":"Piranesi","copies":2}""")),
    Turn.Says("I could not check the stock, but two copies of Piranesi are ordered, for 24 EUR."));

// The tools' context: it is handed over at the call, and the model never sees it.
var shop = new Shop("Jo", new Dictionary<string, decimal> { ["Piranesi"] = 12.00m });

Toolkit tools = new Toolkit<Shop>(
    Tool.Create(CheckStock, "check_stock"),
    Tool.CreateWithContext<Shop>(OrderBook, "order_book").RequiringApproval()).In(shop);

Model model = Offline(server).WithTools(tools);

try
{
    ToolRun run = await model.RunToolsAsync("Please order two copies of Piranesi.", rounds: 8);

    if (run is ToolRun.Waiting { Results: var results })
    {
        Show(results);
        string conversation = Conversation.ToJson(run.Response.Messages);
        string waiting = results.ToJson();
        Console.WriteLine("Stored until somebody decides.");

        // Perhaps days later, on another machine.
        results = ToolResults.FromJson(waiting);

        foreach (ToolCall call in results.Waiting)
            results = results.Settle(await tools.ApproveAsync(call));

        Console.WriteLine("Approved.");
        Show(results);
        run = await model.RunToolsAsync(Conversation.FromJson(conversation), results, rounds: 8);
    }

    if (run is not ToolRun.Answered)
    {
        Console.Error.WriteLine($"It did not answer: {run.GetType().Name}");
        return 1;
    }

    Console.WriteLine(run.Response.Text);
    return 0;
}
catch (LlmException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

[Description("How many copies of a book are in stock.")]
static int CheckStock(string title) =>
    throw new InvalidOperationException($"The warehouse does not answer, so nobody knows about {title}.");

[Description("Orders copies of a book.")]
static async Task<string> OrderBook(Shop shop, string title, int copies, CancellationToken cancellationToken)
{
    await Task.Yield();
    cancellationToken.ThrowIfCancellationRequested();

    return shop.Prices.TryGetValue(title, out decimal price)
        ? $"{copies} of {title} for {shop.Customer}: {price * copies} EUR."
        : throw new KeyNotFoundException($"There is no {title}.");
}

static void Show(ToolResults results)
{
    foreach (ToolResult result in results)
    {
        Console.WriteLine(result switch
        {
            ToolResult.Finished({ IsError: true } output) => $"{output.Name} failed: {output.Result}",
            ToolResult.Finished(var output) => $"{output.Name}: {output.Result}",
            ToolResult.Waiting(var call) => $"{call.Name} waits for approval: {call.Arguments}",
            _ => "",
        });
    }
}

// There is no model on this machine, so the server's follows its script.
static Model Offline(LoopbackServer server)
{
    var provider = new Provider("loopback", server.BaseUrl, WireFormat.AnthropicMessages) { KeyHeader = "x-api-key", ApiKey = "none" };
    return new Model("loopback/bookworm", client: new LlmClient().WithProvider("loopback/", provider));
}

internal sealed record Shop(string Customer, IReadOnlyDictionary<string, decimal> Prices);
