// Schema, decoder and encoder agree for any type of a grammar of records, unions, options, lists and maps, and so does what is known of a
// value while it grows.
module Llm.Core.Tests.ShapeGrammarLaws

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.ShapeLaws

let private forAny (law: Shape -> obj -> Result<unit, BrokenLaw>) : Property =
    Prop.forAll (Arb.fromGen ShapeGrammar.typedValues) (fun (kind, value) -> law (shapeOf kind) value |> Law.toProperty)

[<Law(MaxTest = 300)>]
let ``a value of any type comes back as it was, and its encoding fits the schema`` () =
    forAny (fun shape value ->
        let encoded = Shape.encode value shape

        Law.all
            [
                fits shape encoded
                Law.equal "decode (encode x) = x" (Ok value) (Shape.decode encoded shape)
            ])

[<Law(MaxTest = 300)>]
let ``what fits the schema of any type decodes, and its encoding fits`` () =
    let cases =
        ShapeGrammar.types
        |> Gen.bind (fun kind ->
            let shape = shapeOf kind
            instance shape.definitions 6 (Schema.resolve shape.definitions shape.part) |> Gen.map (fun text -> shape, text))

    Prop.forAll (Arb.fromGen cases) (fun (shape, text) ->
        match Json.tryParse text |> Result.map (fun json -> Shape.decode json shape) with
        | Ok(Ok value) -> fits shape (Shape.encode value shape)
        | other -> Law.broken "what fits the schema decodes" $"{text}\n%A{other}"
        |> Law.toProperty)

/// Whether all that the one says is said by the other, which may say more.
let rec private isSaid (whole: PartialJson) (part: PartialJson) : bool =
    match part, whole with
    | PartialJson.Text(some, _), PartialJson.Text(all, _) -> all.StartsWith(some, StringComparison.Ordinal)
    | PartialJson.List(some, _), PartialJson.List(all, _) ->
        some.Length <= all.Length && List.forall2 isSaid (List.truncate some.Length all) some
    | PartialJson.Object(some, _), PartialJson.Object(all, _) ->
        some |> List.forall (fun (name, value) -> all |> List.exists (fun (other, more) -> name = other && isSaid more value))
    | some, all -> some = all

let private read (json: Json) = PartialJson.read (Json.text json + " ") |> Option.get

[<Law(MaxTest = 200)>]
let ``what is known of a value that grows is part of the value`` () =
    forAny (fun shape value ->
        let encoded = Shape.encode value shape
        let text = Json.text encoded
        let whole = read encoded

        if text.Length > 500 then
            Law.holds
        else
            [ 0 .. text.Length ]
            |> Law.forEach (fun length ->
                match
                    PartialJson.read (text.Substring(0, length))
                    |> ValueOption.ofOption
                    |> ValueOption.bind (fun partial -> Shape.decodePartial partial shape)
                with
                | ValueNone -> Law.holds
                | ValueSome known ->
                    let said = Shape.encode known shape

                    if isSaid whole (read said) then
                        Law.holds
                    else
                        Law.broken "nothing is guessed" $"after {text.Substring(0, length)}\n{Json.text said}\n{text}"))

[<Law(MaxTest = 200)>]
let ``what is known of a whole value is the value`` () =
    forAny (fun shape value ->
        Law.equal "the last partial is the parse of the whole" (ValueSome value) (Shape.decodePartial (read (Shape.encode value shape)) shape))

[<Law>]
let ``what is known of any JSON is total`` (json: Json) =
    Prop.forAll (Arb.fromGen ShapeGrammar.types) (fun kind ->
        [ 0 .. 7 .. (Json.text json).Length ]
        |> Law.forEach (fun length ->
            Law.isTotal "decodePartial" (fun () ->
                PartialJson.read ((Json.text json).Substring(0, length))
                |> Option.map (fun partial -> Shape.decodePartial partial (shapeOf kind))))
        |> Law.toProperty)
