/// Measures the library: `dotnet fsi build.fsx bench --filter '*' --job short`.
module Llm.Benchmarks.Program

open BenchmarkDotNet.Attributes
open BenchmarkDotNet.Running

[<MemoryDiagnoser>]
type PlaceholderBenchmarks() =

    [<Benchmark>]
    member _.Length() = String.length "Llm"

[<EntryPoint>]
let main args =
    BenchmarkSwitcher.FromAssembly(typeof<PlaceholderBenchmarks>.Assembly).Run(args) |> ignore

    0
