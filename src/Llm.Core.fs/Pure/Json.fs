// JSON as data: a value kept as the text it came as, and total readers over System.Text.Json for the codecs.
// Everything below uses it; it knows nothing of messages, providers or the network.
namespace Llm.Core

open System
open System.Buffers
open System.Globalization
open System.Runtime.InteropServices
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open System.Threading

/// <summary>
/// A JSON value, kept as the text it came as. Two values are equal when their texts are: key order and
/// spaces count, so that what a provider sent can be sent back exactly. White space around the value is no part of it.
/// </summary>
/// <example><c>Json.tryParse "{\"a\":1}" |> Result.map Json.text</c> evaluates to <c>Ok "{\"a\":1}"</c>.</example>
[<Sealed>]
type Json internal (written: string | null, write: Func<string> | null) =
    // What nobody looks at is never made a text of: a whole answer, and the provider's own form of it. Two threads may write it at once;
    // they write the same.
    let mutable written = written
    let mutable write = write

    member internal _.Text: string =
        match written with
        | null ->
            match Volatile.Read &write with
            // Another thread has just written it.
            | null -> nonNull written
            | make ->
                let text = make.Invoke()
                Volatile.Write(&written, text)
                write <- null
                text
        | text -> text

    /// The JSON text.
    override this.ToString() = this.Text

    override this.Equals other =
        match other with
        | :? Json as json -> Object.ReferenceEquals(this, json) || String.Equals(this.Text, json.Text)
        | _ -> false

    override this.GetHashCode() = this.Text.GetHashCode()

    interface IComparable with
        member this.CompareTo other =
            match other with
            | :? Json as json -> String.CompareOrdinal(this.Text, json.Text)
            | _ -> 1

/// Functions on <see cref="T:Llm.Core.Json"/>.
[<RequireQualifiedAccess>]
module Json =
    /// How deep a value may nest before it is taken for hostile.
    let internal maxDepth = 512

    let internal documentOptions = JsonDocumentOptions(MaxDepth = maxDepth)

    let internal writerOptions =
        JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = maxDepth)

    /// <summary>The text of the value, as it came.</summary>
    let text (json: Json) : string = json.Text

    /// Without the white space around it, as JSON defines white space.
    let internal trim (text: string) : string = text.Trim(' ', '\t', '\n', '\r')

    /// <summary>
    /// Takes text as JSON when it is exactly one JSON value (RFC 8259), else says what is wrong and where.
    /// </summary>
    /// <example><c>Json.tryParse "[1"</c> evaluates to an <c>Error</c> that names line and position.</example>
    let tryParse (text: string) : Result<Json, string> =
        try
            use _document = JsonDocument.Parse(text, documentOptions)
            Ok(Json(trim text, null))
        with
        | :? JsonException as failure -> Error failure.Message
        // Text with a lone surrogate cannot even be transcoded to UTF-8.
        | :? ArgumentException as failure -> Error failure.Message

    /// Text that is JSON by construction: it was just read or written by us.
    let internal trusted (text: string) = Json(text, null)

    /// As <c>trusted</c>, of a text that is made when somebody asks for it; of nothing that changes.
    let internal deferred (write: unit -> string) = Json(null, Func<string> write)

    /// As <c>trusted</c>, of bytes that never change.
    let internal ofUtf8 (bytes: ReadOnlyMemory<byte>) = deferred (fun () -> Encoding.UTF8.GetString bytes.Span)

    let private hex (value: int) = value.ToString("x4", CultureInfo.InvariantCulture)

    let private isLone (text: ReadOnlySpan<char>) (index: int) =
        let isPaired =
            (Char.IsHighSurrogate text[index] && index + 1 < text.Length && Char.IsLowSurrogate text[index + 1])
            || (Char.IsLowSurrogate text[index] && index > 0 && Char.IsHighSurrogate text[index - 1])

        Char.IsSurrogate text[index] && not isPaired

    /// What must be escaped wherever it stands: control characters, quotes and backslashes.
    let internal escaped =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\u000C\r\u000E\u000F"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\"\\"

    /// What cannot stand in a literal as it is, or not always: those, and halves of pairs. Made when a text first asks for it: the first call
    /// of a process would wait for two thousand characters that it does not meet.
    let private notable =
        lazy
            let halves = String(Array.init 0x800 (fun offset -> char (0xD800 + offset)))
            SearchValues.Create((escaped + halves).AsSpan())

    /// Where in a text is the first of them; -1 where there is none.
    let internal indexOfNotable (text: ReadOnlySpan<char>) : int = text.IndexOfAny notable.Value

    let private appendNotable (text: ReadOnlySpan<char>) (index: int) (builder: StringBuilder) : unit =
        match text[index] with
        | '"' -> builder.Append "\\\""
        | '\\' -> builder.Append "\\\\"
        | '\n' -> builder.Append "\\n"
        | '\r' -> builder.Append "\\r"
        | '\t' -> builder.Append "\\t"
        | character when character < ' ' || isLone text index -> builder.Append("\\u").Append(hex (int character))
        | character -> builder.Append character
        |> ignore

    /// The JSON string literal of a text, at the builder's end: runs of plain characters are copied as one.
    let internal appendQuoted (text: ReadOnlySpan<char>) (builder: StringBuilder) : StringBuilder =
        builder.Append '"' |> ignore
        let mutable position = 0

        while position < text.Length do
            let rest = text.Slice position
            let run = indexOfNotable rest

            if run < 0 then
                builder.Append rest |> ignore
                position <- text.Length
            else
                builder.Append(rest.Slice(0, run)) |> ignore
                appendNotable text (position + run) builder
                position <- position + run + 1

        builder.Append '"'

    /// <summary>
    /// The JSON string literal of any .NET string, quotes included. A lone surrogate is written as its escape, so that
    /// reading gives the same string back.
    /// </summary>
    /// <example><c>Json.quote "a\"b"</c> evaluates to <c>"\"a\\\"b\""</c>.</example>
    let quote (value: string) : string =
        let builder = StringBuilder(value.Length + 8)
        appendQuoted (value.AsSpan()) builder |> ignore
        builder.ToString()

    /// JSON text whose strings may hold lone surrogates, with their escapes instead: without them it cannot become UTF-8.
    let internal escapeLoneSurrogates (text: string) : string =
        if text.AsSpan().IndexOfAnyInRange(char 0xD800, char 0xDFFF) >= 0 then
            text
            |> Seq.mapi (fun index character -> if isLone (text.AsSpan()) index then "\\u" + hex (int character) else string character)
            |> String.concat ""
        else
            text

    /// <summary>The JSON string value of any .NET string.</summary>
    let ofString (value: string) : Json = trusted (quote value)

    /// Text of a JSON string token: invalid UTF-8 becomes U+FFFD and a lone surrogate stays one, where
    /// Utf8JsonReader.GetString would throw. Vendors do cut an emoji's two escapes into two deltas.
    let internal unescape (escaped: ReadOnlySpan<byte>) : string =
        let first = escaped.IndexOf(byte '\\')

        if first < 0 then
            Encoding.UTF8.GetString escaped
        else
            let chars = ArrayPool<char>.Shared.Rent escaped.Length
            let mutable written = 0
            let mutable position = 0

            while position < escaped.Length do
                let rest = escaped.Slice position
                let run = rest.IndexOf(byte '\\')
                let plain = if run < 0 then rest else rest.Slice(0, run)
                written <- written + Encoding.UTF8.GetChars(plain, chars.AsSpan written)
                position <- position + plain.Length

                if run >= 0 then
                    let kind = if position + 1 < escaped.Length then escaped[position + 1] else 0uy

                    let struct (character, length) =
                        match kind with
                        | 110uy -> struct ('\n', 2)
                        | 114uy -> struct ('\r', 2)
                        | 116uy -> struct ('\t', 2)
                        | 98uy -> struct ('\b', 2)
                        | 102uy -> struct ('\f', 2)
                        | 117uy when position + 6 <= escaped.Length ->
                            let mutable code = 0us
                            let digits = escaped.Slice(position + 2, 4)

                            if UInt16.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, &code) then
                                struct (char code, 6)
                            else
                                struct ('\uFFFD', 6)
                        | other -> struct (char other, 2)

                    chars[written] <- character
                    written <- written + 1
                    position <- position + length

            let text = String(chars, 0, written)
            ArrayPool<char>.Shared.Return chars
            text

    /// The string at the reader, which must stand on a string token.
    let internal readString (reader: byref<Utf8JsonReader>) : string =
        if reader.ValueIsEscaped then
            unescape reader.ValueSpan
        else
            Encoding.UTF8.GetString reader.ValueSpan

    /// Writes a JSON value with a System.Text.Json writer and takes the text.
    let internal write (body: Utf8JsonWriter -> unit) : Json =
        let buffer = ArrayBufferWriter<byte>()
        use writer = new Utf8JsonWriter(buffer, writerOptions)
        body writer
        writer.Flush()
        trusted (Encoding.UTF8.GetString buffer.WrittenSpan)

    let private isSpace (character: char) = character = ' ' || character = '\t' || character = '\n' || character = '\r'

    /// The index after the string literal that begins there.
    let private afterLiteral (text: string) (start: int) : int =
        let mutable index = start + 1

        while text[index] <> '"' do
            index <- index + (if text[index] = '\\' then 2 else 1)

        index + 1

    /// <summary>The value with two spaces of indentation a level, for people and models to read; strings and numbers stay as they are.</summary>
    /// <example><c>Json.indented</c> of <c>{"a":1}</c> evaluates to <c>"{\n  \"a\": 1\n}"</c>.</example>
    let indented (json: Json) : string =
        let text = json.Text
        let builder = StringBuilder(text.Length * 2)
        let newLine (depth: int) = builder.Append('\n').Append(' ', 2 * depth) |> ignore
        let mutable depth = 0
        let mutable index = 0
        let mutable isEmpty = false

        while index < text.Length do
            let character = text[index]
            let isClosing = character = '}' || character = ']'

            if isSpace character then
                index <- index + 1
            else
                if isClosing then depth <- depth - 1

                // The first thing inside, or the end of what is not empty, begins a line.
                if isEmpty <> isClosing then newLine depth

                isEmpty <- character = '{' || character = '['

                if character = '"' then
                    let next = afterLiteral text index
                    builder.Append(text, index, next - index) |> ignore
                    index <- next
                else
                    builder.Append character |> ignore
                    index <- index + 1

                match character with
                | '{'
                | '[' -> depth <- depth + 1
                | ',' -> newLine depth
                | ':' -> builder.Append ' ' |> ignore
                | _ -> ()

        builder.ToString()

/// Lenient, total navigation of a parsed JSON value: what is absent, null or of another type is ValueNone or empty.
/// For events that are rare and for whole answers; the deltas of a stream are read without a document.
[<RequireQualifiedAccess>]
module internal Dom =
    /// Parses, hands the root to a function, and gives the pooled memory back. The function must not keep the element.
    let parse (utf8: ReadOnlyMemory<byte>) (read: JsonElement -> 'result) : Result<'result, string> =
        try
            use document = JsonDocument.Parse(utf8, Json.documentOptions)
            Ok(read document.RootElement)
        with
        | :? JsonException as failure -> Error failure.Message
        // A name with an escaped lone surrogate cannot be compared with another.
        | :? InvalidOperationException as failure -> Error failure.Message

    /// A member's name; JsonProperty.Name would throw where an escape in it is half of a pair.
    let nameOf (property: JsonProperty) : string = Json.unescape (JsonMarshal.GetRawUtf8PropertyName property)

    let isObject (element: JsonElement) = element.ValueKind = JsonValueKind.Object

    /// The last property of that name, found by our own reading of names.
    let private search (name: string) (element: JsonElement) : JsonElement voption =
        let mutable found = ValueNone

        for item in element.EnumerateObject() do
            if nameOf item = name then found <- ValueSome item.Value

        found

    /// The property, where the element is an object that has it, null or not.
    let propertyOrNull (name: string) (element: JsonElement) : JsonElement voption =
        let mutable value = Unchecked.defaultof<JsonElement>

        if element.ValueKind <> JsonValueKind.Object then
            ValueNone
        else
            try
                if element.TryGetProperty(name, &value) then ValueSome value else ValueNone
            // TryGetProperty throws when a name that it passes by holds the escape of a lone surrogate.
            with :? InvalidOperationException ->
                search name element

    /// The property, where the element is an object that has it and it is not null.
    let property (name: string) (element: JsonElement) : JsonElement voption =
        match propertyOrNull name element with
        | ValueSome value when value.ValueKind <> JsonValueKind.Null -> ValueSome value
        | _ -> ValueNone

    /// The value at a path of property names.
    let rec path (names: string list) (element: JsonElement) : JsonElement voption =
        match names with
        | [] -> ValueSome element
        | name :: rest -> property name element |> ValueOption.bind (path rest)

    let has (name: string) (element: JsonElement) = (property name element).IsSome

    /// The text of a string element, else ValueNone.
    let asString (element: JsonElement) : string voption =
        if element.ValueKind = JsonValueKind.String then
            let raw = JsonMarshal.GetRawUtf8Value element
            ValueSome(Json.unescape (raw.Slice(1, raw.Length - 2)))
        else
            ValueNone

    let string (name: string) (element: JsonElement) : string voption = property name element |> ValueOption.bind asString

    /// The string, where it is not empty.
    let nonEmpty (name: string) (element: JsonElement) : string voption =
        match string name element with
        | ValueSome "" -> ValueNone
        | found -> found

    /// A string as it is, a number or boolean as its JSON text: codes come as both.
    let scalar (name: string) (element: JsonElement) : string voption =
        match property name element with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> asString value
        | ValueSome value when value.ValueKind <> JsonValueKind.Object && value.ValueKind <> JsonValueKind.Array ->
            ValueSome(value.GetRawText())
        | _ -> ValueNone

    /// A count: integers, floats and numbers past Int64, which are clamped; never negative numbers' overflow.
    let asInt64 (element: JsonElement) : int64 voption =
        let mutable whole = 0L
        let mutable real = 0.0

        if element.ValueKind <> JsonValueKind.Number then
            ValueNone
        elif element.TryGetInt64 &whole then
            ValueSome whole
        elif element.TryGetDouble &real && not (Double.IsNaN real) then
            ValueSome(Int64.CreateSaturating real)
        else
            ValueNone

    let int64 (name: string) (element: JsonElement) : int64 voption = property name element |> ValueOption.bind asInt64

    let int (name: string) (element: JsonElement) : int voption = int64 name element |> ValueOption.map Int32.CreateSaturating

    let asItems (element: JsonElement) : JsonElement list =
        if element.ValueKind = JsonValueKind.Array then
            [ for item in element.EnumerateArray() -> item ]
        else
            []

    /// The items of an array property; empty for anything else.
    let items (name: string) (element: JsonElement) : JsonElement list =
        match property name element with
        | ValueSome value -> asItems value
        | ValueNone -> []

    /// The element as it came.
    let raw (element: JsonElement) : Json = Json.trusted (Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value element))

    /// The JSON text of an element.
    let rawText (element: JsonElement) : string = Json.text (raw element)
