// What an answer says, before it is put into any format; and the generator of such scripts.
namespace Llm.Core.Tests.Scripts

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.FsCheck

/// A part of an answer, in the pieces that a stream brings; together they may be empty.
[<RequireQualifiedAccess>]
type internal ScriptPart =
    | Text of string list
    | Thought of string list
    | Refusal of string list
    | Call of id: string option * name: string * arguments: string list
    /// A part that no reader knows.
    | Unknown of value: string

/// Why the answer ends.
[<RequireQualifiedAccess>]
type internal ScriptEnd =
    | Normal
    | ToolUse
    | MaxTokens
    | Refused
    | ContextFull
    | Novel

type internal ScriptUsage = { Input: int64; Output: int64; CacheRead: int64; CacheWrite: int64; Reasoning: int64 }

/// An answer and how it is to be written.
type Script =
    internal
        {
            Id: string
            Model: string
            Parts: ScriptPart list
            End: ScriptEnd
            Usage: ScriptUsage option
            Style: Style
        }

[<RequireQualifiedAccess>]
module internal Script =
    let random (script: Script) = Random script.Style.Seed

    let private pieces (part: ScriptPart) =
        match part with
        | ScriptPart.Text pieces
        | ScriptPart.Thought pieces
        | ScriptPart.Refusal pieces -> pieces
        | ScriptPart.Call(_, _, arguments) -> arguments
        | ScriptPart.Unknown value -> [ value ]

    /// All that the part says.
    let said (part: ScriptPart) : string = String.concat "" (pieces part)

    let argumentsOf (pieces: string list) : string =
        match String.concat "" pieces with
        | "" -> "{}"
        | arguments -> arguments

    /// Empty texts are no parts.
    let isSaid (part: ScriptPart) : bool = part.IsCall || said part <> ""

    let refusalsAsTexts (parts: ScriptPart list) : ScriptPart list =
        parts
        |> List.map (fun part ->
            match part with
            | ScriptPart.Refusal pieces -> ScriptPart.Text pieces
            | other -> other)

    /// Neighbours of one kind as one part, in a format that cannot tell them apart.
    let mergeNeighbours (parts: ScriptPart list) : ScriptPart list =
        List.foldBack
            (fun part rest ->
                match part, rest with
                | ScriptPart.Text first, ScriptPart.Text second :: others -> ScriptPart.Text(first @ second) :: others
                | ScriptPart.Thought first, ScriptPart.Thought second :: others -> ScriptPart.Thought(first @ second) :: others
                | ScriptPart.Refusal first, ScriptPart.Refusal second :: others -> ScriptPart.Refusal(first @ second) :: others
                | _ -> part :: rest)
            parts
            []

    let callsLast (parts: ScriptPart list) : ScriptPart list =
        let calls, others = parts |> List.partition _.IsCall
        others @ calls

    /// Thoughts first, then texts: the order of formats that have one field for each.
    let ranked (parts: ScriptPart list) : ScriptPart list =
        let rank (part: ScriptPart) =
            match part with
            | ScriptPart.Thought _ -> 0
            | ScriptPart.Text _ -> 1
            | ScriptPart.Refusal _ -> 2
            | ScriptPart.Unknown _ -> 3
            | ScriptPart.Call _ -> 4

        List.sortBy rank parts

    /// What the reply must hold; an id that the script leaves out is any.
    let content (unknown: string -> string -> AssistantPart) (parts: ScriptPart list) : AssistantPart list =
        parts
        |> List.filter isSaid
        |> List.map (fun part ->
            match part with
            | ScriptPart.Text _
            | ScriptPart.Refusal _ -> AssistantPart.Text(said part)
            | ScriptPart.Thought _ -> AssistantPart.Thought(said part)
            | ScriptPart.Call(id, name, arguments) ->
                AssistantPart.ToolCall { Id = Option.defaultValue "" id; Name = name; Arguments = argumentsOf arguments }
            | ScriptPart.Unknown value -> unknown "future_part" value)

/// Arbitrary scripts.
type ScriptArbitraries =
    static member Script() : Arbitrary<Script> =
        let text = Arb.toGen TextArb.text
        let cut (text: string) = Arb.toGen Cutting.cuts |> Gen.map (fun cuts -> Cutting.text cuts text)
        let pieces = Gen.bind cut text
        let name = Arb.toGen TextArb.name

        let call = gen {
            let! id = Gen.frequency [ 5, Gen.map Some name; 1, Gen.constant None ]
            let! name = name
            let! arguments = Arb.toGen JsonArb.object |> Gen.map Json.text
            let! said = Gen.frequency [ 6, cut arguments; 1, Gen.constant [] ]
            return ScriptPart.Call(id, name, said)
        }

        let part =
            Gen.frequency
                [
                    4, Gen.map ScriptPart.Text pieces
                    3, Gen.map ScriptPart.Thought pieces
                    1, Gen.map ScriptPart.Refusal pieces
                    4, call
                    1, Gen.map (fun number -> ScriptPart.Unknown(string number)) (Gen.choose (0, 9))
                ]

        let usage = gen {
            let! input = Gen.choose (0, 2000)
            let! output = Gen.choose (0, 2000)
            let! cacheRead = Gen.choose (0, input)
            let! cacheWrite = Gen.choose (0, input - cacheRead)
            let! reasoning = Gen.choose (0, output)

            return
                {
                    Input = int64 input
                    Output = int64 output
                    CacheRead = int64 cacheRead
                    CacheWrite = int64 cacheWrite
                    Reasoning = int64 reasoning
                }
        }

        let coin = Gen.elements [ true; false ]

        let style = gen {
            let! seed = Gen.choose (0, 1_000_000)
            let! shuffles = coin
            let! spaces = coin
            let! escapes = coin
            let! novelties = coin
            let! signed = coin
            let! mixes = coin
            let! lineEnd = Gen.elements [ "\n"; "\r\n"; "\r" ]
            let! lastLineEnds = Gen.choose (0, 2)

            return
                {
                    Seed = seed
                    Shuffles = shuffles
                    Spaces = spaces
                    Escapes = escapes
                    Novelties = novelties
                    Signed = signed
                    Mixes = mixes
                    LineEnd = lineEnd
                    LastLineEnds = lastLineEnds
                }
        }

        /// Ids of one answer differ.
        let distinct (parts: ScriptPart list) =
            parts
            |> List.mapi (fun position part ->
                match part with
                | ScriptPart.Call(Some id, name, arguments) -> ScriptPart.Call(Some $"call_{position}_{id}", name, arguments)
                | other -> other)

        let generate = gen {
            let! id = name
            let! model = name
            let! count = Gen.choose (0, 5)
            let! parts = Gen.listOfLength count part

            let! finish =
                Gen.elements
                    [ ScriptEnd.Normal; ScriptEnd.ToolUse; ScriptEnd.MaxTokens; ScriptEnd.Refused; ScriptEnd.ContextFull; ScriptEnd.Novel ]

            let! usage = Gen.optionOf usage
            let! style = style
            return { Id = id; Model = model; Parts = distinct parts; End = finish; Usage = usage; Style = style }
        }

        let shorter (part: ScriptPart) : ScriptPart list =
            let texts (make: string list -> ScriptPart) (pieces: string list) : ScriptPart list =
                [
                    if pieces.Length > 1 then make [ String.concat "" pieces ]

                    for shorter in Arb.toShrink TextArb.text (String.concat "" pieces) |> Seq.truncate 20 do
                        make [ shorter ]

                    for index in 0 .. min 10 pieces.Length - 1 do
                        for shorter in Arb.toShrink TextArb.text pieces[index] |> Seq.truncate 5 do
                            make (List.updateAt index shorter pieces)
                ]

            match part with
            | ScriptPart.Text pieces -> texts ScriptPart.Text pieces
            | ScriptPart.Thought pieces -> texts ScriptPart.Thought pieces
            | ScriptPart.Refusal pieces -> texts ScriptPart.Refusal pieces
            | ScriptPart.Call(id, name, arguments) when not (List.isEmpty arguments) ->
                [
                    ScriptPart.Call(id, name, [])
                    if arguments <> [ "{}" ] then ScriptPart.Call(id, name, [ "{}" ])
                    if arguments.Length > 1 then ScriptPart.Call(id, name, [ String.concat "" arguments ])
                ]
            | _ -> []

        let shrink (script: Script) : Script seq = seq {
            for index in 0 .. script.Parts.Length - 1 do
                yield { script with Parts = List.removeAt index script.Parts }

            let style = script.Style

            let plainer =
                [
                    { style with Shuffles = false }
                    { style with Spaces = false }
                    { style with Escapes = false }
                    { style with Novelties = false }
                    { style with Signed = false }
                    { style with Mixes = false }
                    { style with LineEnd = "\n" }
                    { style with LastLineEnds = 2 }
                ]

            for plain in plainer do
                if plain <> style then yield { script with Style = plain }

            if script.Usage.IsSome then yield { script with Usage = None }

            if script.End <> ScriptEnd.Normal then yield { script with End = ScriptEnd.Normal }

            for index in 0 .. script.Parts.Length - 1 do
                for part in shorter script.Parts[index] do
                    yield { script with Parts = List.updateAt index part script.Parts }
        }

        Arb.fromGenShrink (Gen.scaleSize (fun size -> size / 6) generate, shrink)
