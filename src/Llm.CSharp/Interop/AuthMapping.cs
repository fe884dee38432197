// Callbacks for tokens and keys, to the core's ways of signing.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class AuthMapping
{
    public static Core.Auth Token(Func<CancellationToken, Task<BearerToken>> source) =>
        Core.AuthModule.token(
            FuncConvert.FromFunc<CancellationToken, Task<Core.BearerToken>>(async cancellationToken =>
            {
                BearerToken token = await source(cancellationToken).ConfigureAwait(false);
                return new(Core.SecretModule.create(token.Value), Optional.ToCore(token.ExpiresAt));
            }));

    public static Core.Auth Aws(Func<CancellationToken, Task<(string AccessKeyId, string SecretAccessKey, string? SessionToken)>> source) =>
        Core.AuthModule.aws(
            FuncConvert.FromFunc<CancellationToken, Task<Core.AwsCredentials>>(async cancellationToken =>
            {
                (string id, string secret, string? session) = await source(cancellationToken).ConfigureAwait(false);
                return new(id, Core.SecretModule.create(secret), Optional.ToCore(session, Core.SecretModule.create));
            }));
}
