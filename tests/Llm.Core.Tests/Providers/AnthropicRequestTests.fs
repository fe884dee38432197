/// Anthropic's messages format, encoded: what a request becomes on the wire, what is left out with a warning, what is refused.
module Llm.Core.Tests.AnthropicRequestTests

open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core

/// Lists are compared as values.
let private equalTo (expected: 'value) = Is.EqualTo(box expected)

/// What is cached stands in AnthropicCachingTests.
let private uncached = { Params.none with PromptCaching = PromptCaching.Off }

let private request (messages: Message list) : Request = Request.create "claude-sonnet-4-0" uncached false messages

let private withParams (parameters: Params) : Request = { request [ Message.user "Hi" ] with Params = parameters }

let private encodeBy dialect (request: Request) : EncodedRequest =
    match (AnthropicMessages.codec dialect).Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private encode = encodeBy AnthropicDialect.standard

let private refusal (request: Request) : LlmError =
    match (AnthropicMessages.codec AnthropicDialect.standard).Encode request with
    | Ok _ -> failwith "it was encoded"
    | Error error -> error

let private json (encoded: EncodedRequest) : JsonNode = JsonNode.Parse(RequestBody.text encoded.Body)

let private relaxed = JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

/// The member at a path such as "messages/0/content", as JSON; empty where there is none.
let private at (path: string) (encoded: EncodedRequest) : string =
    let step (node: JsonNode) (name: string) =
        match node with
        | null -> null
        | :? JsonArray as items -> items[int name]
        | _ -> node[name]

    match path.Split '/' |> Array.fold step (json encoded) with
    | null -> ""
    | node -> node.ToJsonString relaxed

let private features (encoded: EncodedRequest) = encoded.Warnings |> List.map (fun warning -> warning.Feature)

let private parts (parts: UserPart list) =
    match Message.userParts parts with
    | Ok message -> message
    | Error error -> failwith (LlmError.render error)

let private thinking level : Thinking = { Level = level; IncludeThoughts = true; EncodeThoughtsAsText = false }

[<Test>]
let ``a text is a plain string, and max_tokens is always said`` () =
    let encoded = encode (request [ Message.user "Hi" ])

    Assert.That(
        (json encoded).ToJsonString(),
        equalTo """{"model":"claude-sonnet-4-0","max_tokens":16000,"messages":[{"role":"user","content":"Hi"}]}"""
    )

    Assert.That(encoded.Path, equalTo "v1/messages")
    Assert.That(encoded.Headers, equalTo [ "anthropic-version", "2023-06-01" ])

[<Test>]
let ``system messages that lead stand in order in their own place`` () =
    let encoded = encode (request [ Message.system "A"; Message.system ""; Message.system "B"; Message.user "Hi" ])
    Assert.That(at "system" encoded, equalTo """[{"type":"text","text":"A"},{"type":"text","text":"B"}]""")
    Assert.That(encoded.Warnings, Is.Empty)

[<Test>]
let ``a later system message joins them, with a warning`` () =
    let encoded = encode (request [ Message.system "A"; Message.user "Hi"; Message.system "B"; Message.user "There" ])
    Assert.That(at "system" encoded, equalTo """[{"type":"text","text":"A"},{"type":"text","text":"B"}]""")
    Assert.That(at "messages" encoded, equalTo """[{"role":"user","content":"Hi"},{"role":"user","content":"There"}]""")
    Assert.That(features encoded, equalTo [ "system" ])

[<Test>]
let ``every part of a user has its block, tool results first`` () =
    let image = UserPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))

    let encoded =
        [
            UserPart.Text "See"
            UserPart.Text ""
            image
            UserPart.Image(Image.Url "https://example.org/a.png")
            UserPart.Document(Document.Inline("application/pdf", Bytes.ofArray [| 3uy |]))
            UserPart.Document(Document.Text("text/html", "<p>"))
            UserPart.Document(Document.Url "https://example.org/a.pdf")
            UserPart.ToolOutput { Id = "functions.add:0"; Name = "add"; Result = "3"; IsError = false }
            UserPart.ToolOutput { Id = "b"; Name = "add"; Result = "no"; IsError = true }
        ]
        |> parts
        |> (fun message -> encode (request [ message ]))

    let expected =
        [
            """{"type":"tool_result","tool_use_id":"functions_add_0","content":"3"}"""
            """{"type":"tool_result","tool_use_id":"b","content":"no","is_error":true}"""
            """{"type":"text","text":"See"}"""
            """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQI="}}"""
            """{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}"""
            """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"Aw=="}}"""
            """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"<p>"}}"""
            """{"type":"document","source":{"type":"url","url":"https://example.org/a.pdf"}}"""
        ]

    Assert.That(at "messages/0/content" encoded, equalTo ("[" + String.concat "," expected + "]"))

[<Test>]
let ``media that Anthropic refuses are refused before the wire, with a way out`` () =
    let heic = UserPart.Image(Image.Inline("image/heic", Bytes.empty))
    let sound = UserPart.Audio { MediaType = "audio/wav"; Data = Bytes.empty }
    let sheet = UserPart.Document(Document.Inline("application/msword", Bytes.empty))

    for part in [ heic; sound; sheet ] do
        match refusal (request [ Message.userPart part ]) with
        | LlmError.FeatureNotSupported(_, "anthropic", Some "claude-sonnet-4-0", Some _) -> ()
        | other -> Assert.Fail $"{other}"

[<TestCase("")>]
[<TestCase(" \n")>]
let ``a user's message without content is refused`` (nothing: string) =
    Assert.That(refusal (request [ Message.user nothing ]), equalTo (LlmError.InvalidRequest("messages", "empty message content")))

[<Test>]
let ``an assistant's message without content is left out with a warning`` () =
    let encoded = encode (request [ Message.user "Hi"; Message.assistantParts []; Message.user "Well?" ])
    Assert.That(at "messages" encoded, equalTo """[{"role":"user","content":"Hi"},{"role":"user","content":"Well?"}]""")
    Assert.That(features encoded, equalTo [ "content" ])

[<Test>]
let ``an assistant's parts are translated, and what cannot be is named`` () =
    let message =
        Message.assistantParts
            [
                AssistantPart.Thought "hm"
                AssistantPart.Text "a"
                AssistantPart.ToolCall { Id = "functions.add:0"; Name = "add"; Arguments = "{\"a\":1}" }
                AssistantPart.ToolCall { Id = "b"; Name = "add"; Arguments = "{\"a\":" }
                AssistantPart.Image(Image.Url "https://example.org/a.png")
                AssistantPart.Audio { Id = None; Data = Bytes.empty; Transcript = "said" }
                AssistantPart.Other { Kind = "web_search_call"; Json = Json.ofString "" }
            ]

    let encoded = encode (request [ Message.user "Hi"; message ])

    let expected =
        [
            """{"type":"text","text":"a"}"""
            """{"type":"tool_use","id":"functions_add_0","name":"add","input":{"a":1}}"""
            """{"type":"tool_use","id":"b","name":"add","input":{}}"""
            """{"type":"text","text":"said"}"""
        ]

    Assert.That(at "messages/1/content" encoded, equalTo ("[" + String.concat "," expected + "]"))
    Assert.That(features encoded, equalTo [ "image"; "audio"; "web_search_call" ])

let private thoughtful native : Message =
    Message.Assistant
        {
            Content = [ AssistantPart.Thought "hm"; AssistantPart.Text "a" ]
            Name = None
            Origin =
                Some
                    {
                        Provider = "anthropic"
                        Api = "messages"
                        Model = "claude-sonnet-4-0"
                        Native = Json.tryParse native |> Result.toOption
                    }
        }

let private signed = """[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"a"}]"""

[<Test>]
let ``the same model gets back what it sent`` () =
    let encoded = encode (request [ Message.user "Hi"; thoughtful signed ])
    Assert.That(at "messages/1/content" encoded, equalTo signed)

[<Test>]
let ``blank texts that the model sent are not sent back, for they would be refused`` () =
    let native = signed.Replace("]", """,{"type":"text","text":"\n\n"}]""")
    Assert.That(at "messages/1/content" (encode (request [ Message.user "Hi"; thoughtful native ])), equalTo signed)

[<TestCase("7")>]
[<TestCase("[]")>]
let ``a native form that is no list of blocks is no obstacle`` (native: string) =
    let encoded = encode (request [ Message.user "Hi"; thoughtful native ])
    Assert.That(at "messages/1/content" encoded, equalTo """[{"type":"text","text":"a"}]""")

[<Test>]
let ``another model gets a translation`` () =
    let encoded = encode { request [ Message.user "Hi"; thoughtful signed ] with Model = "claude-opus-4-0" }
    Assert.That(at "messages/1/content" encoded, equalTo """[{"type":"text","text":"a"}]""")

[<Test>]
let ``thoughts go out as text where the caller says so`` () =
    let level = { thinking ThinkingLevel.None with EncodeThoughtsAsText = true }

    let encoded =
        encode
            { request [ Message.user "Hi"; thoughtful signed ] with
                Params = { uncached with Thinking = Some level }
            }

    Assert.That(at "messages/1/content" encoded, equalTo """[{"type":"text","text":"**Thinking:** hm"},{"type":"text","text":"a"}]""")

[<Test>]
let ``parameters have their names, and a seed is skipped`` () =
    let encoded =
        encode (
            withParams
                {
                    Temperature = Some 0.7
                    MaxTokens = Some 500
                    TopP = Some 0.3
                    TopK = Some 50
                    Seed = Some 42L
                    StopSequences = [ "4242" ]
                    Thinking = Some(thinking ThinkingLevel.None)
                    PromptCaching = PromptCaching.Automatic
                    Speech = None
                    Images = false
                }
        )

    let expected =
        """{"model":"claude-sonnet-4-0","max_tokens":500,"temperature":0.7,"top_p":0.3,"top_k":50,"stop_sequences":["4242"],"""
        + """"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"Hi"}]}"""

    Assert.That((json encoded).ToJsonString(), equalTo expected)
    Assert.That(encoded.Warnings, equalTo [ Warning.skipped "anthropic" "claude-sonnet-4-0" "seed" "42" ])

let private levels =
    [
        ThinkingLevel.Minimal, 1024
        ThinkingLevel.Low, 3200
        ThinkingLevel.Medium, 6400
        ThinkingLevel.High, 9600
        ThinkingLevel.Max, 12800
    ]

[<Test>]
let ``a level is a share of max_tokens`` () =
    for level, tokens in levels do
        let encoded = encode (withParams { Params.none with Thinking = Some(thinking level) })
        Assert.That(at "thinking" encoded, equalTo ("{\"type\":\"enabled\",\"budget_tokens\":" + string tokens + "}"))

[<Property>]
let ``a budget is never below 1024 nor as large as max_tokens, and where it cannot be, a warning says so`` (size: FsCheck.PositiveInt) =
    levels
    |> List.forall (fun (level, _) ->
        let encoded = encode (withParams { Params.none with MaxTokens = Some size.Get; Thinking = Some(thinking level) })

        match at "thinking/budget_tokens" encoded with
        | "" -> size.Get <= 1024 && features encoded = [ "thinking" ]
        | budget -> int budget >= 1024 && int budget < size.Get && encoded.Warnings.IsEmpty)

[<Test>]
let ``what does not go with thinking is left out with a warning`` () =
    let parameters =
        { Params.none with
            Temperature = Some 0.5
            TopP = Some 0.5
            TopK = Some 5
            Thinking = Some(thinking ThinkingLevel.Low)
        }

    let encoded = encode (withParams parameters)
    Assert.That(features encoded, equalTo [ "temperature"; "top_p"; "top_k" ])

    for name in [ "temperature"; "top_p"; "top_k" ] do
        Assert.That(at name encoded, Is.Empty)

    let allowed = encode (withParams { parameters with Temperature = Some 1.0; TopP = Some 0.95; TopK = None })
    Assert.That(allowed.Warnings, Is.Empty)

[<Test>]
let ``models since Opus 4.7 think by effort and take no sampling`` () =
    let parameters = { Params.none with Temperature = Some 0.5; Thinking = Some(thinking ThinkingLevel.Minimal) }

    let encoded = encode { withParams parameters with Model = "claude-opus-4-7" }
    Assert.That(at "thinking" encoded, equalTo """{"type":"adaptive","display":"summarized"}""")
    Assert.That(at "output_config" encoded, equalTo """{"effort":"low"}""")
    Assert.That(features encoded, equalTo [ "temperature" ])

[<TestCase("claude-3-7-sonnet@20250219", false, true)>]
[<TestCase("anthropic.claude-v2:1", false, true)>]
[<TestCase("claude-sonnet-4-20250514", false, true)>]
[<TestCase("us.anthropic.claude-sonnet-4-5-20250929-v1:0", false, false)>]
[<TestCase("claude-opus-4-1-20250805", false, false)>]
[<TestCase("claude-opus-4-6", false, false)>]
[<TestCase("claude-opus-5", true, false)>]
[<TestCase("claude-unheard-of", true, false)>]
[<TestCase("MiniMax-M2", false, true)>]
let ``a model's name tells what it takes`` (name: string) (byEffort: bool) (bothSamplings: bool) =
    let model = AnthropicModel.ofName name
    Assert.That(model.ThinksByEffort, equalTo byEffort)
    Assert.That(model.TakesTemperatureWithTopP, equalTo bothSamplings)

[<Test>]
let ``vendors differ in path, model, stream and version`` () =
    let streamed = { request [ Message.user "Hi" ] with Stream = true; Model = "claude-3-7-sonnet@20250219" }
    let vertex = encodeBy AnthropicDialect.vertex streamed
    Assert.That(vertex.Path, equalTo "publishers/anthropic/models/claude-3-7-sonnet@20250219:streamRawPredict")
    Assert.That(vertex.Headers, Is.Empty)
    Assert.That(at "stream" vertex + at "model" vertex, equalTo "true")
    Assert.That(at "anthropic_version" vertex, equalTo "\"vertex-2023-10-16\"")

    let dialect = { AnthropicDialect.bedrock with Betas = [ "a"; "b" ] }
    let bedrock = encodeBy dialect { streamed with Model = "anthropic.claude-3-haiku-20240307-v1:0" }
    Assert.That(bedrock.Path, equalTo "model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke-with-response-stream")
    Assert.That(at "stream" bedrock + at "model" bedrock, Is.Empty)
    Assert.That(at "anthropic_beta" bedrock, equalTo """["a","b"]""")

    let beta = encodeBy (AnthropicDialect.beta [ "a"; "b" ]) streamed
    Assert.That(beta.Path, equalTo "v1/messages?beta=true")
    Assert.That(beta.Headers, equalTo [ "anthropic-version", "2023-06-01"; "anthropic-beta", "a,b" ])

[<Property>]
let ``any text can be sent, and arrives`` (words: FsCheck.NonNull<string>) =
    let said = "a" + words.Get
    let sent = encode (request [ Message.user said ]) |> json
    let message = sent["messages"].AsArray()[0]
    let content = message["content"]
    // A lone surrogate has no UTF-8 and arrives as U+FFFD.
    content.GetValue<string>() = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes said)

[<Test>]
let ``what cannot be sent at all is refused`` () =
    for messages in [ []; [ Message.system "A" ] ] do
        match refusal (request messages) with
        | LlmError.InvalidRequest("messages", _) -> ()
        | other -> Assert.Fail $"{other}"
