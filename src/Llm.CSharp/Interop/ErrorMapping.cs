// The one place where exceptions are made from the core's errors.
using Microsoft.FSharp.Collections;

namespace Llm.Interop;

internal static class ErrorMapping
{
    /// <summary>The exception of an error, with what a stream had given before it.</summary>
    public static LlmException ToException(Core.LlmError error, PartialReply? partial = null)
    {
        LlmException exception = Make(error, Core.LlmErrorModule.render(error));
        exception.Describe(Core.LlmErrorModule.isRetryable(error), partial);
        exception.Origin = error;

        if (exception is ProviderException provider && Core.LlmErrorModule.apiError(error) is { Value: var api })
            provider.ProviderId = api.Provider;

        return exception;
    }

    /// <summary>The error of an exception that the caller's own code let pass; null where it is the caller's own exception.</summary>
    public static Core.LlmError? TryToCore(LlmException exception) => exception switch
    {
        { Origin: Core.LlmError error } => error,
        ParseException parse => Core.LlmError.NewUnparsable(parse.Message, parse.RetryMessage, parse.Text),
        InvalidRequestException request => Core.LlmError.NewInvalidRequest(request.Path, request.Reason),
        _ => null,
    };

    private static LlmException Make(Core.LlmError error, string message) => error switch
    {
        Core.LlmError.Authentication e => Api(new AuthenticationException(message), e.Item),
        Core.LlmError.Permission e => Api(new PermissionException(message), e.Item),
        Core.LlmError.BadRequest e => Api(new BadRequestException(message), e.Item),
        Core.LlmError.NotFound e => Api(new NotFoundException(message), e.Item),
        Core.LlmError.RateLimit e => Api(new RateLimitException(message), e.Item),
        Core.LlmError.Server e => Api(new ServerException(message), e.Item),
        Core.LlmError.ContentFilter e => Api(new ContentFilterException(message), e.Item),
        Core.LlmError.ContextLength e => Api(new ContextLengthException(message), e.Item),
        Core.LlmError.Api e => Api(new ApiException(message), e.Item),
        Core.LlmError.Timeout e => Timeout(e.Item, message),
        Core.LlmError.Connection e => new ConnectionException(message) { Host = e.host },
        Core.LlmError.InvalidResponse e => new InvalidResponseException(message) { Provider = e.provider, Body = e.body },
        Core.LlmError.Truncated e => new TruncatedStreamException(message) { Provider = e.provider },
        Core.LlmError.Cancelled e => new StreamCancelledException(message) { Provider = e.provider },
        Core.LlmError.ResponseTooLarge e => new ResponseTooLargeException(message) { Limit = e.limit },
        Core.LlmError.InvalidRequest e => new InvalidRequestException(e.path, e.reason),
        Core.LlmError.FeatureNotSupported e => new FeatureNotSupportedException(message)
        {
            Feature = e.feature,
            Provider = e.provider,
            Model = Optional.ToReference(e.model),
            Alternative = Optional.ToReference(e.alternative),
        },
        Core.LlmError.MissingApiKey e => new MissingApiKeyException(message) { Provider = e.provider, Variables = ToList(e.variables) },
        Core.LlmError.MissingSetting e => new MissingSettingException(message)
        {
            Provider = e.provider,
            Setting = e.setting,
            Variables = ToList(e.variables),
        },
        Core.LlmError.CredentialsUnavailable e => new CredentialsUnavailableException(message) { Provider = e.provider },
        Core.LlmError.UnknownProvider e => new UnknownProviderException(message) { ModelId = e.modelId, Prefixes = ToList(e.prefixes) },
        Core.LlmError.InvalidJson e => new InvalidJsonException(e.path, e.reason),
        Core.LlmError.Unparsable e => new ParseException(message) { RetryMessage = e.retryMessage, Text = e.text },
        Core.LlmError.BudgetExceeded e => BudgetMapping.ToException(e.Item, message),
        _ => new LlmException(message),
    };

    private static TException Api<TException>(TException exception, Core.ApiError error)
        where TException : ApiException
    {
        exception.Evidence = new(
            Optional.ToNullable(error.Status),
            Optional.ToReference(error.Code),
            Optional.ToReference(error.RequestId),
            Optional.ToNullable(error.RetryAfter),
            error.Body);
        return exception;
    }

    private static LlmTimeoutException Timeout(Core.TimeoutCause cause, string message) => cause switch
    {
        Core.TimeoutCause.Connect wait => new(message) { Kind = TimeoutKind.Connect, Limit = wait.limit },
        Core.TimeoutCause.FirstByte wait => new(message) { Kind = TimeoutKind.FirstByte, Limit = wait.limit },
        Core.TimeoutCause.Idle wait => new(message) { Kind = TimeoutKind.Idle, Limit = wait.limit },
        Core.TimeoutCause.Call wait => new(message) { Kind = TimeoutKind.Call, Limit = wait.limit },
        _ => new(message) { Kind = TimeoutKind.Provider },
    };

    private static ValueList<string> ToList(FSharpList<string> texts) => Lists.ToFacade(texts, text => text);
}
