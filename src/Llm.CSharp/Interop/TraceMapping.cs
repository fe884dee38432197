// Traces of the core, as the facade's.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class TraceHandle(Core.TraceStep step)
{
    public Usage TotalUsage => CallMapping.ToFacade(Core.Trace.usage(step));

    public Money? TotalCost => Core.Trace.cost(step) is { Value: var cost } ? BudgetMapping.ToFacade(cost) : null;

    public string Render() => Core.Trace.render(step);

    public string ToJson() => Core.Trace.toJson(step);
}

internal sealed class TracedStreamHandle(Core.TracedStream traced)
{
    public TraceStep Trace => TraceMapping.ToFacade(traced.Trace);
}

internal static class TraceMapping
{
    public static TraceStep ToFacade(Core.TraceStep step) => new(new TraceHandle(step))
    {
        Name = step.Name,
        ModelId = Optional.ToReference(step.ModelId),
        Input = step.Input,
        Output = Optional.ToReference(step.Output),
        Messages = MessageMapping.ToFacade(step.Messages),
        Fields = Lists.ToFacade(step.Fields, field => new KeyValuePair<string, string>(field.Item1, field.Item2)),
        Usage = Optional.ToReference(step.Usage, CallMapping.ToFacade),
        Cost = step.Cost is { Value: var cost } ? BudgetMapping.ToFacade(cost) : null,
        Start = step.Start,
        Elapsed = step.Elapsed,
        End = step.End.Tag switch
        {
            Core.StepEnd.Tags.Succeeded => StepEnd.Succeeded,
            Core.StepEnd.Tags.Failed => StepEnd.Failed,
            Core.StepEnd.Tags.Threw => StepEnd.Threw,
            _ => StepEnd.Cancelled,
        },
        Error = step.End switch
        {
            Core.StepEnd.Failed { Item: var error } => Core.LlmErrorModule.render(error),
            Core.StepEnd.Threw threw => threw.message,
            _ => null,
        },
        Children = Lists.ToFacade(step.Children, ToFacade),
    };

    /// <summary>What the caller says that an answer cost; the answer as far as the core knows it.</summary>
    public static FSharpOption<Core.AnyMoney>? Cost(Func<Response, Money?> costOf, Core.Response response)
    {
        var model = new Model(response.ModelId, CallMapping.ToFacade(response.Params));
        return costOf(ResponseMapping.ToFacade(model, response)) is { } money ? FSharpOption<Core.AnyMoney>.Some(new(money.Amount, money.Currency)) : null;
    }

    /// <summary>Inputs and outputs as a trace shows them.</summary>
    public static string Show(object? value) =>
        Core.Shown.textWith(FuncConvert.FromFunc<object?, FSharpOption<string>?>(Special), value);

    private static FSharpOption<string>? Special(object? value) => value switch
    {
        Response response => FSharpOption<string>.Some(response.Pretty()),
        not null when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Response<>) =>
            FSharpOption<string>.Some($"{value}"),
        _ => null,
    };
}
