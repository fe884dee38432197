// Reading the body of a stream: framer, decoder, reducer, and the rules about its end. One owner; no I/O of its own: bytes are put
// in, chunks are taken out. Called by the live stream, by replays, and by the recordings runner.
namespace Llm.Core

open System

/// What a read gave.
[<RequireQualifiedAccess; Struct; NoComparison; NoEquality>]
type ReadStep =
    /// The chunks of the next event; may be none.
    | Chunks of chunks: Chunks
    /// The event is an error, or cannot be read.
    | Failed of error: LlmError
    /// More bytes are needed.
    | NeedBytes
    /// Nothing more counts.
    | Done

/// <summary>Reads a body that arrives in any pieces.</summary>
[<Sealed>]
type BodyReader(codec: Codec) =
    let framer = codec.Decoder.NewFramer()
    let mutable decoder = codec.Decoder
    let mutable ended = false
    let mutable isDone = false
    // Data that was no JSON: an error if anything follows, a cut if nothing does.
    let mutable unreadable: LlmError voption = ValueNone
    // An error that said more than that it is one, and what it said comes first.
    let mutable failure: LlmError voption = ValueNone

    let fail (error: LlmError) : ReadStep =
        isDone <- true
        ReadStep.Failed error

    let rec read () : ReadStep =
        if isDone then
            ReadStep.Done
        elif failure.IsSome then
            fail failure.Value
        else
            match framer.TryRead() with
            | ValueNone ->
                match framer.Failure with
                | ValueSome broken -> fail (ValueOption.defaultValue broken unreadable)
                | ValueNone when ended ->
                    isDone <- true
                    ReadStep.Done
                | ValueNone -> ReadStep.NeedBytes
            | ValueSome event ->
                match unreadable with
                | ValueSome error -> fail error
                | ValueNone ->
                    match decoder.Step event with
                    | Ok(struct (chunks, next)) ->
                        decoder <- next
                        isDone <- next.IsDone
                        ReadStep.Chunks chunks
                    | Error(LlmError.InvalidResponse _ as error) ->
                        unreadable <- ValueSome error
                        read ()
                    | Error error ->
                        let beside = decoder.Beside event

                        if (Chunks.tryFirst beside).IsNone then
                            fail error
                        else
                            failure <- ValueSome error
                            ReadStep.Chunks beside

    /// <summary>Room for more bytes.</summary>
    member _.GetMemory() : Memory<byte> = framer.GetMemory()

    /// <summary>That many bytes came.</summary>
    member _.Advance(count: int) : unit = framer.Advance count

    /// <summary>Appends bytes that stand elsewhere.</summary>
    member _.Append(bytes: ReadOnlySpan<byte>) : unit = framer.Append bytes

    /// <summary>No more bytes will come.</summary>
    member _.End() : unit =
        ended <- true
        framer.End()

    /// <summary>The chunks of the next event.</summary>
    member _.Read() : ReadStep = read ()

    /// <summary>Gives memory back that is not needed during a wait, and tells whether none is held.</summary>
    member _.Rest() : bool = framer.Rest()

    interface IDisposable with
        member _.Dispose() = (framer :> IDisposable).Dispose()

/// The pure form of reading a stream.
[<RequireQualifiedAccess>]
module Reading =
    /// How it ended, given what was folded and what went wrong.
    let ending (error: LlmError voption) (state: PartialReply) : Ending =
        match error, Reducer.finish state with
        | ValueSome error, _ -> Ending.Failed(Reducer.partial state, error)
        | ValueNone, Completion.Complete reply -> Ending.Complete reply
        | ValueNone, Completion.Truncated partial -> Ending.Truncated partial

    /// <summary>The chunks of a body that comes in these pieces, and how it ended.</summary>
    let read (codec: Codec) (pieces: ReadOnlyMemory<byte> list) : Chunk list * Ending =
        use reader = new BodyReader(codec)

        let rec drain (taken: Chunk list) (state: PartialReply) : struct (Chunk list * PartialReply * LlmError voption) =
            match reader.Read() with
            | ReadStep.Chunks chunks ->
                let more = Chunks.toList chunks
                drain (List.fold (fun all chunk -> chunk :: all) taken more) (List.fold Reducer.step state more)
            | ReadStep.Failed error -> struct (taken, state, ValueSome error)
            | ReadStep.NeedBytes
            | ReadStep.Done -> struct (taken, state, ValueNone)

        let rec feed (taken, state) (rest: ReadOnlyMemory<byte> list) =
            match rest with
            | [] ->
                reader.End()
                drain taken state
            | piece :: others ->
                reader.Append piece.Span

                match drain taken state with
                | struct (taken, state, ValueNone) -> feed (taken, state) others
                | failed -> failed

        let struct (reversed, state, error) = feed ([], Reducer.empty) pieces
        List.rev reversed, ending error state
