// Reading an answer's bytes with limits: how long to wait for the next ones, and how many at most.
namespace Llm.Core

open System
open System.IO
open System.Threading
open System.Threading.Tasks

/// Limits of reading.
type internal BodyLimits = { Host: string; Idle: TimeSpan; MaxBytes: int64; TimeProvider: TimeProvider }

/// <summary>The body of one answer; one owner. The timer is set only for a read that has to wait.</summary>
[<Sealed>]
type internal Body(response: TransportResponse, limits: BodyLimits) =
    let source = new CancellationTokenSource()

    let timer =
        limits.TimeProvider.CreateTimer((fun _ -> source.Cancel()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)

    let mutable registered = CancellationToken.None
    let mutable registration = Unchecked.defaultof<CancellationTokenRegistration>
    let mutable total = 0L
    let mutable isAborted = false

    /// The reads' own token follows the caller's; registering anew only when the caller brings another one saves an allocation a read.
    let follow (cancellationToken: CancellationToken) =
        if cancellationToken <> registered then
            registration.Dispose()
            registered <- cancellationToken
            registration <- cancellationToken.UnsafeRegister((fun _ -> source.Cancel()), null)

    let count (read: int) : Result<int, LlmError> =
        total <- total + int64 read

        if total > limits.MaxBytes then Error(LlmError.ResponseTooLarge limits.MaxBytes) else Ok read

    let wait (pending: Task<int>) (cancellationToken: CancellationToken) : Task<Result<int, LlmError>> = task {
        try
            timer.Change(limits.Idle, Timeout.InfiniteTimeSpan) |> ignore
            let! read = pending.ConfigureAwait false
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) |> ignore
            return count read
        with
        | :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            cancellationToken.ThrowIfCancellationRequested()
            return Error(LlmError.Cancelled limits.Host)
        | :? OperationCanceledException when isAborted -> return Error(LlmError.Cancelled limits.Host)
        | :? OperationCanceledException -> return Error(LlmError.Timeout(TimeoutCause.Idle limits.Idle))
        | :? IOException as failure -> return Error(LlmError.Connection(limits.Host, failure.Message))
        | :? System.Net.Http.HttpRequestException as failure -> return Error(LlmError.Connection(limits.Host, failure.Message))
    }

    /// <summary>Reads what is there, waiting at most the idle limit; 0 at the end. Cancelling throws, as reading a stream does.</summary>
    member _.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        follow cancellationToken
        cancellationToken.ThrowIfCancellationRequested()

        let pending =
            try
                response.Body.ReadAsync(memory, source.Token)
            with failure ->
                ValueTask<int>(Task.FromException<int> failure)

        if pending.IsCompletedSuccessfully then
            ValueTask<Result<int, LlmError>>(count pending.Result)
        else
            ValueTask<Result<int, LlmError>>(wait (pending.AsTask()) cancellationToken)

    /// Ends a read that waits, from another thread: its result is Cancelled.
    member _.Abort() : unit =
        isAborted <- true
        source.Cancel()

    /// The whole body.
    member this.ReadToEndAsync(cancellationToken: CancellationToken) : Task<Result<ReadOnlyMemory<byte>, LlmError>> = task {
        let mutable buffer = Array.zeroCreate<byte> 4096
        let mutable filled = 0
        let mutable ending: Result<unit, LlmError> voption = ValueNone

        while ending.IsNone do
            if filled = buffer.Length then Array.Resize(&buffer, buffer.Length * 2)

            match! this.ReadAsync(buffer.AsMemory filled, cancellationToken) with
            | Ok 0 -> ending <- ValueSome(Ok())
            | Ok read -> filled <- filled + read
            | Error error -> ending <- ValueSome(Error error)

        return ending.Value |> Result.map (fun () -> ReadOnlyMemory(buffer, 0, filled))
    }

    interface IDisposable with
        member _.Dispose() =
            registration.Dispose()
            timer.Dispose()
            (response :> IDisposable).Dispose()
            source.Dispose()
