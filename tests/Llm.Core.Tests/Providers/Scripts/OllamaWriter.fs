// Scripts in Ollama's native format: one thought, one text, then calls, which come whole.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal OllamaWriter =
    let private word (finish: ScriptEnd) : string * FinishReason option =
        match finish with
        | ScriptEnd.Normal
        | ScriptEnd.ToolUse -> "stop", None
        | ScriptEnd.MaxTokens -> "length", Some FinishReason.MaxTokens
        | ScriptEnd.Refused -> "unload", Some(FinishReason.Other "unload")
        | ScriptEnd.ContextFull
        | ScriptEnd.Novel -> "weary", Some(FinishReason.Other "weary")

    let private call (part: ScriptPart) : Tree =
        match part with
        | ScriptPart.Call(id, name, arguments) ->
            Tree.Members
                [
                    yield! id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                    "function", Tree.Members [ "name", Tree.Text name; "arguments", Tree.Raw(Script.argumentsOf arguments) ]
                ]
        | _ -> Tree.nothing

    let write (script: Script) : Written =
        let random = Script.random script
        let word, reason = word script.End

        let parts =
            script.Parts
            |> Script.refusalsAsTexts
            |> List.filter (fun part -> Script.isSaid part && not part.IsUnknown)
            |> Script.ranked
            |> Script.mergeNeighbours

        let calls = parts |> List.filter _.IsCall
        let text (choose: ScriptPart -> bool) = parts |> List.filter choose |> List.map Script.said |> String.concat ""

        let message (content: string) (thinking: string) (calls: Tree list) =
            Tree.Members
                [
                    "role", Tree.Text "assistant"
                    "content", Tree.Text content
                    if thinking <> "" then "thinking", Tree.Text thinking
                    if not (List.isEmpty calls) then "tool_calls", Tree.Items calls
                ]

        let event message isDone more =
            "",
            Tree.Open(
                [
                    "model", Tree.Text script.Model
                    "created_at", Tree.Text "2025-01-02T03:04:05Z"
                    "message", message
                    "done", Tree.Raw(if isDone then "true" else "false")
                ]
                @ more
            )

        let deltas =
            parts
            |> List.collect (fun part ->
                match part with
                | ScriptPart.Thought pieces -> pieces |> List.map (fun piece -> message "" piece [])
                | ScriptPart.Text pieces -> pieces |> List.map (fun piece -> message piece "" [])
                | part -> [ message "" "" [ call part ] ])

        let counts =
            match script.Usage with
            | Some usage -> [ "prompt_eval_count", Tree.number usage.Input; "eval_count", Tree.number usage.Output ]
            | None -> []

        let final = [ "done_reason", Tree.Text word ] @ counts
        let whole = message (text _.IsText) (text _.IsThought) (List.map call calls)
        let isWithLast = Tree.chance random 30 && not (List.isEmpty deltas)
        let before, last = if isWithLast then List.splitAt (deltas.Length - 1) deltas else deltas, [ message "" "" [] ]

        let reply =
            parts
            |> Script.content (fun kind value -> AssistantPart.Other { Kind = kind; Json = Json.trusted value })
            |> Written.reply script reason

        {
            Events =
                (before |> List.map (fun message -> event message false [])) @ [ event last.Head true final ]
                |> Written.withNovelties script random ("", Tree.Members [ "future", Tree.Raw "1"; "done", Tree.Raw "false" ])
            Mark = None
            Whole = snd (event whole true final)
            Items = [ whole ]
            Reply =
                { reply with
                    Id = None
                    Usage =
                        script.Usage |> Option.map (fun usage -> { Usage.zero with InputTokens = usage.Input; OutputTokens = usage.Output })
                }
        }
