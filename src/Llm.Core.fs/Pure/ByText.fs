// Values by a text, such as the id that a vendor gives a call: what a decoder finds again by what the wire says. As ByIndex, on which it
// stands, it is compiled with the library, and an empty one is nothing.
namespace Llm.Core

open System

/// An immutable map whose keys are texts, compared by their characters. Those of the same hash, which are few, for the hash is another in
/// each process, share a place, in the order of their characters: so equality is that of the entries.
[<Struct; NoComparison>]
type internal ByText<'value> =
    private
        {
            byHash: ByIndex<struct (string * 'value) list>
        }

    static member private Find(key: string, entries: struct (string * 'value) list) : 'value voption =
        match entries with
        | [] -> ValueNone
        | struct (other, value) :: rest -> if String.Equals(other, key) then ValueSome value else ByText<'value>.Find(key, rest)

    static member private Put(key: string, value: 'value, entries: struct (string * 'value) list) : struct (string * 'value) list =
        match entries with
        | struct (other, _) as entry :: rest when String.CompareOrdinal(other, key) < 0 -> entry :: ByText<'value>.Put(key, value, rest)
        | struct (other, _) :: rest when String.Equals(other, key) -> struct (key, value) :: rest
        | _ -> struct (key, value) :: entries

    static member private Without(key: string, entries: struct (string * 'value) list) : struct (string * 'value) list =
        match entries with
        | [] -> []
        | struct (other, value) :: rest ->
            if String.Equals(other, key) then
                rest
            else
                struct (other, value) :: ByText<'value>.Without(key, rest)

    member private map.Sharing(hash: int) : struct (string * 'value) list =
        match ByIndex.tryFind hash map.byHash with
        | ValueSome entries -> entries
        | ValueNone -> []

    member map.TryFind(key: string) : 'value voption = ByText<'value>.Find(key, map.Sharing(key.GetHashCode()))

    member map.Add(key: string, value: 'value) : ByText<'value> =
        let hash = key.GetHashCode()
        let entries = ByText<'value>.Put(key, value, map.Sharing hash)
        { byHash = ByIndex.add hash entries map.byHash }

    member map.Remove(key: string) : ByText<'value> =
        let hash = key.GetHashCode()

        match ByText<'value>.Without(key, map.Sharing hash) with
        | [] -> { byHash = ByIndex.remove hash map.byHash }
        | others -> { byHash = ByIndex.add hash others map.byHash }

[<RequireQualifiedAccess>]
module internal ByText =
    /// Nothing.
    let inline empty<'value> : ByText<'value> = Unchecked.defaultof<ByText<'value>>

    /// What a text has.
    let inline tryFind (key: string) (map: ByText<'value>) : 'value voption = map.TryFind key

    let inline containsKey (key: string) (map: ByText<'value>) : bool = (map.TryFind key).IsSome

    /// The map in which the text has this value, and no other.
    let inline add (key: string) (value: 'value) (map: ByText<'value>) : ByText<'value> = map.Add(key, value)

    /// The map in which the text has nothing.
    let inline remove (key: string) (map: ByText<'value>) : ByText<'value> = map.Remove key
