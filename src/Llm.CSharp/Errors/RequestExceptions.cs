// What is wrong with a call before it is sent.
namespace Llm;

/// <summary>Refused before the wire: something in the call is wrong. Fix the input.</summary>
/// <param name="path">What is wrong, such as <c>params.MaxTokens</c>.</param>
/// <param name="reason">Why.</param>
public sealed class InvalidRequestException(string path, string reason) : LlmException($"invalid request: {path}: {reason}")
{
    /// <summary>What is wrong, such as <c>params.MaxTokens</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The provider (or model) has no such feature. Take another model, or the alternative.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class FeatureNotSupportedException(string message) : LlmException(message)
{
    /// <summary>The feature.</summary>
    public string Feature { get; init; } = "";

    /// <summary>Id of the provider.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The model that lacks it; null where the whole provider does.</summary>
    public string? Model { get; init; }

    /// <summary>What to do instead.</summary>
    public string? Alternative { get; init; }
}

/// <summary>No key was given and none of the environment variables is set. Set one, or give a key.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class MissingApiKeyException(string message) : LlmException(message)
{
    /// <summary>Id of the provider.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The environment variables that could hold the key.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}

/// <summary>
/// The provider's address needs a setting, such as a region, that was not given and that none of the environment variables holds. Set one,
/// or give it by <see cref="LlmClient.WithSetting"/>.
/// </summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class MissingSettingException(string message) : LlmException(message)
{
    /// <summary>Id of the provider.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The setting, such as <c>region</c>.</summary>
    public string Setting { get; init; } = "";

    /// <summary>The environment variables that could hold it.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}

/// <summary>The caller's source of tokens or keys failed. Read the message: the identity is to be mended, not the call.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class CredentialsUnavailableException(string message) : LlmException(message)
{
    /// <summary>Id of the provider.</summary>
    public string Provider { get; init; } = "";
}

/// <summary>No provider is registered for the model id. Use one of the known prefixes, or register one.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class UnknownProviderException(string message) : LlmException(message)
{
    /// <summary>The model id.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>The prefixes that are served.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];
}

/// <summary>JSON could not be read: stored text, or a part given as JSON. Fix the text.</summary>
/// <param name="path">Where: a JSON path, or the name of what was given.</param>
/// <param name="reason">Why.</param>
public sealed class InvalidJsonException(string path, string reason) : LlmException($"invalid JSON at {path}: {reason}")
{
    /// <summary>Where: a JSON path, or the name of what was given.</summary>
    public string Path { get; } = path;

    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Why a budget stopped a call.</summary>
public enum BudgetStop
{
    /// <summary>It could cost more than is left. It was not made. Ask for fewer tokens, or raise the limit.</summary>
    TooDear,

    /// <summary>It cost more than was left, and was answered: see <see cref="BudgetExceededException.Answer"/>.</summary>
    Overspent,

    /// <summary>Nobody can say what it costs at most: <see cref="Params.MaxTokens"/> is not given, or the prompt holds more than text.</summary>
    NoUpperBound,

    /// <summary>The model has no price.</summary>
    NoPrice,
}

/// <summary>The budget of a chain is not enough. Raise it, or ask for less.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
public sealed class BudgetExceededException(string message) : LlmException(message)
{
    /// <summary>What may be spent in all.</summary>
    public Money Limit { get; init; }

    /// <summary>What was spent, this call included if it was made.</summary>
    public Money Spent { get; init; }

    /// <summary>What calls may still cost that were not done yet.</summary>
    public Money Reserved { get; init; }

    /// <summary>What the call needs at most, or did cost; null where nobody can say.</summary>
    public Money? Needed { get; init; }

    /// <summary>Why.</summary>
    public BudgetStop Reason { get; init; }

    /// <summary>The model that was to be asked.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>What it answered, where it was asked.</summary>
    public string? Answer { get; init; }
}
