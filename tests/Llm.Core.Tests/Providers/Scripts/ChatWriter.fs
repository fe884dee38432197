// Scripts as chat completions. In a stream, thoughts, texts and refusals come in the order of the answer, and calls last.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal ChatWriter =
    let private word (finish: ScriptEnd) : string * FinishReason option =
        match finish with
        | ScriptEnd.Normal -> "stop", None
        | ScriptEnd.ToolUse -> "tool_calls", None
        | ScriptEnd.MaxTokens -> "length", Some FinishReason.MaxTokens
        | ScriptEnd.Refused -> "content_filter", Some FinishReason.Refusal
        | ScriptEnd.ContextFull -> "model_length", Some FinishReason.ContextLengthExceeded
        | ScriptEnd.Novel -> "weary", Some(FinishReason.Other "weary")

    let private unknown (value: string) = Tree.Members [ "type", Tree.Text "future_part"; "value", Tree.Raw value ]

    let private typed (kind: string) (name: string) (text: string) = Tree.Members [ "type", Tree.Text kind; name, Tree.Text text ]

    /// A piece of a part as a chunk of the content.
    let private chunk (random: Random) (part: ScriptPart) (piece: string) : Tree =
        match part with
        | ScriptPart.Thought _ when Tree.chance random 50 ->
            Tree.Members [ "type", Tree.Text "thinking"; "thinking", Tree.Items [ typed "text" "text" piece ] ]
        | ScriptPart.Thought _ -> typed "thinking" "thinking" piece
        | ScriptPart.Refusal _ -> typed "refusal" "refusal" piece
        | ScriptPart.Unknown value -> unknown value
        | _ -> typed "text" "text" piece

    let private usage (random: Random) (usage: ScriptUsage) : Tree =
        // Some vendors leave reasoning out of the completion's count, which their total gives away.
        let isApart = usage.Reasoning > 0L && Tree.chance random 50
        let cached = [ "cached_tokens", Tree.number usage.CacheRead ]
        let isFlat = Tree.chance random 50

        Tree.Open
            [
                "prompt_tokens", Tree.number usage.Input
                "completion_tokens", Tree.number (if isApart then usage.Output - usage.Reasoning else usage.Output)
                "total_tokens", Tree.number (usage.Input + usage.Output)
                if isFlat then yield! cached
                "prompt_tokens_details",
                Tree.Open
                    [
                        if not isFlat then yield! cached
                        "cache_write_tokens", Tree.number usage.CacheWrite
                    ]
                "completion_tokens_details", Tree.Open [ "reasoning_tokens", Tree.number usage.Reasoning ]
            ]

    let private odd = "x-" + Tree.loneSurrogate, Tree.Raw "1"

    let private signature =
        [ "extra_content", Tree.Members [ "google", Tree.Members [ "thought_signature", Tree.Text "c2ln" ] ]; odd ]

    let private call (script: Script) (head: (string * Tree) list) id name arguments : Tree =
        Tree.Members
            [
                yield! head
                yield! id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                "type", Tree.Text "function"
                "function", Tree.Members [ "name", Tree.Text name; "arguments", Tree.Text arguments ]
                if script.Style.Signed then yield! signature
            ]

    let private detail (text: string) more =
        "reasoning_details",
        Tree.Items [ Tree.Members([ "type", Tree.Text "reasoning.text"; "index", Tree.Raw "0"; "text", Tree.Text text ] @ more) ]

    let private signed = [ "signature", Tree.Text "c2lnbmVk"; odd ]

    /// The deltas of a text, thought or refusal.
    let private deltas (random: Random) (hasDetails: bool) (part: ScriptPart) : (string * Tree) list list =
        let inChunk = Tree.chance random 30 && not hasDetails
        let chunked piece = [ "content", Tree.Items [ chunk random part piece ] ]

        let one (name: string) (piece: string) = if inChunk then chunked piece else [ name, Tree.Text piece ]

        match part with
        | ScriptPart.Text pieces -> pieces |> List.map (one "content")
        | ScriptPart.Refusal pieces -> pieces |> List.map (one "refusal")
        | ScriptPart.Thought pieces when hasDetails ->
            (pieces |> List.map (fun piece -> [ "reasoning", Tree.Text piece; detail piece [] ])) @ [ [ detail "" signed ] ]
        | ScriptPart.Thought pieces ->
            let name = Tree.pick random [ "reasoning"; "reasoning_content" ]
            let isTwice = Tree.chance random 20

            pieces
            |> List.map (fun piece ->
                match one name piece with
                | [ _, text ] when isTwice && not inChunk -> [ "reasoning", text; "reasoning_content", text ]
                | delta -> delta)
        | ScriptPart.Unknown value -> [ chunked value ]
        | ScriptPart.Call _ -> []

    let private callDeltas (script: Script) (random: Random) (calls: ScriptPart list) : (string * Tree) list list =
        let pieces =
            calls
            |> List.mapi (fun position part ->
                match part with
                | ScriptPart.Call(id, name, arguments) ->
                    let index = [ "index", Tree.number position ]
                    let withFirst = Tree.chance random 50 && not (List.isEmpty arguments)
                    let first = if withFirst then List.head arguments else ""
                    let rest = if withFirst then List.tail arguments else arguments

                    let again =
                        if Tree.chance random 20 then
                            id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                        else
                            []

                    let more piece = Tree.Members(index @ again @ [ "function", Tree.Members [ "arguments", Tree.Text piece ] ])

                    call script index id name first, List.map more rest
                | _ -> Tree.nothing, [])

        let firsts = List.map fst pieces
        let asDelta items = [ "tool_calls", Tree.Items items ]

        if script.Style.Mixes && not (List.isEmpty firsts) then
            asDelta firsts :: (pieces |> List.map snd |> Written.mix script random |> List.map (List.singleton >> asDelta))
        else
            pieces |> List.collect (fun (first, rest) -> first :: rest) |> List.map (List.singleton >> asDelta)

    let private wholeMessage (script: Script) (random: Random) (hasDetails: bool) (said: ScriptPart list) (calls: ScriptPart list) : Tree =
        let text (choose: ScriptPart -> bool) = said |> List.filter choose |> List.map Script.said |> String.concat ""
        let thought = text _.IsThought
        let refusal = text _.IsRefusal

        let isFlat =
            said = Script.ranked said
            && not (List.exists (fun (part: ScriptPart) -> part.IsUnknown) said)
            && (hasDetails || Tree.chance random 70)

        Tree.Members
            [
                "role", Tree.Text "assistant"
                if isFlat then
                    "content", (if text _.IsText = "" then Tree.nothing else Tree.Text(text _.IsText))
                    if refusal <> "" then "refusal", Tree.Text refusal
                    if thought <> "" then "reasoning", Tree.Text thought
                    if hasDetails then detail thought signed
                else
                    "content", Tree.Items(said |> List.map (fun part -> chunk random part (Script.said part)))
                if not (List.isEmpty calls) then
                    "tool_calls",
                    Tree.Items
                        [
                            for part in calls do
                                match part with
                                | ScriptPart.Call(id, name, arguments) -> call script [] id name (Script.argumentsOf arguments)
                                | _ -> ()
                        ]
            ]

    /// Whether the details of reasoning are kept: where there is one thought, and it comes first.
    let private hasDetails (script: Script) (said: ScriptPart list) =
        script.Style.Signed
        && said = Script.ranked said
        && List.exists (fun (part: ScriptPart) -> part.IsThought) said
        && not (List.exists (fun (part: ScriptPart) -> part.IsUnknown) said)

    let write (script: Script) : Written =
        let random = Script.random script

        let said, calls =
            script.Parts
            |> List.filter Script.isSaid
            |> Script.callsLast
            |> Script.mergeNeighbours
            |> List.partition (fun part -> not part.IsCall)

        let detailed = hasDetails script said
        let word, reason = word script.End
        let isRefused = List.exists (fun (part: ScriptPart) -> part.IsRefusal) said
        let expected = if isRefused then Some FinishReason.Refusal else reason

        let event choices more =
            "",
            Tree.Open(
                [ "id", Tree.Text script.Id; "object", Tree.Text "chat.completion.chunk"; "model", Tree.Text script.Model ]
                @ [ "choices", Tree.Items choices ]
                @ more
            )

        let choice delta finish =
            Tree.Open [ "index", Tree.Raw "0"; "delta", Tree.Open delta; "finish_reason", finish; "logprobs", Tree.nothing ]

        let early =
            match script.Usage with
            | Some usage when Tree.chance random 20 ->
                [ "usage", Tree.Open [ "prompt_tokens", Tree.number usage.Input; "completion_tokens", Tree.Raw "1" ] ]
            | _ -> Tree.pick random [ []; [ "usage", Tree.nothing ] ]

        let body =
            [
                [ "role", Tree.Text "assistant"; "content", Tree.Text "" ]
                for part in said do
                    yield! deltas random detailed part
                yield! callDeltas script random calls
            ]
            |> List.map (fun delta -> event [ choice delta Tree.nothing ] early)

        let final = script.Usage |> Option.map (usage random)
        let inFinish = Tree.chance random 50
        let mark = if Tree.chance random 70 then Some "[DONE]" else None
        // Audio streams end without a reason.
        let isSilent = mark.IsSome && script.End = ScriptEnd.Normal && Tree.chance random 30
        let usageMember = final |> Option.map (fun usage -> "usage", usage) |> Option.toList

        let finish =
            if isSilent then
                []
            else
                [ event [ choice [] (Tree.Text word) ] (if inFinish then usageMember else []) ]

        let late =
            match final with
            | Some usage when isSilent || not inFinish ->
                [
                    if Tree.chance random 30 then
                        event [] [ "x_groq", Tree.Open [ "usage", usage ] ]
                    else
                        event [] [ "usage", usage ]
                ]
            | _ -> []

        let other =
            "", Tree.Members [ "object", Tree.Text "news"; "choices", Tree.Items [ Tree.Members [ "index", Tree.Raw "1" ] ] ]

        let message = wholeMessage script random detailed said calls

        {
            Events = Written.withNovelties script random other (body @ finish @ late)
            Mark = mark
            Whole =
                Tree.Open
                    [
                        "id", Tree.Text script.Id
                        "model", Tree.Text script.Model
                        "choices", Tree.Items [ Tree.Open [ "index", Tree.Raw "0"; "message", message; "finish_reason", Tree.Text word ] ]
                        yield! usageMember
                    ]
            Items = [ message ]
            Reply =
                Script.content
                    (fun kind value ->
                        AssistantPart.Other
                            { Kind = kind; Json = Json.trusted (Tree.compact $"{{\"type\":\"{kind}\",\"value\":{value}}}") })
                    (said @ calls)
                |> Written.reply script expected
        }
