// From bytes to events: server-sent events (WHATWG HTML, 9.2), and JSON objects one after the other (an array, lines, or
// one body), told apart by the first byte.
// Called by the stream loop and by tests; knows no provider. Binary frames are read in EventStreamFraming.fs.
// Own code rather than System.Net.ServerSentEvents: that parser drops a last event without a blank line, which providers do send
// and which may hold the proof of completeness; see docs/decisions.
namespace Llm.Core

open System
open System.Buffers
open System.Text

/// <summary>An event as it came over the wire. The data is valid until the framer is asked for the next one.</summary>
[<Struct; NoComparison; NoEquality>]
type WireEvent =
    {
        /// The event's name; empty when it has none.
        Name: string
        /// The event's data: mostly JSON in UTF-8.
        Data: ReadOnlyMemory<byte>
        /// False when the bytes ended before the event did.
        IsWhole: bool
    }

/// <summary>
/// Splits bytes that arrive in any pieces into events. Linear in the number of bytes; one owner. Bytes are read straight into its
/// pooled buffer, which it gives back whenever nothing is pending, so that an idle stream holds none.
/// </summary>
[<AbstractClass>]
type Framer() =
    /// <summary>Room to read bytes into; hand back how many came with <see cref="M:Llm.Core.Framer.Advance(System.Int32)"/>.</summary>
    abstract GetMemory: unit -> Memory<byte>

    /// <summary>That many bytes were read into the memory.</summary>
    abstract Advance: count: int -> unit

    /// <summary>No more bytes will come: what is pending is read as it is.</summary>
    abstract End: unit -> unit

    /// <summary>The next event, when one is there.</summary>
    abstract TryRead: unit -> WireEvent voption

    /// <summary>What the framing itself says went wrong, once all events before it were read; nothing can follow it.</summary>
    abstract Failure: LlmError voption

    default _.Failure = ValueNone

    /// <summary>Gives the buffer back when nothing is pending in it, and tells whether none is held: call it before a wait.</summary>
    abstract Rest: unit -> bool

    /// <summary>Gives the buffer back for good.</summary>
    abstract Dispose: unit -> unit

    /// <summary>Appends bytes that stand elsewhere.</summary>
    member this.Append(bytes: ReadOnlySpan<byte>) : unit =
        let mutable rest = bytes

        while rest.Length > 0 do
            let memory = this.GetMemory()
            let count = min memory.Length rest.Length
            rest.Slice(0, count).CopyTo memory.Span
            this.Advance count
            rest <- rest.Slice count

    interface IDisposable with
        member this.Dispose() = this.Dispose()

/// How the bytes are framed, once the first byte has told.
[<RequireQualifiedAccess>]
type internal Framing =
    | Unknown = 0
    | ServerSentEvents = 1
    | JsonObjects = 2

/// Literals of bytes are made anew wherever they stand, and static fields are looked after at each use; these stand on the hot path.
module private TextFrame =
    let data = "data"B
    let event = "event"B

    [<Literal>]
    let LineFeed = 10uy

    [<Literal>]
    let CarriageReturn = 13uy

    /// Room for the first bytes after a wait, in bytes.
    [<Literal>]
    let Smallest = 4096

    [<Literal>]
    let Largest = 32768

/// <summary>Reads server-sent events, or JSON objects one after the other.</summary>
[<Sealed>]
type TextFramer() =
    inherit Framer()
    // One data line is sliced out of the buffer where it stands; the rare second one makes a joined copy.
    let mutable buffer: byte[] = Array.Empty()
    let mutable filled = 0
    // Where the pending event begins, and up to where it has been looked at.
    let mutable start = 0
    let mutable scanned = 0
    let mutable framing = Framing.Unknown
    let mutable ended = false
    // Server-sent events
    let mutable lineStart = 0
    let mutable skipLineFeed = false
    let mutable name = ""
    let mutable lastName = ""
    let mutable dataStart = -1
    let mutable dataLength = 0
    let mutable joined: ArrayBufferWriter<byte> | null = null
    // JSON objects
    let mutable depth = 0
    let mutable inString = false
    let mutable escaped = false

    // How much to make room for: more while reads fill it, for then more is waiting.
    let mutable room = TextFrame.Smallest

    let isSpace (value: byte) = value = byte ' ' || value = byte '\t' || value = TextFrame.LineFeed || value = TextFrame.CarriageReturn

    let release () =
        if buffer.Length > 0 then
            ArrayPool<byte>.Shared.Return buffer
            buffer <- Array.Empty()

        filled <- 0
        start <- 0
        scanned <- 0
        lineStart <- 0

    let moveTo (target: byte[]) =
        buffer.AsSpan(start, filled - start).CopyTo(target.AsSpan())
        filled <- filled - start
        scanned <- scanned - start
        lineStart <- lineStart - start
        dataStart <- if dataStart < 0 then dataStart else dataStart - start
        start <- 0

    let isDataPending () = dataStart >= 0 || not (isNull joined)

    let nameOf (value: ReadOnlySpan<byte>) =
        let same = Ascii.Equals(value, lastName.AsSpan())

        if not same then lastName <- Recurring.text value

        lastName

    /// One line without its end: a field, a comment, or nonsense, which is ignored.
    let readField (lineBegin: int) (length: int) =
        let line = ReadOnlySpan(buffer, lineBegin, length)
        let colon = line.IndexOf(byte ':')
        let field = if colon < 0 then line else line.Slice(0, colon)

        let valueOffset =
            if colon < 0 then length
            elif colon + 1 < length && line[colon + 1] = byte ' ' then colon + 2
            else colon + 1

        if field.SequenceEqual(ReadOnlySpan TextFrame.data) then
            let valueBegin = lineBegin + valueOffset
            let valueLength = length - valueOffset

            if not (isDataPending ()) then
                dataStart <- valueBegin
                dataLength <- valueLength
            else
                let writer =
                    match joined with
                    | null ->
                        let fresh = ArrayBufferWriter<byte>(dataLength + valueLength + 1)
                        fresh.Write(ReadOnlySpan(buffer, dataStart, dataLength))
                        dataStart <- -1
                        joined <- fresh
                        fresh
                    | existing -> existing

                writer.Write(ReadOnlySpan [| TextFrame.LineFeed |])
                writer.Write(ReadOnlySpan(buffer, valueBegin, valueLength))
        elif field.SequenceEqual(ReadOnlySpan TextFrame.event) then
            name <- nameOf (line.Slice valueOffset)

    let takeEvent (isWhole: bool) : WireEvent =
        let data =
            match joined with
            | null -> ReadOnlyMemory(buffer, dataStart, dataLength)
            | writer -> writer.WrittenMemory

        let event = { Name = name; Data = data; IsWhole = isWhole }

        name <- ""
        dataStart <- -1
        joined <- null
        event

    /// Reads lines until an event is whole.
    let nextServerSentEvent () : WireEvent voption =
        let mutable result = ValueNone
        let mutable searching = true

        while searching do
            if skipLineFeed && lineStart < filled then
                if buffer[lineStart] = TextFrame.LineFeed then lineStart <- lineStart + 1

                skipLineFeed <- false
                scanned <- max scanned lineStart

                if not (isDataPending ()) then start <- lineStart

            let unseen = ReadOnlySpan(buffer, scanned, filled - scanned)
            let found = unseen.IndexOfAny(TextFrame.LineFeed, TextFrame.CarriageReturn)

            if found < 0 then
                scanned <- filled
                searching <- false
            else
                let lineEnd = scanned + found
                skipLineFeed <- buffer[lineEnd] = TextFrame.CarriageReturn
                let length = lineEnd - lineStart
                let lineBegin = lineStart
                lineStart <- lineEnd + 1
                scanned <- lineStart

                if length > 0 then
                    readField lineBegin length

                    // Nothing of the event must be kept so far: comments and names do not pile up.
                    if not (isDataPending ()) then start <- lineStart
                else
                    start <- lineStart

                    if isDataPending () then
                        result <- ValueSome(takeEvent true)
                        searching <- false
                    else
                        name <- ""

        result

    /// Reads until an object that stands outside of all others is whole. What stands between objects is skipped.
    let nextJsonObject () : WireEvent voption =
        let mutable result = ValueNone

        while result.IsNone && scanned < filled do
            let value = buffer[scanned]

            if inString then
                if escaped then escaped <- false
                elif value = byte '\\' then escaped <- true
                elif value = byte '"' then inString <- false
            elif value = byte '"' && depth > 0 then
                inString <- true
            elif value = byte '{' then
                if depth = 0 then start <- scanned

                depth <- depth + 1
            elif value = byte '}' && depth > 0 then
                depth <- depth - 1

                if depth = 0 then
                    result <- ValueSome { Name = ""; Data = ReadOnlyMemory(buffer, start, scanned + 1 - start); IsWhole = true }

                    start <- scanned + 1

            scanned <- scanned + 1

            if depth = 0 && result.IsNone then start <- scanned

        result

    /// Skips a byte order mark and white space, and looks at what stands there.
    let detect () =
        while framing = Framing.Unknown && scanned < filled do
            let value = buffer[scanned]

            if value = 0xEFuy || value = 0xBBuy || value = 0xBFuy || isSpace value then
                scanned <- scanned + 1
                start <- scanned
                lineStart <- scanned
            elif value = byte '{' || value = byte '[' then
                framing <- Framing.JsonObjects
            else
                framing <- Framing.ServerSentEvents

    override _.GetMemory() : Memory<byte> =
        if start = filled && dataStart < 0 && buffer.Length > 0 then
            let shift = start
            filled <- 0
            start <- 0
            scanned <- 0
            lineStart <- lineStart - shift

        if buffer.Length = 0 then
            buffer <- ArrayPool<byte>.Shared.Rent room
        elif filled = buffer.Length then
            if start > buffer.Length / 2 then
                moveTo buffer
            else
                let larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2)
                let old = buffer
                moveTo larger
                buffer <- larger
                ArrayPool<byte>.Shared.Return old

        buffer.AsMemory filled

    override _.Advance(count: int) : unit =
        filled <- filled + count
        room <- if filled = buffer.Length then min TextFrame.Largest (2 * buffer.Length) else TextFrame.Smallest

    override _.End() : unit = ended <- true

    override _.TryRead() : WireEvent voption =
        if framing = Framing.Unknown then detect ()

        let next =
            match framing with
            | Framing.ServerSentEvents -> nextServerSentEvent ()
            | Framing.JsonObjects -> nextJsonObject ()
            | _ -> ValueNone

        match next with
        | ValueSome _ -> next
        | ValueNone when not ended -> ValueNone
        | ValueNone ->
            match framing with
            | Framing.ServerSentEvents ->
                if filled > lineStart then
                    readField lineStart (filled - lineStart)
                    lineStart <- filled
                    start <- filled

                if isDataPending () then ValueSome(takeEvent false) else ValueNone
            | Framing.JsonObjects when depth > 0 ->
                depth <- 0
                let data = ReadOnlyMemory(buffer, start, filled - start)
                start <- filled

                ValueSome { Name = ""; Data = data; IsWhole = false }
            | _ -> ValueNone

    override _.Rest() : bool =
        let isBetweenLines = framing = Framing.JsonObjects || lineStart >= filled

        if start = filled && dataStart < 0 && isBetweenLines then release ()

        buffer.Length = 0

    override _.Dispose() : unit = release ()

/// Pure forms of the framer, for tests and for bodies that are there already.
[<RequireQualifiedAccess>]
module Framing =
    /// <summary>The events of a body that comes in these pieces: data as text, name, and whether it was whole.</summary>
    /// <example>
    /// <c>Framing.events [ "data: 1\n\n"B ]</c> evaluates to <c>[ struct ("", "1", true) ]</c>.
    /// </example>
    let events (pieces: byte[] list) : struct (string * string * bool) list =
        use framer = new TextFramer()

        let rec drain taken =
            match framer.TryRead() with
            | ValueSome event -> drain (struct (event.Name, Encoding.UTF8.GetString event.Data.Span, event.IsWhole) :: taken)
            | ValueNone -> taken

        let feed taken (piece: byte[]) =
            framer.Append(ReadOnlySpan piece)
            drain taken

        let taken = List.fold feed [] pieces
        framer.End()
        drain taken |> List.rev
