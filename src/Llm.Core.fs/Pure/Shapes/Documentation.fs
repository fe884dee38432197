// What the XML documentation of an assembly says of its types and their members. Where it is read from stands with the effects.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Reflection
open System.Text
open System.Xml
open System.Xml.Linq

/// <summary>Descriptions from the XML documentation of one assembly.</summary>
[<NoComparison; NoEquality>]
type Documentation = private Documentation of IReadOnlyDictionary<string, XElement>

/// Functions on <see cref="T:Llm.Core.Documentation"/>.
[<RequireQualifiedAccess>]
module Documentation =
    /// <summary>Says nothing of anything.</summary>
    let none: Documentation = Documentation(Dictionary())

    let private attribute (name: string) (element: XElement) : string option =
        element.Attribute(XName.Get name) |> Option.ofObj |> Option.map _.Value

    /// <summary>Reads the text of an XML documentation file; what is none says nothing.</summary>
    let parse (text: string) : Documentation =
        let entries = Dictionary<string, XElement>()

        try
            for element in XDocument.Parse(text).Descendants(XName.Get "member") do
                attribute "name" element |> Option.iter (fun name -> entries[name] <- element)
        with :? XmlException ->
            entries.Clear()

        Documentation entries

    /// The last word of what a reference names.
    let private referred (element: XElement) : string =
        let name = [ "cref"; "name"; "langword" ] |> List.tryPick (fun key -> attribute key element)

        match element.Value, name with
        | "", Some name -> ((name.Split '(')[0]).Split([| '.'; ':' |]) |> Array.last
        | text, _ -> text

    let rec private gather (builder: StringBuilder) (node: XNode) : unit =
        match node with
        | :? XText as text -> builder.Append text.Value |> ignore
        | :? XElement as element when
            not (element.HasElements) && List.contains element.Name.LocalName [ "see"; "paramref"; "typeparamref"; "seealso" ]
            ->
            builder.Append(referred element) |> ignore
        | :? XElement as element ->
            builder.Append ' ' |> ignore
            element.Nodes() |> Seq.iter (gather builder)
            builder.Append ' ' |> ignore
        | _ -> ()

    let private clean (element: XElement) : string option =
        let builder = StringBuilder()
        element.Nodes() |> Seq.iter (gather builder)
        let words = builder.ToString().Split([| ' '; '\n'; '\r'; '\t' |], StringSplitOptions.RemoveEmptyEntries)
        let text = (String.concat " " words).Replace(" .", ".").Replace(" ,", ",")
        if text = "" then None else Some text

    let private child (name: string) (element: XElement) : string option =
        element.Element(XName.Get name) |> Option.ofObj |> Option.bind clean

    let private entry (name: string) (Documentation entries) : XElement option =
        match entries.TryGetValue name with
        | true, element -> Some element
        | _ -> None

    let private parameter (name: string) (element: XElement) : string option =
        element.Elements(XName.Get "param")
        |> Seq.tryFind (fun param -> attribute "name" param = Some name)
        |> Option.bind clean

    let private typeName (kind: Type) : string =
        let kind = if kind.IsGenericType then kind.GetGenericTypeDefinition() else kind
        kind.FullName |> Option.ofObj |> Option.map _.Replace('+', '.') |> Option.defaultValue kind.Name

    let private summary (name: string) (documentation: Documentation) : string option =
        entry name documentation |> Option.bind (child "summary")

    /// Of a type.
    let internal ofType (kind: Type) (documentation: Documentation) : string option = summary $"T:{typeName kind}" documentation

    /// Of a property or field, in its own place or among the parameters of a record's type.
    let internal ofMember (name: string) (kind: Type) (documentation: Documentation) : string option =
        summary $"P:{typeName kind}.{name}" documentation
        |> Option.orElseWith (fun () -> summary $"F:{typeName kind}.{name}" documentation)
        |> Option.orElseWith (fun () -> entry $"T:{typeName kind}" documentation |> Option.bind (parameter name))

    /// Of a case of a union.
    let internal ofCase (name: string) (kind: Type) (documentation: Documentation) : string option =
        summary $"T:{typeName kind}.{name}" documentation

    let private ofMethodEntry (info: MethodInfo) (documentation: Documentation) : XElement option =
        let start = if isNull info.DeclaringType then info.Name else $"M:{typeName info.DeclaringType}.{info.Name}"
        let (Documentation entries) = documentation
        let names = info.GetParameters() |> Array.map _.Name |> Set.ofArray

        let isOfThese (element: XElement) =
            element.Elements(XName.Get "param")
            |> Seq.forall (fun param -> attribute "name" param |> Option.exists (fun name -> names.Contains name))

        // Overloads are told apart by the names of their parameters.
        entries
        |> Seq.filter (fun pair ->
            pair.Key = start
            || (pair.Key.StartsWith(start, StringComparison.Ordinal) && (pair.Key[start.Length] = '(' || pair.Key[start.Length] = '`')))
        |> Seq.map _.Value
        |> Seq.tryFind isOfThese

    /// Of a method: summary and remarks.
    let internal ofMethod (info: MethodInfo) (documentation: Documentation) : string option =
        match ofMethodEntry info documentation with
        | None -> None
        | Some element ->
            match List.choose (fun name -> child name element) [ "summary"; "remarks" ] with
            | [] -> None
            | texts -> Some(String.concat "\n" texts)

    /// Of a parameter of a method.
    let internal ofParameter (name: string) (info: MethodInfo) (documentation: Documentation) : string option =
        ofMethodEntry info documentation |> Option.bind (parameter name)
