// What attributes and names say of types and members: words for the JSON, descriptions, defaults. Shared by F# and C# types.
namespace Llm.Core

open System
open System.ComponentModel
open System.Reflection
open System.Text
open System.Text.Json.Serialization

/// Where the documentation of an assembly is found.
type internal Comments = Assembly -> Documentation

[<RequireQualifiedAccess>]
module internal Attributes =
    let private first<'attribute when 'attribute :> Attribute> (attributes: obj seq) : 'attribute option =
        attributes
        |> Seq.tryPick (fun each ->
            match each with
            | :? 'attribute as found -> Some found
            | _ -> None)

    let private said (text: string | null) : string option =
        match text with
        | null
        | "" -> None
        | text -> Some text

    let description (attributes: obj seq) : string option =
        first<DescriptionAttribute> attributes |> Option.bind (fun found -> said found.Description)

    /// The name in JSON, where it is not the member's own.
    let jsonName (attributes: obj seq) : string option =
        first<JsonPropertyNameAttribute> attributes
        |> Option.map _.Name
        |> Option.orElseWith (fun () -> first<JsonStringEnumMemberNameAttribute> attributes |> Option.map _.Name)

    let isIgnored (attributes: obj seq) : bool =
        match first<JsonIgnoreAttribute> attributes with
        | Some ignored -> ignored.Condition = JsonIgnoreCondition.Always
        | None -> false

    /// A default that an attribute gives, where it is a value of the type.
    let defaultValue (kind: Type) (attributes: obj seq) : obj voption =
        match first<DefaultValueAttribute> attributes with
        | Some found when kind.IsInstanceOfType found.Value -> ValueSome found.Value
        | _ -> ValueNone

    let ofMember (info: MemberInfo) : obj seq = info.GetCustomAttributes true

    let ofParameter (info: ParameterInfo) : obj seq = info.GetCustomAttributes true

    /// The default of a parameter that may be left out.
    let parameterDefault (info: ParameterInfo) : obj voption =
        if not info.HasDefaultValue then
            ValueNone
        else
            match info.DefaultValue with
            // A structure's default is given as null.
            | null when info.ParameterType.IsValueType && isNull (Nullable.GetUnderlyingType info.ParameterType) ->
                ValueSome(Activator.CreateInstance info.ParameterType)
            | value when info.ParameterType.IsEnum && not (isNull value) -> ValueSome(Enum.ToObject(info.ParameterType, value))
            | value -> ValueSome value

    let ofType (comments: Comments) (kind: Type) : string option =
        description (ofMember kind) |> Option.orElseWith (fun () -> comments kind.Assembly |> Documentation.ofType kind)

    /// Of a property or field, by attribute or comment.
    let ofField (comments: Comments) (info: MemberInfo) : string option =
        description (ofMember info)
        |> Option.orElseWith (fun () ->
            match info.DeclaringType with
            | null -> None
            | declaring -> comments declaring.Assembly |> Documentation.ofMember info.Name declaring)

    /// The kinds that a class lists by <c>JsonDerivedType</c>, each with its word: the discriminator that is given, else the type's name.
    let derivedTypes (kind: Type) : (Type * string) list =
        kind.GetCustomAttributes(typeof<JsonDerivedTypeAttribute>, false)
        |> Seq.cast<JsonDerivedTypeAttribute>
        |> Seq.map (fun each ->
            match each.TypeDiscriminator with
            | null -> each.DerivedType, each.DerivedType.Name
            | word -> each.DerivedType, string word)
        |> List.ofSeq

    /// The property that tells those kinds apart, where <c>JsonPolymorphic</c> names it.
    let discriminator (kind: Type) : string option =
        kind.GetCustomAttributes(typeof<JsonPolymorphicAttribute>, false)
        |> first<JsonPolymorphicAttribute>
        |> Option.bind (fun found -> said found.TypeDiscriminatorPropertyName)

    let private clean (name: string) : string =
        let builder = StringBuilder()

        for each in name do
            if Char.IsAsciiLetterOrDigit each || each = '_' then builder.Append each |> ignore

        builder.ToString()

    let private limit = 48

    /// The name of a type, in letters, digits and underscores.
    let rec typeName (kind: Type) : string =
        let plain = (kind.Name.Split '`')[0]

        let own =
            if kind.IsArray then
                "array"
            elif plain.StartsWith("<>f__Anonymous", StringComparison.Ordinal) then
                "Record"
            elif plain.StartsWith("FSharp", StringComparison.Ordinal) && kind.IsGenericType then
                plain.Substring("FSharp".Length)
            else
                plain

        let arguments =
            if kind.IsArray then [ kind.GetElementType() ]
            elif own = "Record" then []
            else kind.GetGenericArguments() |> List.ofArray

        let name = own :: (arguments |> List.choose (Option.ofObj >> Option.map typeName)) |> List.map clean |> String.concat "_"

        match name with
        | "" -> "Value"
        | name when name.Length > limit -> name.Substring(0, limit)
        | name -> name
