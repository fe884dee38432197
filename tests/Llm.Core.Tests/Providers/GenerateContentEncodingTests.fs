// How a request is written as generateContent.
namespace Llm.Core.Tests

open System.Text
open NUnit.Framework
open Llm.Core

module GenerateContentEncoding =
    open GeminiFixture

    let private model = "gemini-2.5-flash"

    let private request messages : Request = Request.create model Params.none false messages

    let private encode (request: Request) : EncodedRequest =
        match codec.Encode request with
        | Ok encoded -> encoded
        | Error error -> failwith (LlmError.render error)

    let private bodyOf (encoded: EncodedRequest) = RequestBody.text encoded.Body

    let private encodes (expected: string) (request: Request) =
        let body = bodyOf (encode request)
        Assert.That(sameJson expected body, Is.True, body)

    let private parts (parts: UserPart list) =
        match Message.userParts parts with
        | Ok message -> message
        | Error error -> failwith (LlmError.render error)

    [<Test>]
    let ``a question is one content, and the path names model and method`` () =
        let encoded = encode (request [ Message.user "Hi 😀" ])
        Assert.That(encoded.Path, equalTo "models/gemini-2.5-flash:generateContent")
        Assert.That(encoded.Warnings, Is.Empty)
        encodes "{\"contents\":[{\"parts\":[{\"text\":\"Hi 😀\"}],\"role\":\"user\"}]}" (request [ Message.user "Hi 😀" ])

    [<Test>]
    let ``a stream has its own path, and Vertex its own place`` () =
        let streamed = { request [ Message.user "Hi" ] with Stream = true }
        Assert.That((encode streamed).Path, equalTo "models/gemini-2.5-flash:streamGenerateContent?alt=sse")

        match (GenerateContent.codec GenerateContentDialect.vertex).Encode streamed with
        | Ok encoded -> Assert.That(encoded.Path, equalTo "publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse")
        | Error error -> Assert.Fail(LlmError.render error)

    [<Test>]
    let ``system messages are instructions, wherever they stand, and late ones are warned of`` () =
        let conversation = request [ Message.system "a"; Message.system "b"; Message.user "Hi"; Message.system "c" ]

        encodes
            "{\"contents\":[{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"user\"}],\
             \"systemInstruction\":{\"parts\":[{\"text\":\"a\"},{\"text\":\"b\"},{\"text\":\"c\"}],\"role\":\"user\"},\
             \"generationConfig\":{}}"
            conversation

        Assert.That((encode conversation).Warnings |> List.map (fun warning -> warning.Feature), equalTo [ "system" ])

    [<Test>]
    let ``instructions alone are refused before the wire`` () =
        match codec.Encode(request [ Message.system "a" ]) with
        | Error(LlmError.InvalidRequest("messages", _)) -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``all parts of a user go in their order`` () =
        encodes
            "{\"contents\":[{\"parts\":[{\"text\":\"\"},{\"inlineData\":{\"data\":\"-_8=\",\"mimeType\":\"image/png\"}},\
             {\"inlineData\":{\"data\":\"AQ==\",\"mimeType\":\"audio/wav\"}},\
             {\"inlineData\":{\"data\":\"Ag==\",\"mimeType\":\"application/pdf\"}},\
             {\"inlineData\":{\"data\":\"w6k=\",\"mimeType\":\"text/plain\"}},\
             {\"functionResponse\":{\"id\":\"theirs\",\"name\":\"f\",\"response\":{\"output\":\"1\"}}},\
             {\"functionResponse\":{\"name\":\"g\",\"response\":{\"output\":\"2\"}}},{\"text\":\"after\"}],\"role\":\"user\"}]}"
            (request
                [
                    parts
                        [
                            UserPart.Text ""
                            UserPart.Image(Image.Inline("image/png", Bytes.ofArray [| 0xFBuy; 0xFFuy |]))
                            UserPart.Audio { MediaType = "audio/wav"; Data = Bytes.ofArray [| 1uy |] }
                            UserPart.Document(Document.Inline("application/pdf", Bytes.ofArray [| 2uy |]))
                            UserPart.Document(Document.Text("text/plain", "é"))
                            UserPart.ToolOutput { Id = "theirs"; Name = "f"; Result = "1"; IsError = false }
                            UserPart.ToolOutput { Id = GenerateContent.ownIdPrefix + "x_0"; Name = "g"; Result = "2"; IsError = true }
                            UserPart.Text "after"
                        ]
                ])

    [<Test>]
    let ``what is behind a url must be downloaded first`` () =
        let image = UserPart.Image(Image.Url "https://example.org/a.png")
        let document = UserPart.Document(Document.Url "https://example.org/a.pdf")

        for part in [ image; document ] do
            match codec.Encode(request [ parts [ part ] ]) with
            | Error(LlmError.FeatureNotSupported(_, "google", Some "gemini-2.5-flash", Some _)) -> ()
            | other -> Assert.Fail $"{other}"

    let private origin provider answeredBy native : Origin =
        { Provider = provider; Api = "generateContent"; Model = answeredBy; Native = native }

    let private assistant origin content = Message.Assistant { Content = content; Name = None; Origin = origin }

    let private call id = AssistantPart.ToolCall { Id = id; Name = "f"; Arguments = "{\"n\":1}" }

    [<Test>]
    let ``the same model gets back what it sent`` () =
        let native = "[{\"text\":\"a\",\"thoughtSignature\":\"s\"},{\"functionCall\":{\"name\":\"f\"}}]"
        let sent = Json.tryParse native |> Result.toOption
        let message = assistant (Some(origin "google" model sent)) [ AssistantPart.Text "a"; call "llm_1" ]
        encodes ("{\"contents\":[{\"parts\":" + native + ",\"role\":\"model\"}]}") (request [ message ])

    [<Test>]
    let ``another model gets the content, without ids of ours and without thoughts`` () =
        let message =
            assistant (Some(origin "google" "gemini-2.0-flash" None)) [ AssistantPart.Thought "t"; call "llm_1"; call "theirs" ]

        encodes
            "{\"contents\":[{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"n\":1}}},\
             {\"functionCall\":{\"id\":\"theirs\",\"name\":\"f\",\"args\":{\"n\":1}}}],\"role\":\"model\"}]}"
            (request [ message ])

    [<Test>]
    let ``Gemini 3 gets a stand-in for the signature of a call that it did not make`` () =
        encodes
            "{\"contents\":[{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"n\":1}},\
             \"thoughtSignature\":\"skip_thought_signature_validator\"},\
             {\"functionCall\":{\"id\":\"b\",\"name\":\"f\",\"args\":{\"n\":1}}}],\"role\":\"model\"}]}"
            { request [ assistant None [ call "llm_1"; call "b" ] ] with Model = "gemini-3-pro-preview" }

    [<Test>]
    let ``thoughts go out as text where that is asked for`` () =
        let thinking = { Level = ThinkingLevel.Minimal; IncludeThoughts = false; EncodeThoughtsAsText = true }

        encodes
            "{\"contents\":[{\"parts\":[{\"text\":\"**Thinking:** t\"},{\"text\":\"a\"}],\"role\":\"model\"}],\
             \"generationConfig\":{\"thinkingConfig\":{\"thinking_budget\":1600}}}"
            { request [ assistant None [ AssistantPart.Thought "t"; AssistantPart.Text "a" ] ] with
                Params = { Params.none with Thinking = Some thinking }
            }

    [<Test>]
    let ``what cannot be sent is left out with a warning, and what Google sent goes back to it`` () =
        let json = Json.ofString "x"
        let other = AssistantPart.Other { Kind = "kind"; Json = json }

        let strange =
            request [ Message.user "Hi"; assistant None [ other; AssistantPart.Image(Image.Url "https://example.org/a.png") ] ]

        encodes "{\"contents\":[{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"user\"}]}" strange
        Assert.That((encode strange).Warnings |> List.map (fun warning -> warning.Feature), equalTo [ "kind"; "image by url" ])
        let ours = request [ assistant (Some(origin "google" "another" None)) [ other ] ]
        encodes "{\"contents\":[{\"parts\":[\"x\"],\"role\":\"model\"}]}" ours

    [<Test>]
    let ``all parameters have a place`` () =
        let parameters =
            {
                Temperature = Some 0.5
                MaxTokens = Some 100
                TopP = Some 0.9
                TopK = Some 7
                Seed = Some 3L
                StopSequences = [ "END" ]
                Thinking = Some { Level = ThinkingLevel.Medium; IncludeThoughts = true; EncodeThoughtsAsText = false }
                PromptCaching = PromptCaching.Automatic
                Speech = None
                Images = false
            }

        let full = { request [ Message.user "Hi" ] with Params = parameters }

        encodes
            "{\"contents\":[{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"user\"}],\"generationConfig\":{\"temperature\":0.5,\
             \"maxOutputTokens\":100,\
             \"topP\":0.9,\"topK\":7,\"seed\":3,\"stopSequences\":[\"END\"],\
             \"thinkingConfig\":{\"include_thoughts\":true,\"thinking_budget\":40}}}"
            full

        Assert.That((encode full).Warnings, Is.Empty)

    let private dial level answeredBy = GenerateContentDialect.standard.Thinking answeredBy 16000 level

    [<TestCase("gemini-2.5-flash", 0, -1, 1600, 12800)>]
    [<TestCase("gemini-2.5-pro", 128, -1, 1600, 12800)>]
    [<TestCase("gemini-2.5-flash-lite", 0, -1, 1600, 12800)>]
    let ``models up to 2.5 have a budget`` (answeredBy: string) (off: int) (byDefault: int) (minimal: int) (most: int) =
        let levels = [ ThinkingLevel.None; ThinkingLevel.Default; ThinkingLevel.Minimal; ThinkingLevel.Max ]

        Assert.That(
            levels |> List.map (fun level -> dial level answeredBy),
            equalTo ([ off; byDefault; minimal; most ] |> List.map ThinkingDial.Budget)
        )

    [<TestCase("gemini-3-pro-preview", "LOW", "LOW", "HIGH")>]
    [<TestCase("gemini-3-flash-preview", "MINIMAL", "LOW", "MEDIUM")>]
    let ``Gemini 3 has levels`` (answeredBy: string) (off: string) (low: string) (medium: string) =
        let levels = [ ThinkingLevel.None; ThinkingLevel.Low; ThinkingLevel.Medium ]

        Assert.That(levels |> List.map (fun level -> dial level answeredBy), equalTo ([ off; low; medium ] |> List.map ThinkingDial.Level))

    [<Test>]
    let ``a history of any text can be written`` () =
        let lone = "\uD83D"

        Assert.That(
            (encode (request [ Message.user lone; Message.assistant lone; Message.system lone ])).Body |> RequestBody.text,
            Is.Not.Empty
        )

    [<Test>]
    let ``an answer goes back to its model as it was read`` () =
        let sent =
            "[{\"text\":\"t\",\"thought\":true},{\"text\":\"a\",\"thoughtSignature\":\"s\"},{\"functionCall\":{\"name\":\"f\",\
             \"args\":{}}}]"

        let reply = decode ("{\"candidates\":[{\"content\":{\"parts\":" + sent + "},\"finishReason\":\"STOP\"}]}")
        let message = assistant (Some(origin "google" model reply.Native)) reply.Content
        encodes ("{\"contents\":[{\"parts\":" + sent + ",\"role\":\"model\"}]}") (request [ message ])
