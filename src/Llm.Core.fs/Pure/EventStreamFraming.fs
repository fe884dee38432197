// From bytes to events: Amazon's event stream (application/vnd.amazon.eventstream; the Smithy specification of it), binary frames with
// two checksums. Called by the stream loop, for the codecs whose decoders ask for it; knows the exceptions that frames can be, no format.
namespace Llm.Core

open System
open System.Buffers
open System.Buffers.Binary
open System.Buffers.Text
open System.Text
open System.Text.Json

/// What a frame holds.
[<RequireQualifiedAccess>]
type internal FramePayload =
    /// The event itself.
    | Plain
    /// An object whose member <c>bytes</c> is the event in base64, as InvokeModelWithResponseStream has it.
    | Base64Bytes

/// Literals of bytes are made anew wherever they stand; these stand on the hot path.
module private FrameName =
    let messageType = ":message-type"B
    let eventType = ":event-type"B
    let exceptionType = ":exception-type"B
    let errorCode = ":error-code"B
    let errorMessage = ":error-message"B
    let event = "event"B
    let exceptionMessage = "exception"B
    let error = "error"B
    let bytes = "bytes"B

/// What the headers of a frame say, as places in the buffer; a length of -1 where they do not.
[<Struct; NoComparison>]
type private FrameHeaders =
    {
        mutable Kind: struct (int * int)
        mutable Event: struct (int * int)
        mutable Exception: struct (int * int)
        mutable Code: struct (int * int)
        mutable Message: struct (int * int)
    }

/// <summary>
/// Reads frames: a prelude of two lengths and its CRC-32, headers, a payload, and the CRC-32 of all. A wrong checksum is
/// <c>InvalidResponse</c>; a frame that is an exception is that error; a frame that the end of the body cuts gives nothing. A body that
/// is no event stream at all (JSON, or server-sent events, as a gateway may answer) is read as text.
/// </summary>
[<Sealed>]
type internal EventStreamFramer(provider: string, payload: FramePayload) =
    inherit Framer()

    let mutable buffer: byte[] = Array.Empty()
    let mutable start = 0
    let mutable filled = 0
    let mutable lastName = ""
    let mutable failure: LlmError voption = ValueNone
    // The reader of a body that is text, which the first byte tells.
    let mutable isUnseen = true
    let mutable text: TextFramer | null = null

    static let smallest = 4096
    static let preludeLength = 12
    static let checksumLength = 4
    // What the SDKs of Amazon allow: 24 MiB a frame.
    static let longest = 24u * 1024u * 1024u
    static let nowhere = struct (0, -1)

    let release () =
        if buffer.Length > 0 then
            ArrayPool<byte>.Shared.Return buffer
            buffer <- Array.Empty()

        start <- 0
        filled <- 0

    let moveTo (target: byte[]) =
        buffer.AsSpan(start, filled - start).CopyTo(target.AsSpan())
        filled <- filled - start
        start <- 0

    let number (position: int) = BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan(buffer, position, 4))

    let sumOf (position: int) (length: int) = Crc32.ofBytes (ReadOnlySpan(buffer, position, length))

    let at (struct (position, length)) = ReadOnlySpan(buffer, position, max 0 length)

    let textAt (place: struct (int * int)) = Encoding.UTF8.GetString(at place)

    let fail (error: LlmError) : WireEvent voption =
        failure <- ValueSome error
        ValueNone

    let invalid (message: string) = fail (LlmError.InvalidResponse(provider, message, ""))

    /// How many bytes the value of a header's type takes, its own length included; -1 for a type that nobody knows.
    let valueLength (kind: byte) (position: int) (limit: int) =
        match kind with
        | 0uy
        | 1uy -> 0
        | 2uy -> 1
        | 3uy -> 2
        | 4uy -> 4
        | 5uy
        | 8uy -> 8
        | 9uy -> 16
        | 6uy
        | 7uy when position + 2 <= limit -> 2 + int (BinaryPrimitives.ReadUInt16BigEndian(ReadOnlySpan(buffer, position, 2)))
        | _ -> -1

    /// Reads the headers that count; false where they do not fit their length.
    let readHeaders (first: int) (limit: int) (headers: byref<FrameHeaders>) : bool =
        let mutable position = first
        let mutable isSound = true

        while isSound && position < limit do
            let nameLength = int buffer[position]
            let kindPosition = position + 1 + nameLength
            let length = if kindPosition < limit then valueLength buffer[kindPosition] (kindPosition + 1) limit else -1
            let valueEnd = kindPosition + 1 + length
            isSound <- length >= 0 && valueEnd <= limit

            if isSound then
                if buffer[kindPosition] = 7uy then
                    let name = ReadOnlySpan(buffer, position + 1, nameLength)
                    let place = struct (kindPosition + 3, length - 2)

                    if name.SequenceEqual(ReadOnlySpan FrameName.eventType) then headers.Event <- place
                    elif name.SequenceEqual(ReadOnlySpan FrameName.messageType) then headers.Kind <- place
                    elif name.SequenceEqual(ReadOnlySpan FrameName.exceptionType) then headers.Exception <- place
                    elif name.SequenceEqual(ReadOnlySpan FrameName.errorCode) then headers.Code <- place
                    elif name.SequenceEqual(ReadOnlySpan FrameName.errorMessage) then headers.Message <- place

                position <- valueEnd

        isSound

    let nameAt (place: struct (int * int)) =
        if not (Ascii.Equals(at place, lastName.AsSpan())) then lastName <- textAt place

        lastName

    /// Where the text of the member <c>bytes</c> stands; nowhere in what is no such object.
    let base64In (position: int) (length: int) : struct (int * int) =
        let mutable found = nowhere

        try
            let mutable reader = Utf8JsonReader(ReadOnlySpan(buffer, position, length))
            let mutable searching = reader.Read() && reader.TokenType = JsonTokenType.StartObject

            while searching && reader.Read() && reader.TokenType = JsonTokenType.PropertyName do
                let isBytes = reader.ValueTextEquals FrameName.bytes

                if isBytes && reader.Read() && reader.TokenType = JsonTokenType.String && not reader.ValueIsEscaped then
                    found <- struct (position + int reader.TokenStartIndex + 1, reader.ValueSpan.Length)
                    searching <- false
                elif isBytes then
                    searching <- false
                else
                    reader.Skip()
        with
        | :? JsonException
        | :? InvalidOperationException -> ()

        found

    /// The event in the payload. Base64 is decoded where it stands: the frame is not read again.
    let dataOf (position: int) (length: int) : ReadOnlyMemory<byte> =
        let asItCame = ReadOnlyMemory(buffer, position, length)

        match payload with
        | FramePayload.Plain -> asItCame
        | FramePayload.Base64Bytes ->
            match base64In position length with
            | struct (_, -1) -> asItCame
            | struct (first, count) ->
                let mutable written = 0

                if Base64.DecodeFromUtf8InPlace(buffer.AsSpan(first, count), &written) = OperationStatus.Done then
                    ReadOnlyMemory(buffer, first, written)
                else
                    asItCame

    let readMessage (headers: FrameHeaders) (position: int) (length: int) : WireEvent voption =
        let kind = at headers.Kind

        if kind.SequenceEqual(ReadOnlySpan FrameName.exceptionMessage) then
            fail (ErrorBody.ofException provider (textAt headers.Exception) (ReadOnlyMemory(buffer, position, length)))
        elif kind.SequenceEqual(ReadOnlySpan FrameName.error) then
            let message = Encoding.UTF8.GetBytes(textAt headers.Message)
            fail (ErrorBody.ofException provider (textAt headers.Code) (ReadOnlyMemory message))
        else
            // A frame of a type of tomorrow has no name that a decoder would know.
            let isEvent = kind.Length = 0 || kind.SequenceEqual(ReadOnlySpan FrameName.event)

            ValueSome
                {
                    Name = if isEvent then nameAt headers.Event else textAt headers.Kind
                    Data = dataOf position length
                    IsWhole = true
                }

    /// The frame at the start of the buffer, whose prelude is right and whose bytes are all there.
    let readFrame (total: int) (headersLength: int) : WireEvent voption =
        let first = start
        let checksum = first + total - checksumLength

        if sumOf first (total - checksumLength) <> number checksum then
            invalid "the checksum of a frame is wrong"
        else
            let payloadStart = first + preludeLength + headersLength
            let mutable headers = { Kind = nowhere; Event = nowhere; Exception = nowhere; Code = nowhere; Message = nowhere }
            start <- first + total

            if readHeaders (first + preludeLength) payloadStart &headers then
                readMessage headers payloadStart (checksum - payloadStart)
            else
                invalid "the headers of a frame cannot be read"

    let next () : WireEvent voption =
        if failure.IsSome || filled - start < preludeLength then
            ValueNone
        else
            let total = number start
            let headersLength = number (start + 4)

            if sumOf start 8 <> number (start + 8) then
                invalid "the checksum of a frame's prelude is wrong"
            elif total > longest || headersLength > total || total - headersLength < uint32 (preludeLength + checksumLength) then
                invalid $"a frame of {total} bytes with {headersLength} bytes of headers cannot be"
            elif filled - start < int total then
                ValueNone
            else
                readFrame (int total) (int headersLength)

    /// The first byte of a frame belongs to its length, and is 0 or 1; no text begins so.
    let isText () =
        let found = isUnseen && filled > 0 && buffer[0] > 1uy

        if filled > 0 then isUnseen <- false

        found

    let asText () : TextFramer =
        match text with
        | null ->
            let reader = new TextFramer()
            reader.Append(ReadOnlySpan(buffer, 0, filled))
            release ()
            text <- reader
            reader
        | reader -> reader

    override _.GetMemory() : Memory<byte> =
        match text with
        | null ->
            if start = filled then
                start <- 0
                filled <- 0

            if buffer.Length = 0 then
                buffer <- ArrayPool<byte>.Shared.Rent smallest
            elif filled = buffer.Length && start > buffer.Length / 2 then
                moveTo buffer
            elif filled = buffer.Length then
                let larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2)
                let old = buffer
                moveTo larger
                buffer <- larger
                ArrayPool<byte>.Shared.Return old

            buffer.AsMemory filled
        | reader -> reader.GetMemory()

    override _.Advance(count: int) : unit =
        match text with
        | null -> filled <- filled + count
        | reader -> reader.Advance count

    override _.End() : unit =
        match text with
        | null -> if isText () then asText().End()
        | reader -> reader.End()

    override _.TryRead() : WireEvent voption =
        match text with
        | null -> if isText () then asText().TryRead() else next ()
        | reader -> reader.TryRead()

    override _.Failure = failure

    override _.Rest() : bool =
        match text with
        | null ->
            if start = filled then release ()

            start = filled
        | reader -> reader.Rest()

    override _.Dispose() : unit =
        match text with
        | null -> release ()
        | reader -> reader.Dispose()
