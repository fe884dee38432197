// Classes and records of C#: which properties are members, which constructor builds them, and what may be left out.
namespace Llm.Core

open System
open System.Reflection
open System.Runtime.CompilerServices
open System.Text.Json.Serialization

/// A member of a class.
[<NoComparison; NoEquality>]
type internal ClassMember =
    {
        Property: PropertyInfo
        /// Its place among the arguments of the constructor.
        Argument: ParameterInfo option
        /// What its absence stands for.
        Default: obj voption
        Annotation: Annotation
    }

/// How a class is read and built.
[<NoComparison; NoEquality>]
type internal ClassForm = { Constructor: ConstructorInfo; Members: ClassMember list }

[<RequireQualifiedAccess>]
module internal Classes =
    let private isOpen (property: PropertyInfo) =
        property.CanRead
        && property.GetMethod.IsPublic
        && property.GetIndexParameters().Length = 0
        && not (Attributes.isIgnored (Attributes.ofMember property))
        && property.Name <> "EqualityContract"

    let private isSettable (property: PropertyInfo) = property.CanWrite && property.SetMethod.IsPublic

    /// In the order they were written in, a base's first.
    let private properties (kind: Type) : PropertyInfo list =
        let rec depth (kind: Type) = if isNull kind.BaseType then 0 else 1 + depth kind.BaseType

        kind.GetProperties(BindingFlags.Public ||| BindingFlags.Instance)
        |> Array.filter isOpen
        |> Array.sortBy (fun property -> depth property.DeclaringType, property.MetadataToken)
        // A property that hides another's name stands for both.
        |> Array.rev
        |> Array.distinctBy _.Name
        |> Array.rev
        |> List.ofArray

    let private argumentOf (parameters: ParameterInfo[]) (property: PropertyInfo) : ParameterInfo option =
        parameters
        |> Array.tryFind (fun parameter -> String.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase))

    let private isFilled (properties: PropertyInfo list) (constructor: ConstructorInfo) =
        let names = properties |> List.map _.Name

        constructor.GetParameters()
        |> Array.forall (fun parameter ->
            names |> List.exists (fun name -> String.Equals(name, parameter.Name, StringComparison.OrdinalIgnoreCase)))

    let private choose (kind: Type) (properties: PropertyInfo list) : ConstructorInfo option =
        let all = kind.GetConstructors()
        let marked = all |> Array.tryFind (fun each -> each.IsDefined typeof<JsonConstructorAttribute>)
        let plain = all |> Array.tryFind (fun each -> each.GetParameters().Length = 0)

        marked
        |> Option.orElse plain
        |> Option.orElseWith (fun () ->
            match all |> Array.filter (isFilled properties) with
            | [||] -> None
            | fitting -> Some(Array.maxBy (fun (each: ConstructorInfo) -> each.GetParameters().Length) fitting))

    /// Something of the type, of two kinds, to see what an initializer makes of it.
    let private placeholder (isOther: bool) (parameter: ParameterInfo) : obj =
        let kind = parameter.ParameterType

        match Attributes.parameterDefault parameter with
        | ValueSome value when not isOther -> value
        | _ when kind = typeof<string> -> if isOther then "other" else ""
        | _ when kind.IsPrimitive && isOther && kind <> typeof<nativeint> && kind <> typeof<unativeint> ->
            Convert.ChangeType(1uy, kind, Globalization.CultureInfo.InvariantCulture)
        | _ when kind.IsValueType -> RuntimeHelpers.GetUninitializedObject kind
        | _ -> null

    let private tryMake (constructor: ConstructorInfo) (isOther: bool) : obj option =
        try
            Some(constructor.Invoke(constructor.GetParameters() |> Array.map (placeholder isOther)))
        // A user's constructor may do anything; then it tells no defaults.
        with _ ->
            None

    /// What an initializer sets whatever the constructor is given, where that is more than the nothing that a type begins with.
    let private initial (fresh: obj list) (property: PropertyInfo) : obj voption =
        let nothing =
            if property.PropertyType.IsValueType then
                RuntimeHelpers.GetUninitializedObject property.PropertyType
            else
                null

        try
            match fresh |> List.map property.GetValue with
            | [ first; second ] when Object.Equals(first, second) && not (Object.Equals(first, nothing)) -> ValueSome first
            | _ -> ValueNone
        with :? TargetInvocationException ->
            ValueNone

    let private isRequired (property: PropertyInfo) =
        property.IsDefined typeof<RequiredMemberAttribute> || property.IsDefined typeof<JsonRequiredAttribute>

    /// The form of a class, where it has one.
    let tryForm (kind: Type) : Result<ClassForm, string> =
        let all = properties kind

        if kind.IsAbstract || kind.IsInterface then
            Error $"{kind.Name} is abstract, so that none can be made"
        else
            match choose kind all with
            | None -> Error $"{kind.Name} has no constructor whose parameters are named as its properties"
            | Some constructor ->
                let parameters = constructor.GetParameters()
                let fresh = [ false; true ] |> List.choose (tryMake constructor)
                let context = NullabilityInfoContext()

                let form (property: PropertyInfo) =
                    let argument = argumentOf parameters property

                    if argument.IsNone && not (isSettable property) then
                        None
                    else
                        let given =
                            match argument with
                            | Some parameter -> Attributes.parameterDefault parameter
                            | None when isRequired property -> ValueNone
                            | None -> initial fresh property

                        let attributed = Attributes.defaultValue property.PropertyType (Attributes.ofMember property)

                        Some
                            {
                                Property = property
                                Argument = argument
                                Default = attributed |> ValueOption.orElse given
                                Annotation = Annotation.ofProperty context property
                            }

                Ok { Constructor = constructor; Members = List.choose form all }

    /// Builds one from its members' values, in their order; what the class's own code throws is a reason.
    let build (form: ClassForm) : obj[] -> Result<obj, string> =
        let members = Array.ofList form.Members
        let parameters = form.Constructor.GetParameters()

        let place (parameter: ParameterInfo) =
            members
            |> Array.tryFindIndex (fun each -> each.Argument |> Option.exists (fun argument -> argument.Position = parameter.Position))

        let places = parameters |> Array.map place

        fun values ->
            try
                let argument index place =
                    match place with
                    | Some place -> values[place]
                    | None -> Attributes.parameterDefault parameters[index] |> ValueOption.defaultValue null

                let made = form.Constructor.Invoke(places |> Array.mapi argument)

                for index in 0 .. members.Length - 1 do
                    if members[index].Argument.IsNone then members[index].Property.SetValue(made, values[index])

                Ok made
            with
            | :? TargetInvocationException as failure when not (isNull failure.InnerException) -> Error failure.InnerException.Message
            | failure -> Error failure.Message
