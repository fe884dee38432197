// What tokens cost, as data: rates, prices with their date and source, and what an answer cost by them.
namespace Llm;

/// <summary>
/// What a million tokens cost, in whole units of a currency. Null is a price that is not known: the cost of an answer that used such tokens is
/// not known either.
/// </summary>
/// <param name="Input">Input that is neither cached nor audio.</param>
/// <param name="Output">Output that is neither reasoning nor audio.</param>
public sealed record TokenRates(decimal Input, decimal Output)
{
    /// <summary>Input that was read from a cache.</summary>
    public decimal? CacheRead { get; init; }

    /// <summary>Input that was written to a cache that lives for minutes.</summary>
    public decimal? CacheWrite { get; init; }

    /// <summary>Input that was written to a cache that lives for an hour.</summary>
    public decimal? CacheWriteOneHour { get; init; }

    /// <summary>Reasoning; null where it costs what other output does.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Input that is audio.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Output that is audio.</summary>
    public decimal? AudioOutput { get; init; }
}

/// <summary>What one model costs, as somebody published it on a day.</summary>
/// <param name="Provider">Id of the provider, such as <c>openai</c>.</param>
/// <param name="Model">The model, as the provider names it, without a date: <c>gpt-5.4</c>.</param>
/// <param name="Rates">What its tokens cost.</param>
/// <param name="AsOf">The day on which the prices were published or read.</param>
/// <param name="Source">Where they are written.</param>
public sealed record Price(string Provider, string Model, TokenRates Rates, DateOnly AsOf, string Source)
{
    /// <summary>Other rates for the whole of a call whose input is long; null where there are none.</summary>
    public LongPromptRates? LongPrompt { get; init; }
}

/// <summary>Rates for the whole of a call whose input is long.</summary>
/// <param name="Above">They hold above so many tokens of input.</param>
/// <param name="Rates">What tokens cost then.</param>
public sealed record LongPromptRates(long Above, TokenRates Rates);

/// <summary>Which tokens an amount is for.</summary>
public enum CostKind
{
    /// <summary>Input that is neither cached nor audio.</summary>
    Input,

    /// <summary>Input that was read from a cache.</summary>
    CacheRead,

    /// <summary>Input that was written to a cache.</summary>
    CacheWrite,

    /// <summary>Input that is audio.</summary>
    AudioInput,

    /// <summary>Output that is neither reasoning nor audio.</summary>
    Output,

    /// <summary>Reasoning.</summary>
    Reasoning,

    /// <summary>Output that is audio.</summary>
    AudioOutput,
}

/// <summary>What tokens of one kind cost.</summary>
/// <param name="Kind">Which tokens.</param>
/// <param name="Tokens">How many.</param>
/// <param name="PerMillion">What a million of them costs.</param>
/// <param name="Amount">What they cost.</param>
public sealed record CostItem(CostKind Kind, long Tokens, decimal PerMillion, Money Amount);

/// <summary>What an answer cost, by a price: the sum, and what it is made of.</summary>
/// <param name="Total">The sum of the items, not rounded.</param>
/// <param name="Items">The kinds of tokens that were used.</param>
/// <param name="Price">The price that was applied.</param>
public sealed record Cost(Money Total, IReadOnlyList<CostItem> Items, Price Price)
{
    /// <summary>The kinds of tokens that were used.</summary>
    public IReadOnlyList<CostItem> Items { get; init => field = ValueList.Of(value); } = ValueList.Of(Items);

    /// <summary>The total.</summary>
    public override string ToString() => Total.ToString();
}
