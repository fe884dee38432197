// What is shown of growing JSON only grows, and ends as the whole; finding JSON in an answer is total.
module Llm.Core.Tests.PartialJsonLaws

open System
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private readAll (text: string) = [ for length in 0 .. text.Length -> PartialJson.read (text.Substring(0, length)) ]

[<Law>]
let ``partial values only grow`` (json: Json) =
    let text = Json.text json

    if text.Length > 2000 then
        Law.holds |> Law.toProperty
    else
        readAll text
        |> List.pairwise
        |> Law.forEach (fun (earlier, later) ->
            match earlier, later with
            | None, _ -> Law.holds
            | Some earlier, Some later when PartialJson.isGrowth later earlier -> Law.holds
            | _ -> Law.broken "partial values only grow" $"%A{earlier}\n%A{later}")
        |> Law.toProperty

[<Law>]
let ``a partial value of whole JSON is whole`` (json: Json) =
    match PartialJson.read (Json.text json + " ") with
    | Some partial -> PartialJson.isWhole partial
    | None -> false

[<Law(MaxTest = 300)>]
let ``JSON that comes in pieces says what it says at once`` (json: Json) (cuts: Cuts) =
    let mutable text = ""
    let reader = PartialJsonReader()

    Cutting.text cuts (Json.text json)
    |> Law.forEach (fun piece ->
        let before = struct (reader.Version, reader.Shown)
        text <- text + piece
        reader.Feed(piece.AsSpan())
        let struct (version, shown) = before

        Law.all
            [
                Law.equal "JSON that comes in pieces says what it says at once" (PartialJson.read text) reader.Shown
                Law.equal "there is another version when there is more to show" true (version <> reader.Version || shown = reader.Shown)
            ])
    |> Law.toProperty

/// Pieces of JSON in any order, also at the very end, between texts of any kind.
let private scraps: Gen<string> =
    let piece =
        Gen.elements [ "{"; "}"; "["; "]"; "\""; "\\"; "\\u"; "d83"; ","; ":"; "-1"; "tru"; "\uD83D"; "```json"; "{\""; " " ]

    Gen.frequency [ 8, piece; 1, TextArb.text.Generator ] |> Gen.listOf |> Gen.map (String.concat "")

[<Law(MaxTest = 1000)>]
let ``finding an object in any text is total`` () =
    Prop.forAll (Arb.fromGen scraps) (fun text ->
        Law.all
            [
                Law.isTotal "extract" (fun () -> Answer.extract text)
                Law.isTotal "extractPartial" (fun () -> Answer.extractPartial text)
                Law.isTotal "partial" (fun () -> PartialJson.read text)
                Law.isTotal "in pieces" (fun () ->
                    text
                    |> Seq.fold
                        (fun (reader: AnswerReader) each ->
                            reader.Feed(string each)
                            reader)
                        (Answer.reader ())
                    |> _.Shown)
            ]
        |> Law.toProperty)

[<TestCase("{\"a\":12", "")>]
[<TestCase("{\"a\":12,", "a=12")>]
[<TestCase("{\"a\":tru", "")>]
[<TestCase("{\"a\":\"Du", "a=Du…")>]
[<TestCase("{\"a\":\"D\\u00", "a=D…")>]
[<TestCase("{\"a\":\"D\\ud83d", "a=D…")>]
[<TestCase("{\"a\":\"x\",\"b", "a=x")>]
let ``nothing is guessed`` (text: string) (expected: string) =
    let shown =
        match PartialJson.read text with
        | Some(PartialJson.Object(properties, false)) ->
            [
                for name, value in properties do
                    match value with
                    | PartialJson.Text(text, isWhole) -> name + "=" + text + (if isWhole then "" else "…")
                    | PartialJson.Value json -> name + "=" + Json.text json
                    | _ -> name
            ]
        | other -> [ $"%A{other}" ]

    Assert.That(String.concat " " shown, Is.EqualTo expected)
