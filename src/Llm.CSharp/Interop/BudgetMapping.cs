// Money and budgets, to the core and back. The core knows currencies by units of measure, which C# does not see.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class BudgetHandle
{
    public BudgetHandle(Money limit, Func<Usage, string, Money?> price, Money? whenUnknown)
    {
        Core = Llm.Core.BudgetModule.createWith(
            whenUnknown is { } counted ? Llm.Core.UnknownCost.NewCountAs(ToCore(counted, limit)) : Llm.Core.UnknownCost.Refuse,
            ToCore(limit, limit),
            FuncConvert.FromFunc<Core.Usage, string, FSharpOption<Core.Money>?>(
                (usage, modelId) => price(CallMapping.ToFacade(usage), modelId) is { } money
                    ? FSharpOption<Core.Money>.Some(ToCore(money, limit))
                    : null));
    }

    public Core.Budget Core { get; }

    public Money Limit => ToFacade(Core.Limit);

    public Money Spent => ToFacade(Core.Spent);

    public Money Reserved => ToFacade(Core.Reserved);

    public Money Left => ToFacade(Core.Left);

    private static Money ToFacade(Core.Money money) => new(money.Amount, money.Currency.Code);

    private static Core.Money ToCore(Money money, Money limit) =>
        money.Currency == limit.Currency
            ? Llm.Core.MoneyModule.create(Llm.Core.CurrencyModule.create(Texts.Required(money.Currency, nameof(money))), money.Amount)
            : throw new InvalidOperationException($"The budget is in {limit.Currency}, and not in {money.Currency}.");
}

internal static class BudgetMapping
{
    public static Money ToFacade(Core.AnyMoney money) => new(money.Amount, money.Currency);

    public static BudgetExceededException ToException(Core.BudgetExcess excess, string message) => new(message)
    {
        Limit = ToFacade(excess.Limit),
        Spent = ToFacade(excess.Spent),
        Reserved = ToFacade(excess.Reserved),
        Needed = excess.Needed is { Value: var needed } ? ToFacade(needed) : null,
        Reason = excess.Reason.Tag switch
        {
            Core.BudgetStop.Tags.TooDear => BudgetStop.TooDear,
            Core.BudgetStop.Tags.Overspent => BudgetStop.Overspent,
            Core.BudgetStop.Tags.NoUpperBound => BudgetStop.NoUpperBound,
            _ => BudgetStop.NoPrice,
        },
        ModelId = excess.ModelId,
        Answer = Optional.ToReference(excess.Answer),
    };
}
