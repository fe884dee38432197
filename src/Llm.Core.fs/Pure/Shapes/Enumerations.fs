// Enumerations of .NET as words; those of flags as lists of words.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal Enumerations =
    /// A value that has no name is its number.
    let private number (value: obj) : string = (value :?> Enum).ToString "D"

    let private ofNumber (kind: Type) (element: JsonElement) : obj voption =
        let mutable value = 0L

        if element.ValueKind = JsonValueKind.Number && element.TryGetInt64 &value then
            let made = Enum.ToObject(kind, value)

            if number made = value.ToString Globalization.CultureInfo.InvariantCulture then
                ValueSome made
            else
                ValueNone
        else
            ValueNone

    let private single (kind: Type) (choices: (string * obj) list) : Coder =
        let spell (value: obj) =
            match choices |> List.tryFind (fun (_, each) -> each.Equals value) with
            | Some(word, _) -> Json.quote word
            | None -> number value

        Coder.words (Schema.Words(List.map fst choices)) choices spell (ofNumber kind)

    let private bits (value: obj) : uint64 = UInt64.CreateTruncating(Convert.ToDecimal value |> Int128.CreateTruncating)

    /// The words of a value, each of whose bits it has; then what no word says, as one number.
    let private split (kind: Type) (choices: (string * obj) list) (value: obj) : obj seq =
        let wanted = bits value
        let isIn each = bits each <> 0UL && bits each &&& ~~~wanted = 0UL

        let step (rest: uint64, chosen: obj list) (_, each: obj) =
            if isIn each && rest &&& bits each <> 0UL then
                rest &&& ~~~(bits each), each :: chosen
            else
                rest, chosen

        let rest, chosen = choices |> List.sortByDescending (snd >> bits >> UInt64.PopCount) |> List.fold step (wanted, [])
        Seq.append (List.rev chosen) (if rest = 0UL then [] else [ Enum.ToObject(kind, rest) ])

    let coder (kind: Type) (choices: (string * obj) list) : Coder =
        let one = single kind choices

        if kind.IsDefined(typeof<FlagsAttribute>, false) then
            let build (items: obj[]) = Enum.ToObject(kind, items |> Array.fold (fun all item -> all ||| bits item) 0UL)
            Coder.list one build (split kind choices)
        else
            one
