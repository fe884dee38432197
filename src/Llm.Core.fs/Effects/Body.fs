// Reading an answer's bytes with limits: how long to wait for the next ones, and how many at most.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// How much room a body is given at first.
[<AutoOpen>]
module private BodyRoom =
    let unknownLength = 4096

    /// A length past this is not taken at its word: who says it may send little.
    let largestTold = 1024L * 1024L

/// A body while it is gathered as a whole.
[<Sealed>]
type private Gathering(room: int) =
    let mutable buffer = Array.zeroCreate<byte> room
    let mutable filled = 0
    let mutable failure = ValueNone

    /// Room for more; ValueNone where no array holds more.
    member _.Room: Memory<byte> voption =
        if filled = Array.MaxLength then
            failure <- ValueSome(LlmError.ResponseTooLarge(int64 filled))
            ValueNone
        else
            if filled = buffer.Length then
                Array.Resize(&buffer, int (min (2L * int64 filled) (int64 Array.MaxLength)))

            ValueSome(buffer.AsMemory filled)

    /// Takes what was read into the room; says whether there may be more.
    member _.Take(read: Result<int, LlmError>) : bool =
        match read with
        | Ok count ->
            filled <- filled + count
            count > 0
        | Error error ->
            failure <- ValueSome error
            false

    /// All bytes, and what kept more from coming.
    member _.Gathered = struct (ReadOnlyMemory(buffer, 0, filled), failure)

/// <summary>The body of one answer; one owner. The timer is set only for a read that has to wait.</summary>
[<Sealed>]
type internal Body(response: TransportResponse, url: string, idle: TimeSpan, maxBytes: int64, waits: Waits) =
    let mutable total = 0L
    let mutable isAborted = false

    let count (read: int) : Result<int, LlmError> =
        total <- total + int64 read

        if total > maxBytes then Error(LlmError.ResponseTooLarge maxBytes) else Ok read

    /// Why a read gave nothing: whoever ended it, else the connection. Streams throw what they like when they break or are cancelled.
    let explain (failure: exn) : LlmError =
        if isAborted then LlmError.Cancelled(Transport.host url)
        elif waits.IsCancellationRequested then LlmError.Timeout(TimeoutCause.Idle idle)
        else LlmError.Connection(Transport.host url, failure.Message)

    /// Room for the whole body and for the read that finds its end, where its length is told and can be believed.
    let room () : int =
        match response.Source.BodyLength with
        | ValueSome length when length > 0L && length < largestTold -> int length + 1
        | _ -> unknownLength

    // The token is followed during the wait only: one that is cancelled between two reads must not end another reader's.
    let wait (pending: ValueTask<int>) (cancellationToken: CancellationToken) : Task<Result<int, LlmError>> = task {
        use _registration = waits.Following cancellationToken

        try
            waits.Begin idle
            let! read = pending.ConfigureAwait false
            waits.Rest()
            return count read
        with failure ->
            cancellationToken.ThrowIfCancellationRequested()
            return Error(explain failure)
    }

    let read (memory: Memory<byte>) (cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        cancellationToken.ThrowIfCancellationRequested()

        let pending =
            try
                response.Body.ReadAsync(memory, waits.Token)
            with failure ->
                ValueTask<int>(Task.FromException<int> failure)

        if pending.IsCompletedSuccessfully then
            ValueTask<Result<int, LlmError>>(count pending.Result)
        else
            ValueTask<Result<int, LlmError>>(wait pending cancellationToken)

    /// Reads on until there is no more, or until a read has to wait: that one.
    let rec gather (gathering: Gathering) (cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> voption =
        match gathering.Room with
        | ValueNone -> ValueNone
        | ValueSome room ->
            let reading = read room cancellationToken

            if not reading.IsCompletedSuccessfully then ValueSome reading
            elif gathering.Take reading.Result then gather gathering cancellationToken
            else ValueNone

    let close () =
        waits.Close()
        (response :> IDisposable).Dispose()

    /// Gathers what a read has to wait for, and what comes after it.
    let gatherRest (gathering: Gathering) (first: ValueTask<Result<int, LlmError>>) (cancellationToken: CancellationToken) = task {
        let mutable waiting = ValueSome first

        try
            while waiting.IsSome do
                let! read = waiting.Value.ConfigureAwait false
                waiting <- if gathering.Take read then gather gathering cancellationToken else ValueNone

            return gathering.Gathered
        finally
            close ()
    }

    /// The answer's status and headers.
    member _.Response = response

    /// <summary>Reads what is there, waiting at most the idle limit; 0 at the end. Cancelling throws, as reading a stream does.</summary>
    member _.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        read memory cancellationToken

    /// Whether a read of no bytes waits until there are some.
    member _.WaitsWithoutBuffer = response.WaitsWithoutBuffer

    /// Ends a read that waits, from another thread: its result is Cancelled.
    member _.Abort() : unit =
        isAborted <- true
        waits.Abort()

    /// All bytes up to the end, or to what kept it from coming. The body is closed then.
    member _.ReadAllAsync(cancellationToken: CancellationToken) : ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)> =
        let gathering = Gathering(room ())
        let mutable isOver = true

        try
            match gather gathering cancellationToken with
            | ValueNone -> ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)> gathering.Gathered
            | ValueSome waiting ->
                isOver <- false
                ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)>(gatherRest gathering waiting cancellationToken)
        finally
            if isOver then close ()

    /// The whole body.
    member this.ReadToEndAsync(cancellationToken: CancellationToken) : Task<Result<ReadOnlyMemory<byte>, LlmError>> = task {
        match! (this.ReadAllAsync cancellationToken).ConfigureAwait false with
        | struct (bytes, ValueNone) -> return Ok bytes
        | struct (_, ValueSome error) -> return Error error
    }

    interface IDisposable with
        member _.Dispose() = close ()
