// Where an assistant's message came from.
using Llm.Interop;

namespace Llm;

/// <summary>Where an assistant's message came from, and that provider's own form of it.</summary>
public sealed record Origin
{
    private readonly JsonText? _native;

    /// <summary>Where a message came from.</summary>
    /// <param name="provider">Id of the provider, such as <c>anthropic</c>.</param>
    /// <param name="api">The wire format, such as <c>messages</c>.</param>
    /// <param name="model">The model that was asked, as the provider names it.</param>
    public Origin(string provider, string api, string model)
    {
        Provider = provider;
        Api = api;
        Model = model;
    }

    internal Origin(string provider, string api, string model, JsonText? native)
        : this(provider, api, model) => _native = native;

    /// <summary>Id of the provider, such as <c>anthropic</c>.</summary>
    public string Provider { get; init; }

    /// <summary>The wire format, such as <c>messages</c>.</summary>
    public string Api { get; init; }

    /// <summary>The model that was asked, as the provider names it.</summary>
    public string Model { get; init; }

    /// <summary>
    /// What the provider sent, as a JSON array of its own items: the same model gets exactly this back, with signatures, encrypted
    /// reasoning and ids. Null when nothing would be lost.
    /// </summary>
    /// <exception cref="InvalidJsonException">The text is not JSON.</exception>
    public string? Native
    {
        get => _native?.Text;
        init => _native = value is null ? null : JsonText.Checked(value, nameof(Native));
    }

    internal JsonText? NativeJson => _native;
}
