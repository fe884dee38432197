// Where the sources are, and how the tests of the house read them.
module Llm.Core.Tests.Repository

open System
open System.IO
open System.Reflection
open System.Xml.Linq

/// The folder that holds Llm.sln, above the tests' own.
let root: string =
    let rec above (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "no Llm.sln above the tests"
        | folder when File.Exists(Path.Combine(folder.FullName, "Llm.sln")) -> folder.FullName
        | folder -> above folder.Parent

    above (DirectoryInfo AppContext.BaseDirectory)

let private isBuilt (path: string) =
    path.Split Path.DirectorySeparatorChar |> Array.exists (fun name -> name = "bin" || name = "obj" || name = "artifacts")

/// The sources under a folder of the repository, by their paths from its root.
let sources (folder: string) : string list =
    let full = Path.Combine(root, folder)

    [ "*.fs"; "*.fsi"; "*.cs" ]
    |> List.collect (fun pattern -> Directory.GetFiles(full, pattern, SearchOption.AllDirectories) |> List.ofArray)
    |> List.map (fun path -> Path.GetRelativePath(root, path))
    |> List.filter (isBuilt >> not)
    |> List.sort

let lines (path: string) : string list = File.ReadAllLines(Path.Combine(root, path)) |> List.ofArray

/// The files that a project compiles, in order.
let compiled (project: string) : string list =
    let document = XDocument.Load(Path.Combine(root, project))

    [
        for item in document.Descendants(XName.Get "Compile") do
            match item.Attribute(XName.Get "Include") with
            | null -> ()
            | file -> file.Value.Replace('\\', '/')
    ]

/// The assemblies of the library that the tests refer to.
let assemblies: Assembly list =
    Directory.GetFiles(AppContext.BaseDirectory, "Llm.*.dll")
    |> Array.map (fun path -> Path.GetFileNameWithoutExtension path |> Option.ofObj |> Option.defaultValue "")
    |> Array.filter (fun name -> List.contains name [ "Llm.Core"; "Llm.FsCheck"; "Llm.CSharp" ])
    |> Array.map Assembly.Load
    |> List.ofArray
