/// What formats do on the wire that an implementer gets wrong, one fact a test: those that no other file of tests is about. The exchanges
/// are made up.
module Llm.Core.Tests.WireFactsTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)
let private chat = ChatCompletions.codec (ChatDialect.standard "acme")
let private responses = OpenAiResponses.codec { ResponsesDialect.standard with Provider = "bedrock" }
let private anthropic = AnthropicMessages.codec AnthropicDialect.standard
let private gemini = GenerateContent.codec GenerateContentDialect.standard
let private vertex = GenerateContent.codec GenerateContentDialect.vertex
let private converse = BedrockConverse.codec ConverseDialect.standard

let private whole (codec: Codec) (body: string) : Reply =
    match Codec.decode (bytes body) codec with
    | Ok reply -> reply
    | Error error -> failwith (LlmError.render error)

/// The reply of a stream with its proof.
let private streamed (codec: Codec) (body: string) : Reply =
    match Reading.read codec [ bytes body ] with
    | _, Ending.Complete reply -> reply
    | _, ending -> failwith $"{ending}"

let private events (data: string list) : string = data |> List.map (fun data -> $"data: {data}\n\n") |> String.concat ""

let private refused (codec: Codec) (status: int) (body: string) : LlmError =
    codec.DecodeError { Status = status; Headers = []; Body = bytes body }

let private messageOf (error: LlmError) : string = LlmError.apiError error |> Option.map _.Message |> Option.defaultValue ""

let private callsOf (reply: Reply) : (string * string) list =
    Content.toolCalls reply.Content |> List.map (fun call -> call.Name, call.Arguments)

[<Test>]
let ``chat: the one call of an old server is a call, with an id of ours`` () =
    let message = """{"role":"assistant","content":null,"function_call":{"name":"look","arguments":"{\"q\":1}"}}"""
    let reply = whole chat $"""{{"id":"a","choices":[{{"index":0,"message":{message},"finish_reason":"function_call"}}]}}"""
    Assert.That(callsOf reply, equalTo [ "look", "{\"q\":1}" ])
    Assert.That(reply.FinishReason, equalTo None)
    // It has no id to be answered by, so it goes back as a call with one.
    Assert.That(reply.Native, equalTo None)

    let delta json = $"""{{"id":"a","choices":[{{"index":0,"delta":{json},"finish_reason":null}}]}}"""

    let inPieces =
        events
            [
                delta """{"role":"assistant","content":null,"function_call":{"name":"look","arguments":""}}"""
                delta """{"function_call":{"arguments":"{\"q\""}}"""
                delta """{"function_call":{"arguments":":1}"}}"""
                """{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"function_call"}]}"""
                "[DONE]"
            ]

    let parts = (streamed chat inPieces).Content
    Assert.That((parts = reply.Content), $"{parts} is not {reply.Content}")

[<Test>]
let ``chat: a call that is told in both ways is one`` () =
    let called = """{"name":"look","arguments":"{}"}"""

    let message =
        $"""{{"role":"assistant","function_call":{called},"tool_calls":[{{"id":"c1","type":"function","function":{called}}}]}}"""

    let reply = whole chat $"""{{"choices":[{{"index":0,"message":{message},"finish_reason":"tool_calls"}}]}}"""
    Assert.That(Content.toolCalls reply.Content |> List.map _.Id, equalTo [ "c1" ])

[<Test>]
let ``chat: a custom tool's call is kept as it came`` () =
    let call = """{"id":"c1","type":"custom","custom":{"name":"sql","input":"select 1"}}"""
    let message = $"""{{"role":"assistant","content":null,"tool_calls":[{call}]}}"""
    let reply = whole chat $"""{{"choices":[{{"index":0,"message":{message},"finish_reason":"tool_calls"}}]}}"""

    match reply.Content with
    | [ AssistantPart.Other other ] -> Assert.That(Json.text other.Json, Does.Contain "select 1")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``chat: Groq names a channel beside its reasoning, and Together a seed beyond Int64`` () =
    let message = """{"role":"assistant","content":"Hi","reasoning":"Hm","channel":"analysis"}"""

    let reply =
        whole chat $"""{{"choices":[{{"index":0,"message":{message},"finish_reason":"eos","seed":18446744073709551615}}]}}"""

    Assert.That(reply.Content, equalTo [ AssistantPart.Thought "Hm"; AssistantPart.Text "Hi" ])
    Assert.That(reply.FinishReason, equalTo None)

[<TestCase("""{"object":"error","message":"No such model","type":"invalid_model","param":null,"code":"1500"}""", 400, "No such model")>]
[<TestCase("""{"message":"Unauthorized","request_id":"r"}""", 401, "Unauthorized")>]
[<TestCase("""{"detail":"Not here"}""", 404, "Not here")>]
[<TestCase("""{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]}""", 422, "Field required")>]
[<TestCase("""{"message":"Slow down"}""", 429, "Slow down")>]
let ``chat: Mistral has five shapes of errors`` (body: string, status: int, words: string) =
    let error = refused chat status body
    Assert.That(messageOf error, Does.Contain words)

    match status, error with
    | (400 | 422), LlmError.BadRequest _
    | 401, LlmError.Authentication _
    | 404, LlmError.NotFound _
    | 429, LlmError.RateLimit _ -> ()
    | _ -> Assert.Fail $"{error}"

[<Test>]
let ``responses: Bedrock's events begin with their data, have times in parts of seconds and calls without an id of their own`` () =
    let item =
        """{"type":"function_call","item_id":"fc_1","call_id":"c1","name":"look","arguments":"{}","status":"completed"}"""

    let event name data = $"data: {data}\nevent: {name}\n\n"

    let body =
        event "response.created" """{"type":"response.created","response":{"id":"r","created_at":1764853030.123,"model":"m","output":[]}}"""
        + event
            "response.output_item.added"
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","item_id":"fc_1","call_id":"c1","name":"look","arguments":""}}"""
        + event "response.output_item.done" $"""{{"type":"response.output_item.done","output_index":0,"item":{item}}}"""
        + event
            "response.completed"
            $"""{{"type":"response.completed","response":{{"id":"r","created_at":1764853030.123,"model":"m","status":"completed","output":[{item}]}}}}"""

    let reply = streamed responses body
    Assert.That(callsOf reply, equalTo [ "look", "{}" ])
    Assert.That(Content.toolCalls reply.Content |> List.map _.Id, equalTo [ "c1" ])

[<Test>]
let ``messages: a tool without arguments gives an empty delta, and is called with none`` () =
    let body =
        events
            [
                """{"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":727,"output_tokens":1}}}"""
                """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"look","input":{}}}"""
                """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}}"""
                """{"type":"content_block_stop","index":0}"""
                """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_details":null},"usage":{"input_tokens":1595,"output_tokens":9}}"""
                """{"type":"message_stop"}"""
            ]

    let reply = streamed anthropic body
    Assert.That(callsOf reply, equalTo [ "look", "{}" ])
    // The last count is the one that counts.
    Assert.That(reply.Usage |> Option.map (fun usage -> usage.InputTokens, usage.OutputTokens), equalTo (Some(1595L, 9L)))

[<Test>]
let ``messages: a refusal says why in details that change nothing`` () =
    let body =
        """{"type":"message","id":"m","model":"c","role":"assistant","content":[],"stop_reason":"refusal",
            "stop_details":{"type":"refusal","category":"x","explanation":"y"},"usage":{"input_tokens":1,"output_tokens":0}}"""

    Assert.That((whole anthropic body).FinishReason, equalTo (Some FinishReason.Refusal))

[<Test>]
let ``messages: low credit is a bad request, as its status says`` () =
    let body = """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low."}}"""

    match refused anthropic 400 body with
    | LlmError.BadRequest _ -> ()
    | other -> Assert.Fail $"{other}"

[<TestCase("SAFETY")>]
[<TestCase("MALFORMED_FUNCTION_CALL")>]
let ``generateContent: an answer may have no content at all`` (word: string) =
    let reply = whole gemini $"""{{"candidates":[{{"content":{{}},"finishReason":"{word}","index":0}}],"modelVersion":"g"}}"""
    Assert.That(reply.Content, Is.Empty)

    let expected = if word = "SAFETY" then FinishReason.Refusal else FinishReason.Other word
    Assert.That(reply.FinishReason, equalTo (Some expected))

[<Test>]
let ``generateContent: Vertex AI streams an array where nobody asked for events`` () =
    let part text finish = $"""{{"candidates":[{{"content":{{"role":"model","parts":[{{"text":"{text}"}}]}}{finish}}}]}}"""
    let body = "[" + part "Hel" "" + "\r\n,\r\n" + part "lo" ",\"finishReason\":\"STOP\"" + "]"
    Assert.That(Content.texts (streamed vertex body).Content |> String.concat "", equalTo "Hello")

[<Test>]
let ``converse: a tool's result in an answer is kept for the way back`` () =
    let result = """{"toolResult":{"toolUseId":"t1","content":[{"text":"found"}],"type":"nova_grounding_result"}}"""

    let body =
        $"""{{"output":{{"message":{{"role":"assistant","content":[{result},{{"text":"Here."}}]}}}},"stopReason":"end_turn",
            "usage":{{"inputTokens":1,"outputTokens":2,"totalTokens":3}}}}"""

    let reply = whole converse body

    match reply.Content with
    | [ AssistantPart.Other other; AssistantPart.Text "Here." ] ->
        Assert.That(other.Kind, equalTo "nova_grounding_result")
        Assert.That(Json.text other.Json, Does.Contain "found")
    | other -> Assert.Fail $"{other}"
