// JSON text: strings come back whatever they hold, and no bytes make a reader throw.
module Llm.Core.Tests.JsonTests

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.FsCheck

/// Reads a literal the way decoders of deltas do.
let private readToken (literal: byte[]) : string =
    let mutable reader = Utf8JsonReader(ReadOnlySpan literal)
    reader.Read() |> ignore
    Json.readString &reader

/// Reads it the way decoders of whole answers do.
let private readElement (literal: byte[]) : string voption =
    match Dom.parse (ReadOnlyMemory literal) Dom.asString with
    | Ok text -> text
    | Error _ -> ValueNone

[<Law>]
let ``reading a quoted string gives the same string`` (text: string) =
    let literal = Encoding.UTF8.GetBytes(Json.quote text)
    readToken literal = text && readElement literal = ValueSome text

[<Law>]
let ``a quoted string is JSON`` (text: string) = Json.tryParse (Json.quote text) = Ok(Json.ofString text)

/// String literals as bytes: escapes and UTF-8, good and bad, whole and cut.
let private literals: Gen<byte[]> =
    let piece =
        Gen.frequency
            [
                3, Gen.elements [ "a"B; "the "B; "\\n"B; "\\\""B; "\\\\"B; "\\u0041"B; "\\ud83d"B; "\\ude42"B; "\\ud83d\\ude42"B ]
                2, Gen.elements [ [| 0xC3uy; 0xA9uy |]; [| 0xF0uy; 0x9Fuy; 0x99uy; 0x82uy |] ]
                1, Gen.elements [ [| 0xC3uy |]; [| 0xFFuy |]; [| 0xEDuy; 0xA0uy; 0x80uy |]; [| 0xF0uy; 0x9Fuy |]; [| 0x80uy |] ]
            ]

    Gen.listOf piece |> Gen.map (fun pieces -> Array.concat ([ "\""B ] @ pieces @ [ "\""B ]))

[<Law(MaxTest = 500)>]
let ``invalid UTF-8 is replaced and never throws`` () =
    Prop.forAll (Arb.fromGen literals) (fun literal ->
        let token = readToken literal
        ValueSome token = readElement literal && not (token.Contains '\000'))

/// The text as UTF-8 has it: halves of pairs that stand alone are replaced.
let private inUtf8 (text: string) : string = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes text)

[<Law(MaxTest = 500)>]
let ``a text or bytes that our writer writes are read as they were`` (text: string) =
    let ofText = Json.write (fun writer -> writer.WriteStringValue text)

    let ofName =
        Json.write (fun writer ->
            writer.WriteStartObject()
            writer.WritePropertyName text
            writer.WriteNullValue()
            writer.WriteEndObject())

    let ofBytes = Json.write (fun writer -> writer.WriteStringValue(ReadOnlySpan(Encoding.UTF8.GetBytes text)))
    let expected = inUtf8 text
    let name = (JsonDocument.Parse(Json.text ofName).RootElement.EnumerateObject() |> Seq.exactlyOne).Name

    name = expected
    && readToken (Encoding.UTF8.GetBytes(Json.text ofText)) = expected
    && readToken (Encoding.UTF8.GetBytes(Json.text ofBytes)) = expected

[<Law>]
let ``our writer escapes quotes, backslashes and control characters, and nothing else`` (text: string) =
    let needsNone (character: char) = character >= ' ' && character <> '"' && character <> '\\'
    let plain = inUtf8 text |> String.filter needsNone

    Json.text (Json.write (fun writer -> writer.WriteStringValue plain)) = $"\"{plain}\""
    && Json.text (Json.write (fun writer -> writer.WriteStringValue(ReadOnlySpan(Encoding.UTF8.GetBytes plain)))) = $"\"{plain}\""

[<Law>]
let ``the white space around a value is no part of it`` (value: Json) = Json.tryParse $" \n{Json.text value}\t\r " = Ok value

[<Law>]
let ``indenting is done once`` (value: Json) =
    let indented = Json.indented value
    Json.tryParse indented |> Result.map Json.indented = Ok indented

[<Test>]
let ``an indented value has a line for each member and item`` () =
    let value = Json.tryParse """ {"a":[1, {} ,"[,\"{:"], "b" : { "c":[ ] }}""" |> Result.map Json.indented

    let expected = "{\n  \"a\": [\n    1,\n    {},\n    \"[,\\\"{:\"\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}"

    Assert.That(value, Is.EqualTo(Ok expected: Result<string, string>))

[<Law>]
let ``any text is parsed or refused`` (text: string) = Law.isTotal "Json.tryParse is total" (fun () -> Json.tryParse text) |> Law.toProperty

/// Every name is found, and its last value, whatever other names hold.
[<TestCase("type", "b")>]
[<TestCase("first", "1")>]
[<TestCase("absent", null)>]
let ``a name with the escape of a lone surrogate hides no other name`` (name: string) (expected: string) =
    let body = """{"first":"1","type":"a","\ud800":"2","t\ud800ype":"3","ty\u0070e":"b"}"""B

    match Dom.parse (ReadOnlyMemory body) (Dom.string name) with
    | Ok found -> Assert.That(ValueOption.toObj found, Is.EqualTo expected)
    | Error reason -> Assert.Fail reason

[<Test>]
let ``arguments become JSON that can be written to the wire`` () =
    // From numbers: the compiler replaces a lone surrogate that is written as a literal.
    let high, low = String(char 0xD83D, 1), String(char 0xDE42, 1)

    for text in [ high; low + high; high + low; $"a{low}b" ] do
        let arguments = $"{{\"a\":\"{text}\"}}"
        let json = Wire.argumentsObject arguments
        Assert.That(Json.tryParse (Json.text json), Is.EqualTo(Ok json: Result<Json, string>))

        match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text json))) (Dom.string "a") with
        | Ok read -> Assert.That(ValueOption.toObj read, Is.EqualTo text)
        | Error reason -> Assert.Fail reason

[<TestCase("1", 1L)>]
[<TestCase("1.0", 1L)>]
[<TestCase("1e3", 1000L)>]
[<TestCase("18446744073709551615", Int64.MaxValue)>]
[<TestCase("-1e400", Int64.MinValue)>]
let ``counts of any size are read`` (text: string) (expected: int64) =
    let read = Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes text)) Dom.asInt64
    let expected: Result<int64 voption, string> = Ok(ValueSome expected)
    Assert.That(read, Is.EqualTo expected)
