// What a wire format is: pure functions in a record. A provider's peculiarities were given to it as its dialect when it was made.
// Called by the model and by the recordings runner; knows no transport.
namespace Llm.Core

open System

/// <summary>
/// A decoder in one of its states: an immutable value. <c>Step</c> reads an event and gives its chunks and the decoder's next state, or
/// the error that the event is.
/// </summary>
[<AbstractClass>]
type Decoder() =
    /// <summary>Reads an event. Data that is not JSON is <c>InvalidResponse</c>; unknown events give no chunks.</summary>
    abstract Step: event: WireEvent -> Result<struct (Chunks * Decoder), LlmError>

    /// Whether nothing that follows counts any more.
    abstract IsDone: bool

    /// How the bytes of a body become events: as server-sent events or JSON objects, unless it says otherwise.
    abstract NewFramer: unit -> Framer

    default _.NewFramer() = new TextFramer()

/// Functions on <see cref="T:Llm.Core.Decoder"/>.
[<RequireQualifiedAccess>]
module Decoder =
    type private Machine<'state when 'state: not struct>
        (
            step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>,
            isDone: 'state -> bool,
            newFramer: unit -> Framer,
            state: 'state
        ) =
        inherit Decoder()

        override _.NewFramer() = newFramer ()

        override _.IsDone = isDone state

        override this.Step event =
            match step state event with
            | Ok(struct (chunks, next)) ->
                // Deltas mostly leave a decoder's state alone; then the decoder is its own successor.
                if Object.ReferenceEquals(next, state) then
                    Ok(struct (chunks, (this :> Decoder)))
                else
                    Ok(struct (chunks, Machine(step, isDone, newFramer, next) :> Decoder))
            | Error error -> Error error

    /// <summary>A decoder from a pure step over a state of any type.</summary>
    let create
        (step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isDone: 'state -> bool)
        (initial: 'state)
        : Decoder =
        Machine(step, isDone, (fun () -> new TextFramer()), initial)

    /// <summary>A decoder from a pure step over a state of any type, of events that a framer of its own makes from the bytes.</summary>
    let createFramed
        (newFramer: unit -> Framer)
        (step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isDone: 'state -> bool)
        (initial: 'state)
        : Decoder =
        Machine(step, isDone, newFramer, initial)

/// An answer that is no success: what the codec makes its error from.
[<NoComparison>]
type ErrorAnswer =
    {
        /// HTTP status.
        Status: int
        /// Response headers.
        Headers: Headers
        /// The body, whatever it is.
        Body: ReadOnlyMemory<byte>
    }

/// <summary>A wire format in a vendor's dialect: how a request is written, and how answers, streams and errors are read.</summary>
[<NoComparison; NoEquality>]
type Codec =
    {
        /// The name of the format: <c>chat</c>, <c>responses</c>, <c>messages</c>, <c>generateContent</c>, <c>v2-chat</c>,
        /// <c>ollama-chat</c>.
        Api: string
        /// Writes a request. What the provider lacks becomes a warning; what it would refuse, an error.
        Encode: Request -> Result<EncodedRequest, LlmError>
        /// Reads a whole answer as the chunks that say the same, so that one reducer serves both.
        DecodeWhole: ReadOnlyMemory<byte> -> Result<Chunk list, LlmError>
        /// The decoder of a stream, before its first event.
        Decoder: Decoder
        /// Reads an answer whose status is no success.
        DecodeError: ErrorAnswer -> LlmError
        /// How the tokens of a call are counted beforehand; None where the vendor counts none.
        TokenCounter: TokenCounter option
        /// How the vendor's models are listed; None where it lists none.
        ModelListing: ModelListing option
    }

/// How reading a body came to its end.
[<RequireQualifiedAccess>]
type Ending =
    /// With the proof of completeness.
    | Complete of Reply
    /// Without it.
    | Truncated of partial: Reply
    /// With an error; what came before it is kept.
    | Failed of partial: Reply * LlmError

/// Functions on <see cref="T:Llm.Core.Codec"/>.
[<RequireQualifiedAccess>]
module Codec =
    /// <summary>The reply of a whole answer; one whose chunks do not prove it complete is <c>Truncated</c>, as a stream would be.</summary>
    let decode (body: ReadOnlyMemory<byte>) (codec: Codec) : Result<Reply, LlmError> =
        codec.DecodeWhole body
        |> Result.bind (fun chunks ->
            match Reducer.ofChunks chunks |> Reducer.finish with
            | Completion.Complete reply -> Ok reply
            | Completion.Truncated _ -> Error(LlmError.Truncated codec.Api))
