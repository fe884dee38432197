// Templates of strings: text with sections and holes, read once, rendered to messages with the members of any input. Whatever is wrong is an
// error with its line and column, before a call where the input's type says so. Pure: addresses stay addresses, files are not read.
namespace Llm.Core

open System

/// <summary>
/// A template that was read: sections, one a message, with holes for values. A section begins at the start of a line with <c>SYSTEM:</c>,
/// <c>USER:</c>, <c>ASSISTANT:</c> or <c>MESSAGES:</c>; text before the first, or without any, is the user's. The indentation that all lines after the
/// first share is removed, of the text and of each section, and so is the space around a section. <c>{name}</c> and <c>{name.member}</c> are holes,
/// <c>{{</c> and <c>}}</c> braces, and <c>{:}</c> is nothing, which keeps what stands beside it as it is.
/// </summary>
[<NoComparison>]
type TextTemplate =
    private
        {
            sections: TemplateSection list
            text: string
        }

    /// The text that it was read from.
    member this.Text = this.text

    /// <summary>How the template asks the prompt to be cached, by <c>{:cache_control}</c>; None where it does not.</summary>
    member this.Caching: PromptCaching option =
        this.sections
        |> List.collect _.Pieces
        |> List.tryPick (fun piece ->
            match piece with
            | TemplatePiece.Hole { Kind = HoleKind.Cache lifetime } -> Some(PromptCaching.For lifetime)
            | _ -> None)

/// A hole whose value can be read, and its errors placed.
[<NoComparison; NoEquality>]
type private Filler = { Hole: TemplateHole; Read: Getter }

/// <summary>Functions on <see cref="T:Llm.Core.TextTemplate"/>.</summary>
[<RequireQualifiedAccess>]
module TextTemplate =
    let private errorAt (at: TemplatePosition) (reason: string) : TemplateError = { Line = at.Line; Column = at.Column; Reason = reason }

    let private name (hole: TemplateHole) = String.concat "." hole.Path

    let private errorOf (hole: TemplateHole) (reason: string) : TemplateError =
        let reason = if List.isEmpty hole.Path then reason else $"{{{name hole}}}: {reason}"
        errorAt hole.At reason

    let private hasValue (hole: TemplateHole) = not (List.isEmpty hole.Path)

    /// <summary>Reads a template; all that is wrong with it, where something is.</summary>
    /// <example>
    /// <c>TextTemplate.parse "SYSTEM: You are {who}.\nUSER: {question"</c> evaluates to
    /// <c>Error [ { Line = 2; Column = 7; Reason = "this { is not closed on its line; for a brace write {{" } ]</c>.
    /// </example>
    let parse (text: string) : Result<TextTemplate, TemplateError list> =
        TemplateSyntax.parse text |> Result.map (fun sections -> { sections = sections; text = text })

    /// <summary>A template that renders the text as it is, whatever braces, section words and space it holds.</summary>
    /// <example><c>TextTemplate.escape "USER: {}"</c> evaluates to <c>"{:}USER: {{}}"</c>.</example>
    let escape (text: string) : string = TemplateSyntax.escape text

    let private holesOf (section: TemplateSection) : TemplateHole list =
        section.Pieces
        |> List.choose (fun piece ->
            match piece with
            | TemplatePiece.Hole hole when hasValue hole -> Some hole
            | _ -> None)

    /// <summary>The names of the template's holes, each once, in their order.</summary>
    /// <example>For <c>"{author.name} wrote {title}, {title}"</c> it is <c>[ "author.name"; "title" ]</c>.</example>
    let holes (template: TextTemplate) : string list = template.sections |> List.collect holesOf |> List.map name |> List.distinct

    let private combine (results: Result<'ok, TemplateError list> list) : Result<'ok list, TemplateError list> =
        let errors =
            results
            |> List.collect (fun each ->
                match each with
                | Ok _ -> []
                | Error errors -> errors)

        if List.isEmpty errors then
            Ok(
                results
                |> List.choose (fun each ->
                    match each with
                    | Ok value -> Some value
                    | Error _ -> None)
            )
        else
            Error errors

    /// Words that stand beside each other are one text; white space alone between two parts is none.
    let private userParts (said: Said list) : Result<UserPart list, string> =
        let add parts each =
            match each, parts with
            | Said.AssistantPart _, _ -> Error "a part of an assistant's message belongs in ASSISTANT"
            | _, Error reason -> Error reason
            | Said.UserPart part, Ok parts -> Ok(Choice2Of2 part :: parts)
            | Said.Words words, Ok(Choice1Of2 before :: parts) -> Ok(Choice1Of2(before + words) :: parts)
            | Said.Words words, Ok parts -> Ok(Choice1Of2 words :: parts)

        said
        |> List.fold add (Ok [])
        |> Result.map (
            List.rev
            >> List.choose (fun part ->
                match part with
                | Choice1Of2 words when String.IsNullOrWhiteSpace words -> None
                | Choice1Of2 words -> Some(UserPart.Text words)
                | Choice2Of2 part -> Some part)
        )

    let private words (said: Said list) : Result<string, string> =
        (Ok "", said)
        ||> List.fold (fun text each ->
            match each, text with
            | Said.Words words, Ok text -> Ok(text + words)
            | Said.Words _, Error reason -> Error reason
            | _ -> Error "SYSTEM is one text; parts belong in USER")

    let private assistantParts (said: Said list) : Result<AssistantPart list, string> =
        let assistantPart part =
            match part with
            | Said.Words words -> Ok(AssistantPart.Text words)
            | Said.AssistantPart part -> Ok part
            | Said.UserPart(UserPart.Text text) -> Ok(AssistantPart.Text text)
            | Said.UserPart _ -> Error "images, audio and documents belong in USER"

        let merge parts part =
            match part, parts with
            | Said.Words words, Said.Words before :: rest -> Said.Words(before + words) :: rest
            | _ -> part :: parts

        let isBlank part =
            match part with
            | Said.Words words -> String.IsNullOrWhiteSpace words
            | _ -> false

        said
        |> List.fold merge []
        |> List.rev
        |> List.filter (isBlank >> not)
        |> List.map assistantPart
        |> List.fold (fun all each -> all |> Result.bind (fun all -> each |> Result.map (fun each -> each :: all))) (Ok [])
        |> Result.map List.rev

    let private message (role: TemplateRole) (said: Said list) : Result<Message list, string> =
        match role with
        | TemplateRole.System ->
            words said |> Result.map (fun text -> if String.IsNullOrWhiteSpace text then [] else [ Message.system text ])
        | TemplateRole.Assistant ->
            assistantParts said |> Result.map (fun parts -> if List.isEmpty parts then [] else [ Message.assistantParts parts ])
        | TemplateRole.User
        | TemplateRole.Messages ->
            userParts said
            |> Result.map (fun parts ->
                match Message.userParts parts with
                | Ok message -> [ message ]
                | Error _ -> [])

    /// The messages of a history that stands in a hole.
    let private history (foreign: ForeignValues) (value: obj) : Result<Message list, string> =
        let message (value: obj) =
            match foreign.ValueOf value with
            | :? Message as message -> Ok message
            | null -> Error "one of the messages is nothing"
            | other -> Error $"{other.GetType().Name} is not a message"

        match value with
        | null -> Ok []
        | :? Collections.IEnumerable as items when not (value :? string) ->
            (Seq.cast<obj> items |> List.ofSeq, Ok [])
            ||> List.foldBack (fun each rest -> rest |> Result.bind (fun rest -> message each |> Result.map (fun each -> each :: rest)))
        | other -> Error $"MESSAGES wants a list of messages, which {other.GetType().Name} is not"

    let private placed (hole: TemplateHole) (result: Result<'value, string>) =
        result |> Result.mapError (fun reason -> [ errorOf hole reason ])

    let private fill foreign (fillers: Map<TemplatePosition, Filler>) (section: TemplateSection) (input: obj) =
        let value (hole: TemplateHole) = if hasValue hole then fillers[hole.At].Read input else Ok null

        match section.Role, section.Pieces with
        | TemplateRole.Messages, [ TemplatePiece.Hole hole ] ->
            value hole |> Result.bind (foreign.ValueOf >> TemplateInput.unwrap >> history foreign) |> placed hole
        | role, pieces ->
            pieces
            |> List.map (fun piece ->
                match piece with
                | TemplatePiece.Literal text -> Ok [ Said.Words text ]
                | TemplatePiece.Hole hole -> value hole |> Result.bind (TemplateValues.say foreign hole.Kind) |> placed hole)
            |> combine
            |> Result.bind (fun said -> message role (List.concat said) |> Result.mapError (fun reason -> [ errorAt section.At reason ]))

    let private refusal foreign (role: TemplateRole) (hole: TemplateHole) (known: Type) : string option =
        let known = foreign.TypeOf(TemplateInput.content known)

        match role with
        | TemplateRole.Messages when known = typeof<obj> || TemplateInput.isList known -> None
        | TemplateRole.Messages -> Some $"MESSAGES wants a list of messages, which {known.Name} is not"
        | _ -> TemplateValues.refusal foreign role hole.Kind known

    let private filler foreign (input: Type) (role: TemplateRole) (hole: TemplateHole) : Result<Filler, TemplateError list> =
        TemplateInput.resolve foreign input hole.Path
        |> Result.bind (fun leaf ->
            match leaf.Type |> Option.bind (refusal foreign role hole) with
            | Some reason -> Error reason
            | None -> Ok { Hole = hole; Read = leaf.Read })
        |> placed hole

    /// An input that is one thing fills holes of one name.
    let private otherNames foreign (input: Type) (template: TextTemplate) : TemplateError list =
        match template.sections |> List.collect holesOf with
        | first :: rest when TemplateInput.isOneThing foreign input ->
            rest
            |> List.filter (fun hole -> List.head hole.Path <> List.head first.Path)
            |> List.map (fun hole -> errorOf hole $"the input is one {input.Name}, which is {{{List.head first.Path}}} already")
        | _ -> []

    let private nothing: TemplateError = { Line = 1; Column = 1; Reason = "there is nothing to say: every message is empty" }

    let internal compileFor
        (foreign: ForeignValues)
        (input: Type)
        (template: TextTemplate)
        : Result<obj -> Result<Message list, TemplateError list>, TemplateError list> =
        match otherNames foreign input template with
        | [] ->
            template.sections
            |> List.collect (fun section -> holesOf section |> List.map (filler foreign input section.Role))
            |> combine
            |> Result.map (fun fillers ->
                let byPlace = fillers |> List.map (fun filler -> filler.Hole.At, filler) |> Map.ofList

                fun input ->
                    template.sections
                    |> List.map (fun section -> fill foreign byPlace section input)
                    |> combine
                    |> Result.bind (fun messages ->
                        match List.concat messages with
                        | [] -> Error [ nothing ]
                        | messages -> Ok messages))
        | errors -> Error errors

    /// <summary>
    /// The template for inputs of a type, whose members fill the holes: a record, an anonymous record, a class or a dictionary; an input that is
    /// one thing (a text, a number, an image, a list) fills the holes of the one name that there is. Names are told apart by case only where two differ
    /// by nothing else. Errors where the type has no such member, or none that can be said so; what only a value can tell is an error of rendering.
    /// </summary>
    /// <example><c>TextTemplate.compile&lt;{| genre: string |}&gt; template</c></example>
    let compile<'input> (template: TextTemplate) : Result<'input -> Result<Message list, TemplateError list>, TemplateError list> =
        compileFor ForeignValues.none typeof<'input> template |> Result.map (fun render -> box >> render)

    /// <summary>The messages of a template with the members of this one input, whatever its type.</summary>
    /// <example>
    /// <c>TextTemplate.parse "A {genre} book." |> Result.bind (TextTemplate.render {| genre = "fantasy" |})</c> evaluates to
    /// <c>Ok [ Message.user "A fantasy book." ]</c>.
    /// </example>
    let render (input: obj) (template: TextTemplate) : Result<Message list, TemplateError list> =
        let kind =
            match input with
            | null -> typeof<obj>
            | input -> input.GetType()

        compileFor ForeignValues.none kind template |> Result.bind (fun render -> render input)

    /// The parts of numbered holes and the text around them, which stays as it is.
    let internal interpolate (foreign: ForeignValues) (format: string) (arguments: obj[]) : Result<UserPart list, TemplateError list> =
        TemplateSyntax.parseFormat format
        |> Result.bind (fun pieces ->
            pieces
            |> List.map (fun piece ->
                match piece with
                | TemplatePiece.Literal text -> Ok [ Said.Words text ]
                | TemplatePiece.Hole hole ->
                    match hole.Path with
                    | [ number ] when int number < arguments.Length ->
                        TemplateValues.say foreign hole.Kind arguments[int number] |> placed hole
                    | _ -> Error [ errorOf hole "there is no such argument" ])
            |> combine)
        |> Result.bind (List.concat >> userParts >> Result.mapError (fun reason -> [ errorAt { Line = 1; Column = 1 } reason ]))
