/// Frames of Amazon's event stream of our own making, with checksums computed bit by bit.
module Llm.Core.Tests.EventStreamFixture

open System
open System.Buffers.Binary
open System.Text

let private checksum (bytes: byte[]) : uint32 =
    let step (sum: uint32) = if sum &&& 1u = 1u then (sum >>> 1) ^^^ 0xEDB88320u else sum >>> 1

    let add (sum: uint32) (value: byte) = Seq.fold (fun sum _ -> step sum) (sum ^^^ uint32 value) (seq { 1..8 })
    ~~~(Array.fold add 0xFFFFFFFFu bytes)

let number (value: uint32) : byte[] =
    let bytes = Array.zeroCreate 4
    BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(), value)
    bytes

let private shorted (bytes: byte[]) : byte[] =
    let length = Array.zeroCreate 2
    BinaryPrimitives.WriteUInt16BigEndian(length.AsSpan(), uint16 bytes.Length)
    Array.append length bytes

/// A header of any type: its name, the type's number and the value's bytes.
let header (name: string) (kind: byte) (value: byte[]) : byte[] =
    let name = Encoding.UTF8.GetBytes name
    Array.concat [ [| byte name.Length |]; name; [| kind |]; value ]

/// A header that is a string.
let textHeader (name: string, value: string) : byte[] = header name 7uy (shorted (Encoding.UTF8.GetBytes value))

/// A frame of these headers, as bytes, and this payload.
let frameOf (headers: byte[]) (payload: string) : byte[] =
    let payload = Encoding.UTF8.GetBytes payload
    let total = 16 + headers.Length + payload.Length
    let lengths = Array.append (number (uint32 total)) (number (uint32 headers.Length))
    let unsealed = Array.concat [ lengths; number (checksum lengths); headers; payload ]
    Array.append unsealed (number (checksum unsealed))

let frame (headers: (string * string) list) (payload: string) : byte[] = frameOf (headers |> List.map textHeader |> Array.concat) payload

/// A frame that is an event of this type.
let event (kind: string) (payload: string) : byte[] =
    frame [ ":event-type", kind; ":content-type", "application/json"; ":message-type", "event" ] payload

/// A frame that is an exception of this type.
let exceptionOf (kind: string) (payload: string) : byte[] =
    frame [ ":exception-type", kind; ":content-type", "application/json"; ":message-type", "exception" ] payload

/// A frame of InvokeModelWithResponseStream: an event in base64.
let chunk (payload: string) : byte[] =
    let base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes payload)
    event "chunk" $$"""{"bytes":"{{base64}}","p":"abcdefgh"}"""
