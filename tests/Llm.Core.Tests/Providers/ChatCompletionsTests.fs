/// Chat completions: what streams and whole answers of OpenAI and those who speak like it mean. All traffic here is made up.
module Llm.Core.Tests.ChatCompletionsTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.ChatCompletionsFixture

// ---------------------------------------------------------------- streams

[<Test>]
let ``a stream of text is complete at its finish reason`` () =
    let reply = complete [ content "Hel"; content "lo"; finish "stop" ]
    parts [ AssistantPart.Text "Hello" ] reply
    same (Some "c-1") reply.Id
    same (Some "m-1") reply.Model
    same None reply.FinishReason

[<Test>]
let ``nothing after done is read`` () =
    complete [ content "a"; finish "stop"; "[DONE]"; content "b"; "no json" ] |> parts [ AssistantPart.Text "a" ]

[<Test>]
let ``done proves a stream without a finish reason`` () = complete [ content "a"; "[DONE]" ] |> parts [ AssistantPart.Text "a" ]

[<Test>]
let ``an error object fails the stream wherever it stands`` () =
    let error = """{"error":{"code":429,"message":"slow down"}}"""
    let isRateLimit events = (failure events).IsRateLimit
    Assert.That(isRateLimit [ error; "[DONE]" ], "first")
    Assert.That(isRateLimit [ content "a"; error ], "later")
    Assert.That(isRateLimit [ finish "stop"; """{"choices":[],"error":{"code":429,"message":"late"}}""" ], "after the finish")

[<Test>]
let ``an event that is named error is one`` () =
    let body = "event: error\ndata: {\"message\":\"out of order\",\"code\":503}\n\n"

    match Reading.read codec [ bytes body ] with
    | _, Ending.Failed(_, LlmError.Server error) -> same "out of order" error.Message
    | other -> failwith $"{other}"

[<Test>]
let ``data that is no JSON is an error when more follows and a cut when nothing does`` () =
    Assert.That((failure [ "{\"choi"; content "a" ]).IsInvalidResponse)

    match read [ content "a"; "{\"choi" ] with
    | _, Ending.Truncated partial -> parts [ AssistantPart.Text "a" ] partial
    | other -> failwith $"{other}"

[<Test>]
let ``a whole answer to a streamed request is read as one`` () =
    let body = answer """{"role":"assistant","content":"all at once"}""" "stop"
    complete [ body ] |> parts [ AssistantPart.Text "all at once" ]

    match Reading.read codec [ bytes body ] with
    | _, Ending.Complete reply -> parts [ AssistantPart.Text "all at once" ] reply
    | other -> failwith $"{other}"

[<Test>]
let ``a member whose name holds half of a pair is passed over`` () =
    let odd = chunk """{"content":" there","\ud83d":1}"""
    complete [ content "Hi"; odd; finish "stop" ] |> parts [ AssistantPart.Text "Hi there" ]

    wholeReply """{"\ud83d":1,"choices":[{"message":{"content":"Hi","tool_calls":[{"id":"a","\ud83d":1,"function":{"name":"f"}}]}}]}"""
    |> parts [ AssistantPart.Text "Hi"; call "a" "f" "{}" ]

    complete [ callDelta """{"index":0,"id":"a","\ud83d":1,"function":{"name":"f","arguments":"{}"}}"""; finish "stop" ]
    |> parts [ call "a" "f" "{}" ]

[<Test>]
let ``a message with a call that has no id does not go back as it came`` () =
    let withId (id: string) =
        answer
            $"""{{"role":"assistant","tool_calls":[{{{id}"type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}}"""
            "tool_calls"

    same true (wholeReply (withId "\"id\":\"a\",")).Native.IsSome
    same None (wholeReply (withId "")).Native

[<Test>]
let ``the message so far beside each delta is not read twice`` () =
    let beside delta soFar reason =
        $"""{{"choices":[{{"index":0,"delta":{{"content":"{delta}"}},"message":{{"content":"{soFar}"}},"finish_reason":{reason}}}]}}"""

    complete [ beside "a" "a" "null"; beside "b" "ab" "null"; beside "" "ab" "\"stop\"" ]
    |> parts [ AssistantPart.Text "ab" ]

[<Test>]
let ``a later null does not take a finish reason back, and a refusal beats a later stop`` () =
    let reply = complete [ content "a"; finish "length"; chunk "{}"; "[DONE]" ]
    same (Some FinishReason.MaxTokens) reply.FinishReason
    same (Some FinishReason.Refusal) (complete [ finish "content_filter"; finish "stop" ]).FinishReason

[<Test>]
let ``a refusal is text and the reason`` () =
    let reply = complete [ chunk """{"refusal":"I "}"""; chunk """{"refusal":"cannot"}"""; finish "stop" ]
    parts [ AssistantPart.Text "I cannot" ] reply
    same (Some FinishReason.Refusal) reply.FinishReason

[<Test>]
let ``finish reasons are read in all their spellings`` () =
    let reasonOf word = (complete [ finish word ]).FinishReason
    same None (reasonOf "eos")
    same None (reasonOf "tool_calls")
    same (Some FinishReason.ContextLengthExceeded) (reasonOf "model_length")
    same (Some(FinishReason.Other "nap")) (reasonOf "nap")

[<Test>]
let ``other choices, empty choices and missing choices are passed over`` () =
    complete
        [
            """{"choices":[],"prompt_filter_results":[]}"""
            """{"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"}}]}"""
            """{"moderation":{}}"""
            """{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"""
            finish "stop"
        ]
    |> parts [ AssistantPart.Text "yes" ]

[<Test>]
let ``an emoji whose escapes are cut in two is put together`` () =
    complete [ chunk """{"content":"\ud83d"}"""; chunk """{"content":"\ude42"}"""; finish "stop" ]
    |> parts [ AssistantPart.Text "🙂" ]

// ---------------------------------------------------------------- thoughts

[<Test>]
let ``reasoning is taken once from its three places`` () =
    let details = """[{"type":"reasoning.text","text":"think","index":0}]"""
    let delta = $"""{{"reasoning_content":"think","reasoning":"think","reasoning_details":{details}}}"""

    complete [ chunk delta; content "so"; finish "stop" ]
    |> parts [ AssistantPart.Thought "think"; AssistantPart.Text "so" ]

    complete [ chunk $"""{{"reasoning_details":{details}}}"""; finish "stop" ] |> parts [ AssistantPart.Thought "think" ]

[<Test>]
let ``reasoning details go back put together, with the signature and the calls`` () =
    let detail json = chunk $"""{{"reasoning_details":[{json}]}}"""

    let reply =
        complete
            [
                detail """{"type":"reasoning.text","text":"thi","index":0,"format":"f"}"""
                detail """{"type":"reasoning.text","text":"nk","index":0,"signature":null}"""
                detail """{"type":"reasoning.text","signature":"sig","index":0}"""
                detail """{"type":"reasoning.encrypted","data":"xyz","index":1}"""
                content "a"
                callDelta """{"index":0,"id":"i","function":{"name":"n","arguments":"{}"},"extra_content":{"s":1}}"""
                finish "tool_calls"
            ]

    parts [ AssistantPart.Thought "think"; AssistantPart.Text "a"; call "i" "n" "{}" ] reply
    use document = Json.JsonDocument.Parse(Json.text reply.Native.Value)
    let message = document.RootElement[0]
    same "a" (message.GetProperty("content").GetString())
    same 2 (message.GetProperty("reasoning_details").GetArrayLength())
    let first = message.GetProperty("reasoning_details")[0]

    same
        ("think", "sig", "f")
        (first.GetProperty("text").GetString(), first.GetProperty("signature").GetString(), first.GetProperty("format").GetString())

    let call = message.GetProperty("tool_calls")[0]
    same "{}" (call.GetProperty("function").GetProperty("arguments").GetString())
    same 1 (call.GetProperty("extra_content").GetProperty("s").GetInt32())

[<Test>]
let ``thinking chunks of a content list are thoughts`` () =
    let thinking text = $"""{{"type":"thinking","thinking":[{{"type":"text","text":"{text}"}}]}}"""

    let streamed =
        complete
            [
                chunk $"""{{"content":[{thinking "a"}]}}"""
                chunk $"""{{"content":[{thinking "b"},{{"type":"text","text":"c"}}]}}"""
                content "d"
                finish "stop"
            ]

    parts [ AssistantPart.Thought "ab"; AssistantPart.Text "cd" ] streamed

    wholeReply (
        answer $"""{{"content":[{thinking "ab"},{{"type":"text","text":"cd"}},{{"type":"reference","reference_ids":[1]}}]}}""" "stop"
    )
    |> fun reply ->
        parts
            [
                AssistantPart.Thought "ab"
                AssistantPart.Text "cd"
                AssistantPart.Other
                    {
                        Kind = "reference"
                        Json = Json.tryParse """{"type":"reference","reference_ids":[1]}""" |> Result.defaultValue (Json.ofString "")
                    }
            ]
            reply

// ---------------------------------------------------------------- tool calls

[<Test>]
let ``parallel calls whose deltas are mixed stay apart`` () =
    complete
        [
            callDelta """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"""
            callDelta """{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}"""
            callDelta """{"index":1,"function":{"arguments":"{\"y\":"}}"""
            callDelta """{"index":0,"function":{"arguments":"{\"x\":"}}"""
            callDelta """{"index":1,"function":{"arguments":"2}"}}"""
            callDelta """{"index":0,"function":{"arguments":"1}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{\"x\":1}"; call "b" "g" "{\"y\":2}" ]

[<Test>]
let ``empty and repeated ids, empty lists and null start no call`` () =
    complete
        [
            chunk """{"tool_calls":[]}"""
            chunk """{"tool_calls":null}"""
            callDelta """{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"""
            callDelta """{"index":0,"id":"","type":"function","function":{"name":"","arguments":"\"x\""}}"""
            callDelta """{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{\"x\":1}" ]

[<Test>]
let ``calls that come whole are told apart though they share an index or have none`` () =
    let whole index id name = callDelta $"""{{{index}"id":"{id}","function":{{"name":"{name}","arguments":"{{}}"}}}}"""

    for index in [ "\"index\":0,"; "" ] do
        complete [ whole index "a" "f"; whole index "b" "f"; finish "stop" ] |> parts [ call "a" "f" "{}"; call "b" "f" "{}" ]

        complete [ whole index "" "f"; whole index "" "f"; whole index "" "g"; finish "stop" ]
        |> parts [ call "llm_c-1_0" "f" "{}"; call "llm_c-1_1" "f" "{}"; call "llm_c-1_2" "g" "{}" ]

[<Test>]
let ``arguments may be an object, null or missing`` () =
    let whole =
        answer
            """{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x": 1}}},{"id":"b","function":{"name":"g","arguments":null}},{"function":{"name":"h"}}]}"""
            "tool_calls"

    wholeReply whole |> parts [ call "a" "f" "{\"x\": 1}"; call "b" "g" "{}"; call "llm_c-1_2" "h" "{}" ]

[<Test>]
let ``a call whose name comes late begins then`` () =
    complete
        [
            callDelta """{"index":0,"id":"a","function":{"arguments":"{"}}"""
            callDelta """{"index":0,"function":{"name":"f"}}"""
            callDelta """{"index":0,"function":{"arguments":"}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{}" ]

[<Test>]
let ``text before and after a call stays in order`` () =
    complete
        [
            content "a"
            callDelta """{"index":0,"id":"i","function":{"name":"f","arguments":"{}"}}"""
            content "b"
            finish "stop"
        ]
    |> parts [ AssistantPart.Text "a"; call "i" "f" "{}"; AssistantPart.Text "b" ]

[<Test>]
let ``a call of a custom tool is kept as it is`` () =
    let expected = """{"id":"i","type":"custom","custom":{"name":"calc","input":"1 + 1"}}"""

    let streamed =
        complete
            [
                callDelta """{"index":0,"id":"i","type":"custom","custom":{"name":"calc","input":""}}"""
                callDelta """{"index":0,"custom":{"input":"1 + "}}"""
                callDelta """{"index":0,"custom":{"input":"1"}}"""
                finish "tool_calls"
            ]

    let part = AssistantPart.Other { Kind = "custom"; Json = Json.tryParse expected |> Result.defaultValue (Json.ofString "") }
    parts [ part ] streamed
    wholeReply (answer $"""{{"tool_calls":[{expected}]}}""" "tool_calls") |> parts [ part ]

// ---------------------------------------------------------------- audio and images

[<Test>]
let ``audio comes in pieces of base64 of any length, with its transcript`` () =
    let data = [| 1uy .. 40uy |]
    let text = Convert.ToBase64String data

    let streamed =
        complete
            [
                chunk """{"role":"assistant","audio":{"id":"au","transcript":"Hel"}}"""
                chunk $"""{{"audio":{{"data":"{text.Substring(0, 5)}"}}}}"""
                chunk """{"audio":{"transcript":"lo"}}"""
                chunk $"""{{"audio":{{"data":"{text.Substring 5}"}}}}"""
                """{"choices":[{"index":0,"delta":{"audio":{"expires_at":5}}}]}"""
                "[DONE]"
            ]

    let expected = [ AssistantPart.Audio { Id = Some "au"; Data = Bytes.ofArray data; Transcript = "Hello" } ]
    parts expected streamed

    wholeReply (answer $"""{{"content":null,"audio":{{"id":"au","data":"{text}","transcript":"Hello"}}}}""" "stop")
    |> parts expected

[<Test>]
let ``images come inline or by address`` () =
    let image url = $"""{{"type":"image_url","image_url":{{"url":"{url}"}}}}"""

    complete
        [
            chunk $"""{{"content":"","images":[{image "data:image/png;base64,AQI="},{image "https://example.org/i.png"}]}}"""
            finish "stop"
        ]
    |> parts
        [
            AssistantPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))
            AssistantPart.Image(Image.Url "https://example.org/i.png")
        ]

// ---------------------------------------------------------------- usage

[<Test>]
let ``usage is absent when the vendor sends none`` () = same None (complete [ content "a"; finish "stop"; "[DONE]" ]).Usage

[<Test>]
let ``usage comes in a chunk of its own, with the finish, or beside it`` () =
    let usage = """{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"""
    let expected = { Usage.zero with InputTokens = 5L; OutputTokens = 7L }

    for last in [ $"""{{"choices":[],"usage":{usage}}}"""; $"""{{"choices":[],"x_groq":{{"usage":{usage}}}}}""" ] do
        same expected (usageOf (complete [ content "a"; finish "stop"; last; """{"choices":[],"usage":null}"""; "[DONE]" ]))

    let withFinish = $"""{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}],"usage":{usage}}}"""
    same expected (usageOf (complete [ content "a"; withFinish ]))

[<Test>]
let ``a total that is larger by the reasoning means that the completion leaves it out`` () =
    let usage total =
        $"""{{"choices":[],"usage":{{"prompt_tokens":10,"completion_tokens":5,"total_tokens":{total},"completion_tokens_details":{{"reasoning_tokens":3}}}}}}"""

    let output total = (usageOf (complete [ finish "stop"; usage total ])).OutputTokens
    same 8L (output 18)
    same 5L (output 15)
    same 5L (output 99)

[<Test>]
let ``cached tokens are found by all their names, and audio by its details`` () =
    let read usage =
        usageOf (
            wholeReply $"""{{"choices":[{{"message":{{"content":"a"}}}}],"usage":{{"prompt_tokens":9,"completion_tokens":1,{usage}}}}}"""
        )

    for name in [ "cached_tokens"; "prompt_cache_hit_tokens"; "num_cached_tokens" ] do
        same 4L (read $"\"{name}\":4").CacheReadTokens

    same 2L (read "\"prompt_tokens_details\":{\"cached_tokens\":2},\"cached_tokens\":4").CacheReadTokens

    let audio = read "\"prompt_tokens_details\":{\"audio_tokens\":3},\"completion_tokens_details\":{\"audio_tokens\":1}"
    same (3L, 1L) (audio.AudioInputTokens, audio.AudioOutputTokens)

// ---------------------------------------------------------------- whole answers

[<Test>]
let ``a whole answer keeps the message for the way back`` () =
    let message = """{"role":"assistant","content":"a","annotations":[]}"""
    let reply = wholeReply (answer message "stop")
    same (Some $"[{message}]") (reply.Native |> Option.map Json.text)

[<Test>]
let ``a filtered answer without a message is a refusal without parts`` () =
    let reply = wholeReply """{"choices":[{"index":0,"finish_reason":"content_filter"}]}"""
    parts [] reply
    same (Some FinishReason.Refusal) reply.FinishReason

[<Test>]
let ``what is no answer is an error`` () =
    let error body =
        match decodeWhole body with
        | Error error -> error
        | Ok reply -> failwith $"{reply}"

    Assert.That((error "").IsInvalidResponse)
    Assert.That((error "<html>").IsInvalidResponse)
    Assert.That((error "{}").IsInvalidResponse)
    Assert.That((error """{"error":{"code":401,"message":"who"}}""").IsAuthentication)
    Assert.That((error """[{"error":{"code":404,"message":"what"}}]""").IsNotFound)
    Assert.That((error """{"choices":[{"message":{"content":"a"}}],"error":{"code":500,"message":"late"}}""").IsServer)
    Assert.That((error """{"object":"error","message":"odd","code":400}""").IsBadRequest)
