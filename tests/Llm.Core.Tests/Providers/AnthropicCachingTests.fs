/// What Anthropic is told to cache.
module Llm.Core.Tests.AnthropicCachingTests

open System.Text
open System.Text.RegularExpressions
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private codec = AnthropicMessages.codec AnthropicDialect.standard

let private encode = encodeWith codec

let private mark = """{"type":"ephemeral"}"""

let private request messages : Request = Request.create "claude-sonnet-4-0" Params.none false messages

let private with' caching (request: Request) : Request = { request with Params = { Params.none with PromptCaching = caching } }

let private opening = [ Message.system "A"; Message.system "B"; Message.user "Hi" ]

let private goingOn = opening @ [ Message.assistant "Hello"; Message.user "More" ]

[<Test>]
let ``the last tool and the last system text are cached, a first question is not`` () =
    let encoded = request opening |> withTools ToolChoice.Auto [ tool "look"; tool "go" ] |> encode
    Assert.That(at "tools/0/cache_control" encoded + at "system/0/cache_control" encoded, Is.Empty)
    Assert.That(at "tools/1/cache_control" encoded, equalTo mark)
    Assert.That(at "system/1/cache_control" encoded, equalTo mark)
    Assert.That(at "messages/0/content" encoded, equalTo "\"Hi\"")

[<Test>]
let ``a conversation that goes on is cached up to its last message`` () =
    let encoded = encode (request goingOn)
    Assert.That(at "messages/1/content" encoded, equalTo "\"Hello\"")
    Assert.That(at "messages/2/content" encoded, equalTo ("[{\"type\":\"text\",\"text\":\"More\",\"cache_control\":" + mark + "}]"))

[<Test>]
let ``of several blocks the last is marked`` () =
    let outputs =
        [ "a"; "b" ]
        |> List.map (fun id -> UserPart.ToolOutput { Id = id; Name = "look"; Result = "1"; IsError = false })
        |> Message.userParts

    let call = Message.assistantParts [ AssistantPart.ToolCall { Id = "a"; Name = "look"; Arguments = "{}" } ]

    match outputs with
    | Ok outputs ->
        let encoded = encode (request [ Message.user "Hi"; call; outputs ])
        Assert.That(at "messages/2/content/0/cache_control" encoded, Is.Empty)
        Assert.That(at "messages/2/content/1/cache_control" encoded, equalTo mark)
    | Error error -> Assert.Fail(LlmError.render error)

[<Test>]
let ``a last message in the provider's own form is marked in it, past thoughts and servers' tools`` () =
    let native =
        """[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"a"},{"type":"server_tool_use","id":"s","name":"web_search","input":{}}]"""

    let paused =
        Message.Assistant
            {
                Content = [ AssistantPart.Text "a" ]
                Name = None
                Origin =
                    Some
                        {
                            Provider = "anthropic"
                            Api = "messages"
                            Model = "claude-sonnet-4-0"
                            Native = Some(json native)
                        }
            }

    let expected = native.Replace("\"text\":\"a\"", "\"text\":\"a\",\"cache_control\":" + mark)
    Assert.That(encode (request [ Message.user "Hi"; paused ]) |> at "messages/1/content", equalTo expected)

[<Test>]
let ``an hour is said, five minutes are not`` () =
    let hour = request goingOn |> with' (PromptCaching.For CacheLifetime.OneHour) |> encode
    Assert.That(at "system/1/cache_control" hour, equalTo """{"type":"ephemeral","ttl":"1h"}""")

    let minutes = request goingOn |> with' (PromptCaching.For CacheLifetime.FiveMinutes) |> encode
    Assert.That((body minutes).ToJsonString(), equalTo ((body (encode (request goingOn))).ToJsonString()))

let private hourMark = ""","cache_control":{"type":"ephemeral","ttl":"1h"}"""

/// A last message of one text, which need not be a list unless it is marked.
let private lastText = Regex("""\[\{"type":"text","text":("(?:[^"\\]|\\.)*")\}\]\}\]\}$""", RegexOptions.Singleline)

[<Law>]
let ``caching marks at most three places, and changes nothing else`` (request: Request) =
    let tooled = { request with Model = "claude-sonnet-4-0" } |> withTools ToolChoice.Required [ tool "look"; tool "go" ]

    let text caching = codec.Encode(with' caching tooled) |> Result.map (fun encoded -> RequestBody.text encoded.Body)

    match text PromptCaching.Off, text (PromptCaching.For CacheLifetime.OneHour) with
    | Ok plain, Ok marked ->
        let unmarked = marked.Replace(hourMark, "")
        let marks = (marked.Length - unmarked.Length) / hourMark.Length
        lastText.Replace(plain, "$1}]}") = lastText.Replace(unmarked, "$1}]}") && marks <= 3
    | first, second -> first = second
