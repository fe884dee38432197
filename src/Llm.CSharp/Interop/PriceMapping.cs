// The core's prices behind the facade's. The core knows currencies by types, which C# does not see.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class PriceTableHandle(Core.PriceTable table)
{
    public static readonly PriceTableHandle Standard = new(Core.Prices.standard);

    public string Currency => table.Currency.Code;

    public IReadOnlyList<Price> Prices => Lists.ToFacade(Core.PriceTableModule.toList(table), ToFacade);

    public static PriceTableHandle Empty(string currency) =>
        new(Core.PriceTableModule.empty(Core.CurrencyModule.create(Texts.Required(currency, nameof(currency)))));

    public PriceTableHandle With(Price price) => new(Core.PriceTableModule.add(ToCore(price), table));

    public Price? Find(string provider, string model) =>
        Optional.ToReference(
            Core.PriceTableModule.tryFind(Texts.Required(provider, nameof(provider)), Texts.Required(model, nameof(model)), table),
            ToFacade);

    public Cost? CostOf(string provider, string model, Usage usage) =>
        Optional.ToReference(
            Core.CostModule.ofUsage(
                table,
                Texts.Required(provider, nameof(provider)),
                Texts.Required(model, nameof(model)),
                CallMapping.ToCore(usage)),
            ToFacade);

    public Cost? CostOf(string modelId, Usage usage) =>
        Optional.ToReference(
            Core.CostModule.ofModelId(table, Texts.Required(modelId, nameof(modelId)), CallMapping.ToCore(usage)),
            ToFacade);

    public Cost? CostOf(Response response) =>
        Optional.ToReference(
            Core.CostModule.ofAnswer(
                table,
                response.Provider,
                response.ProviderModel,
                response.ModelId,
                CallMapping.ToCore(response.Params),
                Optional.ToCore(response.Usage, CallMapping.ToCore)),
            ToFacade);

    private static Cost ToFacade(Core.Cost cost) =>
        new(
            ToFacade(cost.Total),
            Lists.ToFacade(cost.Items, item => new CostItem(ToFacade(item.Kind), item.Tokens, item.PerMillion, ToFacade(item.Amount))),
            ToFacade(cost.Price));

    private static Money ToFacade(Core.Money money) => new(money.Amount, money.Currency.Code);

    private static CostKind ToFacade(Core.CostKind kind) => kind.Tag switch
    {
        Core.CostKind.Tags.Input => CostKind.Input,
        Core.CostKind.Tags.CacheRead => CostKind.CacheRead,
        Core.CostKind.Tags.CacheWrite => CostKind.CacheWrite,
        Core.CostKind.Tags.AudioInput => CostKind.AudioInput,
        Core.CostKind.Tags.Output => CostKind.Output,
        Core.CostKind.Tags.Reasoning => CostKind.Reasoning,
        Core.CostKind.Tags.AudioOutput => CostKind.AudioOutput,
        _ => throw PartMapping.Unknown(kind),
    };

    private static Price ToFacade(Core.Price price) =>
        new(price.Provider, price.Model, ToFacade(price.Rates), price.AsOf, price.Source)
        {
            LongPrompt = Optional.ToReference(price.LongPrompt, rates => new LongPromptRates(rates.Item1, ToFacade(rates.Item2))),
        };

    private static TokenRates ToFacade(Core.TokenRates rates) => new(rates.Input, rates.Output)
    {
        CacheRead = Optional.ToNullable(rates.CacheRead),
        CacheWrite = Optional.ToNullable(rates.CacheWrite),
        CacheWriteOneHour = Optional.ToNullable(rates.CacheWriteOneHour),
        Reasoning = Optional.ToNullable(rates.Reasoning),
        AudioInput = Optional.ToNullable(rates.AudioInput),
        AudioOutput = Optional.ToNullable(rates.AudioOutput),
    };

    private static Core.Price ToCore(Price price) =>
        new(
            Texts.Required(price.Provider, nameof(Price.Provider)),
            Texts.Required(price.Model, nameof(Price.Model)),
            ToCore(price.Rates),
            Optional.ToCore(price.LongPrompt, rates => Tuple.Create(rates.Above, ToCore(rates.Rates))),
            price.AsOf,
            Texts.Required(price.Source, nameof(Price.Source)));

    private static Core.TokenRates ToCore(TokenRates rates) =>
        new(
            rates.Input,
            rates.Output,
            Optional.ToCore(rates.CacheRead),
            Optional.ToCore(rates.CacheWrite),
            Optional.ToCore(rates.CacheWriteOneHour),
            Optional.ToCore(rates.Reasoning),
            Optional.ToCore(rates.AudioInput),
            Optional.ToCore(rates.AudioOutput));
}
