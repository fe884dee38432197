// Answers that are more than text: spoken ones from OpenAI, images from Gemini; what no model can give is refused before the wire.
module Llm.Core.Tests.MediaOutTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.Encoded
open Llm.Core.Tests.Scripts

let private none = CancellationToken.None

let private spoken (format: AudioFormat) = { Params.none with Speech = Some { Voice = "alloy"; Format = format } }

let private drawn = { Params.none with Images = true }

let private request (model: string) (parameters: Params) (stream: bool) =
    Request.create model parameters stream [ Message.user "Say hello." ]

let private chat = ChatCompletions.codec ChatDialect.openai
let private gemini = GenerateContent.codec GenerateContentDialect.standard

[<Test>]
let ``a spoken answer is asked for by modalities, voice and format`` () =
    let encoded = encodeWith chat (request "gpt-audio" (spoken AudioFormat.Mp3) false)
    Assert.That(at "modalities" encoded, equalTo """["text","audio"]""")
    Assert.That(at "audio" encoded, equalTo """{"voice":"alloy","format":"mp3"}""")

[<Test>]
let ``without speech nothing is said of it`` () =
    let encoded = encodeWith chat (request "gpt-audio" Params.none false)
    Assert.That(at "modalities" encoded + at "audio" encoded, equalTo "")

[<Test>]
let ``a stream speaks in bare samples only`` () =
    Assert.That(refusedFeature chat (request "gpt-audio" (spoken AudioFormat.Wav) true), equalTo "audio format wav in a stream")
    let encoded = encodeWith chat (request "gpt-audio" (spoken AudioFormat.Pcm16) true)
    Assert.That(at "audio/format" encoded, equalTo "\"pcm16\"")

[<Test>]
let ``images are asked for by Gemini's modalities`` () =
    let encoded = encodeWith gemini (request "gemini-2.5-flash-image" drawn false)
    Assert.That(at "generationConfig/responseModalities" encoded, equalTo """["TEXT","IMAGE"]""")
    let plain = encodeWith gemini (request "gemini-2.5-flash-image" Params.none false)
    Assert.That(at "generationConfig/responseModalities" plain, equalTo "")

[<Test>]
let ``OpenRouter is asked for images by modalities`` () =
    let codec = ChatCompletions.codec ChatDialect.openrouter
    let encoded = encodeWith codec (request "google/gemini-2.5-flash-image" drawn false)
    Assert.That(at "modalities" encoded, equalTo """["image","text"]""")

[<Test>]
let ``a model that does not speak or draw is refused before the wire, with what to do instead`` () =
    let others =
        [ for format in Format.all -> format.Codec ]
        @ [ BedrockConverse.codec ConverseDialect.standard; ChatCompletions.codec ChatDialect.groq ]

    for codec in others do
        Assert.That(refusedFeature codec (request "model" (spoken AudioFormat.Wav) false), equalTo "spoken answers")
        Assert.That(refusedFeature codec (request "model" drawn false), equalTo "images in answers")

    Assert.That(refusedFeature chat (request "gpt-4o" (spoken AudioFormat.Wav) false), equalTo "spoken answers")
    Assert.That(refusedFeature gemini (request "gemini-2.5-flash" drawn false), equalTo "images in answers")

[<Test>]
let ``OpenAI speaks by chat completions, whatever its default is`` () =
    let api parameters =
        match Vendors.openai.Route(request "gpt-audio" parameters false) with
        | Ok(struct (codec, _)) -> codec.Api
        | Error error -> failwith (LlmError.render error)

    Assert.That(api Params.none, equalTo "responses")
    Assert.That(api (spoken AudioFormat.Wav), equalTo "chat")

let private data = [| 1uy .. 9uy |]

let private message = $"""{{"role":"assistant","content":null,"refusal":null,"annotations":[],
    "audio":{{"id":"au","data":"{Convert.ToBase64String data}","expires_at":9,"transcript":"Hello"}}}}"""

let private answer = $"""{{"id":"a","model":"gpt-audio","choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"""

let private said = AssistantPart.Audio { Id = Some "au"; Data = Bytes.ofArray data; Transcript = "Hello" }

let private audioChunk (members: string) =
    $"""{{"id":"a","choices":[{{"index":0,"delta":{{"audio":{{{members}}}}},"finish_reason":null}}]}}"""

let private streamed =
    [
        audioChunk "\"id\":\"au\",\"transcript\":\"Hel\""
        audioChunk $"\"data\":\"{Convert.ToBase64String data[0..3]}\""
        audioChunk "\"transcript\":\"lo\""
        audioChunk $"\"data\":\"{Convert.ToBase64String data[4..8]}\""
        """{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""
        "[DONE]"
    ]

let private over (answers: ScriptedAnswer list) (format: AudioFormat) : struct (Model * ScriptedTransport) =
    let script = ScriptedTransport.create answers
    let client = { Client.standard with Transport = script.Transport; Environment = fun _ -> Some "key" }
    struct (Model.parse "openai/gpt-audio" |> Model.withClient client |> Model.withParams (spoken format), script)

let private bodies (script: ScriptedTransport) =
    script.Requests() |> List.map (fun request -> RequestBody.text request.Body)

[<Test>]
let ``a spoken answer is bytes and transcript, and goes back by its id alone`` () : Task = task {
    let struct (model, script) = over [ ScriptedTransport.json answer; ScriptedTransport.json answer ] AudioFormat.Wav
    let! first = Model.call [ Message.user "Say hello." ] none model
    let first = Fake.ok first
    Expect.equal [ said ] first.Content
    Expect.equal "Hello" (Response.text first)

    let! second = Response.resume model.Client [ UserPart.Text "Again." ] none first
    Expect.equal 4 (Fake.ok second).Messages.Length
    let body = (bodies script)[1]
    Assert.That(body, Does.Contain "\"audio\":{\"id\":\"au\"}")
    Assert.That(body, Does.Not.Contain(Convert.ToBase64String data))
    Assert.That(body, Does.Contain "\"modalities\"")
}

[<Test>]
let ``a spoken stream shows its bytes and its transcript as they come`` () : Task = task {
    let struct (model, script) = over [ ScriptedTransport.events streamed; ScriptedTransport.json answer ] AudioFormat.Pcm16
    let! opened = Model.stream [ Message.user "Say hello." ] none model
    let stream = Fake.ok opened
    let! pieces = StreamResponse.audio none stream |> Items.all
    let! transcript = StreamResponse.text none stream |> Items.texts
    Expect.equal [ data[0..3]; data[4..8] ] (pieces |> List.map (Fake.ok >> Bytes.toArray))
    Expect.equal ("Hello", None) transcript

    let! response = StreamResponse.response none stream
    Expect.equal [ said ] (Fake.ok response).Content
    let! _ = Response.resume model.Client [ UserPart.Text "Again." ] none (Fake.ok response)
    Assert.That((bodies script)[1], Does.Contain "\"audio\":{\"id\":\"au\"}")
}

[<Test>]
let ``audio that broke off is a view that ends with the error, and is unfinished`` () : Task = task {
    let struct (model, _) = over [ ScriptedTransport.events (List.truncate 2 streamed) ] AudioFormat.Pcm16
    let! opened = Model.stream [ Message.user "Say hello." ] none model
    let stream = Fake.ok opened
    let! pieces = StreamResponse.audio none stream |> Items.all
    Expect.equal [ false; true ] (pieces |> List.map Result.isError)
    let expected = AssistantPart.Audio { Id = Some "au"; Data = Bytes.ofArray data[0..3]; Transcript = "Hel" }
    Expect.equal (Some [ expected ]) (stream.Interruption |> Option.map (fun interruption -> interruption.Unfinished))
}

[<Test>]
let ``an image that Gemini drew is a part, and goes back`` () =
    let parts = """[{"text":"Here:"},{"inlineData":{"mimeType":"image/png","data":"AQI="},"thoughtSignature":"s"}]"""
    let answer = $"""{{"candidates":[{{"content":{{"role":"model","parts":{parts}}},"finishReason":"STOP"}}]}}"""
    let reply = Codec.decode (ReadOnlyMemory(Encoding.UTF8.GetBytes answer)) gemini |> Fake.ok
    let image = AssistantPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))
    Expect.equal [ AssistantPart.Text "Here:"; image ] reply.Content

    let origin = { Provider = "google"; Api = gemini.Api; Model = "gemini-2.5-flash-image"; Native = reply.Native }
    let own = Message.Assistant { Content = reply.Content; Name = None; Origin = Some origin }
    let history model = Request.create model Params.none false [ Message.user "Draw."; own; Message.user "More." ]
    Assert.That(at "contents/1/parts" (encodeWith gemini (history "gemini-2.5-flash-image")), equalTo parts)

    let foreign = at "contents/1/parts" (encodeWith gemini (history "gemini-3-pro-image"))
    Assert.That(foreign, Does.Contain "AQI=")
    Assert.That(foreign, Does.Not.Contain "thoughtSignature")
