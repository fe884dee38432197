// What a request's body is made of: literals, base64, and bytes that are written when they are wanted.
module Llm.Core.Tests.RequestBodyLaws

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private literal (text: string) : string =
    let buffer = Array.zeroCreate<byte>(JsonLiteral.maxLength text)
    let length = JsonLiteral.write text (buffer.AsSpan())
    Encoding.UTF8.GetString(buffer, 0, length)

/// Long enough that room for it is counted and not guessed.
let private long (text: string) = String.replicate 200 (text + "x")

/// As much to escape as can be, which needs the most room.
let private hostile (text: string) = String('\001', text.Length) + text + String('\uD800', 3)

[<Law>]
let ``a literal is the quoted string`` (text: string) =
    [ text; long text; hostile text; long (hostile text) ] |> List.forall (fun text -> literal text = Json.quote text)

let private written (write: Utf8JsonWriter -> unit) : JsonElement = JsonDocument.Parse(RequestBody.toMemory (Wire.body write)).RootElement

let private someBytes (seed: int) (length: int) : Bytes =
    let random = Random seed
    let bytes = Array.zeroCreate<byte> length
    random.NextBytes bytes
    Bytes.ofArray bytes

/// Around the size of a piece, where the pieces meet.
let private lengths = [ 0; 1; 2; 3; 4; 48 * 1024 - 1; 48 * 1024; 48 * 1024 + 1; 48 * 1024 + 2; 200_000 ]

[<Law>]
let ``base64 that is written in pieces is the base64 of the whole`` (seed: int) =
    lengths
    |> List.forall (fun length ->
        let data = someBytes seed length
        let base64 = Bytes.toBase64 data

        (written (Wire.base64 data)).GetString() = base64
        && (written (Wire.base64Url data)).GetString() = base64.Replace('+', '-').Replace('/', '_')
        && (written (Wire.dataUrl "image/png" data)).GetString() = "data:image/png;base64," + base64)

[<Test>]
let ``a body of nothing is empty, and one of text is not`` () =
    Assert.That(RequestBody.empty.IsEmpty)
    Assert.That(RequestBody.text RequestBody.empty, Is.Empty)
    Assert.That((RequestBody.ofText "").IsEmpty)
    Assert.That((RequestBody.ofText "{}").IsEmpty, Is.False)
    Assert.That(RequestBody.text (RequestBody.ofText "{}"), Is.EqualTo "{}")

[<Test>]
let ``a body that is written while another is written is its own`` () =
    let inner = Wire.body (fun writer -> writer.WriteStringValue "inner")

    let outer =
        Wire.body (fun writer ->
            writer.WriteStartArray()
            writer.WriteStringValue(RequestBody.text inner)
            writer.WriteStringValue(RequestBody.text inner)
            writer.WriteEndArray())

    for _ in 1..3 do
        Assert.That(RequestBody.text outer, Is.EqualTo "[\"\\\"inner\\\"\",\"\\\"inner\\\"\"]")

[<Test>]
let ``a body that could not be written leaves nothing to the next`` () =
    let broken =
        Wire.body (fun writer ->
            writer.WriteStartArray()
            writer.WriteStringValue "half"
            failwith "broken")

    for _ in 1..3 do
        Assert.That(Action(fun () -> RequestBody.text broken |> ignore), Throws.Exception)
        Assert.That(RequestBody.text (Wire.body (fun writer -> writer.WriteNumberValue 1)), Is.EqualTo "1")
