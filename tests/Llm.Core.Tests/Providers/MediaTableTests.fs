// Which wire format takes which medium: every cell of the table is sent, or refused before the wire with the way out.
module Llm.Core.Tests.MediaTableTests

open NUnit.Framework
open Llm.Core

let private data = Bytes.ofArray [| 0xFBuy; 0xFFuy; 2uy; 3uy |]

let private parts: (string * UserPart) list =
    [
        "png", UserPart.Image(Image.Inline("image/png", data))
        "heic", UserPart.Image(Image.Inline("image/heic", data))
        "image url", UserPart.Image(Image.Url "https://example.com/a.png")
        "wav", UserPart.Audio { MediaType = "audio/wav"; Data = data }
        "flac", UserPart.Audio { MediaType = "audio/flac"; Data = data }
        "pdf", UserPart.Document(Document.Inline("application/pdf", data))
        "text", UserPart.Document(Document.Text("text/markdown", "# Title"))
        "document url", UserPart.Document(Document.Url "https://example.com/a.pdf")
    ]

/// The formats, and what each refuses.
let private formats: (string * Codec * string list) list =
    [
        "chat", ChatCompletions.codec ChatDialect.openai, [ "heic"; "flac"; "document url" ]
        "responses", OpenAiResponses.codec ResponsesDialect.standard, [ "heic"; "wav"; "flac" ]
        "messages", AnthropicMessages.codec AnthropicDialect.standard, [ "heic"; "wav"; "flac" ]
        "generateContent", GenerateContent.codec GenerateContentDialect.standard, [ "image url"; "document url" ]
    ]

let private model (format: string) =
    match format with
    | "chat" -> "gpt-4o-audio-preview"
    | _ -> "any"

let private encode (format: string) (codec: Codec) (part: UserPart) =
    match Message.userParts [ UserPart.Text "Look"; part ] with
    | Ok message -> codec.Encode(Request.create (model format) Params.none false [ message ])
    | Error error -> Error error

[<Test>]
let ``every medium is sent, or refused with the way out`` () =
    for format, codec, refused in formats do
        for name, part in parts do
            match encode format codec part, List.contains name refused with
            | Ok _, false -> ()
            | Error(LlmError.FeatureNotSupported(feature, _, Some _, Some alternative)), true ->
                Assert.That(feature, Is.Not.Empty)
                Assert.That(alternative, Is.Not.Empty)
            | outcome, _ -> Assert.Fail $"{format}: {name}: {outcome}"

let private part (format: string) (name: string) : string =
    let codec = formats |> List.pick (fun (known, codec, _) -> if known = format then Some codec else None)
    let medium = parts |> List.pick (fun (known, part) -> if known = name then Some part else None)

    match encode format codec medium with
    | Error error -> failwith (LlmError.render error)
    | Ok encoded ->
        match format with
        | "responses" -> Encoded.at "input/0/content/1" encoded
        | "generateContent" -> Encoded.at "contents/0/parts/1" encoded
        | _ -> Encoded.at "messages/0/content/1" encoded

[<TestCase("chat", "png", """{"type":"image_url","image_url":{"url":"data:image/png;base64,+/8CAw==","detail":"auto"}}""")>]
[<TestCase("chat", "image url", """{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"auto"}}""")>]
[<TestCase("chat", "wav", """{"type":"input_audio","input_audio":{"data":"+/8CAw==","format":"wav"}}""")>]
[<TestCase("chat", "pdf", """{"type":"file","file":{"file_data":"data:application/pdf;base64,+/8CAw==","filename":"document.pdf"}}""")>]
[<TestCase("chat", "text", """{"type":"file","file":{"file_data":"data:text/markdown;base64,IyBUaXRsZQ==","filename":"document.txt"}}""")>]
[<TestCase("responses", "png", """{"type":"input_image","image_url":"data:image/png;base64,+/8CAw==","detail":"auto"}""")>]
[<TestCase("responses", "pdf", """{"type":"input_file","filename":"document.pdf","file_data":"data:application/pdf;base64,+/8CAw=="}""")>]
[<TestCase("responses", "document url", """{"type":"input_file","file_url":"https://example.com/a.pdf"}""")>]
[<TestCase("messages", "png", """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"+/8CAw=="}}""")>]
[<TestCase("messages", "image url", """{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}""")>]
[<TestCase("messages", "pdf", """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"+/8CAw=="}}""")>]
[<TestCase("messages", "text", """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"# Title"}}""")>]
[<TestCase("messages", "document url", """{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}""")>]
[<TestCase("generateContent", "heic", """{"inlineData":{"data":"-_8CAw==","mimeType":"image/heic"}}""")>]
[<TestCase("generateContent", "flac", """{"inlineData":{"data":"-_8CAw==","mimeType":"audio/flac"}}""")>]
[<TestCase("generateContent", "text", """{"inlineData":{"data":"IyBUaXRsZQ==","mimeType":"text/markdown"}}""")>]
let ``a medium stands on the wire as the provider wants it`` (format: string) (name: string) (expected: string) =
    Assert.That(part format name, Is.EqualTo expected)
