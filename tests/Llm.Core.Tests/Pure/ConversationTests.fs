// Conversations come back from JSON as they were, and what cannot be read says where.
module Llm.Core.Tests.ConversationTests

open System
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private readBack (messages: Message list) = messages |> Conversation.toJson |> Conversation.ofJson

let private json (text: string) =
    match Json.tryParse text with
    | Ok json -> json
    | Error reason -> failwith reason

[<Law>]
let ``reading what was written gives the same conversation`` (messages: Message list) =
    Law.equal "ofJson (toJson x) = Ok x" (Ok messages) (readBack messages) |> Law.toProperty

[<Law>]
let ``what is written is JSON in valid UTF-16`` (messages: Message list) = messages |> Conversation.toJson |> Json.tryParse |> Result.isOk

[<Law>]
let ``reading any text or any cut of a stored one is total`` (text: string) (messages: Message list) (place: int) =
    let stored = Conversation.toJson messages
    let cut = stored.Substring(0, abs (place % (stored.Length + 1)))

    Law.all
        [
            Law.isTotal "any text" (fun () -> Conversation.ofJson text)
            Law.isTotal "cut text" (fun () -> Conversation.ofJson cut)
        ]
    |> Law.toProperty

[<Law>]
let ``members of other names change nothing`` (messages: Message list) (name: string) (value: Json) =
    let stored = Conversation.toJson messages
    let extra = Json.quote name + ":" + Json.text value
    let withExtra = [ "{" + extra + "," + stored.Substring 1; stored.Substring(0, stored.Length - 1) + "," + extra + "}" ]

    List.contains name [ "version"; "messages" ]
    || withExtra |> List.forall (fun text -> Conversation.ofJson text = Ok messages)

let private assistantWith (native: string) =
    Message.Assistant
        {
            Content = []
            Name = None
            Origin = Some { Provider = "p"; Api = "a"; Model = "m"; Native = Some(json native) }
        }

[<TestCase "null">]
[<TestCase "[ 1,\n 2.0, \"\\u0041\\ud83d\", {\"b\":1,\"a\":1,\"b\":2} ]">]
[<TestCase "\"\"">]
let ``the provider's own form comes back with the same text`` (native: string) =
    let messages = [ assistantWith native ]
    Assert.That(readBack messages, Is.EqualTo(Ok messages: Result<Message list, LlmError>))

[<Test>]
let ``the provider's own form may be as deep as JSON may be`` () =
    let messages = [ assistantWith (String('[', Json.maxDepth) + String(']', Json.maxDepth)) ]
    Assert.That(readBack messages, Is.EqualTo(Ok messages: Result<Message list, LlmError>))

[<Test>]
let ``the written form is the documented one`` () =
    let user =
        match
            Message.userParts
                [
                    UserPart.Text "hi"
                    UserPart.Image(Image.Inline("image/png", Bytes.ofArray "ab"B))
                    UserPart.ToolOutput { Id = "1"; Name = "add"; Result = "3"; IsError = false }
                ]
        with
        | Ok message -> Message.withName "Ann" message
        | Error error -> failwith (LlmError.render error)

    let assistant =
        Message.Assistant
            {
                Content = [ AssistantPart.ToolCall { Id = "1"; Name = "add"; Arguments = "{\"a\":1}" } ]
                Name = None
                Origin = Some { Provider = "openai"; Api = "chat"; Model = "gpt-5"; Native = Some(json "[{\"x\": 1}]") }
            }

    let expected =
        """{"version":1,"messages":[{"role":"system","text":"Be brief"},{"role":"assistant","content":[{"type":"tool_call","""
        + "\"id\":\"1\",\"name\":\"add\",\"arguments\":\"{\\\"a\\\":1}\"}],\"origin\":{\"provider\":\"openai\",\"api\":\"chat\","
        + "\"model\":\"gpt-5\",\"native\":[{\"x\": 1}]}},{\"role\":\"user\",\"name\":\"Ann\",\"content\":["
        + "{\"type\":\"text\",\"text\":\"hi\"},{\"type\":\"image\",\"media_type\":\"image/png\",\"data\":\"YWI=\"},"
        + "{\"type\":\"tool_output\",\"id\":\"1\",\"name\":\"add\",\"result\":\"3\",\"is_error\":false}]}]}"

    Assert.That(Conversation.toJson [ Message.system "Be brief"; assistant; user ], Is.EqualTo expected)

let private refused (text: string) =
    match Conversation.ofJson text with
    | Error(LlmError.InvalidJson(path, reason)) -> path, reason
    | other -> failwith $"%A{other}"

[<TestCase("[]", "$.version", "it is missing")>]
[<TestCase("{\"messages\":[]}", "$.version", "it is missing")>]
[<TestCase("{\"version\":2,\"messages\":[]}", "$.version", "unknown version 2: this release reads version 1")>]
[<TestCase("{\"version\":1}", "$.messages", "it is missing")>]
[<TestCase("{\"version\":1,\"messages\":{}}", "$.messages", "it is not an array")>]
[<TestCase("{\"version\":1,\"messages\":[1]}", "$.messages[0].role", "it is missing")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"tool\"}]}", "$.messages[0].role", "unknown role \"tool\"")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"system\",\"text\":1}]}", "$.messages[0].text", "it is not a string")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"user\",\"content\":[]}]}",
           "$.messages[0].content",
           "a user message needs at least one part")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"thought\"}]}]}",
           "$.messages[0].content[0].type",
           "unknown part of a user message \"thought\"")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"audio\",\"data\":\"*\",\"transcript\":\"\"}]}]}",
           "$.messages[0].content[0].data",
           "it is not base64")>]
[<TestCase("{\"version\":1,\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"other\",\"kind\":\"k\"}]}]}",
           "$.messages[0].content[0].json",
           "it is missing")>]
let ``what cannot be read says where and why`` (text: string) (path: string) (reason: string) =
    Assert.That(refused text, Is.EqualTo((path, reason)))

[<Test>]
let ``text that is no JSON says so at the root`` () =
    Assert.That(fst (refused "{\"version\":1"), Is.EqualTo "$")
    Assert.That(fst (refused $"\"{char 0xD83D}\""), Is.EqualTo "$")
