// What holds of templates whatever they say: text stays as it is, values are never read, sections keep their order, and nothing throws.
module Llm.Core.Tests.PromptTemplateLaws

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.FsCheck

let private words =
    Gen.elements [ "a"; "book"; "  of  "; "USER:"; " SYSTEM: "; "MESSAGES"; "é🙂"; "100%"; "\\"; "a:b"; "(detail=low)"; "\t"; "-" ]

/// A line that begins and ends with a letter, so that no section begins and nothing is trimmed.
let private line: Gen<string> = Gen.listOf words |> Gen.map (fun words -> "x" + String.concat "" words + "x")

let private plain: Gen<string> = Gen.nonEmptyListOf line |> Gen.map (String.concat "\n")

let private ok (result: Result<'value, TemplateError list>) : 'value =
    match result with
    | Ok value -> value
    | Error errors -> failwith (TemplateError.render errors)

let private rendered (input: obj) (text: string) : Message list = TextTemplate.parse text |> Result.bind (TextTemplate.render input) |> ok

let private isSaid (expected: string) (messages: Message list) = messages = [ Message.user expected ]

[<Law>]
let ``a template without holes gives its text`` () =
    Prop.forAll (Arb.fromGen plain) (fun text -> rendered {| none = 0 |} text |> isSaid text)

/// Any text that a message may hold; lines end as they do in templates.
let private text: Gen<string> =
    TextArb.text.Generator |> Gen.filter (fun text -> not (String.IsNullOrWhiteSpace text || text.Contains "\r\n"))

let private hostile: Gen<string> =
    Gen.elements [ "{x}"; "{{"; "}}"; "{"; "}"; "\nUSER: "; "USER:"; "\n"; "  "; "{:}"; "{x:image}"; "MESSAGES: {x}"; "word"; "\n    " ]
    |> Gen.nonEmptyListOf
    |> Gen.map (fun pieces -> "." + String.concat "" pieces)

let private anyText = Gen.oneof [ text; hostile; hostile |> Gen.map (fun text -> text.Substring 1 + ".") ]

[<Law(MaxTest = 500)>]
let ``an escaped text comes back as it was`` () =
    Prop.forAll (Arb.fromGen anyText) (fun text -> rendered {| x = "wrong" |} (TextTemplate.escape text) |> isSaid text)

[<Law(MaxTest = 500)>]
let ``a value stands in the text as it is and changes nothing around it`` () =
    Prop.forAll (Arb.fromGen (Gen.three anyText)) (fun (before, value, after) ->
        rendered {| x = value |} (TextTemplate.escape before + "{x}" + TextTemplate.escape after)
        |> isSaid (before + value + after))

[<Law>]
let ``parts stand between the texts around them`` () =
    Prop.forAll (Arb.fromGen (Gen.nonEmptyListOf anyText)) (fun texts ->
        let template = texts |> List.map TextTemplate.escape |> String.concat "{picture}"
        let picture = Image.Url "https://example.com/a.png"

        let expected =
            [
                for index, text in List.indexed texts do
                    if index > 0 then UserPart.Image picture
                    UserPart.Text text
            ]

        match Message.userParts expected with
        | Ok expected -> rendered {| picture = picture |} template = [ expected ]
        | Error _ -> false)

let private role = Gen.elements [ "SYSTEM"; "USER"; "ASSISTANT" ]

[<Law>]
let ``sections are messages in their order`` () =
    Prop.forAll (Arb.fromGen (Gen.nonEmptyListOf (Gen.zip role plain))) (fun sections ->
        let template = sections |> List.map (fun (role, text) -> $"{role}: {text}") |> String.concat "\n"

        let expected =
            sections
            |> List.map (fun (role, text) ->
                match role with
                | "SYSTEM" -> Message.system text
                | "USER" -> Message.user text
                | _ -> Message.assistant text)

        rendered {| none = 0 |} template = expected)

[<Law>]
let ``indentation that all lines share is no part of a template`` () =
    Prop.forAll (Arb.fromGen (Gen.zip (Gen.elements [ "  "; "\t"; "        " ]) (Gen.nonEmptyListOf line))) (fun (indentation, lines) ->
        let written = lines |> List.map (fun line -> $"\n{indentation}{line}") |> String.concat ""
        rendered {| none = 0 |} (written + "\n" + indentation) |> isSaid (String.concat "\n" lines))

/// Scraps of templates in any order: most are wrong somewhere.
let private scraps: Gen<string> =
    let scrap =
        Gen.elements
            [
                "{"
                "}"
                "{{"
                "}}"
                "{text}"
                "{number:F2}"
                "{number,8}"
                "{number,x}"
                "{number:.2f}"
                "{missing}"
                "{author.name}"
                "{author.name.length}"
                "{items:list}"
                "{items:lists}"
                "{text:image}"
                "{text:images}"
                "{picture:image(detail=low)}"
                "{picture:image(detail=auto)}"
                "{picture:part}"
                "{picture}"
                "{:cache_control}"
                "{:cache_control(ttl=1h)}"
                "{:}"
                "{}"
                "{ }"
                "{..}"
                "{nothing:text}"
                "{history}"
                "\nSYSTEM:"
                "\nUSER:"
                "\n  ASSISTANT:"
                "\nMESSAGES: {history}"
                "\nMESSAGES: {text}"
                "\n"
                "\r\n"
                "   "
                ":"
                "(a=b)"
                "word "
            ]

    Gen.frequency [ 8, scrap; 1, TextArb.text.Generator ] |> Gen.listOf |> Gen.map (String.concat "")

let private input =
    {|
        text = "word"
        number = 1.5
        author = {| name = "A" |}
        items = [ "one"; "two" ]
        picture = Image.Url "https://example.com/a.png"
        nothing = (None: string option)
        history = [ Message.user "before" ]
    |}

let private isPlaced (text: string) (error: TemplateError) : bool =
    let lines = text.Replace("\r\n", "\n").Split '\n'

    error.Line >= 1
    && error.Line <= lines.Length
    && error.Column >= 1
    && error.Column <= lines[error.Line - 1].Length + 1
    && error.Reason <> ""

[<Law(MaxTest = 10000)>]
let ``any template is rendered or refused with a place`` () =
    Prop.forAll (Arb.fromGen scraps) (fun text ->
        match TextTemplate.parse text |> Result.bind (TextTemplate.render input) with
        | Ok messages -> not (List.isEmpty messages)
        | Error errors -> not (List.isEmpty errors) && List.forall (isPlaced text) errors)

[<Law(MaxTest = 1000)>]
let ``a template that is compiled for a type never lacks a member`` () =
    Prop.forAll (Arb.fromGen scraps) (fun text ->
        let isLack (error: TemplateError) = error.Reason.Contains "there is no '"

        match TextTemplate.parse text |> Result.bind (fun template -> TextTemplate.compile template) with
        | Error _ -> true
        | Ok render ->
            match render input with
            | Ok _ -> true
            | Error errors -> not (List.exists isLack errors))
