// Where the values of a template's holes come from: members of records, anonymous records and classes, entries of dictionaries, or the
// input itself. Members are looked up once, when a template meets its input's type. Knows nothing of messages.
namespace Llm.Core

open System
open System.Collections
open System.Collections.Generic
open System.Reflection

/// Reads one value out of an input.
type internal Getter = obj -> Result<obj, string>

/// A facade's own types and values, as the core's.
[<NoComparison; NoEquality>]
type internal ForeignValues = { TypeOf: Type -> Type; ValueOf: obj -> obj }

[<RequireQualifiedAccess>]
module internal ForeignValues =
    let none: ForeignValues = { TypeOf = id; ValueOf = id }

/// What a path leads to: how it is read, and of which type it is, where that is known before.
[<NoComparison; NoEquality>]
type internal TemplateLeaf = { Read: Getter; Type: Type option }

/// Readers whose types are known when the program runs only.
[<AbstractClass; Sealed>]
type private InputReader =
    /// A property's reader, without reflection at each call.
    static member OfProperty<'owner, 'value>(getter: MethodInfo) : obj -> obj =
        let read = getter.CreateDelegate<Func<'owner, 'value>>()
        fun owner -> box (read.Invoke(unbox<'owner> owner))

    static member OfDictionary<'value>(dictionary: obj, name: string) : obj voption =
        let mutable value = Unchecked.defaultof<'value>

        match dictionary with
        | :? IReadOnlyDictionary<string, 'value> as entries when entries.TryGetValue(name, &value) -> ValueSome(box value)
        | :? IReadOnlyDictionary<string, 'value> -> ValueNone
        | :? IDictionary<string, 'value> as entries when entries.TryGetValue(name, &value) -> ValueSome(box value)
        | _ -> ValueNone

[<RequireQualifiedAccess>]
module internal TemplateInput =
    let private definition (kind: Type) = if kind.IsGenericType then Some(kind.GetGenericTypeDefinition()) else None

    let private options = [ typedefof<int option>; typedefof<int voption>; typedefof<Nullable<int>> ]

    /// The type of what an option may hold.
    let rec content (kind: Type) : Type =
        match definition kind with
        | Some open' when List.contains open' options -> content (kind.GetGenericArguments()[0])
        | _ -> kind

    /// What an option holds; null where it holds nothing.
    let rec unwrap (value: obj) : obj =
        match value with
        | null -> null
        | value ->
            match definition (value.GetType()) with
            | Some open' when open' = typedefof<int option> -> unwrap (value.GetType().GetProperty("Value").GetValue value)
            | Some open' when open' = typedefof<int voption> ->
                let isSome = value.GetType().GetProperty("IsSome").GetValue value |> unbox<bool>
                if isSome then unwrap (value.GetType().GetProperty("Value").GetValue value) else null
            | _ -> value

    let private dictionaries = [ typedefof<IReadOnlyDictionary<_, _>>; typedefof<IDictionary<_, _>> ]

    /// The type of the entries of a dictionary whose keys are names.
    let private entry (kind: Type) : Type option =
        Array.append [| kind |] (kind.GetInterfaces())
        |> Array.tryPick (fun each ->
            match definition each with
            | Some open' when List.contains open' dictionaries && each.GetGenericArguments()[0] = typeof<string> ->
                Some(each.GetGenericArguments()[1])
            | _ -> None)

    /// Whether a value of the type is a list of others; a text is none.
    let isList (kind: Type) : bool =
        kind <> typeof<string>
        && kind <> typeof<byte[]>
        && typeof<IEnumerable>.IsAssignableFrom kind
        && (entry kind).IsNone
        && not (typeof<IDictionary>.IsAssignableFrom kind)

    let private media =
        [
            typeof<Image>
            typeof<Audio>
            typeof<Document>
            typeof<UserPart>
            typeof<AssistantPart>
            typeof<Message>
            typeof<Bytes>
            typeof<byte[]>
            typeof<ReadOnlyMemory<byte>>
            typeof<Response>
            typeof<Uri>
        ]

    /// Whether a value of the type is one thing and not an object with members.
    let private isWhole (kind: Type) : bool =
        kind = typeof<string>
        || kind = typeof<bool>
        || typeof<IFormattable>.IsAssignableFrom kind
        || List.exists (fun (each: Type) -> each.IsAssignableFrom kind) media
        || isList kind

    let private shown (failure: exn) : string =
        match failure with
        | :? TargetInvocationException when not (isNull failure.InnerException) -> failure.InnerException.Message
        | _ -> failure.Message

    let private named (members: (string * 'found) list) (name: string) : 'found option =
        match members |> List.tryFind (fun (other, _) -> other = name) with
        | Some(_, found) -> Some found
        | None ->
            match members |> List.filter (fun (other, _) -> String.Equals(other, name, StringComparison.OrdinalIgnoreCase)) with
            | [ _, found ] -> Some found
            | _ -> None

    let private propertyReader (property: PropertyInfo) : obj -> obj =
        if property.DeclaringType.IsValueType || property.PropertyType.IsByRefLike then
            property.GetValue
        else
            typeof<InputReader>
                .GetMethod("OfProperty", BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.NonPublic)
                .MakeGenericMethod(property.DeclaringType, property.PropertyType)
                .Invoke(null, [| property.GetMethod |])
            :?> (obj -> obj)

    let private members (kind: Type) : (string * (Type * Lazy<obj -> obj>)) list =
        let flags = BindingFlags.Public ||| BindingFlags.Instance

        let properties =
            kind.GetProperties flags
            |> Array.filter (fun property ->
                property.CanRead
                && property.GetMethod.IsPublic
                && property.GetIndexParameters().Length = 0
                && property.Name <> "EqualityContract")
            |> Array.map (fun property -> property.Name, (property.PropertyType, lazy (propertyReader property)))

        let fields = kind.GetFields flags |> Array.map (fun field -> field.Name, (field.FieldType, lazy (field.GetValue)))

        Array.append properties fields |> List.ofArray

    let private typeName (kind: Type) = if kind.Name.Contains "AnonymousType" then "the input" else kind.Name.Split('`')[0]

    let private absent (kind: Type) (name: string) (known: string list) =
        let has =
            match known with
            | [] -> "it has no members"
            | names -> $"""there is {String.concat ", " names}"""

        Error $"there is no '{name}' in {typeName kind}; {has}"

    /// The entry of a dictionary, whatever its values are.
    let private lookUp (name: string) (dictionary: obj) : Result<obj, string> =
        let found =
            match entry (dictionary.GetType()), dictionary with
            | Some value, _ ->
                typeof<InputReader>
                    .GetMethod("OfDictionary", BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.NonPublic)
                    .MakeGenericMethod(value)
                    .Invoke(null, [| dictionary; name |])
                :?> obj voption
            | None, (:? IDictionary as entries) when entries.Contains name -> ValueSome entries[name]
            | None, _ -> ValueNone

        match found with
        | ValueSome value -> Ok value
        | ValueNone -> Error $"there is no '{name}' among the values"

    let private isDictionary (kind: Type) = (entry kind).IsSome || typeof<IDictionary>.IsAssignableFrom kind

    let private guarded (read: obj -> obj) (value: obj) : Result<obj, string> =
        try
            Ok(read value)
        with failure ->
            Error $"it could not be read: {shown failure}"

    /// One step along a path, from a type that is known, or from whatever comes.
    let rec private step (foreign: ForeignValues) (kind: Type option) (name: string) : Result<TemplateLeaf, string> =
        let dynamic (value: obj) =
            match unwrap value with
            | null -> Error $"there is no '{name}' in nothing"
            | value -> step foreign (Some(value.GetType())) name |> Result.bind (fun leaf -> leaf.Read value)

        let through (read: obj -> Result<obj, string>) (value: obj) =
            match unwrap value with
            | null -> Error $"there is no '{name}' in nothing"
            | value -> read value

        match kind |> Option.map content with
        | None -> Ok { Read = dynamic; Type = None }
        | Some kind when kind = typeof<obj> -> Ok { Read = dynamic; Type = None }
        | Some kind when isDictionary kind ->
            let value = entry kind |> Option.filter (fun value -> value <> typeof<obj>)
            Ok { Read = through (lookUp name); Type = value |> Option.map foreign.TypeOf }
        | Some kind ->
            let members = members kind

            match named members name with
            | Some(value, read) -> Ok { Read = through (fun owner -> guarded read.Value owner); Type = Some value }
            | None -> absent kind name (List.map fst members)

    /// What a path leads to in inputs of a type; obj stands for inputs of any.
    let resolve (foreign: ForeignValues) (input: Type) (path: string list) : Result<TemplateLeaf, string> =
        let known = Some input |> Option.filter (fun kind -> kind <> typeof<obj>)

        let follow (start: TemplateLeaf) (names: string list) =
            (Ok start, names)
            ||> List.fold (fun leaf name ->
                leaf
                |> Result.bind (fun leaf ->
                    step foreign leaf.Type name |> Result.map (fun next -> { next with Read = leaf.Read >> Result.bind next.Read })))

        let itself: TemplateLeaf = { Read = Ok; Type = known }

        match path with
        | [] -> Ok itself
        // The input is one thing, so the first name stands for it.
        | _ :: rest when known |> Option.exists (content >> foreign.TypeOf >> isWhole) -> follow itself rest
        | names -> follow itself names

    /// Whether an input of the type is one thing, so that all names are its.
    let isOneThing (foreign: ForeignValues) (input: Type) : bool = input <> typeof<obj> && isWhole (foreign.TypeOf(content input))
