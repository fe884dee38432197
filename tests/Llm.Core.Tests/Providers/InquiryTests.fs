/// Counting tokens and listing models, in each format: what is asked, and how the answers are read.
module Llm.Core.Tests.InquiryTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let private ask (model: string) : Request =
    let parameters = { Params.none with PromptCaching = PromptCaching.Off; MaxTokens = Some 100; Temperature = Some 0.5 }
    Request.create model parameters true [ Message.system "Be brief."; Message.user "Hi" ] |> withTools ToolChoice.Auto [ tool "f" ]

let private counter (codec: Codec) =
    match codec.TokenCounter with
    | Some counter -> counter
    | None -> failwith "it counts no tokens"

let private count (codec: Codec) (request: Request) : EncodedRequest =
    match (counter codec).Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private counted (codec: Codec) (answer: string) = (counter codec).Decode(bytes answer)

let private listing (codec: Codec) =
    match codec.ModelListing with
    | Some listing -> listing
    | None -> failwith "it lists no models"

let private page (codec: Codec) (answer: string) =
    match (listing codec).Decode(bytes answer) with
    | Ok page -> page
    | Error error -> failwith (LlmError.render error)

let private ids (page: ModelPage) = page.Models |> List.map _.Id
let private anthropic = AnthropicMessages.codec AnthropicDialect.standard
let private vertexClaude = AnthropicMessages.codec AnthropicDialect.vertex
let private invoked = AnthropicMessages.codec AnthropicDialect.bedrock
let private converse = BedrockConverse.codec ConverseDialect.standard
let private gemini = GenerateContent.codec GenerateContentDialect.standard
let private vertexGemini = GenerateContent.codec GenerateContentDialect.vertex
let private responses = OpenAiResponses.codec ResponsesDialect.openai
let private cohere = CohereChat.codec CohereDialect.standard
let private ollama = OllamaChat.codec OllamaDialect.standard
let private chat = ChatCompletions.codec (ChatDialect.standard "x")
let private claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

[<Test>]
let ``Anthropic counts what a call says, without how to answer`` () =
    let asked = count anthropic (ask "claude-sonnet-4-5")
    Assert.That(asked.Path, equalTo "v1/messages/count_tokens?beta=true")
    Assert.That(at "max_tokens" asked + at "temperature" asked + at "stream" asked, Is.Empty)
    Assert.That(at "model" asked, equalTo "\"claude-sonnet-4-5\"")
    Assert.That(at "system/0/text" asked + at "messages/0/content" asked + at "tools/0/name" asked, equalTo "\"Be brief.\"\"Hi\"\"f\"")
    Assert.That(asked.Headers |> List.map fst, equalTo [ "anthropic-version"; "anthropic-beta" ])
    Assert.That((counted anthropic """{"input_tokens":2095}""" = Ok 2095L))

[<Test>]
let ``Vertex AI counts a Claude's tokens at a path of its own, with the model in the body`` () =
    let asked = count vertexClaude (ask "claude-sonnet-4-5@20250929")
    Assert.That(asked.Path, equalTo "publishers/anthropic/models/count-tokens:rawPredict")
    Assert.That(at "model" asked + at "anthropic_version" asked, equalTo "\"claude-sonnet-4-5@20250929\"\"vertex-2023-10-16\"")

[<Test>]
let ``Bedrock counts by the model, whatever region it is called in`` () =
    let asked = count converse (ask claude)
    Assert.That(asked.Path, equalTo "model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens")
    Assert.That(at "input/converse/messages/0/content" asked, equalTo """[{"text":"Hi"}]""")
    Assert.That(at "input/converse/inferenceConfig" asked, Is.Empty)
    Assert.That(at "input/converse/toolConfig/tools/0/toolSpec/name" asked, equalTo "\"f\"")
    Assert.That((counted converse """{"inputTokens":12}""" = Ok 12L))
    Assert.That((count converse (ask "meta.llama3-1-70b-instruct-v1:0")).Path, Does.StartWith "model/meta.llama3-1-70b")

[<Test>]
let ``Bedrock is given the body of an invocation in base64`` () =
    let asked = count invoked (ask claude)
    Assert.That(asked.Path, equalTo "model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens")
    let body = (at "input/invokeModel/body" asked).Trim '"' |> Convert.FromBase64String |> Encoding.UTF8.GetString
    Assert.That(body, Does.Contain "\"anthropic_version\":\"bedrock-2023-05-31\"")
    Assert.That((counted invoked """{"inputTokens":12}""" = Ok 12L))

[<Test>]
let ``Gemini counts a whole call with the model's name in it, Vertex AI its members`` () =
    let asked = count gemini (ask "gemini-2.5-flash")
    Assert.That(asked.Path, equalTo "models/gemini-2.5-flash:countTokens")
    Assert.That(at "generateContentRequest/model" asked, equalTo "\"models/gemini-2.5-flash\"")
    Assert.That(at "generateContentRequest/contents/0/parts/0/text" asked, equalTo "\"Hi\"")
    let atVertex = count vertexGemini (ask "gemini-2.5-flash")
    Assert.That(atVertex.Path, equalTo "publishers/google/models/gemini-2.5-flash:countTokens")
    Assert.That(at "contents/0/parts/0/text" atVertex, equalTo "\"Hi\"")
    Assert.That((counted gemini """{"totalTokens":31}""" = Ok 31L))

[<Test>]
let ``OpenAI counts what a response would read`` () =
    let asked = count responses (ask "gpt-5")
    Assert.That(asked.Path, equalTo "responses/input_tokens")
    Assert.That(at "stream" asked + at "max_output_tokens" asked, Is.Empty)
    Assert.That(at "tools/0/name" asked, equalTo "\"f\"")
    Assert.That((counted responses """{"object":"response.input_tokens","input_tokens":11}""" = Ok 11L))

[<Test>]
let ``Cohere counts texts, and nothing else`` () =
    let plain = Request.create "command-a-03-2025" Params.none false [ Message.system "Be brief."; Message.user "Hi" ]
    let asked = count cohere plain
    Assert.That(asked.Path, equalTo "v1/tokenize")
    Assert.That(at "text" asked, equalTo "\"Be brief.\\nHi\"")
    Assert.That((counted cohere """{"tokens":[1,2,3],"token_strings":["a","b","c"]}""" = Ok 3L))

    match (counter cohere).Encode(ask "command-a-03-2025") with
    | Error(LlmError.FeatureNotSupported(feature, "cohere", _, Some _)) -> Assert.That(feature, Does.Contain "tools")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``who counts nothing says so, and an answer without a number is invalid`` () =
    Assert.That(chat.TokenCounter.IsNone && ollama.TokenCounter.IsNone)

    for codec, answer in [ anthropic, "{}"; anthropic, "no"; cohere, """{"tokens":null,"x":1}""" ] do
        match counted codec answer with
        | Error(LlmError.InvalidResponse _) -> ()
        | Ok 0L when answer.Contains "null" -> ()
        | other -> Assert.Fail $"{other}"

[<Test>]
let ``OpenAI's imitators list models on one page, with what they add`` () =
    let answer =
        """{"object":"list","data":[{"id":"a","created":1700000000,"context_window":8192,"max_completion_tokens":1024},{"id":"b","created":0,
            "name":"B","context_length":4},{"object":"model"}]}"""

    let found = page chat answer
    Assert.That(ids found, equalTo [ "a"; "b" ])
    Assert.That(found.Next, equalTo None)
    let first, second = found.Models[0], found.Models[1]
    Assert.That(first.CreatedAt, equalTo (Some(DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero))))
    Assert.That((first.InputTokens, first.OutputTokens), equalTo (Some 8192L, Some 1024L))
    Assert.That((second.Name, second.CreatedAt, second.InputTokens), equalTo (Some "B", None, Some 4L))
    Assert.That(page chat """[{"id":"bare"}]""" |> ids, equalTo [ "bare" ])
    Assert.That((listing chat).Path None, equalTo "models")

[<Test>]
let ``Anthropic's pages are asked for by the last model of the one before`` () =
    let first = page anthropic """{"data":[{"type":"model","id":"claude-x","display_name":"Claude X"}],"has_more":true,"last_id":"claude-x"}"""
    Assert.That(first.Models[0].Name, equalTo (Some "Claude X"))
    Assert.That(first.Next, equalTo (Some "claude-x"))
    Assert.That((listing anthropic).Path first.Next, equalTo "v1/models?limit=1000&after_id=claude-x")
    Assert.That((page anthropic """{"data":[],"has_more":false,"last_id":"y"}""").Next, equalTo None)
    Assert.That((listing anthropic).Headers, equalTo [ "anthropic-version", "2023-06-01" ])

[<Test>]
let ``Google's and Cohere's pages are asked for by a token`` () =
    let first =
        page
            gemini
            """{"models":[{"name":"models/gemini-x","displayName":"Gemini X","inputTokenLimit":1048576,"outputTokenLimit":65536}],"nextPageToken":"a b"}"""

    Assert.That(ids first, equalTo [ "gemini-x" ])
    Assert.That((first.Models[0].InputTokens, first.Models[0].OutputTokens), equalTo (Some 1048576L, Some 65536L))
    Assert.That((listing gemini).Path first.Next, equalTo "models?pageSize=1000&pageToken=a%20b")
    let ofCohere = page cohere """{"models":[{"name":"command-x","context_length":288000}],"next_page_token":"t"}"""
    Assert.That(ids ofCohere, equalTo [ "command-x" ])
    Assert.That((listing cohere).Path ofCohere.Next, equalTo "v1/models?endpoint=chat&page_size=1000&page_token=t")
    Assert.That((page cohere """{"models":[],"next_page_token":""}""").Next, equalTo None)

[<Test>]
let ``Ollama lists what is on its machine, Bedrock at the host of its control plane`` () =
    let local = page ollama """{"models":[{"name":"qwen3:latest","model":"qwen3:latest","modified_at":"2026-03-01T10:00:00.5+01:00","size":1}]}"""
    Assert.That(ids local, equalTo [ "qwen3:latest" ])
    Assert.That(local.Models[0].CreatedAt, equalTo (Some(DateTimeOffset(2026, 3, 1, 10, 0, 0, 500, TimeSpan.FromHours 1.0))))
    Assert.That((listing ollama).Path None, equalTo "api/tags")

    let ofBedrock = page converse """{"modelSummaries":[{"modelId":"amazon.nova-x-v1:0","modelName":"Nova X","providerName":"Amazon"}]}"""
    Assert.That((ids ofBedrock, ofBedrock.Models[0].Name), equalTo ([ "amazon.nova-x-v1:0" ], Some "Nova X"))
    Assert.That((listing converse).Url "https://bedrock-runtime.eu-west-1.amazonaws.com", equalTo "https://bedrock.eu-west-1.amazonaws.com")

[<Test>]
let ``a list that is none is invalid`` () =
    for answer in [ "{}"; """{"data":{}}"""; "<html>" ] do
        match (listing chat).Decode(bytes answer) with
        | Error(LlmError.InvalidResponse _) -> ()
        | other -> Assert.Fail $"{other}"
