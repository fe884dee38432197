// Scripts in Cohere's v2 chat: perhaps a tool plan, then contents, then calls.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal CohereWriter =
    let private word (finish: ScriptEnd) : string * FinishReason option =
        match finish with
        | ScriptEnd.Normal -> "COMPLETE", None
        | ScriptEnd.ToolUse -> "TOOL_CALL", None
        | ScriptEnd.MaxTokens -> "MAX_TOKENS", Some FinishReason.MaxTokens
        | ScriptEnd.Refused -> "TIMEOUT", Some(FinishReason.Other "TIMEOUT")
        | ScriptEnd.ContextFull -> "ERROR_LIMIT", Some FinishReason.ContextLengthExceeded
        | ScriptEnd.Novel -> "WEARY", Some(FinishReason.Other "WEARY")

    let private call (id: string option) (name: string) (arguments: string) : Tree =
        Tree.Members
            [
                yield! id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                "type", Tree.Text "function"
                "function", Tree.Members [ "name", Tree.Text name; "arguments", Tree.Text arguments ]
                "x-" + Tree.loneSurrogate, Tree.Raw "1"
            ]

    let private content (part: ScriptPart) (text: string) : Tree =
        match part with
        | ScriptPart.Thought _ -> Tree.Members [ "type", Tree.Text "thinking"; "thinking", Tree.Text text ]
        | ScriptPart.Unknown value -> Tree.Members [ "type", Tree.Text "future_part"; "value", Tree.Raw value ]
        | _ -> Tree.Members [ "type", Tree.Text "text"; "text", Tree.Text text ]

    let private event (kind: string) more = kind, Tree.Members([ "type", Tree.Text kind ] @ more)

    let private message name value = "delta", Tree.Members [ "message", Tree.Members [ name, value ] ]

    let private contentEvents (random: Random) (position: int) (part: ScriptPart) : (string * Tree) list =
        let index = [ "index", Tree.number position ]

        let pieces, name =
            match part with
            | ScriptPart.Thought pieces -> pieces, "thinking"
            | ScriptPart.Text pieces -> pieces, "text"
            | _ -> [], "text"

        let inStart = Tree.chance random 20 && not (List.isEmpty pieces)
        let first = if inStart then List.head pieces else ""

        [
            event "content-start" (index @ [ message "content" (content part first) ])
            for piece in (if inStart then List.tail pieces else pieces) do
                event "content-delta" (index @ [ message "content" (Tree.Members [ name, Tree.Text piece ]) ])
            event "content-end" index
        ]

    let private callEvents (position: int) (part: ScriptPart) : (string * Tree) * (string * Tree) list =
        let index = [ "index", Tree.number position ]

        match part with
        | ScriptPart.Call(id, name, arguments) ->
            event "tool-call-start" (index @ [ message "tool_calls" (call id name "") ]),
            [
                for piece in arguments do
                    let more = Tree.Members [ "function", Tree.Members [ "arguments", Tree.Text piece ] ]
                    event "tool-call-delta" (index @ [ message "tool_calls" more ])
                event "tool-call-end" index
            ]
        | _ -> event "news" [], []

    let private usage (usage: ScriptUsage) : string * Tree =
        "usage",
        Tree.Open
            [
                "billed_units", Tree.Open [ "input_tokens", Tree.Raw "9999"; "output_tokens", Tree.Raw "9999" ]
                "tokens",
                Tree.Open
                    [
                        "input_tokens", Tree.number usage.Input
                        "output_tokens", Tree.number usage.Output
                        "reasoning_tokens", Tree.number usage.Reasoning
                    ]
                "cached_tokens", Tree.number usage.CacheRead
            ]

    let private citation = Tree.Raw "{\"start\":0,\"end\":1,\"text\":\"a\"}"

    let write (script: Script) : Written =
        let random = Script.random script
        let word, reason = word script.End

        let said, calls =
            script.Parts |> Script.refusalsAsTexts |> List.filter Script.isSaid |> List.partition (fun part -> not part.IsCall)

        let plan, contents =
            match said with
            | ScriptPart.Thought _ as first :: rest when Tree.chance random 50 -> Some first, rest
            | _ -> None, said

        let planEvents =
            match plan with
            | Some(ScriptPart.Thought pieces) ->
                pieces |> List.map (fun piece -> event "tool-plan-delta" [ message "tool_plan" (Tree.Text piece) ])
            | _ -> []

        let callEvents = calls |> List.mapi callEvents

        let mixedCalls =
            if script.Style.Mixes then
                List.map fst callEvents @ Written.mix script random (List.map snd callEvents)
            else
                callEvents |> List.collect (fun (first, rest) -> first :: rest)

        let usageMember = script.Usage |> Option.map usage |> Option.toList
        let finish = Tree.Open([ "finish_reason", Tree.Text word ] @ usageMember)

        let whole =
            Tree.Members
                [
                    "role", Tree.Text "assistant"
                    yield! plan |> Option.map (fun plan -> "tool_plan", Tree.Text(Script.said plan)) |> Option.toList
                    if not (List.isEmpty contents) then
                        "content", Tree.Items(contents |> List.map (fun part -> content part (Script.said part)))
                    if not (List.isEmpty calls) then
                        "tool_calls",
                        Tree.Items
                            [
                                for part in calls do
                                    match part with
                                    | ScriptPart.Call(id, name, arguments) -> call id name (Script.argumentsOf arguments)
                                    | _ -> ()
                            ]
                    if script.Style.Signed then "citations", Tree.Items [ citation ]
                ]

        let reply =
            said @ calls
            |> Script.content (fun kind value ->
                AssistantPart.Other { Kind = kind; Json = Json.trusted $"{{\"type\":\"{kind}\",\"value\":{value}}}" })
            |> Written.reply script reason

        let start = event "message-start" [ "id", Tree.Text script.Id; message "role" (Tree.Text "assistant") ]

        {
            Events =
                [
                    start
                    yield! planEvents
                    yield! contents |> List.mapi (contentEvents random) |> List.concat
                    if script.Style.Signed then event "citation-start" [ message "citations" citation ]
                    yield! mixedCalls
                    event "message-end" [ "delta", finish ]
                ]
                |> Written.withNovelties script random (event "future-event" [ "index", Tree.Raw "0"; message "content" (Tree.Text "no") ])
            Mark = if Tree.chance random 30 then Some "[DONE]" else None
            Whole = Tree.Open([ "id", Tree.Text script.Id; "message", whole; "finish_reason", Tree.Text word ] @ usageMember)
            Items = [ whole ]
            Reply =
                { reply with
                    Model = None
                    Usage = reply.Usage |> Option.map (fun usage -> { usage with CacheWriteTokens = 0L })
                }
        }
