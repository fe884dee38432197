// The one walk over a .NET type from which its schema, its decoder and its encoder come, so that they agree.
// For users' types only; the wire formats are written by hand.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Reflection
open FSharp.Reflection

/// The walk: what is derived, what is being derived, what was found to be recursive, and what cannot be derived.
type internal Derivation(comments: Comments) =
    let finished = Dictionary<Type, Coder>()
    /// Being derived; with a name from when they are met again meanwhile.
    let unfinished = Dictionary<Type, string option>()
    let definitions = List<string * Schema>()
    let problems = List<ShapeProblem>()
    let nullability = NullabilityInfoContext()
    let anyVisibility = BindingFlags.Public ||| BindingFlags.NonPublic

    let failing: Coder =
        {
            Schema = Schema.Any
            Absent = ValueNone
            Decode = fun _ -> Coder.wrong "its type has no shape"
            Partial = fun _ -> ValueNone
            Encode = fun builder _ -> builder.Append "null" |> ignore
        }

    let isGeneric (definition: Type) (kind: Type) = kind.IsGenericType && kind.GetGenericTypeDefinition() = definition

    let isOption (kind: Type) =
        isGeneric typedefof<option<_>> kind || isGeneric typedefof<voption<_>> kind || isGeneric typedefof<Nullable<_>> kind

    /// What its module keeps to itself must not be made from outside; a type that is itself internal is the caller's own matter.
    let isHidden (kind: Type) = not (kind.IsPublic || kind.IsNestedPublic)
    let isRecord (kind: Type) = FSharpType.IsRecord kind || (isHidden kind && FSharpType.IsRecord(kind, anyVisibility))
    let isUnion (kind: Type) = FSharpType.IsUnion kind || (isHidden kind && FSharpType.IsUnion(kind, anyVisibility))
    let isPrivate (kind: Type) = FSharpType.IsRecord(kind, anyVisibility) || FSharpType.IsUnion(kind, anyVisibility)

    let freshName (kind: Type) : string =
        let name = Attributes.typeName kind
        let taken = Seq.append (Seq.choose id unfinished.Values) (Seq.map fst definitions) |> Set.ofSeq

        Seq.initInfinite (fun index -> if index = 0 then name else $"{name}_{index + 1}")
        |> Seq.find (fun name -> not (taken.Contains name))

    /// A name for the property that tells the cases apart.
    let freeTag (cases: Members.Case[]) : string =
        let names = cases |> Array.collect (fun case -> case.Members |> Array.map _.Name) |> Set.ofArray

        let isFree (tag: string) = names |> Set.forall (fun name -> not (String.Equals(name, tag, StringComparison.OrdinalIgnoreCase)))

        Seq.append [ "kind"; "case"; "tag" ] (Seq.initInfinite (fun index -> $"case{index}")) |> Seq.find isFree

    let describe (description: string option) (coder: Coder) : Coder =
        match description with
        | Some text -> { coder with Schema = Schema.Described(coder.Schema, text) }
        | None -> coder

    /// A description, with a line for each word that has one.
    let withWords (own: string option) (words: (string * string option) list) : string option =
        let lines = words |> List.choose (fun (word, text) -> text |> Option.map (fun text -> $"{word}: {text}"))

        match Option.toList own @ lines with
        | [] -> None
        | all -> Some(String.concat "\n" all)

    let isNoData (kind: Type) =
        kind.IsPointer
        || kind.IsPrimitive
        || kind.ContainsGenericParameters
        || FSharpType.IsFunction kind
        || [
            typeof<Delegate>
            typeof<MemberInfo>
            typeof<Threading.WaitHandle>
            typeof<IO.Stream>
            typeof<Collections.IEnumerable>
            typeof<Exception>
            typeof<Module>
            typeof<Assembly>
           ]
           |> List.exists (fun other -> other.IsAssignableFrom kind)

    /// What cannot be derived, and where; paths as in problems of values.
    member _.Problems = List.ofSeq problems

    /// The recursive types.
    member _.Definitions = List.ofSeq definitions

    member _.Unsupported (path: string) (reason: string) : Coder =
        problems.Add { Path = "$" + path; Reason = reason }
        failing

    /// Once a type; where it is met within itself, a reference to its definition.
    member private _.Named (kind: Type) (derive: unit -> Coder) : Coder =
        match finished.TryGetValue kind, unfinished.TryGetValue kind with
        | (true, coder), _ -> coder
        | _, (true, name) ->
            let name = name |> Option.defaultWith (fun () -> freshName kind)
            unfinished[kind] <- Some name

            {
                Schema = Schema.Reference name
                Absent = ValueNone
                Decode = fun element -> finished[kind].Decode element
                Partial = fun partial -> finished[kind].Partial partial
                Encode = fun builder value -> finished[kind].Encode builder value
            }
        | _ ->
            unfinished[kind] <- None
            let coder = derive ()
            let name = unfinished[kind]
            unfinished.Remove kind |> ignore

            let coder =
                match name with
                | Some name ->
                    definitions.Add((name, coder.Schema))
                    { coder with Schema = Schema.Reference name }
                | None -> coder

            finished[kind] <- coder
            coder

    /// The coder of a type. The path says whose it is; of what C# annotates it is known whether null is a value.
    member this.Derive (path: string) (info: Annotation option) (kind: Type) : Coder =
        let coder = this.Plain path info kind

        let isNullable =
            match info with
            | Some info -> not kind.IsValueType && info.IsNullable && not (isOption kind)
            | None -> false

        if isNullable && coder.Absent.IsNone then
            coder |> Coder.optional null id (fun value -> if isNull value then ValueNone else ValueSome value)
        else
            coder

    member private this.Plain (path: string) (info: Annotation option) (kind: Type) : Coder =
        let argument index = info |> Option.bind (fun info -> Array.tryItem index info.Arguments)

        match Scalars.tryFind kind, Collections.tryForm kind with
        | ValueSome coder, _ -> coder
        | ValueNone, Some(item, form) ->
            let info = if kind.IsArray then info |> Option.bind _.Item else argument 0
            Coder.list (this.Derive (path + "[]") info item) form.Build form.Items
        | ValueNone, None when kind = typeof<obj> -> this.Anything
        | ValueNone, None when kind.IsEnum -> this.Named kind (fun () -> this.Enumeration kind)
        | ValueNone, None when isOption kind -> this.Optional path (argument 0) kind
        | ValueNone, None when Collections.isMap kind -> this.Map path (argument 1) kind
        | ValueNone, None when FSharpType.IsTuple kind -> this.Tuple path kind
        | ValueNone, None when isRecord kind -> this.Named kind (fun () -> this.Record path kind)
        | ValueNone, None when isUnion kind -> this.Named kind (fun () -> this.Union path kind)
        | ValueNone, None when isPrivate kind ->
            this.Unsupported path $"the representation of {kind.Name} is private, so that only its own module may make one"
        | ValueNone, None when isNoData kind -> this.Unsupported path $"{kind.Name} is no data"
        | ValueNone, None -> this.Named kind (fun () -> this.Class path kind)

    /// Any JSON is read as it is; a value is written as what it turns out to be.
    member private _.Anything: Coder =
        let element = Scalars.tryFind typeof<Text.Json.JsonElement> |> ValueOption.defaultValue failing

        let encode (builder: Text.StringBuilder) (value: obj) =
            if isNull value then builder.Append "null" |> ignore
            elif value.GetType() = typeof<obj> then builder.Append "{}" |> ignore
            else (Derivation(comments).Derive "" None (value.GetType())).Encode builder value

        { element with Encode = encode }

    member private _.Enumeration(kind: Type) : Coder =
        let fields = kind.GetFields(BindingFlags.Public ||| BindingFlags.Static) |> List.ofArray
        let word (field: FieldInfo) = Attributes.jsonName (Attributes.ofMember field) |> Option.defaultValue field.Name
        let choices = fields |> List.map (fun field -> word field, field.GetValue null)
        let documented = fields |> List.map (fun field -> word field, Attributes.ofField comments field)
        Enumerations.coder kind choices |> describe (withWords (Attributes.ofType comments kind) documented)

    member private this.Optional (path: string) (info: Annotation option) (kind: Type) : Coder =
        let item = kind.GetGenericArguments()[0]
        let inner = this.Derive path info item

        if inner.Absent.IsSome then
            this.Unsupported path "an option of an option cannot be told from an option"
        elif isGeneric typedefof<Nullable<_>> kind then
            inner |> Coder.optional null id (fun value -> if isNull value then ValueNone else ValueSome value)
        else
            let cases = FSharpType.GetUnionCases kind
            let none = FSharpValue.MakeUnion(cases[0], [||])
            let some = FSharpValue.PreComputeUnionConstructor cases[1]
            let value = FSharpValue.PreComputeUnionReader cases[1]

            inner
            |> Coder.optional none (fun value -> some [| value |]) (fun option ->
                if Object.Equals(option, none) then ValueNone else ValueSome(Array.head (value option)))

    member private this.Map (path: string) (info: Annotation option) (kind: Type) : Coder =
        let key, value, form = Collections.mapForm kind

        if key <> typeof<string> then
            this.Unsupported path $"the keys of a map must be strings, not {key.Name}"
        else
            Coder.map (this.Derive (path + "[]") info value) form.Build form.Pairs

    member private _.Field (coder: Coder) (name: string) (info: MemberInfo) (kind: Type) : Member =
        let attributes = Attributes.ofMember info

        {
            Name = Attributes.jsonName attributes |> Option.defaultValue name
            Coder = coder
            Description = Attributes.ofField comments info
            Default = Attributes.defaultValue kind attributes
        }

    member private this.FieldOf (path: string) (name: string) (property: PropertyInfo) : Member =
        let coder =
            this.Derive (path + ShapeProblem.property name) (Some(Annotation.ofProperty nullability property)) property.PropertyType

        this.Field coder name property property.PropertyType

    member private this.Tuple (path: string) (kind: Type) : Coder =
        let item index (each: Type) =
            let name = $"item{index + 1}"

            {
                Name = name
                Coder = this.Derive $"{path}.{name}" None each
                Description = None
                Default = ValueNone
            }

        let members = FSharpType.GetTupleElements kind |> Array.mapi item
        let build = FSharpValue.PreComputeTupleConstructor kind
        Members.object members (build >> Ok) (FSharpValue.PreComputeTupleReader kind)

    member private this.Record (path: string) (kind: Type) : Coder =
        let fields = FSharpType.GetRecordFields(kind, anyVisibility)
        let members = fields |> Array.map (fun field -> this.FieldOf path field.Name field)
        let build = FSharpValue.PreComputeRecordConstructor(kind, anyVisibility)

        Members.object members (build >> Ok) (FSharpValue.PreComputeRecordReader(kind, anyVisibility))
        |> describe (Attributes.ofType comments kind)

    member private this.ClassField (path: string) (each: ClassMember) : Member =
        let property = each.Property
        let name = property.Name
        let coder = this.Derive (path + ShapeProblem.property name) (Some each.Annotation) property.PropertyType
        let field = this.Field coder name property property.PropertyType

        let fromParameter = each.Argument |> Option.bind (fun argument -> Attributes.description (Attributes.ofParameter argument))

        // What is optional anyway needs no default to say so.
        let isPlainAbsence =
            match coder.Absent, each.Default with
            | ValueSome absent, ValueSome value -> Object.Equals(absent, value)
            | _ -> false

        { field with
            Description = field.Description |> Option.orElse fromParameter
            Default = if isPlainAbsence then ValueNone else each.Default
        }

    /// The members of a class, how one is built of their values, and taken apart.
    member private this.Fields (path: string) (form: ClassForm) : Member[] * (obj[] -> Result<obj, string>) * (obj -> obj[]) =
        let members = form.Members |> List.map (this.ClassField path) |> Array.ofList
        let properties = form.Members |> List.map _.Property |> Array.ofList
        members, Classes.build form, (fun value -> properties |> Array.map (fun property -> property.GetValue value))

    member private this.Class (path: string) (kind: Type) : Coder =
        match Attributes.derivedTypes kind, Classes.tryForm kind with
        | (_ :: _ as derived), _ -> this.Hierarchy path kind derived
        | [], Error reason -> this.Unsupported path reason
        | [], Ok form -> this.Fields path form |||> Members.object |> describe (Attributes.ofType comments kind)

    /// A class whose kinds are listed is a choice of them, as a union is.
    member private this.Hierarchy (path: string) (kind: Type) (derived: (Type * string) list) : Coder =
        let case (each: Type, word: string) : Members.Case option =
            match Classes.tryForm each with
            | Error reason ->
                this.Unsupported path reason |> ignore
                None
            | Ok form ->
                let members, build, values = this.Fields path form

                Some
                    {
                        Word = word
                        Description = Attributes.ofType comments each
                        Members = members
                        Build = build
                        Values = values
                    }

        let cases = derived |> List.choose case |> Array.ofList
        let kinds = derived |> List.map fst

        let indexOf (value: obj) =
            match kinds |> List.tryFindIndex (fun each -> each = value.GetType()) with
            | Some index -> index
            | None -> raise (NotSupportedException $"{value.GetType().Name} is not among the kinds that {kind.Name} lists")

        let tag = Attributes.discriminator kind |> Option.defaultWith (fun () -> freeTag cases)
        let coder = Members.cases tag cases indexOf
        { coder with Encode = Coder.whatIsThere coder.Encode } |> describe (Attributes.ofType comments kind)

    member private this.Union (path: string) (kind: Type) : Coder =
        let cases = FSharpType.GetUnionCases(kind, anyVisibility)
        let word (case: UnionCaseInfo) = Attributes.jsonName (case.GetCustomAttributes()) |> Option.defaultValue case.Name

        let description (case: UnionCaseInfo) =
            Attributes.description (case.GetCustomAttributes())
            |> Option.orElseWith (fun () -> comments kind.Assembly |> Documentation.ofCase case.Name kind)

        let indexOf = FSharpValue.PreComputeUnionTagReader(kind, anyVisibility)
        let build (case: UnionCaseInfo) = FSharpValue.PreComputeUnionConstructor(case, anyVisibility)
        let values (case: UnionCaseInfo) = FSharpValue.PreComputeUnionReader(case, anyVisibility)

        match cases |> Array.map (fun case -> case, case.GetFields()) with
        | [| case, [| field |] |] -> this.Unwrapped path kind (build case) (values case) field
        | cases when cases |> Array.forall (fun (_, fields) -> Array.isEmpty fields) ->
            let choices = cases |> Array.map (fun (case, _) -> word case, build case [||]) |> List.ofArray
            let words = choices |> List.map fst
            let documented = cases |> Array.map (fun (case, _) -> word case, description case) |> List.ofArray
            let own = Attributes.ofType comments kind
            let spell (value: obj) = Json.quote words[indexOf value]
            Coder.words (Schema.Words words) choices spell (fun _ -> ValueNone) |> describe (withWords own documented)
        | cases ->
            // A field that was given no name: Item, or Item1 and so on.
            let nameOf (fields: PropertyInfo[]) index (field: PropertyInfo) =
                if field.Name = "Item" && fields.Length = 1 then "value"
                elif field.Name = $"Item{index + 1}" then $"item{index + 1}"
                else field.Name

            let case (case: UnionCaseInfo, fields: PropertyInfo[]) : Members.Case =
                {
                    Word = word case
                    Description = description case
                    Members = fields |> Array.mapi (fun index field -> this.FieldOf path (nameOf fields index field) field)
                    Build = build case >> Ok
                    Values = values case
                }

            let all = cases |> Array.map case
            Members.cases (freeTag all) all indexOf |> describe (Attributes.ofType comments kind)

    /// A union of one case with one field is that field.
    member private this.Unwrapped (path: string) (kind: Type) (build: obj[] -> obj) (values: obj -> obj[]) (field: PropertyInfo) : Coder =
        let inner = this.Derive path (Some(Annotation.ofProperty nullability field)) field.PropertyType

        let isItself (schema: Schema) =
            match schema, unfinished[kind] with
            | Schema.Reference name, Some own -> name = own
            | _ -> false

        let isWithinItself =
            match inner.Schema with
            | Schema.AnyOf choices -> List.exists isItself choices
            | schema -> isItself schema

        if isWithinItself then
            this.Unsupported path $"{kind.Name} holds nothing but itself"
        else
            {
                Schema = inner.Schema
                Absent = inner.Absent |> ValueOption.map (fun value -> build [| value |])
                Decode = fun element -> inner.Decode element |> Result.map (fun value -> build [| value |])
                Partial = inner.Partial >> ValueOption.map (fun value -> build [| value |])
                Encode = fun builder value -> inner.Encode builder (Array.head (values value))
            }
            |> describe (Attributes.ofType comments kind)
