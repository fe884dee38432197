/// Chat completions: how requests are written, and what becomes of what a vendor lacks.
module Llm.Core.Tests.ChatCompletionsEncodeTests

open System.Text
open NUnit.Framework
open Llm.Core

let private request model messages : Request = Request.create model Params.none false messages

let private encode (dialect: ChatDialect) (request: Request) : EncodedRequest =
    match (ChatCompletions.codec dialect).Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

let private body dialect request = RequestBody.text (encode dialect request).Body

let private same (expected: 'a) (actual: 'a) = Assert.That((actual = expected), $"expected {expected} but was {actual}")

let private acme = ChatDialect.standard "acme"

let private messages dialect (all: Message list) =
    let text = body dialect (request "m" all)
    let start = "{\"model\":\"m\",\"messages\":"
    Assert.That(text.StartsWith start)
    text.Substring(start.Length, text.Length - start.Length - 1)

let private userOf (parts: UserPart list) =
    match Message.userParts parts with
    | Ok message -> message
    | Error error -> failwith (LlmError.render error)

let private own (provider: string) (native: string option) (content: AssistantPart list) =
    let json = native |> Option.map (Json.tryParse >> Result.defaultWith failwith)

    Message.Assistant
        {
            Content = content
            Name = None
            Origin = Some { Provider = provider; Api = "chat"; Model = "m"; Native = json }
        }

[<Test>]
let ``a conversation keeps its order, system messages too`` () =
    messages acme [ Message.system "s"; Message.user "u"; Message.assistant "a"; Message.system "t"; Message.user "" ]
    |> same
        """[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"system","content":"t"},{"role":"user","content":""}]"""

[<Test>]
let ``tool outputs are messages of their own, in place`` () =
    let output id = UserPart.ToolOutput { Id = id; Name = "f"; Result = "r"; IsError = false }

    messages acme [ userOf [ UserPart.Text "a"; output "1"; output "2"; UserPart.Text "b" ] ]
    |> same
        """[{"role":"user","content":"a"},{"role":"tool","content":"r","tool_call_id":"1"},{"role":"tool","content":"r","tool_call_id":"2"},{"role":"user","content":"b"}]"""

[<Test>]
let ``media are written in the format's own forms`` () =
    let data = Bytes.ofArray [| 1uy; 2uy |]

    messages
        acme
        [
            userOf
                [
                    UserPart.Text "look"
                    UserPart.Image(Image.Inline("image/png", data))
                    UserPart.Image(Image.Url "https://example.org/i")
                    UserPart.Audio { MediaType = "audio/mpeg"; Data = data }
                    UserPart.Document(Document.Inline("application/pdf", data))
                    UserPart.Document(Document.Text("text/plain", "hi"))
                ]
        ]
    |> same (
        """[{"role":"user","content":[{"type":"text","text":"look"},"""
        + """{"type":"image_url","image_url":{"url":"data:image/png;base64,AQI=","detail":"auto"}},"""
        + """{"type":"image_url","image_url":{"url":"https://example.org/i","detail":"auto"}},"""
        + """{"type":"input_audio","input_audio":{"data":"AQI=","format":"mp3"}},"""
        + """{"type":"file","file":{"file_data":"data:application/pdf;base64,AQI=","filename":"document.pdf"}},"""
        + """{"type":"file","file":{"file_data":"data:text/plain;base64,aGk=","filename":"document.txt"}}]}]"""
    )

[<Test>]
let ``media that a vendor refuses are refused before the wire, with an alternative`` () =
    let refused dialect model part =
        match (ChatCompletions.codec dialect).Encode(request model [ userOf [ part ] ]) with
        | Error(LlmError.FeatureNotSupported(feature, _, _, Some _)) -> feature
        | other -> failwith $"{other}"

    let wav = UserPart.Audio { MediaType = "audio/wav"; Data = Bytes.empty }
    same "audio" (refused ChatDialect.openai "gpt-4o" wav)
    same "audio/flac" (refused ChatDialect.openai "gpt-audio" (UserPart.Audio { MediaType = "audio/flac"; Data = Bytes.empty }))
    same "document url" (refused ChatDialect.openai "gpt-4o" (UserPart.Document(Document.Url "https://example.org/d.pdf")))
    same "document" (refused ChatDialect.groq "m" (UserPart.Document(Document.Text("text/plain", "t"))))

[<Test>]
let ``an assistant's texts, calls and thoughts are written anew where the message is not the vendor's own`` () =
    let spoken =
        [
            AssistantPart.Thought "hm"
            AssistantPart.Text "a"
            AssistantPart.Text "b"
            AssistantPart.ToolCall { Id = "1"; Name = "f"; Arguments = "{\"x\": 1}" }
        ]

    messages acme [ Message.assistantParts spoken ]
    |> same
        """[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]}]"""

    messages acme [ Message.assistantParts [ List.last spoken ] ]
    |> same
        """[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]}]"""

[<Test>]
let ``thoughts go out as text where the caller wants them so`` () =
    let thinking = { Level = ThinkingLevel.Default; IncludeThoughts = true; EncodeThoughtsAsText = true }
    let asked = request "m" [ Message.assistantParts [ AssistantPart.Thought "hm" ] ]
    let text = body acme { asked with Params = { Params.none with Thinking = Some thinking } }
    Assert.That(text, Does.Contain "\"content\":\"**Thinking:** hm\"")

[<Test>]
let ``the vendor's own message goes back as it came, to that model only`` () =
    let message = own "openai" (Some """[{"role":"assistant","content":"a","odd":[1]}]""") [ AssistantPart.Text "a" ]
    messages ChatDialect.openai [ message ] |> same """[{"role":"assistant","content":"a","odd":[1]}]"""
    let elsewhere = body ChatDialect.openai (request "other" [ message ])
    Assert.That(elsewhere, Does.Contain """[{"role":"assistant","content":"a"}]""")

[<Test>]
let ``thoughts go back to a vendor that wants them, in its own place`` () =
    let message provider = own provider None [ AssistantPart.Thought "hm"; AssistantPart.Text "a" ]

    messages ChatDialect.deepseek [ message "deepseek" ]
    |> same """[{"role":"assistant","content":"a","reasoning_content":"hm"}]"""

    messages ChatDialect.mistral [ message "mistral" ]
    |> same """[{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}]}]"""

    messages ChatDialect.mistral [ message "deepseek" ] |> same """[{"role":"assistant","content":"a"}]"""

[<Test>]
let ``audio goes back by its id, or as its transcript with a warning`` () =
    let audio = AssistantPart.Audio { Id = Some "au"; Data = Bytes.empty; Transcript = "hi" }
    messages acme [ own "acme" None [ audio ] ] |> same """[{"role":"assistant","content":null,"audio":{"id":"au"}}]"""

    let encoded = encode acme (request "m" [ Message.assistantParts [ audio ] ])
    Assert.That(RequestBody.text encoded.Body, Does.Contain "\"content\":\"hi\"")
    same [ "audio" ] (encoded.Warnings |> List.map (fun warning -> warning.Feature))

let private asked (dialect: ChatDialect) model parameters = encode dialect { request model [ Message.user "u" ] with Params = parameters }

let private afterMessages (encoded: EncodedRequest) =
    let text = RequestBody.text encoded.Body
    text.Substring(text.IndexOf(']') + 1)

let private all: Params =
    {
        Temperature = Some 0.5
        MaxTokens = Some 9
        TopP = Some 0.25
        TopK = Some 3
        Seed = Some 7L
        StopSequences = [ "x\"y" ]
        Thinking = None
        PromptCaching = PromptCaching.Automatic
        Speech = None
        Images = false
    }

[<Test>]
let ``parameters are written, and those that are lacking become warnings`` () =
    let encoded = asked acme "m" all
    same ""","max_tokens":9,"temperature":0.5,"top_p":0.25,"seed":7,"stop":["x\"y"]}""" (afterMessages encoded)
    same [ "top_k" ] (encoded.Warnings |> List.map (fun warning -> warning.Feature))

    same
        ""","max_tokens":9,"temperature":0.5,"top_p":0.25,"random_seed":7,"stop":["x\"y"]}"""
        (afterMessages (asked ChatDialect.mistral "m" all))

[<Test>]
let ``models that reason get their own limit and no sampling`` () =
    let encoded = asked ChatDialect.openai "o3-mini" all
    same ""","max_completion_tokens":9,"seed":7}""" (afterMessages encoded)
    same [ "temperature"; "top_p"; "top_k"; "stop_sequences" ] (encoded.Warnings |> List.map (fun warning -> warning.Feature))
    same ""","max_completion_tokens":9,"seed":7}""" (afterMessages (asked ChatDialect.openrouter "openai/o1" { all with TopK = None }))

[<Test>]
let ``a level of thinking becomes the nearest effort, or a warning`` () =
    let think dialect model level =
        let thinking = { Level = level; IncludeThoughts = true; EncodeThoughtsAsText = false }
        let encoded = asked dialect model { Params.none with Thinking = Some thinking }
        afterMessages encoded, encoded.Warnings.Length

    let openai = think ChatDialect.openai
    same (",\"reasoning_effort\":\"low\"}", 0) (openai "o3" ThinkingLevel.Minimal)
    same (",\"reasoning_effort\":\"minimal\"}", 0) (openai "gpt-5" ThinkingLevel.Minimal)
    same (",\"reasoning_effort\":\"high\"}", 0) (openai "gpt-5" ThinkingLevel.Max)
    same (",\"reasoning_effort\":\"xhigh\"}", 0) (openai "gpt-5.2" ThinkingLevel.Max)
    same ("}", 1) (openai "gpt-5" ThinkingLevel.None)
    same ("}", 0) (openai "gpt-4o" ThinkingLevel.None)
    same ("}", 1) (openai "gpt-4o" ThinkingLevel.High)
    same (",\"reasoning\":{\"effort\":\"medium\"}}", 0) (think ChatDialect.openrouter "m" ThinkingLevel.Medium)
    same (",\"thinking\":{\"type\":\"disabled\"}}", 0) (think ChatDialect.deepseek "m" ThinkingLevel.None)

[<Test>]
let ``a stream asks for its usage where the vendor wants to be asked`` () =
    let streamed dialect = afterMessages (encode dialect { request "m" [ Message.user "u" ] with Stream = true })
    same ""","stream":true,"stream_options":{"include_usage":true}}""" (streamed acme)
    same ""","stream":true}""" (streamed ChatDialect.mistral)

[<Test>]
let ``any text can be sent, a lone surrogate too`` () =
    Assert.That(messages acme [ Message.user ("a" + string (char 0xD83D)) ], Does.Contain "\"a\\ud83d\"")

[<Test>]
let ``the path comes from the dialect`` () =
    same "chat/completions" (encode acme (request "m" [ Message.user "u" ])).Path
    let deployed = { acme with Path = fun model -> $"deployments/{model}/chat/completions" }
    same "deployments/m/chat/completions" (encode deployed (request "m" [ Message.user "u" ])).Path
