// A transport that answers from a script: tests without a network, with faults where they are wanted.
namespace Llm.Core

open System
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks

/// <summary>One answer of a script.</summary>
[<NoComparison; NoEquality>]
type ScriptedAnswer =
    {
        /// HTTP status.
        Status: int
        /// Response headers.
        Headers: Headers
        /// The body, in the pieces in which it arrives.
        Pieces: byte[] list
        /// Whether the connection breaks after the last piece, where it would else end.
        IsBroken: bool
    }

/// <summary>A transport that answers from a script, and what it was asked.</summary>
[<NoComparison; NoEquality>]
type ScriptedTransport =
    {
        /// Gives the answers in order; one more request than answers is a <c>Connection</c> error.
        Transport: Transport
        /// The requests so far, in order.
        Requests: unit -> TransportRequest list
    }

/// Bytes that arrive in pieces, and may break off.
type private PiecesStream(pieces: byte[] list, isBroken: bool) =
    inherit ReadOnlyStream()
    let mutable rest = pieces |> List.filter (fun piece -> piece.Length > 0)
    // How much of the first piece was read.
    let mutable taken = 0

    override _.Read(buffer: Span<byte>) =
        match rest with
        | [] when isBroken -> raise (IOException "The connection was reset.")
        | [] -> 0
        | piece :: others ->
            let count = min (piece.Length - taken) buffer.Length
            piece.AsSpan(taken, count).CopyTo buffer
            taken <- taken + count

            if taken = piece.Length then
                rest <- others
                taken <- 0

            count

    override this.Read(buffer: byte[], offset: int, count: int) = this.Read(buffer.AsSpan(offset, count))

    override this.ReadAsync(memory: Memory<byte>, cancellationToken: CancellationToken) =
        if cancellationToken.IsCancellationRequested then
            ValueTask<int>(Task.FromCanceled<int> cancellationToken)
        else
            try
                ValueTask<int>(this.Read memory.Span)
            with :? IOException as failure ->
                ValueTask<int>(Task.FromException<int> failure)

/// <summary>Makes transports that answer from a script.</summary>
[<RequireQualifiedAccess>]
module ScriptedTransport =
    /// <summary>A JSON answer with status 200.</summary>
    let json (body: string) : ScriptedAnswer =
        {
            Status = 200
            Headers = [ "content-type", "application/json" ]
            Pieces = [ Encoding.UTF8.GetBytes body ]
            IsBroken = false
        }

    /// <summary>A stream of server-sent events with status 200, each event's bytes arriving for themselves.</summary>
    let events (data: string list) : ScriptedAnswer =
        {
            Status = 200
            Headers = [ "content-type", "text/event-stream" ]
            Pieces = data |> List.map (fun text -> Encoding.UTF8.GetBytes $"data: {text}\n\n")
            IsBroken = false
        }

    /// <summary>A refusal.</summary>
    let refusal (status: int) (body: string) : ScriptedAnswer = { json body with Status = status }

    /// <summary>The same answer, whose connection breaks after its last byte.</summary>
    let broken (answer: ScriptedAnswer) : ScriptedAnswer = { answer with IsBroken = true }

    /// <summary>A transport that gives these answers in order.</summary>
    /// <example>
    /// <c>let script = ScriptedTransport.create [ ScriptedTransport.json "{...}" ]</c>, then
    /// <c>model |> Model.withClient (Client.withTransport script.Transport Client.standard)</c>.
    /// </example>
    let create (answers: ScriptedAnswer list) : ScriptedTransport =
        let lockObject = obj ()
        let mutable rest = answers
        let mutable asked: TransportRequest list = []

        let next (request: TransportRequest) =
            lock lockObject (fun () ->
                asked <- request :: asked

                match rest with
                | [] -> None
                | answer :: others ->
                    rest <- others
                    Some answer)

        let send (request: TransportRequest) (cancellationToken: CancellationToken) =
            if cancellationToken.IsCancellationRequested then
                Task.FromCanceled<Result<TransportResponse, LlmError>> cancellationToken
            else
                match next request with
                | Some answer ->
                    new TransportResponse(answer.Status, answer.Headers, new PiecesStream(answer.Pieces, answer.IsBroken), null)
                    |> Ok
                    |> Task.FromResult
                | None -> LlmError.Connection(Transport.host request.Url, "the script has no answer left") |> Error |> Task.FromResult

        {
            Transport = Transport.create send
            Requests = fun () -> lock lockObject (fun () -> List.rev asked)
        }
