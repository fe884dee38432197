/// Bedrock's Converse, encoded: what a request becomes on the wire, what is left out with a warning, what is refused.
module Llm.Core.Tests.BedrockConverseRequestTests

open System
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core

/// Lists are compared as values.
let private equalTo (expected: 'value) = Is.EqualTo(box expected)

let private codec = BedrockConverse.codec ConverseDialect.standard
let private claude = "us.anthropic.claude-sonnet-4-20250514-v1:0"
let private nova = "us.amazon.nova-2-lite-v1:0"

let private request (model: string) (messages: Message list) : Request =
    Request.create model { Params.none with PromptCaching = PromptCaching.Off } false messages

let private withParams (model: string) (parameters: Params) : Request = { request model [ Message.user "Hi" ] with Params = parameters }

let private encode (request: Request) : EncodedRequest =
    match codec.Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private refusal (request: Request) : LlmError =
    match codec.Encode request with
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
let private thinkingOf level = { Params.none with Thinking = Some(thinking level) }
let private data = Bytes.ofArray [| 1uy; 2uy |]

[<Test>]
let ``a call says no more than was asked`` () =
    let encoded = encode (request nova [ Message.user "Hi" ])
    Assert.That((json encoded).ToJsonString(), equalTo """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""")
    Assert.That(encoded.Path, equalTo "model/us.amazon.nova-2-lite-v1%3A0/converse")
    Assert.That(encoded.Headers, Is.Empty)
    Assert.That(encoded.Warnings, Is.Empty)

[<Test>]
let ``a stream is another path, and an ARN is one segment of it`` () =
    let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/x"
    let encoded = encode { request arn [ Message.user "Hi" ] with Stream = true }
    Assert.That(encoded.Path, equalTo "model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream")

[<Test>]
let ``system messages have their own place, and a later one joins them with a warning`` () =
    let encoded = encode (request nova [ Message.system "A"; Message.system " "; Message.user "Hi"; Message.system "B" ])
    Assert.That(at "system" encoded, equalTo """[{"text":"A"},{"text":"B"}]""")
    Assert.That(at "messages" encoded, equalTo """[{"role":"user","content":[{"text":"Hi"}]}]""")
    Assert.That(features encoded, equalTo [ "system" ])

[<Test>]
let ``common parameters stand in inferenceConfig`` () =
    let parameters =
        { Params.none with
            MaxTokens = Some 100
            Temperature = Some 0.5
            TopP = Some 0.9
            StopSequences = [ "|" ]
        }

    let encoded = encode (withParams nova parameters)
    Assert.That(at "inferenceConfig" encoded, equalTo """{"maxTokens":100,"temperature":0.5,"topP":0.9,"stopSequences":["|"]}""")

[<TestCase("us.anthropic.claude-sonnet-4-20250514-v1:0", """{"top_k":5}""")>]
[<TestCase("amazon.nova-lite-v1:0", """{"inferenceConfig":{"topK":5}}""")>]
[<TestCase("mistral.mistral-large-2402-v1:0", """{"top_k":5}""")>]
[<TestCase("cohere.command-r-v1:0", """{"k":5}""")>]
[<TestCase("meta.llama3-8b-instruct-v1:0", "")>]
let ``top_k goes where the model has it, else it is left out with a warning`` (model: string, expected: string) =
    let encoded = encode (withParams model { Params.none with TopK = Some 5 })
    Assert.That(at "additionalModelRequestFields" encoded, equalTo expected)
    Assert.That(features encoded, equalTo (if expected = "" then [ "top_k" ] else []))

[<Test>]
let ``a seed is left out with a warning`` () =
    for model in [ claude; nova; "meta.llama3-8b-instruct-v1:0" ] do
        Assert.That(features (encode (withParams model { Params.none with Seed = Some 7L })), equalTo [ "seed" ])

[<Test>]
let ``a Claude thinks with a budget below a limit that is said`` () =
    let encoded = encode (withParams claude (thinkingOf ThinkingLevel.Medium))
    Assert.That(at "additionalModelRequestFields" encoded, equalTo """{"thinking":{"type":"enabled","budget_tokens":6400}}""")
    Assert.That(at "inferenceConfig" encoded, equalTo """{"maxTokens":16000}""")

[<Test>]
let ``a new Claude thinks by effort`` () =
    let encoded = encode (withParams "us.anthropic.claude-sonnet-5" (thinkingOf ThinkingLevel.High))

    Assert.That(
        at "additionalModelRequestFields" encoded,
        equalTo """{"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}"""
    )

    Assert.That(at "inferenceConfig" encoded, equalTo "")

[<Test>]
let ``a Claude may be told not to think`` () =
    let encoded = encode (withParams claude (thinkingOf ThinkingLevel.None))
    Assert.That(at "additionalModelRequestFields" encoded, equalTo """{"thinking":{"type":"disabled"}}""")

[<Test>]
let ``Nova thinks by effort, and at its highest takes no sampling`` () =
    let parameters = { thinkingOf ThinkingLevel.Low with Temperature = Some 0.5; MaxTokens = Some 100; TopK = Some 5 }
    let low = encode (withParams nova parameters)

    Assert.That(
        at "additionalModelRequestFields" low,
        equalTo """{"inferenceConfig":{"topK":5},"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}"""
    )

    let high = encode (withParams nova { parameters with Thinking = Some(thinking ThinkingLevel.Max) })
    Assert.That(at "additionalModelRequestFields" high, equalTo """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}}""")
    Assert.That(at "inferenceConfig" high, equalTo "")
    Assert.That(features high, equalTo [ "temperature"; "top_k"; "max_tokens" ])

[<Test>]
let ``models that cannot be told to think are not, with a warning`` () =
    let encoded = encode (withParams "meta.llama3-8b-instruct-v1:0" (thinkingOf ThinkingLevel.High))
    Assert.That(at "additionalModelRequestFields" encoded, equalTo "")
    Assert.That(features encoded, equalTo [ "thinking" ])
    let open' = encode (withParams "openai.gpt-oss-120b-1:0" (thinkingOf ThinkingLevel.High))
    Assert.That(at "additionalModelRequestFields" open', equalTo """{"reasoning_effort":"high"}""")

[<Test>]
let ``images and documents go as bytes, documents with names that differ`` () =
    let message =
        parts
            [
                UserPart.Text "Look."
                UserPart.Image(Image.Inline("image/jpg", data))
                UserPart.Document(Document.Inline("application/pdf", data))
                UserPart.Document(Document.Text("text/plain", "ab"))
                UserPart.Document(Document.Text("text/x-log", "ab"))
            ]

    let encoded = encode (request nova [ message ])

    Assert.That(
        at "messages/0/content" encoded,
        equalTo (
            """[{"text":"Look."},{"image":{"format":"jpeg","source":{"bytes":"AQI="}}},"""
            + """{"document":{"format":"pdf","name":"Document 1","source":{"bytes":"AQI="}}},"""
            + """{"document":{"format":"txt","name":"Document 2","source":{"bytes":"YWI="}}},"""
            + """{"document":{"format":"txt","name":"Document 3","source":{"bytes":"YWI="}}}]"""
        )
    )

[<Test>]
let ``media in Amazon S3 go as addresses, those elsewhere are refused with an alternative`` () =
    let image url = request nova [ parts [ UserPart.Text "Look."; UserPart.Image(Image.Url url) ] ]
    let encoded = encode (image "s3://bucket/a.jpg")

    Assert.That(
        at "messages/0/content/1" encoded,
        equalTo """{"image":{"format":"jpeg","source":{"s3Location":{"uri":"s3://bucket/a.jpg"}}}}"""
    )

    for url in [ "https://a.example/a.png"; "s3://bucket/a.tiff"; "s3://bucket/a" ] do
        match refusal (image url) with
        | LlmError.FeatureNotSupported(_, "bedrock", Some _, Some _) -> ()
        | other -> Assert.Fail $"{url}: {other}"

[<Test>]
let ``what no model behind Converse takes is refused with an alternative`` () =
    let all =
        [
            UserPart.Audio { MediaType = "audio/wav"; Data = data }
            UserPart.Image(Image.Inline("image/tiff", data))
            UserPart.Document(Document.Inline("application/zip", data))
        ]

    for part in all do
        match refusal (request nova [ parts [ UserPart.Text "Look."; part ] ]) with
        | LlmError.FeatureNotSupported(_, "bedrock", Some _, Some _) -> ()
        | other -> Assert.Fail $"{part}: {other}"

[<Test>]
let ``a document without a text beside it is refused`` () =
    let document = UserPart.Document(Document.Inline("application/pdf", data))

    match refusal (request nova [ parts [ document ] ]) with
    | LlmError.InvalidRequest("messages", _) -> ()
    | other -> Assert.Fail $"{other}"

    Assert.That(at "messages/0/content/0/text" (encode (request nova [ Message.user "Look."; parts [ document ] ])), equalTo "\"Look.\"")

let private call: ToolCall = { Id = "call.1"; Name = "add"; Arguments = "{\"a\": 1}" }
let private output: ToolOutput = { Id = "call.1"; Name = "add"; Result = "3"; IsError = false }

[<Test>]
let ``tools are called and answered under the same safe id, results first`` () =
    let messages =
        [
            Message.user "Add."
            Message.assistantParts [ AssistantPart.Thought "Hm."; AssistantPart.Text " "; AssistantPart.ToolCall call ]
            parts
                [
                    UserPart.Text "There."
                    UserPart.ToolOutput output
                    UserPart.ToolOutput { output with Id = String('x', 70); Result = ""; IsError = true }
                ]
        ]

    let encoded = encode (request nova messages)
    Assert.That(at "messages/1/content" encoded, equalTo """[{"toolUse":{"toolUseId":"call_1","name":"add","input":{"a":1}}}]""")

    Assert.That(
        at "messages/2/content" encoded,
        equalTo (
            """[{"toolResult":{"toolUseId":"call_1","content":[{"text":"3"}]}},"""
            + """{"toolResult":{"toolUseId":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","""
            + """"content":[],"status":"error"}},"""
            + """{"text":"There."}]"""
        )
    )

[<Test>]
let ``neighbours of one role are one turn`` () =
    let messages = [ Message.user "A"; Message.user "B"; Message.assistant "C"; Message.assistant "D"; Message.user "E" ]

    Assert.That(
        at "messages" (encode (request nova messages)),
        equalTo (
            """[{"role":"user","content":[{"text":"A"},{"text":"B"}]},{"role":"assistant","content":[{"text":"C"},{"text":"D"}]},"""
            + """{"role":"user","content":[{"text":"E"}]}]"""
        )
    )

let private native =
    """[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"c2ln"}}},
    {"text":" "},{"toolUse":{"toolUseId":"t","name":"add","input":{}}}]"""

let private answer (model: string) : Message =
    Message.Assistant
        {
            Content = [ AssistantPart.Thought "Hm."; AssistantPart.ToolCall { call with Id = "t"; Arguments = "{}" } ]
            Name = None
            Origin =
                Some
                    {
                        Provider = "bedrock"
                        Api = "converse"
                        Model = model
                        Native = Json.tryParse native |> Result.toOption
                    }
        }

[<Test>]
let ``the same model gets its own message back as it came, save blank texts, which would be refused`` () =
    let encoded = encode (request claude [ Message.user "Hi"; answer claude ])

    Assert.That(
        at "messages/1/content" encoded,
        equalTo (
            """[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"c2ln"}}},"""
            + """{"toolUse":{"toolUseId":"t","name":"add","input":{}}}]"""
        )
    )

[<Test>]
let ``another model gets a translation, with thoughts as text where asked`` () =
    let request = request nova [ Message.user "Hi"; answer claude ]
    Assert.That(at "messages/1/content" (encode request), equalTo """[{"toolUse":{"toolUseId":"t","name":"add","input":{}}}]""")
    let asText = { thinking ThinkingLevel.Default with EncodeThoughtsAsText = true }
    let told = encode { request with Params = { Params.none with Thinking = Some asText } }
    Assert.That(at "messages/1/content/0/text" told, equalTo "\"**Thinking:** Hm.\"")

[<Test>]
let ``what only its provider understands is left out with a warning`` () =
    let message =
        Message.assistantParts
            [
                AssistantPart.Text "A"
                AssistantPart.Image(Image.Inline("image/png", data))
                AssistantPart.Audio { Id = None; Data = data; Transcript = "B" }
                AssistantPart.Other { Kind = "web_search_call"; Json = Json.ofString "" }
            ]

    let encoded = encode (request nova [ Message.user "Hi"; message ])
    Assert.That(at "messages/1/content" encoded, equalTo """[{"text":"A"},{"text":"B"}]""")
    Assert.That(features encoded, equalTo [ "image"; "audio"; "web_search_call" ])

[<Test>]
let ``an assistant's message without content is left out with a warning`` () =
    let encoded = encode (request nova [ Message.user "A"; Message.assistant ""; Message.user "B" ])
    Assert.That(at "messages" encoded, equalTo """[{"role":"user","content":[{"text":"A"},{"text":"B"}]}]""")
    Assert.That(features encoded, equalTo [ "content" ])

[<Test>]
let ``a request that says nothing is refused`` () =
    for messages in [ []; [ Message.user " " ]; [ Message.system "A" ]; [ Message.assistant "" ] ] do
        match refusal (request nova messages) with
        | LlmError.InvalidRequest("messages", _) -> ()
        | other -> Assert.Fail $"{other}"

[<Property>]
let ``any text is encoded as JSON`` (text: string) =
    match codec.Encode(request nova [ Message.user ("x" + text) ]) with
    | Ok encoded -> JsonNode.Parse(RequestBody.text encoded.Body) |> isNull |> not
    | Error _ -> false
