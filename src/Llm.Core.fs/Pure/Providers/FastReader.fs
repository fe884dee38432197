// The small steps of the readers of hot deltas, which go over an event's bytes without a document: each tells whether it found just what
// it expects. Called by the fast decoders of the formats; nothing here allocates but the texts that are asked for.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

/// Texts that are expected, with their bytes.
[<NoComparison; NoEquality>]
type internal KnownWords = { Texts: string[]; Bytes: byte[][] }

[<RequireQualifiedAccess>]
module internal KnownWords =
    /// By a loop: what makes an array of a list is compiled anew by each process, and the first call waits for it.
    let create (words: string list) : KnownWords =
        let texts = List<string>()
        let bytes = List<byte[]>()

        for word in words do
            texts.Add word
            bytes.Add(Encoding.UTF8.GetBytes word)

        { Texts = texts.ToArray(); Bytes = bytes.ToArray() }

[<RequireQualifiedAccess>]
module internal FastReader =
    /// Whether the token is this name or text.
    let inline isAt (name: byte[]) (reader: byref<Utf8JsonReader>) : bool = reader.ValueTextEquals(ReadOnlySpan name)

    /// Whether the next token is of a type.
    let inline next (expected: JsonTokenType) (reader: byref<Utf8JsonReader>) : bool = reader.Read() && reader.TokenType = expected

    /// Whether an object ended and nothing stands behind it.
    let isWhole (reader: byref<Utf8JsonReader>) : bool = reader.TokenType = JsonTokenType.EndObject && not (reader.Read())

    /// Whether the next token is a number that is an Int32.
    let readInt (reader: byref<Utf8JsonReader>) (number: byref<int>) : bool =
        reader.Read() && reader.TokenType = JsonTokenType.Number && reader.TryGetInt32 &number

    /// The delta's text, at which the reader stands.
    let takeText (marks: Marks) (reader: byref<Utf8JsonReader>) : string =
        if not (isNull marks) then marks.Text &reader

        Json.readString &reader

    /// Passes over the next value, which matters to nobody.
    let pass (marks: Marks) (reader: byref<Utf8JsonReader>) : bool =
        let isThere = reader.Read()

        if not (isNull marks) then marks.Passed &reader

        reader.Skip()
        isThere

    /// Whether the next token is a text. An empty one leaves what was there.
    let readText (marks: Marks) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        if reader.Read() && reader.TokenType = JsonTokenType.String then
            if reader.ValueSpan.Length > 0 then text <- takeText marks &reader

            true
        else
            false

    /// Whether a bit is set for the first time: of a name that comes twice the document's reader takes the last.
    let once (seen: byref<int>) (bit: int) : bool =
        let fresh = seen &&& bit = 0
        seen <- seen ||| bit
        fresh

    /// Whether the next token is a text or null. An empty one leaves what was there.
    let readTextOrNull (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.String ->
               if reader.ValueSpan.Length > 0 then text <- Json.readString &reader

               true
           | _ -> false

    /// As readTextOrNull, of a name that many answers have, such as a model's.
    let readName (reader: byref<Utf8JsonReader>) (name: byref<string>) : bool =
        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.String ->
               if reader.ValueSpan.Length > 0 then
                   name <- if reader.ValueIsEscaped then Json.readString &reader else Recurring.text reader.ValueSpan

               true
           | _ -> false

    /// As readTextOrNull, of a text that may be one that is known: that is not made anew.
    let readKnown (known: string) (reader: byref<Utf8JsonReader>) (text: byref<string>) : bool =
        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.String ->
               if known <> "" && reader.ValueTextEquals known then text <- known
               elif reader.ValueSpan.Length > 0 then text <- Json.readString &reader

               true
           | _ -> false

    /// Whether the next token is null or a whole number that an Int64 holds.
    let readCount (reader: byref<Utf8JsonReader>) (count: byref<int64 voption>) : bool =
        let mutable number = 0L

        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.Number when reader.TryGetInt64 &number ->
               count <- ValueSome number
               true
           | _ -> false

    /// Whether the next token is null or of a type.
    let nextOrNull (expected: JsonTokenType) (reader: byref<Utf8JsonReader>) : bool =
        reader.Read() && (reader.TokenType = JsonTokenType.Null || reader.TokenType = expected)

    /// Which of these names or texts the token is; -1 where it is none of them.
    let find (names: byte[][]) (reader: byref<Utf8JsonReader>) : int =
        let mutable found = names.Length - 1

        while found >= 0 && not (isAt names[found] &reader) do
            found <- found - 1

        found

    /// As readTextOrNull, of a text that mostly is one of a few: those are not made anew.
    let readWord (known: KnownWords) (reader: byref<Utf8JsonReader>) (word: byref<string>) : bool =
        reader.Read()
        && match reader.TokenType with
           | JsonTokenType.Null -> true
           | JsonTokenType.String ->
               match find known.Bytes &reader with
               | -1 -> if reader.ValueSpan.Length > 0 then word <- Json.readString &reader
               | found -> word <- known.Texts[found]

               true
           | _ -> false
