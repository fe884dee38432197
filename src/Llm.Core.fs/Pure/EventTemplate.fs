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
open System.Numerics
open System.Text
open System.Text.Json

/// What may stand behind a stretch of a template.
type internal EventHole =
    /// Nothing: the event ends.
    | End = 0uy
    /// The delta's text: a string's inside, escapes and all.
    | Text = 1uy
    /// The inside of a string that nobody reads.
    | String = 2uy
    /// A number that nobody reads.
    | Number = 3uy
    /// A counter's value.
    | Counter = 4uy

/// A value that may be another one: where it stands in the event.
[<Struct; NoComparison>]
type internal FreeValue =
    {
        Start: int
        Length: int
        /// Two values whose prints differ are not the same; whose prints are the same are hardly ever different. Never 0.
        Print: uint32
        /// What it is a hole for.
        Kind: EventHole
        /// Which counter it is a value of; -1 where the reader passed over it, whatever it was.
        Counter: sbyte
    }

/// Bytes that must be equal, and what stands behind them.
[<Struct; NoComparison>]
type internal Stretch = { From: int; Count: int; Hole: EventHole }

/// What a reader notes of an event: where the text of its delta stands, and which values it passed over. Null where nobody learns from it.
/// There is one a thread, for an event's notes are done with when it was read; each of a stream's first events would else make its own.
[<Sealed; AllowNullLiteral>]
type internal Marks private () =
    /// Events with more values than this are none of a provider.
    static let mostKept = 256

    [<ThreadStatic; DefaultValue>]
    static val mutable private own: Marks

    let free = List<FreeValue> 16
    let mutable textStart = -1
    let mutable textLength = 0
    let mutable isOne = true

    static let printOf (value: ReadOnlySpan<byte>) : uint32 =
        let mutable print = 0u

        for place in 0 .. value.Length - 1 do
            print <- BitOperations.Crc32C(print, value[place])

        if print = 0u then 1u else print

    let add (start: int) (value: ReadOnlySpan<byte>) (kind: EventHole) (counter: int) =
        free.Add
            {
                Start = start
                Length = value.Length
                Print = printOf value
                Kind = kind
                Counter = sbyte counter
            }

    /// This thread's, with nothing in it: good for one event.
    static member Blank() : Marks =
        if isNull Marks.own then Marks.own <- Marks()

        Marks.own.Clear()
        Marks.own

    member private _.Clear() : unit =
        free.Clear()

        if free.Capacity > mostKept then free.Capacity <- mostKept

        textStart <- -1
        textLength <- 0
        isOne <- true

    /// The string at the reader is the delta's text, and matters in no other way.
    member _.Text(reader: byref<Utf8JsonReader>) : unit =
        isOne <- textStart < 0
        textStart <- int reader.TokenStartIndex + 1
        textLength <- reader.ValueSpan.Length

    /// The value at the reader matters in no way: another string, or number, would do as well.
    member _.Passed(reader: byref<Utf8JsonReader>) : unit =
        match reader.TokenType with
        | JsonTokenType.String -> add (int reader.TokenStartIndex + 1) reader.ValueSpan EventHole.String -1
        | JsonTokenType.Number -> add (int reader.TokenStartIndex) reader.ValueSpan EventHole.Number -1
        | _ -> ()

    /// The number at the reader is a counter's value, and matters in no other way.
    member _.Counted(counter: int, reader: byref<Utf8JsonReader>) : unit =
        add (int reader.TokenStartIndex) reader.ValueSpan EventHole.Counter counter

    /// Where the text stands, without its quotes; ValueNone where there is none, or more than one.
    member _.TextRange: struct (int * int) voption =
        if isOne && textStart >= 0 then ValueSome(struct (textStart, textLength)) else ValueNone

    /// The values that may be others, in their order.
    member _.FreeValues: List<FreeValue> = free

/// <summary>The deltas that are like one: its bytes, cut into stretches that must be equal, with a hole between each two.</summary>
[<Sealed; AllowNullLiteral>]
type internal EventTemplate(name: string, sample: byte[], prints: uint32[], stretches: Stretch[], counter: int, delta: Chunk) =
    /// The event's name.
    member _.Name = name

    /// The event that it was made from; nothing where it only remembers an event's values.
    member _.Sample = sample

    /// Of each value that may be another one its print; 0 where it is a hole, for it was seen to differ.
    member _.Prints = prints

    /// The last one ends the event; there are none where it only remembers an event's values, and no event fits.
    member _.Stretches = stretches

    /// The counter that is a hole; -1 where none is.
    member _.Counter = counter

    /// The sample's chunk: those of the others differ from it in their text only.
    member _.Delta = delta

[<RequireQualifiedAccess>]
module internal EventTemplate =
    let private quote = byte '"'
    let private backslash = byte '\\'

    /// What ends a run of plain characters: a quote, an escape, or a control character, which JSON does not allow in a string.
    let private notable = SearchValues.Create(ReadOnlySpan(Encoding.UTF8.GetBytes Json.escaped))

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

    /// <summary>The chunk of an event that fits, and its counter's value; ValueNone where the reader must decide.</summary>
    let tryRead (event: WireEvent) (count: byref<int64>) (template: EventTemplate) : Chunk voption =
        let data = event.Data.Span
        let stretches = template.Stretches
        let mutable position = 0
        let mutable textStart = 0
        let mutable textLength = 0
        let mutable fits = String.Equals(event.Name, template.Name)
        let mutable place = 0

        while fits && place < stretches.Length do
            let stretch = stretches[place]
            fits <- data.Slice(position).StartsWith(ReadOnlySpan(template.Sample, stretch.From, stretch.Count))

            if fits then
                position <- position + stretch.Count
                let rest = data.Slice position

                let filled =
                    match stretch.Hole with
                    | EventHole.End -> if rest.IsEmpty then 0 else -1
                    | EventHole.Text
                    | EventHole.String -> stringLength rest
                    | _ -> numberLength rest

                fits <- filled >= 0

                if stretch.Hole = EventHole.Text then
                    textStart <- position
                    textLength <- filled
                elif stretch.Hole = EventHole.Counter && fits then
                    fits <- filled <= mostDigits && Int64.TryParse(rest.Slice(0, filled), CultureInfo.InvariantCulture, &count)

                position <- position + filled
                place <- place + 1

        if fits && textLength > 0 then
            ValueSome(Chunk.withDeltaText (Json.unescape (data.Slice(textStart, textLength))) template.Delta)
        else
            ValueNone

    /// Whether the values of an event may be those of the one before, one by one.
    let private hasSameValues (free: List<FreeValue>) (before: EventTemplate) : bool =
        not (isNull before) && before.Prints.Length = free.Count

    let private printsOf (free: List<FreeValue>) : uint32[] =
        let prints = if free.Count = 0 then Array.Empty() else Array.zeroCreate free.Count

        for place in 0 .. free.Count - 1 do
            prints[place] <- free[place].Print

        prints

    /// The prints of the values, of which those are holes that were, and those that differ from the ones before.
    let private opened (free: List<FreeValue>) (before: EventTemplate) : uint32[] =
        let prints = printsOf free

        for place in 0 .. prints.Length - 1 do
            if prints[place] <> before.Prints[place] then prints[place] <- 0u

        prints

    /// A counter that comes twice has its last value, and a template tells one counter only.
    let private isTellable (free: List<FreeValue>) (prints: uint32[]) : bool =
        let mutable seen = 0
        let mutable isClear = true
        let mutable opened = 0

        for place in 0 .. prints.Length - 1 do
            if free[place].Counter >= 0y then
                let bit = 1 <<< int free[place].Counter
                isClear <- isClear && seen &&& bit = 0
                seen <- seen ||| bit
                opened <- if prints[place] = 0u then opened + 1 else opened

        isClear && opened <= 1

    /// The counter that is a hole; -1 where none is.
    let private openCounter (free: List<FreeValue>) (prints: uint32[]) : int =
        let mutable counter = -1

        for place in 0 .. prints.Length - 1 do
            if prints[place] = 0u then counter <- max counter (int free[place].Counter)

        counter

    /// Cuts the sample at its holes: the text, and the values that are open. All are in the order in which the reader came by them.
    let private cut (length: int) (struct (textStart, textLength)) (free: List<FreeValue>) (prints: uint32[]) : Stretch[] =
        let mutable opened = 0

        for print in prints do
            if print = 0u then opened <- opened + 1

        let stretches = Array.zeroCreate<Stretch>(opened + 2)
        let mutable filled = 0
        let mutable from = 0
        let mutable isBefore = true

        // No closure for what is done three times: it would make cells of the variables.
        for place in 0 .. prints.Length - 1 do
            let value = free[place]

            if isBefore && value.Start > textStart then
                stretches[filled] <- { From = from; Count = textStart - from; Hole = EventHole.Text }
                filled <- filled + 1
                from <- textStart + textLength
                isBefore <- false

            if prints[place] = 0u then
                stretches[filled] <- { From = from; Count = value.Start - from; Hole = value.Kind }
                filled <- filled + 1
                from <- value.Start + value.Length

        if isBefore then
            stretches[filled] <- { From = from; Count = textStart - from; Hole = EventHole.Text }
            filled <- filled + 1
            from <- textStart + textLength

        stretches[filled] <- { From = from; Count = length - from; Hole = EventHole.End }
        stretches

    /// Whether the text that the delta has stands there, and nothing else.
    let private hasText (text: string) (inside: ReadOnlySpan<byte>) : bool = text <> "" && String.Equals(text, Json.unescape inside)

    /// <summary>
    /// What to expect after an event that the hot path read as this delta and counters; ValueNone where nothing can be learnt. One event alone
    /// does not tell which of its values differ from event to event: of the first its values are remembered, and the next one is copied.
    /// </summary>
    let learn (event: WireEvent) (marks: Marks) (delta: Chunk) (before: EventTemplate) : EventTemplate voption =
        let free = marks.FreeValues

        match marks.TextRange with
        | ValueNone -> ValueNone
        | ValueSome _ when free.Count > 0 && not (hasSameValues free before) ->
            ValueSome(EventTemplate(event.Name, Array.Empty(), printsOf free, Array.Empty(), -1, delta))
        | ValueSome(struct (start, length) as text) ->
            let prints = opened free before

            if isTellable free prints && hasText (Chunk.deltaText delta) (event.Data.Span.Slice(start, length)) then
                let sample = event.Data.ToArray()
                ValueSome(EventTemplate(event.Name, sample, prints, cut sample.Length text free prints, openCounter free prints, delta))
            else
                ValueNone
