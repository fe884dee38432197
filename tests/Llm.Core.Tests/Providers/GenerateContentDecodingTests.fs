// What generateContent means, case by case.
namespace Llm.Core.Tests

open NUnit.Framework
open Llm.Core

module GenerateContentDecoding =
    open GeminiFixture

    let private event parts = event parts "" None

    let private ended parts = GeminiFixture.event parts ",\"finishReason\":\"STOP\"" None

    let private nativeOf (reply: Reply) = reply.Native |> Option.map Json.text |> Option.defaultValue ""

    [<Test>]
    let ``neighbouring texts of a whole answer are one text`` () =
        let reply =
            decode (ended [ "{\"text\":\"a\"}"; "{\"text\":\"b\"}"; "{\"text\":\"t\",\"thought\":true}"; "{\"text\":\"c\"}" ])

        Assert.That(reply.Content, equalTo [ AssistantPart.Text "ab"; AssistantPart.Thought "t"; AssistantPart.Text "c" ])

    [<Test>]
    let ``a signature in a closing empty text goes back and shows nothing`` () =
        let reply =
            complete (
                sse [ event [ "{\"text\":\"a\"}" ]; event [ "{\"text\":\"b\"}" ]; ended [ "{\"text\":\"\",\"thoughtSignature\":\"s\"}" ] ]
            )

        Assert.That(reply.Content, equalTo [ AssistantPart.Text "ab" ])
        Assert.That(nativeOf reply, equalTo "[{\"text\":\"ab\"},{\"text\":\"\",\"thoughtSignature\":\"s\"}]")

    [<Test>]
    let ``a signature on the first text stays on it`` () =
        let reply = complete (sse [ event [ "{\"text\":\"a\",\"thoughtSignature\":\"s\"}" ]; ended [ "{\"text\":\"b\"}" ] ])

        Assert.That(reply.Content, equalTo [ AssistantPart.Text "ab" ])
        Assert.That(nativeOf reply, equalTo "[{\"text\":\"ab\",\"thoughtSignature\":\"s\"}]")

    [<Test>]
    let ``a call without an id gets one of ours, which no other call of the answer has`` () =
        let call = "{\"functionCall\":{\"name\":\"f\",\"args\":{ \"n\" : 1 }}}"
        let reply = complete (sse [ event [ call; call ]; ended [] ])

        Assert.That(
            reply.Content,
            equalTo
                [
                    AssistantPart.ToolCall { Id = "llm_answer_1_0"; Name = "f"; Arguments = "{\"n\":1}" }
                    AssistantPart.ToolCall { Id = "llm_answer_1_1"; Name = "f"; Arguments = "{\"n\":1}" }
                ]
        )

    [<TestCase "">]
    [<TestCase ",\"args\":null">]
    [<TestCase ",\"args\":{}">]
    let ``a call without arguments has an empty object`` (args: string) =
        let reply = complete (sse [ ended [ "{\"functionCall\":{\"name\":\"f\"" + args + "}}" ] ])

        match reply.Content with
        | [ AssistantPart.ToolCall call ] -> Assert.That(call.Arguments, equalTo "{}")
        | other -> Assert.Fail $"{other}"

    let private partial values more =
        let continues = if more then ",\"willContinue\":true" else ""
        let all = String.concat "," values
        event [ $"{{\"functionCall\":{{\"partialArgs\":[{all}]{continues}}}}}" ]

    let private opening = event [ "{\"functionCall\":{\"name\":\"f\",\"willContinue\":true},\"thoughtSignature\":\"s\"}" ]

    [<Test>]
    let ``arguments that come value by value are put together`` () =
        let reply =
            complete (
                sse
                    [
                        opening
                        partial [ "{\"jsonPath\":\"$.city\",\"stringValue\":\"Par\",\"willContinue\":true}" ] true
                        partial [ "{\"jsonPath\":\"$.city\",\"stringValue\":\"is\"}"; "{\"jsonPath\":\"$.days\",\"numberValue\":3}" ] true
                        partial
                            [
                                "{\"jsonPath\":\"$.at[0].hot\",\"boolValue\":true}"
                                "{\"jsonPath\":\"$.at[1]['odd.name']\",\"nullValue\":null}"
                            ]
                            true
                        event [ "{\"functionCall\":{}}" ]
                        opening
                        ended [ "{\"functionCall\":{}}" ]
                    ]
            )

        let arguments = "{\"city\":\"Paris\",\"days\":3,\"at\":[{\"hot\":true},{\"odd.name\":null}]}"

        Assert.That(
            reply.Content,
            equalTo
                [
                    AssistantPart.ToolCall { Id = "llm_answer_1_0"; Name = "f"; Arguments = arguments }
                    AssistantPart.ToolCall { Id = "llm_answer_1_1"; Name = "f"; Arguments = "{}" }
                ]
        )

        let item args = "{\"functionCall\":{\"name\":\"f\",\"args\":" + args + "},\"thoughtSignature\":\"s\"}"
        let first, second = item arguments, item "{}"
        Assert.That(nativeOf reply, equalTo $"[{first},{second}]")

    [<Test>]
    let ``a call whose arguments are cut off is no part of what came`` () =
        match read (sse [ event [ "{\"text\":\"a\"}" ]; opening; partial [ "{\"jsonPath\":\"$.x\",\"numberValue\":1}" ] true ]) with
        | _, Ending.Truncated reply -> Assert.That(reply.Content, equalTo [ AssistantPart.Text "a" ])
        | _, other -> Assert.Fail $"{other}"

    [<TestCase("$.a.b", "{\"a\":{\"b\":1}}")>]
    [<TestCase("$['a'][\"b\"]", "{\"a\":{\"b\":1}}")>]
    [<TestCase("$.a[7]", "{\"a\":[1]}")>]
    [<TestCase("$['it\\'s']", "{\"it's\":1}")>]
    [<TestCase("$", "{}")>]
    [<TestCase("", "{}")>]
    [<TestCase("a", "{}")>]
    [<TestCase("$[0]", "{}")>]
    [<TestCase("$.a[", "{}")>]
    [<TestCase("$.a[-1]", "{}")>]
    [<TestCase("$['a", "{}")>]
    let ``a path is read as RFC 9535 says, and one that is no path is left out`` (path: string) (expected: string) =
        let piece = { Path = path; Value = ValueSome "1"; Text = ""; Continues = false }
        Assert.That(PartialArguments.toObject [ piece ], equalTo expected)

    [<Test>]
    let ``a path without end does no harm`` () =
        let piece = { Path = "$" + String.replicate 100000 ".a"; Value = ValueSome "1"; Text = ""; Continues = false }
        Assert.That(PartialArguments.toObject [ piece ], equalTo "{}")

    [<TestCase("\"STOP\"", "")>]
    [<TestCase("1", "")>]
    [<TestCase("\"MAX_TOKENS\"", "max_tokens")>]
    [<TestCase("2", "max_tokens")>]
    [<TestCase("\"SAFETY\"", "refusal")>]
    [<TestCase("\"MODEL_ARMOR\"", "refusal")>]
    [<TestCase("8", "refusal")>]
    [<TestCase("10", "MALFORMED_FUNCTION_CALL")>]
    [<TestCase("77", "77")>]
    [<TestCase("\"SOMETHING_NEW\"", "SOMETHING_NEW")>]
    let ``a finish reason has its meaning, as a word or as a number`` (reason: string) (expected: string) =
        let reply = complete (sse [ GeminiFixture.event [ "{\"text\":\"a\"}" ] (",\"finishReason\":" + reason) None ])
        let name = reply.FinishReason |> Option.map FinishReason.name |> Option.defaultValue ""
        Assert.That(name, equalTo expected)

    [<Test>]
    let ``Vertex has numbers of its own`` () =
        let vertex = GenerateContent.codec GenerateContentDialect.vertex
        let body = bytes (GeminiFixture.event [] ",\"finishReason\":9" None)
        let reason = Codec.decode body vertex |> Result.map (fun reply -> reply.FinishReason)
        Assert.That(reason, equalTo (Ok(Some(FinishReason.Other "MALFORMED_FUNCTION_CALL")): Result<_, LlmError>))

    [<TestCase "null">]
    [<TestCase "0">]
    [<TestCase "\"\"">]
    [<TestCase "\"FINISH_REASON_UNSPECIFIED\"">]
    let ``no reason is no proof`` (reason: string) =
        match read (sse [ GeminiFixture.event [ "{\"text\":\"a\"}" ] (",\"finishReason\":" + reason) None ]) with
        | _, Ending.Truncated _ -> ()
        | _, other -> Assert.Fail $"{other}"

    [<Test>]
    let ``a pause to run code is not the end`` () =
        let code = "{\"executableCode\":{\"language\":\"PYTHON\",\"code\":\"1\"}}"

        match read (sse [ ended [ code ] ]) with
        | _, Ending.Truncated reply -> Assert.That(reply.Content.Length, equalTo 1)
        | _, other -> Assert.Fail $"{other}"

        let reply = complete (sse [ ended [ code ]; event [ "{\"text\":\"a\"}" ]; ended [ "{\"text\":\"b\"}" ] ])

        Assert.That(reply.Content |> List.last, equalTo (AssistantPart.Text "ab"))
        Assert.That((decode (ended [ code ])).Content.Length, equalTo 1)

    [<Test>]
    let ``a blocked prompt is a refusal without parts`` () =
        let body = "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":4}}"

        for reply in [ decode body; complete (sse [ body ]) ] do
            Assert.That(reply.Content, Is.Empty)
            Assert.That(reply.FinishReason, equalTo (Some FinishReason.Refusal))
            Assert.That(reply.Usage, equalTo (Some { Usage.zero with InputTokens = 4L }))

    [<TestCase "{}">]
    [<TestCase "{\"parts\":null}">]
    [<TestCase "null">]
    let ``a candidate may have no parts`` (content: string) =
        let reply = complete (sse [ "{\"candidates\":[{\"content\":" + content + ",\"finishReason\":\"SAFETY\"}]}" ])
        Assert.That(reply.Content, Is.Empty)
        Assert.That(reply.FinishReason, equalTo (Some FinishReason.Refusal))

    [<Test>]
    let ``each counter's last value counts, and usage is said only when it changed`` () =
        let counted counters parts rest =
            "{\"usageMetadata\":{" + counters + "},\"candidates\":[{\"content\":{\"parts\":[" + parts + "]}" + rest + "}]}"

        let first = "\"promptTokenCount\":10,\"cachedContentTokenCount\":4"

        let last =
            "\"toolUsePromptTokenCount\":5,\"candidatesTokenCount\":7,\"thoughtsTokenCount\":2,\
             \"candidatesTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":3}]"

        let chunks, ending =
            read (
                sse
                    [
                        counted first "{\"text\":\"a\"}" ""
                        counted first "{\"text\":\"b\"}" ""
                        counted "" "{\"text\":\"c\"}" ""
                        counted last "" ",\"finishReason\":\"STOP\""
                    ]
            )

        let updates =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.Usage update -> Some update
                | _ -> None)

        Assert.That(updates.Length, equalTo 2)

        match ending with
        | Ending.Complete reply ->
            Assert.That(
                reply.Usage,
                equalTo (
                    Some
                        { Usage.zero with
                            InputTokens = 15L
                            OutputTokens = 9L
                            CacheReadTokens = 4L
                            ReasoningTokens = 2L
                            AudioOutputTokens = 3L
                        }
                )
            )
        | other -> Assert.Fail $"{other}"

    [<TestCase "{}">]
    [<TestCase "{\"trafficType\":\"ON_DEMAND\"}">]
    let ``usage without counts is absent`` (metadata: string) =
        let reply = complete (sse [ "{\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":" + metadata + "}" ])
        Assert.That(reply.Usage, equalTo (None: Usage option))

    [<Test>]
    let ``an error inside a stream fails it and keeps what came`` () =
        match
            read (sse [ event [ "{\"text\":\"a\"}" ]; "{\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}" ])
        with
        | _, Ending.Failed(reply, LlmError.Server error) ->
            Assert.That(reply.Content, equalTo [ AssistantPart.Text "a" ])
            Assert.That(error.Status, equalTo (Some 503))
        | _, other -> Assert.Fail $"{other}"

    [<Test>]
    let ``an error in an array is an error`` () =
        match Codec.decode (bytes "[{\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\"}}]") codec with
        | Error(LlmError.RateLimit error) -> Assert.That(error.Message, equalTo "slow down")
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``an error tells how long to wait`` () =
        let body =
            "{\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\",\
             \"details\":[{\"retryDelay\":\"34.5s\"}]}}"

        match codec.DecodeError { Status = 429; Headers = []; Body = bytes body } with
        | LlmError.RateLimit error -> Assert.That(error.RetryAfter, equalTo (Some(System.TimeSpan.FromSeconds 34.5)))
        | other -> Assert.Fail $"{other}"

    [<TestCase "">]
    [<TestCase "<html>">]
    [<TestCase "{}">]
    [<TestCase "[]">]
    [<TestCase "null">]
    [<TestCase "{\"hello\":1}">]
    let ``a whole body that is no answer cannot be read`` (body: string) =
        match Codec.decode (bytes body) codec with
        | Error(LlmError.InvalidResponse _) -> ()
        | other -> Assert.Fail $"{other}"

    [<TestCase "null">]
    [<TestCase "7">]
    [<TestCase "{\"candidates\":7}">]
    [<TestCase "{\"candidates\":[7,null]}">]
    [<TestCase "{\"candidates\":[{\"content\":{\"parts\":[null,7,{},{\"text\":7},{\"functionCall\":7},{\"inlineData\":{}}]}}]}">]
    let ``events of other shapes do not break a stream`` (data: string) =
        match read (sse [ data; ended [ "{\"text\":\"a\"}" ] ]) with
        | _, Ending.Complete reply -> Assert.That(reply.Content |> List.last, equalTo (AssistantPart.Text "a"))
        | _, other -> Assert.Fail $"{other}"

    [<Test>]
    let ``what has no part of its own is kept as it came`` () =
        let code = "{\"executableCode\":{\"code\":\"1\"},\"thoughtSignature\":\"s\"}"
        let reply = decode (ended [ code ])

        Assert.That(nativeOf reply, equalTo $"[{code}]")

        match reply.Content with
        | [ AssistantPart.Other other ] ->
            Assert.That(other.Kind, equalTo "executableCode")
            Assert.That(Json.text other.Json, equalTo code)
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``pieces of audio are one audio`` () =
        let piece data = "{\"inlineData\":{\"mimeType\":\"audio/L16\",\"data\":\"" + data + "\"}}"
        let reply = complete (sse [ event [ piece "AQI=" ]; ended [ piece "Aw==" ] ])
        let data = Bytes.ofArray [| 1uy; 2uy; 3uy |]
        Assert.That(reply.Content, equalTo [ AssistantPart.Audio { Id = None; Data = data; Transcript = "" } ])

    [<Test>]
    let ``only the first candidate is read`` () =
        let reply =
            complete (
                sse
                    [
                        "{\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"text\":\"x\"}]},\"finishReason\":\"STOP\"}]}"
                        "{\"candidates\":[{\"index\":0,\"content\":{\"parts\":[{\"text\":\"y\"}]},\"finishReason\":\"STOP\"}]}"
                    ]
            )

        Assert.That(reply.Content, equalTo [ AssistantPart.Text "y" ])
