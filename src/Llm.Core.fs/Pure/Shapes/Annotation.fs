// Where in the type of a member null is a value, as its author annotated it. Called by the walk over types and by tools of methods; knows
// nothing of JSON.
namespace Llm.Core

open System
open System.Reflection

/// Whether null is a value of a type, and of what it is made of.
[<NoComparison; NoEquality>]
type internal Annotation = { IsNullable: bool; Arguments: Annotation[]; Item: Annotation option }

[<RequireQualifiedAccess>]
module internal Annotation =
    let private isNullable (info: NullabilityInfo) = info.ReadState = NullabilityState.Nullable

    let rec private ofInfo (info: NullabilityInfo) : Annotation =
        {
            IsNullable = isNullable info
            Arguments = info.GenericTypeArguments |> Array.map ofInfo
            Item = info.ElementType |> Option.ofObj |> Option.map ofInfo
        }

    let private compilerServices = "System.Runtime.CompilerServices."

    let private argumentOf (name: string) (attributes: CustomAttributeData seq) : obj option =
        attributes
        |> Seq.tryFind (fun each -> each.AttributeType.FullName = compilerServices + name && each.ConstructorArguments.Count = 1)
        |> Option.map (fun each -> each.ConstructorArguments[0].Value)

    /// The mark that counts where a member has none of its own.
    let rec private context (kind: Type | null) : byte =
        match kind with
        | null -> 0uy
        | kind ->
            match argumentOf "NullableContextAttribute" kind.CustomAttributes with
            | Some(:? byte as mark) -> mark
            | _ -> context kind.DeclaringType

    /// The marks of a property's type, one after the other, in the order of Roslyn's docs/features/nullable-metadata.md.
    let private marks (property: PropertyInfo) : unit -> byte =
        match argumentOf "NullableAttribute" property.CustomAttributes with
        | Some(:? byte as mark) -> fun () -> mark
        | Some(:? System.Collections.Generic.IEnumerable<CustomAttributeTypedArgument> as all) ->
            let mutable rest = [ for each in all -> unbox<byte> each.Value ]

            fun () ->
                match rest with
                | mark :: others ->
                    rest <- others
                    mark
                | [] -> 0uy
        | _ ->
            let mark = context property.DeclaringType
            fun () -> mark

    let private isNullableValue (kind: Type) = kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<Nullable<_>>

    /// Passes over the marks of a type.
    let rec private pass (mark: unit -> byte) (written: Type) : unit =
        if isNullableValue written then
            written.GetGenericArguments() |> Array.iter (pass mark)
        else
            if written.IsGenericType || not written.IsValueType then mark () |> ignore

            if written.IsArray then pass mark (written.GetElementType())
            elif written.IsGenericType then written.GetGenericArguments() |> Array.iter (pass mark)

    /// Of a type as it is written, in which a parameter may be any type, and of what it is now. The framework takes every `T` for nullable, since it could
    /// be; only `T?` says so.
    let rec private ofWritten (mark: unit -> byte) (written: Type) (info: NullabilityInfo) : Annotation =
        let ofArguments (written: Type) = Array.map2 (ofWritten mark) (written.GetGenericArguments()) info.GenericTypeArguments

        let node isNullable arguments item = { IsNullable = isNullable; Arguments = arguments; Item = item }

        if written.IsGenericParameter then
            { ofInfo info with IsNullable = (mark () = 2uy) }
        elif written.IsArray then
            mark () |> ignore
            node (isNullable info) [||] (Some(ofWritten mark (written.GetElementType()) info.ElementType))
        elif not written.IsGenericType || isNullableValue written then
            pass mark written
            ofInfo info
        else
            mark () |> ignore
            node (isNullable info) (ofArguments written) None

    /// Of a property.
    let ofProperty (context: NullabilityInfoContext) (property: PropertyInfo) : Annotation =
        let info = context.Create property

        match property.DeclaringType with
        | null -> ofInfo info
        | owner when owner.IsGenericType ->
            let all = BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.NonPublic

            owner.GetGenericTypeDefinition().GetProperties all
            |> Array.tryFind (fun each -> each.MetadataToken = property.MetadataToken)
            |> Option.map (fun written -> ofWritten (marks written) written.PropertyType info)
            |> Option.defaultWith (fun () -> ofInfo info)
        | _ -> ofInfo info

    /// Of a parameter.
    let ofParameter (context: NullabilityInfoContext) (parameter: ParameterInfo) : Annotation = ofInfo (context.Create parameter)
