// Scripts as Anthropic's messages: a block for each part, and an index on the wire for each block, so that all may be mixed.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal AnthropicWriter =
    let private word (finish: ScriptEnd) : string * FinishReason option =
        match finish with
        | ScriptEnd.Normal -> "end_turn", None
        | ScriptEnd.ToolUse -> "tool_use", None
        | ScriptEnd.MaxTokens -> "max_tokens", Some FinishReason.MaxTokens
        | ScriptEnd.Refused -> "refusal", Some FinishReason.Refusal
        | ScriptEnd.ContextFull -> "model_context_window_exceeded", Some FinishReason.ContextLengthExceeded
        | ScriptEnd.Novel -> "pause_turn", Some(FinishReason.Other "pause_turn")

    /// A block that says this.
    let private block (script: Script) (part: ScriptPart) (text: string) (arguments: string) : Tree =
        match part with
        | ScriptPart.Thought _ ->
            Tree.Members
                [
                    "type", Tree.Text "thinking"
                    "thinking", Tree.Text text
                    if script.Style.Signed then
                        "signature", Tree.Text(if text = "" && Script.said part <> "" then "" else "c2ln")
                ]
        | ScriptPart.Call(id, name, _) ->
            Tree.Members
                [
                    "type", Tree.Text "tool_use"
                    yield! id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                    "name", Tree.Text name
                    "input", Tree.Raw arguments
                ]
        | ScriptPart.Unknown value -> Tree.Members [ "type", Tree.Text "future_part"; "value", Tree.Raw value ]
        | _ -> Tree.Members [ "type", Tree.Text "text"; "text", Tree.Text text ]

    let private whole (script: Script) (part: ScriptPart) : Tree =
        match part with
        | ScriptPart.Call(_, _, arguments) -> block script part "" (Script.argumentsOf arguments)
        | _ -> block script part (Script.said part) "{}"

    let private event (kind: string) (more: (string * Tree) list) = kind, Tree.Open([ "type", Tree.Text kind ] @ more)

    let private blockEvents (script: Script) (random: Random) (position: int) (part: ScriptPart) : (string * Tree) list =
        let index = [ "index", Tree.number position ]

        let delta (kind: string) (name: string) (text: string) =
            let value = Tree.Members [ "type", Tree.Text kind; name, Tree.Text text ]
            // The hot path gives up where an event has more members, so most have none.
            let members = [ "type", Tree.Text "content_block_delta"; "delta", value ] @ index
            "content_block_delta", (if Tree.chance random 80 then Tree.Members members else Tree.Open members)

        let started text arguments = event "content_block_start" (index @ [ "content_block", block script part text arguments ])

        let texts kind name pieces =
            match pieces with
            | first :: rest when Tree.chance random 20 -> started first "{}" :: List.map (delta kind name) rest
            | _ -> started "" "{}" :: List.map (delta kind name) pieces

        [
            match part with
            | ScriptPart.Thought pieces ->
                yield! texts "thinking_delta" "thinking" pieces
                if script.Style.Signed then delta "signature_delta" "signature" "c2ln"
            | ScriptPart.Call(_, _, arguments) ->
                if Tree.chance random 20 then
                    started "" (Script.argumentsOf arguments)
                else
                    started "" "{}"
                    yield! arguments |> List.map (delta "input_json_delta" "partial_json")
            | ScriptPart.Unknown _ -> started "" "{}"
            | ScriptPart.Text pieces
            | ScriptPart.Refusal pieces -> yield! texts "text_delta" "text" pieces
            event "content_block_stop" index
        ]

    let private usage (usage: ScriptUsage) (output: int64) more : string * Tree =
        "usage",
        Tree.Open(
            [
                "input_tokens", Tree.number (usage.Input - usage.CacheRead - usage.CacheWrite)
                "cache_read_input_tokens", Tree.number usage.CacheRead
                "cache_creation_input_tokens", Tree.number usage.CacheWrite
                "output_tokens", Tree.number output
            ]
            @ more
        )

    let write (script: Script) : Written =
        let random = Script.random script
        let parts = Script.refusalsAsTexts script.Parts
        let blocks = parts |> List.map (whole script)
        let word, reason = word script.End

        let thinking (usage: ScriptUsage) = [ "output_tokens_details", Tree.Open [ "thinking_tokens", Tree.number usage.Reasoning ] ]

        let final (counts: ScriptUsage) = usage counts counts.Output (thinking counts)

        let ended (counts: ScriptUsage) =
            if Tree.chance random 50 then
                final counts
            else
                "usage", Tree.Open([ "output_tokens", Tree.number counts.Output ] @ thinking counts)

        let ofUsage make = script.Usage |> Option.map make |> Option.toList

        let message content stop more =
            Tree.Open(
                [
                    "id", Tree.Text script.Id
                    "type", Tree.Text "message"
                    "role", Tree.Text "assistant"
                    "model", Tree.Text script.Model
                    "content", Tree.Items content
                    "stop_reason", stop
                ]
                @ more
            )

        let start = message [] Tree.nothing (ofUsage (fun counts -> usage counts 1L []))

        let body = parts |> List.mapi (blockEvents script random) |> Written.mix script random
        let ending = event "message_delta" ([ "delta", Tree.Open [ "stop_reason", Tree.Text word ] ] @ ofUsage ended)

        {
            Events =
                [ event "message_start" [ "message", start ] ] @ body @ [ ending; event "message_stop" [] ]
                |> Written.withNovelties
                    script
                    random
                    (Tree.pick random [ event "ping" []; event "future_event" [ "index", Tree.Raw "0" ] ])
            Mark = None
            Whole = message blocks (Tree.Text word) (ofUsage final)
            Items = blocks
            Reply =
                parts
                |> Script.content (fun kind value ->
                    AssistantPart.Other { Kind = kind; Json = Json.trusted $"{{\"type\":\"{kind}\",\"value\":{value}}}" })
                |> Written.reply script reason
        }
