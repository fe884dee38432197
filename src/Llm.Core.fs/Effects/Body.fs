// Reading an answer's bytes with limits: how long to wait for the next ones, and how many at most.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// Limits of reading.
type internal BodyLimits = { Url: string; Idle: TimeSpan; MaxBytes: int64; TimeProvider: TimeProvider }

/// How much room a body is given at first.
[<AutoOpen>]
module private BodyRoom =
    let unknownLength = 4096

    /// A length past this is not taken at its word: who says it may send little.
    let largestTold = 1024 * 1024

/// <summary>The body of one answer; one owner. The timer is set only for a read that has to wait.</summary>
[<Sealed>]
type internal Body(response: TransportResponse, limits: BodyLimits) =
    static let cancel = Action<obj>(fun source -> (source :?> CancellationTokenSource).Cancel())
    static let cancelInTime = TimerCallback(cancel.Invoke)

    // Never disposed of: it holds nothing but memory, and a timer or an Abort that comes late may still cancel it.
    let source = new CancellationTokenSource()

    // Made by the first read that waits.
    let mutable timer: ITimer | null = null

    let mutable total = 0L
    let mutable isAborted = false

    let startTimer () =
        match timer with
        | null -> timer <- limits.TimeProvider.CreateTimer(cancelInTime, source, Timeouts.forTimer limits.Idle, Timeout.InfiniteTimeSpan)
        | made -> made.Change(Timeouts.forTimer limits.Idle, Timeout.InfiniteTimeSpan) |> ignore

    let stopTimer () =
        match timer with
        | null -> ()
        | made -> made.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) |> ignore

    let count (read: int) : Result<int, LlmError> =
        total <- total + int64 read

        if total > limits.MaxBytes then Error(LlmError.ResponseTooLarge limits.MaxBytes) else Ok read

    /// Why a read gave nothing: whoever ended it, else the connection. Streams throw what they like when they break or are cancelled.
    let explain (failure: exn) : LlmError =
        if isAborted then LlmError.Cancelled(Transport.host limits.Url)
        elif source.IsCancellationRequested then LlmError.Timeout(TimeoutCause.Idle limits.Idle)
        else LlmError.Connection(Transport.host limits.Url, failure.Message)

    /// Room for the whole body and for the read that finds its end, where its length is told and can be believed.
    let roomFor (headers: Headers) : int =
        match Headers.tryFind "content-length" headers |> Option.map Int32.TryParse with
        | Some(true, length) when length > 0 && length < largestTold -> length + 1
        | _ -> unknownLength

    // The token is followed during the wait only: one that is cancelled between two reads must not end another reader's.
    let wait (pending: ValueTask<int>) (cancellationToken: CancellationToken) : Task<Result<int, LlmError>> = task {
        use _registration = cancellationToken.UnsafeRegister(cancel, source)

        try
            startTimer ()
            let! read = pending.ConfigureAwait false
            stopTimer ()
            return count read
        with failure ->
            cancellationToken.ThrowIfCancellationRequested()
            return Error(explain failure)
    }

    /// <summary>Reads what is there, waiting at most the idle limit; 0 at the end. Cancelling throws, as reading a stream does.</summary>
    member _.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        cancellationToken.ThrowIfCancellationRequested()

        let pending =
            try
                response.Body.ReadAsync(memory, source.Token)
            with failure ->
                ValueTask<int>(Task.FromException<int> failure)

        if pending.IsCompletedSuccessfully then
            ValueTask<Result<int, LlmError>>(count pending.Result)
        else
            ValueTask<Result<int, LlmError>>(wait pending cancellationToken)

    /// Whether a read of no bytes waits until there are some.
    member _.WaitsWithoutBuffer = response.WaitsWithoutBuffer

    /// Ends a read that waits, from another thread: its result is Cancelled.
    member _.Abort() : unit =
        isAborted <- true
        source.Cancel()

    /// All bytes up to the end, or to what kept it from coming.
    member this.ReadAllAsync(cancellationToken: CancellationToken) : Task<struct (ReadOnlyMemory<byte> * LlmError voption)> = task {
        let mutable buffer = Array.zeroCreate<byte>(roomFor response.Headers)
        let mutable filled = 0
        let mutable isOver = false
        let mutable error = ValueNone

        while not isOver do
            if filled = Array.MaxLength then
                error <- ValueSome(LlmError.ResponseTooLarge(int64 filled))
                isOver <- true
            else
                if filled = buffer.Length then
                    Array.Resize(&buffer, int (min (2L * int64 filled) (int64 Array.MaxLength)))

                match! this.ReadAsync(buffer.AsMemory filled, cancellationToken).ConfigureAwait false with
                | Ok 0 -> isOver <- true
                | Ok read -> filled <- filled + read
                | Error reason ->
                    error <- ValueSome reason
                    isOver <- true

        return struct (ReadOnlyMemory(buffer, 0, filled), error)
    }

    /// The whole body.
    member this.ReadToEndAsync(cancellationToken: CancellationToken) : Task<Result<ReadOnlyMemory<byte>, LlmError>> = task {
        match! (this.ReadAllAsync cancellationToken).ConfigureAwait false with
        | struct (bytes, ValueNone) -> return Ok bytes
        | struct (_, ValueSome error) -> return Error error
    }

    interface IDisposable with
        member _.Dispose() =
            match timer with
            | null -> ()
            | made -> made.Dispose()

            (response :> IDisposable).Dispose()
