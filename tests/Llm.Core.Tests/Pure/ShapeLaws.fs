// Schema, decoder and encoder of a type agree, for types of every kind.
module Llm.Core.Tests.ShapeLaws

open System
open System.Collections.Concurrent
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open NJsonSchema
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.ShapeSamples

let private shapes = ConcurrentDictionary<Type, Shape>()

let private derive (kind: Type) : Shape =
    match Shape.derive (fun _ -> Documentation.none) kind with
    | Ok shape -> shape
    | Error problems -> failwith (ShapeProblem.render problems)

let internal shapeOf (kind: Type) : Shape = shapes.GetOrAdd(kind, derive)

let private validators = ConcurrentDictionary<string, JsonSchema>()

/// What a validator of others says against it.
let private violations (schema: Json) (value: Json) : string list =
    // That validator knows definitions by their older name.
    let text = (Json.text schema).Replace("$defs", "definitions")
    let validator = validators.GetOrAdd(text, fun text -> JsonSchema.FromJsonAsync(text).GetAwaiter().GetResult())
    [ for error in validator.Validate(Json.text value) -> string error ]

let internal fits (shape: Shape) (value: Json) =
    // Newtonsoft refuses lone surrogates; they are no matter of schemas.
    if (Json.text value).Contains "\\ud" then
        Law.holds
    else
        Law.equal "an encoding fits the schema" [] (violations shape.Schema value)

let private agrees<'value when 'value: equality> (value: 'value) : Property =
    let shape = shapeOf typeof<'value>
    let encoded = Shape.encode (box value) shape

    Law.all
        [
            fits shape encoded
            Law.equal "decode (encode x) = x" (Ok value) (Shape.decode encoded shape |> Result.map unbox<'value>)
        ]
    |> Law.toProperty

[<ShapeLaw>]
let ``numbers come back as they were`` (value: Numbers) = agrees value

[<ShapeLaw>]
let ``times come back as they were`` (value: Times) = agrees value

[<ShapeLaw>]
let ``unions come back as they were`` (value: Figure) = agrees value

[<ShapeLaw>]
let ``recursive types come back as they were`` (value: Tree) (chain: Chain) = agrees value .&. agrees chain

[<ShapeLaw>]
let ``collections come back as they were`` (value: Map<string, Box<int option> list>) (set: Set<int * string>) = agrees value .&. agrees set

[<ShapeLaw(MaxTest = 30)>]
let ``a record of everything comes back as it was`` (value: Book) = agrees value

/// JSON that fits a schema, as text.
let rec internal instance (definitions: (string * Schema) list) (size: int) (schema: Schema) : Gen<string> =
    let inner = instance definitions (size / 2)

    match schema with
    | Schema.Described(schema, _) -> instance definitions size schema
    | Schema.Reference name -> definitions |> List.find (fst >> (=) name) |> snd |> instance definitions size
    | Schema.Any -> Gen.elements [ "null"; "1"; "{\"a\":[]}"; "\"x\"" ]
    | Schema.Null -> Gen.constant "null"
    | Schema.Boolean -> Gen.elements [ "true"; "false" ]
    | Schema.Integer -> Gen.elements [ "0"; "7"; "3.0"; "1e2" ]
    | Schema.Number -> Gen.elements [ "0"; "-1.5"; "2e3" ]
    | Schema.Words words -> Gen.elements (words |> List.map Json.quote)
    | Schema.Text(Some "date-time", _) -> Gen.elements [ "\"2026-01-31T12:00:00Z\""; "\"2026-01-31T12:00:00.5+02:00\"" ]
    | Schema.Text(Some "duration", _) -> Gen.elements [ "\"PT1H30M\""; "\"P2W\""; "\"P1DT2S\"" ]
    | Schema.Text(Some "uuid", _) -> Gen.constant "\"4b6d7f10-7d0a-4a0b-9a52-0d1e9a7c0b11\""
    | Schema.Text(_, Some _) -> Gen.elements [ "\"x\""; "\"\\n\"" ]
    | Schema.Text _ -> Gen.elements [ "\"\""; "\"AQI=\"" ]
    | Schema.List item ->
        if size = 0 then
            Gen.constant "[]"
        else
            Gen.listOfLength (size % 3) (inner item) |> Gen.map (fun items -> "[" + String.concat "," items + "]")
    | Schema.Map value -> inner value |> Gen.map (fun value -> $"{{\"k\":{value}}}")
    | Schema.AnyOf choices when size = 0 -> inner (List.minBy (fun choice -> (string choice).Length) choices)
    | Schema.AnyOf choices -> Gen.elements choices |> Gen.bind inner
    | Schema.Object properties -> gen {
        let! left = Gen.listOfLength properties.Length (Gen.elements [ true; false ])

        let chosen =
            List.zip properties left |> List.filter (fun (each, isLeft) -> each.IsRequired || (isLeft && size > 0)) |> List.map fst

        let! values = chosen |> List.map (fun (each: SchemaProperty) -> inner each.Schema) |> Gen.sequenceToList
        let members = List.map2 (fun (each: SchemaProperty) value -> $"{Json.quote each.Name}:{value}") chosen values
        return "{" + String.concat "," members + "}"
      }

let private kinds =
    [
        typeof<Book>
        typeof<Figure>
        typeof<Numbers>
        typeof<Times>
        typeof<Chain>
        typeof<Access>
        typeof<Isbn list>
        typeof<int option>
    ]

[<ShapeLaw>]
let ``what fits the schema decodes and its encoding fits`` () =
    let cases =
        Gen.elements kinds
        |> Gen.bind (fun kind ->
            let shape = shapeOf kind
            instance shape.definitions 6 (Schema.resolve shape.definitions shape.part) |> Gen.map (fun text -> shape, text))

    Prop.forAll (Arb.fromGen cases) (fun (shape, text) ->
        match Json.tryParse text with
        | Error reason -> Law.broken "the generator writes JSON" reason
        | Ok json ->
            match Shape.decode json shape with
            | Error problems -> Law.broken "what fits the schema decodes" $"{text}\n{ShapeProblem.render problems}"
            | Ok value -> fits shape (Shape.encode value shape)
        |> Law.toProperty)

[<ShapeLaw>]
let ``decoding any JSON is total`` (json: Json) =
    kinds
    |> Law.forEach (fun kind -> Law.isTotal "decoding any JSON is total" (fun () -> Shape.decode json (shapeOf kind)))
    |> Law.toProperty
