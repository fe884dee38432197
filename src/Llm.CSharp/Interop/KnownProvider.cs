// A vendor of the core with the settings of an account, as a provider of the facade.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed record KnownProvider(Core.Provider Provider, WireFormat Format)
{
    private static readonly FSharpFunc<string, FSharpOption<string>?> _nothing =
        FuncConvert.FromFunc<string, FSharpOption<string>?>(_ => null);

    public static KnownProvider AzureOpenAI(string endpoint, string? apiVersion) =>
        apiVersion is null
            ? new(With(Core.Clouds.azure, ("endpoint", endpoint)), WireFormat.Responses)
            : new(With(Core.Clouds.azureDeployments, ("endpoint", endpoint), ("api-version", apiVersion)), WireFormat.ChatCompletions);

    public static KnownProvider AzureAI(string endpoint) =>
        new(With(Core.Clouds.azureAi, ("endpoint", endpoint)), WireFormat.ChatCompletions);

    public static KnownProvider VertexAI(string project, string location) =>
        new(With(Core.Clouds.vertexai, ("project", project), ("location", location)), WireFormat.GenerateContent);

    public static KnownProvider Bedrock(string region) => new(With(Core.Clouds.bedrock, ("region", region)), WireFormat.BedrockConverse);

    public Provider ToFacade() => new(Provider.Id, BaseUrl, Format)
    {
        Known = this,
        KeyVariables = Lists.ToFacade(Provider.KeyVariables, name => name),
        Headers = Provider.Headers.ToDictionary(header => header.Item1, header => header.Item2),
    };

    /// <summary>All its settings are given, so nothing is asked of the environment.</summary>
    private string BaseUrl =>
        Core.ProviderModule.url(_nothing, "", Core.ProviderModule.withoutQuery(Provider)).ResultValue.TrimEnd('/');

    private static Core.Provider With(Core.Provider provider, params (string Name, string Value)[] settings) =>
        settings.Aggregate(
            provider,
            (known, setting) => Core.ProviderModule.withSetting(setting.Name, Given(setting.Name, setting.Value), known));

    private static string Given(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        return value;
    }
}
