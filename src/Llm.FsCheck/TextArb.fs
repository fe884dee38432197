// Texts of every kind: what users, models and vendors write, and what breaks parsers.
namespace Llm.FsCheck

open System
open FsCheck
open FsCheck.FSharp

/// <summary>Arbitrary texts. None is null.</summary>
/// <example><c>Prop.forAll TextArb.text (fun text -> text.Length >= 0)</c></example>
[<RequireQualifiedAccess>]
module TextArb =
    let private plain =
        [ "a"; "b"; "Z"; "0"; " "; "the"; "lantern"; "door, "; "1.5"; "\n"; "é"; "ß"; "中文"; "🙂"; "👩‍👩‍👧"; "e\u0301" ]

    let private hostile =
        [
            "\""
            "\\"
            "/"
            "\\u0041"
            "\t"
            "\r"
            "\r\n"
            "\n\n"
            "\000"
            "\u001f"
            "\u007f"
            "\u2028"
            "\uFEFF"
            "\uFFFD"
            "\uFFFF"
            "data: "
            "event: "
            ": "
            "[DONE]"
            "null"
            "{\"a\":1}"
            "{"
            "]"
            "<think>"
        ]

    /// From numbers: the compiler replaces a lone surrogate that is written as a literal.
    let private loneSurrogates = [ String(char 0xD83D, 1); String(char 0xDE42, 1) ]

    let private ofPieces (pieces: Gen<string>) : Gen<string> = Gen.listOf pieces |> Gen.map (String.concat "")

    let private withoutRange (text: string) (start: int) (length: int) = text.Remove(start, length)

    /// Halves, then texts with one character less, then texts with one character made plain.
    let private shrinkText (text: string) : string seq = seq {
        if text.Length > 0 then yield ""

        if text.Length > 3 then
            yield text.Substring(0, text.Length / 2)
            yield text.Substring(text.Length / 2)

        for index in 0 .. min 40 text.Length - 1 do
            if text.Length > 1 then yield withoutRange text index 1

        for index in 0 .. min 40 text.Length - 1 do
            if text[index] <> 'a' then yield text.Substring(0, index) + "a" + text.Substring(index + 1)
    }

    let private keep (isLegal: string -> bool) (generator: Gen<string>) : Arbitrary<string> =
        Arb.fromGenShrink (generator, shrinkText >> Seq.filter isLegal)

    /// Any text that .NET can hold, lone surrogates included.
    let text: Arbitrary<string> =
        ofPieces (Gen.frequency [ 8, Gen.elements plain; 4, Gen.elements hostile; 1, Gen.elements loneSurrogates ])
        |> keep (fun _ -> true)

    let private isWellFormed (text: string) =
        try
            Text.UTF8Encoding(false, true).GetByteCount text |> ignore
            true
        with :? ArgumentException ->
            false

    /// Text that UTF-8 can hold: no lone surrogates.
    let wellFormed: Arbitrary<string> =
        ofPieces (Gen.frequency [ 8, Gen.elements plain; 4, Gen.elements hostile ]) |> keep isWellFormed

    /// Any text but the empty one.
    let nonEmpty: Arbitrary<string> = Gen.map2 (+) (Gen.elements plain) (Combine.gen text) |> keep (fun text -> text <> "")

    /// Text that is more than white space.
    let nonBlank: Arbitrary<string> =
        Gen.map2 (+) (Gen.elements [ "a"; "é"; "🙂"; "{" ]) (Combine.gen text) |> keep (String.IsNullOrWhiteSpace >> not)

    let private isWord (text: string) =
        text <> "" && Seq.forall (fun character -> Char.IsAsciiLetterOrDigit character || character = '_') text

    /// Names as APIs want them: ASCII letters, digits and underscores, none empty.
    let name: Arbitrary<string> =
        let character = Gen.elements ([ 'a' .. 'z' ] @ [ 'A' .. 'C' ] @ [ '0' .. '9' ] @ [ '_' ])

        Gen.choose (1, 12)
        |> Gen.bind (fun length -> Gen.listOfLength length character)
        |> Gen.map (fun characters -> String(List.toArray characters))
        |> keep isWord
