// JSON as data: a value kept as the text it came as, and how texts are quoted, read and laid out.
// Everything below uses it; it knows nothing of messages, providers or the network.
namespace Llm.Core

open System
open System.Buffers
open System.Globalization
open System.Runtime.InteropServices
open System.Text
open System.Text.Json
open System.Threading

/// What writes a JSON text when somebody asks for it: of nothing that changes.
[<AbstractClass; AllowNullLiteral>]
type internal JsonSource() =
    abstract Write: unit -> string

/// <summary>
/// A JSON value, kept as the text it came as. Two values are equal when their texts are: key order and
/// spaces count, so that what a provider sent can be sent back exactly. White space around the value is no part of it.
/// </summary>
/// <example><c>Json.tryParse "{\"a\":1}" |> Result.map Json.text</c> evaluates to <c>Ok "{\"a\":1}"</c>.</example>
[<Sealed>]
type Json internal (written: string | null, source: JsonSource | null) =
    // What nobody looks at is never made a text of: a whole answer, and the provider's own form of it. Two threads may write it at once;
    // they write the same.
    let mutable written = written
    let mutable source = source

    member internal _.Text: string =
        match written with
        | null ->
            match Volatile.Read &source with
            // Another thread has just written it.
            | null -> nonNull written
            | writer ->
                let text = writer.Write()
                Volatile.Write(&written, text)
                source <- null
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

    let internal writerOptions = JsonWriterOptions(Encoder = LeastEscaping(), SkipValidation = true, MaxDepth = maxDepth)

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

    /// As <c>trusted</c>, of a text that is written when somebody asks for it.
    let internal later (source: JsonSource) = Json(null, source)

    /// As <c>trusted</c>, of bytes that never change.
    let internal ofUtf8 (bytes: ReadOnlyMemory<byte>) =
        later
            { new JsonSource() with
                member _.Write() = Encoding.UTF8.GetString bytes.Span
            }

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
        Lazy<SearchValues<char>>(fun () ->
            let halves = String(Array.init 0x800 (fun offset -> char (0xD800 + offset)))
            SearchValues.Create((escaped + halves).AsSpan()))

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

    /// The strings of one ASCII character: so many deltas are a comma, a full stop or a space that they are not made anew for each.
    let private characters: string[] = Array.init 128 (fun code -> String(char code, 1))

    let private plainText (bytes: ReadOnlySpan<byte>) : string =
        if bytes.Length = 1 && bytes[0] < 128uy then
            characters[int bytes[0]]
        else
            Encoding.UTF8.GetString bytes

    /// Text of a JSON string token: invalid UTF-8 becomes U+FFFD and a lone surrogate stays one, where
    /// Utf8JsonReader.GetString would throw. Vendors do cut an emoji's two escapes into two deltas.
    let internal unescape (escaped: ReadOnlySpan<byte>) : string =
        let first = escaped.IndexOf(byte '\\')

        if first < 0 then
            plainText escaped
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
        if reader.ValueIsEscaped then unescape reader.ValueSpan else plainText reader.ValueSpan

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
