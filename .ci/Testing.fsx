/// Runs the tests and counts them.
module Llm.Build.Testing

#load "Shell.fsx"

open System
open System.IO
open System.Xml.Linq
open Llm.Build.Shell

type HaveTested = private HaveTested of passed: int

type private Tally = { Passed: int; Failed: int; Skipped: int }

let private projects = [ "tests/Llm.Core.Tests"; "tests/Llm.CSharp.Tests"; "tests/Llm.Identity.Tests" ]

let private trx name = XName.Get(name, "http://microsoft.com/schemas/VisualStudio/TeamTest/2010")

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> ""
    | found -> found.Value

let private textIn name (element: XElement) = element.Descendants(trx name) |> Seq.map _.Value |> String.concat "\n"

let private indent (text: string) = text.Trim().Split '\n' |> Array.map (fun line -> "      " + line.TrimEnd()) |> String.concat "\n"

let private report tally (result: XElement) =
    let name = attribute "testName" result

    match attribute "outcome" result with
    | "Passed" -> { tally with Passed = tally.Passed + 1 }
    | "Failed"
    | "Error"
    | "Timeout"
    | "Aborted" ->
        printfn "  FAILED %s" name

        for part in [ "Message"; "StackTrace"; "StdOut" ] do
            match textIn part result with
            | "" -> ()
            | text -> printfn "%s" (indent text)

        { tally with Failed = tally.Failed + 1 }
    | _ ->
        let reason =
            match textIn "Message" result with
            | "" -> (textIn "StdOut" result).Trim()
            | message -> message.Trim()

        printfn "  SKIPPED %s: %s" name (if reason = "" then "no reason given" else reason)
        { tally with Skipped = tally.Skipped + 1 }

/// What a runner says about itself: a crash, a missing adapter.
let private reportRunner (document: XDocument) =
    for info in document.Descendants(trx "RunInfo") do
        if attribute "outcome" info = "Error" then printfn "  RUNNER %s" ((textIn "Text" info).Trim())

/// Runs the tests of what was built, prints what failed and was skipped, and ends with a line that counts them.
let run () : HaveTested =
    let results = Path.Combine(artifacts, "test-results")

    if Directory.Exists results then Directory.Delete(results, true)

    let runs =
        [
            for project in projects do
                let name = Path.GetFileName project
                let file = Path.Combine(results, name + ".trx")
                say "test %s" name

                let code =
                    exitCode
                        root
                        [
                            "test"
                            project
                            "--no-build"
                            "-c"
                            "Release"
                            "--verbosity"
                            "quiet"
                            "--logger"
                            $"trx;LogFileName={name}.trx"
                            "--results-directory"
                            results
                        ]

                name, code, (if File.Exists file then Some(XDocument.Load file) else None)
        ]

    Console.Out.WriteLine()

    let tally =
        ({ Passed = 0; Failed = 0; Skipped = 0 }, runs)
        ||> List.fold (fun tally (_, _, document) ->
            match document with
            | None -> tally
            | Some document ->
                reportRunner document
                document.Descendants(trx "UnitTestResult") |> Seq.fold report tally)

    let broken =
        [
            for name, code, document in runs do
                match code, document with
                | _, None -> $"{name} wrote no results (exit code {code})"
                | code, Some _ when code <> 0 && tally.Failed = 0 -> $"{name} ended with exit code {code} though no test failed"
                | _, Some document when document.Descendants(trx "UnitTestResult") |> Seq.isEmpty -> $"{name} ran no test"
                | _ -> ()
        ]

    for message in broken do
        printfn "  BROKEN %s" message

    printfn "%d passed, %d failed, %d skipped" tally.Passed tally.Failed tally.Skipped

    if tally.Failed > 0 || tally.Passed = 0 || not broken.IsEmpty then exit 1

    HaveTested tally.Passed
