// What tokens cost: a table of prices as data, each row with its date and source, and the cost of an answer by it. Callers may add rows of
// their own. It knows nothing of calls; an unknown price is None, never zero.
namespace Llm.Core

open System
open System.Text.RegularExpressions

/// <summary>
/// What a million tokens cost, in whole units of a currency. None is a price that is not known: the cost of an answer that used such tokens is not
/// known either.
/// </summary>
type TokenRates =
    {
        /// Input that is neither cached nor audio.
        Input: decimal
        /// Output that is neither reasoning nor audio.
        Output: decimal
        /// Input that was read from a cache.
        CacheRead: decimal option
        /// Input that was written to a cache that lives for minutes.
        CacheWrite: decimal option
        /// Input that was written to a cache that lives for an hour.
        CacheWriteOneHour: decimal option
        /// Reasoning; None where it costs what other output does.
        Reasoning: decimal option
        /// Input that is audio.
        AudioInput: decimal option
        /// Output that is audio.
        AudioOutput: decimal option
    }

/// <summary>Functions on <see cref="T:Llm.Core.TokenRates"/>.</summary>
[<RequireQualifiedAccess>]
module TokenRates =
    /// <summary>Rates of input and output, with nothing known of caches and audio.</summary>
    /// <example><c>{ TokenRates.create 2.5m 10m with CacheRead = Some 1.25m }</c></example>
    let create (input: decimal) (output: decimal) : TokenRates =
        {
            Input = input
            Output = output
            CacheRead = None
            CacheWrite = None
            CacheWriteOneHour = None
            Reasoning = None
            AudioInput = None
            AudioOutput = None
        }

/// <summary>What one model costs, as somebody published it on a day.</summary>
type Price =
    {
        /// Id of the provider, such as <c>openai</c>.
        Provider: string
        /// The model, as the provider names it, without a date: <c>gpt-5.4</c>.
        Model: string
        /// What its tokens cost.
        Rates: TokenRates
        /// The input tokens above which other rates hold for the whole call, and those rates.
        LongPrompt: (int64 * TokenRates) option
        /// The day on which the prices were published or read.
        AsOf: DateOnly
        /// Where they are written.
        Source: string
    }

/// <summary>Prices in one currency, one a model.</summary>
/// <example><c>PriceTable.standard |> PriceTable.add { price with Rates = TokenRates.create 2m 8m }</c></example>
type PriceTable<[<Measure>] 'currency> =
    private
        {
            prices: Map<string * string, Price>
            currency: Currency<'currency>
        }

    /// The currency of all prices.
    member this.Currency = this.currency

/// <summary>Which tokens an amount is for.</summary>
[<RequireQualifiedAccess>]
type CostKind =
    /// Input that is neither cached nor audio.
    | Input
    /// Input that was read from a cache.
    | CacheRead
    /// Input that was written to a cache.
    | CacheWrite
    /// Input that is audio.
    | AudioInput
    /// Output that is neither reasoning nor audio.
    | Output
    /// Reasoning.
    | Reasoning
    /// Output that is audio.
    | AudioOutput

/// <summary>What tokens of one kind cost.</summary>
type CostItem<[<Measure>] 'currency> =
    {
        /// Which tokens.
        Kind: CostKind
        /// How many.
        Tokens: int64
        /// What a million of them costs.
        PerMillion: decimal
        /// What they cost.
        Amount: Money<'currency>
    }

/// <summary>What an answer cost, by a price: the sum, and what it is made of.</summary>
type Cost<[<Measure>] 'currency> =
    {
        /// The sum of the items, not rounded.
        Total: Money<'currency>
        /// The kinds of tokens that were used.
        Items: CostItem<'currency> list
        /// The price that was applied.
        Price: Price
    }

/// <summary>Functions on <see cref="T:Llm.Core.PriceTable`1"/>. The prices that come with the library are <c>Prices.standard</c>.</summary>
[<RequireQualifiedAccess>]
module PriceTable =
    let private key (price: Price) = price.Provider, price.Model

    /// <summary>No prices, in a currency.</summary>
    let empty (currency: Currency<'currency>) : PriceTable<'currency> = { prices = Map.empty; currency = currency }

    /// <summary>The table with a price, in place of the one that it had for that model.</summary>
    let add (price: Price) (table: PriceTable<'currency>) : PriceTable<'currency> =
        { table with prices = Map.add (key price) price table.prices }

    /// <summary>The table with these prices too; the last of a model counts.</summary>
    let addAll (prices: Price list) (table: PriceTable<'currency>) : PriceTable<'currency> =
        (table, prices) ||> List.fold (fun table price -> add price table)

    /// <summary>The prices, in the order of providers and models.</summary>
    let toList (table: PriceTable<'currency>) : Price list = table.prices |> Map.toList |> List.map snd

    /// What may follow a model's name and still be that model: a date, a revision of three digits, or the word latest.
    let private edition =
        Regex(@"\A[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest)\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds 1.0)

    /// <summary>
    /// The price of a model: its own, or, for a dated edition of a model (<c>gpt-4o-2024-08-06</c>, <c>claude-haiku-4-5-20251001</c>,
    /// <c>gemini-2.0-flash-001</c>, <c>-latest</c>), that of the longest name which the date follows. Any other addition is another model:
    /// <c>gpt-5.4-mini</c> is never priced as <c>gpt-5.4</c>.
    /// </summary>
    let tryFind (provider: string) (model: string) (table: PriceTable<'currency>) : Price option =
        let isEditionOf (name: string) = model.StartsWith(name, StringComparison.Ordinal) && edition.IsMatch(model.Substring name.Length)

        Map.tryFind (provider, model) table.prices
        |> Option.orElseWith (fun () ->
            match toList table |> List.filter (fun price -> price.Provider = provider && isEditionOf price.Model) with
            | [] -> None
            | prices -> Some(prices |> List.maxBy _.Model.Length))

/// <summary>What usage costs, by a table of prices.</summary>
[<RequireQualifiedAccess>]
module Cost =
    let private perMillion = 1_000_000m

    /// Kinds that providers count as part of others are taken out of them, and no kind is ever negative.
    let private counts (usage: Usage) : (CostKind * int64) list =
        let without parts whole = max 0L (whole - List.sum parts)

        [
            CostKind.Input, usage.InputTokens |> without [ usage.CacheReadTokens; usage.CacheWriteTokens; usage.AudioInputTokens ]
            CostKind.CacheRead, usage.CacheReadTokens
            CostKind.CacheWrite, usage.CacheWriteTokens
            CostKind.AudioInput, usage.AudioInputTokens
            CostKind.Output, usage.OutputTokens |> without [ usage.ReasoningTokens; usage.AudioOutputTokens ]
            CostKind.Reasoning, usage.ReasoningTokens
            CostKind.AudioOutput, usage.AudioOutputTokens
        ]
        |> List.filter (fun (_, tokens) -> tokens > 0L)

    let private rate (lifetime: CacheLifetime) (rates: TokenRates) (kind: CostKind) : decimal option =
        match kind, lifetime with
        | CostKind.Input, _ -> Some rates.Input
        | CostKind.CacheRead, _ -> rates.CacheRead
        | CostKind.CacheWrite, CacheLifetime.FiveMinutes -> rates.CacheWrite
        | CostKind.CacheWrite, CacheLifetime.OneHour -> rates.CacheWriteOneHour
        | CostKind.AudioInput, _ -> rates.AudioInput
        | CostKind.Output, _ -> Some rates.Output
        | CostKind.Reasoning, _ -> rates.Reasoning |> Option.orElse (Some rates.Output)
        | CostKind.AudioOutput, _ -> rates.AudioOutput

    /// <summary>
    /// What usage costs by one price; None where it has tokens of a kind that the price does not know. The lifetime is that of what was written to
    /// a cache.
    /// </summary>
    let ofPrice (currency: Currency<'currency>) (price: Price) (lifetime: CacheLifetime) (usage: Usage) : Cost<'currency> option =
        let rates =
            match price.LongPrompt with
            | Some(limit, rates) when usage.InputTokens > limit -> rates
            | _ -> price.Rates

        let item (kind, tokens) =
            rate lifetime rates kind
            |> Option.map (fun rate ->
                {
                    Kind = kind
                    Tokens = tokens
                    PerMillion = rate
                    Amount = Money.create currency (decimal tokens * rate / perMillion)
                })

        let items = counts usage |> List.map item

        if List.forall Option.isSome items then
            let items = List.choose id items
            let total = (Money.zero currency, items) ||> List.fold (fun sum item -> sum + item.Amount)
            Some { Total = total; Items = items; Price = price }
        else
            None

    /// <summary>What usage of a provider's model costs; None where the table does not know the model, or not all that was used.</summary>
    /// <example>
    /// <c>Cost.ofUsage Prices.standard "openai" "gpt-5.4" { Usage.zero with InputTokens = 1000L; OutputTokens = 100L } |> Option.map _.Total</c>
    /// evaluates to <c>Some (Money.usd 0.004m)</c>.
    /// </example>
    let ofUsage (table: PriceTable<'currency>) (provider: string) (model: string) (usage: Usage) : Cost<'currency> option =
        PriceTable.tryFind provider model table
        |> Option.bind (fun price -> ofPrice table.Currency price CacheLifetime.FiveMinutes usage)

    /// The name within a model id: without the provider's prefix and the choice of a wire format.
    let private asked (modelId: string) : string =
        let name = modelId.Substring(modelId.IndexOf '/' + 1)

        match name.LastIndexOf ':' with
        | -1 -> name
        | colon when List.contains (name.Substring colon) [ ":completions"; ":responses" ] -> name.Substring(0, colon)
        | _ -> name

    /// <summary>
    /// What usage of a model costs, by its model id: the word before <c>/</c> or <c>:</c> is the provider. None where the table does not know the
    /// model, or not all that was used.
    /// </summary>
    /// <example>
    /// <c>Cost.ofModelId Prices.standard "openai:completions/gpt-5.4" { Usage.zero with InputTokens = 1000L } |> Option.map _.Total</c> evaluates to
    /// <c>Some (Money.usd 0.0025m)</c>.
    /// </example>
    let ofModelId (table: PriceTable<'currency>) (modelId: string) (usage: Usage) : Cost<'currency> option =
        ofUsage table (modelId.Split([| '/'; ':' |])[0]) (asked modelId) usage

    let internal ofAnswer
        (table: PriceTable<'currency>)
        (provider: string)
        (answered: string)
        (modelId: string)
        (parameters: Params)
        (usage: Usage option)
        : Cost<'currency> option =
        let lifetime =
            match parameters.PromptCaching with
            | PromptCaching.For lifetime -> lifetime
            | PromptCaching.Automatic
            | PromptCaching.Off -> CacheLifetime.FiveMinutes

        [ answered; asked modelId ]
        |> List.tryPick (fun model -> PriceTable.tryFind provider model table)
        |> Option.bind (fun price -> usage |> Option.bind (ofPrice table.Currency price lifetime))

    /// <summary>
    /// What an answer cost, by the model that answered or else the one that was asked; None where the provider has not said what was used, the table
    /// does not know the model, or not all that was used. Batches, priority and regional surcharges, and calls of the provider's tools are not counted.
    /// </summary>
    /// <example><c>Cost.ofResponse Prices.standard response |> Option.map (_.Total >> Money.render)</c></example>
    let ofResponse (table: PriceTable<'currency>) (response: Response) : Cost<'currency> option =
        ofAnswer table response.Provider response.ProviderModel response.ModelId response.Params response.Usage
