// Types that are made up: any nesting of records, unions, options, lists, maps and tuples, and values of them. For laws of all types.
module Llm.Core.Tests.ShapeGrammar

open System
open System.ComponentModel
open FSharp.Reflection
open FsCheck
open FsCheck.FSharp
open Llm.FsCheck
open Llm.Core.Tests.ShapeSamples

type Pair<'first, 'second> = { First: 'first; Second: 'second }

/// It holds itself, so that its schema has a definition.
type Node<'value> = { Value: 'value; Below: Node<'value> list }

/// A part that may be left out and means something then.
type Counted<'value> =
    {
        [<DefaultValue(3)>]
        Copies: int
        Counted: 'value
    }

type Either<'left, 'right> =
    | Neither
    | Left of 'left
    | Both of left: 'left * right: 'right

type Wrapped<'value> = Wrapped of 'value

let private anonymous = {| A = 1; B = 2 |}.GetType().GetGenericTypeDefinition()

/// A type, and whether it has a word for nothing, so that it cannot be optional once more.
type private Kind = { Type: Type; IsOptional: bool }

let private plain (kind: Type) = { Type = kind; IsOptional = false }

let private leaves =
    [
        typeof<int>
        typeof<int64>
        typeof<string>
        typeof<bool>
        typeof<decimal>
        typeof<Guid>
        typeof<DateTimeOffset>
        typeof<Effort>
        typeof<Weekday>
    ]

let rec private kind (depth: int) : Gen<Kind> =
    let leaf = Gen.elements leaves |> Gen.map plain
    if depth = 0 then leaf else Gen.oneof (leaf :: nesting (kind (depth - 1)))

and private nesting (inner: Gen<Kind>) : Gen<Kind> list =
    let one (definition: Type) = inner |> Gen.map (fun each -> plain (definition.MakeGenericType each.Type))

    let two (definition: Type) =
        Gen.map2 (fun one other -> plain (definition.MakeGenericType(one.Type, other.Type))) inner inner

    let optional (each: Kind) =
        if each.IsOptional then
            each
        else
            { Type = typedefof<option<_>>.MakeGenericType each.Type; IsOptional = true }

    [
        one typedefof<list<_>>
        one typedefof<Node<_>>
        one typedefof<Counted<_>>
        inner |> Gen.map (fun each -> { each with Type = typedefof<Wrapped<_>>.MakeGenericType each.Type })
        inner |> Gen.map (fun each -> plain (typedefof<Map<_, _>>.MakeGenericType(typeof<string>, each.Type)))
        inner |> Gen.map optional
        two typedefof<Pair<_, _>>
        two typedefof<Either<_, _>>
        two anonymous
        two typedefof<Tuple<_, _>>
    ]

/// Any type of the grammar, some levels deep.
let types: Gen<Type> = Gen.choose (0, 4) |> Gen.bind kind |> Gen.map _.Type

/// Values whose type is known when the law runs.
type private Made =
    static member List<'item>(items: obj list) : obj = items |> List.map unbox<'item> |> box
    static member Map<'item>(items: (string * obj) list) : obj = items |> List.map (fun (name, item) -> name, unbox<'item> item) |> Map.ofList |> box
    static member Leaf<'leaf>() : Gen<obj> = ArbMap.defaults |> ArbMap.mergeWith<Arbitraries> |> ArbMap.generate<'leaf> |> Gen.map box

let private call (name: string) (kind: Type) (arguments: obj list) : obj =
    let info =
        typeof<Made>.GetMethod(name, Reflection.BindingFlags.Static ||| Reflection.BindingFlags.NonPublic ||| Reflection.BindingFlags.Public)

    info.MakeGenericMethod(kind).Invoke(null, Array.ofList arguments)

/// A value of a type of the grammar.
let rec value (size: int) (kind: Type) : Gen<obj> =
    let inner = value (size / 2)
    let all (kinds: Type seq) = kinds |> Seq.map inner |> List.ofSeq |> Gen.sequenceToList |> Gen.map Array.ofList
    let is (definition: Type) = kind.IsGenericType && kind.GetGenericTypeDefinition() = definition
    let count = Gen.choose (0, min size 3)

    if is typedefof<list<_>> then
        let item = kind.GetGenericArguments()[0]
        count |> Gen.bind (fun count -> Gen.listOfLength count (inner item)) |> Gen.map (fun items -> call "List" item [ items ])
    elif is typedefof<Map<_, _>> then
        let item = kind.GetGenericArguments()[1]
        let pair = Gen.map2 (fun name item -> name, item) (Arb.toGen TextArb.text) (inner item)
        count |> Gen.bind (fun count -> Gen.listOfLength count pair) |> Gen.map (fun pairs -> call "Map" item [ pairs ])
    elif FSharpType.IsTuple kind then
        all (FSharpType.GetTupleElements kind) |> Gen.map (fun items -> FSharpValue.MakeTuple(items, kind))
    elif FSharpType.IsRecord kind then
        all (FSharpType.GetRecordFields kind |> Seq.map _.PropertyType) |> Gen.map (fun items -> FSharpValue.MakeRecord(kind, items))
    elif FSharpType.IsUnion kind then
        gen {
            let! case = Gen.elements (FSharpType.GetUnionCases kind)
            let! items = all (case.GetFields() |> Seq.map _.PropertyType)
            return FSharpValue.MakeUnion(case, items)
        }
    else
        call "Leaf" kind [] |> unbox<Gen<obj>>

/// A type and a value of it.
let typedValues: Gen<Type * obj> = gen {
    let! kind = types
    let! value = value 6 kind
    return kind, value
}
