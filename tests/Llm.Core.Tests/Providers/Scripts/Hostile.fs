// Events that nearly are what a hot path knows: with a member more or less, a value of another kind, a name that comes twice, a byte that
// does not belong. And the law that a hot path says what the careful one says, or nothing.
namespace Llm.Core.Tests.Scripts

open System
open System.Text
open Llm.Core
open Llm.FsCheck

[<RequireQualifiedAccess>]
module internal Hostile =
    let private leaves =
        [
            "null"
            "\"\""
            "\"x\""
            "\"a\\\"b\\\\\""
            "\"\\ud83d\""
            "\"\\ude42\""
            "0"
            "1"
            "2"
            "-1"
            "1.0"
            "1e0"
            "10"
            "99999999999"
            "true"
            "false"
            "[]"
            "{}"
        ]

    let private strangers =
        [ "error"; "message"; "usage"; "done"; "type"; "index"; "delta"; "content"; "\\u0069ndex"; Tree.loneSurrogate ]

    let rec private names (tree: Tree) : string list =
        match tree with
        | Tree.Members all
        | Tree.Open all -> all |> List.collect (fun (name, value) -> name :: names value)
        | Tree.Items items -> List.collect names items
        | Tree.Text _
        | Tree.Raw _ -> []

    let private leaf (random: Random) = Tree.Raw(Tree.pick random leaves)

    let rec private change (random: Random) (known: string list) (tree: Tree) : Tree =
        let another (value: Tree) = if Tree.chance random 50 then leaf random else value

        let fields (all: (string * Tree) list) =
            match all with
            | _ when List.isEmpty all || Tree.chance random 15 -> all @ [ Tree.pick random known, leaf random ]
            | _ when Tree.chance random 15 ->
                let name, value = Tree.pick random all
                all @ [ name, another value ]
            | _ when Tree.chance random 10 -> List.removeAt (random.Next all.Length) all
            | _ ->
                let position = random.Next all.Length
                let name, value = all[position]
                List.updateAt position (name, change random known value) all

        match tree with
        | Tree.Members all -> Tree.Members(fields all)
        | Tree.Open all -> Tree.Open(fields all)
        | Tree.Items [] -> Tree.Items [ leaf random ]
        | Tree.Items items when Tree.chance random 15 -> Tree.Items(items @ [ another items.Head ])
        | Tree.Items items ->
            let position = random.Next items.Length
            Tree.Items(List.updateAt position (change random known items[position]) items)
        | Tree.Text text when Tree.chance random 50 -> Tree.Text(text + Tree.pick random [ "\""; "\\"; Tree.loneSurrogate; "🙂"; "" ])
        // A number grows a digit.
        | Tree.Raw digits when digits <> "" && Seq.forall Char.IsAsciiDigit digits && Tree.chance random 50 -> Tree.Raw(digits + "1")
        | Tree.Text _
        | Tree.Raw _ -> leaf random

    let private wedges = [ "\""; "\\"; "\\ud83d"; "1"; ","; "}"; "{"; " "; "\000"; "null" ]

    let private wedge (random: Random) (text: string) = text.Insert(random.Next(text.Length + 1), Tree.pick random wedges)

    /// Texts that are nearly an event's.
    let variants (style: Style) (random: Random) (tree: Tree) : string list =
        let known = strangers @ names tree
        let odd = { style with Shuffles = true; Escapes = Tree.chance random 30; Novelties = Tree.chance random 30 }
        let plain = { style with Shuffles = false; Spaces = false; Escapes = false; Novelties = false }

        [
            Tree.render odd random tree
            Tree.render plain random (change random known tree)
            Tree.render plain random (change random known tree)
            Tree.render odd random (change random known tree |> change random known)
            wedge random (Tree.render plain random tree)
        ]

    let private event (name: string, text: string) : WireEvent =
        { Name = name; Data = ReadOnlyMemory(Encoding.UTF8.GetBytes text); IsWhole = true }

    /// A hot path and the careful one, from the same state: where the first answers, the second gives the same chunks and state.
    let agree
        (initial: 'state)
        (fast: 'state -> WireEvent -> struct (Chunks * 'state) voption)
        (careful: 'state -> WireEvent -> Result<struct (Chunks * 'state), LlmError>)
        (isSame: 'state -> 'state -> bool)
        (variants: Tree -> string list)
        (events: (string * Tree * string) list)
        : Result<unit, BrokenLaw> =
        let law = "the fast path says what the careful path says"

        let check (state: 'state) (name: string, text: string) =
            try
                match fast state (event (name, text)), careful state (event (name, text)) with
                | ValueNone, _ -> Law.holds
                | ValueSome(struct (quick, next)), Ok(struct (slow, other)) when
                    Chunks.toList quick = Chunks.toList slow && isSame next other
                    ->
                    Law.holds
                | ValueSome(struct (quick, next)), other ->
                    Law.broken law $"of {text}\nin %A{state}\nfast: %A{Chunks.toList quick}, %A{next}\ncareful: %A{other}"
            with failure ->
                Law.broken law $"{text} in %A{state} threw {failure}"

        let rec go (state: 'state) (rest: (string * Tree * string) list) =
            match rest with
            | [] -> Law.holds
            | (name, tree, text) :: others ->
                match text :: variants tree |> Law.forEach (fun variant -> check state (name, variant)) with
                | Error broken -> Error broken
                | Ok() ->
                    match careful state (event (name, text)) with
                    | Ok(struct (_, next)) -> go next others
                    | Error _ -> Law.holds

        go initial events
