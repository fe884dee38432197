// Prices of models in one currency; the cost of answers by them.
using Llm.Interop;

namespace Llm;

/// <summary>Prices in one currency, one a model. It never changes.</summary>
/// <example>
/// <code>
/// PriceTable prices = PriceTable.Standard.With(new Price("acme", "sage-1", new TokenRates(2m, 8m), new DateOnly(2026, 11, 1), "our contract"));
/// Cost? cost = answer.Cost(prices);
/// </code>
/// </example>
public sealed class PriceTable
{
    private readonly PriceTableHandle _handle;

    internal PriceTable(PriceTableHandle handle) => _handle = handle;

    /// <summary>
    /// The prices that come with the library, in US dollars, each with its date and source. A model that is not among them is not free: it is
    /// unknown.
    /// </summary>
    public static PriceTable Standard { get; } = new(PriceTableHandle.Standard);

    /// <summary>The code of ISO 4217 of the currency of all prices.</summary>
    public string Currency => _handle.Currency;

    /// <summary>The prices, in the order of providers and models.</summary>
    public IReadOnlyList<Price> Prices => _handle.Prices;

    /// <summary>No prices, in a currency.</summary>
    /// <param name="currency">The code of ISO 4217, such as <c>EUR</c>.</param>
    public static PriceTable Empty(string currency) => new(PriceTableHandle.Empty(currency));

    /// <summary>The table with a price, in place of the one that it had for that model.</summary>
    /// <param name="price">The price.</param>
    public PriceTable With(Price price)
    {
        ArgumentNullException.ThrowIfNull(price);
        return new(_handle.With(price));
    }

    /// <summary>
    /// The price of a model: its own, or for a dated edition (<c>gpt-4o-2024-08-06</c>, <c>claude-haiku-4-5-20251001</c>, <c>-latest</c>) that
    /// of the longest name which the date follows; null where there is none. Any other addition is another model.
    /// </summary>
    /// <param name="provider">Id of the provider.</param>
    /// <param name="model">The model, as the provider names it.</param>
    public Price? Find(string provider, string model) => _handle.Find(provider, model);

    /// <summary>What usage of a model costs; null where the table does not know the model, or not all that was used.</summary>
    /// <param name="provider">Id of the provider.</param>
    /// <param name="model">The model, as the provider names it.</param>
    /// <param name="usage">What was used.</param>
    public Cost? CostOf(string provider, string model, Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return _handle.CostOf(provider, model, usage);
    }

    /// <summary>
    /// What usage of a model costs, by its model id: the word before <c>/</c> or <c>:</c> is the provider. Null where the table does not know the
    /// model, or not all that was used.
    /// </summary>
    /// <param name="modelId">The model id, such as <c>openai/gpt-5</c>.</param>
    /// <param name="usage">What was used.</param>
    public Cost? CostOf(string modelId, Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return _handle.CostOf(modelId, usage);
    }

    internal Cost? CostOf(Response response) => _handle.CostOf(response);
}

public sealed partial record Response
{
    /// <summary>
    /// What the answer cost, by the model that answered or else the one that was asked; null where the provider has not said what was used, the
    /// table does not know the model, or not all that was used. Batches, priority and regional surcharges, and calls of the provider's tools are
    /// not counted.
    /// </summary>
    /// <param name="prices">The prices; <see cref="PriceTable.Standard"/> where they are not given.</param>
    /// <example><c>Console.WriteLine(answer.Cost()?.Total);</c></example>
    public Cost? Cost(PriceTable? prices = null) => (prices ?? PriceTable.Standard).CostOf(this);
}
