// JSON without the spaces between its tokens. Called by the readers of generateContent, whose streams are compact and whose whole answers are
// indented; knows no format.
namespace Llm.Core

open System
open System.Buffers
open System.Text

[<RequireQualifiedAccess>]
module internal CompactJson =
    /// The text of a JSON value in UTF-8, whose tokens stay as they came.
    let ofUtf8 (utf8: ReadOnlySpan<byte>) : string =
        let buffer = ArrayPool<byte>.Shared.Rent utf8.Length
        let mutable length = 0
        let mutable isString = false
        let mutable isEscaped = false

        for character in utf8 do
            if isString || character > byte ' ' then
                buffer[length] <- character
                length <- length + 1

            if isEscaped then isEscaped <- false
            elif character = byte '"' then isString <- not isString
            else isEscaped <- isString && character = byte '\\'

        let text = Encoding.UTF8.GetString(buffer, 0, length)
        ArrayPool<byte>.Shared.Return buffer
        text
