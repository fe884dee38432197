// Questions beside calls: tokens and models.
using NUnit.Framework;

namespace Llm.Tests.Transport;

public sealed class InquiryTests
{
    private static LlmClient Client(LlmTransport transport) =>
        new LlmClient { Transport = transport, Environment = _ => null }.WithApiKey("anthropic", Fake.Key);

    [Test]
    public async Task Tokens_are_counted_without_an_answer()
    {
        ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json("""{"input_tokens":14}"""), ScriptedAnswer.Json("""{"input_tokens":15}"""));
        var model = new Model("anthropic/claude-sonnet-4-5", client: Client(script));

        Assert.That(await model.CountTokensAsync("Hello"), Is.EqualTo(14));
        Assert.That((await model.TryCountTokensAsync([Message.System("Be brief."), Message.User("Hello")])).Value, Is.EqualTo(15));
        Assert.That(script.Requests[0].Url, Is.EqualTo("https://api.anthropic.com/v1/messages/count_tokens"));
        Assert.That(script.Requests[0].Body, Does.Not.Contain("max_tokens"));
        Assert.That(script.Requests[1].Body, Does.Contain("Be brief."));
    }

    [Test]
    public async Task A_provider_that_counts_no_tokens_is_not_asked()
    {
        ScriptedTransport script = LlmTransport.Scripted();

        Result<long> result = await Fake.Model(script).TryCountTokensAsync("Hello");

        Assert.That(result.Error, Is.InstanceOf<FeatureNotSupportedException>());
        Assert.That(script.Requests, Is.Empty);
    }

    [Test]
    public async Task Models_are_listed_to_the_last_page()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            ScriptedAnswer.Json("""{"data":[{"id":"one","display_name":"One","created_at":"2026-01-02T00:00:00Z"}],"has_more":true,"last_id":"one"}"""),
            ScriptedAnswer.Json("""{"data":[{"id":"two"}],"has_more":false,"last_id":"two"}"""));

        IReadOnlyList<ModelInfo> models = await Client(script).ListModelsAsync("anthropic/");

        Assert.That(models.Select(model => model.Id), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(models[0].Name, Is.EqualTo("One"));
        Assert.That(models[0].CreatedAt, Is.EqualTo(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(models[1], Is.EqualTo(new ModelInfo { Id = "two", RawJson = """{"id":"two"}""" }));
        Assert.That(script.Requests[1].Url, Does.EndWith("/v1/models?limit=1000&after_id=one"));
    }

    [Test]
    public void An_error_is_what_it_would_be_of_a_call()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            ScriptedAnswer.Refusal(401, """{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"""));

        Assert.ThrowsAsync<AuthenticationException>(() => Client(script).ListModelsAsync("anthropic/"));
    }
}
