// An amount in a currency.
using System.Globalization;

namespace Llm;

/// <summary>An amount in a currency. Amounts of two currencies are never added.</summary>
/// <param name="Amount">How much, in whole units of the currency, not rounded.</param>
/// <param name="Currency">The code of ISO 4217, such as <c>USD</c>.</param>
public readonly record struct Money(decimal Amount, string Currency)
{
    /// <summary>US dollars.</summary>
    /// <param name="amount">How much.</param>
    public static Money Usd(decimal amount) => new(amount, "USD");

    /// <summary>The sum.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other, in the same currency.</param>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money first, Money second) =>
        first.Currency == second.Currency
            ? new(first.Amount + second.Amount, first.Currency)
            : throw new InvalidOperationException($"{first.Currency} and {second.Currency} cannot be added.");

    /// <summary>The code and the amount, such as <c>USD 0.25</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Currency} {Amount}");
}
