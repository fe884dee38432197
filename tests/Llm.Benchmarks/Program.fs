// Runs the benchmarks and prints their table. `--page FILE PORTABLE AHEAD` writes it as a page too, which is for a run of all: PORTABLE and
// AHEAD are the program of first calls, with the assemblies as they are built and as they are packed. What else stands there goes to
// BenchmarkDotNet.
module Llm.Benchmarks.Program

open System
open System.IO
open BenchmarkDotNet.Columns
open BenchmarkDotNet.Configs
open BenchmarkDotNet.Jobs
open BenchmarkDotNet.Loggers
open BenchmarkDotNet.Running
open BenchmarkDotNet.Toolchains.InProcess.NoEmit
open Perfolizer.Horology

/// In this process: a process a benchmark would take an hour, and ratios of one process are the steadier ones.
let private job =
    Job.Default
        .WithToolchain(InProcessNoEmitToolchain.Instance)
        .WithWarmupCount(6)
        .WithIterationCount(11)
        .WithIterationTime(TimeInterval.FromMilliseconds 120.0)

let private config =
    ManualConfig
        .CreateEmpty()
        .AddJob(job)
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .WithOptions(ConfigOptions.DisableOptimizationsValidator)

/// The page's file and the programs of first calls, where they are named, and the other arguments.
let rec private split (arguments: string list) : (string * string * string) option * string list =
    match arguments with
    | "--page" :: file :: portable :: ahead :: rest -> Some(file, portable, ahead), snd (split rest)
    | argument :: rest ->
        let page, others = split rest
        page, argument :: others
    | [] -> None, []

[<EntryPoint>]
let main arguments =
    let page, arguments = split (List.ofArray arguments)
    // What has a row in the table.
    let everything = [ "--filter"; "*Decoding*"; "*ToolArguments*"; "*Calls*"; "*EncodeBenchmarks*" ]
    let arguments = if arguments |> List.contains "--filter" then arguments else everything @ arguments

    let summaries = BenchmarkSwitcher.FromAssembly(typeof<Decoding>.Assembly).Run(List.toArray arguments, config) |> List.ofSeq

    match Page.table summaries with
    | "" -> 0
    | table ->
        printfn "\n%s" table

        match page with
        | Some(file, portable, ahead) ->
            let firstCalls = Page.firstCalls (Cold.measure ahead) (Cold.measure portable)
            printfn "\n%s" firstCalls
            File.WriteAllText(file, Page.page DateTimeOffset.UtcNow summaries firstCalls)
        | None -> ()

        0
