// Client and providers, to the core.
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
            client.Transport.Handle.Transport,
            FuncConvert.FromFunc<string, FSharpOption<string>?>(name => Optional.ToCore(environment(name))),
            client.TimeProvider,
            new(client.ConnectTimeout, client.FirstByteTimeout, client.IdleTimeout),
            client.MaxAnswerBytes,
            FuncConvert.FromAction<Core.Warning>(warning => onWarning?.Invoke(CallMapping.ToFacade(warning))));
    }

    public static Core.Provider ToCore(Provider provider)
    {
        Core.Provider created = Core.ProviderModule.create(
            Texts.Required(provider.Id, nameof(Provider.Id)),
            Texts.Required(provider.BaseUrl, nameof(Provider.BaseUrl)),
            Dialects.Codec(provider.Format, provider.Id));

        return new(
            created.Id,
            created.BaseUrl,
            Lists.ToCore(provider.KeyVariables, name => name),
            created.BaseUrlVariables,
            KeyPlace(provider),
            Optional.ToCore(provider.ApiKey, Core.SecretModule.create),
            Lists.ToCore([.. provider.Headers], header => Tuple.Create(header.Key, header.Value)),
            created.Route);
    }

    private static Core.KeyPlace KeyPlace(Provider provider)
    {
        if (provider.ApiKey is null && provider.KeyVariables.Count == 0)
            return Core.KeyPlace.Nowhere;

        return provider.KeyHeader is { } header ? Core.KeyPlace.NewHeader(header) : Core.KeyPlace.Bearer;
    }
}
