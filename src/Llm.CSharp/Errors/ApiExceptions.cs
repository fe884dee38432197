// A provider's answers that are errors: one class for each that people catch.
namespace Llm;

/// <summary>The provider answered with an error. Read the message.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public class ApiException(string message, Exception? innerException = null) : ProviderException(message, innerException)
{
    /// <summary>HTTP status, or the status that an error inside a stream carries; null where there is none.</summary>
    public int? StatusCode { get => Evidence.StatusCode; init => Evidence = Evidence with { StatusCode = value }; }

    /// <summary>The provider's own code or type for the error, such as <c>model_not_found</c>.</summary>
    public string? Code { get => Evidence.Code; init => Evidence = Evidence with { Code = value }; }

    /// <summary>The provider's id of the request, to quote to its support.</summary>
    public string? RequestId { get => Evidence.RequestId; init => Evidence = Evidence with { RequestId = value }; }

    /// <summary>How long the provider asks to wait before the next try.</summary>
    public TimeSpan? RetryAfter { get => Evidence.RetryAfter; init => Evidence = Evidence with { RetryAfter = value }; }

    /// <summary>The raw body or event, as it came.</summary>
    public string Body { get => Evidence.Body; init => Evidence = Evidence with { Body = value }; }

    internal ApiEvidence Evidence { get; set; } = new(null, null, null, null, "");
}

internal sealed record ApiEvidence(int? StatusCode, string? Code, string? RequestId, TimeSpan? RetryAfter, string Body);

/// <summary>The key is missing, wrong or revoked (401). Fix the key; a retry will not help.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class AuthenticationException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>The key may not do this (403), or there is no credit left (402). Ask for access or pay.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class PermissionException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>The provider refused the request as such (400, 409, 413, 422). Fix the input.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class BadRequestException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>No such model or endpoint (404). Fix the model id or the base url.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class NotFoundException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>Too many requests, or the quota is used up (429). Wait for <see cref="ApiException.RetryAfter"/>, then retry.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class RateLimitException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>The provider failed or is overloaded (5xx). Retry later or fall back to another model.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ServerException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>The provider's policy refused the content. Change the content.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ContentFilterException(string message, Exception? innerException = null) : ApiException(message, innerException);

/// <summary>The conversation is longer than the model's context. Shorten it or take a larger model.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ContextLengthException(string message, Exception? innerException = null) : ApiException(message, innerException);
