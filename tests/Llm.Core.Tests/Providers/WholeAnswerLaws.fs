// Whole answers have a hot path too, which reads them without a document: it says what the careful path says, or nothing.
module Llm.Core.Tests.WholeAnswerLaws

open System
open System.Text
open System.Text.Json.Nodes
open NUnit.Framework
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.Scripts

let private agree (format: Format) (text: string) : Result<unit, BrokenLaw> =
    CodecLaws.plainAnswersSayWhatTheirChunksSay format.Codec (Encoding.UTF8.GetBytes text)

let private rounds = 8

[<CodecLawsTests.ScriptLaw>]
let ``the fast path of whole answers says what the careful path says`` (script: Script) =
    Format.each (fun format ->
        let random = Script.random script
        let whole = (format.Write script).Whole

        [ for _ in 1..rounds -> Hostile.variants script.Style random whole ]
        |> List.concat
        |> List.append [ Tree.render script.Style random whole ]
        |> Law.forEach (agree format))

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

/// With usage and signatures. Those of chat completions come with names that JsonNode cannot read.
let private detailed (format: Format) (script: Script) : Script =
    { script with
        Usage = Some { Input = 9L; Output = 8L; CacheRead = 7L; CacheWrite = 0L; Reasoning = 5L }
        Style = { script.Style with Signed = format.Name <> "chat" }
    }

let private text = ScriptPart.Text [ "é \"quoted\"\n" ]
let private thought = ScriptPart.Thought [ "Hm" ]
let private call = ScriptPart.Call(Some "call_1", "now", [ "{\"zone\": [1]}" ])

let private formatOf (name: string) : Format = Format.all |> List.find (fun format -> format.Name = name)

/// The laws here would be worth nothing where the hot path never answers.
[<TestCase "chat">]
[<TestCase "responses">]
[<TestCase "messages">]
[<TestCase "generateContent">]
let ``texts, thoughts and calls that are sent whole take the hot path`` (name: string) =
    let format = formatOf name

    for parts in [ [ text ]; [ thought; text ]; [ call; call ]; [ thought; text; call ] ] do
        let whole = Format.whole (plain parts) format

        match format.Codec.DecodePlain(ReadOnlyMemory whole) with
        | ValueSome reply ->
            Assert.That(reply.Content.Length, Is.EqualTo parts.Length)
            Assert.That(reply.Native.IsSome)
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
        "prompt_cache_hit_tokens", "4"
        "status", "\"failed\""
        "status", "\"in_progress\""
        "incomplete_details", """{"reason":"content_filter"}"""
        "type", "\"refusal\""
        "type", "\"reasoning_text\""
        "type", "\"web_search_call\""
        "summary", """[{"type":"summary_text","text":"Hm."}]"""
        "summary", """[{"type":"output_text","text":"Hm."}]"""
        "content", """[{"type":"reasoning_text","text":"Hm."}]"""
        "content", """[{"type":"output_text","text":"Ho."}]"""
        "content", "\"Ho.\""
        "arguments", """{"a":1}"""
        "call_id", "\"\""
        "reasoning_details", """[{"type":"reasoning.text","text":"Hm."}]"""
        "images", """[{"image_url":{"url":"https://example.org/a.png"}}]"""
        "custom", """{"name":"f","input":"i"}"""
        "finishReason", "\"SAFETY\""
        "finishReason", "2"
        "promptFeedback", """{"blockReason":"SAFETY"}"""
        "text", "\"more\""
        "text", "\"\""
        "text", "null"
        "thought", "true"
        "thoughtSignature", "\"c2ln\""
        "functionCall", """{"name":"f","args":{ "a" : " x " }}"""
        "functionCall", """{"args":{}}"""
        "functionCall", "null"
        "args", "null"
        "args", "[1]"
        "willContinue", "true"
        "partialArgs", """[{"jsonPath":"$.a","numberValue":1}]"""
        "inlineData", """{"mimeType":"image/png","data":"AAAA"}"""
        "promptTokensDetails", """[{"modality":"AUDIO","tokenCount":3}]"""
        "promptTokensDetails", """[{"modality":"4","tokenCount":3}]"""
        "promptTokensDetails", """[{"modality":"TEXT","tokenCount":3}]"""
        "toolUsePromptTokenCount", "3"
        "thoughtsTokenCount", "-3"
    ]

let rec private objects (node: JsonNode | null) : JsonObject list =
    match node with
    | :? JsonObject as found -> found :: (found |> Seq.collect (fun field -> objects field.Value) |> List.ofSeq)
    | :? JsonArray as items -> items |> Seq.collect objects |> List.ofSeq
    | _ -> []

[<TestCase "chat">]
[<TestCase "responses">]
[<TestCase "messages">]
[<TestCase "generateContent">]
let ``a member that means something is seen wherever it stands`` (name: string) =
    let format = formatOf name
    let script = plain [ thought; text; call ] |> detailed format
    let whole = Format.whole script format |> Encoding.UTF8.GetString
    let count = JsonNode.Parse whole |> objects |> List.length

    for place in 0 .. count - 1 do
        for member', value in members do
            let changed = JsonNode.Parse whole
            let target = objects changed |> List.item place
            target[member'] <- JsonNode.Parse value

            match agree format (target.Root.ToJsonString()) with
            | Ok() -> ()
            | Error broken -> Assert.Fail $"%A{broken}"

/// Its texts, the parts and the reply around them; a document, or chunks, would be as much again.
[<TestCase "chat">]
[<TestCase "responses">]
[<TestCase "messages">]
[<TestCase "generateContent">]
let ``a whole answer costs little more than its text`` (name: string) =
    let format = formatOf name
    let text = String.replicate 1_000 "a"
    let whole = ReadOnlyMemory(Format.whole (plain [ ScriptPart.Text [ text ] ]) format)
    let decode () = Codec.decode whole format.Codec |> ignore
    decode ()
    let before = GC.GetAllocatedBytesForCurrentThread()
    decode ()
    let allocated = GC.GetAllocatedBytesForCurrentThread() - before
    Assert.That(allocated, Is.LessThan(int64 (2 * text.Length) + 800L))
