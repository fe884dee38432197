// The samples of chains say what they should, and take no more lines than the page says.
module Llm.Core.Tests.ChainSampleTests

open System.IO
open System.Threading.Tasks
open NUnit.Framework

let private samples = Path.Combine(Repository.root, "docs", "samples")

[<Test>]
let ``the samples of chains say what is expected`` () : Task = task {
    let! lines = Samples.Chains.lines ()
    Expect.equal (List.ofArray (File.ReadAllLines(Path.Combine(samples, "chains-expected.txt")))) lines
}

/// Lines that are neither empty nor comments.
let private linesOf (path: string) : int =
    File.ReadAllLines(Path.Combine(samples, path))
    |> Array.map _.Trim()
    |> Array.filter (fun line -> line <> "" && not (line.StartsWith "//"))
    |> Array.length

/// The lines that the same chain takes in Python, with Mirascope 1.
[<TestCase("03-conditional.fs", "03-Conditional.cs", 35)>]
[<TestCase("04-parallel.fs", "04-Parallel.cs", 40)>]
[<TestCase("05-iterative.fs", "05-Iterative.cs", 38)>]
let ``a chain takes no more lines than in Python`` (fsharp: string) (csharp: string) (python: int) =
    Assert.That(linesOf $"chains-fsharp/{fsharp}", Is.LessThanOrEqualTo python)
    Assert.That(linesOf $"chains-csharp/{csharp}", Is.LessThanOrEqualTo python)
