// Client and providers, to the core.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class ClientMapping
{
    public static Core.Client ToCore(LlmClient client)
    {
        Func<string, string?> environment = client.Environment;
        Action<Warning>? onWarning = client.OnWarning;

        return new(
            client.Providers.Registry,
            client.Providers.Auths,
            client.Transport.Handle.Transport,
            FuncConvert.FromFunc<string, FSharpOption<string>?>(name => Optional.ToCore(environment(name))),
            client.TimeProvider,
            new(client.ConnectTimeout, client.FirstByteTimeout, client.IdleTimeout),
            client.MaxAnswerBytes,
            FuncConvert.FromAction<Core.Warning>(warning => onWarning?.Invoke(CallMapping.ToFacade(warning))));
    }

    public static Core.Provider ToCore(Provider provider)
    {
        string id = Texts.Required(provider.Id, nameof(Provider.Id));
        string baseUrl = Texts.Required(provider.BaseUrl, nameof(Provider.BaseUrl));
        Core.Provider from = provider.Known?.Provider ?? Core.ProviderModule.create(id, baseUrl, Dialects.Codec(provider.Format, id));

        return new(
            id,
            baseUrl,
            FSharpList<string>.Empty,
            from.Settings,
            from.Query,
            Lists.ToCore(provider.KeyVariables, name => name),
            KeyPlace(provider, from),
            requiresKey: true,
            Optional.ToCore(provider.ApiKey, Core.SecretModule.create),
            Lists.ToCore([.. provider.Headers], header => Tuple.Create(header.Key, header.Value)),
            from.Route);
    }

    private static Core.KeyPlace KeyPlace(Provider provider, Core.Provider from)
    {
        if (provider.KeyHeader is { } header)
            return Core.KeyPlace.NewHeader(header);

        if (provider.Known is not null)
            return from.KeyPlace;

        return provider.ApiKey is null && provider.KeyVariables.Count == 0 ? Core.KeyPlace.Nowhere : Core.KeyPlace.Bearer;
    }
}
