// Switching models in the middle of a conversation, and what is lost then.
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class AdaptTests
{
    private const string Native =
        """[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"Hi"}]""";

    private static readonly ProviderPart _redacted = new("redacted_thinking", """{"type":"redacted_thinking","data":"x"}""");

    private static Message[] History =>
    [
        Message.User("Hello"),
        Message.Assistant(new Thought("Hm."), _redacted, "Hi") with
        {
            Origin = new Origin("anthropic", "messages", "claude-sonnet-4-5") { Native = Native },
        },
        Message.User("And?"),
    ];

    [Test]
    public void Another_provider_is_not_told_thoughts_nor_what_proves_them()
    {
        Adapted adapted = Fake.Model().Adapt(History);

        Assert.That(
            adapted.Losses.Select(loss => (loss.MessageIndex, loss.Kind, loss.Part)),
            Is.EqualTo(new (int, LossKind, AssistantPart?)[]
            {
                (1, LossKind.Thought, new Thought("Hm.")),
                (1, LossKind.RedactedThought, _redacted),
                (1, LossKind.Signature, null),
            }));
        Assert.That($"{adapted.Losses[0]}", Is.EqualTo("message 1 of anthropic's claude-sonnet-4-5 loses a thought"));
        Assert.That(((AssistantMessage)adapted.Messages[1]).Content, Is.EqualTo(new AssistantPart[] { "Hi" }));
    }

    [Test]
    public void The_model_that_wrote_it_loses_nothing_and_thoughts_as_text_are_not_lost()
    {
        var client = new LlmClient { Environment = _ => "key" };
        var claude = new Model("anthropic/claude-sonnet-4-5", client: client);
        Model asText = Fake.Model().WithParams(new() { Thinking = new Thinking(ThinkingLevel.Default) { EncodeThoughtsAsText = true } });

        Assert.That(claude.Adapt(History).Losses, Is.Empty);
        Assert.That(claude.Adapt(History).Messages, Is.EqualTo(History));
        Assert.That(asText.Adapt(History).Losses.Select(loss => loss.Kind), Is.EqualTo(new[] { LossKind.RedactedThought }));
        Assert.That(
            ((AssistantMessage)asText.Adapt(History).Messages[1]).Content,
            Is.EqualTo(new AssistantPart[] { "**Thinking:** Hm.", "Hi" }));
    }

    [Test]
    public async Task A_call_says_what_was_lost()
    {
        Response answer = await Fake.Model(Fake.Answer("Yes?")).CallAsync(History);

        Assert.That(answer.Warnings.Select(warning => warning.Feature), Is.EqualTo(new[] { "redacted_thinking", "thought", "signature" }));
    }

    [Test]
    public void A_model_that_nobody_serves_cannot_be_adapted_to()
    {
        var nobodys = new Model("nobody/x");

        Assert.That(() => nobodys.Adapt(History), Throws.InstanceOf<UnknownProviderException>());
        Assert.That(nobodys.TryAdapt(History).IsSuccess, Is.False);
    }
}
