// Every recorded exchange, through the runner: what the runner must never report, and what its lines must say.
module Llm.Core.Tests.Recordings.DecodeTests

open System.IO
open NUnit.Framework
open Llm.Core
open Llm.Recordings
open Llm.Recordings.Outcomes

/// Bedrock's invocations of other models than Claude: each has a format of its own.
let private isForeignInvoke (exchange: Recording.Exchange) =
    exchange.Api.StartsWith "invoke" && not (exchange.Request.Url.Contains "anthropic.")

let private isUnsupported (decoded: Decoded) =
    let exchange = decoded.Exchange

    isForeignInvoke exchange || exchange.Api = "mirascope-cloud/functions" || exchange.Request.Method = "GET"

let private decodeAll =
    lazy (Recording.filesUnder (Folder.find ()) |> List.map (fun file -> file, Recording.read file |> List.map decode))

let private name (decoded: Decoded) = $"{decoded.Exchange.Id} exchange {decoded.Exchange.Index}"

let private assertNone (what: string) (found: string list) = Assert.That(found, Is.Empty, $"{found.Length} {what}")

let private offences (find: Decoded -> string option) : string list =
    decodeAll.Value
    |> List.collect snd
    |> List.choose (fun decoded -> find decoded |> Option.map (fun why -> $"{name decoded}: {why}"))

[<Test>]
let ``no recording makes the library throw`` () = offences (fun decoded -> decoded.Defect |> Option.map string) |> assertNone "exceptions"

[<Test>]
let ``no recorded stream breaks a law`` () =
    offences (fun decoded -> decoded.Laws |> Option.filter (fun law -> law <> "ok")) |> assertNone "laws broken"

[<Test>]
let ``every api is read but those without a codec`` () =
    offences (fun decoded ->
        if decoded.Outcome = Outcome.Unsupported && not (isUnsupported decoded) then
            Some $"{decoded.Exchange.Provider} {decoded.Exchange.Api} is unsupported"
        else
            None)
    |> assertNone "unsupported"

let private toolIds (reply: Reply) = Content.toolCalls reply.Content |> List.map _.Id

[<Test>]
let ``tool calls have ids, each its own`` () =
    offences (fun decoded ->
        match decoded.Reply |> Option.map toolIds with
        | Some ids when List.contains "" ids || List.distinct ids <> ids -> Some(string ids)
        | _ -> None)
    |> assertNone "answers with bad tool ids"

let private disagreement (file: string, all: Decoded list) : string option =
    let expectedFile = Recording.expectedPath file

    if not (File.Exists expectedFile) then
        None
    else
        Expected.tryRead expectedFile
        |> Option.filter (fun expected -> not (all |> List.exists (Expected.agrees expected)))
        |> Option.map (fun expected -> $"{file}: expected {expected}, got {all |> List.choose _.Reply}")

[<Test>]
let ``answers are what their recorders expect, save where those are wrong`` () =
    decodeAll.Value |> List.choose disagreement |> assertNone "disagreements"
