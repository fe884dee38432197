// Whole answers have a hot path too, which reads them without a document: it says what the careful path says, or nothing.
module Llm.Core.Tests.WholeAnswerLaws

open System
open System.Text
open System.Text.Json.Nodes
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

/// Members that mean something in one place or another: to the careful path, wherever it looks for them.
let private members =
    [
        "error", """{"code":502,"message":"Gone"}"""
        "error", "\"Gone\""
        "error", "\"\""
        "error", "null"
        "x_groq", """{"error":{"message":"Gone"}}"""
        "x_groq", """{"usage":{"prompt_tokens":7,"completion_tokens":8}}"""
        "object", "\"error\""
        "type", "\"error\""
        "index", "1"
        "delta", """{"content":"more"}"""
        "refusal", "\"No.\""
        "reasoning", "\"Hm.\""
        "reasoning_content", "\"Hm.\""
        "tool_calls", """[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]"""
        "function_call", """{"name":"f","arguments":"{}"}"""
        "audio", """{"id":"a","data":"AAAA","transcript":"t"}"""
        "finish_reason", "\"length\""
        "stop_reason", "\"max_tokens\""
        "thinking", "\"Hm.\""
        "signature", "\"s\""
        "usage", """{"prompt_tokens":1,"completion_tokens":2,"input_tokens":3,"output_tokens":4}"""
        "cached_tokens", "3"
        "reasoning_tokens", "3"
        "cache_read_input_tokens", "3"
        "output_tokens_details", """{"thinking_tokens":2}"""
    ]

let rec private objects (node: JsonNode | null) : JsonObject list =
    match node with
    | :? JsonObject as found -> found :: (found |> Seq.collect (fun field -> objects field.Value) |> List.ofSeq)
    | :? JsonArray as items -> items |> Seq.collect objects |> List.ofSeq
    | _ -> []

[<TestCase "chat">]
[<TestCase "messages">]
let ``a member that means something is seen wherever it stands`` (name: string) =
    let format = Format.all |> List.find (fun format -> format.Name = name)
    let whole = Format.whole (plain [ ScriptPart.Text [ "Hi" ] ]) format |> Encoding.UTF8.GetString
    let count = JsonNode.Parse whole |> objects |> List.length

    for place in 0 .. count - 1 do
        for member', value in members do
            let changed = JsonNode.Parse whole
            let target = objects changed |> List.item place
            target[member'] <- JsonNode.Parse value

            match agree (Map.find name paths) (target.Root.ToJsonString()) with
            | Ok() -> ()
            | Error broken -> Assert.Fail $"%A{broken}"
