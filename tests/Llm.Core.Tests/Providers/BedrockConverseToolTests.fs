/// Bedrock's Converse: tools, the choice among them, structured output and what is cached.
module Llm.Core.Tests.BedrockConverseToolTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private codec = BedrockConverse.codec ConverseDialect.standard
let private claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
let private nova = "us.amazon.nova-2-lite-v1:0"
let private llama = "meta.llama3-1-8b-instruct-v1:0"

let private ask (model: string) : Request =
    Request.create model { Params.none with PromptCaching = PromptCaching.Off } false [ Message.user "Hi" ]

let private encode request = encodeWith codec request

let private calls : Message list =
    let output = UserPart.ToolOutput { Id = "c1"; Name = "f"; Result = "r"; IsError = false }

    [
        Message.user "Hi"
        Message.assistantParts [ AssistantPart.ToolCall { Id = "c1"; Name = "f"; Arguments = "{}" } ]
        Message.userPart output
    ]

let private cachingAs (caching: PromptCaching) (request: Request) : Request =
    { request with Params = { request.Params with PromptCaching = caching } }

let private document = UserPart.Document(Document.Text("text/plain", "words"))

[<Test>]
let ``tools are shown with their schema as JSON`` () =
    let encoded = ask nova |> withTools ToolChoice.Auto [ tool "f" ] |> encode

    Assert.That(
        at "toolConfig" encoded,
        equalTo
            $"""{{"tools":[{{"toolSpec":{{"name":"f","description":"Does f.","inputSchema":{{"json":{Json.text (objectOf "city")}}}}}}}]}}"""
    )

[<Test>]
let ``a tool without a description has none`` () =
    let plain = { tool "f" with Description = "" }
    Assert.That(ask nova |> withTools ToolChoice.Auto [ plain ] |> encode |> at "toolConfig/tools/0/toolSpec/description", Is.Empty)

[<Test>]
let ``a call can be demanded, of any tool or of one`` () =
    let choice chosen = ask claude |> withTools chosen [ tool "f"; tool "g" ] |> encode |> at "toolConfig/toolChoice"
    Assert.That(choice ToolChoice.Auto, Is.Empty)
    Assert.That(choice ToolChoice.Required, equalTo """{"any":{}}""")
    Assert.That(choice (ToolChoice.One "g"), equalTo """{"tool":{"name":"g"}}""")

[<Test>]
let ``where no tool can be named, the one that must be called is shown alone`` () =
    let encoded = ask "mistral.mistral-large-2407-v1:0" |> withTools (ToolChoice.One "g") [ tool "f"; tool "g" ] |> encode
    Assert.That(at "toolConfig/tools/0/toolSpec/name" encoded + at "toolConfig/tools/1" encoded, equalTo "\"g\"")
    Assert.That(at "toolConfig/toolChoice" encoded, equalTo """{"any":{}}""")

[<Test>]
let ``a model that cannot be made to call a tool is not asked to`` () =
    Assert.That(ask llama |> withTools ToolChoice.Required [ tool "f" ] |> refusedFeature codec, equalTo "forced tool choice")
    Assert.That(ask llama |> withFormat (Some FormatMode.Tool) |> refusedFeature codec, equalTo "format mode tool")
    Assert.That(ask llama |> withFormat None |> encode |> modeOf, equalTo (Some FormatMode.Json))

[<Test>]
let ``a Claude that thinks is left the choice, with a warning`` () =
    let thinking = { Level = ThinkingLevel.Medium; IncludeThoughts = true; EncodeThoughtsAsText = false }
    let asked = ask claude |> withTools ToolChoice.Required [ tool "f" ]
    let encoded = encode { asked with Params = { asked.Params with Thinking = Some thinking } }
    Assert.That(at "toolConfig/toolChoice" encoded, Is.Empty)
    Assert.That(features encoded, equalTo [ "tool_choice" ])

[<Test>]
let ``tools that must not be called are not shown`` () =
    Assert.That(ask nova |> withTools ToolChoice.None [ tool "f" ] |> encode |> at "toolConfig", Is.Empty)

[<Test>]
let ``a conversation with calls has tools, gone ones where there are none`` () =
    let encoded = encode { ask nova with Messages = calls }
    Assert.That(at "toolConfig/tools/0/toolSpec/name" encoded, equalTo "\"f\"")
    Assert.That(at "toolConfig/tools/0/toolSpec/inputSchema/json" encoded, equalTo """{"type":"object","properties":{}}""")
    Assert.That(features encoded, equalTo [ "tools" ])
    let forbidden = { ask nova with Messages = calls } |> withTools ToolChoice.None [ tool "f"; tool "g" ] |> encode
    Assert.That(at "toolConfig/tools/0/toolSpec/description" forbidden, Does.Contain "not available")
    Assert.That(at "toolConfig/tools/1" forbidden, Is.Empty)

[<Test>]
let ``strict tools say so, where the model keeps to them`` () =
    let strict = { tool "f" with Strict = Some true }
    Assert.That(ask claude |> withTools ToolChoice.Auto [ strict ] |> encode |> at "toolConfig/tools/0/toolSpec/strict", equalTo "true")
    Assert.That(ask nova |> withTools ToolChoice.Auto [ strict ] |> refusedFeature codec, equalTo "strict tools")

    let open' = { strict with Parameters = json """{"type":"object","additionalProperties":{"type":"string"}}""" }
    Assert.That(ask claude |> withTools ToolChoice.Auto [ open' ] |> refusedFeature codec, equalTo "strictness of the tool 'f'")

[<Test>]
let ``a format is enforced by its schema in a string`` () =
    let encoded = ask claude |> withFormat None |> encode
    Assert.That(modeOf encoded, equalTo (Some FormatMode.Strict))

    Assert.That(
        at "outputConfig" encoded,
        equalTo
            $"""{{"textFormat":{{"type":"json_schema","structure":{{"jsonSchema":{{"name":"Place","schema":{Json.quote (Json.text (objectOf "name"))}}}}}}}}}"""
    )

[<Test>]
let ``a format is a tool where no schema is enforced`` () =
    let encoded = ask nova |> withFormat None |> encode
    Assert.That(modeOf encoded, equalTo (Some FormatMode.Tool))
    Assert.That(at "toolConfig/toolChoice" encoded, equalTo """{"tool":{"name":"__llm_format_tool__"}}""")
    Assert.That(at "outputConfig" encoded, Is.Empty)
    Assert.That(ask nova |> withFormat (Some FormatMode.Strict) |> refusedFeature codec, equalTo "format mode strict")

[<Test>]
let ``Nova searches the web by a tool of its own, and others are refused`` () =
    let searching model =
        { ask model with Tools = { ToolRequest.none with Provided = [ ProviderTool.WebSearch ] } }

    Assert.That(encode (searching nova) |> at "toolConfig/tools", equalTo """[{"systemTool":{"name":"nova_grounding"}}]""")
    Assert.That(refusedFeature codec (searching claude), equalTo "web search")

[<Test>]
let ``a Claude is told to cache tools, system texts and the last message of a conversation that goes on`` () =
    let asked = { ask claude with Messages = Message.system "S" :: calls } |> withTools ToolChoice.Auto [ tool "f" ]
    let encoded = asked |> cachingAs PromptCaching.Automatic |> encode
    let point = """{"cachePoint":{"type":"default"}}"""
    Assert.That(at "toolConfig/tools/1" encoded, equalTo point)
    Assert.That(at "system/1" encoded, equalTo point)
    Assert.That(at "messages/2/content/1" encoded, equalTo point)
    Assert.That(at "messages/0/content/1" encoded, Is.Empty)
    let hour = asked |> cachingAs (PromptCaching.For CacheLifetime.OneHour) |> encode
    Assert.That(at "system/1" hour, equalTo """{"cachePoint":{"type":"default","ttl":"1h"}}""")

[<Test>]
let ``a conversation that is asked once is not cached, nor what comes behind documents`` () =
    let once = ask claude |> cachingAs PromptCaching.Automatic |> encode
    Assert.That(at "messages/0/content" once, equalTo """[{"text":"Hi"}]""")

    let last =
        match Message.userParts [ UserPart.Text "Read"; document ] with
        | Ok message -> message
        | Error error -> failwith (LlmError.render error)

    let read = { ask claude with Messages = [ Message.user "Hi"; Message.assistant "Yes?"; last ] }
    let encoded = read |> cachingAs PromptCaching.Automatic |> encode
    Assert.That(at "messages/2/content/1" encoded, equalTo """{"cachePoint":{"type":"default"}}""")
    Assert.That(at "messages/2/content/2/document/name" encoded, equalTo "\"Document 1\"")

[<Test>]
let ``each model is told to cache what it can`` () =
    let asked model caching =
        { ask model with Messages = [ Message.system "S"; Message.user "Hi" ] }
        |> withTools ToolChoice.Auto [ tool "f" ]
        |> cachingAs caching
        |> encode

    let ofNova = asked nova (PromptCaching.For CacheLifetime.OneHour)
    Assert.That(at "toolConfig/tools/1" ofNova, Is.Empty)
    Assert.That(at "system/1" ofNova, equalTo """{"cachePoint":{"type":"default"}}""")
    Assert.That(features ofNova, equalTo [ "prompt_caching" ])
    Assert.That(asked "anthropic.claude-3-haiku-20240307-v1:0" PromptCaching.Automatic |> at "system/1", Is.Empty)
    Assert.That(asked "anthropic.claude-3-5-haiku-20241022-v1:0" PromptCaching.Automatic |> at "system/1", Is.Not.Empty)
    Assert.That(asked llama (PromptCaching.For CacheLifetime.FiveMinutes) |> features, equalTo [ "prompt_caching" ])
    Assert.That(asked llama PromptCaching.Automatic |> features, Is.Empty)
