// From bytes to events: every body over every kind of source, compared with a reference that is written for clarity alone.
module Llm.Core.Tests.FramingLaws

open System
open System.Text
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.FsCheck

type private Event = (struct (string * string * bool))

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

/// Server-sent events by the book (WHATWG HTML, 9.2), save that an event without its blank line is given, and said not to be whole.
let private reference (body: byte[]) : Event list =
    let decode (latin: string) = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes latin)
    let text = (Encoding.Latin1.GetString body).TrimStart(' ', '\t', '\r', '\n', char 0xEF, char 0xBB, char 0xBF)
    let lines = text.Replace("\r\n", "\n").Replace('\r', '\n').Split '\n' |> List.ofArray

    let event isWhole name data = struct (decode name, decode (String.concat "\n" (List.rev data)), isWhole)

    let rec read (name: string) (data: string list) (lines: string list) : Event list =
        match lines with
        | [] -> if List.isEmpty data then [] else [ event false name data ]
        | "" :: [] -> read name data []
        | "" :: rest -> (if List.isEmpty data then [] else [ event true name data ]) @ read "" [] rest
        | line :: rest ->
            let field, value =
                match line.IndexOf ':' with
                | -1 -> line, ""
                | colon when line.Substring(colon + 1).StartsWith ' ' -> line.Substring(0, colon), line.Substring(colon + 2)
                | colon -> line.Substring(0, colon), line.Substring(colon + 1)

            match field with
            | "data" -> read name (value :: data) rest
            | "event" -> read value data rest
            | _ -> read name data rest

    read "" [] lines

let private lines =
    Gen.frequency
        [
            6, Gen.map (fun (json: Json) -> "data: " + (Json.text json).Replace("\n", "").Replace("\r", "")) (Arb.toGen JsonArb.value)
            3, Gen.elements [ "data:x"; "data"; "data:"; "data: "; "data:  two"; "data: 中🙂é"; "data: [DONE]"; "data: a:b" ]
            2, Gen.elements [ "event: message_stop"; "event:x"; "event"; "event: é" ]
            2, Gen.elements [ ": comment"; ":"; "id: 1"; "retry: 10"; "nonsense"; "datax: 1"; " data: 1"; "DATA: 1"; "\uFEFFdata: 1" ]
            5, Gen.constant ""
        ]

let private lineEnd = Gen.elements [ "\n"; "\r"; "\r\n" ]

/// Bodies of server-sent events: all fields, good and bad, each line with an end of its own, the last perhaps without.
let private serverSentEvents: Arbitrary<byte[]> =
    let line = Gen.map2 (+) lines lineEnd
    let tail = Gen.oneof [ Gen.constant ""; lines; Gen.constant "\n\n"; Gen.constant "\r\n\r\n" ]

    let body =
        Gen.map3 (fun mark lines last -> mark + String.concat "" lines + last) (Gen.elements [ ""; "\uFEFF" ]) (Gen.listOf line) tail

    Arb.fromGenShrink (Gen.map utf8 body, fun body -> Seq.init (min 60 body.Length) (fun index -> Array.removeAt index body))

let private isJson (body: byte[]) =
    (Encoding.Latin1.GetString body).TrimStart(' ', '\t', '\r', '\n', char 0xEF, char 0xBB, char 0xBF).IndexOfAny([| '{'; '[' |]) = 0

[<Law(MaxTest = 1000)>]
let ``server-sent events are those of the reference`` () =
    Prop.forAll serverSentEvents (fun body ->
        isJson body || Law.equal "as the reference" (reference body) (Framing.events [ body ]) |> Result.isOk)

[<Law(MaxTest = 500)>]
let ``bytes of events may be cut anywhere`` (cuts: Cuts) =
    Prop.forAll serverSentEvents (fun body ->
        let whole = Framing.events [ body ]

        [ Cutting.bytes cuts body; Cutting.singly body ]
        |> Law.forEach (fun pieces -> Framing.events pieces |> Law.equal "bytes may be cut anywhere" whole)
        |> Law.toProperty)

[<Law>]
let ``any bytes are framed`` (bytes: byte[]) (text: string) (cuts: Cuts) =
    [ bytes; utf8 text; utf8 $"data: {text}"; utf8 ("{" + text); Array.append "[{"B bytes ]
    |> Law.forEach (fun body ->
        let whole = Framing.events [ body ]
        Framing.events (Cutting.bytes cuts body) |> Law.equal "any bytes are framed" whole)
    |> Law.toProperty

/// Objects as an array, as lines, or with nothing between them.
let private joined (objects: Json list) (form: int) : string =
    let texts = objects |> List.map Json.text

    match abs form % 5 with
    | 0 -> "[" + String.concat "," texts + "]"
    | 1 -> " \r\n[\n" + String.concat "\r\n,\r\n" texts + "\n]\n"
    | 2 -> String.concat "\n" texts + "\n"
    | 3 -> "\uFEFF" + String.concat "" texts
    | _ -> "[" + String.concat " ,\t" texts

[<Law(MaxTest = 300)>]
let ``objects of a JSON body are its events`` (values: Json list) (form: int) (cuts: Cuts) =
    let objects = values |> List.filter (fun json -> (Json.text json).StartsWith '{')
    let expected = objects |> List.map (fun json -> struct ("", Json.text json, true))
    let body = utf8 (joined objects form)

    [ [ body ]; Cutting.bytes cuts body; Cutting.singly body ]
    |> Law.forEach (fun pieces -> Framing.events pieces |> Law.equal "objects are events" expected)
    |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``an object that is cut off is given and said not to be whole`` (before: Json list) (place: int) =
    let objects = before |> List.filter (fun json -> (Json.text json).StartsWith '{')
    let last = "{\"a\":\"}{\\\"\",\"b\":[{},{\"c\":1}]}"
    let cut = last.Substring(0, 1 + abs (place % (last.Length - 1)))

    let expected = (objects |> List.map (fun json -> struct ("", Json.text json, true))) @ [ struct ("", cut, false) ]
    Framing.events [ utf8 ("[" + String.concat "," (List.map Json.text objects @ [ cut ])) ] = expected

/// Reads as the stream loop does: straight into the framer's memory, resting before each wait.
let private resting (size: int) (body: byte[]) : Event list =
    use framer = new TextFramer()

    let drain () =
        [
            let mutable more = true

            while more do
                match framer.TryRead() with
                | ValueSome event -> struct (event.Name, Encoding.UTF8.GetString event.Data.Span, event.IsWhole)
                | ValueNone -> more <- false
        ]

    let rec feed (position: int) : Event list list =
        if position >= body.Length then
            framer.End()
            [ drain () ]
        else
            framer.Rest() |> ignore
            let memory = framer.GetMemory()
            let count = min (min size memory.Length) (body.Length - position)
            body.AsMemory(position, count).CopyTo memory
            framer.Advance count
            let events = drain ()
            events :: feed (position + count)

    List.concat (feed 0)

[<Law(MaxTest = 300)>]
let ``resting before each wait changes nothing`` (size: int) (values: Json list) (form: int) =
    Prop.forAll serverSentEvents (fun body ->
        [ body; utf8 (joined values form) ]
        |> Law.forEach (fun body ->
            let once = Framing.events [ body ]

            [ 1; 2; 1 + abs (size % 50); 4096 ]
            |> Law.forEach (fun size -> resting size body |> Law.equal "resting changes nothing" once))
        |> Law.toProperty)
