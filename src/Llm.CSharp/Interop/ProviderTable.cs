// Who serves which model ids: the core's registry, and changes of it by a provider's id.
namespace Llm.Interop;

internal sealed record ProviderTable(Core.Registry Registry)
{
    public static ProviderTable Standard { get; } = new(Core.Vendors.registry);

    public ValueList<string> Prefixes => Lists.ToFacade(Core.RegistryModule.prefixes(Registry), prefix => prefix);

    public ProviderTable With(string prefix, Provider provider) =>
        new(Core.RegistryModule.add(prefix, ClientMapping.ToCore(provider), Registry));

    public ProviderTable WithKey(string provider, string key) => Change(provider, known => Core.ProviderModule.withKey(key, known));

    public ProviderTable WithBaseUrl(string provider, string baseUrl) =>
        Change(provider, known => Core.ProviderModule.withBaseUrl(baseUrl, known));

    /// <summary>The table with all registrations of a provider changed.</summary>
    private ProviderTable Change(string provider, Func<Core.Provider, Core.Provider> change)
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        var known = Prefixes.Select(prefix => (Prefix: prefix, Provider: ServedBy(prefix))).ToList();
        var served = known.Where(entry => entry.Provider.Id == provider).ToList();

        if (served.Count == 0)
        {
            string ids = string.Join(", ", known.Select(entry => entry.Provider.Id).Distinct().Order());
            throw new ArgumentException($"There is no provider '{provider}'. Known: {ids}.", nameof(provider));
        }

        return new(
            served.Aggregate(
                Registry,
                (registry, entry) => Core.RegistryModule.add(entry.Prefix, change(entry.Provider), registry)));
    }

    /// <summary>A prefix is the model id that it serves best itself.</summary>
    private Core.Provider ServedBy(string prefix) => Core.RegistryModule.resolve(prefix, Registry).ResultValue.Item1;
}
