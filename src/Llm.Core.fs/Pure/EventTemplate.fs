// Why a delta costs less than reading its JSON: a provider's deltas are alike byte for byte but for their text and a few values that nobody
// reads. A template is what an event that the reader understood has in common with the next ones; an event that fits it is that event
// again with another text, so its chunk is known without reading. What does not fit goes to the reader. Equal to the reader by
// construction: the holes are where the reader itself said (`Marks`) that it took the text, or passed over a value unseen.
// Called by the decoders in Codec.fs; knows no format.
namespace Llm.Core

open System
open System.Buffers
open System.Collections.Generic
open System.Globalization
open System.Text.Json

/// A value that may be another one: where it stands in the event.
[<Struct; NoComparison>]
type internal FreeValue =
    {
        Start: int
        Length: int
        IsNumber: bool
        /// Which counter it is a value of; -1 where the reader passed over it, whatever it was.
        Counter: int
    }

/// What a reader notes of an event: where the text of its delta stands, and which values it passed over. Null where nobody learns from it.
[<Sealed; AllowNullLiteral>]
type internal Marks() =
    let free = List<FreeValue>()
    let mutable textStart = -1
    let mutable textLength = 0
    let mutable isOne = true

    /// The string at the reader is the delta's text, and matters in no other way.
    member _.Text(reader: byref<Utf8JsonReader>) : unit =
        isOne <- textStart < 0
        textStart <- int reader.TokenStartIndex + 1
        textLength <- reader.ValueSpan.Length

    /// The value at the reader matters in no way: another string, or number, would do as well.
    member this.Passed(reader: byref<Utf8JsonReader>) : unit =
        if reader.TokenType = JsonTokenType.String then
            free.Add
                {
                    Start = int reader.TokenStartIndex + 1
                    Length = reader.ValueSpan.Length
                    IsNumber = false
                    Counter = -1
                }
        elif reader.TokenType = JsonTokenType.Number then
            this.Counted(-1, &reader)

    /// The number at the reader is a counter's value, and matters in no other way.
    member _.Counted(counter: int, reader: byref<Utf8JsonReader>) : unit =
        free.Add
            {
                Start = int reader.TokenStartIndex
                Length = reader.ValueSpan.Length
                IsNumber = true
                Counter = counter
            }

    /// Where the text stands, without its quotes; ValueNone where there is none, or more than one.
    member _.TextRange: struct (int * int) voption =
        if isOne && textStart >= 0 then ValueSome(struct (textStart, textLength)) else ValueNone

    /// The values that may be others, in their order.
    member _.FreeValues: FreeValue[] = free.ToArray()

/// What may stand between two literal stretches of a template.
type internal EventHole =
    /// The delta's text: a string's inside, escapes and all.
    | Text = 0
    /// The inside of a string that nobody reads.
    | String = 1
    /// A number that nobody reads.
    | Number = 2
    /// A counter's value.
    | Counter = 3

/// <summary>The deltas that are like one: its bytes, cut into stretches that must be equal, with a hole between each two.</summary>
[<Sealed; AllowNullLiteral>]
type internal EventTemplate
    (
        name: string,
        sample: byte[],
        free: FreeValue[],
        isOpen: bool[],
        stretches: struct (int * int)[],
        holes: EventHole[],
        counter: int,
        delta: Chunk
    ) =
    /// The event's name.
    member _.Name = name

    /// The event that it was made from.
    member _.Sample = sample

    /// The values of the sample that may be others,
    member _.FreeValues = free

    /// and which of them are holes: those that were seen to differ.
    member _.IsOpen = isOpen

    /// Start and length of what must be equal; one more than there are holes.
    member _.Stretches = stretches

    /// What stands between the stretches.
    member _.Holes = holes

    /// The counter that is a hole; -1 where none is.
    member _.Counter = counter

    /// The sample's chunk: those of the others differ from it in their text only.
    member _.Delta = delta

[<RequireQualifiedAccess>]
module internal EventTemplate =
    let private quote = byte '"'
    let private backslash = byte '\\'

    /// What ends a run of plain characters: a quote, an escape, or a control character, which JSON does not allow in a string.
    let private notable = SearchValues.Create(ReadOnlySpan [| yield! [| 0uy .. 31uy |]; yield quote; yield backslash |])

    let private isHex (value: byte) = Char.IsAsciiHexDigit(char value)

    /// The length of the escape that the bytes begin with; -1 where it is none that JSON knows.
    let private escapeLength (bytes: ReadOnlySpan<byte>) : int =
        if bytes.Length < 2 then
            -1
        else
            match bytes[1] with
            | 34uy // "
            | 92uy // \
            | 47uy // /
            | 98uy // b
            | 102uy // f
            | 110uy // n
            | 114uy // r
            | 116uy -> 2 // t
            | 117uy when bytes.Length >= 6 && isHex bytes[2] && isHex bytes[3] && isHex bytes[4] && isHex bytes[5] -> 6 // u
            | _ -> -1

    /// The length of a string's inside, up to its closing quote; -1 where the string is not well formed.
    let private stringLength (bytes: ReadOnlySpan<byte>) : int =
        let mutable length = 0
        let mutable searching = true

        while searching do
            let run = bytes.Slice(length).IndexOfAny notable

            if run < 0 then
                length <- -1
                searching <- false
            else
                length <- length + run

                if bytes[length] = quote then
                    searching <- false
                else
                    let escape = if bytes[length] = backslash then escapeLength (bytes.Slice length) else -1
                    length <- if escape < 0 then -1 else length + escape
                    searching <- escape > 0

        length

    /// The length of a whole number without sign; -1 where there is none.
    let private numberLength (bytes: ReadOnlySpan<byte>) : int =
        let other = bytes.IndexOfAnyExceptInRange(byte '0', byte '9')

        if other <= 0 || (bytes[0] = byte '0' && other > 1) then -1 else other

    /// Numbers of more digits may be none that an Int64 holds.
    let private mostDigits = 18

    /// The same delta with another text.
    let private withText (text: string) (delta: Chunk) : Chunk voption =
        match delta with
        | Chunk.TextDelta(index, _) -> ValueSome(Chunk.TextDelta(index, text))
        | Chunk.ThoughtDelta(index, _) -> ValueSome(Chunk.ThoughtDelta(index, text))
        | Chunk.ToolCallDelta(index, _) -> ValueSome(Chunk.ToolCallDelta(index, text))
        | _ -> ValueNone

    /// <summary>The chunk of an event that fits, and its counter's value; ValueNone where the reader must decide.</summary>
    let tryRead (event: WireEvent) (count: byref<int64>) (template: EventTemplate) : Chunk voption =
        let data = event.Data.Span
        let sample = ReadOnlySpan template.Sample
        let stretches = template.Stretches
        let holes = template.Holes
        let mutable position = 0
        let mutable textStart = 0
        let mutable textLength = 0
        let mutable fits = String.Equals(event.Name, template.Name)
        let mutable hole = 0

        while fits && hole < holes.Length do
            let struct (start, length) = stretches[hole]
            fits <- data.Slice(position).StartsWith(sample.Slice(start, length))

            if fits then
                position <- position + length
                let rest = data.Slice position
                let kind = holes[hole]
                let filled = if kind >= EventHole.Number then numberLength rest else stringLength rest
                fits <- filled >= 0

                if kind = EventHole.Text then
                    textStart <- position
                    textLength <- filled
                elif kind = EventHole.Counter && fits then
                    fits <- filled <= mostDigits && Int64.TryParse(rest.Slice(0, filled), CultureInfo.InvariantCulture, &count)

                position <- position + filled
                hole <- hole + 1

        if fits && textLength > 0 then
            let struct (start, length) = stretches[holes.Length]

            if data.Slice(position).SequenceEqual(sample.Slice(start, length)) then
                withText (Json.unescape (data.Slice(textStart, textLength))) template.Delta
            else
                ValueNone
        else
            ValueNone

    let private holeOf (value: FreeValue) : EventHole =
        if value.Counter >= 0 then EventHole.Counter
        elif value.IsNumber then EventHole.Number
        else EventHole.String

    /// Cuts the sample at its holes: the text, and the values that are open.
    let private cut (event: WireEvent) struct (textStart, textLength) (free: FreeValue[]) (isOpen: bool[]) (delta: Chunk) : EventTemplate =
        let sample = event.Data.ToArray()
        let opened = Array.zip free isOpen |> Array.filter snd |> Array.map fst

        let holes =
            opened
            |> Array.map (fun value -> struct (value.Start, value.Length, holeOf value))
            |> Array.append [| struct (textStart, textLength, EventHole.Text) |]
            |> Array.sortBy (fun (struct (start, _, _)) -> start)

        let ends = Array.append [| 0 |] (holes |> Array.map (fun (struct (start, length, _)) -> start + length))
        let starts = Array.append (holes |> Array.map (fun (struct (start, _, _)) -> start)) [| sample.Length |]
        let stretches = Array.map2 (fun from until -> struct (from, until - from)) ends starts
        let counter = opened |> Array.fold (fun counter value -> max counter value.Counter) -1
        EventTemplate(event.Name, sample, free, isOpen, stretches, holes |> Array.map (fun (struct (_, _, hole)) -> hole), counter, delta)

    let private textOf (chunk: Chunk) : string =
        match chunk with
        | Chunk.TextDelta(_, text)
        | Chunk.ThoughtDelta(_, text)
        | Chunk.ToolCallDelta(_, text) -> text
        | _ -> ""

    /// Which values are holes: those that were, and those that differ from the ones before.
    let private openAmong (data: ReadOnlyMemory<byte>) (free: FreeValue[]) (before: EventTemplate) : bool[] =
        if isNull before || before.FreeValues.Length <> free.Length then
            Array.create free.Length false
        else
            free
            |> Array.mapi (fun place value ->
                let old = before.FreeValues[place]
                let was = ReadOnlySpan(before.Sample, old.Start, old.Length)
                before.IsOpen[place] || not (data.Span.Slice(value.Start, value.Length).SequenceEqual was))

    /// A counter that comes twice has its last value, and a template tells one counter only.
    let private isTellable (free: FreeValue[]) (isOpen: bool[]) : bool =
        let counters = free |> Array.map _.Counter |> Array.filter (fun counter -> counter >= 0)
        let opened = Array.zip free isOpen |> Array.filter (fun (value, isOpen) -> isOpen && value.Counter >= 0)
        Array.distinct counters = counters && opened.Length <= 1

    /// <summary>
    /// What to expect after an event that the hot path read as this delta and counters; ValueNone where nothing can be learnt. Beside the
    /// template before it shows which values differ from event to event.
    /// </summary>
    let learn (event: WireEvent) (marks: Marks) (delta: Chunk) (before: EventTemplate) : EventTemplate voption =
        match marks.TextRange with
        | ValueSome(struct (start, length) as text) when
            length > 0 && String.Equals(textOf delta, Json.unescape (event.Data.Span.Slice(start, length)))
            ->
            let free = marks.FreeValues
            let isOpen = openAmong event.Data free before
            if isTellable free isOpen then ValueSome(cut event text free isOpen delta) else ValueNone
        | _ -> ValueNone
