// Runs the library over recorded traffic. `decode DIR [--out FILE]` writes a line of JSON for each exchange that has a response, `encode`
// for each whose input conversation is known from its expected file, `roundtrip` for each answer that a later request sent back.
// Ends with 0; with 1 where the library threw; with 2 where the arguments make no sense.
module Llm.Recordings.Program

open System
open System.IO
open System.Text
open Llm.Recordings.Outcomes

let private usage = "usage: Llm.Recordings decode|encode|roundtrip DIR [--out FILE]"

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

/// What became of an encoded request, with the reason where it is otherwise on purpose.
let private encodeOutcome (compared: Encoding.Compared) : string =
    match compared.Differences, Deliberate.ofAll compared.Differences with
    | [], _ -> "equal"
    | _, Some reason -> $"deliberate: {reason}"
    | _, None -> "other"

/// Writes a line for each result of each file, and counts outcomes and defects.
let private report
    (files: string list)
    (results: string -> 'result list)
    (line: 'result -> string)
    (outcome: 'result -> string)
    (defect: 'result -> exn option)
    (output: TextWriter)
    : int =
    let mutable counts = Map.empty
    let mutable defects = 0

    for position, file in List.indexed files do
        for result in results file do
            let written = line result
            output.WriteLine written
            counts <- count (outcome result) counts

            match defect result with
            | Some thrown ->
                eprintfn $"DEFECT {written.Substring(0, min 120 written.Length)}: {thrown}"
                defects <- defects + 1
            | None -> ()

        if (position + 1) % everyFiles = 0 then eprintfn $"{position + 1} of {files.Length} files"

    output.Flush()
    counts |> Map.iter (fun name number -> eprintfn $"{name} {number}")
    eprintfn $"exceptions {defects}"
    if defects > 0 then 1 else 0

/// Encodes the conversations of all recordings that have an expected file, and writes their lines.
let private encode (directory: string) : TextWriter -> int =
    report
        (Recording.filesUnder directory |> List.filter Encoding.isDue)
        Encoding.ofFile
        EncodeLines.ofCompared
        encodeOutcome
        (fun compared -> compared.Defect)

/// Sends answers back as the later requests of their recordings did, and writes how they compare.
let private roundTrip (directory: string) : TextWriter -> int =
    report
        (Recording.filesUnder directory)
        (fun file -> Recording.read file |> RoundTrip.ofRecording)
        EncodeLines.ofReturned
        (fun returned -> $"{Formats.api returned.Format} {RoundTrip.name returned.Return}")
        (fun returned -> returned.Defect)

let private commands: (string * (string -> TextWriter -> int)) list =
    [ "decode", decode; "encode", encode; "roundtrip", roundTrip ]

let private toFile (path: string) : TextWriter = new StreamWriter(path, false, UTF8Encoding false)

let private toConsole () : TextWriter = new StreamWriter(Console.OpenStandardOutput(), UTF8Encoding false)

let private tryCommand (name: string) = commands |> List.tryFind (fun (known, _) -> known = name) |> Option.map snd

[<EntryPoint>]
let main arguments =
    let run name directory (openOutput: unit -> TextWriter) =
        match tryCommand name with
        | Some command when Directory.Exists directory ->
            use output = openOutput ()
            command directory output
        | _ ->
            eprintfn $"{usage}"
            2

    match List.ofArray arguments with
    | [ name; directory ] -> run name directory toConsole
    | [ name; directory; "--out"; path ] -> run name directory (fun () -> toFile path)
    | _ ->
        eprintfn $"{usage}"
        2
