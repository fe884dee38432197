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
