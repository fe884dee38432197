/// Amazon's event stream: what its frames give, whatever pieces they come in, and what is wrong with the bad ones.
module Llm.Core.Tests.EventStreamFramingTests

open System
open System.Text
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core
open Llm.Core.Tests.EventStreamFixture

/// Lists are compared as values.
let private equalTo (expected: 'value) = Is.EqualTo(box expected)

/// The events of a body in pieces, and the failure that ends it.
let private readAs (payload: FramePayload) (pieces: byte[] list) : (string * string * bool) list * LlmError option =
    use framer = new EventStreamFramer("aws", payload)

    let rec drain taken =
        match framer.TryRead() with
        | ValueSome event -> drain ((event.Name, Encoding.UTF8.GetString event.Data.Span, event.IsWhole) :: taken)
        | ValueNone -> taken

    let feed taken (piece: byte[]) =
        framer.Rest() |> ignore
        framer.Append(ReadOnlySpan piece)
        drain taken

    let taken = List.fold feed [] pieces
    framer.End()
    List.rev (drain taken), ValueOption.toOption framer.Failure

let private read = readAs FramePayload.Plain

let private bytewise (bytes: byte[]) = bytes |> Array.map Array.singleton |> List.ofArray

let private cut (cuts: int list) (bytes: byte[]) : byte[] list =
    let places =
        cuts |> List.map (fun cut -> abs (cut % bytes.Length)) |> List.append [ 0; bytes.Length ] |> List.distinct |> List.sort

    places |> List.pairwise |> List.map (fun (first, last) -> bytes[first .. last - 1])

/// Short and long ones: the long one is larger than the framer's first buffer.
let private body =
    Array.concat
        [
            event "messageStart" """{"role":"assistant"}"""
            event "delta" """{"text":"größer 🌱"}"""
            event "delta" ("\"" + String('x', 9000) + "\"")
            event "empty" ""
            event "messageStop" "{}"
        ]

let private isInvalid (failure: LlmError option) =
    match failure with
    | Some(LlmError.InvalidResponse("aws", _, _)) -> true
    | _ -> false

[<Test>]
let ``the checksum is the one that everybody knows`` () =
    Assert.That(Crc32.ofBytes (ReadOnlySpan "123456789"B), Is.EqualTo 0xCBF43926u)
    Assert.That(Crc32.ofBytes (ReadOnlySpan Array.empty<byte>), Is.EqualTo 0u)

[<Property>]
let ``the checksum of many bytes at a time is that of one by one`` (bytes: byte[]) =
    let total = frameOf Array.empty "" |> Array.length
    let framed = frameOf bytes ""

    total = 16
    && Crc32.ofBytes (ReadOnlySpan(framed, 0, framed.Length - 4)) =
        Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan(framed, framed.Length - 4, 4))

[<Test>]
let ``frames are events with names and data`` () =
    let events, failure = read [ body ]
    Assert.That(events |> List.map (fun (name, _, _) -> name), equalTo [ "messageStart"; "delta"; "delta"; "empty"; "messageStop" ])
    Assert.That(events[1], equalTo ("delta", """{"text":"größer 🌱"}""", true))
    Assert.That(failure, Is.EqualTo None)

[<Property>]
let ``the bytes may be cut anywhere`` (cuts: int list) = read (cut cuts body) = read [ body ]

[<Test>]
let ``one byte at a time is as good as all at once`` () = Assert.That((read (bytewise body) = read [ body ]))

[<Test>]
let ``a frame that the end cuts gives nothing and is no fault`` () =
    let frame = event "delta" """{"text":"a"}"""

    for length in 0 .. frame.Length - 1 do
        Assert.That(
            (read [ Array.append frame frame[.. length - 1] ]),
            equalTo ([ "delta", """{"text":"a"}""", true ], (None: LlmError option))
        )

[<Test>]
let ``any byte that is changed is found out, and what came before it stays`` () =
    let first = event "delta" """{"text":"a"}"""
    let second = event "delta" """{"text":"b"}"""

    for place in 0 .. second.Length - 1 do
        let broken = Array.copy second
        broken[place] <- broken[place] ^^^ 1uy
        let events, failure = read [ Array.concat [ first; broken; first ] ]
        Assert.That(events, equalTo [ "delta", """{"text":"a"}""", true ], $"byte {place}")
        Assert.That(isInvalid failure, $"byte {place}")

[<Test>]
let ``lengths that cannot be are a fault, though their checksum be right`` () =
    let prelude (total: uint32) (headers: uint32) =
        let lengths = Array.append (number total) (number headers)
        Array.append lengths (number (Crc32.ofBytes (ReadOnlySpan lengths)))

    for total, headers in [ 15u, 0u; 20u, 5u; 16u, 0xFFFFFFFFu; 0x01FFFFFFu, 0u ] do
        Assert.That(isInvalid (snd (read [ prelude total headers ])), $"{total} {headers}")

[<Test>]
let ``headers of every type are passed over, and those that do not fit are a fault`` () =
    let others =
        [ 0uy, 0; 1uy, 0; 2uy, 1; 3uy, 2; 4uy, 4; 5uy, 8; 8uy, 8; 9uy, 16 ]
        |> List.map (fun (kind, length) -> header $"h{kind}" kind (Array.zeroCreate length))

    let bytes = header "bytes" 6uy [| 0uy; 2uy; 1uy; 2uy |]
    let name = textHeader (":event-type", "delta")
    Assert.That(fst (read [ frameOf (Array.concat (others @ [ bytes; name ])) "{}" ]), equalTo [ "delta", "{}", true ])
    Assert.That(isInvalid (snd (read [ frameOf (header "tomorrow" 10uy [||]) "{}" ])))
    Assert.That(isInvalid (snd (read [ frameOf (header "short" 7uy [| 0uy; 9uy |]) "{}" ])))
    Assert.That(isInvalid (snd (read [ frameOf [| 200uy; 1uy |] "{}" ])))

[<Test>]
let ``an exception is the error that it names`` () =
    let failureOf kind payload = snd (read [ Array.append (event "delta" "{}") (exceptionOf kind payload) ])

    let kinds =
        [
            "throttlingException", (fun (error: LlmError) -> error.IsRateLimit)
            "internalServerException", _.IsServer
            "serviceUnavailableException", _.IsServer
            "modelStreamErrorException", _.IsServer
            "modelTimeoutException", _.IsTimeout
            "validationException", _.IsBadRequest
            "accessDeniedException", _.IsPermission
            "resourceNotFoundException", _.IsNotFound
            "exceptionOfTomorrow", _.IsApi
        ]

    for kind, isRight in kinds do
        match failureOf kind """{"message":"Too bad."}""" with
        | Some error ->
            Assert.That(isRight error, $"{kind}: {error}")

            Assert.That(
                (LlmError.apiError error |> Option.map (fun e -> e.Code, e.Message, e.Status)),
                equalTo (Some(Some kind, "Too bad.", (None: int option)))
            )
        | None -> Assert.Fail kind

[<Test>]
let ``an exception whose payload says nothing is still an error`` () =
    for payload in [ ""; "{}"; "[]"; "no JSON" ] do
        match snd (read [ exceptionOf "throttlingException" payload ]) with
        | Some(LlmError.RateLimit error) -> Assert.That(error.Message, Is.Not.Empty)
        | other -> Assert.Fail $"{payload}: {other}"

[<Test>]
let ``an error that the service does not model has its words in headers`` () =
    let headers = [ ":message-type", "error"; ":error-code", "InternalError"; ":error-message", "Something broke." ]

    match snd (read [ frame headers "" ]) with
    | Some(LlmError.Server error) ->
        Assert.That(error.Code, equalTo (Some "InternalError"))
        Assert.That(error.Message, equalTo "Something broke.")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``nothing is read after an exception`` () =
    let events, failure = read [ Array.append (exceptionOf "throttlingException" "{}") body ]
    Assert.That(events, Is.Empty)
    Assert.That(failure.IsSome)

[<Test>]
let ``events in base64 are unwrapped, and what is no base64 comes as it is`` () =
    let events =
        [
            chunk """{"type":"ping"}"""
            event "chunk" """{"p":{"bytes":"AA=="},"bytes":"e30="}"""
            event "chunk" """{"bytes":"!"}"""
            event "chunk" """{"bytes":7}"""
            event "chunk" "no JSON"
        ]

    let expected = [ """{"type":"ping"}"""; "{}"; """{"bytes":"!"}"""; """{"bytes":7}"""; "no JSON" ]
    let inPieces pieces = fst (readAs FramePayload.Base64Bytes pieces) |> List.map (fun (_, data, _) -> data)
    Assert.That(inPieces [ Array.concat events ], equalTo expected)
    Assert.That(inPieces (bytewise (Array.concat events)), equalTo expected)

[<Test>]
let ``a body that is no event stream is read as text`` () =
    for text, expected in
        [
            """{"message":"Not here."}""", [ "", """{"message":"Not here."}""", true ]
            "event: ping\ndata: {}\n\n", [ "ping", "{}", true ]
            "  ", []
        ] do
        let bytes = Encoding.UTF8.GetBytes text
        Assert.That((read [ bytes ]), equalTo (expected, (None: LlmError option)))
        Assert.That((read (bytewise bytes)), equalTo (expected, (None: LlmError option)))

[<Test>]
let ``a body that is empty gives nothing`` () =
    Assert.That((read []), equalTo (([]: (string * string * bool) list), (None: LlmError option)))
