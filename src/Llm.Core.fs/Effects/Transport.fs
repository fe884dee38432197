// How a request gets to a provider and its answer back: a value of one function, so that a test's transport is as good as the network.
// Others are built over it: time limits, recording, faults.
namespace Llm.Core

open System
open System.IO
open System.Threading
open System.Threading.Tasks

/// <summary>A signed request. Its secrets stand apart from its headers, so that nothing prints or records them by accident.</summary>
[<NoComparison; NoEquality>]
type TransportRequest =
    {
        /// Such as <c>POST</c>.
        Method: string
        /// The absolute address.
        Url: string
        /// Headers without secrets.
        Headers: Headers
        /// Headers whose values are secret, such as <c>Authorization</c>.
        SecretHeaders: (string * Secret) list
        /// The body: JSON in UTF-8. A transport writes it where it wants it.
        Body: RequestBody
        /// Whether the answer is to be read while it comes.
        Stream: bool
        /// How long to wait for a connection, where a new one has to be made.
        ConnectTimeout: TimeSpan
    }

/// <summary>An answer whose body is still to be read. Disposing it closes the connection.</summary>
[<Sealed>]
type TransportResponse internal (status: int, source: HeaderSource, body: Stream, release: IDisposable | null) =
    /// An answer of this status, with these headers and this body; what is to be released is disposed of after the body.
    new(status: int, headers: Headers, body: Stream, release: IDisposable | null) =
        new TransportResponse(status, ListedHeaders headers, body, release)

    /// HTTP status.
    member _.Status = status

    /// Whether the status is a success (RFC 9110, 15.3).
    member internal _.IsSuccess = status >= 200 && status < 300

    /// Response headers.
    member _.Headers: Headers = source.ToList()

    /// The same, to be asked for one by one.
    member internal _.Source: HeaderSource = source

    /// The body's bytes.
    member _.Body = body

    /// Whether a read of no bytes waits until there are some, as the framework's own streams do; others may take it for the end.
    member val internal WaitsWithoutBuffer = false with get, set

    interface IDisposable with
        member _.Dispose() =
            body.Dispose()

            match release with
            | null -> ()
            | held -> held.Dispose()

/// <summary>
/// Sends a request. Failures to connect and timeouts are errors; a cancelled token cancels the task. Any status is a success here.
/// </summary>
[<NoComparison; NoEquality>]
type Transport =
    {
        /// The one function.
        Send: TransportRequest -> CancellableTaskResult<TransportResponse, LlmError>
    }

/// How long to wait, each for itself; <c>Timeout.InfiniteTimeSpan</c> for ever.
type Timeouts =
    {
        /// For a connection. The user's own HttpClient has its own limit for this.
        Connect: TimeSpan
        /// From the request to the headers of the answer.
        FirstByte: TimeSpan
        /// For the next bytes of an answer.
        Idle: TimeSpan
    }

/// Functions on <see cref="T:Llm.Core.Timeouts"/>.
[<RequireQualifiedAccess>]
module Timeouts =
    /// <summary>15 seconds to connect, 10 minutes to the first byte, 5 minutes between bytes: models think long before they speak.</summary>
    let standard: Timeouts =
        {
            Connect = TimeSpan.FromSeconds 15.0
            FirstByte = TimeSpan.FromMinutes 10.0
            Idle = TimeSpan.FromMinutes 5.0
        }

    // Timers of .NET count milliseconds in 32 bits without a sign, the last of which is none.
    let internal longest = TimeSpan.FromMilliseconds(float (UInt32.MaxValue - 1u))

    /// The time as a timer of .NET takes it: no more than about 49 days, and nothing that is negative, unless it is for ever.
    let internal forTimer (time: TimeSpan) : TimeSpan =
        if time.Equals Timeout.InfiniteTimeSpan then time
        elif time.Ticks < 0L then TimeSpan.Zero
        elif time.Ticks > longest.Ticks then longest
        else time

/// What ends the waits of one call: first the one for the headers of its answer, then those for the answer's bytes. Its token is cancelled
/// when a limit is over, and with the caller's while the headers are waited for. One source and one timer for all waits, as the framework's
/// are a good part of what a call takes.
[<Sealed>]
type internal Waits private (timeProvider: TimeProvider, firstByte: TimeSpan, caller: CancellationToken) =
    // With a timer in any case: a source without one would take the system's for its next limit, whatever the provider of time.
    inherit
        CancellationTokenSource(
            (if firstByte.Equals Timeout.InfiniteTimeSpan then Timeouts.longest else Timeouts.forTimer firstByte),
            timeProvider
        )

    // A token that is followed may be cancelled as late as anybody else calls Abort.
    static let cancel = Action<obj>(fun waits -> (waits :?> Waits).Abort())

    let mutable registration = Unchecked.defaultof<CancellationTokenRegistration>
    let mutable isForHeaders = true

    /// Begins to wait for the headers of an answer.
    static member ForHeaders(timeProvider: TimeProvider, limit: TimeSpan, caller: CancellationToken) : Waits =
        let waits = new Waits(timeProvider, limit, caller)

        if limit.Equals Timeout.InfiniteTimeSpan then waits.Rest()

        waits.Follow()
        waits

    /// For an answer whose headers are there.
    static member AtRest(timeProvider: TimeProvider) : Waits =
        let waits = Waits.ForHeaders(timeProvider, Timeout.InfiniteTimeSpan, CancellationToken.None)
        waits.HeadersCame()
        waits

    member private this.Follow() : unit = registration <- caller.UnsafeRegister(cancel, this)

    /// The token is followed until the result is disposed of.
    member this.Following(token: CancellationToken) : CancellationTokenRegistration = token.UnsafeRegister(cancel, this)

    /// The headers are there: whoever reads the body has the token now, and closes it.
    member this.HeadersCame() : unit =
        isForHeaders <- false
        registration.Dispose()
        this.Rest()

    /// Nobody waits any more.
    member this.Close() : unit =
        registration.Dispose()
        this.Dispose()

    /// Nobody waits any more, if no headers came.
    member this.GiveUp() : unit = if isForHeaders then this.Close()

    /// Ends a wait, from another thread. There may be none any more.
    member this.Abort() : unit =
        try
            this.Cancel()
        with :? ObjectDisposedException ->
            ()

    /// Whether it was the limit that ended the wait for the headers.
    member this.IsOver = isForHeaders && this.IsCancellationRequested && not caller.IsCancellationRequested

    /// What it is when that limit is over.
    member _.Error = LlmError.Timeout(TimeoutCause.FirstByte firstByte)

    /// A wait for the answer's bytes begins.
    member this.Begin(limit: TimeSpan) : unit = this.CancelAfter(Timeouts.forTimer limit)

    /// No wait has a limit until the next begins.
    member this.Rest() : unit = this.CancelAfter Timeout.InfiniteTimeSpan

/// Functions on <see cref="T:Llm.Core.Transport"/>.
[<RequireQualifiedAccess>]
module Transport =
    let internal host (url: string) : string =
        match Uri.TryCreate(url, UriKind.Absolute) with
        | true, uri -> uri.Host
        | _ -> url

    /// What must not show of secret headers: their values, and what stands in them behind a scheme, for an answer that echoes it has the
    /// key alone.
    let internal secrets (headers: (string * Secret) list) : Secret list =
        headers
        |> List.collect (fun (_, secret) ->
            let value = Secret.reveal secret
            [ secret; Secret.create (value.Substring(value.LastIndexOf ' ' + 1)) ])
        |> List.filter (fun secret -> Secret.reveal secret <> "")

    /// <summary>A transport from a function.</summary>
    let create (send: TransportRequest -> CancellableTaskResult<TransportResponse, LlmError>) : Transport = { Send = send }

    /// <summary>The transport that gives up, with a <c>Timeout</c>, when no headers come within the limit.</summary>
    let withFirstByteTimeout (timeProvider: TimeProvider) (limit: TimeSpan) (transport: Transport) : Transport =
        create (fun request cancellationToken -> task {
            let waits = Waits.ForHeaders(timeProvider, limit, cancellationToken)

            try
                try
                    return! (transport.Send request waits.Token).ConfigureAwait false
                with :? OperationCanceledException when waits.IsOver ->
                    return Error waits.Error
            finally
                waits.GiveUp()
        })
