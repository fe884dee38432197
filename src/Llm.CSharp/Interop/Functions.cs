// Functions of callers, to the core: what they throw of ours is an error there, and calls that they make belong to the chain that runs them.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>The chain that the current flow of execution belongs to.</summary>
internal static class Ambient
{
    private static readonly AsyncLocal<Core.Scope?> _scope = new();

    public static Core.Scope Scope => _scope.Value ?? Core.ScopeModule.root;

    /// <summary>From here to the end of the method that calls this, and in all that it calls.</summary>
    public static void Enter(Core.Scope scope) => _scope.Value = Core.ScopeModule.forStep(scope);
}

internal static class Functions
{
    /// <summary>A function of the caller's; its exceptions of ours become errors.</summary>
    public static FSharpFunc<T, FSharpResult<TResult, Core.LlmError>> Guarded<T, TResult>(Func<T, TResult> function) =>
        FuncConvert.FromFunc<T, FSharpResult<TResult, Core.LlmError>>(argument =>
        {
            try
            {
                return FSharpResult<TResult, Core.LlmError>.NewOk(function(argument));
            }
            catch (LlmException exception) when (ErrorMapping.TryToCore(exception) is { } error)
            {
                return FSharpResult<TResult, Core.LlmError>.NewError(error);
            }
        });

    /// <summary>A function that makes a call; when it throws an exception of ours, a call that fails with it.</summary>
    public static FSharpFunc<T, Core.Call<TInput, TOutput>> ToCall<T, TInput, TOutput>(Func<T, CallHandle<TInput, TOutput>> function) =>
        FuncConvert.FromFunc<T, Core.Call<TInput, TOutput>>(argument =>
        {
            try
            {
                return function(argument).Core;
            }
            catch (LlmException exception) when (ErrorMapping.TryToCore(exception) is { } error)
            {
                return Core.Call.ofFunction(FuncConvert.FromFunc<TInput, Core.Llm<TOutput>>(_ => Core.Llm.fail<TOutput>(error)));
            }
        });

    /// <summary>Work of the caller's, within the chain.</summary>
    public static Core.Llm<T> Work<T>(Func<CancellationToken, Task<T>> work) =>
        new(FuncConvert.FromFunc<Core.Scope, CancellationToken, Task<FSharpResult<T, Core.LlmError>>>(
            (scope, cancellationToken) => RunAsync(work, scope, cancellationToken)));

    private static async Task<FSharpResult<T, Core.LlmError>> RunAsync<T>(
        Func<CancellationToken, Task<T>> work, Core.Scope scope, CancellationToken cancellationToken)
    {
        Ambient.Enter(scope);

        try
        {
            return FSharpResult<T, Core.LlmError>.NewOk(await work(cancellationToken).ConfigureAwait(false));
        }
        catch (LlmException exception) when (ErrorMapping.TryToCore(exception) is { } error)
        {
            return FSharpResult<T, Core.LlmError>.NewError(error);
        }
    }
}
