// Values by the index of a part, an item or a block: what the states of decoders and folds keep beside the part that grows, which mostly is
// nothing or one. FSharp.Core's Map is not compiled ahead: the first of a process costs milliseconds, and each other type of it some more,
// empty ones too. This one is compiled with the library, takes less room while it is small, and nothing while it is empty. Knows nothing of
// what it keeps. The work is done by members: a function of a module that is shared by types cannot be compiled ahead, for F# marks a module
// as a class whose constructor must have run (no `beforefieldinit`), even where it has none; a member of a generic type can.
namespace Llm.Core

open System
open System.Numerics

/// Arithmetic of the bits of indices.
[<RequireQualifiedAccess>]
module internal IndexBits =
    /// A number without a sign that is ordered as the index is.
    let order (index: int) : uint32 = uint32 index ^^^ 0x80000000u

    /// The bits above a bit.
    let above (bit: uint32) (ordered: uint32) : uint32 = ordered &&& ~~~(bit ||| (bit - 1u))

    /// The highest bit in which two numbers differ.
    let highest (one: uint32) (other: uint32) : uint32 = 0x80000000u >>> BitOperations.LeadingZeroCount(one ^^^ other)

/// An immutable map whose keys are integers: a Patricia trie (Okasaki and Gill, Fast Mergeable Integer Maps, 1998), at most 32 steps deep. The
/// same entries have the same form, in whichever order they came, so that equality is that of the entries.
[<RequireQualifiedAccess; NoComparison>]
[<CompilationRepresentation(CompilationRepresentationFlags.UseNullAsTrueValue)>]
type internal ByIndex<'value> =
    | Empty
    | One of index: int * value: 'value
    /// Two that are not empty, whose indices are alike in the bits above this one and differ in it.
    | Fork of above: uint32 * bit: uint32 * lower: ByIndex<'value> * upper: ByIndex<'value>

    /// Two maps, of which all indices of one differ from all of the other in the same highest bit.
    static member private Join(first: uint32, one: ByIndex<'value>, second: uint32, other: ByIndex<'value>) : ByIndex<'value> =
        let bit = IndexBits.highest first second
        let above = IndexBits.above bit first
        if first < second then Fork(above, bit, one, other) else Fork(above, bit, other, one)

    static member TryFind(index: int, map: ByIndex<'value>) : 'value voption =
        match map with
        | Empty -> ValueNone
        | One(other, value) -> if other = index then ValueSome value else ValueNone
        | Fork(_, bit, lower, upper) ->
            let half = if IndexBits.order index &&& bit = 0u then lower else upper
            ByIndex<'value>.TryFind(index, half)

    static member Add(index: int, value: 'value, map: ByIndex<'value>) : ByIndex<'value> =
        match map with
        | Empty -> One(index, value)
        | One(other, _) when other = index -> One(index, value)
        | One(other, _) -> ByIndex<'value>.Join(IndexBits.order index, One(index, value), IndexBits.order other, map)
        | Fork(above, bit, lower, upper) ->
            let ordered = IndexBits.order index

            if IndexBits.above bit ordered <> above then
                ByIndex<'value>.Join(ordered, One(index, value), above, map)
            elif ordered &&& bit = 0u then
                Fork(above, bit, ByIndex<'value>.Add(index, value, lower), upper)
            else
                Fork(above, bit, lower, ByIndex<'value>.Add(index, value, upper))

    static member Remove(index: int, map: ByIndex<'value>) : ByIndex<'value> =
        match map with
        | Empty -> map
        | One(other, _) -> if other = index then Empty else map
        | Fork(above, bit, lower, upper) ->
            let isLower = IndexBits.order index &&& bit = 0u
            let before = if isLower then lower else upper
            let rest = ByIndex<'value>.Remove(index, before)

            if Object.ReferenceEquals(rest, before) then map
            elif rest.IsEmpty then (if isLower then upper else lower)
            elif isLower then Fork(above, bit, rest, upper)
            else Fork(above, bit, lower, rest)

    static member TryLowest(map: ByIndex<'value>) : int voption =
        match map with
        | Empty -> ValueNone
        | One(index, _) -> ValueSome index
        | Fork(_, _, lower, _) -> ByIndex<'value>.TryLowest lower

    static member TryHighest(map: ByIndex<'value>) : int voption =
        match map with
        | Empty -> ValueNone
        | One(index, _) -> ValueSome index
        | Fork(_, _, _, upper) -> ByIndex<'value>.TryHighest upper

    static member TryFindIndex(isIt: 'value -> bool, map: ByIndex<'value>) : int voption =
        match map with
        | Empty -> ValueNone
        | One(index, value) -> if isIt value then ValueSome index else ValueNone
        | Fork(_, _, lower, upper) ->
            match ByIndex<'value>.TryFindIndex(isIt, lower) with
            | ValueNone -> ByIndex<'value>.TryFindIndex(isIt, upper)
            | found -> found

    static member Map(change: 'value -> 'value, map: ByIndex<'value>) : ByIndex<'value> =
        match map with
        | Empty -> Empty
        | One(index, value) -> One(index, change value)
        | Fork(above, bit, lower, upper) -> Fork(above, bit, ByIndex<'value>.Map(change, lower), ByIndex<'value>.Map(change, upper))

    static member KeysBefore(rest: int list, map: ByIndex<'value>) : int list =
        match map with
        | Empty -> rest
        | One(index, _) -> index :: rest
        | Fork(_, _, lower, upper) -> ByIndex<'value>.KeysBefore(ByIndex<'value>.KeysBefore(rest, upper), lower)

    static member ValuesBefore(rest: 'value list, map: ByIndex<'value>) : 'value list =
        match map with
        | Empty -> rest
        | One(_, value) -> value :: rest
        | Fork(_, _, lower, upper) -> ByIndex<'value>.ValuesBefore(ByIndex<'value>.ValuesBefore(rest, upper), lower)

/// Indices, without values.
type internal Indices = ByIndex<unit>

[<RequireQualifiedAccess>]
module internal ByIndex =
    /// Nothing.
    let inline empty<'value> : ByIndex<'value> = ByIndex.Empty

    let inline isEmpty (map: ByIndex<'value>) : bool = map.IsEmpty

    /// What an index has.
    let inline tryFind (index: int) (map: ByIndex<'value>) : 'value voption = ByIndex<'value>.TryFind(index, map)

    let inline containsKey (index: int) (map: ByIndex<'value>) : bool = (ByIndex<'value>.TryFind(index, map)).IsSome

    /// The map in which the index has this value, and no other.
    let inline add (index: int) (value: 'value) (map: ByIndex<'value>) : ByIndex<'value> = ByIndex<'value>.Add(index, value, map)

    /// The map in which the index has nothing.
    let inline remove (index: int) (map: ByIndex<'value>) : ByIndex<'value> = ByIndex<'value>.Remove(index, map)

    let inline tryLowest (map: ByIndex<'value>) : int voption = ByIndex<'value>.TryLowest map

    let inline tryHighest (map: ByIndex<'value>) : int voption = ByIndex<'value>.TryHighest map

    /// The lowest index whose value is such a one.
    let inline tryFindIndex (isIt: 'value -> bool) (map: ByIndex<'value>) : int voption = ByIndex<'value>.TryFindIndex(isIt, map)

    /// The same indices with what their values become.
    let inline map (change: 'value -> 'value) (map: ByIndex<'value>) : ByIndex<'value> = ByIndex<'value>.Map(change, map)

    /// The indices, ascending.
    let inline keys (map: ByIndex<'value>) : int list = ByIndex<'value>.KeysBefore([], map)

    /// The values, in the order of their indices.
    let inline values (map: ByIndex<'value>) : 'value list = ByIndex<'value>.ValuesBefore([], map)
