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

    /// <summary>
    /// What an event says beside the error that it is, such as what had been used until then. Asked only after <c>Step</c> gave that error.
    /// </summary>
    abstract Beside: event: WireEvent -> Chunks

    default _.Beside _ = Chunks.empty

    /// How the bytes of a body become events: as server-sent events or JSON objects, unless it says otherwise.
    abstract NewFramer: unit -> Framer

    default _.NewFramer() = new TextFramer()

/// How a format reads events, hot ones first. Methods rather than functions in a record: those of several arguments are called through
/// code of FSharp.Core, which is compiled for each kind of state when a process first calls them.
[<AbstractClass>]
type internal EventReader<'state>() =
    /// The chunks of a delta, from its bytes alone; ValueNone where they are not certain. It changes nothing of the state but counters,
    /// on which it depends in no other way. It notes what it saw, where it is asked to.
    abstract Hot: marks: Marks * state: 'state * event: WireEvent -> struct (Chunks * 'state) voption

    /// Reads any event.
    abstract Careful: state: 'state * event: WireEvent -> Result<struct (Chunks * 'state), LlmError>

    /// The chunks that an event is worth beside the error that Careful gave for it.
    abstract Beside: state: 'state * event: WireEvent -> Chunks

    default _.Beside(_, _) = Chunks.empty

    abstract IsDone: state: 'state -> bool

    abstract NewFramer: unit -> Framer

    default _.NewFramer() = new TextFramer()

    /// What a value means that the hot path noted as a counter's: whether it stands there already.
    abstract HasCount: counter: int * value: int64 * state: 'state -> bool

    default _.HasCount(_, _, _) = true

    /// The state after that value.
    abstract WithCount: counter: int * value: int64 * state: 'state -> 'state

    default _.WithCount(_, _, state) = state

    /// What was used, in the state after that value.
    abstract Used: counter: int * value: int64 * state: 'state -> Usage

    default _.Used(_, _, _) = Usage.zero

    /// What a hot path read that leaves the state as it is.
    member _.Still(state: 'state, read: Chunks voption) : struct (Chunks * 'state) voption =
        match read with
        | ValueSome chunks -> ValueSome(struct (chunks, state))
        | ValueNone -> ValueNone

/// What a decoder expects of the next event, and whether that has ever come true.
[<Struct; NoComparison; NoEquality>]
type internal Expectation =
    {
        /// Null where nothing is expected.
        Template: EventTemplate
        IsProven: bool
        /// How many templates in a row fitted no event.
        Failures: int
    }

/// A decoder that expects things: what the laws need to know of it.
type internal IExpecting =
    /// Whether an event fits what is expected, so that it is not read.
    abstract Expects: event: WireEvent -> bool

    /// The decoder in the same state, which expects nothing.
    abstract Forgetful: Decoder

/// Functions on <see cref="T:Llm.Core.Decoder"/>.
[<RequireQualifiedAccess>]
module Decoder =
    let private expectNothing = { Template = null; IsProven = false; Failures = 0 }

    /// Streams whose deltas have nothing in common are read without templates.
    let private mostFailures = 4

    /// A state of a format, and the template of the deltas that it lets through. A template holds in the state in which it was learnt only,
    /// and in those that differ from it in their counters.
    type private Machine<'state when 'state: not struct>(reader: EventReader<'state>, state: 'state, expected: Expectation) =
        inherit Decoder()

        /// The machine after another value of the counter that its template tells.
        member _.At(count: int64) : Machine<'state> = Machine(reader, reader.WithCount(expected.Template.Counter, count, state), expected)

        /// What was used, after that value.
        member _.Used(count: int64) : Usage = reader.Used(expected.Template.Counter, count, state)

        /// The decoder that expects more deltas like this one.
        member private this.Learn(event: WireEvent, marks: Marks, chunks: Chunks, next: 'state) : Decoder =
            let learnt =
                if isNull marks then
                    ValueNone
                else
                    Chunks.tryFirst chunks |> ValueOption.bind (fun delta -> EventTemplate.learn event marks delta expected.Template)

            match learnt with
            | ValueSome template ->
                let failures = if isNull expected.Template || expected.IsProven then 0 else expected.Failures + 1
                Machine(reader, next, { Template = template; IsProven = false; Failures = failures })
            | ValueNone when Object.ReferenceEquals(next, state) -> this
            // Other counters than the template's may have changed, and its other bytes say what they were.
            | ValueNone -> Machine(reader, next, expectNothing)

        /// Reads an event that was not expected.
        member this.Read(event: WireEvent) : Result<struct (Chunks * Decoder), LlmError> =
            let marks = if expected.Failures < mostFailures then Marks.Blank() else null

            match reader.Hot(marks, state, event) with
            | ValueSome(struct (chunks, next)) -> Ok(struct (chunks, this.Learn(event, marks, chunks, next)))
            | ValueNone ->
                match reader.Careful(state, event) with
                | Ok(struct (chunks, next)) when Object.ReferenceEquals(next, state) -> Ok(struct (chunks, (this :> Decoder)))
                | Ok(struct (chunks, next)) -> Ok(struct (chunks, Machine(reader, next, expectNothing)))
                | Error error -> Error error

        /// The chunk of an event that is as expected, and its counter's value where the template tells one.
        member _.TryExpected(event: WireEvent, count: byref<int64>) : Chunk voption = EventTemplate.tryRead event &count expected.Template

        /// The decoder whose expectation came true.
        member private this.Confirmed: Machine<'state> =
            if expected.IsProven then
                this
            else
                Machine(reader, state, { expected with IsProven = true; Failures = 0 })

        /// The delta with the counter's value that came with it, where that is another one.
        member private this.Count(delta: Chunk, count: int64) : struct (Chunks * Decoder) =
            if reader.HasCount(expected.Template.Counter, count, state) then
                struct (Chunks.one delta, this.Confirmed)
            else
                let counting = CountingMachine(this.Confirmed, count)
                struct (Chunks.counted counting delta, counting)

        override _.NewFramer() = reader.NewFramer()

        override _.IsDone = reader.IsDone state

        override _.Beside event = reader.Beside(state, event)

        override this.Step event =
            let template = expected.Template

            if isNull template then
                this.Read event
            else
                let mutable count = 0L

                match EventTemplate.tryRead event &count template with
                | ValueSome delta when template.Counter < 0 -> Ok(struct (Chunks.one delta, this.Confirmed))
                | ValueSome delta -> Ok(this.Count(delta, count))
                | ValueNone -> this.Read event

        interface IExpecting with
            member _.Expects event =
                let mutable count = 0L
                not (isNull expected.Template) && (EventTemplate.tryRead event &count expected.Template).IsSome

            member _.Forgetful = Machine(reader, state, expectNothing)

    /// A machine after deltas that it expected and that counted: their last count beside it is all that there is to remember of them.
    and [<Sealed>] private CountingMachine<'state when 'state: not struct>(machine: Machine<'state>, count: int64) =
        inherit Decoder()

        override _.NewFramer() = machine.NewFramer()

        // No count ends a stream.
        override _.IsDone = machine.IsDone

        override _.Beside event = machine.At(count).Beside event

        override this.Step event =
            let mutable next = 0L

            match machine.TryExpected(event, &next) with
            | ValueSome delta when next = count -> Ok(struct (Chunks.one delta, this))
            | ValueSome delta ->
                let counting = CountingMachine(machine, next)
                Ok(struct (Chunks.counted counting delta, counting))
            | ValueNone -> machine.At(count).Read event

        interface ICounting with
            member _.Used = machine.Used count

        interface IExpecting with
            member _.Expects event = (machine :> IExpecting).Expects event

            member _.Forgetful = (machine.At count :> IExpecting).Forgetful

    /// A decoder of a format that has a hot path.
    let internal ofReader (reader: EventReader<'state>) (initial: 'state) : Decoder = Machine(reader, initial, expectNothing)

    let private ofStep
        (newFramer: unit -> Framer)
        (step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isDone: 'state -> bool)
        : EventReader<'state> =
        { new EventReader<'state>() with
            override _.Hot(_, _, _) = ValueNone
            override _.Careful(state, event) = step state event
            override _.IsDone state = isDone state
            override _.NewFramer() = newFramer ()
        }

    /// <summary>A decoder from a pure step over a state of any type.</summary>
    let create
        (step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isDone: 'state -> bool)
        (initial: 'state)
        : Decoder =
        ofReader (ofStep (fun () -> new TextFramer()) step isDone) initial

    /// <summary>A decoder from a pure step over a state of any type, of events that a framer of its own makes from the bytes.</summary>
    let createFramed
        (newFramer: unit -> Framer)
        (step: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isDone: 'state -> bool)
        (initial: 'state)
        : Decoder =
        ofReader (ofStep newFramer step isDone) initial

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
        /// Whom a conversation with the model of a name goes to: what is said there of messages that others wrote.
        Target: string -> Target
        /// Writes a request. What the provider lacks becomes a warning; what it would refuse, an error.
        Encode: Request -> Result<EncodedRequest, LlmError>
        /// Reads a whole answer as the chunks that say the same, so that one reducer serves both.
        DecodeWhole: ReadOnlyMemory<byte> -> Result<Chunk list, LlmError>
        /// <summary>
        /// The reply of a whole answer that is as plain as most are, without the chunks between: just what <c>DecodeWhole</c> and the reducer
        /// would give. ValueNone where that is not certain at a glance, or always. The reply may refer to the bytes: they must not change.
        /// </summary>
        DecodePlain: ReadOnlyMemory<byte> -> Reply voption
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
    let private decodeCarefully (body: ReadOnlyMemory<byte>) (codec: Codec) : Result<Reply, LlmError> =
        codec.DecodeWhole body
        |> Result.bind (fun chunks ->
            match Reducer.ofChunks chunks |> Reducer.finish with
            | Completion.Complete reply -> Ok reply
            | Completion.Truncated _ -> Error(LlmError.Truncated codec.Api))

    /// For a format that has no such shortcut.
    let neverPlain (_: ReadOnlyMemory<byte>) : Reply voption = ValueNone

    /// <summary>The reply of a whole answer; one whose chunks do not prove it complete is <c>Truncated</c>, as a stream would be.</summary>
    let decode (body: ReadOnlyMemory<byte>) (codec: Codec) : Result<Reply, LlmError> =
        match codec.DecodePlain body with
        | ValueSome reply -> Ok reply
        | ValueNone -> decodeCarefully body codec
