// The page of the laws names every law of these tests, so that it cannot rot.
module Llm.Core.Tests.LawsPageTests

open System.IO
open System.Reflection
open NUnit.Framework

let private laws: string list =
    [
        for kind in Assembly.GetExecutingAssembly().GetTypes() do
            for info in kind.GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
                if info.IsDefined typeof<LawAttribute> then info.Name
    ]

let private page = File.ReadAllText(Path.Combine(Repository.root, "docs", "laws.md"))

[<Test>]
let ``the page names every law`` () =
    Assert.That(laws, Is.Not.Empty)
    Assert.That(laws |> List.filter (fun name -> not (page.Contains($"| {name} |"))), Is.Empty)

[<Test>]
let ``the page names no law that is gone`` () =
    let isRow (line: string) = line.StartsWith("| ") && not (line.StartsWith("| law |"))
    let rows = page.Split('\n') |> Array.filter isRow
    let named = rows |> Array.map (fun row -> Array.item 1 (row.Split('|')) |> _.Trim()) |> List.ofArray
    Assert.That(List.except laws named, Is.Empty)
