// Who serves which model ids, and how their requests are signed: the core's registry and ways to sign, changed by a provider's id.
using Microsoft.FSharp.Collections;

namespace Llm.Interop;

internal sealed record ProviderTable(Core.Registry Registry, FSharpList<Tuple<string, Core.Auth>> Auths)
{
    public static ProviderTable Standard { get; } = new(Core.Vendors.registry, FSharpList<Tuple<string, Core.Auth>>.Empty);

    public ValueList<string> Prefixes => Lists.ToFacade(Core.RegistryModule.prefixes(Registry), prefix => prefix);

    public ProviderTable With(string prefix, Provider provider) =>
        new(
            Core.RegistryModule.add(prefix, ClientMapping.ToCore(provider), Registry),
            provider.Token is { } token
                ? Core.Auths.add(prefix, AuthMapping.Token(token), Auths)
                : Core.Auths.remove(prefix, Auths));

    public ProviderTable WithKey(string provider, string key) => Change(provider, known => Core.ProviderModule.withKey(key, known));

    public ProviderTable WithBaseUrl(string provider, string baseUrl) =>
        Change(provider, known => Core.ProviderModule.withBaseUrl(baseUrl, known));

    public ProviderTable WithSetting(string provider, string name, string value) =>
        Change(provider, known => Core.ProviderModule.withSetting(name, value, known));

    public ProviderTable WithAuth(string provider, Core.Auth auth)
    {
        FSharpList<Tuple<string, Core.Auth>> auths = Auths;

        for (FSharpList<string> rest = Prefixed(provider); !rest.IsEmpty; rest = rest.Tail)
            auths = Core.Auths.add(rest.Head, auth, auths);

        return this with { Auths = auths };
    }

    /// <summary>
    /// The table with all registrations of a provider changed. By loops, here and above: LINQ over lists of F# is compiled when a process first asks
    /// for it, and most begin with a key.
    /// </summary>
    private ProviderTable Change(string provider, Func<Core.Provider, Core.Provider> change)
    {
        Core.Registry registry = Registry;

        for (FSharpList<string> rest = Prefixed(provider); !rest.IsEmpty; rest = rest.Tail)
            registry = Core.RegistryModule.add(rest.Head, change(ServedBy(rest.Head)), registry);

        return this with { Registry = registry };
    }

    /// <summary>The prefixes of a provider's registrations.</summary>
    private FSharpList<string> Prefixed(string provider)
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        FSharpList<string> prefixes = Core.RegistryModule.prefixesOf(provider, Registry);

        if (prefixes.IsEmpty)
        {
            string ids = string.Join(", ", Core.RegistryModule.providerIds(Registry));
            throw new ArgumentException($"There is no provider '{provider}'. Known: {ids}.", nameof(provider));
        }

        return prefixes;
    }

    /// <summary>A prefix is the model id that it serves best itself.</summary>
    private Core.Provider ServedBy(string prefix) => Core.RegistryModule.resolve(prefix, Registry).ResultValue.Item1;
}
