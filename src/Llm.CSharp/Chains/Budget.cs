// Money that a chain may spend.
using Llm.Interop;

namespace Llm;

/// <summary>
/// Money that may be spent. One budget is shared by all calls that carry it, also at once; it does not fill up again. Before a call, the most
/// that it can cost is set aside: the letters of the prompt and <see cref="Params.MaxTokens"/>, at the model's price. After it, what it did cost
/// is counted instead; all that was set aside, where the call broke off and nobody knows. A call that can cost more than is left is a
/// <see cref="BudgetExceededException"/>.
/// </summary>
/// <example>
/// <code>
/// var budget = new Budget(Money.Usd(0.50m), (usage, modelId) => Money.Usd(0.00001m * (usage.InputTokens + usage.OutputTokens)));
/// string answer = await chain.WithBudget(budget).InvokeAsync("apples");
/// </code>
/// </example>
public sealed class Budget
{
    /// <summary>A budget.</summary>
    /// <param name="limit">What may be spent in all.</param>
    /// <param name="price">What usage costs with the model of an id, in the currency of the limit; null where nobody can say.</param>
    /// <param name="whenUnknown">
    /// What is counted for a call whose cost nobody can say; where it is not given, such a call is a <see cref="BudgetExceededException"/>.
    /// </param>
    public Budget(Money limit, Func<Usage, string, Money?> price, Money? whenUnknown = null)
    {
        ArgumentNullException.ThrowIfNull(price);
        Handle = new(limit, price, whenUnknown);
    }

    /// <summary>A budget by a table of prices.</summary>
    /// <param name="limit">What may be spent in all.</param>
    /// <param name="prices">What models cost, in the currency of the limit.</param>
    /// <param name="whenUnknown">
    /// What is counted for a call whose cost nobody can say; where it is not given, such a call is a <see cref="BudgetExceededException"/>.
    /// </param>
    /// <example><c>chain.WithBudget(new Budget(Money.Usd(0.50m), PriceTable.Standard))</c></example>
    public Budget(Money limit, PriceTable prices, Money? whenUnknown = null)
    {
        ArgumentNullException.ThrowIfNull(prices);
        Handle = new(limit, (usage, modelId) => prices.CostOf(modelId, usage)?.Total, whenUnknown);
    }

    /// <summary>What may be spent in all.</summary>
    public Money Limit => Handle.Limit;

    /// <summary>What was spent so far.</summary>
    public Money Spent => Handle.Spent;

    /// <summary>What calls that go on may still cost.</summary>
    public Money Reserved => Handle.Reserved;

    /// <summary>What is left, after what calls that go on may cost.</summary>
    public Money Left => Handle.Left;

    internal BudgetHandle Handle { get; }
}
