// The core's list of a provider's models, to the facade.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class ModelListing
{
    public static async Task<Result<IReadOnlyList<ModelInfo>>> ListAsync(
        LlmClient client,
        string prefix,
        CancellationToken cancellationToken)
    {
        FSharpResult<FSharpList<Core.ModelInfo>, Core.LlmError> result =
            await Core.Models.list(prefix, cancellationToken, ClientMapping.ToCore(client)).ConfigureAwait(false);

        return result.IsOk
            ? Result<IReadOnlyList<ModelInfo>>.Of(Lists.ToFacade(result.ResultValue, ToFacade))
            : ErrorMapping.ToException(result.ErrorValue);
    }

    private static ModelInfo ToFacade(Core.ModelInfo model) => new()
    {
        Id = model.Id,
        Name = Optional.ToReference(model.Name),
        CreatedAt = Optional.ToNullable(model.CreatedAt),
        InputTokens = Optional.ToNullable(model.InputTokens),
        OutputTokens = Optional.ToNullable(model.OutputTokens),
        RawJson = Core.JsonModule.text(model.Raw),
    };
}
