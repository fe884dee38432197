/// Anthropic's messages format, decoded: laws over streams of our own making, then the rules of the format one by one.
module Llm.Core.Tests.AnthropicMessagesTests

open System
open System.Text
open System.Text.Json
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core
open Llm.Core.Tests.AnthropicMessagesFixture

[<Property>]
let ``the bytes may be cut anywhere`` (cuts: int list) =
    let all = Encoding.UTF8.GetBytes(body rich)

    let places =
        cuts |> List.map (fun cut -> abs (cut % all.Length)) |> List.append [ 0; all.Length ] |> List.distinct |> List.sort

    let pieces = places |> List.pairwise |> List.map (fun (from, until) -> ReadOnlyMemory(all, from, until - from))
    Reading.read codec pieces = read rich

[<Test>]
let ``one byte at a time is as good as all at once`` () =
    let pieces = Encoding.UTF8.GetBytes(body rich) |> Array.map (fun byte -> ReadOnlyMemory [| byte |]) |> List.ofArray
    Assert.That((Reading.read codec pieces = read rich))

[<Test>]
let ``folding a stream equals decoding the same answer whole`` () =
    let streamed, whole = complete rich, decoded richWhole
    Assert.That(withoutJson streamed, equalTo (withoutJson whole))
    Assert.That(sameJson streamed.Native whole.Native)

    for one, other in List.zip (others streamed) (others whole) do
        Assert.That(sameJson (Some one.Json) (Some other.Json))

[<Test>]
let ``a prefix of a stream never completes`` () =
    let all = Encoding.UTF8.GetBytes(body rich)
    let proof = Encoding.UTF8.GetByteCount(body rich) - 2

    for length in 0 .. proof - 1 do
        match snd (Reading.read codec [ ReadOnlyMemory(all, 0, length) ]) with
        | Ending.Truncated partial -> Assert.That(partial.Native.IsNone)
        | other -> Assert.Fail $"{length} bytes: {other}"

/// Deltas in all shapes that the fast path may meet, the odd ones too.
let private deltas =
    [
        text 4 "a"
        text 4 ""
        text 4 "\ud83d"
        delta 4 """{"text":"b","type":"text_delta"}"""
        """{"delta":{"type":"text_delta","text":"\u00e9\n\"x\""},"index":4,"type":"content_block_delta"}"""
        """{"type":"content_block_delta","index":4.0,"delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_delta","index":4,"index":5,"delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"c","text":"d"}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":null}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta"}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"thinking_delta","text":"c"}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"c"},"extra":{"text":1}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"c","\ud800\ud800\ud800":1}}"""
        """{"type":"content_block_delta","index":null,"delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_delta","index":4,"delta":"text"}"""
        """{"type":"content_block_delta","delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_start","index":4,"delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_delta","type":"ping","index":4,"delta":{"type":"text_delta","text":"c"}}"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"c"}} x"""
        """{"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"c"}"""
        """[1,2]"""
        "7"
        ""
        text 99 "nobody's"
        text 0 "of another kind"
        arguments 5 "{}"
        arguments 5 ""
        delta 0 """{"type":"thinking_delta","thinking":"t"}"""
        delta 0 """{"type":"signature_delta","signature":"s"}"""
    ]

/// The decoder's states along the rich stream.
let private states =
    rich
    |> List.scan
        (fun state data ->
            match AnthropicDecode.careful state (event data) with
            | Ok(struct (_, next)) -> next
            | Error error -> failwith (LlmError.render error))
        (AnthropicFrame.initial "anthropic")

[<Test>]
let ``where the fast path answers, the careful one says the same and keeps its state`` () =
    for state in states do
        for data in rich @ deltas do
            match AnthropicDeltas.fast state (event data), AnthropicDecode.careful state (event data) with
            | ValueNone, _ -> ()
            | ValueSome fast, Ok(struct (careful, next)) ->
                Assert.That(Chunks.toList fast, equalTo (Chunks.toList careful), data)
                Assert.That(Object.ReferenceEquals(state, next), data)
            | ValueSome _, Error error -> Assert.Fail $"{data}: {LlmError.render error}"

[<Test>]
let ``the fast path takes the deltas of parts that have begun`` () =
    let fastOnes =
        List.zip (List.take rich.Length states) rich
        |> List.filter (fun (state, data) -> (AnthropicDeltas.fast state (event data)).IsSome)
        |> List.map snd

    let hot =
        [
            delta 0 """{"type":"thinking_delta","thinking":"see."}"""
            text 4 "ist es."
            arguments 5 "{\"a\":"
            arguments 6 ""
            arguments 5 " 1}"
        ]

    Assert.That(fastOnes, equalTo hot)

[<Property>]
let ``splitting a text into deltas changes nothing`` (pieces: NonNull<string> list) =
    let words = pieces |> List.map (fun piece -> piece.Get)
    let joined = String.concat "" words
    let events deltas = [ start; opened 0 emptyText ] @ List.map (text 0) deltas @ [ closed 0 ] @ ended "end_turn"
    // Lone surrogates survive in pieces: an emoji's halves may come in two deltas.
    let reply = complete (events words)
    reply.Content = (if joined = "" then [] else [ AssistantPart.Text joined ])

[<Property>]
let ``any bytes give chunks or an error, never an exception`` (garbage: byte[]) =
    let noise = ReadOnlyMemory garbage
    codec.DecodeWhole noise |> ignore
    Reading.read codec [ bytes (body (List.take 10 rich)); noise; bytes "\n\n" ] |> ignore
    codec.DecodeError { Status = 500; Headers = []; Body = noise } |> ignore

// Rules

[<Test>]
let ``parts come in the order of the answer, whatever ended first`` () =
    let expected =
        [
            AssistantPart.Text "Grün 🌱 ist es."
            AssistantPart.ToolCall { Id = "toolu_1"; Name = "add"; Arguments = "{\"a\": 1}" }
            AssistantPart.ToolCall { Id = "toolu_2"; Name = "now"; Arguments = "{}" }
        ]

    Assert.That((complete rich).Content |> List.skip 4, equalTo expected)

[<Test>]
let ``what has no part of its own is kept with the wire's name, its input put together`` () =
    let kinds = complete rich |> others

    Assert.That(kinds |> List.map (fun other -> other.Kind), equalTo [ "redacted_thinking"; "server_tool_use"; "web_search_tool_result" ])

    Assert.That(
        Json.text kinds[1].Json,
        equalTo """{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query": "größer"}}"""
    )

[<Test>]
let ``a signature without a thought is no thought, but goes back`` () =
    let reply =
        complete (
            [
                start
                opened 0 """{"type":"thinking","thinking":"","signature":""}"""
                delta 0 """{"type":"signature_delta","signature":"c2ln"}"""
                closed 0
            ]
            @ ended "end_turn"
        )

    Assert.That(reply.Content, Is.Empty)
    Assert.That(reply.Native |> Option.map Json.text, equalTo (Some """[{"type":"thinking","thinking":"","signature":"c2ln"}]"""))

[<Test>]
let ``an input that comes whole with the block is the arguments, once`` () =
    let call = """{"type":"tool_use","id":"t","name":"add","input":{"a":1}}"""
    let whole = complete ([ start; opened 0 call; closed 0 ] @ ended "tool_use")
    let twice = complete ([ start; opened 0 call; arguments 0 "{\"a\""; arguments 0 ":1}"; closed 0 ] @ ended "tool_use")
    let expected = [ AssistantPart.ToolCall { Id = "t"; Name = "add"; Arguments = "{\"a\":1}" } ]
    Assert.That(whole.Content, equalTo expected)
    Assert.That(twice.Content, equalTo expected)

[<Test>]
let ``a tool call without an id gets one of ours, in the provider's own form too`` () =
    let call = """{"type":"tool_use","id":"","name":"add","input":{}}"""
    let streamed = complete ([ start; opened 0 emptyText; closed 0; opened 1 call; closed 1 ] @ ended "tool_use")

    let whole =
        decoded $$"""{"type":"message","id":"msg_1","content":[{"type":"text","text":""},{{call}}],"stop_reason":"tool_use"}"""

    let expected = [ AssistantPart.ToolCall { Id = "llm_msg_1_1"; Name = "add"; Arguments = "{}" } ]

    for reply in [ streamed; whole ] do
        Assert.That(reply.Content, equalTo expected)
        Assert.That((reply.Native |> Option.map Json.text |> Option.defaultValue "").Contains "\"id\":\"llm_msg_1_1\"")

[<Test>]
let ``a member of a block is known whatever escapes its name is written with`` () =
    let call = """{"type":"tool_use","\u0069d":"t","name":"add","\u0069nput":{"a":1}}"""
    let streamed = complete ([ start; opened 0 call; closed 0 ] @ ended "tool_use")
    let expected = [ AssistantPart.ToolCall { Id = "t"; Name = "add"; Arguments = "{\"a\":1}" } ]
    Assert.That(streamed.Content, equalTo expected)
    Assert.That(Json.text streamed.Native.Value, equalTo """[{"type":"tool_use","id":"t","name":"add","input":{"a":1}}]""")

[<Test>]
let ``compaction grows by its deltas`` () =
    let reply =
        complete (
            [
                start
                opened 0 """{"type":"compaction","content":null}"""
                delta 0 """{"type":"compaction_delta","content":"So far: "}"""
                delta 0 """{"type":"compaction_delta","content":"nothing."}"""
                closed 0
            ]
            @ ended "compaction"
        )

    Assert.That(
        others reply |> List.map (fun other -> Json.text other.Json),
        equalTo [ """{"type":"compaction","content":"So far: nothing."}""" ]
    )

    Assert.That(reply.FinishReason, equalTo (Some(FinishReason.Other "compaction")))

[<Test>]
let ``an index that is used twice is two parts`` () =
    let one words = [ opened 0 emptyText; text 0 words; closed 0 ]
    let reply = complete ([ start ] @ one "a" @ one "b" @ ended "end_turn")
    Assert.That(reply.Content, equalTo [ AssistantPart.Text "a"; AssistantPart.Text "b" ])

[<TestCase("max_tokens", "max_tokens")>]
[<TestCase("end_turn", "")>]
let ``a stream that is cut before its end keeps the reason that it has said, and is not complete`` (word: string) (expected: string) =
    let events = [ start; opened 0 emptyText; text 0 "a"; closed 0 ] @ ended word

    match events |> List.truncate (events.Length - 1) |> read |> snd with
    | Ending.Truncated partial ->
        let reason = partial.FinishReason |> Option.map FinishReason.name |> Option.defaultValue ""
        Assert.That(reason, equalTo expected)
        Assert.That(partial.Content, equalTo [ AssistantPart.Text "a" ])
    | other -> Assert.Fail $"{other}"

    Assert.That((complete events).FinishReason |> Option.map FinishReason.name |> Option.defaultValue "", equalTo expected)

[<Test>]
let ``blocks that nobody closed are closed by the end`` () =
    let chunks, _ = read ([ start; opened 0 emptyText; text 0 "a" ] @ ended "end_turn")
    let isAfter chunk = chunks |> List.skipWhile (fun other -> other <> chunk) |> List.contains (Chunk.Finish None)
    Assert.That(isAfter (Chunk.TextEnd 0))

[<Test>]
let ``counters are cumulative, and the last value of each counts`` () =
    let events =
        [
            start
            """{"type":"message_delta","delta":{},"usage":{"input_tokens":12,"output_tokens":5,"cache_creation_input_tokens":4}}"""
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":30,"cache_creation_input_tokens":null}}"""
            """{"type":"message_delta","delta":{},"usage":{"output_tokens":9,"output_tokens_details":{"thinking_tokens":6}}}"""
            """{"type":"message_stop"}"""
        ]

    let expected =
        { Usage.zero with
            InputTokens = 37L
            OutputTokens = 9L
            CacheReadTokens = 3L
            CacheWriteTokens = 4L
            ReasoningTokens = 6L
        }

    Assert.That((complete events).Usage, equalTo (Some expected))

[<Test>]
let ``usage that did not come is absent`` () =
    let reply = decoded """{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"""
    Assert.That(reply.Usage, equalTo None)

[<TestCase("end_turn", null)>]
[<TestCase("tool_use", null)>]
[<TestCase("stop_sequence", null)>]
[<TestCase("max_tokens", "max_tokens")>]
[<TestCase("refusal", "refusal")>]
[<TestCase("model_context_window_exceeded", "context_length_exceeded")>]
[<TestCase("pause_turn", "pause_turn")>]
[<TestCase("a_word_of_tomorrow", "a_word_of_tomorrow")>]
let ``stop reasons mean what the library means`` (word: string) (expected: string) =
    let streamed = complete ([ start ] @ ended word)
    let whole = decoded $$"""{"type":"message","content":[],"stop_reason":"{{word}}"}"""

    for reply in [ streamed; whole ] do
        Assert.That(reply.FinishReason |> Option.map FinishReason.name |> Option.toObj, equalTo expected)

[<Test>]
let ``an error is a failure, also as the only event`` () =
    let overloaded = """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""

    for before in [ []; [ start; opened 0 emptyText; text 0 "a" ] ] do
        match snd (read (before @ [ overloaded ])) with
        | Ending.Failed(partial, LlmError.Server error) ->
            Assert.That(error.Code, equalTo (Some "overloaded_error"))
            Assert.That(partial.Content.Length, equalTo (if before.IsEmpty then 0 else 1))
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``an error in place of a whole message is an error`` () =
    let answer = """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_1"}"""

    match codec.DecodeWhole(bytes answer) with
    | Error(LlmError.RateLimit error) -> Assert.That(error.Message, equalTo "Slow down")
    | other -> Assert.Fail $"{other}"

[<TestCase("")>]
[<TestCase("<html>")>]
[<TestCase("{}")>]
[<TestCase("[]")>]
[<TestCase("""{"type":"message","content":[""")>]
let ``what is no message is an invalid response`` (answer: string) =
    match codec.DecodeWhole(bytes answer) with
    | Error(LlmError.InvalidResponse _) -> ()
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a message in answer to a streamed request is read as it is`` () =
    Assert.That(withoutJson (complete [ richWhole.Replace("\n", "") ]), equalTo (withoutJson (decoded richWhole)))
