// A decoder that expects deltas like the last one reads what a decoder that expects nothing reads: over streams that are made up, with
// every event repeated, padded, and damaged byte by byte.
module Llm.Core.Tests.TemplateLaws

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.Scripts

let private wedges =
    [
        "\""
        "\\"
        "\\\""
        "\\n"
        "\\u00e9"
        "\\ud83d"
        "\\ude42"
        "\\u12"
        "\\x"
        "0"
        "9"
        "-"
        "."
        ","
        ":"
        " "
        "\n"
        "\t"
        "\000"
        "\031"
        "\127"
        "é"
        "🙂"
        "{"
        "}"
        "["
        "null"
        ",\"delta\":\"x\""
        "\"obfuscation\":\"\\u0022\","
    ]
    |> List.map Encoding.UTF8.GetBytes
    // Bytes that are no UTF-8.
    |> List.append [ [| 0xFFuy |]; [| 0xC3uy |]; [| 0x80uy |] ]

/// The event with something put in, taken out, or replaced, at any place.
let private damaged (random: Random) (data: byte[]) : byte[] =
    let place = random.Next data.Length

    match random.Next 4 with
    | 0 -> Array.removeAt place data
    | 1 -> Array.concat [ data[.. place - 1]; Tree.pick random wedges; data[place + 1 ..] ]
    | _ -> Array.insertManyAt place (Tree.pick random wedges) data

/// What providers add to an event so that its length tells nothing, and where it stands in the stream.
let private padded (random: Random) (position: int) (tree: Tree) : Tree =
    let more = [ "sequence_number", Tree.Raw(string position); "obfuscation", Tree.Text(String('x', random.Next 9)) ]

    match tree with
    | Tree.Members all -> Tree.Members(List.take 1 more @ all @ List.skip 1 more)
    | Tree.Open all -> Tree.Open(List.take 1 more @ all @ List.skip 1 more)
    | other -> other

let private plain (style: Style) : Style = { style with Shuffles = false; Spaces = false; Escapes = false; Novelties = false }

/// Every event several times, whole and damaged.
let private repeated (script: Script) (format: Format) : (string * byte[]) list =
    let random = Script.random script
    let style = if Tree.chance random 70 then plain script.Style else script.Style
    let isPadded = Tree.chance random 50

    (format.Write script).Events
    |> List.collect (fun (name, tree) ->
        let whole position =
            let tree = if isPadded then padded random position tree else tree
            Encoding.UTF8.GetBytes(Tree.render style random tree)

        [
            for position in 8..11 do
                yield name, whole position

            for position in 12..30 do
                yield name, damaged random (whole position)
                yield name, whole position
        ])

[<CodecLawsTests.ScriptLaw>]
let ``a template says what the reader says`` (script: Script) =
    Format.each (fun format -> repeated script format |> Expecting.agree format.Codec.Decoder)

/// The events of a long answer in one text, as the format writes it.
let private longText (seed: int) (format: Format) : (string * byte[]) list =
    let script =
        {
            Id = "a"
            Model = "m"
            Parts = [ ScriptPart.Text [ for number in 1..40 -> $" word {number}\n" ] ]
            End = ScriptEnd.Normal
            Usage = None
            Style =
                {
                    Seed = seed
                    Shuffles = false
                    Spaces = false
                    Escapes = false
                    Novelties = false
                    Signed = false
                    Mixes = false
                    LineEnd = "\n"
                    LastLineEnds = 2
                }
        }

    let random = Script.random script

    (format.Write script).Events
    |> List.map (fun (name, tree) -> name, Encoding.UTF8.GetBytes(Tree.render script.Style random tree))

let private countExpected (decoder: Decoder) (events: (string * byte[]) list) : int =
    let rec go (decoder: Decoder) count rest =
        match rest with
        | [] -> count
        | (name, data) :: others ->
            let count = if Expecting.expects (Expecting.event name data) decoder then count + 1 else count

            match decoder.Step(Expecting.event name data) with
            | Ok(struct (_, next)) -> go next count others
            | Error error -> failwith $"%A{error}"

    go decoder 0 events

[<Test>]
let ``all deltas of a text but its first are expected`` () =
    for format in Format.all do
        // Some spellings of a delta, such as content in a list, are none that the hot paths know; the seed chooses.
        let counts = [ for seed in 1..10 -> countExpected format.Codec.Decoder (longText seed format) ]
        Assert.That(List.max counts, Is.GreaterThanOrEqualTo 36, format.Name)

let private chat (content: string) (rest: string) =
    $"""{{"id":"c","created":1,"model":"m","choices":[{{"index":0,"delta":{{"content":"{content}"}},"finish_reason":null}}],"usage":null{rest}}}"""
    |> Encoding.UTF8.GetBytes

let private after (events: byte[] list) : Decoder =
    (Format.all.Head.Codec.Decoder, events)
    ||> List.fold (fun decoder data ->
        match decoder.Step(Expecting.event "" data) with
        | Ok(struct (_, next)) -> next
        | Error error -> failwith $"%A{error}")

[<Test>]
let ``escapes are read, and what is no JSON goes to the reader`` () =
    let decoder = after [ chat "a" ""; chat "b" ""; chat "c" "" ]
    let isExpected content = Expecting.expects (Expecting.event "" (chat content "")) decoder
    let fits = [ "x"; "é🙂"; "\\\""; "\\\\"; "a\\nb"; "\\u00e9"; "\\ud83d\\ude42"; "\\ud83d" ]
    let others = [ ""; "\\"; "\\x"; "\\u12"; "\\u12\"4"; "a\nb"; "a\000"; "\"" ]
    Assert.That(fits |> List.filter (isExpected >> not), Is.Empty)
    Assert.That(others |> List.filter isExpected, Is.Empty)

[<Test>]
let ``values that nobody reads may differ once they were seen to`` () =
    let padded (number: string) (padding: string) = chat "a" $",\"sequence_number\":{number},\"obfuscation\":\"{padding}\""
    let decoder = after [ padded "8" "x"; padded "9" "xyz"; padded "10" ""; padded "11" "zzzz" ]
    let isExpected number padding = Expecting.expects (Expecting.event "" (padded number padding)) decoder
    Assert.That([ isExpected "12" "yy"; isExpected "0" ""; isExpected "100000" "é" ], Is.All.True)
    Assert.That([ isExpected "012" ""; isExpected "" ""; isExpected "1e" ""; isExpected "1" "\\"; isExpected "1" "\"" ], Is.All.False)
    // The model was never seen to differ.
    let other = Encoding.UTF8.GetString(padded "12" "yy").Replace("\"m\"", "\"n\"")
    Assert.That(Expecting.expects (Expecting.event "" (Encoding.UTF8.GetBytes other)) decoder, Is.False)

[<Test>]
let ``a name of the event that changes goes to the reader`` () =
    let decoder = after [ chat "a" ""; chat "b" ""; chat "c" "" ]
    Assert.That(Expecting.expects (Expecting.event "" (chat "d" "")) decoder, Is.True)
    Assert.That(Expecting.expects (Expecting.event "error" (chat "d" "")) decoder, Is.False)

[<Test>]
let ``streams whose deltas are never alike are read without templates`` () =
    let unlike number = chat "a" $",\"x\":{{\"n\":{number}}}"
    let decoder = after [ for number in 1..20 -> unlike number ]
    Assert.That(Expecting.expects (Expecting.event "" (unlike 20)) decoder, Is.False)

[<Test>]
let ``a decoder steps from one state as often as one likes, expected or not`` () =
    let decoder = after [ chat "a" ""; chat "b" "" ]

    let texts =
        [ "one"; "two"; "one" ]
        |> List.map (fun text ->
            match decoder.Step(Expecting.event "" (chat text "")) with
            | Ok(struct (chunks, _)) -> Chunks.toList chunks
            | Error error -> failwith $"%A{error}")

    Assert.That(
        texts,
        Is.EqualTo<Chunk list list> [ [ Chunk.TextDelta(0, "one") ]; [ Chunk.TextDelta(0, "two") ]; [ Chunk.TextDelta(0, "one") ] ]
    )
