// Shapes of types with what the XML documentation beside their assemblies says; each derived once. The one place that reads those files.
namespace Llm.Core

open System
open System.Collections.Concurrent
open System.IO
open System.Reflection

/// <summary>Shapes of the program's own types.</summary>
[<RequireQualifiedAccess>]
module Shapes =
    let private read (assembly: Assembly) : Documentation =
        try
            // What FSharp.Core says of Result and Choice is no news to a model, and its file is there only on some machines.
            if assembly.IsDynamic || assembly.Location = "" || assembly = typeof<option<_>>.Assembly then
                Documentation.none
            else
                let path = Path.ChangeExtension(assembly.Location, ".xml")
                if File.Exists path then Documentation.parse (File.ReadAllText path) else Documentation.none
        // Descriptions are a help; a file that cannot be read is none.
        with
        | :? IOException
        | :? UnauthorizedAccessException
        | :? NotSupportedException -> Documentation.none

    let private documents = ConcurrentDictionary<Assembly, Documentation>()

    /// <summary>What the XML documentation beside an assembly says; read once.</summary>
    let documentation (assembly: Assembly) : Documentation = documents.GetOrAdd(assembly, read)

    let private shapes = ConcurrentDictionary<Type, Result<Shape, ShapeProblem list>>()

    /// <summary>The shape of a type, or where in it something has none, and why. Derived once a type.</summary>
    let tryOf (kind: Type) : Result<Shape, ShapeProblem list> = shapes.GetOrAdd(kind, Shape.derive documentation)

    /// What a format or a tool is made of is a matter of the program's text, not of its input: a type that has no shape is an exception where
    /// the format or tool is made.
    let internal orRaise (what: string) (result: Result<'shape, ShapeProblem list>) : 'shape =
        match result with
        | Ok shape -> shape
        | Error problems -> raise (NotSupportedException $"{what} has no shape in JSON:\n{ShapeProblem.render problems}")

    let internal get (kind: Type) : Shape = tryOf kind |> orRaise kind.Name
