// The maps that states are made of, held to FSharp.Core's; and the functions of lists that stand in front of FSharp.Core's.
module Llm.Core.Tests.ByIndexLaws

open System
open NUnit.Framework
open Llm.Core

// The members, for what is inlined the compiler does not hand on to friends of the core.
module private ByIndex =
    let empty<'value> : ByIndex<'value> = Unchecked.defaultof<ByIndex<'value>>
    let isEmpty (map: ByIndex<int>) = map.IsEmpty
    let tryFind index (map: ByIndex<'value>) = ByIndex<'value>.TryFind(index, map)
    let add index value (map: ByIndex<'value>) = ByIndex<'value>.Add(index, value, map)
    let remove index (map: ByIndex<'value>) = ByIndex<'value>.Remove(index, map)
    let tryLowest (map: ByIndex<int>) = ByIndex<int>.TryLowest map
    let tryHighest (map: ByIndex<int>) = ByIndex<int>.TryHighest map
    let tryFindIndex isIt (map: ByIndex<int>) = ByIndex<int>.TryFindIndex(isIt, map)
    let map change (map: ByIndex<int>) = ByIndex<int>.Map(change, map)
    let keys (map: ByIndex<'value>) = ByIndex<'value>.KeysBefore([], map)
    let values (map: ByIndex<int>) = ByIndex<int>.ValuesBefore([], map)

module private ByText =
    let empty = Unchecked.defaultof<ByText<int>>
    let tryFind key (map: ByText<int>) = map.TryFind key
    let add key value (map: ByText<int>) = map.Add(key, value)
    let remove key (map: ByText<int>) = map.Remove key

/// A change of a map: a value, or nothing, for an index.
type Change = { Near: int8; Shift: byte; Value: int option }

/// Indices that lie near each other, far apart, at both ends and on both sides of zero.
let private indexOf (change: Change) : int = int change.Near <<< int (change.Shift &&& 31uy)

let private keyOf (change: Change) : string = if change.Near = 0y then "" else string change.Near

let private change (map: ByIndex<int>) (change: Change) : ByIndex<int> =
    match change.Value with
    | Some value -> ByIndex.add (indexOf change) value map
    | None -> ByIndex.remove (indexOf change) map

let private changeModel (keyOf: Change -> 'key) (map: Map<'key, int>) (change: Change) : Map<'key, int> =
    match change.Value with
    | Some value -> Map.add (keyOf change) value map
    | None -> Map.remove (keyOf change) map

let private made (changes: Change list) : ByIndex<int> = List.fold change ByIndex.empty changes

let private model (changes: Change list) : Map<int, int> = List.fold (changeModel indexOf) Map.empty changes

let private toVoption (option: 'value option) : 'value voption = ValueOption.ofOption option

[<Law>]
let ``a map by index has what was last put there, in the order of the indices`` (changes: Change list) =
    let map, expected = made changes, model changes
    let asked = [ Int32.MinValue; -1; 0; 1; Int32.MaxValue ] @ List.map indexOf changes

    ByIndex.keys map = List.ofSeq expected.Keys
    && ByIndex.values map = List.ofSeq expected.Values
    && ByIndex.isEmpty map = expected.IsEmpty
    && asked |> List.forall (fun index -> ByIndex.tryFind index map = toVoption (Map.tryFind index expected))

[<Law>]
let ``the ends of a map by index, and the lowest index of such a value, are those of the entries`` (changes: Change list) (divisor: byte) =
    let map, expected = made changes, model changes
    let isIt value = value % (int divisor + 1) = 0
    let keys = List.ofSeq expected.Keys

    ByIndex.tryLowest map = toVoption (List.tryHead keys)
    && ByIndex.tryHighest map = toVoption (List.tryLast keys)
    && ByIndex.tryFindIndex isIt map = toVoption (Map.tryFindKey (fun _ value -> isIt value) expected)
    && ByIndex.keys (ByIndex.map (fun value -> value + 1) map) = keys
    && ByIndex.values (ByIndex.map (fun value -> value + 1) map) = (expected.Values |> Seq.map (fun value -> value + 1) |> List.ofSeq)

[<Law>]
let ``maps by index are equal when their entries are, however they came about`` (changes: Change list) (others: Change list) =
    let map = made changes

    let again =
        List.foldBack (fun index sofar -> ByIndex.add index (ByIndex.tryFind index map).Value sofar) (ByIndex.keys map) ByIndex.empty

    let detour = (made (changes @ others), others) ||> List.fold (fun sofar other -> ByIndex.remove (indexOf other) sofar)
    let without = (map, others) ||> List.fold (fun sofar other -> ByIndex.remove (indexOf other) sofar)

    map = again
    && hash map = hash again
    && detour = without
    && (made changes = made others) = (model changes = model others)

[<Law>]
let ``a map by text has what was last put there`` (changes: Change list) =
    let put (map: ByText<int>) (change: Change) =
        match change.Value with
        | Some value -> ByText.add (keyOf change) value map
        | None -> ByText.remove (keyOf change) map

    let map = List.fold put ByText.empty changes
    let expected = List.fold (changeModel keyOf) Map.empty changes

    let again =
        (ByText.empty, List.rev (Map.toList expected)) ||> List.fold (fun sofar (key, value) -> ByText.add key value sofar)

    map = again
    && changes |> List.forall (fun each -> ByText.tryFind (keyOf each) map = toVoption (Map.tryFind (keyOf each) expected))

[<Test>]
let ``texts that share a hash keep their own values`` () =
    let one, other =
        Seq.init 1_000_000 string
        |> Seq.groupBy (fun text -> text.GetHashCode())
        |> Seq.pick (fun (_, alike) ->
            match List.ofSeq alike with
            | one :: other :: _ -> Some(one, other)
            | _ -> None)

    let both = ByText.empty |> ByText.add one 1 |> ByText.add other 2
    let again = both |> ByText.add one 3
    let without = again |> ByText.remove other

    Assert.That([ one; other ] |> List.map (fun key -> ByText.tryFind key both), Is.EqualTo<int voption list> [ ValueSome 1; ValueSome 2 ])
    Assert.That([ one; other ] |> List.map (fun key -> ByText.tryFind key again), Is.EqualTo<int voption list> [ ValueSome 3; ValueSome 2 ])
    Assert.That([ one; other ] |> List.map (fun key -> ByText.tryFind key without), Is.EqualTo<int voption list> [ ValueSome 3; ValueNone ])
    Assert.That((ByText.remove one without |> ByText.tryFind one).IsNone)
    Assert.That((both = (ByText.empty |> ByText.add other 2 |> ByText.add one 1)))

[<Test>]
let ``a map by index without entries is nothing`` () =
    let emptied = ByIndex.empty |> ByIndex.add 3 "three" |> ByIndex.add 5 "five" |> ByIndex.remove 3 |> ByIndex.remove 5
    Assert.That(obj.ReferenceEquals(emptied, null))
    Assert.That((emptied = ByIndex.empty))

[<Test>]
let ``many entries cost what each costs`` () =
    let allocated (count: int) =
        let before = GC.GetAllocatedBytesForCurrentThread()
        let mutable map = ByIndex.empty

        for index in 0 .. count - 1 do
            map <- ByIndex.add index index map

        let bytes = GC.GetAllocatedBytesForCurrentThread() - before
        Assert.That((ByIndex.tryFind (count - 1) map).IsSome)
        bytes

    allocated 16 |> ignore
    // Each entry makes anew the forks above it, as many as the logarithm of the count.
    Assert.That(allocated 64_000, Is.LessThan(64_000L * 16L * 48L))
    Assert.That(ByIndex.add 1 "one" ByIndex.empty |> ByIndex.keys, Is.EqualTo<int list> [ 1 ])

[<Law>]
let ``functions of lists do what FSharp.Core's do`` (numbers: int list) (others: int list) (lists: int list list) (divisor: byte) =
    let isIt number = number % (int divisor + 1) = 0
    let half number = if isIt number then Some(number / 2) else None

    ListAhead<int>.Exists(isIt, numbers) = List.exists isIt numbers
    && ListAhead<int>.TryFind(isIt, numbers) = List.tryFind isIt numbers
    && ListAhead<int>.Filter(isIt, numbers) = List.filter isIt numbers
    && ListAhead<int>.Rev numbers = List.rev numbers
    && ListAhead<int>.Length numbers = List.length numbers
    && ListAhead<int>.Concat lists = List.concat lists
    && ListAhead<int>.Append(numbers, others) = numbers @ others
    && ListAhead<int, int>.TryPick(half, numbers) = List.tryPick half numbers
    && ListAhead<int, int>.Choose(half, numbers) = List.choose half numbers
    && ListAhead<int, int option>.Map(half, numbers) = List.map half numbers
