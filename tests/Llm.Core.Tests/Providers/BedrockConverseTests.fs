/// Bedrock's Converse, decoded: the rules of the format one by one; Claude by invocation last.
module Llm.Core.Tests.BedrockConverseTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.EventStreamFixture
open Llm.Core.Tests.BedrockConverseFixture

[<Test>]
let ``every part comes with its kind, in order`` () =
    let reply = complete rich

    Assert.That(
        withoutJson reply |> _.Content,
        equalTo
            [
                AssistantPart.Thought "Let me see."
                AssistantPart.Other { Kind = "redactedContent"; Json = Json.ofString "" }
                AssistantPart.Other { Kind = "server_tool_use"; Json = Json.ofString "" }
                AssistantPart.Other { Kind = "search_result"; Json = Json.ofString "" }
                AssistantPart.Text "Grün 🌱 ist es."
                AssistantPart.Text "Plain."
                AssistantPart.ToolCall { Id = "t_1"; Name = "add"; Arguments = "{\"a\": 1}" }
                AssistantPart.ToolCall { Id = "t_2"; Name = "now"; Arguments = "{}" }
                AssistantPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))
                AssistantPart.Other { Kind = "blockOfTomorrow"; Json = Json.ofString "" }
            ]
    )

[<Test>]
let ``input counts what went through the cache`` () =
    Assert.That(
        (complete rich).Usage,
        equalTo (
            Some
                { Usage.zero with
                    InputTokens = 15L
                    OutputTokens = 7L
                    CacheReadTokens = 3L
                    CacheWriteTokens = 2L
                }
        )
    )

[<Test>]
let ``usage that has not come is absent`` () =
    match snd (read [ start; text 0 "a"; stop "end_turn" ]) with
    | Ending.Complete reply -> Assert.That(reply.Usage, Is.EqualTo None)
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``usage may come before the proof, which is awaited`` () =
    Assert.That((complete [ start; text 0 "a"; metadata; stop "end_turn" ]).Usage.IsSome)

    match snd (read [ start; text 0 "a"; metadata ]) with
    | Ending.Truncated partial -> Assert.That(partial.Usage.IsSome)
    | other -> Assert.Fail $"{other}"

[<TestCase("end_turn", null)>]
[<TestCase("tool_use", null)>]
[<TestCase("stop_sequence", null)>]
[<TestCase("max_tokens", "max_tokens")>]
[<TestCase("guardrail_intervened", "refusal")>]
[<TestCase("content_filtered", "refusal")>]
[<TestCase("model_context_window_exceeded", "context_length_exceeded")>]
[<TestCase("malformed_tool_use", "malformed_tool_use")>]
let ``reasons to stop`` (word: string, expected: string | null) =
    let streamed = complete ([ start; text 0 "a" ] @ ended word)
    let whole = decoded ("""{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":""" + Json.quote word + "}")
    Assert.That(streamed.FinishReason |> Option.map FinishReason.name |> Option.toObj, Is.EqualTo expected)
    Assert.That(whole.FinishReason, equalTo streamed.FinishReason)

[<Test>]
let ``reasoning with a signature and no words is no thought, but goes back`` () =
    let streamed =
        complete ([ start; delta 0 """{"reasoningContent":{"signature":"c2ln"}}"""; closed 0; text 1 "a"; closed 1 ] @ ended "end_turn")

    Assert.That(streamed.Content, equalTo [ AssistantPart.Text "a" ])
    let native = Json.tryParse """[{"reasoningContent":{"reasoningText":{"text":"","signature":"c2ln"}}},{"text":"a"}]"""
    Assert.That(sameJson streamed.Native (Result.toOption native))

[<Test>]
let ``blocks that are empty are no parts`` () =
    Assert.That(
        (complete ([ start; text 0 ""; closed 0; text 1 "a"; closed 1 ] @ ended "end_turn")).Content,
        equalTo [ AssistantPart.Text "a" ]
    )

    Assert.That(
        (decoded """{"output":{"message":{"content":[{"text":""},{"text":"a"},{},null,7]}}}""").Content,
        equalTo [ AssistantPart.Text "a" ]
    )

[<Test>]
let ``a block that another kind of delta follows under its index ends there`` () =
    let reply = complete ([ start; thought 0 "Hm."; text 0 "Yes."; closed 0; text 1 "No."; closed 1 ] @ ended "end_turn")
    Assert.That(reply.Content, equalTo [ AssistantPart.Thought "Hm."; AssistantPart.Text "Yes."; AssistantPart.Text "No." ])

[<Test>]
let ``a tool call without an id gets one of ours, each its own`` () =
    let streamed =
        complete (
            [
                start
                opened 0 """{"toolUse":{"name":"add"}}"""
                closed 0
                opened 1 """{"toolUse":{"toolUseId":"","name":"add"}}"""
                closed 1
            ]
            @ ended "tool_use"
        )

    let whole =
        decoded
            """{"output":{"message":{"content":[{"toolUse":{"name":"add","input":{}}},
            {"toolUse":{"toolUseId":"","name":"add"}}]}},"stopReason":"tool_use"}"""

    let ids (reply: Reply) = Content.toolCalls reply.Content |> List.map _.Id
    Assert.That(ids streamed |> List.distinct, Has.Length.EqualTo 2)
    Assert.That(ids streamed, Has.None.EqualTo "")
    Assert.That(ids whole, equalTo (ids streamed))
    Assert.That((Option.get whole.Native |> Json.text).Contains((ids whole)[0]))

[<Test>]
let ``arguments that are cut off stay as they came`` () =
    let reply =
        complete ([ start; opened 0 """{"toolUse":{"toolUseId":"t","name":"add"}}"""; input 0 "{\"a\": 1" ] @ ended "max_tokens")

    Assert.That(Content.toolCalls reply.Content |> List.map _.Arguments, equalTo [ "{\"a\": 1" ])

[<Test>]
let ``citations of a whole answer stand beside its text`` () =
    let reply =
        decoded
            """{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"One, "},{"text":"two."}],
            "citations":[{"title":"a"}]}}]}}}"""

    Assert.That(texts reply, equalTo [ "One, two." ])
    Assert.That((Option.get reply.Native |> Json.text).Contains "\"title\":\"a\"")

[<Test>]
let ``an exception within a stream is a failure that keeps what came`` () =
    match snd (read [ start; text 0 "Hel"; exceptionOf "throttlingException" """{"message":"Slow down."}"""; text 0 "lo" ]) with
    | Ending.Failed(partial, LlmError.RateLimit error) ->
        Assert.That(texts partial, equalTo [ "Hel" ])

        Assert.That(
            (error.Provider, error.Code, error.Message, error.Status),
            equalTo ("bedrock", Some "throttlingException", "Slow down.", (None: int option))
        )
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a wrong checksum is a failure that keeps what came`` () =
    let broken = text 0 "lo"
    broken[broken.Length - 6] <- broken[broken.Length - 6] ^^^ 1uy

    match snd (read [ start; text 0 "Hel"; broken; stop "end_turn" ]) with
    | Ending.Failed(partial, LlmError.InvalidResponse("bedrock", _, _)) -> Assert.That(texts partial, equalTo [ "Hel" ])
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an event that is no JSON is a failure when more follows`` () =
    match snd (read [ start; event "contentBlockDelta" "{\"delta\""; stop "end_turn" ]) with
    | Ending.Failed(_, LlmError.InvalidResponse _) -> ()
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``nothing counts after usage that follows the proof`` () =
    Assert.That(fst (read (rich @ [ text 0 "more"; exceptionOf "throttlingException" "{}" ])), equalTo (fst (read rich)))

[<Test>]
let ``events in odd shapes are passed over`` () =
    let odd =
        [
            event "contentBlockStart" "{}"
            event "contentBlockStart" """{"contentBlockIndex":0,"start":null}"""
            event "contentBlockDelta" """{"contentBlockIndex":0,"delta":{}}"""
            event "contentBlockDelta" """{"contentBlockIndex":"0","delta":{"text":"a"}}"""
            event "contentBlockDelta" """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}}"""
            event "contentBlockStop" "{}"
            event "contentBlockStop" """{"contentBlockIndex":5}"""
            event "metadata" """{"usage":null}"""
            event "" "[1]"
            event "messageStart" "7"
        ]

    Assert.That((complete ([ start ] @ odd @ [ text 0 "a" ] @ ended "end_turn")).Content, equalTo [ AssistantPart.Text "a" ])

[<Test>]
let ``a server that does not stream is understood`` () =
    match snd (Reading.read codec [ bytes richWhole ]) with
    | Ending.Complete reply -> Assert.That(withoutJson reply, equalTo (withoutJson (decoded richWhole)))
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an error with a 200 is an error, streamed or not`` () =
    let body = bytes """{"Message":"Not today.","__type":"com.amazon.coral#ServiceUnavailableException"}"""

    match Codec.decode body codec, snd (Reading.read codec [ body ]) with
    | Error(LlmError.Server whole), Ending.Failed(_, LlmError.Server streamed) ->
        Assert.That(whole.Message, equalTo "Not today.")
        Assert.That(streamed.Message, equalTo "Not today.")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``bodies that are no answers are invalid`` () =
    for body in [ ""; "no JSON"; "{}"; "[]"; """{"output":{}}""" ] do
        match Codec.decode (bytes body) codec with
        | Error(LlmError.InvalidResponse("bedrock", _, _)) -> ()
        | other -> Assert.Fail $"{body}: {other}"

[<Test>]
let ``an error's type stands in a header, without its address`` () =
    let answer: ErrorAnswer =
        {
            Status = 429
            Headers = [ "x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/coral/"; "x-amzn-RequestId", "r-1" ]
            Body = bytes """{"message":"Too many."}"""
        }

    match codec.DecodeError answer with
    | LlmError.RateLimit error ->
        Assert.That((error.Code, error.Message, error.RequestId), equalTo (Some "ThrottlingException", "Too many.", Some "r-1"))
    | other -> Assert.Fail $"{other}"

// Claude by InvokeModelWithResponseStream

let private claudeEvents =
    [
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],
        "usage":{"input_tokens":10,"output_tokens":1}}}"""
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grün "}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"🌱"}}"""
        """{"type":"content_block_stop","index":0}"""
        """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"""
        """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":10}}"""
    ]

[<Test>]
let ``Claude by invocation gives what Claude gives by server-sent events`` () =
    let oneLine (data: string) = data.Replace("\n", " ")
    let bySse = claudeEvents |> List.map (fun data -> $"data: {oneLine data}\n\n") |> String.concat ""
    let expected = Reading.read (AnthropicMessages.codec AnthropicDialect.standard) [ bytes bySse ]
    let frames = claudeEvents |> List.map chunk
    Assert.That((readBy claude frames = expected))
    let pieces = joined frames |> Array.map (fun byte -> ReadOnlyMemory [| byte |]) |> List.ofArray
    Assert.That((Reading.read claude pieces = expected))

[<Test>]
let ``Claude by invocation may be cut off or fail`` () =
    let frames = claudeEvents |> List.map chunk

    match snd (readBy claude (List.truncate 4 frames)) with
    | Ending.Truncated partial -> Assert.That(texts partial, equalTo [ "Grün 🌱" ])
    | other -> Assert.Fail $"{other}"

    match snd (readBy claude (List.truncate 4 frames @ [ exceptionOf "modelStreamErrorException" """{"message":"Sorry."}""" ])) with
    | Ending.Failed(partial, LlmError.Server error) ->
        Assert.That(texts partial, equalTo [ "Grün 🌱" ])
        Assert.That(error.Message, equalTo "Sorry.")
    | other -> Assert.Fail $"{other}"
