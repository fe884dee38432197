/// Cohere's v2 chat and Ollama's native format: tools, the choice among them, and structured output.
module Llm.Core.Tests.CohereAndOllamaToolTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private cohere = CohereChat.codec CohereDialect.standard
let private ollama = OllamaChat.codec OllamaDialect.standard
let private ask (model: string) : Request = Request.create model Params.none false [ Message.user "Hi" ]
let private command = "command-a-03-2025"
let private old = "command-r-08-2024"
let private local = "llama3.2"
let private strict = { tool "f" with Strict = Some true }
let private searching (request: Request) : Request = { request with Tools = { ToolRequest.none with Provided = [ ProviderTool.WebSearch ] } }

let private shown (name: string) =
    $"""{{"type":"function","function":{{"name":"{name}","description":"Does {name}.","parameters":{Json.text (objectOf "city")}}}}}"""

[<Test>]
let ``both are shown tools as functions`` () =
    Assert.That(ask command |> withTools ToolChoice.Auto [ tool "f" ] |> encodeWith cohere |> at "tools", equalTo ("[" + shown "f" + "]"))
    Assert.That(ask local |> withTools ToolChoice.Auto [ tool "f" ] |> encodeWith ollama |> at "tools", equalTo ("[" + shown "f" + "]"))

[<Test>]
let ``Cohere is told that some tool must be called, or none; one that must is shown alone`` () =
    let encoded choice = ask command |> withTools choice [ tool "f"; tool "g" ] |> encodeWith cohere
    Assert.That(encoded ToolChoice.Auto |> at "tool_choice", Is.Empty)
    Assert.That(encoded ToolChoice.Required |> at "tool_choice", equalTo "\"REQUIRED\"")
    Assert.That(encoded ToolChoice.None |> at "tool_choice", equalTo "\"NONE\"")
    Assert.That(encoded (ToolChoice.One "g") |> at "tools", equalTo ("[" + shown "g" + "]"))
    Assert.That(encoded (ToolChoice.One "g") |> at "tool_choice", equalTo "\"REQUIRED\"")

[<Test>]
let ``Cohere's older models are left the choice, or no tools`` () =
    Assert.That(ask old |> withTools ToolChoice.Required [ tool "f" ] |> refusedFeature cohere, equalTo "forced tool choice")
    let never = ask old |> withTools ToolChoice.None [ tool "f" ] |> encodeWith cohere
    Assert.That(at "tools" never + at "tool_choice" never, Is.Empty)

[<Test>]
let ``Cohere makes all tools strict, or none`` () =
    let encoded tools = ask command |> withTools ToolChoice.Auto tools |> encodeWith cohere
    Assert.That(encoded [ tool "g" ] |> at "strict_tools", Is.Empty)
    Assert.That(encoded [ strict; tool "g" ] |> at "strict_tools", equalTo "true")
    let mixed = ask command |> withTools ToolChoice.Auto [ strict; { tool "g" with Strict = Some false } ]
    Assert.That(refusedFeature cohere mixed, equalTo "strictness of some tools only")

[<Test>]
let ``Cohere enforces a schema, though not beside tools or documents`` () =
    let alone = ask command |> withFormat None |> encodeWith cohere
    Assert.That(modeOf alone, equalTo (Some FormatMode.Strict))

    Assert.That(
        at "response_format" alone,
        equalTo $"""{{"type":"json_object","json_schema":{Json.text (objectOf "name")}}}"""
    )

    let beside = ask command |> withTools ToolChoice.Auto [ tool "f" ] |> withFormat None |> encodeWith cohere
    Assert.That(modeOf beside, equalTo (Some FormatMode.Tool))
    Assert.That(at "response_format" beside, Is.Empty)
    Assert.That(at "tool_choice" beside, equalTo "\"REQUIRED\"")

    let read = { ask command with Messages = [ Message.userPart (UserPart.Document(Document.Text("text/plain", "t"))) ] }
    Assert.That(read |> withFormat (Some FormatMode.Strict) |> refusedFeature cohere, equalTo "format mode strict")
    Assert.That(read |> withFormat (Some FormatMode.Json) |> encodeWith cohere |> at "response_format", Is.Empty)

[<Test>]
let ``plain JSON is asked for by both`` () =
    let asked = ask command |> withFormat (Some FormatMode.Json) |> encodeWith cohere
    Assert.That(at "response_format" asked, equalTo """{"type":"json_object"}""")
    Assert.That(at "messages/0/content" asked, Does.Contain "Respond only with valid JSON")
    Assert.That(ask local |> withFormat (Some FormatMode.Json) |> encodeWith ollama |> at "format", equalTo "\"json\"")

[<Test>]
let ``Ollama enforces a schema, though not beside tools, which it could not call then`` () =
    let alone = ask local |> withFormat None |> encodeWith ollama
    Assert.That(modeOf alone, equalTo (Some FormatMode.Strict))
    Assert.That(at "format" alone, equalTo (Json.text (objectOf "name")))
    let beside = ask local |> withTools ToolChoice.Auto [ tool "f" ] |> withFormat None |> encodeWith ollama
    Assert.That(modeOf beside, equalTo (Some FormatMode.Json))
    Assert.That(at "format" beside, Is.Empty)

[<Test>]
let ``Ollama cannot be made to call a tool, and is not shown what it must not call`` () =
    Assert.That(ask local |> withTools ToolChoice.Required [ tool "f" ] |> refusedFeature ollama, equalTo "forced tool choice")
    Assert.That(ask local |> withTools ToolChoice.None [ tool "f" ] |> encodeWith ollama |> at "tools", Is.Empty)
    Assert.That(ask local |> withFormat (Some FormatMode.Tool) |> refusedFeature ollama, equalTo "format mode tool")

[<Test>]
let ``what neither has is refused before the wire`` () =
    Assert.That(ask local |> withTools ToolChoice.Auto [ strict ] |> refusedFeature ollama, equalTo "strict tools")
    Assert.That(searching (ask local) |> refusedFeature ollama, equalTo "web search")
    Assert.That(searching (ask command) |> refusedFeature cohere, equalTo "web search")

[<Test>]
let ``Cohere cites from documents of text, however they come`` () =
    let bytes = Bytes.ofArray "words"B
    let read = { ask command with Messages = [ Message.userPart (UserPart.Document(Document.Inline("text/markdown", bytes))) ] }
    Assert.That(read |> encodeWith cohere |> at "documents", equalTo """[{"data":{"text":"words"}}]""")
