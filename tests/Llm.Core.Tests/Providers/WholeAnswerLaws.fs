// Whole answers have a hot path too, which reads them without a document: it says what the careful path says, or nothing.
module Llm.Core.Tests.WholeAnswerLaws

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.Scripts

/// The formats whose whole answers have a hot path, by name: it, and the careful path.
let private paths: Map<string, (ReadOnlyMemory<byte> -> Chunk list voption) * (ReadOnlyMemory<byte> -> Result<Chunk list, LlmError>)> =
    Map.ofList
        [
            "chat", (ChatDecodeWholeFast.tryRead, ChatDecode.whole "openai")
            "messages", (AnthropicDecodeWholeFast.tryRead, AnthropicDecode.whole "anthropic")
        ]

let private agree (fast, careful) (text: string) : Result<unit, BrokenLaw> =
    let body = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

    match fast body with
    | ValueNone -> Law.holds
    | ValueSome quick ->
        match careful body with
        | Ok slow when quick = slow -> Law.holds
        | other ->
            Law.broken "the fast path of whole answers says what the careful path says" $"of {text}\nfast: %A{quick}\ncareful: %A{other}"

let private rounds = 8

[<CodecLawsTests.ScriptLaw>]
let ``the fast path of whole answers says what the careful path says`` (script: Script) =
    Format.each (fun format ->
        match Map.tryFind format.Name paths with
        | None -> Law.holds
        | Some paths ->
            let random = Script.random script
            let whole = (format.Write script).Whole

            [ for _ in 1..rounds -> Hostile.variants script.Style random whole ]
            |> List.concat
            |> List.append [ Tree.render script.Style random whole ]
            |> Law.forEach (agree paths))

let private plain (parts: ScriptPart list) : Script =
    {
        Id = "a"
        Model = "m"
        Parts = parts
        End = ScriptEnd.Normal
        Usage = None
        Style =
            {
                Seed = 1
                Shuffles = false
                Spaces = false
                Escapes = false
                Novelties = false
                Signed = false
                Mixes = false
                LineEnd = "\n"
                LastLineEnds = 2
            }
    }

/// The law above would be worth nothing where the hot path never answers.
[<TestCase "chat">]
[<TestCase "messages">]
let ``a text that is sent whole takes the hot path`` (name: string) =
    let format = Format.all |> List.find (fun format -> format.Name = name)
    let fast, _ = paths[name]
    let whole = Format.whole (plain [ ScriptPart.Text [ "é \"quoted\"\n" ] ]) format

    match fast (ReadOnlyMemory whole) with
    | ValueSome chunks -> Assert.That(List.contains (Chunk.TextDelta(0, "é \"quoted\"\n")) chunks)
    | ValueNone -> Assert.Fail(Encoding.UTF8.GetString whole)
