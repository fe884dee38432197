// The one table of a run: each row is a job, each cell what somebody takes for it, beside the floor. Printed, and written as the page of
// the documentation where all was run.
module Llm.Benchmarks.Page

open System
open System.Globalization
open BenchmarkDotNet.Environments
open BenchmarkDotNet.Reports

/// What one measured.
type private Measured = { Nanoseconds: float; Bytes: float }

let private measured (summaries: Summary list) : Map<string, Map<string, Measured>> =
    [
        for summary in summaries do
            for report in summary.Reports do
                if not (isNull report.ResultStatistics) then
                    let case = report.BenchmarkCase
                    let parameters = [ for item in case.Parameters.Items -> string item.Value ]
                    let row = String.concat " " (case.Descriptor.Type.Name :: parameters)
                    let bytes = report.GcStats.GetBytesAllocatedPerOperation case

                    row,
                    (case.Descriptor.WorkloadMethod.Name,
                     {
                         Nanoseconds = report.ResultStatistics.Min
                         Bytes = if bytes.HasValue then float bytes.Value else 0.0
                     })
    ]
    |> List.groupBy fst
    |> List.map (fun (row, cells) -> row, Map.ofList (List.map snd cells))
    |> Map.ofList

let private rows =
    [
        for api in [ "chat"; "responses"; "messages"; "generateContent" ] do
            $"Decoding {api}", $"decode and fold, {api}, a delta", Streams.deltas
        for api in [ "chat"; "messages" ] do
            $"Calls {api} 2000", $"stream of 2,000 deltas, {api}, a delta", Streams.deltas
            $"Calls {api} 50", $"stream of 50 deltas, {api}, a call", 1
            $"Calls {api} 0", $"whole answer of 1 kB, {api}, a call", 1
        for api in [ "chat"; "responses"; "messages"; "generateContent" ] do
            $"EncodeBenchmarks {api}", $"a call with 2,000 messages, {api}, a message", Conversations.turns
    ]

let private number (value: float) : string = value.ToString((if value < 10.0 then "0.0" else "#,0"), CultureInfo.InvariantCulture)

let private time (nanoseconds: float) : string =
    if nanoseconds < 10000.0 then number nanoseconds + " ns" else number (nanoseconds / 1000.0) + " us"

let private cell (floor: Measured) (per: int) (one: Measured option) : string =
    match one with
    | None -> ""
    | Some one ->
        let ratio = (one.Nanoseconds / floor.Nanoseconds).ToString("0.00", CultureInfo.InvariantCulture)
        $"**{ratio}** ({number (one.Bytes / float per)} B)"

/// A table in Markdown; empty where it has no lines.
let private markdown (heads: string) (lines: string list) : string =
    let columns = heads.Split('|').Length - 2

    match lines with
    | [] -> ""
    | _ -> heads :: ("|" + String.replicate columns "---|") :: lines |> String.concat Environment.NewLine

/// What a delta of a tool call's arguments takes beside one of text, and four times as many of them beside them all.
let private toolTable (all: Map<string, Map<string, Measured>>) : string =
    let per = float Streams.deltas

    [
        for api in [ "chat"; "responses"; "messages" ] do
            match Map.tryFind $"ToolArguments {api}" all with
            | Some cells when cells.Count = 3 ->
                let cell name (least: string) factor =
                    let one, least = cells[name], cells[least]
                    let ratio = (one.Nanoseconds / least.Nanoseconds).ToString("0.00", CultureInfo.InvariantCulture)
                    $"**{ratio}** ({number (one.Bytes / per / factor)} B)"

                let text = cells["Text"]

                $"| {api} | {time (text.Nanoseconds / per)} ({number (text.Bytes / per)} B) "
                + $"""| {cell "Arguments" "Text" 1.0} | {cell "FourTimes" "Arguments" 4.0} |"""
            | _ -> ()
    ]
    |> markdown "| tool arguments | text, a delta | arguments, a delta | four times as many deltas |"

let private jobTable (all: Map<string, Map<string, Measured>>) : string =
    let lines =
        [
            for key, title, per in rows do
                match
                    Map.tryFind key all |> Option.bind (fun cells -> Map.tryFind "Floor" cells |> Option.map (fun floor -> floor, cells))
                with
                | Some(floor, cells) ->
                    let cell name = cell floor per (Map.tryFind name cells)
                    let least = $"{time (floor.Nanoseconds / float per)} ({number (floor.Bytes / float per)} B)"
                    $"""| {title} | {least} | {cell "Library"} | {cell "Facade"} | {cell "Vendor"} |"""
                | None -> ()
        ]

    markdown "| job | floor | F# | C# | vendor's library |" lines

/// The tables; empty where nothing was measured that has a row.
let table (summaries: Summary list) : string =
    let all = measured summaries

    [ jobTable all; toolTable all ]
    |> List.filter (fun table -> table <> "")
    |> String.concat (Environment.NewLine + Environment.NewLine)

/// The table of first calls, in Markdown: with assemblies that were compiled ahead, and with portable ones.
let firstCalls (ahead: Map<string, Cold.FirstCall>) (portable: Map<string, Cold.FirstCall>) : string =
    let row title (calls: Map<string, Cold.FirstCall>) =
        let floor = calls["Floor"]

        let cell name =
            let ratio = (calls[name].Milliseconds / floor.Milliseconds).ToString("0.00", CultureInfo.InvariantCulture)
            $"**{ratio}** ({number calls[name].Methods})"

        let least = $"{number floor.Milliseconds} ms ({number floor.Methods})"
        $"""| {title} | {least} | {cell "Library"} | {cell "Facade"} | {cell "Vendor"} |"""

    [
        "| first call of a process (methods compiled) | floor | F# | C# | vendor's library |"
        "|---|---|---|---|---|"
        row "as packed for linux-x64" ahead
        row "portable" portable
    ]
    |> String.concat Environment.NewLine

let private version (kind: Type) = kind.Assembly.GetName().Version.ToString 3

/// The page.
let page (date: DateTimeOffset) (summaries: Summary list) (firstCalls: string) : string =
    let host = HostEnvironmentInfo.GetCurrent()
    let day = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)

    $"""# Performance

What the library costs beside the least that any client must do, and beside the vendors' own libraries. Written by
`dotnet fsi build.fsx bench` on {day}; run it again to write it anew (about five minutes).

{table summaries}

{firstCalls}

Each figure is the time of the best of eleven rounds as a ratio to the floor of its row, and in brackets the bytes that are allocated. A
machine's absolute times move by half from run to run; ratios of one run move less, and allocations hardly.

- *Floor*: `HttpClient`, lines or `SseParser`, a `Utf8JsonReader` over every byte, and a `StringBuilder`; for encoding, a `Utf8JsonWriter`.
- *F#* is `Llm.Core`, *C#* the facade `Llm`. *Vendor's library*: OpenAI {version typeof<OpenAI.OpenAIClient>} for chat completions,
  Anthropic {version typeof<Anthropic.AnthropicClient>} for messages.
- *Tool arguments*: the first ratio is to the text of that row, the last to the arguments before it: four times the work at best.
- Calls go through `HttpClient` with a handler that answers from memory: all of a client but the network is in them.
- A process's first call is a short stream over loopback with the library's own connections: CPU from the start of the process to the answer's
  end, medians of {Cold.processes} processes, and in brackets how many methods were compiled. *As packed* is what NuGet gives a program on
  linux-x64, with assemblies that were compiled ahead (`dotnet fsi build.fsx pack`; there is the same for win-x64), and what a Release build makes
  there; *portable* is what other platforms have. The floor and the vendor's library are the same in both.
- Machine: {host.CpuInfo.Value.ProcessorName}, {Environment.ProcessorCount} logical processors; {host.RuntimeVersion}.

## Why it is so

- **A delta like the last one is not read again.** A provider's deltas are alike byte for byte but for their text. The decoder keeps what
  they have in common, and checks an event against it; the JSON reader sees only what does not fit (`Pure/EventTemplate.fs`). So a stream can
  cost less than the floor, which reads every byte as JSON.
- **A count costs its place in the decoder.** Gemini counts anew with each delta. The next decoder is that count beside what all share, and what
  was used is made when somebody asks for it (`Pure/Codec.fs`).
- **The fold allocates nothing but the text's growth.** Its state is a small struct, and texts share an append-only buffer of which only the
  newest state may extend the tail (`Pure/Reducer.fs`, `Pure/TextBuffer.fs`).
- **A live stream folds when somebody asks.** It keeps its chunks for its views anyway; what they come to is made at the end, or for who asks
  before, and a text that came in many deltas is then made in one piece (`Effects/ChunkLog.fs`).
- **A stream that idles holds no buffer.** Over the library's own connections it waits with a read of no bytes, and rents a buffer when there
  are some (`Effects/LiveStream.fs`). A wait is one state of ours above the connection's: a body is itself the promise of its reads, and a view
  that of its items (`Effects/Body.fs`, `Effects/WaitingIterator.fs`).
- **A short call is dearer** than the floor by what a floor does not do: the request is validated and written, the answer becomes a message
  that can be sent back, headers become limits. A whole answer of chat completions, responses, messages or generateContent is read at once, without a document or
  chunks, where all of it is understood (`Pure/Providers/WholeSight.fs`); its raw body and the provider's own form become text when somebody
  asks for them.
- **The first call of a process** waits for the compiler, and for types to be loaded. With what the packages bring compiled ahead, and a Release
  build on the same platforms, a stream compiles no more than the floor does: what FSharp.Core would have compiled, as its own package brings no
  compiled code, is not started (`Pure/ListAhead.fs`, `Pure/ByIndex.fs`), and neither are vectorized searches for a few characters, tables of
  escapes or handlers that connect in a way of ours. What is left beyond the floor is the runtime's work on what it meets for the first time, 800
  compiled methods and 1,600 types. Only the provider that a call asks is made (`Pure/Registry.fs`); making all took 470 methods more. An
  application that publishes itself with `PublishReadyToRun` compiles FSharp.Core and its own code ahead too, and is faster still.
- **Trimming** makes an application small: it works for streams by chat completions, responses, messages and generateContent, and FSharp.Core
  alone warns. It drops the code that the framework's own assemblies bring compiled, so a trimmed application starts slower (four formats in
  one process: 560 to 660 ms of CPU) unless it is published with `PublishReadyToRun` as well (227 ms).
"""
