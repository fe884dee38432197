// The rules of the house that public names must keep: each is documented, and no value changes once it is made.
module Llm.Core.Tests.PublicTests

open System
open System.IO
open System.Reflection
open System.Runtime.CompilerServices
open System.Xml.Linq
open FSharp.Reflection
open NUnit.Framework

let private publicMembers =
    BindingFlags.Public ||| BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

let private isGenerated (info: MemberInfo) =
    info.IsDefined typeof<CompilerGeneratedAttribute> || info.IsDefined typeof<CompilerGlobalScopeAttribute>

let private isUnionCase (info: MemberInfo) =
    info.GetCustomAttributes<CompilationMappingAttribute>()
    |> Seq.exists (fun mapping -> mapping.SourceConstructFlags &&& SourceConstructFlags.KindMask = SourceConstructFlags.UnionCase)

let private isOverride (info: MethodInfo) = info.GetBaseDefinition().DeclaringType <> info.DeclaringType

let private nameOf (kind: Type) : string = (string kind.FullName).Replace('+', '.')

/// The names of one type in the form of XML documentation; a method's without its parameters.
let private namesOf (kind: Type) : string list =
    let own = nameOf kind

    let isUnion = FSharpType.IsUnion kind

    let cases =
        if isUnion then
            FSharpType.GetUnionCases kind |> Array.map (fun case -> $"T:{own}.{case.Name}") |> List.ofArray
        else
            []

    let properties =
        [
            for property in kind.GetProperties publicMembers do
                let isTag = isUnion && (property.Name = "Tag" || property.Name.StartsWith "Is")

                if not (isGenerated property || isUnionCase property || isTag) then $"P:{own}.{property.Name}"
        ]

    let methods =
        [
            for info in kind.GetMethods publicMembers do
                if not (info.IsSpecialName || isGenerated info || isUnionCase info || isOverride info) then
                    $"M:{own}.{info.Name}"
        ]

    let values =
        [
            for field in kind.GetFields publicMembers do
                if kind.IsEnum && not field.IsSpecialName then $"F:{own}.{field.Name}"
        ]

    $"T:{own}" :: cases @ properties @ methods @ values

let private isCaseOfUnion (kind: Type) =
    match kind.DeclaringType with
    | null -> false
    | outer -> FSharpType.IsUnion outer

let private isOurs (kind: Type) = not (isGenerated kind) && not (isCaseOfUnion kind)

let private documented (assembly: Assembly) : Set<string> =
    let file = Path.ChangeExtension(assembly.Location, ".xml")
    Assert.That(File.Exists file, $"{file} is missing")

    set
        [
            for item in XDocument.Load(file).Descendants(XName.Get "member") do
                match item.Attribute(XName.Get "name") with
                | null -> ()
                | name when item.Value.Trim() <> "" -> ((name.Value.Split '(')[0]).Split("``")[0]
                | _ -> ()
        ]

[<Test>]
let ``every public name is documented`` () =
    let missing =
        [
            for assembly in Repository.assemblies do
                let known = documented assembly

                for kind in assembly.GetExportedTypes() |> Array.filter isOurs do
                    yield! namesOf kind |> List.filter (fun name -> not (known.Contains name))
        ]

    Assert.That(missing, Is.Empty)

[<Test>]
let ``no public value can be changed`` () =
    let settable =
        [
            for assembly in Repository.assemblies do
                for kind in assembly.GetExportedTypes() do
                    if FSharpType.IsRecord kind || FSharpType.IsUnion kind then
                        for property in kind.GetProperties publicMembers do
                            if property.CanWrite && property.SetMethod.IsPublic then $"{nameOf kind}.{property.Name}"

                    for field in kind.GetFields publicMembers do
                        if not (field.IsInitOnly || field.IsLiteral || kind.IsEnum) then $"{nameOf kind}.{field.Name}"
        ]

    Assert.That(settable, Is.Empty)

[<Test>]
let ``the rules see the library`` () =
    let names = Repository.assemblies |> List.map (fun assembly -> assembly.GetName().Name)
    Assert.That(names, Does.Contain "Llm.Core")
    Assert.That(names, Does.Contain "Llm.FsCheck")

    let ofChunk = namesOf typeof<Llm.Core.Chunk>
    Assert.That(ofChunk, Does.Contain "T:Llm.Core.Chunk.TextDelta")
    Assert.That(namesOf typeof<Llm.Core.Usage>, Does.Contain "P:Llm.Core.Usage.InputTokens")
