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

    let inline private named (reader: byref<Utf8JsonReader>) (name: byte[]) = reader.ValueTextEquals(ReadOnlySpan name)

    let private opens (reader: byref<Utf8JsonReader>) : bool = reader.Read() && reader.TokenType = JsonTokenType.StartObject

    /// The name of an object's one member, where it is this one.
    let private only (reader: byref<Utf8JsonReader>) (name: byte[]) : bool =
        reader.Read() && reader.TokenType = JsonTokenType.PropertyName && named &reader name

    let private closes (reader: byref<Utf8JsonReader>) : bool = reader.Read() && reader.TokenType = JsonTokenType.EndObject

    let private readText (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        if reader.Read() && reader.TokenType = JsonTokenType.String then
            text <- Json.readString &reader
            true
        else
            false

    /// An object of one member, a content's text or thought.
    let private readContent (reader: byref<Utf8JsonReader>) (slot: byref<CohereSlot>) (text: byref<string>) : bool =
        if opens &reader && reader.Read() && reader.TokenType = JsonTokenType.PropertyName then
            slot <-
                if named &reader CohereName.text then CohereSlot.Text
                elif named &reader CohereName.thinking then CohereSlot.Thought
                else nothing

            slot <> nothing && readText &reader &text && closes &reader
        else
            false

    let private readCall (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        opens &reader
        && only &reader CohereName.called
        && opens &reader
        && only &reader CohereName.arguments
        && readText &reader &text
        && closes &reader
        && closes &reader

    /// The whole delta: one member of one message.
    let private readDelta (reader: byref<Utf8JsonReader>) (slot: byref<CohereSlot>) (text: byref<string>) : bool =
        if
            opens &reader
            && only &reader CohereName.message
            && opens &reader
            && reader.Read()
            && reader.TokenType = JsonTokenType.PropertyName
        then
            let understood =
                if named &reader CohereName.content then
                    readContent &reader &slot &text
                elif named &reader CohereName.toolPlan then
                    slot <- CohereSlot.Plan
                    readText &reader &text
                elif named &reader CohereName.toolCalls then
                    slot <- CohereSlot.Call
                    readCall &reader &text
                else
                    false

            understood && closes &reader && closes &reader
        else
            false

    /// Whether an event of a type may hold a delta of a slot.
    let private agrees (event: CohereSlot) (slot: CohereSlot) = event = slot || (event = CohereSlot.Text && slot = CohereSlot.Thought)

    let private readType (reader: byref<Utf8JsonReader>) : CohereSlot =
        if not (reader.Read() && reader.TokenType = JsonTokenType.String) then nothing
        elif named &reader CohereName.contentDelta then CohereSlot.Text
        elif named &reader CohereName.callDelta then CohereSlot.Call
        elif named &reader CohereName.planDelta then CohereSlot.Plan
        else nothing

    let private read (state: CohereState) (data: ReadOnlySpan<byte>) : Chunks voption =
        let mutable reader = Utf8JsonReader data
        let mutable event = nothing
        let mutable slot = nothing
        let mutable position = -1
        let mutable text = ""
        let mutable isClear = opens &reader

        // A name that comes twice is not understood: a document takes the last.
        while isClear && reader.Read() && reader.TokenType = JsonTokenType.PropertyName do
            if named &reader CohereName.kind then
                isClear <- event = nothing

                if isClear then
                    event <- readType &reader
                    isClear <- event <> nothing
            elif named &reader CohereName.index then
                isClear <-
                    position < 0
                    && reader.Read()
                    && reader.TokenType = JsonTokenType.Number
                    && reader.TryGetInt32 &position
                    && position >= 0
            elif named &reader CohereName.delta then
                isClear <- slot = nothing && readDelta &reader &slot &text
            else
                isClear <- false

        if
            isClear
            && reader.TokenType = JsonTokenType.EndObject
            && not (reader.Read())
            && event <> nothing
            && slot <> nothing
            && agrees event slot
        then
            let place = if slot = CohereSlot.Plan then 0 else max position 0

            match CohereState.findOpen slot place state.Parts with
            | _ when text = "" -> ValueSome Chunks.empty
            | ValueSome part when part.HasText -> CohereState.deltaOf part text |> ValueOption.map Chunks.one
            | _ -> ValueNone
        else
            ValueNone

    /// The chunks of a delta that changes nothing but its part; ValueNone for any other event.
    let tryRead (state: CohereState) (event: WireEvent) : Chunks voption =
        if state.IsFinished || state.IsDone || event.Name = "error" then
            ValueNone
        else
            try
                read state event.Data.Span
            with
            | :? JsonException
            // An escaped name with a lone surrogate.
            | :? InvalidOperationException -> ValueNone
