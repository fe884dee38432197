// Scripts in OpenAI's responses format: an item for each thought, call and unknown part; texts and refusals share messages.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal ResponsesWriter =
    /// Why it is incomplete.
    let private incomplete (finish: ScriptEnd) : (string * FinishReason) option =
        match finish with
        | ScriptEnd.Normal
        | ScriptEnd.ToolUse -> None
        | ScriptEnd.MaxTokens -> Some("max_output_tokens", FinishReason.MaxTokens)
        | ScriptEnd.Refused -> Some("content_filter", FinishReason.Refusal)
        | ScriptEnd.ContextFull -> Some("context_length_exceeded", FinishReason.ContextLengthExceeded)
        | ScriptEnd.Novel -> Some("weary", FinishReason.Other "weary")

    let private usage (usage: ScriptUsage) : Tree =
        Tree.Open
            [
                "input_tokens", Tree.number usage.Input
                "output_tokens", Tree.number usage.Output
                "total_tokens", Tree.number (usage.Input + usage.Output)
                "input_tokens_details",
                Tree.Open [ "cached_tokens", Tree.number usage.CacheRead; "cache_write_tokens", Tree.number usage.CacheWrite ]
                "output_tokens_details", Tree.Open [ "reasoning_tokens", Tree.number usage.Reasoning ]
            ]

    let private isMessage (part: ScriptPart) = part.IsText || part.IsRefusal

    /// Each list is one item.
    let private groups (script: Script) (parts: ScriptPart list) =
        List.foldBack
            (fun part groups ->
                match groups with
                | (next :: _ as group) :: others when script.Style.Mixes && isMessage part && isMessage next -> (part :: group) :: others
                | _ -> [ part ] :: groups)
            parts
            []

    let private typed (kind: string) (name: string) (text: string) = Tree.Members [ "type", Tree.Text kind; name, Tree.Text text ]

    /// An item with what it says.
    let private item (script: Script) (inContent: bool) (position: int) (parts: ScriptPart list) (say: ScriptPart -> string) : Tree =
        let id kind = "id", Tree.Text $"{kind}_{position}"

        match parts with
        | [ ScriptPart.Thought _ as part ] ->
            let text = say part
            let texts kind = if text = "" then [] else [ typed kind "text" text ]

            Tree.Members
                [
                    "type", Tree.Text "reasoning"
                    id "rs"
                    "summary", Tree.Items(if inContent then [] else texts "summary_text")
                    if inContent then "content", Tree.Items(texts "reasoning_text")
                    if script.Style.Signed then "encrypted_content", Tree.Text "c2ln"
                ]
        | [ ScriptPart.Call(callId, name, _) as part ] ->
            Tree.Members
                [
                    "type", Tree.Text "function_call"
                    id "fc"
                    yield! callId |> Option.map (fun id -> "call_id", Tree.Text id) |> Option.toList
                    "name", Tree.Text name
                    "arguments", Tree.Text(say part)
                ]
        | [ ScriptPart.Unknown value ] -> Tree.Members [ "type", Tree.Text "future_part"; "value", Tree.Raw value ]
        | messages ->
            let content =
                messages
                |> List.map (fun part ->
                    if part.IsRefusal then
                        typed "refusal" "refusal" (say part)
                    else
                        typed "output_text" "text" (say part))

            Tree.Members [ "type", Tree.Text "message"; id "msg"; "role", Tree.Text "assistant"; "content", Tree.Items content ]

    let private pieces (part: ScriptPart) : string list =
        match part with
        | ScriptPart.Text pieces
        | ScriptPart.Refusal pieces
        | ScriptPart.Thought pieces
        | ScriptPart.Call(_, _, pieces) -> pieces
        | ScriptPart.Unknown _ -> []

    let private itemEvents (script: Script) (random: Random) (always: bool) inContent (position: int) (parts: ScriptPart list) =
        let event (kind: string) (more: (string * Tree) list) =
            kind, Tree.Open([ "type", Tree.Text kind; "output_index", Tree.number position ] @ more)

        let ofPart (sub: int) (part: ScriptPart) =
            let kind, subName, text =
                match part with
                | ScriptPart.Refusal _ -> "response.refusal", "content_index", "refusal"
                | ScriptPart.Thought _ when inContent -> "response.reasoning_text", "content_index", "text"
                | ScriptPart.Thought _ -> "response.reasoning_summary_text", "summary_index", "text"
                | ScriptPart.Call _ -> "response.function_call_arguments", "content_index", "arguments"
                | _ -> "response.output_text", "content_index", "text"

            let place = if part.IsCall then [] else [ subName, Tree.number sub ]

            [
                for piece in pieces part do
                    event (kind + ".delta") (place @ [ "delta", Tree.Text piece ])
                if not part.IsUnknown && Tree.chance random 60 then
                    event (kind + ".done") (place @ [ text, Tree.Text(Script.said part) ])
            ]

        let added = item script inContent position parts (fun _ -> "")
        let whole = item script inContent position parts Script.said

        [
            if Tree.chance random 90 || not (List.exists isMessage parts) then
                event "response.output_item.added" [ "item", added ]
            yield! parts |> List.mapi ofPart |> Written.mix script random
            if always || Tree.chance random 70 then event "response.output_item.done" [ "item", whole ]
        ]

    let write (script: Script) : Written =
        let random = Script.random script
        let groups = groups script script.Parts
        let inContent = Tree.chance random 30
        let items = groups |> List.mapi (fun position parts -> item script inContent position parts Script.said)
        let refused = script.Parts |> List.exists (fun part -> part.IsRefusal && Script.isSaid part)
        let why = incomplete script.End
        let status = if why.IsSome then "incomplete" else "completed"
        let hasOutput = Tree.chance random 70
        let usageMember = script.Usage |> Option.map (fun counts -> "usage", usage counts) |> Option.toList

        let response (status: string) output more =
            Tree.Open(
                [
                    "id", Tree.Text script.Id
                    "object", Tree.Text "response"
                    "model", Tree.Text script.Model
                    "status", Tree.Text status
                    "error", Tree.nothing
                    "output", Tree.Items output
                ]
                @ more
            )

        let details =
            match why with
            | Some(word, _) -> [ "incomplete_details", Tree.Open [ "reason", Tree.Text word ] ]
            | None -> [ "incomplete_details", Tree.nothing ]

        let event kind more = kind, Tree.Open([ "type", Tree.Text kind ] @ more)

        let body = groups |> List.mapi (itemEvents script random (not hasOutput) inContent) |> Written.mix script random

        let start = [ event "response.created" [ "response", response "in_progress" [] [ "usage", Tree.nothing ] ] ]
        let finish = response status (if hasOutput then items else []) (usageMember @ details)
        let future = event "response.future.delta" [ "delta", Tree.Text "no"; "output_index", Tree.Raw "0" ]
        let isNamed = Tree.chance random 70

        {
            Events =
                start @ body @ [ event $"response.{status}" [ "response", finish ] ]
                |> Written.withNovelties script random future
                |> List.map (fun (name, data) -> (if isNamed then name else ""), data)
            Mark = if Tree.chance random 20 then Some "[DONE]" else None
            Whole = response status items (usageMember @ details)
            Items = items
            Reply =
                script.Parts
                |> Script.content (fun kind value ->
                    AssistantPart.Other { Kind = kind; Json = Json.trusted $"{{\"type\":\"{kind}\",\"value\":{value}}}" })
                |> Written.reply script (if refused then Some FinishReason.Refusal else Option.map snd why)
        }
