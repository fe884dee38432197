// The core's partial values behind the facade's.
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class PartialHandle<T>(Core.Partial<T> partial)
{
    public PartialState State => ToFacade(partial.State);

    public string? Json => partial.Json is { } json ? Core.JsonModule.text(Core.PartialJsonModule.toJson(json.Value)) : null;

    public Result<T>? Result => partial.Result is { } result ? FormatHandle<T>.ToFacade(result.Value, Json ?? "") : default(Result<T>?);

    public bool TryGetValue([NotNullWhen(true)] out T? value) => TryTake(partial.Value, out value);

    public PartialState StateOf<TField>(Expression<Func<T, TField>> field) => ToFacade(partial.StateOf(field));

    public bool TryGet<TField>(Expression<Func<T, TField>> field, [NotNullWhen(true)] out TField? value) =>
        TryTake(partial.TryGet(field), out value);

    public bool TryAs<TOther>([NotNullWhen(true)] out TOther? value) => TryTake(Core.Partial.tryAs<TOther, T>(partial), out value);

    private static bool TryTake<TValue>(FSharpOption<TValue>? option, [NotNullWhen(true)] out TValue? value)
    {
        value = option is null ? default : option.Value;
        return value is not null && option is not null;
    }

    private static PartialState ToFacade(Core.PartialState state) => state.Tag switch
    {
        Core.PartialState.Tags.Absent => PartialState.Absent,
        Core.PartialState.Tags.Growing => PartialState.Growing,
        _ => PartialState.Whole,
    };
}
