// Tells Utf8JsonWriter what it must escape: what JSON itself says (RFC 8259, 7), and no more. Handed to the writer by Json.writerOptions.
// The framework's own encoders go through tables of all characters when the first of a process is made, for two milliseconds of its first
// call. Most texts do not come to an encoder at all, but to JsonLiteral.
namespace Llm.Core

open System
open System.Text.Encodings.Web
open FSharp.NativeInterop

#nowarn "9" // Encoders of the framework are asked by pointers.

[<Sealed>]
type internal LeastEscaping() =
    inherit JavaScriptEncoder()

    static let mustEscape (scalar: int) : bool = scalar < int ' ' || scalar = int '"' || scalar = int '\\'

    static let isPlain (character: char) : bool = not (mustEscape (int character) || Char.IsSurrogate character)

    /// The letter behind the backslash.
    static let letterOf (scalar: int) : char =
        match char scalar with
        | '"' -> '"'
        | '\\' -> '\\'
        | '\n' -> 'n'
        | '\r' -> 'r'
        | '\t' -> 't'
        | _ -> 'u'

    static let lengthOf (scalar: int) : int = if letterOf scalar = 'u' then 6 else 2

    override _.MaxOutputCharactersPerInputCharacter = 6

    override _.WillEncode scalar = mustEscape scalar

    // Halves of pairs are left to the framework, which knows which are alone.
    override _.FindFirstCharacterToEncode(text, textLength) =
        let text = ReadOnlySpan<char>(NativePtr.toVoidPtr text, textLength)
        let mutable position = 0

        while position < textLength && isPlain text[position] do
            position <- position + 1

        if position = textLength then -1 else position

    // What is not ASCII is left to it too: it knows what is UTF-8. Two searches, for base64 comes this way by the megabyte.
    override _.FindFirstCharacterToEncodeUtf8 text =
        let beyond = text.IndexOfAnyExceptInRange(byte ' ', byte '~')
        let escaped = (if beyond < 0 then text else text.Slice(0, beyond)).IndexOfAny(byte '"', byte '\\')
        if escaped < 0 then beyond else escaped

    override _.TryEncodeUnicodeScalar(scalar, buffer, bufferLength, written) =
        let destination = Span<char>(NativePtr.toVoidPtr buffer, bufferLength)
        let length = lengthOf scalar

        if destination.Length < length then
            written <- 0
            false
        else
            destination[0] <- '\\'
            destination[1] <- letterOf scalar

            for digit in 0 .. length - 3 do
                destination[2 + digit] <- "0123456789abcdef"[(scalar >>> (12 - 4 * digit)) &&& 0xF]

            written <- length
            true
