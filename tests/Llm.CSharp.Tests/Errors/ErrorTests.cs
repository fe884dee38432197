// Every error of the core has its exception, and says the same.
using FsCheck;
using FsCheck.Fluent;
using Llm.FsCheck;
using Llm.Interop;
using NUnit.Framework;

namespace Llm.Tests.Errors;

public sealed class ErrorTests
{
    private static readonly Dictionary<string, Type> _expected = new()
    {
        ["Authentication"] = typeof(AuthenticationException),
        ["Permission"] = typeof(PermissionException),
        ["BadRequest"] = typeof(BadRequestException),
        ["NotFound"] = typeof(NotFoundException),
        ["RateLimit"] = typeof(RateLimitException),
        ["Server"] = typeof(ServerException),
        ["ContentFilter"] = typeof(ContentFilterException),
        ["ContextLength"] = typeof(ContextLengthException),
        ["Api"] = typeof(ApiException),
        ["Timeout"] = typeof(LlmTimeoutException),
        ["Connection"] = typeof(ConnectionException),
        ["InvalidResponse"] = typeof(InvalidResponseException),
        ["Truncated"] = typeof(TruncatedStreamException),
        ["Cancelled"] = typeof(StreamCancelledException),
        ["ResponseTooLarge"] = typeof(ResponseTooLargeException),
        ["InvalidRequest"] = typeof(InvalidRequestException),
        ["FeatureNotSupported"] = typeof(FeatureNotSupportedException),
        ["MissingApiKey"] = typeof(MissingApiKeyException),
        ["MissingSetting"] = typeof(MissingSettingException),
        ["CredentialsUnavailable"] = typeof(CredentialsUnavailableException),
        ["UnknownProvider"] = typeof(UnknownProviderException),
        ["InvalidJson"] = typeof(InvalidJsonException),
        ["Unparsable"] = typeof(ParseException),
        ["BudgetExceeded"] = typeof(BudgetExceededException),
    };

    [Test]
    public void Every_error_of_the_core_has_its_exception()
    {
        var cases = typeof(Core.LlmError.Tags).GetFields().Select(field => field.Name);

        Assert.That(_expected.Keys, Is.EquivalentTo(cases));
    }

    [Test]
    public void An_exception_says_what_the_error_says() =>
        Prop.ForAll(
                ArbMap.Default.Merge<Arbitraries>().ArbFor<Core.LlmError>(),
                error =>
                {
                    LlmException exception = ErrorMapping.ToException(error);

                    Assert.That(exception.GetType(), Is.EqualTo(_expected[error.GetType().Name]));
                    Assert.That(exception.Message, Is.EqualTo(Core.LlmErrorModule.render(error)));
                    Assert.That(exception.IsRetryable, Is.EqualTo(Core.LlmErrorModule.isRetryable(error)));

                    if (exception is ApiException api && Core.LlmErrorModule.apiError(error) is { Value: var evidence })
                    {
                        Assert.That(api.Provider, Is.EqualTo(evidence.Provider));
                        Assert.That(api.StatusCode, Is.EqualTo(Optional.ToNullable(evidence.Status)));
                        Assert.That(api.Code, Is.EqualTo(Optional.ToReference(evidence.Code)));
                        Assert.That(api.RequestId, Is.EqualTo(Optional.ToReference(evidence.RequestId)));
                        Assert.That(api.RetryAfter, Is.EqualTo(Optional.ToNullable(evidence.RetryAfter)));
                        Assert.That(api.Body, Is.EqualTo(evidence.Body));
                    }
                })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void A_result_that_was_never_given_a_value_is_an_error()
    {
        Result<Response> nothing = default;

        Assert.That(nothing.IsSuccess, Is.False);
        Assert.That(nothing.Error, Is.Not.Null);
        Assert.That(nothing.TryGetValue(out _, out LlmException? error), Is.False);
        Assert.That(error, Is.Not.Null);
    }
}
