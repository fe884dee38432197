// Runs the library over recorded traffic: `decode DIR [--out FILE]` writes a line of JSON for each exchange that has a response.
// Ends with 0; with 1 where the library threw; with 2 where the arguments make no sense.
module Llm.Recordings.Program

open System
open System.IO
open System.Text
open Llm.Recordings.Outcomes

let private usage = "usage: Llm.Recordings decode DIR [--out FILE]"

let private everyFiles = 100

let private reportDefect (decoded: Decoded) =
    match decoded.Defect with
    | Some defect -> eprintfn $"DEFECT {decoded.Exchange.Id} exchange {decoded.Exchange.Index}: {defect}"
    | None -> ()

let private reportCounts (counts: Map<string, int>) (defects: int) (broken: int) =
    let names =
        [ Outcome.Complete; Outcome.Truncated; Outcome.Failed; Outcome.Error; Outcome.Unsupported ] |> List.map Lines.outcome

    for name in names do
        eprintfn $"{name} {Map.tryFind name counts |> Option.defaultValue 0}"

    eprintfn $"laws broken {broken}"
    eprintfn $"exceptions {defects}"

let private count (name: string) (counts: Map<string, int>) = Map.add name (1 + (Map.tryFind name counts |> Option.defaultValue 0)) counts

/// Decodes all recordings under a directory and writes their lines.
let private decode (directory: string) (output: TextWriter) : int =
    let files = Recording.filesUnder directory
    let mutable counts = Map.empty
    let mutable defects = 0
    let mutable broken = 0

    for position, file in List.indexed files do
        for exchange in Recording.read file do
            let decoded = Outcomes.decode exchange
            output.WriteLine(Lines.ofDecoded decoded)
            reportDefect decoded
            counts <- count (Lines.outcome decoded.Outcome) counts
            defects <- defects + Option.count decoded.Defect
            broken <- broken + (if decoded.Laws |> Option.exists (fun law -> law <> "ok") then 1 else 0)

        if (position + 1) % everyFiles = 0 then eprintfn $"{position + 1} of {files.Length} files"

    output.Flush()
    reportCounts counts defects broken
    if defects > 0 then 1 else 0

let private toFile (path: string) : TextWriter = new StreamWriter(path, false, UTF8Encoding false)

let private toConsole () : TextWriter = new StreamWriter(Console.OpenStandardOutput(), UTF8Encoding false)

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | [ "decode"; directory ] when Directory.Exists directory ->
        use output = toConsole ()
        decode directory output
    | [ "decode"; directory; "--out"; path ] when Directory.Exists directory ->
        use output = toFile path
        decode directory output
    | _ ->
        eprintfn $"{usage}"
        2
