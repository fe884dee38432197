// Collections of F# and .NET: what each holds, how it is built from its items and taken apart.
namespace Llm.Core

open System
open System.Collections.Generic

/// How a collection is built and taken apart, with its items boxed.
[<AbstractClass>]
type internal SequenceForm() =
    abstract Build: obj[] -> obj
    abstract Items: obj -> obj seq

/// How a map by text is built and taken apart, with its values boxed.
[<AbstractClass>]
type internal MapForm() =
    abstract Build: (string * obj)[] -> obj
    abstract Pairs: obj -> (string * obj) seq

[<AbstractClass>]
type internal SequenceOf<'item>() =
    inherit SequenceForm()
    abstract From: 'item[] -> obj
    override this.Build items = items |> Array.map unbox<'item> |> this.From

    override _.Items value =
        match value with
        | :? IEnumerable<'item> as items -> Seq.map box items
        | _ -> Seq.empty

type internal ListForm<'item>() =
    inherit SequenceOf<'item>()
    override _.From items = box (List.ofArray items)

type internal ArrayForm<'item>() =
    inherit SequenceOf<'item>()
    override _.From items = box items

type internal ResizeArrayForm<'item>() =
    inherit SequenceOf<'item>()
    override _.From items = box (List<'item> items)

type internal SetForm<'item when 'item: comparison>() =
    inherit SequenceOf<'item>()
    override _.From items = box (Set.ofArray items)

type internal HashSetForm<'item>() =
    inherit SequenceOf<'item>()
    override _.From items = box (HashSet<'item> items)

[<AbstractClass>]
type internal MapOf<'value>() =
    inherit MapForm()
    abstract From: (string * 'value)[] -> obj
    override this.Build pairs = pairs |> Array.map (fun (name, value) -> name, unbox<'value> value) |> this.From

    override _.Pairs value =
        match value with
        | :? IEnumerable<KeyValuePair<string, 'value>> as pairs -> pairs |> Seq.map (fun pair -> pair.Key, box pair.Value)
        | _ -> Seq.empty

type internal FSharpMapForm<'value>() =
    inherit MapOf<'value>()
    override _.From pairs = box (Map.ofArray pairs)

type internal DictionaryForm<'value>() =
    inherit MapOf<'value>()

    override _.From pairs = box (Dictionary<string, 'value>(pairs |> Array.map (fun (name, value) -> KeyValuePair(name, value))))

[<RequireQualifiedAccess>]
module internal Collections =
    let private sequences: IDictionary<Type, Type> =
        dict
            [
                typedefof<list<_>>, typedefof<ListForm<_>>
                typedefof<Set<_>>, typedefof<SetForm<_>>
                typedefof<List<_>>, typedefof<ResizeArrayForm<_>>
                typedefof<IList<_>>, typedefof<ResizeArrayForm<_>>
                typedefof<ICollection<_>>, typedefof<ResizeArrayForm<_>>
                typedefof<IEnumerable<_>>, typedefof<ArrayForm<_>>
                typedefof<IReadOnlyList<_>>, typedefof<ArrayForm<_>>
                typedefof<IReadOnlyCollection<_>>, typedefof<ArrayForm<_>>
                typedefof<HashSet<_>>, typedefof<HashSetForm<_>>
                typedefof<ISet<_>>, typedefof<HashSetForm<_>>
                typedefof<IReadOnlySet<_>>, typedefof<HashSetForm<_>>
            ]

    let private maps: IDictionary<Type, Type> =
        dict
            [
                typedefof<Map<_, _>>, typedefof<FSharpMapForm<_>>
                typedefof<Dictionary<_, _>>, typedefof<DictionaryForm<_>>
                typedefof<IDictionary<_, _>>, typedefof<DictionaryForm<_>>
                typedefof<IReadOnlyDictionary<_, _>>, typedefof<DictionaryForm<_>>
            ]

    let private make<'form> (form: Type) (argument: Type) : 'form = Activator.CreateInstance(form.MakeGenericType argument) |> unbox<'form>

    /// The type of the items, and the form.
    let tryForm (kind: Type) : (Type * SequenceForm) option =
        if kind.IsArray && kind.GetArrayRank() = 1 then
            let item = kind.GetElementType() |> Unchecked.nonNull
            Some(item, make typedefof<ArrayForm<_>> item)
        elif not kind.IsGenericType then
            None
        else
            match sequences.TryGetValue(kind.GetGenericTypeDefinition()) with
            | true, form ->
                let item = kind.GetGenericArguments()[0]
                Some(item, make form item)
            | _ -> None

    /// Whether it is a map at all.
    let isMap (kind: Type) : bool = kind.IsGenericType && maps.ContainsKey(kind.GetGenericTypeDefinition())

    /// The types of key and value, and the form for keys that are text.
    let mapForm (kind: Type) : Type * Type * MapForm =
        let arguments = kind.GetGenericArguments()
        arguments[0], arguments[1], make maps[kind.GetGenericTypeDefinition()] arguments[1]
