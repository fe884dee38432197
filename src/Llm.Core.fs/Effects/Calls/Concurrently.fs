// Work that runs at once, within a limit: the first failure cancels the rest, and nothing goes on after the end. The one place with
// tokens of its own; it knows nothing of models.
namespace Llm.Core

open System
open System.Runtime.ExceptionServices
open System.Threading
open System.Threading.Tasks

/// Why branches were stopped.
[<RequireQualifiedAccess>]
type internal Stopped =
    | ByError of LlmError
    | ByException of ExceptionDispatchInfo

[<RequireQualifiedAccess>]
module internal Concurrently =
    /// Throws again what was caught, as it was.
    let rethrow (failure: exn) : 'value =
        ExceptionDispatchInfo.Throw failure
        Unchecked.defaultof<'value>

    /// Runs the works of numbers from 0, at most `limit` at once, beginning in their order; their values in that order. The first error, or
    /// exception, in time cancels the others, and is the result once all have ended.
    let all
        (limit: int)
        (count: int)
        (work: int -> CancellationToken -> Task<Result<'value, LlmError>>)
        (cancellationToken: CancellationToken)
        : Task<Result<'value[], LlmError>> = task {
        use source = CancellationTokenSource.CreateLinkedTokenSource cancellationToken
        let values = Array.zeroCreate<'value> count
        let next = ref -1
        let stopped: Stopped option ref = ref None

        let stop (why: Stopped) =
            if isNull (box (Interlocked.CompareExchange(&stopped.contents, Some why, None))) then
                source.Cancel()

        let worker () : Task = task {
            let mutable isOpen = true

            while isOpen && not source.IsCancellationRequested do
                let number = Interlocked.Increment &next.contents

                if number >= count then
                    isOpen <- false
                else
                    try
                        match! work number source.Token with
                        | Ok value -> values[number] <- value
                        | Error error -> stop (Stopped.ByError error)
                    with failure ->
                        stop (Stopped.ByException(ExceptionDispatchInfo.Capture failure))
        }

        // The workers begin one after the other, so that the works do; one that fails at once keeps the next from beginning.
        let workers = Array.init (min (max 1 limit) count) (fun _ -> worker ())
        do! Task.WhenAll workers
        cancellationToken.ThrowIfCancellationRequested()

        return
            match stopped.Value with
            | None -> Ok values
            | Some(Stopped.ByError error) -> Error error
            | Some(Stopped.ByException failure) ->
                failure.Throw()
                Ok values
    }

    /// Runs all works at once; the first value wins, and the others are cancelled. When none gives a value, the first work's error.
    let race
        (works: (CancellationToken -> Task<Result<'value, LlmError>>)[])
        (cancellationToken: CancellationToken)
        : Task<Result<'value, LlmError>> = task {
        use source = CancellationTokenSource.CreateLinkedTokenSource cancellationToken
        let winner: Result<'value, LlmError> option ref = ref None
        let losses: Stopped option[] = Array.create works.Length None

        let runner (number: int) : Task = task {
            if not source.IsCancellationRequested then
                try
                    match! works[number] source.Token with
                    | Ok value ->
                        if isNull (box (Interlocked.CompareExchange(&winner.contents, Some(Ok value), None))) then
                            source.Cancel()
                    | Error error -> losses[number] <- Some(Stopped.ByError error)
                with failure ->
                    losses[number] <- Some(Stopped.ByException(ExceptionDispatchInfo.Capture failure))
        }

        do! Task.WhenAll(Array.init works.Length runner)
        cancellationToken.ThrowIfCancellationRequested()

        return
            match winner.Value, Array.tryPick id losses with
            | Some won, _ -> won
            | None, Some(Stopped.ByError error) -> Error error
            | None, Some(Stopped.ByException failure) ->
                failure.Throw()
                Error(LlmError.InvalidRequest("race", "there is nothing to race"))
            | None, None -> Error(LlmError.InvalidRequest("race", "there is nothing to race"))
    }

    /// Gives up after a time, or when it is cancelled: the work's token is, and it is not waited for, since it may not listen.
    let within
        (time: TimeProvider)
        (limit: TimeSpan)
        (work: CancellationToken -> Task<Result<'value, LlmError>>)
        (cancellationToken: CancellationToken)
        : Task<Result<'value, LlmError>> = task {
        use source = CancellationTokenSource.CreateLinkedTokenSource cancellationToken
        let running = work source.Token

        try
            return! running.WaitAsync(Timeouts.forTimer limit, time, cancellationToken)
        with :? TimeoutException when not running.IsFaulted ->
            source.Cancel()
            return Error(LlmError.Timeout(TimeoutCause.Call limit))
    }
