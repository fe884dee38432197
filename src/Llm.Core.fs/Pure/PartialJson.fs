// JSON of which only the beginning is there: what can already be said of it, and nothing that is a guess.
// Used by formats while an answer streams; total on any text.
namespace Llm.Core

open System
open System.Globalization
open System.Text

/// <summary>
/// What is known of a JSON value while its text grows. Text and collections show while they grow; numbers, truths and nulls only when
/// whole, since <c>12</c> may yet become <c>123</c>.
/// </summary>
[<RequireQualifiedAccess>]
type PartialJson =
    /// Text so far.
    | Text of text: string * isWhole: bool
    /// Items so far; only the last may be growing.
    | List of items: PartialJson list * isWhole: bool
    /// Properties so far, in order; only the last may be growing. What has not begun is absent.
    | Object of properties: (string * PartialJson) list * isWhole: bool
    /// A number, a truth or null.
    | Value of json: Json

/// What the reader stands before: text and a place in it.
type private Reader(text: string) =
    member val Position = 0 with get, set
    member this.IsAtEnd = this.Position >= text.Length
    member this.Peek = if this.IsAtEnd then '\000' else text[this.Position]
    member this.Skip(count: int) = this.Position <- min text.Length (this.Position + count)
    member this.Has(count: int) = this.Position + count <= text.Length
    member this.Slice (start: int) (length: int) = text.Substring(start, length)

    /// Whether what was met is no JSON, whatever may follow.
    member val IsBroken = false with get, set

    member this.SkipSpace() =
        while not this.IsAtEnd && (Char.IsWhiteSpace this.Peek) do
            this.Skip 1

/// Functions on <see cref="T:Llm.Core.PartialJson"/>.
[<RequireQualifiedAccess>]
module PartialJson =
    /// <summary>Whether nothing more will come.</summary>
    let isWhole (partial: PartialJson) : bool =
        match partial with
        | PartialJson.Text(_, isWhole)
        | PartialJson.List(_, isWhole)
        | PartialJson.Object(_, isWhole) -> isWhole
        | PartialJson.Value _ -> true

    /// <summary>A property that has begun, of an object; else None.</summary>
    let tryProperty (name: string) (partial: PartialJson) : PartialJson option =
        match partial with
        | PartialJson.Object(properties, _) -> properties |> List.tryFind (fun (other, _) -> other = name) |> Option.map snd
        | _ -> None

    /// <summary>The text of a text, whole or not; else None.</summary>
    let tryText (partial: PartialJson) : string option =
        match partial with
        | PartialJson.Text(text, _) -> Some text
        | _ -> None

    let private escape (character: char) : char voption =
        match character with
        | '"'
        | '\\'
        | '/' -> ValueSome character
        | 'n' -> ValueSome '\n'
        | 'r' -> ValueSome '\r'
        | 't' -> ValueSome '\t'
        | 'b' -> ValueSome '\b'
        | 'f' -> ValueSome '\f'
        | _ -> ValueNone

    /// After the quote: the text, and whether its end is there. An escape that is cut, or half a pair, waits for its rest.
    let private readText (reader: Reader) : string * bool =
        let builder = StringBuilder()
        let mutable isDone = false
        let mutable isWhole = false

        while not isDone do
            match reader.Peek with
            | _ when reader.IsAtEnd -> isDone <- true
            | '"' ->
                reader.Skip 1
                isDone <- true
                isWhole <- true
            | '\\' when not (reader.Has 2) -> isDone <- true
            | '\\' ->
                let kind = reader.Slice (reader.Position + 1) 1

                if kind <> "u" then
                    builder.Append(escape kind[0] |> ValueOption.defaultValue kind[0]) |> ignore
                    reader.Skip 2
                elif reader.Has 6 then
                    let digits = reader.Slice (reader.Position + 2) 4

                    match UInt16.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) with
                    | true, code -> builder.Append(char code) |> ignore
                    | _ -> builder.Append '\uFFFD' |> ignore

                    reader.Skip 6
                else
                    isDone <- true
            | character ->
                builder.Append character |> ignore
                reader.Skip 1

        let text = builder.ToString()

        if not isWhole && text <> "" && Char.IsHighSurrogate text[text.Length - 1] then
            text.Substring(0, text.Length - 1), false
        else
            text, isWhole

    let private isOfWord (character: char) = Char.IsAsciiLetterOrDigit character || character = '-' || character = '+' || character = '.'

    /// A number, truth or null; only with what follows it is it whole.
    let private readWord (reader: Reader) : PartialJson option =
        let start = reader.Position

        while not reader.IsAtEnd && isOfWord reader.Peek do
            reader.Skip 1

        let word = reader.Slice start (reader.Position - start)

        match word with
        | "true"
        | "false"
        | "null" -> Some(PartialJson.Value(Json.trusted word))
        | _ when reader.IsAtEnd -> None
        | word ->
            match Json.tryParse word with
            | Ok json -> Some(PartialJson.Value json)
            | Error _ ->
                reader.IsBroken <- true
                None

    /// As deep as JSON may be; what is deeper is not shown.
    let rec private readValue (depth: int) (reader: Reader) : PartialJson option =
        reader.SkipSpace()

        match reader.Peek with
        | _ when reader.IsAtEnd || depth > Json.maxDepth -> None
        | '"' ->
            reader.Skip 1
            Some(PartialJson.Text(readText reader))
        | '[' ->
            reader.Skip 1
            Some(readItems depth reader [])
        | '{' ->
            reader.Skip 1
            Some(readProperties depth reader [])
        | _ -> readWord reader

    and private readItems (depth: int) (reader: Reader) (before: PartialJson list) : PartialJson =
        let ended isWhole items = PartialJson.List(List.rev items, isWhole)
        reader.SkipSpace()

        match reader.Peek with
        | ']' when not reader.IsAtEnd ->
            reader.Skip 1
            ended true before
        | ',' ->
            reader.Skip 1
            readItems depth reader before
        | _ ->
            match readValue (depth + 1) reader with
            | Some item when isWhole item -> readItems depth reader (item :: before)
            | Some item -> ended false (item :: before)
            | None -> ended false before

    and private readProperties (depth: int) (reader: Reader) (before: (string * PartialJson) list) : PartialJson =
        let ended isWhole properties = PartialJson.Object(List.rev properties, isWhole)
        reader.SkipSpace()

        match reader.Peek with
        | '}' ->
            reader.Skip 1
            ended true before
        | ',' ->
            reader.Skip 1
            readProperties depth reader before
        | '"' ->
            reader.Skip 1
            let name, hasEnd = readText reader
            reader.SkipSpace()

            if hasEnd && reader.Peek = ':' then
                reader.Skip 1

                match readValue (depth + 1) reader with
                | Some value when isWhole value -> readProperties depth reader ((name, value) :: before)
                | Some value -> ended false ((name, value) :: before)
                | None -> ended false before
            else
                reader.IsBroken <- hasEnd && not reader.IsAtEnd
                ended false before
        | _ ->
            reader.IsBroken <- not reader.IsAtEnd
            ended false before

    /// <summary>
    /// What the text, which begins a JSON value, says so far; None when it says nothing yet. What is no JSON ends what is shown.
    /// </summary>
    /// <example>
    /// <c>PartialJson.read "{\"title\":\"Du"</c> evaluates to
    /// <c>Some (PartialJson.Object ([ "title", PartialJson.Text ("Du", false) ], false))</c>.
    /// </example>
    let read (text: string) : PartialJson option = readValue 0 (Reader text)

    /// As <c>read</c>; None also where the text is no JSON whatever may follow, and then true.
    let internal tryRead (text: string) : struct (PartialJson option * bool) =
        let reader = Reader text
        let shown = readValue 0 reader
        if reader.IsBroken then struct (None, true) else struct (shown, false)

    /// <summary>JSON that says what is known so far: all that is open is closed, and nothing is added.</summary>
    /// <example>
    /// <c>PartialJson.read "{\"title\":\"Du" |> Option.map PartialJson.toJson</c> evaluates to the JSON <c>{"title":"Du"}</c>.
    /// </example>
    let toJson (partial: PartialJson) : Json =
        let builder = StringBuilder()

        let between (index: int) =
            if index > 0 then builder.Append ',' |> ignore

        let rec write (partial: PartialJson) : unit =
            match partial with
            | PartialJson.Text(text, _) -> builder.Append(Json.quote text) |> ignore
            | PartialJson.Value json -> builder.Append(Json.text json) |> ignore
            | PartialJson.List(items, _) ->
                builder.Append '[' |> ignore

                for index, item in List.indexed items do
                    between index
                    write item

                builder.Append ']' |> ignore
            | PartialJson.Object(properties, _) ->
                builder.Append '{' |> ignore

                for index, (name, value) in List.indexed properties do
                    between index
                    builder.Append(Json.quote name).Append(':') |> ignore
                    write value

                builder.Append '}' |> ignore

        write partial
        Json.trusted (builder.ToString())

    /// <summary>An item that has begun, of a list; else None.</summary>
    let tryItem (index: int) (partial: PartialJson) : PartialJson option =
        match partial with
        | PartialJson.List(items, _) -> List.tryItem index items
        | _ -> None

    /// As values of types are read: the property of that name, else the only one whose name differs by its case alone.
    let internal tryAlike (name: string) (partial: PartialJson) : PartialJson option =
        match partial with
        | PartialJson.Object(properties, _) ->
            let named (comparison: StringComparison) =
                properties |> List.filter (fun (other, _) -> String.Equals(name, other, comparison)) |> List.map snd

            match named StringComparison.Ordinal, named StringComparison.OrdinalIgnoreCase with
            | [], [ only ] -> Some only
            | [], _ -> None
            | exact, _ -> Some(List.last exact)
        | _ -> None

    /// <summary>Whether the later can have grown from the earlier: what was shown is still there, and what was whole is the same.</summary>
    let rec isGrowth (later: PartialJson) (earlier: PartialJson) : bool =
        if isWhole earlier then
            earlier = later
        else
            match earlier, later with
            | PartialJson.Text(before, _), PartialJson.Text(after, _) -> after.StartsWith(before, StringComparison.Ordinal)
            | PartialJson.List(before, _), PartialJson.List(after, _) ->
                before.Length <= after.Length && List.forall2 isGrowth (List.truncate before.Length after) before
            | PartialJson.Object(before, _), PartialJson.Object(after, _) ->
                before.Length <= after.Length
                && List.forall2
                    (fun (name, later) (other, earlier) -> name = other && isGrowth later earlier)
                    (List.truncate before.Length after)
                    before
            | _ -> false
