// Text as a JSON string literal in UTF-8, written where the caller wants it: what Json.quote says, without a string in between.
// Called by Wire for every text of a request. Runs that need no escape, which is nearly everything, go through the vectorized paths of .NET.
namespace Llm.Core

open System
open System.Buffers
open System.Text

[<RequireQualifiedAccess>]
module internal JsonLiteral =
    let private hex = "0123456789abcdef"B

    let private escapedBytes: SearchValues<byte> = SearchValues.Create(ReadOnlySpan(Encoding.UTF8.GetBytes Json.escaped))

    // Values to search for, and no range: that of characters boxes its bounds until .NET has compiled it for good.
    let private surrogates: SearchValues<char> =
        SearchValues.Create(String(Array.init 0x800 (fun offset -> char (0xD800 + offset))).AsSpan())

    let private hasSurrogates (text: string) : bool = text.AsSpan().IndexOfAny surrogates >= 0

    /// Up to this many characters room for the longest form of each is cheaper than counting.
    let private counted = 1024

    let private longestEscape = 6

    /// At least as many bytes as <c>write</c> needs.
    let maxLength (text: string) : int =
        if text.Length <= counted then
            longestEscape * text.Length + 2
        else
            let mutable escapes = 0
            let mutable rest = text.AsSpan()
            let mutable found = Json.indexOfNotable rest

            while found >= 0 do
                escapes <- escapes + 1
                rest <- rest.Slice(found + 1)
                found <- Json.indexOfNotable rest

            Encoding.UTF8.GetByteCount text + (longestEscape - 1) * escapes + 2

    let private unicodeEscape (code: int) (destination: Span<byte>) : int =
        destination[0] <- byte '\\'
        destination[1] <- byte 'u'

        for digit in 0..3 do
            destination[2 + digit] <- hex[(code >>> (12 - 4 * digit)) &&& 0xF]

        longestEscape

    let private shortEscape (letter: char) (destination: Span<byte>) : int =
        destination[0] <- byte '\\'
        destination[1] <- byte letter
        2

    let private escape (character: char) (destination: Span<byte>) : int =
        match character with
        | '"'
        | '\\' -> shortEscape character destination
        | '\n' -> shortEscape 'n' destination
        | '\r' -> shortEscape 'r' destination
        | '\t' -> shortEscape 't' destination
        | other -> unicodeEscape (int other) destination

    /// Text without surrogates: all of it becomes UTF-8 at the end of the buffer, and moves to the front with its escapes. Every byte that
    /// is still to be moved needs one at least, so the front never reaches what it has not read.
    let private writePlain (text: string) (destination: Span<byte>) : int =
        let count = Encoding.UTF8.GetByteCount text
        let mutable rest = destination.Slice(destination.Length - count)
        Encoding.UTF8.GetBytes(text.AsSpan(), rest) |> ignore
        let mutable length = 0

        while not rest.IsEmpty do
            let found = (Span.op_Implicit rest: ReadOnlySpan<byte>).IndexOfAny escapedBytes
            let run = if found < 0 then rest.Length else found
            rest.Slice(0, run).CopyTo(destination.Slice length)
            length <- length + run

            if found < 0 then
                rest <- Span.Empty
            else
                let character = char rest[found]
                rest <- rest.Slice(found + 1)
                length <- length + escape character (destination.Slice length)

        length

    /// Text with surrogates, in pairs or alone.
    let private writeSurrogates (text: string) (destination: Span<byte>) : int =
        let mutable rest = text.AsSpan()
        let mutable length = 0

        while not rest.IsEmpty do
            let found = Json.indexOfNotable rest
            let run = if found < 0 then rest.Length else found
            length <- length + Encoding.UTF8.GetBytes(rest.Slice(0, run), destination.Slice length)
            rest <- rest.Slice run

            if rest.Length > 1 && Char.IsSurrogatePair(rest[0], rest[1]) then
                length <- length + Encoding.UTF8.GetBytes(rest.Slice(0, 2), destination.Slice length)
                rest <- rest.Slice 2
            elif not rest.IsEmpty then
                length <- length + escape rest[0] (destination.Slice length)
                rest <- rest.Slice 1

        length

    /// Writes the literal, quotes included; how many bytes it has.
    let write (text: string) (destination: Span<byte>) : int =
        let inside = destination.Slice(1, destination.Length - 2)
        let length = if hasSurrogates text then writeSurrogates text inside else writePlain text inside
        destination[0] <- byte '"'
        destination[length + 1] <- byte '"'
        length + 2
