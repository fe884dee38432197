// What decoding and folding a stream costs, beside the least that any reader must do: finding lines and reading every event's JSON.
module Llm.Benchmarks.Program

open System
open System.Text
open System.Text.Json
open BenchmarkDotNet.Attributes
open BenchmarkDotNet.Running
open Llm.Core
open Llm.Benchmarks

/// One stream of 2,000 deltas, from bytes that are there already.
[<MemoryDiagnoser>]
type DecodeBenchmarks() =
    let mutable codec = Unchecked.defaultof<Codec>
    let mutable body: byte[] = Array.empty
    let mutable property: byte[] = Array.empty

    /// The wire format.
    [<Params("chat", "responses", "messages", "generateContent")>]
    member val Api = "" with get, set

    [<GlobalSetup>]
    member this.Setup() =
        let struct (chosen, bytes, name) = Streams.all[this.Api]
        codec <- chosen
        body <- bytes
        property <- name

    /// The floor: lines, a JSON reader over every event, and a StringBuilder.
    [<Benchmark(Baseline = true)>]
    member _.Floor() =
        let text = StringBuilder()
        let mutable rest = ReadOnlySpan body

        while not rest.IsEmpty do
            let lineEnd = rest.IndexOf(byte '\n')
            let line = rest.Slice(0, lineEnd)
            rest <- rest.Slice(lineEnd + 1)

            if line.Length > 6 && line[6] = byte '{' then
                let mutable reader = Utf8JsonReader(line.Slice 6)

                while reader.Read() do
                    if reader.TokenType = JsonTokenType.PropertyName && reader.ValueTextEquals(ReadOnlySpan property) then
                        reader.Read() |> ignore

                        if reader.TokenType = JsonTokenType.String then text.Append(reader.GetString()) |> ignore

        text.Length

    /// The library: events, chunks, and the reducer.
    [<Benchmark>]
    member _.DecodeAndFold() =
        match Reading.read codec [ ReadOnlyMemory body ] with
        | _, Ending.Complete reply -> Content.text reply.Content |> String.length
        | _ -> failwith "The stream is not complete."

[<EntryPoint>]
let main arguments =
    let arguments = if Array.isEmpty arguments then [| "--filter"; "*" |] else arguments
    BenchmarkSwitcher.FromAssembly(typeof<DecodeBenchmarks>.Assembly).Run(arguments) |> ignore
    0
