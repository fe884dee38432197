/// Cohere's v2 chat: answers that nobody sent, whole and as streams.
namespace Llm.Core.Tests

open System
open System.Text
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// An answer that nobody sent.
type CohereAnswer =
    {
        Plan: string list
        /// Whether it is a thought, and its text in pieces.
        Contents: (bool * string list) list
        Calls: string list list
        HasCitations: bool
        Reason: string
    }

[<RequireQualifiedAccess>]
module internal CohereMade =
    let codec = CohereChat.codec CohereDialect.standard

    let utf8 (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

    let private q (text: string) = Json.quote text

    let private joined (items: string list) = String.concat "," items

    let private whole (pieces: string list) = String.concat "" pieces

    let private citation = """{"start":0,"end":1,"text":"a","sources":[]}"""

    let private usage =
        """{"billed_units":{"input_tokens":1},"tokens":{"input_tokens":7,"output_tokens":5.0},"cached_tokens":3}"""

    let private kindOf isThought = if isThought then "thinking" else "text"

    let private contentJson (isThought, pieces) =
        let kind = kindOf isThought
        $"""{{"type":"{kind}","{kind}":{q (whole pieces)}}}"""

    let private callJson position pieces =
        $"""{{"id":"c{position}","type":"function","function":{{"name":"f{position}","arguments":{q (whole pieces)}}}}}"""

    /// The same answer as one body.
    let body (answer: CohereAnswer) : string =
        let members =
            [
                "\"role\":\"assistant\""
                if whole answer.Plan <> "" then $"\"tool_plan\":{q (whole answer.Plan)}"
                let contents = answer.Contents |> List.filter (fun (_, pieces) -> whole pieces <> "")
                if not (List.isEmpty contents) then $"\"content\":[{joined (List.map contentJson contents)}]"

                if not (List.isEmpty answer.Calls) then
                    $"\"tool_calls\":[{joined (List.mapi callJson answer.Calls)}]"

                if answer.HasCitations then $"\"citations\":[{citation}]"
            ]

        $"""{{"id":"a","message":{{{joined members}}},"finish_reason":"{answer.Reason}","usage":{usage}}}"""

    /// The data of its events.
    let events (answer: CohereAnswer) : string list =
        [
            """{"id":"a","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[]}}}"""
            for piece in answer.Plan do
                $"""{{"type":"tool-plan-delta","delta":{{"message":{{"tool_plan":{q piece}}}}}}}"""
            for position, (isThought, pieces) in List.indexed answer.Contents do
                let kind = kindOf isThought
                $"""{{"type":"content-start","index":{position},"delta":{{"message":{{"content":{{"type":"{kind}","{kind}":""}}}}}}}}"""

                for piece in pieces do
                    $"""{{"type":"content-delta","index":{position},"delta":{{"message":{{"content":{{"{kind}":{q piece}}}}}}}}}"""

                $"""{{"type":"content-end","index":{position}}}"""
            for position, pieces in List.indexed answer.Calls do
                let call = $"""{{"id":"c{position}","type":"function","function":{{"name":"f{position}","arguments":""}}}}"""
                $"""{{"type":"tool-call-start","index":{position},"delta":{{"message":{{"tool_calls":{call}}}}}}}"""

                for piece in pieces do
                    let call = $"""{{"function":{{"arguments":{q piece}}}}}"""
                    $"""{{"type":"tool-call-delta","index":{position},"delta":{{"message":{{"tool_calls":{call}}}}}}}"""

                $"""{{"type":"tool-call-end","index":{position}}}"""
            if answer.HasCitations then
                $"""{{"type":"citation-start","index":0,"delta":{{"message":{{"citations":{citation}}}}}}}"""
                """{"type":"citation-end","index":0}"""
            $"""{{"type":"message-end","delta":{{"finish_reason":"{answer.Reason}","usage":{usage}}}}}"""
        ]

    let sse (data: string list) = (data |> List.map (fun text -> $"data: {text}\r\n\r\n") |> String.concat "") + "data: [DONE]\n\n"

    let read (data: string list) = Reading.read codec [ utf8 (sse data) ]

    let ending (data: string list) = read data |> snd

    let decode (text: string) = Codec.decode (utf8 text) codec

    let private text = ArbMap.defaults |> ArbMap.generate<string> |> Gen.map (fun text -> if isNull text then "" else text)

    let private pieces = Gen.listOf text

    let answer =
        gen {
            let! plan = pieces
            let! contents = Gen.listOf (Gen.zip (Gen.elements [ true; false ]) pieces)
            let! calls = Gen.listOf (Gen.nonEmptyListOf text |> Gen.map (fun more -> "{" :: more))
            let! hasCitations = Gen.elements [ true; false ]
            let! reason = Gen.elements [ "COMPLETE"; "TOOL_CALL"; "MAX_TOKENS"; "ERROR_LIMIT"; "SOMETHING_NEW" ]
            return { Plan = plan; Contents = contents; Calls = calls; HasCitations = hasCitations; Reason = reason }
        }
        |> Arb.fromGen

    /// Each event with the state before it.
    let states (data: string list) =
        let step state (text: string) =
            let event = { Name = ""; Data = utf8 text; IsWhole = true }

            match CohereDecode.careful "cohere" state event with
            | Ok(struct (_, next)) -> (state, event), next
            | Error _ -> (state, event), state

        List.mapFold step CohereState.initial data |> fst

    /// Whether both readers say the same of an event, where the fast one says anything.
    let agree state event =
        match CohereFast.tryRead state event, CohereDecode.careful "cohere" state event with
        | ValueNone, _ -> true
        | ValueSome quick, Ok(struct (slow, next)) -> Chunks.toList quick = Chunks.toList slow && Object.ReferenceEquals(next, state)
        | ValueSome _, Error _ -> false
