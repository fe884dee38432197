// Types of every kind that shapes are made of, for their laws and examples.
module Llm.Core.Tests.ShapeSamples

open System
open System.ComponentModel
open System.Text.Json.Serialization
open FsCheck
open FsCheck.FSharp
open Llm.FsCheck
open Llm.Core.Tests

/// What it costs to read.
type Effort =
    | Light
    | Heavy

type Weekday =
    | Monday = 1
    | Friday = 5

[<Flags>]
type Access =
    | Read = 1
    | Write = 2
    | All = 3

type Isbn = Isbn of string

/// A person who writes.
type Author =
    {
        /// As on the cover.
        Name: string
        Born: int option
    }

type Figure =
    | Point
    | Circle of radius: NormalFloat
    | Rectangle of width: int * height: int
    | Named of string
    | Framed of inner: Figure * kind: string option

type Tree = { Label: string; Children: Tree list }

type Chain =
    | End
    | Link of Tree * next: Chain

[<Struct>]
type Place = { Row: int16; Column: byte }

type Box<'item> = { Item: 'item; Others: 'item list }

type Numbers =
    {
        Whole: int
        Long: int64
        Unsigned: uint64
        Real: NormalFloat
        Money: decimal
        Is: bool
        Letter: char
    }

type Times = { At: DateTime; With: DateTimeOffset; For: TimeSpan; Id: Guid; Data: byte[] }

type Book =
    {
        [<Description("As on the cover"); JsonPropertyName("title")>]
        Title: string
        Author: Author
        Isbn: Isbn
        Effort: Effort
        Day: Weekday
        Access: Access
        Tags: Set<string>
        Ratings: Map<string, int>
        Figures: Figure[]
        Editions: Box<int option>
        Next: Tree option
        Pair: int * string
        Places: Place voption list
        Outcome: Result<int, string>
        Chain: Chain
        Extra: {| Note: string; Pages: int voption |}
        [<DefaultValue(3)>]
        Copies: int
    }

let rec private tree (size: int) : Gen<Tree> = gen {
    let! label = TextArb.text.Generator
    let! count = Gen.choose (0, min size 3)
    let! children = Gen.listOfLength count (tree (size / 3))
    return { Label = label; Children = children }
}

/// With every digit that a type can hold; FsCheck's own numbers are small.
let private numbers: Gen<Numbers> = gen {
    let! bits = Gen.choose64 (Int64.MinValue, Int64.MaxValue)
    let! low = Gen.choose (Int32.MinValue, Int32.MaxValue)
    // With a point: the validator of others holds no whole number so long.
    let! scale = Gen.choose (1, 28)
    let! real = ArbMap.defaults |> ArbMap.generate<NormalFloat>
    let! is = Gen.elements [ true; false ]
    let! letter = Gen.choose (0, 0xD7FF)

    return
        {
            Whole = low
            Long = bits
            // Nor one of 64 bits.
            Unsigned = uint64 bits >>> 1
            Real = real
            Money = Decimal(low, int bits, int (bits >>> 32), low < 0, byte scale)
            Is = is
            Letter = char letter
        }
}

let private smallNumbers: Gen<Numbers> = ArbMap.defaults |> ArbMap.generate<Numbers>

/// Records that hold themselves, which FsCheck cannot make by itself, and numbers of any size.
type SampleArbitraries =
    static member Tree() : Arbitrary<Tree> = Arb.fromGen (Gen.sized tree)
    static member Numbers() : Arbitrary<Numbers> = Arb.fromGen (Gen.oneof [ numbers; smallNumbers ])

/// A law over the samples.
type ShapeLawAttribute() as this =
    inherit LawAttribute()
    do this.Arbitrary <- [| typeof<Arbitraries>; typeof<SampleArbitraries> |]
