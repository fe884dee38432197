// The rules about the end of a stream, and the laws of wire formats, on a format as small as one can be.
module Llm.Core.Tests.ReadingLaws

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

/// A delta is a JSON string, an error an object, the proof of completeness `[DONE]`; anything else means nothing.
let private step (state: string) (event: WireEvent) : Result<struct (Chunks * string), LlmError> =
    let data = Encoding.UTF8.GetString event.Data.Span

    let read (root: JsonElement) =
        match root.ValueKind with
        | JsonValueKind.String when state = "new" ->
            let text = Dom.asString root |> ValueOption.defaultValue ""
            Ok(struct (Chunks.ofList [ Chunk.TextStart 0; Chunk.TextDelta(0, text) ], "open"))
        | JsonValueKind.String ->
            let text = Dom.asString root |> ValueOption.defaultValue ""
            Ok(struct (Chunks.one (Chunk.TextDelta(0, text)), state))
        | JsonValueKind.Object -> Error(ErrorBody.ofElement "small" root)
        | _ -> Ok(struct (Chunks.empty, state))

    if data = "[DONE]" && state = "open" then
        Ok(struct (Chunks.ofList [ Chunk.TextEnd 0; Chunk.Finish None ], "done"))
    elif data = "[DONE]" then
        Ok(struct (Chunks.one (Chunk.Finish None), "done"))
    else
        match Dom.parse event.Data read with
        | Ok result -> result
        | Error reason -> Error(ErrorBody.invalid "small" reason event.Data)

let private small: Codec =
    {
        Api = "small"
        Encode =
            fun request ->
                Ok
                    {
                        Path = "say"
                        Headers = []
                        Body = RequestBody.ofText (Conversation.toJson request.Messages)
                        Warnings = []
                        Format = None
                    }
        DecodeWhole =
            fun body ->
                match Dom.parse body Dom.asString with
                | Ok(ValueSome text) -> Ok [ Chunk.TextStart 0; Chunk.TextDelta(0, text); Chunk.TextEnd 0; Chunk.Finish None ]
                | Ok ValueNone -> Error(ErrorBody.invalid "small" "no string" body)
                | Error reason -> Error(ErrorBody.invalid "small" reason body)
        DecodePlain = Codec.neverPlain
        Decoder = Decoder.create step (fun state -> state = "done") "new"
        Target = Target.create "small" "small"
        DecodeError = ErrorBody.ofAnswer "small"
        TokenCounter = None
        ModelListing = None
    }

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

/// What a vendor would send for these deltas.
let private bodyOf (deltas: string list) (tail: string) : byte[] =
    let events = deltas |> List.map (fun delta -> $"event: delta\r\ndata: {Json.quote delta}\r\n\r\n")
    utf8 (String.concat ": wait\r\n" events + tail)

let private tails = [ "data: [DONE]\n\n"; "data: [DONE]"; ""; "data: {\"error\":{\"message\":\"m\"}}\n\n"; "data: {\"err" ]

[<Law>]
let ``bytes may be cut anywhere`` (deltas: string list) (cuts: Cuts) =
    tails |> Law.forEach (fun tail -> CodecLaws.bytesMayBeCutAnywhere small cuts (bodyOf deltas tail)) |> Law.toProperty

[<Law>]
let ``the first bytes never say what the whole does not`` (deltas: string list) (cuts: Cuts) =
    tails |> Law.forEach (fun tail -> CodecLaws.prefixesNeverLie small cuts (bodyOf deltas tail)) |> Law.toProperty

[<Law>]
let ``chunks are well formed and their deltas may be cut`` (deltas: string list) (cuts: Cuts) =
    tails
    |> Law.forEach (fun tail ->
        let body = bodyOf deltas tail
        Law.all [ CodecLaws.chunksAreWellFormed small body; CodecLaws.deltasMayBeCutAnywhere small cuts body ])
    |> Law.toProperty

[<Law>]
let ``reading damaged bodies is total`` (deltas: string list) (damage: (int * byte) list) (headers: Headers) (status: int) (bytes: byte[]) =
    Law.all
        [
            CodecLaws.damagedBodiesAreRead small damage (bodyOf deltas "data: [DONE]\n\n")
            CodecLaws.readingIsTotal small status headers bytes
        ]
    |> Law.toProperty

[<Law>]
let ``encoding requests is total`` (request: Request) = CodecLaws.encodingIsTotal small request |> Law.toProperty

[<Law>]
let ``a stream says what the answer says`` (deltas: string list) =
    let text = "a" + String.concat "" deltas

    CodecLaws.streamSaysWhatTheAnswerSays small (utf8 (Json.quote text)) (bodyOf ("a" :: deltas) "data: [DONE]\n\n")
    |> Law.toProperty

let private endingOf (body: string) : string =
    match Reading.read small [ ReadOnlyMemory(utf8 body) ] |> snd with
    | Ending.Complete reply -> $"complete {Content.text reply.Content}"
    | Ending.Truncated reply -> $"truncated {Content.text reply.Content}"
    | Ending.Failed(reply, LlmError.InvalidResponse _) -> $"invalid {Content.text reply.Content}"
    | Ending.Failed(reply, _) -> $"failed {Content.text reply.Content}"

[<TestCase("data: \"a\"\n\ndata: [DONE]\n\n", "complete a")>]
[<TestCase("data: \"a\"\n\ndata: [DONE]", "complete a")>]
[<TestCase("data: \"a\"\n\ndata: [DONE]\n\ndata: {}\n\n", "complete a")>]
[<TestCase("data: \"a\"\n\n", "truncated a")>]
[<TestCase("data: \"a\"\n\ndata: \"b", "truncated a")>]
[<TestCase("data: \"a\"\n\ndata: \"b\"", "truncated ab")>]
[<TestCase("", "truncated ")>]
[<TestCase("data: \"a\"\n\ndata: ping\n\ndata: \"b\"\n\n", "invalid a")>]
[<TestCase("data: \"a\"\n\ndata: ping\n\n", "truncated a")>]
[<TestCase("data: \"a\"\n\nping\n\ndata: [DONE]\n\n", "complete a")>]
[<TestCase("data: {\"error\":\"e\"}\n\ndata: [DONE]\n\n", "failed ")>]
[<TestCase("data: \"a\"\n\ndata: {\"error\":\"e\"}\n\n", "failed a")>]
let ``how a stream ends`` (body: string) (ending: string) = Assert.That(endingOf body, Is.EqualTo ending)
