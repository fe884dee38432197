// What the hosts of the chat completions format take and refuse, each by its documents.
module Llm.Core.Tests.HostRequestTests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private tool: ToolDefinition =
    {
        Name = "look"
        Description = "Looks."
        Parameters = Json.trusted """{"type":"object","properties":{}}"""
        Strict = None
    }

let private asking (choice: ToolChoice) (model: string) : Request =
    { Request.create model Params.none false [ Message.user "Hi" ] with
        Tools = { Definitions = [ tool ]; Provided = []; Choice = choice }
    }

let private refused (dialect: ChatDialect) (request: Request) : string =
    match (ChatCompletions.codec dialect).Encode request with
    | Error(LlmError.FeatureNotSupported(feature, _, _, Some _)) -> feature
    | other -> $"{other}"

let private bodyOf (dialect: ChatDialect) (request: Request) : string =
    match (ChatCompletions.codec dialect).Encode request with
    | Ok encoded -> RequestBody.text encoded.Body
    | Error error -> failwith (LlmError.render error)

[<Test>]
let ``Perplexity is sent no tools`` () = Assert.That(asking ToolChoice.Auto "sonar" |> refused ChatHost.perplexity, equalTo "tools")

[<Test>]
let ``Z.ai is told no choice of tools, and shown none that may not be called`` () =
    let asking choice = asking choice "glm-4.6"
    Assert.That(asking ToolChoice.Required |> refused ChatDialect.zai, equalTo "forced tool choice")
    Assert.That(asking (ToolChoice.One "look") |> refused ChatDialect.zai, equalTo "forced tool choice")
    let forbidden = asking ToolChoice.None |> bodyOf ChatDialect.zai
    Assert.That(forbidden, Does.Not.Contain "look")
    Assert.That(forbidden, Does.Not.Contain "tool_choice")
    Assert.That(asking ToolChoice.Auto |> bodyOf ChatDialect.zai, Does.Contain "look")

// docs.x.ai/developers/model-capabilities/text/reasoning; "" where nothing is sent.
[<TestCase("grok-3-mini", "low")>]
[<TestCase("grok-4", "")>]
[<TestCase("grok-4-1-fast-reasoning", "")>]
[<TestCase("grok-4.20-reasoning", "")>]
[<TestCase("grok-4.20-multi-agent", "low")>]
[<TestCase("grok-4.3", "none")>]
[<TestCase("grok-4.5", "low")>]
[<TestCase("grok-4.6", "low")>]
let ``xAI's models take the efforts of their documents, the least of them first`` (model: string) (least: string) =
    let sent level =
        let parameters =
            { Params.none with
                Thinking = Some { Level = level; IncludeThoughts = false; EncodeThoughtsAsText = false }
            }

        Request.create model parameters false [ Message.user "Hi" ] |> bodyOf ChatDialect.xai

    let effort word = $"\"reasoning_effort\":\"{word}\""
    let none = sent ThinkingLevel.None

    match least with
    | "" -> Assert.That(sent ThinkingLevel.Low, Does.Not.Contain "reasoning_effort")
    | "none" -> Assert.That(none, Does.Contain(effort "none"))
    | _ ->
        Assert.That(none, Does.Not.Contain "reasoning_effort")
        Assert.That(sent ThinkingLevel.Low, Does.Contain(effort "low"))

/// The assistant's message as it goes back to the vendor and model that said it.
let private goesBackTo (dialect: ChatDialect) (model: string) (content: AssistantPart list) : string =
    let origin = { Provider = dialect.Provider; Api = "chat"; Model = model; Native = None }
    let message = Message.Assistant { Content = content; Name = None; Origin = Some origin }
    let body = Request.create model Params.none false [ message ] |> bodyOf dialect
    Dom.parseText body (Dom.property "messages" >> ValueOption.get >> Dom.rawText) |> Result.defaultValue ""

let private thought = AssistantPart.Thought "Hm."
let private call = AssistantPart.ToolCall { Id = "c"; Name = "look"; Arguments = "{}" }
let private written = """"tool_calls":[{"id":"c","type":"function","function":{"name":"look","arguments":"{}"}}]}]"""

// Moonshot's guide to its thinking models: without its thoughts a Kimi refuses its own calls.
[<TestCase("Kimi-K2-Thinking")>]
[<TestCase("FW-Kimi-K3")>]
let ``a Kimi on Azure gets its thoughts back`` (model: string) =
    for dialect in [ ChatHost.azure; ChatHost.azureDeployments; ChatHost.azureAi ] do
        let expected = """[{"role":"assistant","content":null,"reasoning_content":"Hm.",""" + written
        Assert.That(goesBackTo dialect model [ thought; call ], equalTo expected)
        Assert.That(goesBackTo dialect "gpt-5" [ thought; call ], Does.Not.Contain "Hm.")

// inference-docs.cerebras.ai/capabilities/reasoning, "Reasoning Context Retention".
[<Test>]
let ``Cerebras gets thoughts back in the content, as its models would write them there`` () =
    let back model content = goesBackTo ChatHost.cerebras model content
    let text = AssistantPart.Text "Yes."
    Assert.That(back "gpt-oss-120b" [ thought; text ], equalTo """[{"role":"assistant","content":"Hm.Yes."}]""")
    Assert.That(back "zai-glm-4.7" [ thought; text ], equalTo """[{"role":"assistant","content":"<think>Hm.</think>Yes."}]""")

    let expected = """[{"role":"assistant","content":"<think>Hm.</think>","""
    Assert.That(back "zai-glm-4.7" [ thought; call ], equalTo (expected + written))

    let twice = back "zai-glm-4.7" [ thought; thought; text; text ]
    let texts = """[{"type":"text","text":"<think>Hm.</think><think>Hm.</think>Yes."},{"type":"text","text":"Yes."}]"""
    Assert.That(twice, equalTo ("""[{"role":"assistant","content":""" + texts + "}]"))

[<Test>]
let ``what goes back is not among the losses`` () =
    let losses (dialect: ChatDialect) model =
        let codec = ChatCompletions.codec dialect
        let origin = { Provider = dialect.Provider; Api = "chat"; Model = model; Native = None }
        let message = Message.Assistant { Content = [ thought ]; Name = None; Origin = Some origin }
        (Message.adapt (codec.Target model) Params.none [ message ]).Losses.Length

    Assert.That(losses ChatHost.azureAi "Kimi-K2-Thinking", equalTo 0)
    Assert.That(losses ChatHost.azureAi "Llama-4", equalTo 1)
    Assert.That(losses ChatHost.cerebras "gpt-oss-120b", equalTo 0)
