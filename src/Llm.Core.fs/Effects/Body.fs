// Reading an answer's bytes with limits: how long to wait for the next ones, and how many at most.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks
open System.Threading.Tasks.Sources

/// How much room a body is given at first.
[<AutoOpen>]
module private BodyRoom =
    let unknownLength = 4096

    /// A length past this is not taken at its word: who says it may send little.
    let largestTold = 1024L * 1024L

/// A body while it is gathered as a whole. A struct, for mostly all is there at once and nothing has to be kept for later.
[<Struct; NoComparison; NoEquality>]
type private Gathering =
    val mutable private buffer: byte[]
    val mutable private filled: int
    val mutable private failure: LlmError voption

    new(room: int) = { buffer = Array.zeroCreate room; filled = 0; failure = ValueNone }

    /// Room for more; ValueNone where no array holds more.
    member this.Room: Memory<byte> voption =
        if this.filled = Array.MaxLength then
            this.failure <- ValueSome(LlmError.ResponseTooLarge(int64 this.filled))
            ValueNone
        else
            if this.filled = this.buffer.Length then
                Array.Resize(&this.buffer, int (min (2L * int64 this.filled) (int64 Array.MaxLength)))

            ValueSome(this.buffer.AsMemory this.filled)

    /// Takes what was read into the room; says whether there may be more.
    member this.Take(read: Result<int, LlmError>) : bool =
        match read with
        | Ok count ->
            this.filled <- this.filled + count
            count > 0
        | Error error ->
            this.failure <- ValueSome error
            false

    /// All bytes, and what kept more from coming.
    member this.Gathered = struct (ReadOnlyMemory(this.buffer, 0, this.filled), this.failure)

/// <summary>
/// The body of one answer; one owner, who reads again when the last read was answered. The timer is set only for a read that has to wait.
/// </summary>
[<Sealed>]
type internal Body(response: TransportResponse, url: string, idle: TimeSpan, maxBytes: int64, waits: Waits) =
    let mutable total = 0L
    let mutable isAborted = false
    // Made by the first read that has to wait: most answers are there when they are read.
    let mutable waiting: WaitingRead | null = null

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

    let close () =
        waits.Close()
        (response :> IDisposable).Dispose()

    /// The answer's status and headers.
    member _.Response = response

    member private this.Wait(reading: ValueTask<int>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        let read =
            match waiting with
            | null ->
                let made = WaitingRead this
                waiting <- made
                made
            | made -> made

        read.Wait(reading, cancellationToken)

    /// A read of the body begins to wait. Who closes the body while it is read has ended the read too.
    member _.BeginWait(cancellationToken: CancellationToken) : CancellationTokenRegistration =
        let registration = waits.Following cancellationToken

        try
            waits.Begin idle
        with :? ObjectDisposedException ->
            ()

        registration

    /// The read that waited gave this many bytes.
    member _.Waited(read: int) : Result<int, LlmError> =
        waits.Rest()
        count read

    /// The read that waited gave nothing.
    member _.Explain(failure: exn) : LlmError = explain failure

    /// <summary>Reads what is there, waiting at most the idle limit; 0 at the end. Cancelling throws, as reading a stream does.</summary>
    member this.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        cancellationToken.ThrowIfCancellationRequested()

        let reading =
            try
                response.Body.ReadAsync(memory, waits.Token)
            with failure ->
                ValueTask<int>(Task.FromException<int> failure)

        if reading.IsCompletedSuccessfully then
            ValueTask<Result<int, LlmError>>(count reading.Result)
        else
            this.Wait(reading, cancellationToken)

    /// Whether a read of no bytes waits until there are some.
    member _.WaitsWithoutBuffer = response.WaitsWithoutBuffer

    /// Ends a read that waits, from another thread: its result is Cancelled.
    member _.Abort() : unit =
        isAborted <- true
        waits.Abort()

    /// Reads on until there is no more, or until a read has to wait: that one.
    member private this.Gather
        (gathering: byref<Gathering>, cancellationToken: CancellationToken)
        : ValueTask<Result<int, LlmError>> voption =
        let mutable waiting = ValueNone
        let mutable goesOn = true

        while goesOn do
            match gathering.Room with
            | ValueNone -> goesOn <- false
            | ValueSome room ->
                let reading = this.ReadAsync(room, cancellationToken)

                if reading.IsCompletedSuccessfully then
                    goesOn <- gathering.Take reading.Result
                else
                    waiting <- ValueSome reading
                    goesOn <- false

        waiting

    /// Gathers what a read has to wait for, and what comes after it.
    member private this.GatherRest(begun: Gathering, first: ValueTask<Result<int, LlmError>>, cancellationToken: CancellationToken) =
        let gathering = StrongBox begun

        task {
            let mutable waiting = ValueSome first

            try
                while waiting.IsSome do
                    let! read = waiting.Value.ConfigureAwait false
                    waiting <- if gathering.Value.Take read then this.Gather(&gathering.Value, cancellationToken) else ValueNone

                return gathering.Value.Gathered
            finally
                close ()
        }

    /// All bytes up to the end, or to what kept it from coming. The body is closed then.
    member this.ReadAllAsync(cancellationToken: CancellationToken) : ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)> =
        let mutable gathering = Gathering(room ())
        let mutable isOver = true

        try
            match this.Gather(&gathering, cancellationToken) with
            | ValueNone -> ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)> gathering.Gathered
            | ValueSome waiting ->
                isOver <- false
                ValueTask<struct (ReadOnlyMemory<byte> * LlmError voption)>(this.GatherRest(gathering, waiting, cancellationToken))
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

/// <summary>
/// The reads of a body that have to wait, one after the other, as a promise of its own: a wait allocates nothing, however many streams wait at
/// once.
/// </summary>
and [<Sealed>] private WaitingRead(body: Body) =
    let mutable promise = ManualResetValueTaskSourceCore<Result<int, LlmError>>()
    let mutable pending = Unchecked.defaultof<ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter>
    let mutable registration = Unchecked.defaultof<CancellationTokenRegistration>
    let mutable followed = CancellationToken.None
    let mutable resume: Action | null = null

    /// What the read gave; throws where its caller cancelled it.
    let waited () : Result<int, LlmError> =
        try
            try
                body.Waited(pending.GetResult())
            with failure ->
                followed.ThrowIfCancellationRequested()
                Error(body.Explain failure)
        finally
            registration.Dispose()

    let answer () : unit =
        let mutable result = Unchecked.defaultof<Result<int, LlmError>>
        let mutable failure: exn | null = null

        try
            result <- waited ()
        with error ->
            failure <- error

        // Outside of the try: the reader runs in here.
        match failure with
        | null -> promise.SetResult result
        | failure -> promise.SetException failure

    // The token is followed during the wait only: one that is cancelled between two reads must not end another reader's.
    member this.Wait(reading: ValueTask<int>, cancellationToken: CancellationToken) : ValueTask<Result<int, LlmError>> =
        promise.Reset()

        if isNull resume then resume <- Action answer

        followed <- cancellationToken
        registration <- body.BeginWait cancellationToken
        pending <- reading.ConfigureAwait(false).GetAwaiter()
        let version = promise.Version

        if pending.IsCompleted then answer () else pending.UnsafeOnCompleted(nonNull resume)

        ValueTask<Result<int, LlmError>>(this, version)

    interface IValueTaskSource<Result<int, LlmError>> with
        member _.GetResult(token: int16) = promise.GetResult token
        member _.GetStatus(token: int16) = promise.GetStatus token
        member _.OnCompleted(continuation, state, token, flags) = promise.OnCompleted(continuation, state, token, flags)
