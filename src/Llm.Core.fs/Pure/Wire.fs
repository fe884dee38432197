// What all encoders and decoders of wire formats share: writing a body, and going through a provider's own form of a message.
namespace Llm.Core

open System
open System.Buffers
open System.Buffers.Text
open System.Text
open System.Text.Json

/// A writer that rests until the next body is written on its thread: making one takes as much as a short request. It is taken away while
/// somebody writes, so that a body within a body has another, and does not come back when something went wrong.
[<AbstractClass; Sealed>]
type private RestingWriter() =
    [<ThreadStatic; DefaultValue>]
    static val mutable private resting: Utf8JsonWriter | null

    /// Where a writer at rest would write: it holds nobody's buffer.
    static let nowhere = ArrayBufferWriter<byte>()

    static member Take(buffer: IBufferWriter<byte>) : Utf8JsonWriter =
        match RestingWriter.resting with
        | null -> new Utf8JsonWriter(buffer, Json.writerOptions)
        | writer ->
            RestingWriter.resting <- null
            writer.Reset buffer
            writer

    static member GiveBack(writer: Utf8JsonWriter) : unit =
        writer.Reset nowhere
        RestingWriter.resting <- writer

[<RequireQualifiedAccess>]
module internal Wire =
    /// A request's body. It is written when it is asked for: nothing may go wrong then, so an encoder checks first.
    let body (write: Utf8JsonWriter -> unit) : RequestBody =
        RequestBody.create (fun buffer ->
            let writer = RestingWriter.Take buffer
            write writer
            writer.Flush()
            RestingWriter.GiveBack writer)

    /// JSON as it is: it was checked when it became a Json.
    let raw (json: Json) (writer: Utf8JsonWriter) : unit = writer.WriteRawValue(Json.text json, skipInputValidation = true)

    /// Any text. The writer itself would refuse a lone surrogate, and is slow where there is something to escape.
    let text (text: string) (writer: Utf8JsonWriter) : unit =
        let literal = ArrayPool<byte>.Shared.Rent(JsonLiteral.maxLength text)
        let length = JsonLiteral.write text (literal.AsSpan())
        writer.WriteRawValue(ReadOnlySpan(literal, 0, length), skipInputValidation = true)
        ArrayPool<byte>.Shared.Return literal

    /// A property that is any text.
    let textProperty (name: string) (value: string) (writer: Utf8JsonWriter) : unit =
        writer.WritePropertyName name
        text value writer

    /// A property, where there is a value.
    let optional (name: string) (value: 'value option) (write: Utf8JsonWriter -> 'value -> unit) (writer: Utf8JsonWriter) : unit =
        match value with
        | Some value ->
            writer.WritePropertyName name
            write writer value
        | None -> ()

    /// An object with these members.
    let inline object (writer: Utf8JsonWriter) ([<InlineIfLambda>] members: unit -> unit) : unit =
        writer.WriteStartObject()
        members ()
        writer.WriteEndObject()

    /// An array with these items.
    let inline array (writer: Utf8JsonWriter) ([<InlineIfLambda>] items: unit -> unit) : unit =
        writer.WriteStartArray()
        items ()
        writer.WriteEndArray()

    /// <c>{"role":...,"content":...}</c>. Nearly all of a long conversation is this, so it is written without a closure.
    let message (role: string) (content: string) (writer: Utf8JsonWriter) : unit =
        writer.WriteStartObject()
        writer.WriteString("role", role)
        textProperty "content" content writer
        writer.WriteEndObject()

    /// Arguments of a tool call as the JSON value they are; an empty object when they are cut off or no object.
    let argumentsObject (arguments: string) : Json =
        match Dom.parseText arguments Dom.isObject with
        | Ok true -> arguments |> Json.trim |> Json.escapeLoneSurrogates |> Json.trusted
        | Ok false
        | Error _ -> Json.trusted "{}"

    /// Writes the items of a provider's own form of a message, each as it came: what stands between the brackets of the array is just that.
    let nativeItems (native: Json) (writer: Utf8JsonWriter) : unit =
        let text = (Json.text native).AsSpan()

        if text.Length < 2 || text[0] <> '[' then
            raw native writer
        else
            let items = text.Slice(1, text.Length - 2)

            if not (items.IsWhiteSpace()) then writer.WriteRawValue(items, skipInputValidation = true)

    /// Whether a provider's own form of a message is a list of items, of which each passes: then it goes back in one piece.
    let isWhole (passes: JsonElement -> bool) (native: Json) : bool =
        let allPass (root: JsonElement) =
            if root.ValueKind <> JsonValueKind.Array || root.GetArrayLength() = 0 then
                false
            else
                let mutable items = root.EnumerateArray()
                let mutable pass = true

                while pass && items.MoveNext() do
                    pass <- passes items.Current

                pass

        Dom.parseText (Json.text native) allPass |> Result.defaultValue false

    /// What is turned into base64 at a time: a multiple of three, so that only the last piece is padded.
    let private piece = 48 * 1024

    /// The rest of a string that was begun: the bytes in base64, written piece by piece and never held as a whole.
    let private base64Segments (isUrlSafe: bool) (data: Bytes) (writer: Utf8JsonWriter) : unit =
        let encoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length piece)
        let mutable rest = data.Memory

        while not rest.IsEmpty do
            let taken = min piece rest.Length
            let mutable consumed = 0
            let mutable written = 0
            Base64.EncodeToUtf8(rest.Span.Slice(0, taken), encoded.AsSpan(), &consumed, &written) |> ignore

            if isUrlSafe then
                encoded.AsSpan(0, written).Replace(byte '+', byte '-')
                encoded.AsSpan(0, written).Replace(byte '/', byte '_')

            writer.WriteStringValueSegment(ReadOnlySpan(encoded, 0, written), isFinalSegment = false)
            rest <- rest.Slice taken

        writer.WriteStringValueSegment(ReadOnlySpan<byte>.Empty, isFinalSegment = true)
        ArrayPool<byte>.Shared.Return encoded

    /// The bytes in base64, as a string (RFC 4648, section 4).
    let base64 (data: Bytes) (writer: Utf8JsonWriter) : unit = base64Segments false data writer

    /// The bytes in base64 with the letters that are safe in urls (RFC 4648, section 5), as a string, padded.
    let base64Url (data: Bytes) (writer: Utf8JsonWriter) : unit = base64Segments true data writer

    /// <c>data:image/png;base64,...</c> (RFC 2397), as a string.
    let dataUrl (mediaType: string) (data: Bytes) (writer: Utf8JsonWriter) : unit =
        writer.WriteStringValueSegment(ReadOnlySpan(Encoding.UTF8.GetBytes $"data:{mediaType};base64,"), isFinalSegment = false)
        base64 data writer

    /// An image's address, or its bytes as a data url.
    let imageUrl (image: Image) (writer: Utf8JsonWriter) : unit =
        match image with
        | Image.Inline(mediaType, data) -> dataUrl mediaType data writer
        | Image.Url url -> text url writer

    /// Text as the bytes that it is in UTF-8, for formats that take documents as files only.
    let textBytes (text: string) : Bytes = Bytes.ofMemory (ReadOnlyMemory(Encoding.UTF8.GetBytes text))
