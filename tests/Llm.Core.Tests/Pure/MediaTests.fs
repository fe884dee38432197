// What bytes are told to be, and which are refused.
module Llm.Core.Tests.MediaTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private padded (start: byte[]) : Bytes = Bytes.ofArray (Array.append start (Array.zeroCreate 40))

let private ascii (text: string) = Encoding.Latin1.GetBytes text

let private images =
    [
        [| 0xFFuy; 0xD8uy; 0xFFuy; 0xE0uy |], "image/jpeg"
        [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |], "image/png"
        ascii "GIF87a", "image/gif"
        ascii "GIF89a", "image/gif"
        ascii "RIFF\000\001\000\000WEBPVP8 ", "image/webp"
        ascii "\000\000\000\024ftypheic", "image/heic"
        ascii "\000\000\000\024ftypheix", "image/heic"
        ascii "\000\000\000\024ftypmif1", "image/heif"
        ascii "\000\000\000\024ftypmsf1", "image/heif"
        ascii "\000\000\000\024ftyphevc", "image/heif"
        ascii "\000\000\000\024ftyphevx", "image/heif"
    ]

let private sounds =
    [
        ascii "RIFF\000\001\000\000WAVEfmt ", "audio/wav"
        ascii "ID3\004\000\000\000\000\000\000\000\000", "audio/mp3"
        [| 0xFFuy; 0xFBuy; 0x90uy |], "audio/mp3"
        [| 0xFFuy; 0xFAuy; 0x90uy |], "audio/mp3"
        [| 0xFFuy; 0xF3uy; 0x40uy |], "audio/mp3"
        [| 0xFFuy; 0xF2uy; 0x40uy |], "audio/mp3"
        [| 0xFFuy; 0xE3uy; 0x40uy |], "audio/mp3"
        ascii "FORM\000\001\000\000AIFFCOMM", "audio/aiff"
        ascii "FORM\000\001\000\000AIFCFVER", "audio/aiff"
        [| 0xFFuy; 0xF1uy; 0x50uy |], "audio/aac"
        [| 0xFFuy; 0xF9uy; 0x50uy |], "audio/aac"
        ascii "OggS", "audio/ogg"
        ascii "fLaC", "audio/flac"
    ]

[<Test>]
let ``images and audio are known by their first bytes, and not taken for each other`` () =
    for start, mediaType in images do
        Expect.equal (Some mediaType) (MediaType.ofImage (padded start))
        Expect.equal (Ok(Image.Inline(mediaType, padded start))) (Image.ofBytes (padded start))
        Expect.equal None (MediaType.ofAudio (padded start))
        Expect.equal None (MediaType.ofDocument (padded start))

    for start, mediaType in sounds do
        Expect.equal (Some mediaType) (MediaType.ofAudio (padded start))
        Expect.equal (Ok { MediaType = mediaType; Data = padded start }) (Audio.ofBytes (padded start))
        Expect.equal None (MediaType.ofImage (padded start))

[<Test>]
let ``bytes too few to tell are no medium`` () =
    for start, _ in images @ sounds do
        let few = Bytes.ofArray (Array.truncate 11 (Bytes.toArray (padded start)))
        Expect.equal None (MediaType.ofImage few)
        Expect.equal None (MediaType.ofAudio few)

[<TestCase(0xFFuy, 0xFEuy, 0x41uy, TestName = "UTF-16")>]
[<TestCase(0xFFuy, 0xFBuy, 0xF0uy, TestName = "a bit rate that does not exist")>]
[<TestCase(0xFFuy, 0xFBuy, 0x9Cuy, TestName = "a frequency that does not exist")>]
[<TestCase(0xFFuy, 0xEBuy, 0x90uy, TestName = "a version that does not exist")>]
[<TestCase(0xFFuy, 0xFDuy, 0x90uy, TestName = "layer II")>]
let ``no MP3 frame is`` (first: byte) (second: byte) (third: byte) =
    Expect.equal None (MediaType.ofAudio (padded [| first; second; third |]))

let private reasonOf (result: Result<'value, LlmError>) : string =
    match result with
    | Error(LlmError.InvalidRequest(_, reason)) -> reason
    | other -> failwith $"{other}"

[<Test>]
let ``what is no image is told what it looks like, and what to do`` () =
    Assert.That(reasonOf (Image.ofBytes (padded (ascii "BM"))), Does.Contain("BMP").And.Contain("convert it to one of JPEG"))
    Assert.That(reasonOf (Image.ofBytes (padded (ascii "%PDF-1.7"))), Does.Contain "application/pdf")
    Assert.That(reasonOf (Image.ofBytes (padded (ascii "<!DOCTYPE html>"))), Does.Contain "a page of HTML")
    Assert.That(reasonOf (Image.ofBytes (Bytes.ofArray [| 1uy |])), Does.Contain "cut off")
    Assert.That(reasonOf (Audio.ofBytes (padded (ascii "\000\000\000\024ftypM4A "))), Does.Contain("M4A").And.Contain("WAV"))

[<Test>]
let ``sizes are checked to the byte`` () =
    let png = padded (fst images[1])
    let size = int64 png.Length
    Assert.That((Media.image size png).IsOk)
    Assert.That(reasonOf (Media.image (size - 1L) png), Does.Contain($"{size} bytes").And.Contain("raise the limit"))
    Assert.That((Media.audio (size - 1L) (padded (ascii "OggSOggS"))).IsError)
    Assert.That((Media.document (size - 1L) None (padded (ascii "%PDF-1.7"))).IsError)

[<Test>]
let ``base64 comes in both alphabets and as a data url, and its size is checked before it is decoded`` () =
    let png = padded [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy; 0xFBuy; 0xFFuy |]
    let base64 = Bytes.toBase64 png
    let expected = Ok(Image.Inline("image/png", png))
    Expect.equal expected (Image.ofBase64 base64)
    Expect.equal expected (Image.ofBase64 (base64.Replace('+', '-').Replace('/', '_').TrimEnd '='))
    Expect.equal expected (Image.ofBase64 $"data:image/jpeg;base64,{base64}")
    Assert.That(reasonOf (Image.ofBase64 "what?"), Does.Contain "not base64")
    Assert.That((Media.ofBase64 "image" (int64 png.Length) base64).IsOk)
    Assert.That(reasonOf (Media.ofBase64 "image" (int64 png.Length - 1L) base64), Does.Contain "the limit is")

[<TestCase("a.txt", "text/plain")>]
[<TestCase("a.MD", "text/markdown")>]
[<TestCase("a.b/c.csv", "text/csv")>]
[<TestCase("a.JSON", "application/json")>]
[<TestCase("a.mjs", "text/javascript")>]
[<TestCase("a.py", "text/x-python")>]
[<TestCase("a.htm", "text/html")>]
[<TestCase("a.xml", "text/xml")>]
[<TestCase("a.rtf", "text/rtf")>]
[<TestCase("a.pdf", null)>]
[<TestCase("a.png", null)>]
[<TestCase("a", null)>]
[<TestCase("a.", null)>]
let ``a text's type is told from the ending of its name`` (name: string) (expected: string) =
    Expect.equal (Option.ofObj expected) (MediaType.ofTextFile name)

[<Test>]
let ``documents are told from their bytes first, then from what is said`` () =
    let pdf = padded (ascii "%PDF-1.7")
    Expect.equal (Ok(Document.Inline("application/pdf", pdf))) (Document.ofBytes None pdf)
    Expect.equal (Ok(Document.Inline("application/pdf", pdf))) (Document.ofBytes (Some "text/plain") pdf)

    let docx = padded (ascii "PK\003\004.................word/document.xml")
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    Expect.equal (Ok(Document.Inline(word, docx))) (Document.ofBytes None docx)

    let utf8 (text: string) = Bytes.ofArray (Encoding.UTF8.GetBytes text)
    Expect.equal (Ok(Document.Text("text/csv", "na\u00efve,1"))) (Document.ofBytes (Some "text/csv") (utf8 "\uFEFFna\u00efve,1"))
    Expect.equal (Ok(Document.Text("application/json", "{}"))) (Document.ofBytes (Some "application/json") (utf8 "{}"))
    Assert.That(reasonOf (Document.ofBytes None (utf8 "hello")), Does.Contain("media type").And.Contain(".md"))
    Assert.That(reasonOf (Document.ofBytes (Some "application/pdf") (utf8 "hello")), Does.Contain "application/pdf")

    Assert.That(
        reasonOf (Document.ofBytes (Some "text/plain") (Bytes.ofArray [| 97uy; 0xE9uy; 97uy |])),
        Does.Contain("byte 1").And.Contain("UTF-8")
    )

    Assert.That(reasonOf (Document.ofBytes (Some "text/plain") (utf8 "a\000b")), Does.Contain "no text has")
