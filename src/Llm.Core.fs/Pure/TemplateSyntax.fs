// The text of a template as sections, literal text and holes, each with its place; problems are collected, never thrown.
// Read by Template; knows nothing of values or of how they are rendered.
namespace Llm.Core

open System
open System.Globalization
open System.Text

/// A place in a template's text, both from 1.
[<Struct>]
type internal TemplatePosition = { Line: int; Column: int }

/// What a hole may be filled with besides text.
[<RequireQualifiedAccess>]
type internal HolePart =
    | Text
    | Image
    | Audio
    | Document
    | Part

/// How the value of a hole is said.
[<RequireQualifiedAccess>]
type internal HoleKind =
    /// In the text, padded to a width and in a format of .NET.
    | Inline of alignment: int * format: string
    /// In the text, its items a line each; at level 2 its lists a paragraph each.
    | Joined of level: int
    /// As a part of its own, or one an item.
    | Parts of HolePart * isMany: bool
    /// Nothing; it asks the provider to cache the prompt.
    | Cache of CacheLifetime
    /// Nothing; it keeps what stands beside it as it is.
    | Empty

type internal TemplateHole = { At: TemplatePosition; Path: string list; Kind: HoleKind }

[<RequireQualifiedAccess>]
type internal TemplatePiece =
    | Literal of string
    | Hole of TemplateHole

[<RequireQualifiedAccess>]
type internal TemplateRole =
    | System
    | User
    | Assistant
    | Messages

type internal TemplateSection = { At: TemplatePosition; Role: TemplateRole; Pieces: TemplatePiece list }

[<RequireQualifiedAccess>]
module internal TemplateSyntax =
    /// A line of the template without its indentation, and where that begins in the text.
    type private Line = { Text: string; Number: int; Start: int }

    let private errorAt (at: TemplatePosition) (reason: string) : TemplateError = { Line = at.Line; Column = at.Column; Reason = reason }

    let private indentation (text: string) : string = text.Substring(0, text.Length - text.TrimStart([| ' '; '\t' |]).Length)

    let private commonPrefix (first: string) (second: string) : string =
        let length = Seq.zip first second |> Seq.takeWhile (fun (one, other) -> one = other) |> Seq.length
        first.Substring(0, length)

    let private cut (count: int) (line: Line) : Line =
        let count = min count line.Text.Length
        { line with Text = line.Text.Substring count; Start = line.Start + count }

    /// Without the indentation that all lines have.
    let private dedent (lines: Line list) : Line list =
        let isBlank (line: Line) = String.IsNullOrWhiteSpace line.Text

        match lines |> List.filter (isBlank >> not) |> List.map (fun line -> indentation line.Text) with
        | [] -> lines
        | some ->
            let count = (List.reduce commonPrefix some).Length

            lines
            |> List.map (fun line -> if isBlank line then cut (min count (indentation line.Text).Length) line else cut count line)

    /// The text's lines, without the indentation that those after the first share: the first stands where the quotes open.
    let private layOut (text: string) : Line list =
        let lines =
            text.Replace("\r\n", "\n").Split '\n'
            |> List.ofArray
            |> List.mapi (fun index line -> { Text = line; Number = index + 1; Start = 0 })

        match lines with
        | [] -> []
        | first :: rest -> first :: dedent rest

    let private keywords =
        [
            "SYSTEM:", TemplateRole.System
            "USER:", TemplateRole.User
            "ASSISTANT:", TemplateRole.Assistant
            "MESSAGES:", TemplateRole.Messages
        ]

    let private keyword (text: string) : (string * TemplateRole) option =
        keywords |> List.tryFind (fun (word, _) -> text.StartsWith(word, StringComparison.Ordinal))

    /// The role and the lines of each section, and where it begins.
    let private sections (lines: Line list) : (TemplatePosition * TemplateRole * Line list) list =
        let step (sections: (TemplatePosition * TemplateRole * Line list) list) (line: Line) =
            // The first line's indentation is no one's to compare with, so that it is none.
            let line =
                if line.Number = 1 && (keyword (line.Text.TrimStart())).IsSome then
                    dedent [ line ] |> List.head
                else
                    line

            let at = { TemplatePosition.Line = line.Number; Column = line.Start + 1 }

            match keyword line.Text, sections with
            | Some(word, role), _ -> (at, role, [ cut word.Length line ]) :: sections
            | None, (start, role, lines) :: others -> (start, role, line :: lines) :: others
            | None, [] -> [ at, TemplateRole.User, [ line ] ]

        lines
        |> List.fold step []
        |> List.rev
        |> List.map (fun (at, role, reversed) ->
            match List.rev reversed with
            | [] -> at, role, []
            | first :: rest -> at, role, first :: dedent rest)

    let private isName (text: string) : bool =
        text <> ""
        && (Char.IsLetter text[0] || text[0] = '_')
        && text |> Seq.forall (fun each -> Char.IsLetterOrDigit each || each = '_')

    let private kinds: Map<string, HoleKind> =
        Map.ofList
            [
                "list", HoleKind.Joined 1
                "lists", HoleKind.Joined 2
                for name, part in
                    [
                        "text", HolePart.Text
                        "image", HolePart.Image
                        "audio", HolePart.Audio
                        "document", HolePart.Document
                        "part", HolePart.Part
                    ] do
                    name, HoleKind.Parts(part, false)
                    name + "s", HoleKind.Parts(part, true)
                "cache_control", HoleKind.Cache CacheLifetime.FiveMinutes
            ]

    let private option (text: string) : Result<string * string, string> =
        match text.Split '=' with
        | [| name; value |] when isName (name.Trim()) -> Ok(name.Trim(), value.Trim())
        | _ -> Error $"'{text.Trim()}' is no option; write name=value"

    let private withOption (kind: HoleKind) (name: string, value: string) : Result<HoleKind, string> =
        match kind, name, value with
        | HoleKind.Cache _, "type", "ephemeral" -> Ok kind
        | HoleKind.Cache _, "ttl", "5m" -> Ok(HoleKind.Cache CacheLifetime.FiveMinutes)
        | HoleKind.Cache _, "ttl", "1h" -> Ok(HoleKind.Cache CacheLifetime.OneHour)
        | HoleKind.Cache _, _, _ -> Error $"a cache has no option {name}={value}; type=ephemeral, ttl=5m and ttl=1h are"
        | HoleKind.Parts(HolePart.Image, _), "detail", "auto" -> Ok kind
        | HoleKind.Parts(HolePart.Image, _), "detail", _ ->
            Error $"images are sent with detail=auto; detail={value} is not one that every provider knows"
        | _ -> Error $"there is no option '{name}' here"

    let private options (kind: HoleKind) (text: string) : Result<HoleKind, string> =
        if String.IsNullOrWhiteSpace text then
            Ok kind
        else
            text.Split ','
            |> Array.fold (fun kind each -> kind |> Result.bind (fun kind -> option each |> Result.bind (withOption kind))) (Ok kind)

    /// A format of Python's, such as .2f, would be taken by .NET for another.
    let private isPythonFormat (format: string) : bool =
        format.Length > 2
        && format[0] = '.'
        && Char.IsAsciiLetter format[format.Length - 1]
        && format.Substring(1, format.Length - 2) |> Seq.forall Char.IsAsciiDigit

    let private kind (alignment: int) (specification: string) : Result<HoleKind, string> =
        let name, arguments =
            match specification.IndexOf '(' with
            | -1 -> specification, None
            | start when specification.EndsWith ')' ->
                specification.Substring(0, start), Some(specification.Substring(start + 1, specification.Length - start - 2))
            | _ -> specification, None

        match Map.tryFind name kinds with
        | Some _ when alignment <> 0 -> Error $"only text in its line has a width; leave out ',{alignment}'"
        | Some kind -> arguments |> Option.map (options kind) |> Option.defaultValue (Ok kind)
        | None when isPythonFormat specification ->
            let digits = specification.Substring(1, specification.Length - 2)
            let letter = Char.ToUpperInvariant specification[specification.Length - 1]
            Error $"'{specification}' is a format of Python; .NET's is {letter}{digits}"
        | None -> Ok(HoleKind.Inline(alignment, specification))

    let private path (isSegment: string -> bool) (text: string) : Result<string list, string> =
        let segments = text.Split '.' |> List.ofArray

        if text = "" then Error "a hole needs a name; for a brace write {{ or }}"
        elif List.forall isSegment segments then Ok segments
        else Error $"'{text}' is no name; for a brace write {{{{ or }}}}"

    let private alignment (text: string) : Result<int, string> =
        match Int32.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
        | true, width when abs width <= 1000 -> Ok width
        | _ -> Error $"'{text.Trim()}' is no width"

    /// What stands between the braces.
    let private hole (isSegment: string -> bool) (at: TemplatePosition) (content: string) : Result<TemplateHole, string> =
        let left, specification =
            match content.IndexOf ':' with
            | -1 -> content, ""
            | colon -> content.Substring(0, colon), content.Substring(colon + 1)

        let made path kind : TemplateHole = { At = at; Path = path; Kind = kind }

        if content = ":" then
            Ok(made [] HoleKind.Empty)
        else
            let name, width =
                match left.IndexOf ',' with
                | -1 -> left.Trim(), Ok 0
                | comma -> left.Substring(0, comma).Trim(), alignment (left.Substring(comma + 1))

            width
            |> Result.bind (fun width -> kind width specification)
            |> Result.bind (fun kind ->
                match kind with
                | HoleKind.Cache _ -> Ok(made [] kind)
                | _ -> path isSegment name |> Result.map (fun path -> made path kind))

    /// The pieces of one line, last first, and its errors.
    let private scan isSegment (line: Line) (pieces: TemplatePiece list, errors: TemplateError list) =
        let text = line.Text
        let literal = StringBuilder()
        let mutable pieces = pieces
        let mutable errors = errors
        let mutable position = 0

        let flush () =
            if literal.Length > 0 then
                pieces <- TemplatePiece.Literal(literal.ToString()) :: pieces
                literal.Clear() |> ignore

        let isDoubled () = position + 1 < text.Length && text[position + 1] = text[position]

        let take (characters: int) (said: string) =
            literal.Append said |> ignore
            position <- position + characters

        let refuse (column: int) (reason: string) =
            errors <- errorAt { Line = line.Number; Column = line.Start + column + 1 } reason :: errors

        while position < text.Length do
            match text[position] with
            | '{'
            | '}' when isDoubled () -> take 2 (string text[position])
            | '}' ->
                refuse position "this } closes nothing; for a brace write }}"
                take 1 "}"
            | '{' ->
                match text.IndexOf('}', position) with
                | -1 ->
                    refuse position "this { is not closed on its line; for a brace write {{"
                    take 1 "{"
                | close ->
                    let at = { TemplatePosition.Line = line.Number; Column = line.Start + position + 1 }

                    match hole isSegment at (text.Substring(position + 1, close - position - 1)) with
                    | Ok hole ->
                        flush ()
                        pieces <- TemplatePiece.Hole hole :: pieces
                    | Error reason -> refuse position reason

                    position <- close + 1
            | other -> take 1 (string other)

        flush ()
        pieces, errors

    /// Neighbouring literals become one: as many as a long text has lines.
    let private joined (pieces: TemplatePiece list) : TemplatePiece list =
        let literal = StringBuilder()
        let joined = ResizeArray<TemplatePiece>()

        let flush () =
            if literal.Length > 0 then
                joined.Add(TemplatePiece.Literal(literal.ToString()))
                literal.Clear() |> ignore

        for piece in pieces do
            match piece with
            | TemplatePiece.Literal text -> literal.Append text |> ignore
            | TemplatePiece.Hole _ ->
                flush ()
                joined.Add piece

        flush ()
        List.ofSeq joined

    let private dropEmpty = List.filter (fun piece -> piece <> TemplatePiece.Literal "")

    let private trimmed (pieces: TemplatePiece list) : TemplatePiece list =
        let trim (change: string -> string) pieces =
            match pieces with
            | TemplatePiece.Literal first :: rest -> TemplatePiece.Literal(change first) :: rest
            | _ -> pieces

        pieces |> trim _.TrimStart() |> List.rev |> trim _.TrimEnd() |> List.rev |> dropEmpty

    let private pieces isSegment (lines: Line list) : TemplatePiece list * TemplateError list =
        let step (state, isFirst) (line: Line) =
            let pieces, errors = state
            let pieces = if isFirst then pieces else TemplatePiece.Literal "\n" :: pieces
            scan isSegment line (pieces, errors), false

        let (reversed, errors), _ = List.fold step (([], []), true) lines
        joined (List.rev reversed), List.rev errors

    let private partName (part: HolePart) : string =
        match part with
        | HolePart.Text -> "a text of its own"
        | HolePart.Image -> "an image"
        | HolePart.Audio -> "audio"
        | HolePart.Document -> "a document"
        | HolePart.Part -> "a part"

    /// What a role may not say.
    let private illegal (section: TemplateSection) : TemplateError list =
        let refuse (hole: TemplateHole) =
            match section.Role, hole.Kind with
            | TemplateRole.System, HoleKind.Parts(part, _) -> Some $"{partName part} cannot be in SYSTEM, which is one text"
            | TemplateRole.Assistant, HoleKind.Parts(HolePart.Image | HolePart.Audio | HolePart.Document as part, _) ->
                Some $"{partName part} cannot be in ASSISTANT; it belongs in USER"
            | _ -> None
            |> Option.map (errorAt hole.At)

        match section.Role, section.Pieces with
        | TemplateRole.Messages, [ TemplatePiece.Hole { Kind = HoleKind.Inline(0, "") } ] -> []
        | TemplateRole.Messages, _ -> [ errorAt section.At "MESSAGES takes one hole and nothing else, such as MESSAGES: {history}" ]
        | _, pieces ->
            pieces
            |> List.choose (fun piece ->
                match piece with
                | TemplatePiece.Hole hole -> refuse hole
                | TemplatePiece.Literal _ -> None)

    let private section isSegment (at, role, lines) : TemplateSection * TemplateError list =
        let pieces, errors = pieces isSegment lines
        let section = { At = at; Role = role; Pieces = trimmed pieces }
        section, errors @ (if List.isEmpty errors then illegal section else [])

    /// The sections of a template, or all that is wrong with it.
    let parse (text: string) : Result<TemplateSection list, TemplateError list> =
        let parsed = layOut text |> sections |> List.map (section isName)

        match parsed |> List.collect snd with
        | [] ->
            parsed
            |> List.map fst
            |> List.filter (fun section -> section.Role = TemplateRole.Messages || section.Pieces <> [])
            |> Ok
        | errors -> Error errors

    /// The pieces of a composite format of .NET, whose holes are numbered, as they stand.
    let parseFormat (text: string) : Result<TemplatePiece list, TemplateError list> =
        let lines = text.Split '\n' |> List.ofArray |> List.mapi (fun index line -> { Text = line; Number = index + 1; Start = 0 })

        match pieces (Seq.forall Char.IsAsciiDigit) lines with
        | pieces, [] -> Ok(dropEmpty pieces)
        | _, errors -> Error errors

    /// Text that a template renders as it is.
    let escape (text: string) : string =
        let guard (line: string) =
            let isGuarded = (keyword (line.TrimStart())).IsSome || (line <> "" && Char.IsWhiteSpace line[0])
            (if isGuarded then "{:}" else "") + line.Replace("{", "{{").Replace("}", "}}")

        let lines = text.Split '\n' |> Array.map guard |> String.concat "\n"
        let isGuardedAtEnd = text <> "" && Char.IsWhiteSpace text[text.Length - 1]
        let isGuardedAtStart = text.StartsWith '\n'
        (if isGuardedAtStart then "{:}" else "") + lines + (if isGuardedAtEnd then "{:}" else "")
