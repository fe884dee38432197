// Building arbitraries from arbitraries, so that a generator never goes without its shrinker. Used by every other file here.
namespace Llm.FsCheck

open FsCheck
open FsCheck.FSharp

/// One case of a union: how it is made and, where a value is of this case, how that shrinks.
type internal Case<'union> = { Weight: int; Generate: Gen<'union>; Shrink: 'union -> 'union seq }

[<RequireQualifiedAccess>]
module internal Combine =
    let gen (arbitrary: Arbitrary<'value>) : Gen<'value> = Arb.toGen arbitrary

    let shrink (arbitrary: Arbitrary<'value>) (value: 'value) : 'value seq = Arb.toShrink arbitrary value

    /// The same generator with a smaller size: what stands inside of other things.
    let small (arbitrary: Arbitrary<'value>) : Arbitrary<'value> =
        Arb.fromGenShrink (Gen.scaleSize (fun size -> size / 4) (gen arbitrary), shrink arbitrary)

    /// A case with its weight, its constructor, and its inverse.
    let weighted (weight: int) (wrap: 'value -> 'union) (unwrap: 'union -> 'value option) (arbitrary: Arbitrary<'value>) : Case<'union> =
        {
            Weight = weight
            Generate = Gen.map wrap (gen arbitrary)
            Shrink =
                fun union ->
                    match unwrap union with
                    | Some value -> Seq.map wrap (shrink arbitrary value)
                    | None -> Seq.empty
        }

    let case (wrap: 'value -> 'union) (unwrap: 'union -> 'value option) (arbitrary: Arbitrary<'value>) : Case<'union> =
        weighted 1 wrap unwrap arbitrary

    /// A case that holds nothing.
    let constant (value: 'union) : Case<'union> = { Weight = 1; Generate = Gen.constant value; Shrink = fun _ -> Seq.empty }

    /// A union of cases.
    let cases (all: Case<'union> list) : Arbitrary<'union> =
        Arb.fromGenShrink (
            all |> List.map (fun case -> case.Weight, case.Generate) |> Gen.frequency,
            fun union -> all |> Seq.collect (fun case -> case.Shrink union)
        )

    let convert (forth: 'a -> 'b) (back: 'b -> 'a) (arbitrary: Arbitrary<'a>) : Arbitrary<'b> = Arb.convert forth back arbitrary

    let zip (first: Arbitrary<'a>) (second: Arbitrary<'b>) : Arbitrary<'a * 'b> = Arb.zip (first, second)

    let zip3 (first: Arbitrary<'a>) (second: Arbitrary<'b>) (third: Arbitrary<'c>) : Arbitrary<'a * 'b * 'c> =
        zip first (zip second third) |> convert (fun (a, (b, c)) -> a, b, c) (fun (a, b, c) -> a, (b, c))

    let zip4 (first: Arbitrary<'a>) (second: Arbitrary<'b>) (third: Arbitrary<'c>) (fourth: Arbitrary<'d>) : Arbitrary<'a * 'b * 'c * 'd> =
        zip (zip first second) (zip third fourth)
        |> convert (fun ((a, b), (c, d)) -> a, b, c, d) (fun (a, b, c, d) -> (a, b), (c, d))

    /// Numbers of a range; they shrink towards its low end.
    let range (low: int64) (high: int64) : Arbitrary<int64> =
        let towardsLow (value: int64) = seq {
            if value > low then
                yield low

                if value - low > 2L then yield low + (value - low) / 2L

                if value - low > 1L then yield value - 1L
        }

        Arb.fromGenShrink (Gen.choose64 (low, high), towardsLow)

    /// One of these values; they shrink towards the first.
    let elements (first: 'value) (others: 'value list) : Arbitrary<'value> when 'value: equality =
        let towardsFirst value = if value = first then Seq.empty else Seq.singleton first
        Arb.fromGenShrink (Gen.elements (first :: others), towardsFirst)
