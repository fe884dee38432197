// What a provider, or the way to it, did.
namespace Llm;

/// <summary>The provider, or the connection to it, failed or refused.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public class ProviderException(string message, Exception? innerException = null) : LlmException(message, innerException)
{
    /// <summary>Id of the provider, such as <c>openai</c>; null where the network broke before anybody answered.</summary>
    public string? Provider { get => ProviderId; init => ProviderId = value; }

    internal string? ProviderId { get; set; }
}

/// <summary>The connection could not be made or broke. Retry.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ConnectionException(string message, Exception? innerException = null) : ProviderException(message, innerException)
{
    /// <summary>The host that was to be reached.</summary>
    public string? Host { get; init; }
}

/// <summary>Which wait took too long.</summary>
public enum TimeoutKind
{
    /// <summary>No connection in time.</summary>
    Connect,

    /// <summary>No response headers in time.</summary>
    FirstByte,

    /// <summary>Nothing more arrived in time.</summary>
    Idle,

    /// <summary>The provider itself gave up.</summary>
    Provider,

    /// <summary>The call as a whole, or the chain, was not done in time.</summary>
    Call,
}

/// <summary>Something took too long. Retry, or raise the limit.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class LlmTimeoutException(string message, Exception? innerException = null) : ProviderException(message, innerException)
{
    /// <summary>Which wait took too long.</summary>
    public TimeoutKind Kind { get; init; }

    /// <summary>The limit that was passed; null where the provider gave up.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>What came is not what the wire format promises. Report it with the body; a retry may help.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class InvalidResponseException(string message, Exception? innerException = null) : ProviderException(message, innerException)
{
    /// <summary>What came.</summary>
    public string Body { get; init; } = "";
}

/// <summary>
/// The stream ended without its proof of completeness. <see cref="LlmException.Partial"/> is right, but not all: retry, or resume from
/// it.
/// </summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class TruncatedStreamException(string message, Exception? innerException = null) : ProviderException(message, innerException);

/// <summary>The stream was cancelled or disposed of before its end, by somebody else than the one who reads it now.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class StreamCancelledException(string message, Exception? innerException = null) : ProviderException(message, innerException);

/// <summary>The answer passed the limit set for its size. Raise <see cref="LlmClient.MaxAnswerBytes"/>, or ask for less.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ResponseTooLargeException(string message, Exception? innerException = null) : ProviderException(message, innerException)
{
    /// <summary>The limit, in bytes.</summary>
    public long Limit { get; init; }
}
