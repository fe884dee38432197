// Credentials from callbacks, settings of accounts, and vendors with the settings of an account as providers of one's own.
using NUnit.Framework;

namespace Llm.Tests.Transport;

public sealed class AuthTests
{
    private const string Chat =
        """{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}""";

    [Test]
    public async Task A_token_is_kept_until_it_is_refused_and_then_asked_for_once_more()
    {
        int asked = 0;
        var seen = new List<string?>();
        LlmClient client = Over(new Gate(seen, "token-2")).WithToken(
            "fake",
            async cancellationToken =>
            {
                await Task.Yield();
                return new BearerToken($"token-{++asked}", DateTimeOffset.UtcNow.AddHours(1));
            });
        var model = new Model("fake/large", client: client);

        await model.CallAsync("Hello");
        await model.CallAsync("Hello");

        Assert.That(seen, Is.EqualTo(new[] { "Bearer token-1", "Bearer token-2", "Bearer token-2" }));
    }

    [Test]
    public async Task A_token_without_an_expiry_is_asked_for_at_every_request()
    {
        int asked = 0;
        var seen = new List<string?>();
        LlmClient client = Over(new Gate(seen, "token-1", "token-2")).WithToken("fake", _ => Task.FromResult($"token-{++asked}"));

        await new Model("fake/large", client: client).CallAsync("Hello");
        await new Model("fake/large", client: client).CallAsync("Hello");

        Assert.That(seen, Is.EqualTo(new[] { "Bearer token-1", "Bearer token-2" }));
    }

    [Test]
    public async Task A_provider_of_ones_own_may_bring_its_token()
    {
        var seen = new List<string?>();
        var provider = new Provider("mine", "http://mine.test", WireFormat.ChatCompletions)
        {
            Token = _ => Task.FromResult(new BearerToken(Fake.Key)),
        };

        await new Model("mine/m", client: Over(new Gate(seen, Fake.Key)).WithProvider("mine/", provider)).CallAsync("Hello");

        Assert.That(seen, Is.EqualTo(new[] { $"Bearer {Fake.Key}" }));
        Assert.That(provider.ToString() + new BearerToken(Fake.Key), Does.Not.Contain(Fake.Key));
    }

    [Test]
    public void A_source_that_fails_is_an_exception_with_its_reason()
    {
        LlmClient client = Over(new Gate([])).WithToken(
            "fake",
            Task<string> (CancellationToken _) => throw new InvalidOperationException("nobody is logged in"));

        var error = Assert.ThrowsAsync<CredentialsUnavailableException>(() => new Model("fake/large", client: client).CallAsync("Hello"))!;

        Assert.That(error.Provider, Is.EqualTo("fake"));
        Assert.That(error.Message, Does.Contain("nobody is logged in"));
    }

    [Test]
    public async Task Keys_of_AWS_sign_by_the_clock_of_the_client()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(403, "{}"));
        LlmClient client = Bare(script).WithSetting("bedrock", "region", "eu-west-1").WithAwsKeys("bedrock", "AKID", Fake.Key, "session");

        await new Model("bedrock/amazon.nova-lite-v1:0", client: client).TryCallAsync("Hello");

        ScriptedRequest request = script.Requests.Single();
        Assert.That(request.Url, Is.EqualTo("https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse"));
        Assert.That(request.Headers.Select(header => header.Key), Does.Contain("x-amz-date").And.Not.Contain("Authorization"));
    }

    [Test]
    public void A_missing_setting_is_an_exception_that_names_its_variables()
    {
        LlmClient client = Bare(LlmTransport.Scripted()).WithApiKey("azure", Fake.Key);

        var error = Assert.ThrowsAsync<MissingSettingException>(() => new Model("azure/my-gpt", client: client).CallAsync("Hello"))!;

        Assert.That(error.Provider, Is.EqualTo("azure"));
        Assert.That(error.Setting, Is.EqualTo("endpoint"));
        Assert.That(error.Variables, Is.EqualTo(new[] { "AZURE_OPENAI_ENDPOINT" }));
    }

    private static IEnumerable<TestCaseData> Accounts()
    {
        yield return new(Provider.AzureOpenAI("https://a.test/"), "https://a.test/openai/v1/responses");
        yield return new(
            Provider.AzureOpenAI("https://a.test", "2024-10-21"),
            "https://a.test/openai/deployments/m/chat/completions?api-version=2024-10-21");
        yield return new(
            Provider.AzureAI("https://a.test"),
            "https://a.test/models/chat/completions?api-version=2024-05-01-preview");
        yield return new(
            Provider.VertexAI("p", "global"),
            "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/m:generateContent");
        yield return new(Provider.Bedrock("us-east-1"), "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse");
    }

    [TestCaseSource(nameof(Accounts))]
    public async Task A_vendor_with_an_account_is_a_provider_like_any(Provider account, string url)
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Refusal(404, "{}"));
        LlmClient client = Bare(script).WithProvider("second/", account with { ApiKey = Fake.Key });

        Result<Response> result = await new Model("second/m", client: client).TryCallAsync("Hello");

        Assert.That(result.Error, Is.InstanceOf<NotFoundException>());
        Assert.That(script.Requests.Single().Url, Is.EqualTo(url));
    }

    [Test]
    public async Task An_account_keeps_its_place_for_the_key_and_may_move()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(Chat));
        Provider account = Provider.AzureOpenAI("https://a.test") with { BaseUrl = "https://proxy.test/v1", KeyVariables = ["SECOND_KEY"] };
        LlmClient client = new LlmClient { Transport = script, Environment = name => name == "SECOND_KEY" ? Fake.Key : null }
            .WithProvider("second/", account);

        Response answer = await new Model("second/m:completions", client: client).CallAsync("Hello");

        Assert.That(answer.Text, Is.EqualTo("Hi"));
        Assert.That(script.Requests.Single().Url, Is.EqualTo("https://proxy.test/v1/chat/completions"));
    }

    private static LlmClient Bare(LlmTransport transport) => new() { Transport = transport, Environment = _ => null };

    private static LlmClient Over(HttpMessageHandler handler) =>
        Fake.Client(LlmTransport.FromHttpClient(new HttpClient(handler)));

    /// <summary>A server that takes these tokens only, and sees what it is sent.</summary>
    private sealed class Gate(List<string?> seen, params string[] good) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string? sent = request.Headers.Authorization?.ToString();
            seen.Add(sent);
            bool isGood = good.Any(token => sent == $"Bearer {token}");

            return Task.FromResult(new HttpResponseMessage(isGood ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.Unauthorized)
            {
                Content = new StringContent(isGood ? Chat : "{}"),
            });
        }
    }
}
