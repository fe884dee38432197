/// Cohere's v2 chat and Ollama's native format: how conversations are written.
namespace Llm.Core.Tests

open System.Text
open System.Text.Json.Nodes
open NUnit.Framework
open Llm.Core

module CohereAndOllamaEncodeTests =
    let private cohere = CohereChat.codec CohereDialect.standard
    let private ollama = OllamaChat.codec OllamaDialect.standard

    let private request messages : Request = Request.create "m" Params.none false messages

    let private encode (codec: Codec) request =
        match codec.Encode request with
        | Ok encoded -> encoded
        | Error error -> failwith (LlmError.render error)

    let private body codec request = RequestBody.text (encode codec request).Body

    let private equal (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"{actual}")

    let private bodyIs (expected: string) codec request =
        let actual = body codec request
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse expected, JsonNode.Parse actual), Is.True, actual)

    let private userOf parts =
        match Message.userParts parts with
        | Ok message -> message
        | Error error -> failwith (LlmError.render error)

    let private png = UserPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))

    let private output id = UserPart.ToolOutput { Id = id; Name = "f"; Result = "r"; IsError = false }

    let private call id = AssistantPart.ToolCall { Id = id; Name = "f"; Arguments = """{"a":1}""" }

    let private features codec request = (encode codec request).Warnings |> List.map _.Feature

    let private own provider api native content =
        Message.Assistant
            {
                Content = content
                Name = None
                Origin = Some { Provider = provider; Api = api; Model = "m"; Native = Some(Json.trusted native) }
            }

    let private thinking level (codec: Codec) model =
        let parameters =
            { Params.none with
                Thinking = Some { Level = level; IncludeThoughts = false; EncodeThoughtsAsText = false }
            }

        encode codec { request [ Message.user "u" ] with Model = model; Params = parameters }

    let private all: Params =
        { Params.none with
            Temperature = Some 0.5
            MaxTokens = Some 9
            TopP = Some 0.25
            TopK = Some 4
            Seed = Some 3L
            StopSequences = [ "x" ]
        }

    let private refusedFeature (codec: Codec) part =
        match codec.Encode(request [ userOf [ part ] ]) with
        | Error(LlmError.FeatureNotSupported(feature, _, _, Some _)) -> feature
        | other -> failwith $"{other}"

    [<Test>]
    let ``Cohere takes a conversation in its order, at v2/chat`` () =
        let messages = [ Message.system "s"; Message.user "u"; Message.assistant "a"; Message.user "" ]
        equal "v2/chat" (encode cohere (request messages)).Path

        request messages
        |> bodyIs
            """{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},
                {"role":"assistant","content":"a"},{"role":"user","content":""}]}"""
            cohere

    [<Test>]
    let ``Cohere takes parameters by its own names`` () =
        { request [ Message.user "u" ] with Params = all; Stream = true }
        |> bodyIs
            """{"model":"m","messages":[{"role":"user","content":"u"}],"max_tokens":9,"temperature":0.5,"p":0.25,"k":4,"seed":3,
                "stop_sequences":["x"],"stream":true}"""
            cohere

    [<Test>]
    let ``Cohere takes images, documents of text beside the conversation, and tool outputs as messages`` () =
        request
            [
                userOf
                    [
                        UserPart.Text "look"
                        png
                        output "c1"
                        UserPart.Text "read"
                        UserPart.Document(Document.Text("text/plain", "words"))
                    ]
            ]
        |> bodyIs
            """{"model":"m","messages":[
                {"role":"user","content":[{"type":"text","text":"look"},
                    {"type":"image_url","image_url":{"url":"data:image/png;base64,AQI="}}]},
                {"role":"tool","tool_call_id":"c1","content":"r"},{"role":"user","content":"read"}],
                "documents":[{"data":{"text":"words"}}]}"""
            cohere

    [<Test>]
    let ``Cohere gets calls without content where there is none`` () =
        request [ Message.user "u"; Message.assistantParts [ AssistantPart.Thought "hm"; call "c1" ] ]
        |> bodyIs
            """{"model":"m","messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}]}"""
            cohere

    [<Test>]
    let ``what the same model said goes back as it came`` () =
        let native = """[{"role":"assistant","tool_plan":"p","tool_calls":[]}]"""
        let said = body cohere (request [ own "cohere" "v2-chat" native [ AssistantPart.Thought "p" ] ])
        Assert.That(said, Does.Contain """{"role":"assistant","tool_plan":"p","tool_calls":[]}""")
        let local = """[{"role":"assistant","content":"","thinking":"t"}]"""
        Assert.That(body ollama (request [ own "ollama" "ollama-chat" local [] ]), Does.Contain "\"thinking\":\"t\"")
        Assert.That(body ollama (request [ own "cohere" "v2-chat" native [] ]), Does.Not.Contain "tool_plan")

    // docs.ollama.com/api/chat: a message has a thinking of its own.
    [<Test>]
    let ``Ollama's models get their thoughts back, others' they do not`` () =
        let said provider native =
            let origin = { Provider = provider; Api = "ollama-chat"; Model = "m"; Native = native }
            let content = [ AssistantPart.Thought "hm"; call "c1" ]
            request [ Message.Assistant { Content = content; Name = None; Origin = Some origin } ] |> body ollama

        Assert.That(said "ollama" None, Does.Contain """{"role":"assistant","content":"","thinking":"hm","tool_calls":[""")
        Assert.That(said "elsewhere" None, Does.Not.Contain "hm")

        let silent = OllamaChat.codec { OllamaDialect.standard with ReturnsThoughts = false }
        let origin = { Provider = "ollama"; Api = "ollama-chat"; Model = "m"; Native = None }
        let message = Message.Assistant { Content = [ AssistantPart.Thought "hm" ]; Name = None; Origin = Some origin }
        Assert.That(body silent (request [ message ]), Does.Not.Contain "hm")
        let losses (codec: Codec) = (Message.adapt (codec.Target "m") Params.none [ message ]).Losses.Length
        equal (0, 1) (losses ollama, losses silent)

    [<Test>]
    let ``parts that only their model understands are left out with a warning`` () =
        let other = AssistantPart.Other { Kind = "hologram"; Json = Json.trusted "{}" }
        let said = request [ Message.assistantParts [ AssistantPart.Text "a"; other ] ]
        equal [ "hologram" ] (features cohere said)
        equal [ "hologram" ] (features ollama said)

    [<Test>]
    let ``media that would be refused are refused before the wire, with an alternative`` () =
        let audio = UserPart.Audio { MediaType = "audio/wav"; Data = Bytes.empty }
        let url = UserPart.Document(Document.Url "https://example.org/a.pdf")
        equal "audio" (refusedFeature cohere audio)
        equal "document url" (refusedFeature cohere url)
        equal "application/pdf" (refusedFeature cohere (UserPart.Document(Document.Inline("application/pdf", Bytes.empty))))
        equal "audio" (refusedFeature ollama audio)
        equal "document" (refusedFeature ollama url)
        equal "image url" (refusedFeature ollama (UserPart.Image(Image.Url "https://example.org/a.png")))

    [<Test>]
    let ``Cohere's models think within a share of the tokens, and those that cannot warn`` () =
        let text level = RequestBody.text (thinking level cohere "command-a-reasoning-08-2025").Body
        Assert.That(text ThinkingLevel.None, Does.Contain """"thinking":{"type":"disabled"}""")
        Assert.That(text ThinkingLevel.Default, Does.Contain """"thinking":{"type":"enabled"}""")
        Assert.That(text ThinkingLevel.Medium, Does.Contain """"thinking":{"type":"enabled","token_budget":6400}""")
        let plain = thinking ThinkingLevel.High cohere "command-r7b-12-2024"
        Assert.That(RequestBody.text plain.Body, Does.Not.Contain "thinking")
        equal [ "thinking" ] (plain.Warnings |> List.map _.Feature)
        equal [] (thinking ThinkingLevel.None cohere "command-r7b-12-2024").Warnings

    [<Test>]
    let ``thoughts go out as text where the caller wants it`` () =
        let thinking = { Level = ThinkingLevel.Default; IncludeThoughts = false; EncodeThoughtsAsText = true }
        let parameters = { Params.none with Thinking = Some thinking }
        let said = { request [ Message.assistantParts [ AssistantPart.Thought "hm" ] ] with Params = parameters }
        Assert.That(body cohere said, Does.Contain "\"**Thinking:** hm\"")
        Assert.That(body ollama said, Does.Contain "\"**Thinking:** hm\"")

    [<Test>]
    let ``Ollama is told whether to stream, and takes parameters as options`` () =
        equal "api/chat" (encode ollama (request [ Message.user "u" ])).Path

        request [ Message.user "u" ]
        |> bodyIs """{"model":"m","messages":[{"role":"user","content":"u"}],"stream":false}""" ollama

        { request [ Message.user "u" ] with Params = all; Stream = true }
        |> bodyIs
            """{"model":"m","messages":[{"role":"user","content":"u"}],"stream":true,"options":{"num_predict":9,"temperature":0.5,
                "top_p":0.25,"top_k":4,"seed":3,"stop":["x"]}}"""
            ollama

    [<Test>]
    let ``Ollama's messages have one text, images beside it, and arguments that are objects`` () =
        request
            [
                userOf [ UserPart.Text "a"; png; UserPart.Text "b" ]
                Message.assistantParts [ AssistantPart.Text "t"; call "c1"; call "llm_0" ]
                userOf [ output "c1"; output "llm_0" ]
            ]
        |> bodyIs
            """{"model":"m","messages":[{"role":"user","content":"a\nb","images":["AQI="]},
                {"role":"assistant","content":"t","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}},
                    {"function":{"name":"f","arguments":{"a":1}}}]},
                {"role":"tool","content":"r","tool_name":"f","tool_call_id":"c1"},{"role":"tool","content":"r","tool_name":"f"}],
                "stream":false}"""
            ollama

    [<Test>]
    let ``Ollama's models think by yes or no, and some by level`` () =
        let text level model = RequestBody.text (thinking level ollama model).Body
        Assert.That(text ThinkingLevel.None "qwen3", Does.Contain "\"think\":false")
        Assert.That(text ThinkingLevel.High "qwen3", Does.Contain "\"think\":true")
        Assert.That(text ThinkingLevel.Minimal "gpt-oss:20b", Does.Contain "\"think\":\"low\"")
        Assert.That(text ThinkingLevel.Default "gpt-oss:20b", Does.Contain "\"think\":true")

    [<Test>]
    let ``a single prompt's format is read and not written`` () =
        match (OllamaChat.generate OllamaDialect.standard).Encode(request [ Message.user "u" ]) with
        | Error(LlmError.FeatureNotSupported("generate", "ollama", Some "m", Some _)) -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``the registry knows Cohere and Ollama's native format by their prefixes`` () =
        let resolve id =
            match Registry.resolve id Vendors.registry with
            | Ok(struct (provider, model)) ->
                match provider.Route { request [ Message.user "u" ] with Model = model } with
                | Ok(struct (codec, _)) ->
                    match Provider.url (fun _ -> None) "" provider with
                    | Ok url -> url.TrimEnd '/', codec.Api, model
                    | Error error -> failwith (LlmError.render error)
                | Error error -> failwith (LlmError.render error)
            | Error error -> failwith (LlmError.render error)

        equal ("https://api.cohere.com", "v2-chat", "command-r") (resolve "cohere/command-r")
        equal ("http://localhost:11434", "ollama-chat", "llama3.2") (resolve "ollama:native/llama3.2")
        equal [ "COHERE_API_KEY"; "CO_API_KEY" ] Vendors.cohere.KeyVariables
