// What calls need from the outside: providers, keys, transport, environment, time, limits.
using Llm.Interop;

namespace Llm;

/// <summary>
/// What calls use besides their arguments. It never changes; <c>with</c> and the <c>With</c> methods give another one. Make one and share it.
/// </summary>
/// <example>
/// <code>
/// LlmClient client = new LlmClient { Transport = LlmTransport.FromFactory(() => factory.CreateClient("llm")) }
///     .WithApiKey("openai", key)
///     .WithProvider("local/", new Provider("local", "http://localhost:8000/v1", WireFormat.ChatCompletions));
/// var model = new Model("openai/gpt-5", client: client);
/// </code>
/// </example>
public sealed partial record LlmClient
{
    /// <summary>The known providers, the shared transport, the process's environment, and generous limits.</summary>
    public static LlmClient Default { get; } = new();

    /// <summary>How requests get there: over HTTP, or from a script or a recording.</summary>
    public LlmTransport Transport { get; init; } = LlmTransport.Default;

    /// <summary>
    /// How long to wait for a connection; <see cref="Timeout.InfiniteTimeSpan"/> for ever. The caller's own <see cref="HttpClient"/> has a limit
    /// of its own for this.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// From the request to the headers of the answer; <see cref="Timeout.InfiniteTimeSpan"/> for ever. 10 minutes if not set, for models
    /// think long before they speak.
    /// </summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the next bytes of an answer; <see cref="Timeout.InfiniteTimeSpan"/> for ever. 5 minutes if not set.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock of the timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The most bytes of an answer, whole or streamed. 256 MiB if not set.</summary>
    public long MaxAnswerBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>An environment variable's value, by its name: where keys are that were not given. The process's own if not set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Is told of everything that a provider lacks and that was left out.</summary>
    public Action<Warning>? OnWarning { get; init; }

    /// <summary>The beginnings of model ids that are served, such as <c>openai/</c>.</summary>
    public IReadOnlyList<string> Prefixes => Providers.Prefixes;

    internal ProviderTable Providers { get; init; } = ProviderTable.Standard;

    /// <summary>The client with a provider's key, which beats the environment.</summary>
    /// <param name="provider">The provider's id, such as <c>openai</c>.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public LlmClient WithApiKey(string provider, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return this with { Providers = Providers.WithKey(provider, key) };
    }

    /// <summary>The client with another address of a provider, which beats the environment.</summary>
    /// <param name="provider">The provider's id, such as <c>openai</c>.</param>
    /// <param name="baseUrl">Where its API is, such as <c>https://api.openai.com/v1</c>.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public LlmClient WithBaseUrl(string provider, string baseUrl)
    {
        ArgumentException.ThrowIfNullOrEmpty(baseUrl);
        return this with { Providers = Providers.WithBaseUrl(provider, baseUrl) };
    }

    /// <summary>The client with a setting that a provider's address holds, which beats the environment.</summary>
    /// <param name="provider">The provider's id, such as <c>bedrock</c>.</param>
    /// <param name="name">The setting's name, such as <c>region</c>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    /// <example><c>client.WithSetting("azure", "endpoint", "https://RESOURCE.openai.azure.com")</c></example>
    public LlmClient WithSetting(string provider, string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(value);
        return this with { Providers = Providers.WithSetting(provider, name, value) };
    }

    /// <summary>
    /// The client whose requests to a provider carry a bearer token from a callback, whatever keys there are. A token is kept until shortly
    /// before it expires, and many calls at once ask once. After a refusal (401) a new one is asked for, and the request sent once more.
    /// </summary>
    /// <param name="provider">The provider's id, such as <c>azure</c>.</param>
    /// <param name="token">Gives a token.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public LlmClient WithToken(string provider, Func<CancellationToken, Task<BearerToken>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return this with { Providers = Providers.WithAuth(provider, AuthMapping.Token(token)) };
    }

    /// <summary>As the other, with tokens whose source keeps them itself, as vendors' identity libraries do: it is asked at every request.</summary>
    /// <param name="provider">The provider's id, such as <c>azure</c>.</param>
    /// <param name="token">Gives a token.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    /// <example>
    /// <code>client.WithToken("azure", async cancellationToken => (await credential.GetTokenAsync(context, cancellationToken)).Token)</code>
    /// </example>
    public LlmClient WithToken(string provider, Func<CancellationToken, Task<string>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return WithToken(
            provider,
            async cancellationToken => new BearerToken(await token(cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>The client whose requests to a provider are signed by these keys of AWS, whatever the environment says.</summary>
    /// <param name="provider">The provider's id, such as <c>bedrock</c>.</param>
    /// <param name="accessKeyId">The id of the access key.</param>
    /// <param name="secretAccessKey">The secret that signs; it is never sent.</param>
    /// <param name="sessionToken">The token of temporary keys.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public LlmClient WithAwsKeys(string provider, string accessKeyId, string secretAccessKey, string? sessionToken = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        return WithAwsKeys(provider, _ => Task.FromResult((accessKeyId, secretAccessKey, sessionToken)));
    }

    /// <summary>As the other, with keys from a callback that keeps and refreshes them: it is asked at every request.</summary>
    /// <param name="provider">The provider's id, such as <c>bedrock</c>.</param>
    /// <param name="keys">Gives the keys.</param>
    /// <exception cref="ArgumentException">There is no such provider.</exception>
    public LlmClient WithAwsKeys(
        string provider,
        Func<CancellationToken, Task<(string AccessKeyId, string SecretAccessKey, string? SessionToken)>> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return this with { Providers = Providers.WithAuth(provider, AuthMapping.Aws(keys)) };
    }

    /// <summary>The client with one more provider.</summary>
    /// <param name="prefix">Model ids that begin with it go there; the longest prefix wins.</param>
    /// <param name="provider">The provider.</param>
    public LlmClient WithProvider(string prefix, Provider provider)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentNullException.ThrowIfNull(provider);
        return this with { Providers = Providers.With(prefix, provider) };
    }

    /// <summary>The name of the class: keys do not show.</summary>
    public override string ToString() => nameof(LlmClient);
}
