// Functions of FSharp.Core's List that the first call of a process runs: each costs it up to a millisecond there, for FSharp.Core is not
// compiled ahead. These do the same and are compiled with the library, as members of generic types are (see ByIndex.fs). They stand in
// front of those of their names in every file of the core; the others are FSharp.Core's.
namespace Llm.Core

open Microsoft.FSharp.Core.CompilerServices

/// What the functions below do.
type internal ListAhead<'item> =
    static member Exists(isIt: 'item -> bool, list: 'item list) : bool =
        let mutable rest = list

        while not rest.IsEmpty && not (isIt rest.Head) do
            rest <- rest.Tail

        not rest.IsEmpty

    static member TryFind(isIt: 'item -> bool, list: 'item list) : 'item option =
        let mutable rest = list

        while not rest.IsEmpty && not (isIt rest.Head) do
            rest <- rest.Tail

        if rest.IsEmpty then None else Some rest.Head

    static member Length(list: 'item list) : int =
        let mutable rest = list
        let mutable length = 0

        while not rest.IsEmpty do
            length <- length + 1
            rest <- rest.Tail

        length

    static member Concat(lists: 'item list list) : 'item list =
        match lists with
        | [] -> []
        | [ only ] -> only
        | _ -> Microsoft.FSharp.Collections.List.concat lists

    static member Filter(isIt: 'item -> bool, list: 'item list) : 'item list =
        let mutable rest = list
        let mutable kept = ListCollector<'item>()

        while not rest.IsEmpty do
            if isIt rest.Head then kept.Add rest.Head

            rest <- rest.Tail

        kept.Close()

    static member Rev(list: 'item list) : 'item list =
        match list with
        | []
        | [ _ ] -> list
        | _ ->
            let mutable rest = list
            let mutable reversed = []

            while not rest.IsEmpty do
                reversed <- rest.Head :: reversed
                rest <- rest.Tail

            reversed

    static member Append(first: 'item list, second: 'item list) : 'item list =
        match first, second with
        | [], _ -> second
        | _, [] -> first
        | [ one ], _ -> one :: second
        | [ one; other ], _ -> one :: other :: second
        | _ -> Operators.(@) first second

/// What the functions below do that make something of the items.
type internal ListAhead<'item, 'made> =
    static member TryPick(choose: 'item -> 'made option, list: 'item list) : 'made option =
        let mutable rest = list
        let mutable found = None

        while found.IsNone && not rest.IsEmpty do
            found <- choose rest.Head
            rest <- rest.Tail

        found

    static member Choose(choose: 'item -> 'made option, list: 'item list) : 'made list =
        let mutable rest = list
        let mutable kept = ListCollector<'made>()

        while not rest.IsEmpty do
            match choose rest.Head with
            | Some made -> kept.Add made
            | None -> ()

            rest <- rest.Tail

        kept.Close()

    static member Map(make: 'item -> 'made, list: 'item list) : 'made list =
        let mutable rest = list
        let mutable made = ListCollector<'made>()

        while not rest.IsEmpty do
            made.Add(make rest.Head)
            rest <- rest.Tail

        made.Close()

// Of this assembly alone: to its friends, such as its tests, the compiler would fail to hand on what is inlined.
[<AutoOpen>]
module private ListsAhead =
    /// As FSharp.Core's, which is asked where neither is empty nor the first a short one: that is rare at the start of a process.
    let inline (@) (first: 'item list) (second: 'item list) : 'item list = ListAhead<'item>.Append(first, second)

    /// As FSharp.Core's.
    module List =
        let inline exists (isIt: 'item -> bool) (list: 'item list) : bool = ListAhead<'item>.Exists(isIt, list)

        let inline tryFind (isIt: 'item -> bool) (list: 'item list) : 'item option = ListAhead<'item>.TryFind(isIt, list)

        let inline map (make: 'item -> 'made) (list: 'item list) : 'made list = ListAhead<'item, 'made>.Map(make, list)

        let inline filter (isIt: 'item -> bool) (list: 'item list) : 'item list = ListAhead<'item>.Filter(isIt, list)

        let inline forall (isIt: 'item -> bool) (list: 'item list) : bool =
            not (ListAhead<'item>.Exists((fun item -> not (isIt item)), list))

        let inline length (list: 'item list) : int = ListAhead<'item>.Length list

        let inline concat (lists: 'item list list) : 'item list = ListAhead<'item>.Concat lists

        let inline fold ([<InlineIfLambda>] folder: 'state -> 'item -> 'state) (state: 'state) (list: 'item list) : 'state =
            let mutable sofar = state

            for item in list do
                sofar <- folder sofar item

            sofar

        let inline rev (list: 'item list) : 'item list = ListAhead<'item>.Rev list

        let inline tryPick (choose: 'item -> 'made option) (list: 'item list) : 'made option = ListAhead<'item, 'made>.TryPick(choose, list)

        let inline choose (choose: 'item -> 'made option) (list: 'item list) : 'made list = ListAhead<'item, 'made>.Choose(choose, list)
