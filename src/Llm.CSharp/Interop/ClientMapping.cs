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
            new(Core.TimeoutsModule.standard.Connect, client.FirstByteTimeout, client.IdleTimeout),
            client.MaxAnswerBytes,
            FuncConvert.FromAction<Core.Warning>(warning => onWarning?.Invoke(CallMapping.ToFacade(warning))));
    }

    public static Core.Provider ToCore(Provider provider) =>
        new(
            provider.Id,
            provider.BaseUrl,
            Lists.ToCore(provider.KeyVariables, name => name),
            baseUrlVariables: Microsoft.FSharp.Collections.FSharpList<string>.Empty,
            KeyPlace(provider),
            Optional.ToCore(provider.ApiKey, Core.SecretModule.create),
            Lists.ToCore([.. provider.Headers], header => Tuple.Create(header.Key, header.Value)),
            Route(Codec(provider)));

    private static Core.KeyPlace KeyPlace(Provider provider)
    {
        if (provider.ApiKey is null && provider.KeyVariables.Count == 0)
            return Core.KeyPlace.Nowhere;

        return provider.KeyHeader is { } header ? Core.KeyPlace.NewHeader(header) : Core.KeyPlace.Bearer;
    }

    private static FSharpFunc<Core.Request, FSharpResult<ValueTuple<Core.Codec, Core.Request>, Core.LlmError>> Route(Core.Codec codec) =>
        FuncConvert.FromFunc<Core.Request, FSharpResult<ValueTuple<Core.Codec, Core.Request>, Core.LlmError>>(
            request => FSharpResult<ValueTuple<Core.Codec, Core.Request>, Core.LlmError>.NewOk((codec, request)));

    private static Core.Codec Codec(Provider provider) => provider.Format switch
    {
        WireFormat.AnthropicMessages => Core.AnthropicMessages.codec(Dialects.Anthropic(provider.Id)),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider.Format, "There is no such wire format."),
    };
}
