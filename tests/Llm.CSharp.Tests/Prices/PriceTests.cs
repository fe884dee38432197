// Prices are data that one may override; what is not known is null, never zero.
using NUnit.Framework;

namespace Llm.Tests.Prices;

public sealed class PriceTests
{
    private static readonly Price _large = new(
        "fake",
        "large",
        new TokenRates(2m, 8m) { CacheRead = 0.5m, CacheWrite = 3m, CacheWriteOneHour = 4m, Reasoning = 6m, AudioInput = 40m, AudioOutput = 80m },
        new DateOnly(2026, 11, 1),
        "our contract")
    {
        LongPrompt = new LongPromptRates(1000, new TokenRates(4m, 16m)),
    };

    [Test]
    public async Task An_answer_has_the_cost_of_its_tokens()
    {
        Response answer = await Fake.Model(Fake.Answer("Hello")).CallAsync("Hi");
        PriceTable prices = PriceTable.Empty("EUR").With(_large);

        Cost? cost = answer.Cost(prices);

        Assert.That(answer.Cost(), Is.Null);
        Assert.That(cost!.Total, Is.EqualTo(new Money(0.000022m, "EUR")));
        Assert.That(cost.Items.Select(item => (item.Kind, item.Tokens)), Is.EqualTo(new[] { (CostKind.Input, 3L), (CostKind.Output, 2L) }));
        Assert.That(cost.Price, Is.EqualTo(_large));
    }

    [Test]
    public void Every_kind_of_token_has_its_own_price()
    {
        var usage = new Usage
        {
            InputTokens = 900,
            CacheReadTokens = 100,
            CacheWriteTokens = 100,
            AudioInputTokens = 100,
            OutputTokens = 300,
            ReasoningTokens = 100,
            AudioOutputTokens = 100,
        };

        Cost cost = PriceTable.Empty("USD").With(_large).CostOf("fake", "large-2026-01-01", usage)!;

        Assert.That(cost.Total, Is.EqualTo(Money.Usd((1200m + 50m + 300m + 4000m + 800m + 600m + 8000m) / 1_000_000m)));
        Assert.That(cost.Items, Has.Count.EqualTo(7));
        Assert.That(cost.ToString(), Does.StartWith("USD 0.01495"));
    }

    [Test]
    public void The_standard_table_is_data_with_dates_and_sources()
    {
        Assert.That(PriceTable.Standard.Prices, Is.All.Matches<Price>(price => price.Source.StartsWith("https://", StringComparison.Ordinal)));
        Assert.That(PriceTable.Standard.Find("anthropic", "claude-haiku-4-5-20251001")!.Rates.CacheWriteOneHour, Is.EqualTo(2m));
        Assert.That(PriceTable.Standard.Find("openai", "gpt-of-tomorrow"), Is.Null);
        Assert.That(PriceTable.Standard.With(_large).Find("fake", "large"), Is.EqualTo(_large));
    }

    [Test]
    public void Amounts_of_two_currencies_are_not_added()
    {
        Assert.That(Money.Usd(1) + Money.Usd(0.5m), Is.EqualTo(Money.Usd(1.5m)));
        Assert.Throws<InvalidOperationException>(() => _ = Money.Usd(1) + new Money(1, "EUR"));
    }
}
