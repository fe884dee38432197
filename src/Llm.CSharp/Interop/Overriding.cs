// Another model for all calls within a scope: the core's overrides, with the facade's model remembered.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class Overriding
{
    public static IDisposable Enter(Model model) => Core.OverrideModule.enter(new Other(model));

    /// <summary>The model that a call of this one asks here and now: itself, unless another is in force.</summary>
    public static Model InForce(Model model) => Core.OverrideModule.current()?.Value switch
    {
        null => model,
        Other { Model: var other, HasClient: var hasClient } => model.As(other.Id, other.Params, hasClient ? other.Client : model.Client),
        { } fromCore => model.As(fromCore.ModelId, CallMapping.ToFacade(fromCore.Params), model.Client),
    };

    private sealed class Other(Model model) : Core.Override(model.Id, CallMapping.ToCore(model.Params), ClientOf(model))
    {
        public Model Model { get; } = model;

        public bool HasClient { get; } = !IsDefault(model);

        private static bool IsDefault(Model model) => ReferenceEquals(model.Client, LlmClient.Default);

        private static FSharpOption<Core.Client>? ClientOf(Model model) =>
            IsDefault(model) ? null : FSharpOption<Core.Client>.Some(ClientMapping.ToCore(model.Client));
    }
}
