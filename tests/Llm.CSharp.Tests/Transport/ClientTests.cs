// Clients: keys, addresses, environment, and that keys never show.
using NUnit.Framework;

namespace Llm.Tests.Transport;

public sealed class ClientTests
{
    private const string OpenAiAnswer =
        """{"id":"r","object":"response","status":"completed","model":"gpt-5","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}]}""";

    [Test]
    public async Task A_key_and_an_address_change_a_known_provider()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(OpenAiAnswer));
        LlmClient client = new LlmClient { Transport = script, Environment = name => name == "OPENAI_BASE_URL" ? "http://env.test" : null }
            .WithApiKey("openai", Fake.Key)
            .WithBaseUrl("openai", "http://mine.test/v1/");

        Response answer = await new Model("openai/gpt-5", client: client).CallAsync("Hello");

        Assert.That(answer.Text, Is.EqualTo("Hi"));
        Assert.That(script.Requests[0].Url, Is.EqualTo("http://mine.test/v1/responses"));
    }

    [Test]
    public async Task The_environment_is_asked_for_what_was_not_given()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(OpenAiAnswer));
        LlmClient client = new()
        {
            Transport = script,
            Environment = name => name switch
            {
                "OPENAI_API_KEY" => Fake.Key,
                "OPENAI_BASE_URL" => "http://env.test",
                _ => null,
            },
        };

        await new Model("openai/gpt-5", client: client).CallAsync("Hello");

        Assert.That(script.Requests[0].Url, Is.EqualTo("http://env.test/responses"));
    }

    [TestCase("openai/m", "/responses")]
    [TestCase("openai:completions/m", "/chat/completions")]
    [TestCase("openai:responses/m", "/responses")]
    public async Task A_key_and_an_address_are_for_every_prefix_of_the_provider(string model, string path)
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(404, "{}"));
        LlmClient client = new LlmClient { Transport = script, Environment = _ => null }
            .WithApiKey("openai", Fake.Key)
            .WithBaseUrl("openai", "http://mine.test/v1");

        Result<Response> result = await new Model(model, client: client).TryCallAsync("Hello");

        Assert.That(result.Error, Is.InstanceOf<NotFoundException>());
        Assert.That(script.Requests[0].Url, Is.EqualTo("http://mine.test/v1" + path));
    }

    [TestCase("openai/m")]
    [TestCase("openai:completions/m")]
    [TestCase("openai:responses/m")]
    public async Task A_token_is_for_every_prefix_of_the_provider(string model)
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(404, "{}"));
        int asked = 0;
        LlmClient client = new LlmClient { Transport = script, Environment = _ => null }
            .WithToken("openai", _ => Task.FromResult($"token-{++asked}"));

        Result<Response> result = await new Model(model, client: client).TryCallAsync("Hello");

        Assert.That(result.Error, Is.InstanceOf<NotFoundException>());
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public void A_key_for_nobody_is_refused() =>
        Assert.That(
            () => LlmClient.Default.WithApiKey("opnai", Fake.Key),
            Throws.ArgumentException.With.Message.Contains("openai").And.Message.Not.Contains(Fake.Key));

    [TestCase(WireFormat.ChatCompletions, "/chat/completions")]
    [TestCase(WireFormat.Responses, "/responses")]
    [TestCase(WireFormat.AnthropicMessages, "/v1/messages")]
    [TestCase(WireFormat.GenerateContent, "/models/m:generateContent")]
    [TestCase(WireFormat.CohereChat, "/v2/chat")]
    [TestCase(WireFormat.OllamaChat, "/api/chat")]
    [TestCase(WireFormat.BedrockConverse, "/model/m/converse")]
    public async Task A_provider_of_ones_own_speaks_any_format(WireFormat format, string path)
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(404, "{}"));
        var provider = new Provider("mine", "http://mine.test", format) { Headers = new Dictionary<string, string> { ["x-team"] = "a" } };
        LlmClient client = new LlmClient { Transport = script }.WithProvider("mine/", provider);

        Result<Response> result = await new Model("mine/m", client: client).TryCallAsync("Hello");

        Assert.That(result.Error, Is.InstanceOf<NotFoundException>());
        Assert.That(((NotFoundException)result.Error!).Provider, Is.EqualTo("mine"));
        Assert.That(script.Requests[0].Url, Is.EqualTo("http://mine.test" + path));
        Assert.That(script.Requests[0].Headers, Does.Contain(KeyValuePair.Create("x-team", "a")));
    }

    [Test]
    public async Task Keys_never_show()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            ScriptedAnswer.Refusal(401, $$$"""{"error":{"message":"Incorrect API key provided: {{{Fake.Key}}}"}}"""));
        LlmClient client = Fake.Client(script);
        var provider = new Provider("mine", "http://mine.test", WireFormat.ChatCompletions) { ApiKey = Fake.Key };
        var model = new Model("fake/large", client: client);

        LlmException error = (await model.TryCallAsync("Hello")).Error!;

        Assert.Multiple(() =>
        {
            Assert.That(error.ToString(), Does.Not.Contain(Fake.Key).And.Contain("***"));
            Assert.That(((ApiException)error).Body, Does.Not.Contain(Fake.Key));
            Assert.That(client.ToString(), Does.Not.Contain(Fake.Key));
            Assert.That(provider.ToString(), Does.Not.Contain(Fake.Key));
            Assert.That(model.ToString(), Does.Not.Contain(Fake.Key));
            Assert.That(script.Requests[0].ToString(), Does.Not.Contain(Fake.Key));
            Assert.That(script.Requests[0].Headers.Select(header => header.Value), Has.None.Contains(Fake.Key));
        });
    }

    [Test]
    public async Task What_was_recorded_is_replayed_without_a_key()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.jsonl");

        try
        {
            await using (StreamResponse live = Fake.Model(LlmTransport.Scripted(Fake.Stream("He", "llo")).RecordTo(path)).Stream("Hi"))
                await live.FinishAsync();

            await using StreamResponse replayed = Fake.Model(LlmTransport.Replay(path)).Stream("Hi");

            Assert.That((await replayed.FinishAsync()).Text, Is.EqualTo("Hello"));
            Assert.That(await File.ReadAllTextAsync(path), Does.Not.Contain(Fake.Key));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task A_factory_is_asked_for_each_request()
    {
        int asked = 0;
        var server = new Streams.SlowServer(Fake.Delta("Hi"), "[DONE]");
        LlmTransport transport = LlmTransport.FromFactory(() =>
        {
            asked++;
            return new HttpClient(server, disposeHandler: false);
        });
        Model model = Fake.Model(transport);

        for (int count = 0; count < 2; count++)
        {
            await using StreamResponse stream = model.Stream("Hello");
            Assert.That((await stream.FinishAsync()).Text, Is.EqualTo("Hi"));
        }

        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public void No_secret_shows_in_text_or_JSON()
    {
        var provider = new Provider("acme", "https://acme.example", WireFormat.ChatCompletions) { ApiKey = "sk-secret" };
        var token = new BearerToken("sk-secret");

        foreach (object holder in new object[] { provider, token, new LlmClient().WithProvider("acme/", provider).WithApiKey("openai", "sk-secret") })
            Assert.That(holder.ToString(), Does.Not.Contain("sk-secret"));

        Assert.That(System.Text.Json.JsonSerializer.Serialize(provider with { Token = null }), Does.Contain("acme").And.Not.Contain("sk-secret"));
        Assert.That(System.Text.Json.JsonSerializer.Serialize(token), Does.Not.Contain("sk-secret"));
    }

    [Test]
    public void Counts_that_no_number_holds_are_the_largest_there_is()
    {
        var most = new Usage { InputTokens = long.MaxValue, OutputTokens = 5 };

        Assert.That(most.TotalTokens, Is.EqualTo(long.MaxValue));
        Assert.That((most + most).InputTokens, Is.EqualTo(long.MaxValue));
        Assert.That((most + most).OutputTokens, Is.EqualTo(10));
    }
}
