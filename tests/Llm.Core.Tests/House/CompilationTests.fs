// What the types must forbid does not compile: the compiler is asked.
module Llm.Core.Tests.CompilationTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework

/// The compiler of the SDK that runs these tests.
let private compiler: string =
    let runtime = Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory()
    let root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."))

    Directory.GetDirectories(Path.Combine(root, "sdk"))
    |> Array.map (fun sdk -> Path.Combine(sdk, "FSharp", "fsc.dll"))
    |> Array.filter File.Exists
    |> Array.max

let private references: string list =
    (AppContext.GetData "TRUSTED_PLATFORM_ASSEMBLIES" |> string).Split Path.PathSeparator
    |> Array.filter (fun path ->
        let isOurs = path.StartsWith AppContext.BaseDirectory
        not isOurs || List.contains (Path.GetFileName path) [ "Llm.Core.dll"; "FSharp.Core.dll" ])
    |> List.ofArray

/// The lines at which the compiler finds something wrong.
let private wrongLines (source: string) : int list =
    let folder = Directory.CreateTempSubdirectory "llm-compile-"

    try
        let file = Path.Combine(folder.FullName, "Snippet.fs")
        let options = Path.Combine(folder.FullName, "options.rsp")
        File.WriteAllText(file, source)

        [
            "--nologo"
            "--target:library"
            "--noframework"
            "--targetprofile:netcore"
            "--typecheck-only"
            "--flaterrors"
            yield! references |> List.map (fun path -> $"-r:{path}")
            file
        ]
        |> fun lines -> File.WriteAllLines(options, lines)

        use run =
            ProcessStartInfo("dotnet", [ compiler; "@" + options ], RedirectStandardOutput = true, RedirectStandardError = true)
            |> Process.Start
            |> Unchecked.nonNull

        let errors = run.StandardError.ReadToEndAsync()
        let said = run.StandardOutput.ReadToEnd() + errors.Result
        run.WaitForExit()
        let lines = [ for found in Regex.Matches(said, @"Snippet\.fs\((\d+),\d+\): error") -> int found.Groups[1].Value ]
        Assert.That((run.ExitCode <> 0), Is.EqualTo(not lines.IsEmpty), said)
        List.distinct lines
    finally
        folder.Delete true

[<Test>]
let ``a context of the wrong type does not compile`` () =
    let source =
        """module Snippet
open System.Threading
open Llm.Core
type Library = { Books: int }
type Kitchen = { Ovens: int }
let count = Tool.createWithContext "count" "" (fun (library: Library) () -> library.Books)
let bake = Tool.createWithContext "bake" "" (fun (kitchen: Kitchen) () -> kitchen.Ovens)
let plain = Tool.create "plain" "" (fun () -> 1)
let none = CancellationToken.None
let right (tools: Toolkit<Library>) = Toolkit.executeAll { Books = 1 } [] none tools
let alsoRight = Toolkit.create [ count; Tool.inContext plain ]
let mixed = Toolkit.create [ count; bake ]
let given (tools: Toolkit<Library>) = Toolkit.executeAll { Ovens = 1 } [] none tools
let looped (tools: Toolkit<Library>) model = ToolLoop.run 3 { Ovens = 1 } tools [] none model
let bare: Result<Toolkit<unit>, LlmError> = Toolkit.create [ count ]
let said: Message = Message.user (AssistantPart.Thought "no user thinks")
"""

    Assert.That(wrongLines source, Is.EqualTo<int list> [ 12; 13; 14; 15; 16 ])
