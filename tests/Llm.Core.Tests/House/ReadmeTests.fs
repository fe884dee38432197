// The README shows the programs of the samples as they are.
module Llm.Core.Tests.ReadmeTests

open System.IO
open NUnit.Framework
open Llm.Core

let private read (path: string list) = File.ReadAllText(Path.Combine(Array.ofList (Repository.root :: path))).ReplaceLineEndings "\n"

let private readme = lazy read [ "README.md" ]

[<TestCase("quickstart-fsharp", "Program.fs", "fsharp")>]
[<TestCase("quickstart-csharp", "Program.cs", "csharp")>]
let ``the README shows a quickstart as it is`` (sample: string) (file: string) (language: string) =
    let program = read [ "docs"; "samples"; sample; file ]
    Assert.That(readme.Value.Contains $"```{language}\n{program}```", $"README.md does not show {sample}/{file} as it is.")

[<Test>]
let ``the README names the prefix of every provider`` () =
    let ofProviders = Registry.prefixes Vendors.registry |> List.filter (fun prefix -> not (prefix.Contains ':'))
    Assert.That(ofProviders |> List.filter (fun prefix -> not (readme.Value.Contains $"`{prefix}`")), Is.Empty)
