// The hot path of a stream of Cohere's: the deltas of texts, thoughts, plans and arguments, read from the event's bytes without a
// document. Called by the codec before `CohereDecode.careful`, which decides whatever is not fully understood here.
namespace Llm.Core

open System
open System.Text.Json

/// Names as bytes: a literal would be a new array at each use.
[<RequireQualifiedAccess>]
module private CohereName =
    let kind = "type"B
    let index = "index"B
    let delta = "delta"B
    let message = "message"B
    let content = "content"B
    let text = "text"B
    let thinking = "thinking"B
    let toolPlan = "tool_plan"B
    let toolCalls = "tool_calls"B
    let called = "function"B
    let arguments = "arguments"B
    let contentDelta = "content-delta"B
    let planDelta = "tool-plan-delta"B
    let callDelta = "tool-call-delta"B

[<RequireQualifiedAccess>]
module internal CohereFast =
    let private nothing = CohereSlot.Other

    /// The name of an object's one member, where it is this one.
    let private only (reader: byref<Utf8JsonReader>) (name: byte[]) : bool =
        FastReader.next JsonTokenType.PropertyName &reader && FastReader.isAt name &reader

    /// An object of one member, a content's text or thought.
    let private readContent (marks: Marks) (reader: byref<Utf8JsonReader>) (slot: byref<CohereSlot>) (text: byref<string>) : bool =
        if FastReader.next JsonTokenType.StartObject &reader && FastReader.next JsonTokenType.PropertyName &reader then
            slot <-
                if FastReader.isAt CohereName.text &reader then CohereSlot.Text
                elif FastReader.isAt CohereName.thinking &reader then CohereSlot.Thought
                else nothing

            slot <> nothing && FastReader.readText marks &reader &text && FastReader.next JsonTokenType.EndObject &reader
        else
            false

    let private readCall (marks: Marks) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        FastReader.next JsonTokenType.StartObject &reader
        && only &reader CohereName.called
        && FastReader.next JsonTokenType.StartObject &reader
        && only &reader CohereName.arguments
        && FastReader.readText marks &reader &text
        && FastReader.next JsonTokenType.EndObject &reader
        && FastReader.next JsonTokenType.EndObject &reader

    /// The whole delta: one member of one message.
    let private readDelta (marks: Marks) (reader: byref<Utf8JsonReader>) (slot: byref<CohereSlot>) (text: byref<string>) : bool =
        if
            FastReader.next JsonTokenType.StartObject &reader
            && only &reader CohereName.message
            && FastReader.next JsonTokenType.StartObject &reader
            && FastReader.next JsonTokenType.PropertyName &reader
        then
            let understood =
                if FastReader.isAt CohereName.content &reader then
                    readContent marks &reader &slot &text
                elif FastReader.isAt CohereName.toolPlan &reader then
                    slot <- CohereSlot.Plan
                    FastReader.readText marks &reader &text
                elif FastReader.isAt CohereName.toolCalls &reader then
                    slot <- CohereSlot.Call
                    readCall marks &reader &text
                else
                    false

            understood && FastReader.next JsonTokenType.EndObject &reader && FastReader.next JsonTokenType.EndObject &reader
        else
            false

    /// Whether an event of a type may hold a delta of a slot.
    let private agrees (event: CohereSlot) (slot: CohereSlot) = event = slot || (event = CohereSlot.Text && slot = CohereSlot.Thought)

    let private readType (reader: byref<Utf8JsonReader>) : CohereSlot =
        if not (FastReader.next JsonTokenType.String &reader) then nothing
        elif FastReader.isAt CohereName.contentDelta &reader then CohereSlot.Text
        elif FastReader.isAt CohereName.callDelta &reader then CohereSlot.Call
        elif FastReader.isAt CohereName.planDelta &reader then CohereSlot.Plan
        else nothing

    let private readRoot (marks: Marks) (state: CohereState) (data: ReadOnlySpan<byte>) : Chunks voption =
        let mutable reader = Utf8JsonReader data
        let mutable event = nothing
        let mutable slot = nothing
        let mutable position = -1
        let mutable text = ""
        let mutable isClear = FastReader.next JsonTokenType.StartObject &reader

        // A name that comes twice is not understood: a document takes the last.
        while isClear && FastReader.next JsonTokenType.PropertyName &reader do
            if FastReader.isAt CohereName.kind &reader then
                isClear <- event = nothing

                if isClear then
                    event <- readType &reader
                    isClear <- event <> nothing
            elif FastReader.isAt CohereName.index &reader then
                isClear <- position < 0 && FastReader.readInt &reader &position && position >= 0
            elif FastReader.isAt CohereName.delta &reader then
                isClear <- slot = nothing && readDelta marks &reader &slot &text
            else
                isClear <- false

        if isClear && FastReader.isWhole &reader && event <> nothing && slot <> nothing && agrees event slot then
            let place = if slot = CohereSlot.Plan then CohereState.planPosition else max position 0

            match CohereState.findOpen slot place state with
            | _ when text = "" -> ValueSome Chunks.empty
            | ValueSome part when part.HasText -> CohereState.deltaOf part text |> ValueOption.map Chunks.one
            | _ -> ValueNone
        else
            ValueNone

    /// The chunks of a delta that changes nothing but its part; ValueNone for any other event.
    let read (marks: Marks) (state: CohereState) (event: WireEvent) : Chunks voption =
        if state.IsFinished || state.IsDone || event.Name = "error" then
            ValueNone
        else
            try
                readRoot marks state event.Data.Span
            with
            | :? JsonException
            // An escaped name with a lone surrogate.
            | :? InvalidOperationException -> ValueNone

    /// As `read`, where nobody learns from the event.
    let tryRead (state: CohereState) (event: WireEvent) : Chunks voption = read null state event
