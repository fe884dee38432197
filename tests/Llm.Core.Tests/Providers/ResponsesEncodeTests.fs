/// The Responses format: how conversations are written.
namespace Llm.Core.Tests

open System.Text
open System.Text.Json.Nodes
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core

module ResponsesEncodeTests =
    let private request messages = Request.create "gpt-5" Params.none false messages

    let private encodeWith dialect request = (OpenAiResponses.codec dialect).Encode request

    let private encode request = encodeWith ResponsesDialect.standard request

    let private bodyOf (result: Result<EncodedRequest, LlmError>) =
        match result with
        | Ok encoded -> JsonNode.Parse(RequestBody.text encoded.Body)
        | Error error -> failwith $"{error}"

    let private isJson (expected: string) (actual: JsonNode | null) =
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse expected, actual), Is.True, $"{actual}")

    let private equal (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"{actual}")

    let private inputIs (expected: string) messages = (bodyOf (encode (request messages)))["input"] |> isJson expected

    let private userParts parts =
        match Message.userParts parts with
        | Ok message -> message
        | Error error -> failwith $"{error}"

    let private warnings request =
        match encode request with
        | Ok encoded -> encoded.Warnings |> List.map _.Feature
        | Error error -> failwith $"{error}"

    let private thinking level = Some { Level = level; IncludeThoughts = false; EncodeThoughtsAsText = false }

    [<Test>]
    let ``texts are messages without a type, and system messages are a developer's, where they stand`` () =
        inputIs
            """[{"role":"developer","content":"Be brief."},
                {"role":"user","content":"Hi"},
                {"role":"assistant","content":"Ho"},
                {"role":"developer","content":"Now long."},
                {"role":"user","content":""}]"""
            [ Message.system "Be brief."; Message.user "Hi"; Message.assistant "Ho"; Message.system "Now long."; Message.user "" ]

    [<Test>]
    let ``a dialect may call the developer system`` () =
        let dialect = { ResponsesDialect.standard with SystemRole = "system"; Store = Some false; Include = [ "a.b" ] }
        let body = bodyOf (encodeWith dialect (request [ Message.system "x" ]))
        body["input"] |> isJson """[{"role":"system","content":"x"}]"""
        body["store"] |> isJson "false"
        body["include"] |> isJson """["a.b"]"""

    [<Test>]
    let ``media stand in one message, and tool outputs between messages`` () =
        let png = Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |])

        inputIs
            """[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},
                {"type":"input_image","image_url":"data:image/png;base64,AQI=","detail":"auto"}]},
                {"type":"function_call_output","call_id":"c1","output":"4"},
                {"role":"user","content":"b"},
                {"type":"function_call_output","call_id":"c2","output":"5"},
                {"type":"message","role":"user",
                    "content":[{"type":"input_image","image_url":"https://example.org/a.png","detail":"auto"}]}]"""
            [
                userParts
                    [
                        UserPart.Text "a"
                        UserPart.Image png
                        UserPart.ToolOutput { Id = "c1"; Name = "add"; Result = "4"; IsError = false }
                        UserPart.Text "b"
                        UserPart.ToolOutput { Id = "c2"; Name = "add"; Result = "5"; IsError = false }
                        UserPart.Image(Image.Url "https://example.org/a.png")
                    ]
            ]

    [<Test>]
    let ``documents are files by bytes, text or address`` () =
        inputIs
            """[{"type":"message","role":"user","content":[
                {"type":"input_file","filename":"document.pdf","file_data":"data:application/pdf;base64,AQI="},
                {"type":"input_file","filename":"document.txt","file_data":"data:text/plain;base64,w6Q="},
                {"type":"input_file","file_url":"https://example.org/a.pdf"}]}]"""
            [
                userParts
                    [
                        UserPart.Document(Document.Inline("application/pdf", Bytes.ofArray [| 1uy; 2uy |]))
                        UserPart.Document(Document.Text("text/plain", "ä"))
                        UserPart.Document(Document.Url "https://example.org/a.pdf")
                    ]
            ]

    [<Test>]
    let ``audio is refused before the wire, with the way out`` () =
        match encode (request [ Message.userPart (UserPart.Audio { MediaType = "audio/wav"; Data = Bytes.empty }) ]) with
        | Error(LlmError.FeatureNotSupported("audio", "openai", Some "gpt-5", Some alternative)) ->
            Assert.That(alternative, Does.Contain "completions")
        | other -> Assert.Fail $"{other}"

    let private thoughtful =
        [
            AssistantPart.Thought "Hm"
            AssistantPart.Text "Four."
            AssistantPart.ToolCall { Id = "c1"; Name = "add"; Arguments = "{\"a\":1}" }
            AssistantPart.Other { Kind = "web_search_call"; Json = Json.ofString "x" }
        ]

    [<Test>]
    let ``an assistant's parts are items of their own; thoughts and what cannot be said are left out`` () =
        inputIs
            """[{"role":"assistant","content":"Four."},{"type":"function_call","call_id":"c1","name":"add","arguments":"{\"a\":1}"}]"""
            [ Message.assistantParts thoughtful ]

        warnings (request [ Message.assistantParts thoughtful ]) |> equal [ "web_search_call" ]

    [<Test>]
    let ``thoughts go out as text where that is asked for`` () =
        let asText = Some { Level = ThinkingLevel.Default; IncludeThoughts = false; EncodeThoughtsAsText = true }

        let asked =
            { request [ Message.assistantParts [ AssistantPart.Thought "Hm" ] ] with
                Params = { Params.none with Thinking = asText }
            }

        (bodyOf (encode asked))["input"] |> isJson """[{"role":"assistant","content":"**Thinking:** Hm"}]"""

    let private ofOrigin provider model native =
        Message.Assistant
            {
                Content = [ AssistantPart.Text "Four." ]
                Name = None
                Origin = Some { Provider = provider; Api = "responses"; Model = model; Native = Some native }
            }

    let private native =
        match
            Json.tryParse
                """[{"type":"reasoning","id":"rs_1","summary":[],"status":null,"encrypted_content":"x"},
                    {"type":"message","phase":"final_answer","content":[{"text":"Four.","logprobs":null}]}]"""
        with
        | Ok json -> json
        | Error message -> failwith message

    [<Test>]
    let ``the same model gets back what it sent, without members that are null`` () =
        inputIs
            """[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"},
                {"type":"message","phase":"final_answer","content":[{"text":"Four.","logprobs":null}]}]"""
            [ ofOrigin "openai" "gpt-5" native ]

    [<TestCase("openai", "gpt-4o")>]
    [<TestCase("xai", "gpt-5")>]
    let ``another model or provider gets a translation`` (provider: string, model: string) =
        inputIs """[{"role":"assistant","content":"Four."}]""" [ ofOrigin provider model native ]

    [<Test>]
    let ``parameters have this format's names`` () =
        let parameters = { Params.none with Temperature = Some 0.5; TopP = Some 0.25; MaxTokens = Some 9 }

        bodyOf (encode { request [ Message.user "Hi" ] with Params = parameters; Stream = true })
        |> isJson
            """{"model":"gpt-5",
                "input":[{"role":"user",
                "content":"Hi"}],
                "max_output_tokens":9,"temperature":0.5,"top_p":0.25,"stream":true}"""

    [<Test>]
    let ``parameters that the format lacks are left out with a warning each`` () =
        let parameters =
            { Params.none with
                TopK = Some 3
                Seed = Some 4L
                StopSequences = [ "x" ]
                Thinking = thinking ThinkingLevel.Low
            }

        let asked = { request [ Message.user "Hi" ] with Params = parameters; Model = "gpt-4o-mini" }
        warnings asked |> equal [ "top_k"; "seed"; "stop_sequences"; "thinking" ]

        bodyOf (encode asked) |> isJson """{"model":"gpt-4o-mini","input":[{"role":"user","content":"Hi"}]}"""

    [<TestCase("none")>]
    [<TestCase("minimal")>]
    [<TestCase("low")>]
    [<TestCase("medium")>]
    [<TestCase("high")>]
    [<TestCase("xhigh")>]
    let ``levels of thinking are efforts`` (effort: string) =
        let levels =
            match effort with
            | "none" -> [ ThinkingLevel.None ]
            | "minimal" -> [ ThinkingLevel.Minimal ]
            | "low" -> [ ThinkingLevel.Low ]
            | "medium" -> [ ThinkingLevel.Medium; ThinkingLevel.Default ]
            | "high" -> [ ThinkingLevel.High ]
            | _ -> [ ThinkingLevel.Max ]

        for level in levels do
            let asked = { request [ Message.user "Hi" ] with Params = { Params.none with Thinking = thinking level } }
            (bodyOf (encode asked))["reasoning"] |> isJson $"{{\"effort\":\"{effort}\"}}"

    [<Test>]
    let ``thoughts that are to be shown are asked for`` () =
        let shown = Some { Level = ThinkingLevel.High; IncludeThoughts = true; EncodeThoughtsAsText = false }
        let asked = { request [ Message.user "Hi" ] with Params = { Params.none with Thinking = shown } }
        (bodyOf (encode asked))["reasoning"] |> isJson """{"effort":"high","summary":"auto"}"""

    [<Test>]
    let ``what no provider could take is refused before the wire`` () =
        for asked in
            [
                request []
                { request [ Message.user "Hi" ] with Model = "" }
                { request [ Message.user "Hi" ] with Params = { Params.none with Temperature = Some nan } }
            ] do
            match encode asked with
            | Error(LlmError.InvalidRequest _) -> ()
            | other -> Assert.Fail $"{other}"

    [<Property>]
    let ``any text can be written`` (text: string) =
        let text = if isNull text then "\ud800" else text + "\udc00"

        match
            encode (
                request
                    [ Message.user text; Message.assistantParts [ AssistantPart.ToolCall { Id = text; Name = text; Arguments = text } ] ]
            )
        with
        | Ok encoded -> (Json.tryParse (RequestBody.text encoded.Body)).IsOk
        | Error _ -> false

    [<Test>]
    let ``a native form that is no list of items is passed over`` () =
        inputIs """[{"role":"assistant","content":"Four."}]""" [ ofOrigin "openai" "gpt-5" (Json.ofString "x") ]
