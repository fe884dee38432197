// JSON values as texts: every kind of value, with spaces, escapes, odd numbers and repeated keys.
namespace Llm.FsCheck

open System.Text.Json
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>Arbitrary JSON.</summary>
[<RequireQualifiedAccess>]
module JsonArb =
    /// Every text here is JSON by construction; if it is not, the generator is wrong.
    let private parsed (text: string) : Json =
        match Json.tryParse text with
        | Ok json -> json
        | Error reason -> invalidOp $"the generator wrote what is no JSON: {text}: {reason}"

    let private space: Gen<string> = Gen.frequency [ 8, Gen.constant ""; 1, Gen.elements [ " "; "\n"; "\t "; "\r\n" ] ]

    let private spaced (value: Gen<string>) : Gen<string> = Gen.map3 (fun before text after -> before + text + after) space value space

    let private number: Gen<string> =
        Gen.frequency
            [
                4, Gen.choose (-1000, 1000) |> Gen.map string
                1,
                Gen.elements [ "0"; "-0"; "1.0"; "1e5"; "1E-7"; "0.1"; "18446744073709551615"; "1e400"; "123456789012345678901234567890" ]
            ]

    /// String literals; in half of them a letter is written as its escape (no escape that quote writes here holds it).
    let private literal: Gen<string> =
        let quoted = Gen.map Json.quote (Combine.gen (Combine.small TextArb.text))
        Gen.oneof [ quoted; quoted |> Gen.map (fun text -> text.Replace("h", "\\u0068")) ]

    let private scalar: Gen<string> = Gen.frequency [ 2, number; 3, literal; 1, Gen.elements [ "true"; "false"; "null" ] ]

    let private joined (opening: string) (closing: string) (items: Gen<string> list) : Gen<string> =
        Gen.sequenceToList items |> Gen.map (fun texts -> opening + String.concat "," texts + closing)

    let private memberOf (value: Gen<string>) : Gen<string> =
        let key = Gen.oneof [ Gen.map Json.quote (Combine.gen TextArb.name); literal ]
        Gen.map2 (fun name text -> name + ":" + text) (spaced key) (spaced value)

    let rec private valueOf (size: int) : Gen<string> =
        if size < 2 then scalar else Gen.frequency [ 2, scalar; 1, objectOf size; 1, arrayOf size ]

    and private children (size: int) (item: Gen<string> -> Gen<string>) (opening: string) (closing: string) : Gen<string> = gen {
        let! count = Gen.choose (0, min 5 size)
        return! joined opening closing (List.replicate count (item (valueOf (size / (count + 1)))))
    }

    and private objectOf (size: int) : Gen<string> = children size memberOf "{" "}"

    and private arrayOf (size: int) : Gen<string> = children size spaced "[" "]"

    /// The values inside, and the value with one of them left out.
    let private shrinkText (text: string) : string list =
        use document = JsonDocument.Parse text
        let root = document.RootElement

        let without opening closing (items: string list) =
            [ for index in 0 .. items.Length - 1 -> opening + String.concat "," (List.removeAt index items) + closing ]

        match root.ValueKind with
        | JsonValueKind.Object ->
            let members = [ for item in root.EnumerateObject() -> item.ToString() ]
            [ for item in root.EnumerateObject() -> item.Value.GetRawText() ] @ without "{" "}" members
        | JsonValueKind.Array ->
            let items = [ for item in root.EnumerateArray() -> item.GetRawText() ]
            items @ without "[" "]" items
        | JsonValueKind.Null -> []
        | _ -> [ "null" ]

    let private shrink (json: Json) : Json seq = json |> Json.text |> shrinkText |> Seq.map parsed

    let private isObject (json: Json) = (Json.text json).StartsWith '{'

    /// Any JSON value.
    let value: Arbitrary<Json> = Arb.fromGenShrink (Gen.sized (fun size -> valueOf (min size 40)) |> Gen.map parsed, shrink)

    /// JSON objects.
    let object: Arbitrary<Json> =
        Arb.fromGenShrink (Gen.sized (fun size -> objectOf (min size 40)) |> Gen.map parsed, shrink >> Seq.filter isObject)
