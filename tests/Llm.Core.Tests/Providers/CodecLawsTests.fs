// The laws of wire formats, held to every codec by answers that are made up and then written in its format.
module Llm.Core.Tests.CodecLawsTests

open System
open System.Text
open System.Text.Json
open Llm.Core
open Llm.FsCheck
open Llm.Core.Tests.Scripts

/// A law over scripts.
type ScriptLawAttribute() as this =
    inherit LawAttribute()
    do this.Arbitrary <- [| typeof<Arbitraries>; typeof<ScriptArbitraries> |]

let private memory (bytes: byte[]) = ReadOnlyMemory bytes

let private readStream (script: Script) (format: Format) = Reading.read format.Codec [ memory (Format.stream script format) ]

/// The replies of the stream and of the answer sent whole.
let private both (script: Script) (format: Format) : Result<Reply * Reply, BrokenLaw> =
    match snd (readStream script format), Codec.decode (memory (Format.whole script format)) format.Codec with
    | Ending.Complete streamed, Ok whole -> Ok(streamed, whole)
    | ending, whole -> Error { Law = "a script is a complete answer"; Evidence = $"the stream %A{ending}\nthe answer %A{whole}" }

[<ScriptLaw>]
let ``a codec gives the same wherever the bytes of a stream are cut`` (script: Script) (cuts: Cuts) =
    Format.each (fun format -> CodecLaws.bytesMayBeCutAnywhere format.Codec cuts (Format.stream script format))

[<ScriptLaw>]
let ``the chunks of a codec are well formed and their deltas may be cut`` (script: Script) (cuts: Cuts) =
    Format.each (fun format ->
        let body = Format.stream script format
        Law.all [ CodecLaws.chunksAreWellFormed format.Codec body; CodecLaws.deltasMayBeCutAnywhere format.Codec cuts body ])

[<ScriptLaw>]
let ``no prefix of a stream says to a codec what the whole does not`` (script: Script) (cuts: Cuts) =
    Format.each (fun format -> CodecLaws.prefixesNeverLie format.Codec cuts (Format.stream script format))

[<ScriptLaw>]
let ``a codec reads any body and damaged ones`` (script: Script) (damage: (int * byte) list) (status: int) (headers: Headers) =
    Format.each (fun format ->
        [ Format.stream script format; Format.whole script format ]
        |> Law.forEach (fun body ->
            Law.all [ CodecLaws.readingIsTotal format.Codec status headers body; CodecLaws.damagedBodiesAreRead format.Codec damage body ]))

[<ScriptLaw>]
let ``a codec writes any request or refuses it`` (request: Request) =
    Format.each (fun format -> CodecLaws.encodingIsTotal format.Codec request)

/// As one and the same text where the wire has the same: no white space, no escapes, arguments in one piece.
let private plain (script: Script) : Script =
    { script with
        Parts =
            script.Parts
            |> List.map (fun part ->
                match part with
                | ScriptPart.Call(id, name, arguments) -> ScriptPart.Call(id, name, [ arguments |> Script.argumentsOf |> Tree.compact ])
                | other -> other)
        Style = { script.Style with Shuffles = false; Spaces = false; Escapes = false }
    }

[<ScriptLaw>]
let ``a stream of a codec says what its answer says to the letter`` (script: Script) =
    let script = plain script

    Format.each (fun format ->
        CodecLaws.streamSaysWhatTheAnswerSays format.Codec (Format.whole script format) (Format.stream script format))

[<ScriptLaw>]
let ``the fold of a stream is the answer sent whole`` (script: Script) =
    Format.each (fun format ->
        both script format
        |> Result.bind (fun (streamed, whole) ->
            Law.equal "the fold of a stream is the answer sent whole" (Meaning.ofReply format whole) (Meaning.ofReply format streamed)))

[<ScriptLaw>]
let ``the provider's own form of a stream is that of the answer sent whole`` (script: Script) =
    Format.each (fun format ->
        both script format
        |> Result.bind (fun (streamed, whole) ->
            match streamed.Native, whole.Native with
            | Some streamed, Some whole ->
                Law.equal "the own forms mean the same" (Meaning.items format whole) (Meaning.items format streamed)
            | _ -> Law.holds))

/// An id that the script leaves open is any of ours.
let private withoutOurIds (expected: AssistantPart list) (actual: AssistantPart list) : AssistantPart list =
    if expected.Length <> actual.Length then
        actual
    else
        List.map2
            (fun wanted found ->
                match wanted, found with
                | AssistantPart.ToolCall { Id = "" }, AssistantPart.ToolCall call when call.Id.StartsWith ToolCallId.prefix ->
                    AssistantPart.ToolCall { call with Id = "" }
                | _ -> found)
            expected
            actual

[<ScriptLaw>]
let ``a reply is exactly what was said`` (script: Script) =
    Format.each (fun format ->
        let expected = (format.Write script).Reply |> Meaning.ofReply format

        both script format
        |> Result.bind (fun (streamed, whole) ->
            [ streamed; whole ]
            |> Law.forEach (fun reply ->
                let actual = Meaning.ofReply format reply

                Law.equal
                    "a reply is exactly what was said"
                    expected
                    { actual with Content = withoutOurIds expected.Content actual.Content })))

[<ScriptLaw>]
let ``the fast path says what the careful path says`` (script: Script) =
    Format.each (fun format ->
        let random = Script.random script

        (format.Write script).Events
        |> List.map (fun (name, tree) -> name, tree, Tree.render script.Style random tree)
        |> format.HotPathAgrees(Hostile.variants script.Style random))

[<ScriptLaw>]
let ``a decoder steps from one state as often as one likes`` (script: Script) =
    Format.each (fun format ->
        let random = Script.random script
        let events = format.Write script |> Written.render script random

        let event (name: string, text: string) : WireEvent = { Name = name; Data = memory (Encoding.UTF8.GetBytes text); IsWhole = true }

        let step (decoder: Decoder) data =
            match decoder.Step(event data) with
            | Ok(struct (chunks, next)) -> Ok(Chunks.toList chunks), next
            | Error error -> Error error, decoder

        let first =
            events
            |> List.scan
                (fun (_, decoder, _) data ->
                    let chunks, next = step decoder data
                    chunks, next, Some(decoder, data))
                (Ok [], format.Codec.Decoder, None)

        first
        |> Law.forEach (fun (chunks, next, before) ->
            match before with
            | Some(decoder, data) ->
                // Another event in between must leave no trace.
                step decoder ("", "{\"error\":1}") |> ignore
                let again, other = step decoder data
                Law.equal "a decoder is a value" (chunks, next.IsDone) (again, other.IsDone)
            | None -> Law.holds))

let private request (message: Message) : Request =
    Request.create "model" { Params.none with PromptCaching = PromptCaching.Off } false [ Message.user "hi"; message ]

/// The assistant's items in a request that has this message.
let private sent (format: Format) (message: Message) : Result<string list, LlmError> =
    format.Codec.Encode(request message)
    |> Result.map (fun encoded -> Meaning.read (RequestBody.text encoded.Body) (format.Sent >> List.map Dom.rawText))

let private hasAllIds (script: Script) =
    script.Parts
    |> List.forall (fun part ->
        match part with
        | ScriptPart.Call(None, _, _) -> false
        | _ -> true)

let private isBlank (item: string) =
    Meaning.read item (fun element -> Dom.string "text" element |> ValueOption.exists String.IsNullOrWhiteSpace)

/// What a provider takes back: Anthropic refuses blank texts, so they are left out.
let private returned (format: Format) (items: string list) =
    items |> List.filter (fun item -> format.Name <> "messages" || not (isBlank item)) |> List.map Meaning.ofText

[<ScriptLaw>]
let ``a model gets its own answer back as it gave it`` (script: Script) =
    Format.each (fun format ->
        let written = format.Write script

        let giveBack (reply: Reply) =
            let origin = { Provider = format.Provider; Api = format.Codec.Api; Model = "model"; Native = reply.Native }
            let message = Message.Assistant { Content = reply.Content; Name = None; Origin = Some origin }

            match sent format message with
            | Error error -> Law.broken "a model gets its own answer back" $"%A{error}"
            | Ok items when hasAllIds script ->
                let own = written.Items |> List.map (Tree.render script.Style (Random 0)) |> returned format
                Law.equal "a model gets its own answer back" own (List.map Meaning.ofText items)
            | Ok items when format.NeedsIds ->
                let said = items |> List.map Meaning.ofText |> String.concat ""

                Content.toolCalls reply.Content
                |> Law.forEach (fun call ->
                    if said.Contains(Json.quote call.Id) then
                        Law.holds
                    else
                        Law.broken "an id of ours goes back" $"{call.Id} is not in {said}")
            | Ok _ -> Law.holds

        match both script format with
        | Ok(_, whole) -> giveBack whole
        | Error broken -> Error broken)

/// Half of a surrogate pair is no character: formats send it as it is, as U+FFFD, or make a pair of two that stand in texts side by side.
let private withoutHalves: string -> string = Encoding.UTF8.GetBytes >> Encoding.UTF8.GetString

/// All characters but white space, for a format may put a text on a line of its own.
let private letters (content: AssistantPart list) =
    let text = Content.texts content |> List.map withoutHalves |> String.concat ""
    text |> String.filter (Char.IsWhiteSpace >> not)

[<ScriptLaw>]
let ``what is written as an assistant's message says the same when it is read as an answer`` (script: Script) =
    let content =
        Script.content (fun _ value -> AssistantPart.Text value) script.Parts
        |> List.mapi (fun position part ->
            match part with
            | AssistantPart.ToolCall { Id = ""; Name = name; Arguments = arguments } ->
                AssistantPart.ToolCall { Id = $"id_{position}"; Name = name; Arguments = arguments }
            | AssistantPart.Text text -> AssistantPart.Text(withoutHalves text)
            | other -> other)

    let calls format content =
        Content.toolCalls content
        |> List.map (fun call -> if format.TakesObjects then { call with Arguments = Meaning.ofText call.Arguments } else call)

    Format.each (fun format ->
        match sent format (Message.assistantParts content) with
        | Error error -> Law.broken "a history can be sent" $"%A{error}"
        | Ok [] when letters content = "" && List.isEmpty (Content.toolCalls content) -> Law.holds
        | Ok items ->
            match Codec.decode (memory (Encoding.UTF8.GetBytes(format.Answer items))) format.Codec with
            | Error error -> Law.broken "a history reads as an answer" $"{format.Answer items}\n%A{error}"
            | Ok reply ->
                Law.equal
                    "a history reads as an answer"
                    (letters content, calls format content)
                    (letters reply.Content, calls format reply.Content))
