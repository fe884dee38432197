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

/// What a reader of JSON that comes in pieces waits for.
type private Awaited =
    | Value
    | Name
    | Colon
    | RestOfName
    | RestOfText
    | RestOfWord
    /// It was whole, or is deeper than JSON may be; what follows is not looked at.
    | Nothing

/// A collection that is open, with what it holds in reverse; a property's name goes before its value.
type private Open =
    | Items of PartialJson list
    | Properties of (string * PartialJson) list * name: string

/// <summary>
/// Reads JSON that comes in pieces, so that nothing is read twice. It is one reading's own: what is shown of it, however, never changes.
/// </summary>
[<Sealed; AllowNullLiteral>]
type internal PartialJsonReader() =
    let text = StringBuilder()
    let escape = StringBuilder()
    let mutable stack: Open list = []
    let mutable awaited = Value
    let mutable root: PartialJson option = None
    let mutable isBroken = false
    let mutable version = 0

    let isOfWord (character: char) = Char.IsAsciiLetterOrDigit character || character = '-' || character = '+' || character = '.'

    let isKnown (word: string) = word = "true" || word = "false" || word = "null"

    let refuse () =
        isBroken <- true
        awaited <- Nothing

    let place (value: PartialJson) =
        version <- version + 1

        match stack with
        | [] ->
            root <- Some value
            awaited <- Nothing
        | Items items :: others ->
            stack <- Items(value :: items) :: others
            awaited <- Value
        | Properties(properties, name) :: others ->
            stack <- Properties((name, value) :: properties, "") :: others
            awaited <- Name

    let openNew (collection: Open) (next: Awaited) =
        version <- version + 1
        stack <- collection :: stack
        awaited <- next

    let close () =
        match stack with
        | Items items :: others ->
            stack <- others
            place (PartialJson.List(List.rev items, true))
        | Properties(properties, _) :: others ->
            stack <- others
            place (PartialJson.Object(List.rev properties, true))
        | [] -> ()

    let begin' (next: Awaited) =
        text.Clear() |> ignore
        escape.Clear() |> ignore
        awaited <- next

    /// The escape that is there; what is none stands for itself, and digits that are none for what is not known.
    let unescape () : char =
        match escape[1] with
        | 'n' -> '\n'
        | 'r' -> '\r'
        | 't' -> '\t'
        | 'b' -> '\b'
        | 'f' -> '\f'
        | 'u' ->
            match UInt16.TryParse(escape.ToString(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) with
            | true, code -> char code
            | _ -> '\uFFFD'
        | other -> other

    let show (character: char) =
        text.Append character |> ignore

        if awaited = RestOfText then version <- version + 1

    /// Whether the text ends here.
    let ofText (character: char) : bool =
        if escape.Length > 0 then
            escape.Append character |> ignore

            if escape.Length = (if escape[1] = 'u' then 6 else 2) then
                show (unescape ())
                escape.Clear() |> ignore

            false
        elif character = '"' then
            true
        else
            if character = '\\' then escape.Append character |> ignore else show character
            false

    let endWord () =
        let word = text.ToString()

        match (if isKnown word then Ok(Json.trusted word) else Json.tryParse word) with
        | Ok json -> place (PartialJson.Value json)
        | Error _ -> refuse ()

    let ofValue (character: char) =
        match character, stack with
        | ']', Items _ :: _ -> close ()
        | ',', Items _ :: _ -> ()
        // As deep as JSON may be; what is deeper is not shown.
        | _ when List.length stack > Json.maxDepth -> awaited <- Nothing
        | '"', _ ->
            version <- version + 1
            begin' RestOfText
        | '[', _ -> openNew (Items []) Value
        | '{', _ -> openNew (Properties([], "")) Name
        | character, _ when isOfWord character ->
            begin' RestOfWord
            text.Append character |> ignore
        | _ -> refuse ()

    let rec step (character: char) =
        match awaited with
        | Nothing -> ()
        | RestOfText -> if ofText character then place (PartialJson.Text(text.ToString(), true))
        | RestOfName -> if ofText character then awaited <- Colon
        | RestOfWord when isOfWord character ->
            text.Append character |> ignore

            if text.Length <= 5 && isKnown (text.ToString()) then version <- version + 1
        | RestOfWord ->
            endWord ()
            step character
        | _ when Char.IsWhiteSpace character -> ()
        | Value -> ofValue character
        | Name ->
            match character with
            | '}' -> close ()
            | ',' -> ()
            | '"' -> begin' RestOfName
            | _ -> refuse ()
        | Colon ->
            match character, stack with
            | ':', Properties(properties, _) :: others ->
                stack <- Properties(properties, text.ToString()) :: others
                awaited <- Value
            | _ -> refuse ()

    /// What grows now, if it can be shown. Half of a pair waits for its other half.
    let growing () : PartialJson option =
        match awaited with
        | RestOfText when text.Length > 0 && Char.IsHighSurrogate text[text.Length - 1] ->
            Some(PartialJson.Text(text.ToString(0, text.Length - 1), false))
        | RestOfText -> Some(PartialJson.Text(text.ToString(), false))
        | RestOfWord when isKnown (text.ToString()) -> Some(PartialJson.Value(Json.trusted (text.ToString())))
        | _ -> None

    /// Takes the next piece.
    member _.Feed(piece: ReadOnlySpan<char>) : unit =
        for index in 0 .. piece.Length - 1 do
            step piece[index]

    /// Whether what came is no JSON, whatever may follow.
    member _.IsBroken = isBroken

    /// Another number whenever there is more to show.
    member _.Version = version

    /// What is known so far.
    member _.Shown: PartialJson option =
        match root with
        | Some whole -> Some whole
        | None ->
            (growing (), stack)
            ||> List.fold (fun inner collection ->
                match collection with
                | Items items -> Some(PartialJson.List(List.rev (Option.toList inner @ items), false))
                | Properties(properties, name) ->
                    let last = inner |> Option.map (fun value -> name, value) |> Option.toList
                    Some(PartialJson.Object(List.rev (last @ properties), false)))

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

    /// <summary>
    /// What the text, which begins a JSON value, says so far; None when it says nothing yet. What is no JSON ends what is shown.
    /// </summary>
    /// <example>
    /// <c>PartialJson.read "{\"title\":\"Du"</c> evaluates to
    /// <c>Some (PartialJson.Object ([ "title", PartialJson.Text ("Du", false) ], false))</c>.
    /// </example>
    let read (text: string) : PartialJson option =
        let reader = PartialJsonReader()
        reader.Feed(text.AsSpan())
        reader.Shown

    /// <summary>JSON that says what is known so far: all that is open is closed, and nothing is added.</summary>
    /// <example>
    /// <c>PartialJson.read "{\"title\":\"Du" |> Option.map PartialJson.toJson</c> evaluates to the JSON <c>{"title":"Du"}</c>.
    /// </example>
    let toJson (partial: PartialJson) : Json =
        let builder = StringBuilder()

        let between (index: int) = if index > 0 then builder.Append ',' |> ignore

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
