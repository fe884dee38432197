/// Tools and structured output in Anthropic's messages format.
module Llm.Core.Tests.AnthropicToolTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private standard = AnthropicMessages.codec AnthropicDialect.standard

let private encode = encodeWith standard

let private uncached = { Params.none with PromptCaching = PromptCaching.Off }

/// Sonnet 4 knows nothing strict, Sonnet 4.5 does.
let private request model : Request = Request.create model uncached false [ Message.user "Hi" ]

let private old = request "claude-sonnet-4-0"
let private recent = request "claude-sonnet-4-5"

let private schema =
    """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""

let private answerSchema =
    """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}"""

let private thinking = Some { Level = ThinkingLevel.Low; IncludeThoughts = false; EncodeThoughtsAsText = false }

[<Test>]
let ``an older model is shown tools as they are`` () =
    let encoded = old |> withTools ToolChoice.Auto [ tool "look"; { tool "go" with Description = "" } ] |> encode

    let expected =
        $"""[{{"name":"look","description":"Does look.","input_schema":{schema}}},{{"name":"go","input_schema":{schema}}}]"""

    Assert.That(at "tools" encoded, equalTo expected)
    Assert.That(at "tool_choice" encoded, Is.Empty)
    Assert.That(encoded.Path, equalTo "v1/messages")

[<Test>]
let ``a model that can be strict is, at the beta endpoint`` () =
    let encoded = recent |> withTools ToolChoice.Auto [ tool "look" ] |> encode
    Assert.That(at "tools/0/strict" encoded, equalTo "true")
    Assert.That(encoded.Path, equalTo "v1/messages?beta=true")
    Assert.That(encoded.Headers, equalTo [ "anthropic-version", "2023-06-01"; "anthropic-beta", "structured-outputs-2025-11-13" ])

[<Test>]
let ``tools that are not to be strict stay at the usual endpoint, and one strict tool takes all to the other`` () =
    let loose = { tool "look" with Strict = Some false }
    let encoded = recent |> withTools ToolChoice.Auto [ loose ] |> encode
    Assert.That(at "tools/0/strict" encoded, Is.Empty)
    Assert.That(encoded.Path, equalTo "v1/messages")

    let both = recent |> withTools ToolChoice.Auto [ loose; tool "go" ] |> encode
    Assert.That(at "tools/0/strict" both + at "tools/1/strict" both, equalTo "falsetrue")

[<Test>]
let ``the beta endpoint is always told whether a tool is strict`` () =
    let beta = AnthropicMessages.codec (AnthropicDialect.beta [ "a" ])
    let encoded = old |> withTools ToolChoice.Auto [ tool "look" ] |> encodeWith beta
    Assert.That(at "tools/0/strict" encoded, equalTo "false")
    Assert.That(encoded.Headers, equalTo [ "anthropic-version", "2023-06-01"; "anthropic-beta", "a" ])

    let strict = recent |> withTools ToolChoice.Auto [ tool "look" ] |> encodeWith beta
    Assert.That(List.last strict.Headers, equalTo ("anthropic-beta", "a,structured-outputs-2025-11-13"))

[<Test>]
let ``what must be strict and cannot be is refused, with a way out`` () =
    let strict = { tool "look" with Strict = Some true }
    Assert.That(old |> withTools ToolChoice.Auto [ strict ] |> refusedFeature standard, equalTo "strict tools")
    Assert.That(old |> withFormat (Some FormatMode.Strict) |> refusedFeature standard, equalTo "format mode strict")

    let vertex = AnthropicMessages.codec AnthropicDialect.vertex
    Assert.That(recent |> withTools ToolChoice.Auto [ strict ] |> refusedFeature vertex, equalTo "strict tools")

[<Test>]
let ``Bedrock and Vertex take a schema in the answer's configuration, without betas`` () =
    let schema = """{"type":"json_schema","schema":"""
    let bedrock = encodeWith (AnthropicMessages.codec AnthropicDialect.bedrock)
    let vertex = encodeWith (AnthropicMessages.codec AnthropicDialect.vertex)
    let strict = { tool "look" with Strict = Some true }

    let byItself = { recent with Model = "anthropic.claude-sonnet-4-5-v1:0" } |> withFormat None |> bedrock
    Assert.That(at "output_config/format" byItself, Does.StartWith schema)
    Assert.That(at "output_format" byItself, Is.Empty)
    Assert.That(at "anthropic_beta" byItself, Is.Empty)

    let tools = recent |> withTools ToolChoice.Auto [ strict ] |> bedrock
    Assert.That(at "tools/0/strict" tools, equalTo "true")
    Assert.That(at "anthropic_beta" tools, Is.Empty)
    Assert.That(recent |> withTools ToolChoice.Auto [ tool "look" ] |> bedrock |> at "tools/0/strict", Is.Empty)

    let newer = { recent with Model = "claude-sonnet-4-6" }
    Assert.That(newer |> withFormat None |> vertex |> modeOf, equalTo (Some FormatMode.Tool))
    let asked = newer |> withFormat (Some FormatMode.Strict) |> vertex
    Assert.That(at "output_config/format" asked, Does.StartWith schema)
    Assert.That(asked.Headers, Is.Empty)
    Assert.That(newer |> withTools ToolChoice.Auto [ strict ] |> vertex |> at "tools/0/strict", equalTo "true")

let private impossible =
    [
        """{"type":"object","properties":{"all":{"type":"object","additionalProperties":{"type":"string"}}}}"""
        """{"type":"object","properties":{"any":{"type":"object"}}}"""
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}}}}}"""
    ]

[<Test>]
let ``schemas that cannot be kept to are not strict by themselves, and refused where they must be`` () =
    for text in impossible do
        let open' = { tool "look" with Parameters = json text }
        Assert.That(recent |> withTools ToolChoice.Auto [ open' ] |> encode |> at "tools/0/input_schema", equalTo text)

        let strict = recent |> withTools ToolChoice.Auto [ { open' with Strict = Some true } ]
        Assert.That(refusedFeature standard strict, equalTo "strictness of the tool 'look'")

        let described = { format None with Schema = json text }
        Assert.That({ recent with Format = Some described } |> encode |> modeOf, equalTo (Some FormatMode.Tool))

        let forced = { recent with Format = Some { described with Mode = Some FormatMode.Strict } }
        Assert.That(refusedFeature standard forced, equalTo "format mode strict for the schema of 'Place'")

[<Test>]
let ``a strict schema is closed throughout, and says in words what is not enforced`` () =
    let given =
        """{"type":"object","properties":{"n":{"type":"integer","minimum":1},"at":{"type":"string","format":"date-time"},"""
        + """"in":{"$ref":"#/$defs/In"}},"required":["n"],"$defs":{"In":{"type":"object","properties":{"maximum":{"type":"string"}}}}}"""

    let expected =
        """{"type":"object","properties":{"n":{"type":"integer","description":"(minimum: 1)"},"""
        + """"at":{"type":"string","format":"date-time"},"in":{"$ref":"#/$defs/In"}},"required":["n"],"""
        + """"$defs":{"In":{"type":"object","properties":{"maximum":{"type":"string"}},"additionalProperties":false}},"""
        + """"additionalProperties":false}"""

    let encoded = recent |> withTools ToolChoice.Auto [ { tool "look" with Parameters = json given } ] |> encode
    Assert.That(at "tools/0/input_schema" encoded, equalTo expected)

[<Test>]
let ``many tools are not strict by themselves, for they would be refused`` () =
    let many = recent |> withTools ToolChoice.Auto [ for index in 0..20 -> tool $"tool_{index}" ] |> encode
    Assert.That(at "tools/0/strict" many, Is.Empty)
    Assert.That(many.Path, equalTo "v1/messages")

[<Test>]
let ``each choice has its word`` () =
    let chosen choice = old |> withTools choice [ tool "look" ] |> encode |> at "tool_choice"
    Assert.That(chosen ToolChoice.Auto, Is.Empty)
    Assert.That(chosen ToolChoice.None, equalTo """{"type":"none"}""")
    Assert.That(chosen ToolChoice.Required, equalTo """{"type":"any"}""")
    Assert.That(chosen (ToolChoice.One "look"), equalTo """{"type":"tool","name":"look"}""")
    Assert.That(old |> withTools ToolChoice.None [] |> encode |> at "tool_choice", Is.Empty)

[<Test>]
let ``search of the web is a tool of its own`` () =
    let searching =
        { old with
            Tools = { ToolRequest.none with Definitions = [ tool "look" ]; Provided = [ ProviderTool.WebSearch ] }
        }

    let encoded = encode searching
    Assert.That(at "tools/0" encoded, equalTo """{"type":"web_search_20250305","name":"web_search"}""")
    Assert.That(at "tools/1/name" encoded, equalTo "\"look\"")
    Assert.That(refusedFeature (AnthropicMessages.codec AnthropicDialect.bedrock) searching, equalTo "web search")

[<Test>]
let ``a format is strict where the model can be, else a tool`` () =
    let strict = recent |> withFormat None |> encode
    Assert.That(modeOf strict, equalTo (Some FormatMode.Strict))
    Assert.That(at "output_format" strict, equalTo ("{\"type\":\"json_schema\",\"schema\":" + answerSchema + "}"))
    Assert.That(strict.Path, equalTo "v1/messages?beta=true")
    Assert.That(at "system" strict, Is.Empty)

    let byTool = old |> withFormat None |> encode
    Assert.That(modeOf byTool, equalTo (Some FormatMode.Tool))
    Assert.That(at "tools/0/input_schema" byTool, equalTo answerSchema)

[<Test>]
let ``the tool of a format is the only one to be called, once; beside others, any`` () =
    let alone = recent |> withFormat (Some FormatMode.Tool) |> encode

    Assert.That(at "tool_choice" alone, equalTo $"""{{"type":"tool","name":"{OutputFormat.toolName}","disable_parallel_tool_use":true}}""")

    Assert.That(alone.Path, equalTo "v1/messages")
    Assert.That(at "tools/0/strict" alone, Is.Empty)
    Assert.That(at "system/0/text" alone, Does.Contain OutputFormat.toolName)

    let beside = recent |> withTools ToolChoice.Auto [ tool "look" ] |> withFormat (Some FormatMode.Tool) |> encode
    Assert.That(at "tool_choice" beside, equalTo """{"type":"any"}""")
    Assert.That(at "tools/1/name" beside + at "tools/1/strict" beside, equalTo $"\"{OutputFormat.toolName}\"true")

[<Test>]
let ``a model that thinks is not made to call a tool, and a warning says so`` () =
    let thoughtful = { old with Params = { uncached with Thinking = thinking } }
    let encoded = thoughtful |> withFormat (Some FormatMode.Tool) |> encode
    Assert.That(at "tool_choice" encoded, Is.Empty)
    Assert.That(features encoded, equalTo [ "tool_choice" ])
    Assert.That(at "system/0/text" encoded, Does.Contain OutputFormat.toolName)

    let required = thoughtful |> withTools ToolChoice.Required [ tool "look" ] |> encode
    Assert.That(at "tool_choice" required, Is.Empty)
    Assert.That(features required, equalTo [ "tool_choice" ])

    let none = thoughtful |> withTools ToolChoice.None [ tool "look" ] |> encode
    Assert.That(at "tool_choice" none, equalTo """{"type":"none"}""")
    Assert.That(none.Warnings, Is.Empty)

[<Test>]
let ``plain JSON is asked for in words only`` () =
    let encoded = recent |> withFormat (Some FormatMode.Json) |> encode
    Assert.That(at "system/0/text" encoded, Does.Contain "matches this exact schema")
    Assert.That(at "output_format" encoded + at "tools" encoded, Is.Empty)

    let twice =
        { recent with Messages = [ Message.system "Be brief."; Message.user "Hi" ] } |> withFormat (Some FormatMode.Json)

    Assert.That(encode twice |> at "system/0/text", Does.StartWith "\"Be brief.\\nRespond only")

[<Test>]
let ``an answer that came as a call of the format's tool goes back as the text that it is`` () =
    let native = $"""[{{"type":"tool_use","id":"a","name":"{OutputFormat.toolName}","input":{{"name":"x"}}}}]"""

    let answer =
        Message.Assistant
            {
                Content = [ AssistantPart.Text """{"name":"x"}""" ]
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

    let encoded = encode { old with Messages = [ Message.user "Hi"; answer; Message.user "More" ] }
    Assert.That(at "messages/1/content" encoded, equalTo "\"{\\\"name\\\":\\\"x\\\"}\"")
