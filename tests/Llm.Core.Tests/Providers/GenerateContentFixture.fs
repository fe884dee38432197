// Answers of generateContent that generators make up, written whole and as streams, and how tests read them.
namespace Llm.Core.Tests

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open NUnit.Framework.Constraints
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// A part of a made-up answer. Signatures stand where the API puts them.
type GeminiPart =
    | Said of text: string * signature: string option
    | Thought of text: string
    | Called of name: string * args: string * id: string option
    | Ran of code: string
    | Drew of bytes: byte list

/// A made-up answer: its parts, the reason in the API's word, and how much each of its texts is cut up.
type GeminiAnswer = { Parts: GeminiPart list; Reason: string; PieceLength: int; Counted: (int * int * int) option }

module GeminiFixture =
    /// Equality by F#'s own meaning, whatever the type.
    let equalTo (expected: 'value) : EqualConstraint = Is.EqualTo(box expected)

    let codec = GenerateContent.codec GenerateContentDialect.standard

    let bytes (text: string) : ReadOnlyMemory<byte> = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

    let private signature (sign: string option) =
        match sign with
        | Some sign -> ",\"thoughtSignature\":" + Json.quote sign
        | None -> ""

    let private textPart mark (text: string) sign = $"{{\"text\":{Json.quote text}{mark}{signature sign}}}"

    let part (part: GeminiPart) : string =
        match part with
        | Said(text, sign) -> textPart "" text sign
        | Thought text -> textPart ",\"thought\":true" text None
        | Called(name, args, Some id) -> $"{{\"functionCall\":{{\"id\":{Json.quote id},\"name\":{Json.quote name},\"args\":{args}}}}}"
        | Called(name, args, None) -> $"{{\"functionCall\":{{\"name\":{Json.quote name},\"args\":{args}}}}}"
        | Ran code -> $"{{\"codeExecutionResult\":{{\"outcome\":\"OUTCOME_OK\",\"output\":{Json.quote code}}}}}"
        | Drew data ->
            let base64 = Convert.ToBase64String(Array.ofList data)
            $"{{\"inlineData\":{{\"mimeType\":\"image/png\",\"data\":\"{base64}\"}}}}"

    let private usage counted =
        match counted with
        | Some(prompt, output, thoughts) ->
            $",\"usageMetadata\":{{\"promptTokenCount\":{prompt},\"candidatesTokenCount\":{output},\"thoughtsTokenCount\":{thoughts},"
            + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":1}]}"
        | None -> ""

    /// An event with these parts.
    let event (parts: string list) (rest: string) counted =
        let all = String.concat "," parts

        $"{{\"candidates\":[{{\"content\":{{\"parts\":[{all}],\"role\":\"model\"}}{rest},\"index\":0}}]{usage counted}"
        + ",\"modelVersion\":\"gemini-of-ours\",\"responseId\":\"answer_1\"}"

    let private finish reason = $",\"finishReason\":\"{reason}\""

    /// The parts as the API sends them: the signature of a text that is cut up comes in an empty text behind it.
    let sent (answer: GeminiAnswer) : string list =
        answer.Parts
        |> List.collect (fun given ->
            match given with
            | Said(text, Some sign) when text.Length > answer.PieceLength -> [ Said(text, None); Said("", Some sign) ]
            | other -> [ other ])
        |> List.map part

    let whole (answer: GeminiAnswer) : string = event (sent answer) (finish answer.Reason) answer.Counted

    /// Lone surrogates cannot be cut out of a pair by the cutter: it cuts between any two characters, as vendors do.
    let private pieces length (text: string) = text.ToCharArray() |> Array.chunkBySize length |> Array.map String |> List.ofArray

    let private events (answer: GeminiAnswer) =
        let counted output = answer.Counted |> Option.map (fun (prompt, _, thoughts) -> prompt, output, thoughts)

        let ofPart index given =
            match given with
            | Said(text, sign) ->
                let texts = pieces answer.PieceLength text |> List.map (fun piece -> part (Said(piece, None)))

                match sign, texts with
                | Some sign, [ _ ] -> [ part (Said(text, Some sign)) ]
                | Some sign, _ -> texts @ [ part (Said("", Some sign)) ]
                | None, _ -> texts
            | Thought text -> pieces answer.PieceLength text |> List.map (Thought >> part)
            | other -> [ part other ]
            |> List.map (fun text -> event [ text ] "" (counted index))

        (answer.Parts |> List.mapi ofPart |> List.concat) @ [ event [] (finish answer.Reason) answer.Counted ]

    let sse (events: string list) : string = events |> List.map (fun data -> $"data: {data}\r\n\r\n") |> String.concat ""

    let stream (answer: GeminiAnswer) : string = sse (events answer)

    let array (answer: GeminiAnswer) : string = "[" + String.concat "\n,\r\n" (events answer) + "]"

    let read (text: string) : Chunk list * Ending = Reading.read codec [ bytes text ]

    let complete (text: string) : Reply =
        match read text with
        | _, Ending.Complete reply -> reply
        | _, other -> failwith $"{other}"

    let decode (text: string) : Reply =
        match Codec.decode (bytes text) codec with
        | Ok reply -> reply
        | Error error -> failwith (LlmError.render error)

    let sameJson (expected: string) (actual: string) : bool =
        use left = JsonDocument.Parse expected
        use right = JsonDocument.Parse actual
        JsonElement.DeepEquals(left.RootElement, right.RootElement)

/// Made-up answers in which no two texts and no two thoughts are neighbours, as in answers that come whole.
type GeminiArbitrary =
    static member Answer() : Arbitrary<GeminiAnswer> =
        let text =
            ArbMap.defaults |> ArbMap.generate<NonEmptyString> |> Gen.map (fun text -> text.Get.Replace("\u0000", "-") + "😀é")

        let args = Gen.elements [ "{}"; "{\"n\":1}"; "{\"a\":{\"b\":[1,2.5e3,null]},\"c\":\"x y\"}" ]

        let part =
            Gen.oneof
                [
                    Gen.map2 (fun text sign -> Said(text, sign)) text (Gen.elements [ None; Some "c2ln" ])
                    Gen.map Thought text
                    Gen.map3
                        (fun name args id -> Called(name, args, id))
                        (Gen.elements [ "add"; "look_up" ])
                        args
                        (Gen.elements [ None; Some "given" ])
                    Gen.map Ran text
                    Gen.map Drew (ArbMap.defaults |> ArbMap.generate<byte list>)
                ]

        let isNeighbour first second =
            match first, second with
            | Said _, Said _
            | Thought _, Thought _ -> true
            | _ -> false

        let separate parts =
            List.foldBack
                (fun part others ->
                    match others with
                    | next :: _ when isNeighbour part next -> others
                    | _ -> part :: others)
                parts
                []

        let count = Gen.choose (0, 5000)

        gen {
            let! parts = Gen.listOf part
            let! reason = Gen.elements [ "STOP"; "MAX_TOKENS"; "SAFETY"; "OTHER" ]
            let! pieceLength = Gen.choose (1, 9)
            let! counted = Gen.optionOf (Gen.three count)

            return { Parts = separate parts; Reason = reason; PieceLength = pieceLength; Counted = counted }
        }
        |> Arb.fromGen
