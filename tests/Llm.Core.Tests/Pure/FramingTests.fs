// Examples of framing: each peculiarity of the wire by its name, over every kind of source, and what it costs.
module Llm.Core.Tests.FramingTests

open System
open System.Diagnostics
open System.Reflection
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

let private whole (name: string) (data: string) = struct (name, data, true)
let private cut (name: string) (data: string) = struct (name, data, false)

let private examples =
    [
        "nothing", "", []
        "white space only", "\n \r\n\t", []
        "LF", "data: 1\n\ndata: 2\n\n", [ whole "" "1"; whole "" "2" ]
        "CR", "data: 1\r\rdata: 2\r\r", [ whole "" "1"; whole "" "2" ]
        "CRLF", "data: 1\r\n\r\ndata: 2\r\n\r\n", [ whole "" "1"; whole "" "2" ]
        "mixed ends", "data: 1\r\n\ndata: 2\r\r\ndata: 3\n\r\n", [ whole "" "1"; whole "" "2"; whole "" "3" ]
        "byte order mark", "\uFEFFdata: 1\n\n", [ whole "" "1" ]
        "comments", ": OPENROUTER PROCESSING\n\n: more\ndata: 1\n: within\n\n", [ whole "" "1" ]
        "no space after the colon", "data:{\"a\":1}\n\n", [ whole "" "{\"a\":1}" ]
        "one space of two is data", "data:  1\n\n", [ whole "" " 1" ]
        "several lines of data", "data: a\ndata: b\ndata:\ndata: c\n\n", [ whole "" "a\nb\n\nc" ]
        "several lines of data with CRLF", "event: x\r\ndata: a\r\ndata: b\r\n\r\n", [ whole "x" "a\nb" ]
        "event before data", "event: x\ndata: 1\n\n", [ whole "x" "1" ]
        "event after data", "data: 1\nevent: x\n\n", [ whole "x" "1" ]
        "event between data", "data: 1\nevent: x\ndata: 2\n\n", [ whole "x" "1\n2" ]
        "the name does not outlive its event", "event: x\ndata: 1\n\ndata: 2\n\n", [ whole "x" "1"; whole "" "2" ]
        "a name without data is forgotten", "event: x\n\ndata: 1\n\n", [ whole "" "1" ]
        "data without a colon", "data\n\n", [ whole "" "" ]
        "no blank line at the end", "data: [DONE]\n", [ cut "" "[DONE]" ]
        "no line end at the end", "event: x\ndata: {\"a\"", [ cut "x" "{\"a\"" ]
        "ids and retries are ignored", "id: 1\nretry: 5\ndata: 1\n\n", [ whole "" "1" ]
        "lines that are no fields are ignored", "nonsense\n{\ndata: 1\nx: y\n\n", [ whole "" "1" ]
        "text outside of ASCII", "event: é\ndata: 中🙂\n\n", [ whole "é" "中🙂" ]
        "one object", "{\"a\":[1,{}]}", [ whole "" "{\"a\":[1,{}]}" ]
        "an array", "[{\"a\":1}\n,\r\n{\"b\":2}]", [ whole "" "{\"a\":1}"; whole "" "{\"b\":2}" ]
        "an empty array", "[]", []
        "lines of objects", "{\"a\":1}\n{\"b\":2}\n", [ whole "" "{\"a\":1}"; whole "" "{\"b\":2}" ]
        "objects with nothing between", "{\"a\":1}{\"b\":2}", [ whole "" "{\"a\":1}"; whole "" "{\"b\":2}" ]
        "braces and quotes in strings", "[{\"a\":\"}\\\"{\\\\\"},{}]", [ whole "" "{\"a\":\"}\\\"{\\\\\"}"; whole "" "{}" ]
        "an object cut off", "[{\"a\":1},{\"b\":\"}", [ whole "" "{\"a\":1}"; cut "" "{\"b\":\"}" ]
    ]
    |> List.map (fun (what, body, expected) -> TestCaseData(body, expected).SetName($"framing: {what}"))

/// The body at once, byte by byte, and in two pieces with every place for the cut.
[<TestCaseSource(nameof examples)>]
let ``events of every kind of source`` (body: string) (expected: struct (string * string * bool) list) =
    let bytes = utf8 body
    let inTwo = [ for place in 0 .. bytes.Length -> Cutting.bytes (Cuts [ place ]) bytes ]

    for pieces in [ bytes ] :: Cutting.singly bytes :: inTwo do
        Assert.That(Framing.events pieces, Is.EqualTo<struct (string * string * bool) list> expected)

/// Frames a body in pieces of a size without keeping events, and says how many there were and what was allocated.
let private cost (size: int) (body: byte[]) : struct (int * int64) =
    let before = GC.GetAllocatedBytesForCurrentThread()
    use framer = new TextFramer()
    let mutable count = 0
    let mutable position = 0

    let drain () =
        let mutable more = true

        while more do
            match framer.TryRead() with
            | ValueSome _ -> count <- count + 1
            | ValueNone -> more <- false

    while position < body.Length do
        let length = min size (body.Length - position)
        framer.Append(ReadOnlySpan(body, position, length))
        position <- position + length
        drain ()

    framer.End()
    drain ()
    struct (count, GC.GetAllocatedBytesForCurrentThread() - before)

let private eventsOf (count: int) = String.replicate count "event: delta\ndata: {\"text\":\"hello\"}\n\n" |> utf8
let private objectsOf (count: int) = "[" + String.replicate count "{\"text\":\"hello\"},\n" + "]" |> utf8

[<TestCase(1)>]
[<TestCase(1000)>]
let ``four times the bytes cost about four times as much at most`` (size: int) =
    for bodyOf in [ eventsOf; objectsOf ] do
        cost size (bodyOf 100) |> ignore
        let struct (few, fewBytes) = cost size (bodyOf 2_000)
        let struct (many, manyBytes) = cost size (bodyOf 8_000)
        Assert.That((few, many), Is.EqualTo((2_000, 8_000)))
        Assert.That(manyBytes, Is.LessThan(8L * fewBytes + 65_536L))

[<TestCase("data: ", "\n\n")>]
[<TestCase("{\"a\":\"", "\"}")>]
let ``one large event that comes byte by byte is looked at once`` (before: string) (after: string) =
    let body = utf8 (before + String('x', 1_000_000) + after)
    let clock = Stopwatch.StartNew()
    let struct (count, _) = cost 1 body
    Assert.That(count, Is.EqualTo 1)
    // A second look at every byte for every byte would take minutes.
    Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds 20.0))

[<TestCase "data: 1\n\n">]
[<TestCase "data: 1\r\n\r\n">]
[<TestCase "[{\"a\":1}">]
let ``an idle stream holds no buffer`` (body: string) =
    let held (framer: TextFramer) =
        let field = typeof<TextFramer>.GetField("buffer", BindingFlags.NonPublic ||| BindingFlags.Instance)
        (field.GetValue framer :?> byte[]).Length

    use framer = new TextFramer()
    framer.Append(ReadOnlySpan(utf8 body))
    Assert.That(framer.TryRead().IsSome)
    Assert.That(framer.TryRead().IsNone)
    framer.Rest() |> ignore
    Assert.That(held framer, Is.Zero)
