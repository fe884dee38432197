// The sample runs offline and says what it is shown to say.
module Llm.Core.Tests.SampleTests

open System
open System.IO
open System.Reflection
open NUnit.Framework

[<Test; NonParallelizable>]
let ``the agent says what its page shows`` () =
    let console = Console.Out
    use said = new StringWriter()

    let code =
        try
            Console.SetOut said
            (Assembly.Load "Agent.FSharp").EntryPoint.Invoke(null, [| box Array.empty<string> |])
        finally
            Console.SetOut console

    let expected = File.ReadAllText(Path.Combine(Repository.root, "docs", "samples", "agent-fsharp", "output.txt"))
    Assert.That(code, Is.EqualTo 0)
    Assert.That((string said).ReplaceLineEndings "\n", Is.EqualTo(expected.ReplaceLineEndings "\n"))
