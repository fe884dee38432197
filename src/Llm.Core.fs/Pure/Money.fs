// Money: a decimal with its currency in the type, so that amounts of two currencies cannot be added. Made by price tables and by callers,
// counted by budgets and traces. It knows nothing of tokens.
namespace Llm.Core

open System.Globalization

/// US dollars, as a unit of measure: <c>Money&lt;usd&gt;</c>.
[<Measure>]
type usd

/// Euros, as a unit of measure: <c>Money&lt;eur&gt;</c>.
[<Measure>]
type eur

/// <summary>A currency: its code, and its unit of measure in the type.</summary>
type Currency<[<Measure>] 'currency> =
    private
        {
            code: string
        }

    /// The code of ISO 4217, such as <c>USD</c>.
    member this.Code = this.code

    /// The code.
    override this.ToString() = this.code

/// <summary>Functions on <see cref="T:Llm.Core.Currency"/>.</summary>
[<RequireQualifiedAccess>]
module Currency =
    /// <summary>A currency of a unit of measure of one's own, by its code of ISO 4217.</summary>
    /// <example><c>[&lt;Measure&gt;] type gbp</c>, then <c>let pounds: Currency&lt;gbp&gt; = Currency.create "GBP"</c>.</example>
    let create<[<Measure>] 'currency> (code: string) : Currency<'currency> = { code = code }

    /// US dollars.
    let usd: Currency<usd> = { code = "USD" }

    /// Euros.
    let eur: Currency<eur> = { code = "EUR" }

/// <summary>An amount in a currency that is known when the program runs: in errors and in traces.</summary>
type AnyMoney =
    {
        /// How much, in whole units of the currency.
        Amount: decimal
        /// The code of ISO 4217, such as <c>USD</c>.
        Currency: string
    }

    /// The code and the amount.
    override this.ToString() = this.Currency + " " + this.Amount.ToString CultureInfo.InvariantCulture

/// <summary>An amount in a currency that the compiler knows.</summary>
type Money<[<Measure>] 'currency> =
    private
        {
            amount: decimal
            currency: Currency<'currency>
        }

    /// How much, in whole units of the currency.
    member this.Amount = this.amount

    /// In what.
    member this.Currency = this.currency

    /// The sum.
    static member (+)(first: Money<'currency>, second: Money<'currency>) : Money<'currency> =
        { first with amount = first.amount + second.amount }

    /// The difference; it may be negative.
    static member (-)(first: Money<'currency>, second: Money<'currency>) : Money<'currency> =
        { first with amount = first.amount - second.amount }

    /// So many times the amount.
    static member (*)(money: Money<'currency>, times: decimal) : Money<'currency> = { money with amount = money.amount * times }

    /// The code and the amount.
    override this.ToString() = this.currency.Code + " " + this.amount.ToString CultureInfo.InvariantCulture

/// <summary>Functions on <see cref="T:Llm.Core.Money"/>.</summary>
[<RequireQualifiedAccess>]
module Money =
    /// <summary>An amount in a currency.</summary>
    /// <example><c>Money.create Currency.usd 0.5m</c></example>
    let create (currency: Currency<'currency>) (amount: decimal) : Money<'currency> = { amount = amount; currency = currency }

    /// <summary>US dollars.</summary>
    /// <example><c>Money.usd 0.25m + Money.usd 0.5m</c> evaluates to <c>Money.usd 0.75m</c>; adding euros does not compile.</example>
    let usd (amount: decimal) : Money<usd> = create Currency.usd amount

    /// <summary>Euros.</summary>
    let eur (amount: decimal) : Money<eur> = create Currency.eur amount

    /// <summary>Nothing, in a currency.</summary>
    let zero (currency: Currency<'currency>) : Money<'currency> = create currency 0m

    /// <summary>The amount, with its currency as data.</summary>
    /// <example><c>Money.toAny (Money.usd 1m)</c> evaluates to <c>{ Amount = 1m; Currency = "USD" }</c>.</example>
    let toAny (money: Money<'currency>) : AnyMoney = { Amount = money.amount; Currency = money.currency.Code }

    /// <summary>The code and the amount, such as <c>USD 0.25</c>.</summary>
    let render (money: Money<'currency>) : string = string money
