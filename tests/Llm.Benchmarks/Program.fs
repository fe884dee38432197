// Runs the benchmarks and prints their table. `--page FILE` writes it as a page too, which is for a run of all; what else stands there goes
// to BenchmarkDotNet.
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

/// The page's file, where one is named, and the other arguments.
let rec private split (arguments: string list) : string option * string list =
    match arguments with
    | "--page" :: file :: rest -> Some file, snd (split rest)
    | argument :: rest ->
        let file, others = split rest
        file, argument :: others
    | [] -> None, []

[<EntryPoint>]
let main arguments =
    let file, arguments = split (List.ofArray arguments)
    // What has a row in the table.
    let everything = [ "--filter"; "*Decoding*"; "*ToolArguments*"; "*Calls*"; "*EncodeBenchmarks*" ]
    let arguments = if arguments |> List.contains "--filter" then arguments else everything @ arguments

    let summaries = BenchmarkSwitcher.FromAssembly(typeof<Decoding>.Assembly).Run(List.toArray arguments, config) |> List.ofSeq

    match Page.table summaries with
    | "" -> 0
    | table ->
        printfn "\n%s" table
        file |> Option.iter (fun file -> File.WriteAllText(file, Page.page DateTimeOffset.UtcNow summaries))
        0
