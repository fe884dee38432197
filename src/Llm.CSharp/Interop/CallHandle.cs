// The core's calls behind the facade's. A chain hands down what its steps are to change; here these are changes of the facade's model, so
// that an answer knows the model that gave it.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class CallHandle
{
    public static CallHandle<TInput, Response> Asking<TInput>(Model model, Func<TInput, Prompt> prompt) =>
        Asking<TInput>(model, input =>
        {
            Prompt made = prompt(input);
            return made.Error is { } error ? throw error : new PromptResult(made.Messages);
        });

    public static CallHandle<TInput, Response> Asking<TInput>(Model model, Func<TInput, PromptResult> prompt) =>
        Make(
            Core.Asks.AtOnce,
            model,
            Functions.Guarded<TInput, FSharpList<Core.Message>>(input => MessageMapping.ToCore(prompt(input).Messages)),
            input => Functions.Work(_ => Task.FromResult(prompt(input))));

    public static CallHandle<TInput, Response> Asking<TInput>(Model model, Func<TInput, CancellationToken, Task<PromptResult>> prompt) =>
        Make(
            Core.Asks.AfterWork,
            model,
            FuncConvert.FromFunc<TInput, FSharpResult<FSharpList<Core.Message>, Core.LlmError>>(Core.Call.unforeseen),
            input => Functions.Work(cancellationToken => prompt(input, cancellationToken)));

    public static CallHandle<TInput, TOutput> OfFunction<TInput, TOutput>(Func<TInput, CancellationToken, Task<TOutput>> work) =>
        new(Core.Call.ofFunction(FuncConvert.FromFunc<TInput, Core.Llm<TOutput>>(
            input => Functions.Work(cancellationToken => work(input, cancellationToken)))));

    public static CallHandle<TInput, TOutput> Succeed<TInput, TOutput>(TOutput value) => new(Core.Call.succeed<TOutput, TInput>(value));

    public static CallHandle<TInput, IReadOnlyList<TOutput>> All<TInput, TOutput>(IEnumerable<CallHandle<TInput, TOutput>> calls) =>
        new CallHandle<TInput, FSharpList<TOutput>>(Core.Call.all(ListModule.OfSeq(calls.Select(call => call.Core))))
            .Select<IReadOnlyList<TOutput>>(answers => [.. answers]);

    public static CallHandle<TInput, TOutput> Race<TInput, TOutput>(IEnumerable<CallHandle<TInput, TOutput>> calls) =>
        new(Core.Call.race(ListModule.OfSeq(calls.Select(call => call.Core))));

    public static CallHandle<T, T> Iterate<T>(CallHandle<T, T> call, int limit, Func<T, bool> isGood) =>
        new(Core.Call.iterate(limit, FuncConvert.FromFunc(isGood), call.Core));

    private static CallHandle<TInput, Response> Make<TInput>(
        Core.Asks asks,
        Model model,
        FSharpFunc<TInput, FSharpResult<FSharpList<Core.Message>, Core.LlmError>> preview,
        Func<TInput, Core.Llm<PromptResult>> prompt) =>
        new(Core.Call.asking(
            asks,
            FuncConvert.FromFunc<Core.Ask<Response>, FSharpFunc<CancellationToken, Task<FSharpResult<Core.StreamResponse, Core.LlmError>>>>(
                ask => FuncConvert.FromFunc<CancellationToken, Task<FSharpResult<Core.StreamResponse, Core.LlmError>>>(
                    _ => Task.FromResult(Open(ask)))),
            model.Id,
            preview,
            FuncConvert.FromFunc(prompt),
            FuncConvert.FromFunc<Core.Scope, PromptResult, FSharpResult<Core.Ask<Response>, Core.LlmError>>(
                (scope, made) => Resolve(Adapted(model, scope), made))));

    /// <summary>The model as all who asked for a change want it; the outermost has the last word.</summary>
    private static Model Adapted(Model model, Core.Scope scope) =>
        scope.Adaptations.Aggregate(model, (adapted, adaptation) => ((Func<Model, Model>)adaptation.Origin)(adapted));

    private static FSharpResult<Core.Ask<Response>, Core.LlmError> Resolve(Model adapted, PromptResult prompt)
    {
        Model model = adapted;

        if (prompt.Params is { } parameters)
            model = model.WithParams(parameters);

        if (prompt.Tools is { } tools)
            model = model.WithTools(tools);

        model = Overriding.InForce(model);
        var made = new Core.Prompt(
            MessageMapping.ToCore(prompt.Messages),
            null,
            null,
            Lists.ToCore(prompt.Fields, field => Tuple.Create(field.Key, field.Value)),
            Lists.ToCore(prompt.Metadata, note => Tuple.Create(note.Key, note.Value)));

        return FSharpResult<Core.Ask<Response>, Core.LlmError>.NewOk(new(
            model.Engine.Model,
            made,
            FuncConvert.FromFunc<Core.Response, Response>(response => ResponseMapping.ToFacade(model, response)),
            model));
    }

    private static FSharpResult<Core.StreamResponse, Core.LlmError> Open(Core.Ask<Response> ask)
    {
        FSharpResult<Core.LiveStream, Core.LlmError> live = Core.ModelModule.streamLazily(ask.Prompt.Messages, ask.Model);

        return live.IsOk
            ? FSharpResult<Core.StreamResponse, Core.LlmError>.NewOk(
                new(live.ResultValue) { Face = new StreamSource(live.ResultValue, (Model)ask.Origin) })
            : FSharpResult<Core.StreamResponse, Core.LlmError>.NewError(live.ErrorValue);
    }
}

internal sealed class CallHandle<TInput, TOutput>(Core.Call<TInput, TOutput> call)
{
    public Core.Call<TInput, TOutput> Core { get; } = call;

    public CallHandle<TInput, TOutput> Adapted(bool isForAnswer, Func<Model, Model> change) =>
        new(Llm.Core.Call.adapted(isForAnswer, change, FuncConvert.FromFunc<Core.Model, Core.Model>(same => same), Core));

    public CallHandle<TInput, TOutput> Named(string name) => new(Llm.Core.Call.named(name, Core));

    public CallHandle<TInput, TOutput> WithBudget(BudgetHandle budget) => new(Llm.Core.Call.withBudget(budget.Core, Core));

    public CallHandle<TInput, TOutput> WithTimeProvider(TimeProvider time) => new(Llm.Core.Call.withTimeProvider(time, Core));

    public CallHandle<TInput, TOutput> Timeout(TimeSpan limit) => new(Llm.Core.Call.timeout(limit, Core));

    public CallHandle<TInput, TOutput> Retry(RetryPolicy policy) =>
        new(Llm.Core.Call.retry(
            new(
                policy.MaxRetries,
                policy.InitialDelay,
                policy.MaxDelay,
                policy.Multiplier,
                policy.Jitter,
                FuncConvert.FromFunc<Core.LlmError, bool>(error => policy.ShouldRetry(ErrorMapping.ToException(error)))),
            Core));

    public CallHandle<TInput, TOutput> Recover(Func<LlmException, CallHandle<TInput, TOutput>> handle) =>
        new(Llm.Core.Call.recover(
            Functions.ToCall<Core.LlmError, TInput, TOutput>(error => handle(ErrorMapping.ToException(error))), Core));

    public CallHandle<TOuter, TOutput> WithInput<TOuter>(Func<TOuter, TInput> change) =>
        new(Llm.Core.Call.contramap(FuncConvert.FromFunc(change), Core));

    public CallHandle<TInput, TResult> Select<TResult>(Func<TOutput, TResult> change) =>
        new(Llm.Core.Call.mapResult(Functions.Guarded(change), Core));

    public CallHandle<TInput, TResult> SelectMany<TResult>(Func<TOutput, CallHandle<TInput, TResult>> next) =>
        new(Llm.Core.Call.bind(Functions.ToCall(next), Core));

    public CallHandle<TInput, TResult> Then<TResult>(CallHandle<TOutput, TResult> next) => new(Llm.Core.Call.andThen(next.Core, Core));

    public CallHandle<TInput, TResult> Choose<TResult>(Func<TOutput, CallHandle<TOutput, TResult>> next) =>
        new(Llm.Core.Call.choose(Functions.ToCall(next), Core));

    public CallHandle<TInput, (TOutput First, TSecond Second)> Both<TSecond>(CallHandle<TInput, TSecond> second)
    {
        Core.Call<TInput, Tuple<TOutput, TSecond>> both = Llm.Core.Call.both(Core, second.Core);
        Func<Tuple<TOutput, TSecond>, (TOutput First, TSecond Second)> toFacade = answers => (answers.Item1, answers.Item2);
        return new(Llm.Core.Call.map(FuncConvert.FromFunc(toFacade), both));
    }

    public CallHandle<IReadOnlyList<TInput>, IReadOnlyList<TOutput>> Traverse(int limit) =>
        new CallHandle<FSharpList<TInput>, FSharpList<TOutput>>(Llm.Core.Call.traverse(limit, Core))
            .WithInput((IReadOnlyList<TInput> inputs) => ListModule.OfSeq(inputs))
            .Select<IReadOnlyList<TOutput>>(answers => [.. answers]);

    public IReadOnlyList<Message> Messages(TInput input)
    {
        FSharpResult<FSharpList<Core.Message>, Core.LlmError> messages = Llm.Core.Call.messages(input, Core);

        return messages.IsOk
            ? MessageMapping.ToFacade(messages.ResultValue)
            : throw ErrorMapping.ToException(messages.ErrorValue);
    }

    public async Task<Result<TOutput>> InvokeAsync(TInput input, CancellationToken cancellationToken)
    {
        try
        {
            FSharpResult<TOutput, Core.LlmError> result =
                await Llm.Core.Llm.runIn(Ambient.Scope, cancellationToken, Core.Invoke(input)).ConfigureAwait(false);
            return result.IsOk ? result.ResultValue : ErrorMapping.ToException(result.ErrorValue);
        }
        catch (LlmException error)
        {
            // The caller's own, which the core has no case for.
            return error;
        }
    }

    public async Task<Traced<TOutput>> TraceAsync(TInput input, Func<Response, Money?> costOf, CancellationToken cancellationToken)
    {
        Core.Traced<TOutput> traced = await Llm.Core.Llm.traceFrom(
            Ambient.Scope,
            input,
            FuncConvert.FromFunc<Core.Response, FSharpOption<Core.AnyMoney>?>(response => TraceMapping.Cost(costOf, response)),
            FuncConvert.FromFunc<object, string>(TraceMapping.Show),
            cancellationToken,
            Core.Invoke(input)).ConfigureAwait(false);

        Result<TOutput> result = traced.Result.IsOk ? traced.Result.ResultValue : ErrorMapping.ToException(traced.Result.ErrorValue);
        return new(result, TraceMapping.ToFacade(traced.Trace));
    }

    public async Task<TracedStream> TraceStreamAsync(TInput input, Func<Response, Money?> costOf, CancellationToken cancellationToken)
    {
        Core.TracedStream traced = await Llm.Core.StreamTracing.from(
            Ambient.Scope,
            input,
            FuncConvert.FromFunc<Core.Response, FSharpOption<Core.AnyMoney>?>(response => TraceMapping.Cost(costOf, response)),
            FuncConvert.FromFunc<object, string>(TraceMapping.Show),
            cancellationToken,
            Core.Stream(input)).ConfigureAwait(false);

        Result<StreamResponse> result = traced.Result.IsOk
            ? ToFacade(traced.Result.ResultValue)
            : ErrorMapping.ToException(traced.Result.ErrorValue);
        return new(result, new TracedStreamHandle(traced));
    }

    public StreamResponse Stream(TInput input)
    {
        if (!Core.Asks.IsAtOnce)
            return Refused(Llm.Core.LlmError.NewInvalidRequest("call", "what takes work before its model is asked is streamed by StreamAsync"));

        // The prompt is there at once, and the stream connects later: nothing of this waits.
        FSharpResult<Core.StreamResponse, Core.LlmError> opened =
            Llm.Core.Llm.runIn(Ambient.Scope, CancellationToken.None, Core.Stream(input)).GetAwaiter().GetResult();
        return opened.IsOk ? ToFacade(opened.ResultValue) : Refused(opened.ErrorValue);
    }

    public async Task<StreamResponse> StreamAsync(TInput input, CancellationToken cancellationToken)
    {
        FSharpResult<Core.StreamResponse, Core.LlmError> opened =
            await Llm.Core.Llm.runIn(Ambient.Scope, cancellationToken, Core.Stream(input)).ConfigureAwait(false);
        return opened.IsOk ? ToFacade(opened.ResultValue) : throw ErrorMapping.ToException(opened.ErrorValue);
    }

    private static StreamResponse ToFacade(Core.StreamResponse stream) => new((StreamSource)stream.Face);

    private static StreamResponse Refused(Core.LlmError error) =>
        new(new StreamSource(Engine.Refused(error), new Model("")));
}

internal static class FormattedHandle
{
    /// <summary>The call whose answer has a format; it is read when its value is asked for.</summary>
    public static CallHandle<TInput, Response<T>> Formatted<TInput, T>(this CallHandle<TInput, Response> call, Format<T> format)
    {
        Core.Call<TInput, Response> adapted = call.Adapted(isForAnswer: true, model => model.WithFormat(format).Plain).Core;

        return new(new Core.Call<TInput, Response<T>>(
            adapted.Asks,
            FuncConvert.FromFunc<TInput, FSharpResult<FSharpList<Core.Message>, Core.LlmError>>(adapted.Preview),
            FuncConvert.FromFunc<TInput, Core.Llm<Response<T>>>(input => Core.Llm.map(
                FuncConvert.FromFunc<Response, Response<T>>(answer => new(answer, format)), adapted.Invoke(input))),
            FuncConvert.FromFunc<TInput, Core.Llm<Core.StreamResponse>>(adapted.Stream)));
    }
}
