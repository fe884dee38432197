// JSON as a writer thinks of it, and as many texts of it as JSON allows: any order, any white space, any escapes, members of tomorrow.
namespace Llm.Core.Tests.Scripts

open System
open System.Globalization
open System.Text

/// A value that a writer wants to say.
[<RequireQualifiedAccess>]
type internal Tree =
    | Text of string
    /// JSON as it is.
    | Raw of string
    | Items of Tree list
    /// An object whose members are these and no others: it goes back to the provider, or others would mean something.
    | Members of (string * Tree) list
    /// An object that may hold what nobody knows yet.
    | Open of (string * Tree) list

/// How texts are written. Everything is plain where all is false.
type internal Style =
    {
        Seed: int
        Shuffles: bool
        Spaces: bool
        Escapes: bool
        Novelties: bool
        /// Whether reasoning and calls carry a signature.
        Signed: bool
        /// Whether pieces of different parts are mixed, where the format can say so.
        Mixes: bool
        LineEnd: string
        /// How many line ends follow the last event: two, one or none.
        LastLineEnds: int
    }

[<RequireQualifiedAccess>]
module internal Tree =
    let number (value: int64) = Tree.Raw(string value)

    let nothing = Tree.Raw "null"

    let chance (random: Random) (percent: int) = random.Next 100 < percent

    let pick (random: Random) (items: 'item list) : 'item = items[random.Next items.Length]

    let shuffle (random: Random) (items: 'item list) : 'item list = items |> List.sortBy (fun _ -> random.Next())

    // From a number: the compiler replaces a lone surrogate that is written as a literal.
    let loneSurrogate = String(char 0xD83D, 1)

    let private escape (random: Random) (character: char) =
        let digits = (int character).ToString((if chance random 50 then "x4" else "X4"), CultureInfo.InvariantCulture)
        "\\u" + digits

    let private isLone (text: string) (index: int) =
        Char.IsSurrogate text[index]
        && not (index > 0 && Char.IsSurrogatePair(text[index - 1], text[index]))
        && not (index + 1 < text.Length && Char.IsSurrogatePair(text[index], text[index + 1]))

    let private quote (style: Style) (random: Random) (text: string) : string =
        let builder = StringBuilder().Append '"'

        for index in 0 .. text.Length - 1 do
            let character = text[index]
            let isHalf = Char.IsSurrogate character

            // Both halves of a pair are escaped, or none: the choice is that of the text.
            if isLone text index || character < ' ' || (style.Escapes && not isHalf && chance random 15) then
                builder.Append(escape random character)
            elif isHalf && style.Escapes && text.Length % 2 = 0 then
                builder.Append(escape random character)
            else
                match character with
                | '"' -> builder.Append "\\\""
                | '\\' -> builder.Append "\\\\"
                | '/' when style.Escapes -> builder.Append "\\/"
                | _ -> builder.Append character
            |> ignore

        builder.Append('"').ToString()

    let private novelty (random: Random) : string * Tree =
        let name = pick random [ "zz_new"; "é\"\\"; loneSurrogate; "x-" + loneSurrogate; "" ]
        let values = [ "null"; "0"; "-1.5e3"; "true"; "\"\\ud83d\""; "[]"; "{\"content\":\"no\",\"type\":[1,{}]}" ]
        name, Tree.Raw(pick random values)

    /// A text of the value.
    let rec render (style: Style) (random: Random) (tree: Tree) : string =
        let space () = if style.Spaces && chance random 15 then pick random [ " "; "\n"; "\t"; " \r\n " ] else ""

        let list (opening: string) (closing: string) (items: string list) =
            opening + String.concat "," (items |> List.map (fun item -> space () + item + space ())) + closing

        let fields (all: (string * Tree) list) =
            (if style.Shuffles then shuffle random all else all)
            |> List.map (fun (name, value) -> quote style random name + space () + ":" + space () + render style random value)
            |> list "{" "}"

        match tree with
        | Tree.Text text -> quote style random text
        | Tree.Raw text -> text
        | Tree.Items items -> items |> List.map (render style random) |> list "[" "]"
        | Tree.Members all -> fields all
        | Tree.Open all when style.Novelties && chance random 30 -> fields (all @ [ novelty random ])
        | Tree.Open all -> fields all

    /// The JSON text without white space between tokens.
    let compact (text: string) : string =
        let builder = StringBuilder()
        let mutable inString = false
        let mutable isEscaped = false

        for character in text do
            if inString || character > ' ' then builder.Append character |> ignore

            if isEscaped then isEscaped <- false
            elif inString && character = '\\' then isEscaped <- true
            elif character = '"' then inString <- not inString

        builder.ToString()
