// The compiler of F#, for tests of what compiles and what must not.
module Llm.Core.Tests.Compiler

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

let private ours =
    [ "Llm.Core.dll"; "FSharp.Core.dll"; "Llm.FsCheck.dll"; "FsCheck.dll"; "FsCheck.NUnit.dll"; "nunit.framework.dll" ]

let private references: string list =
    (AppContext.GetData "TRUSTED_PLATFORM_ASSEMBLIES" |> string).Split Path.PathSeparator
    |> Array.filter (fun path ->
        let isOurs = path.StartsWith AppContext.BaseDirectory
        not isOurs || List.contains (Path.GetFileName path) ours)
    |> List.ofArray

/// The lines at which the compiler finds something wrong, with what it says.
let errors (source: string) : (int * string) list =
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
            "--out:" + Path.Combine(folder.FullName, "snippet.dll")
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

        let lines =
            [
                for found in Regex.Matches(said, @"Snippet\.fs\((\d+),\d+\): (error.*)") -> int found.Groups[1].Value, found.Groups[2].Value
            ]

        Assert.That((run.ExitCode <> 0), Is.EqualTo(not lines.IsEmpty), said)
        List.distinct lines
    finally
        folder.Delete true

/// The lines at which the compiler finds something wrong.
let wrongLines (source: string) : int list = errors source |> List.map fst |> List.distinct
