// Scripts in Gemini's generateContent: parts in the order of the answer; neighbouring texts are one.
namespace Llm.Core.Tests.Scripts

open System
open Llm.Core

[<RequireQualifiedAccess>]
module internal GeminiWriter =
    let private word (finish: ScriptEnd) : string * FinishReason option =
        match finish with
        | ScriptEnd.Normal
        | ScriptEnd.ToolUse -> "STOP", None
        | ScriptEnd.MaxTokens -> "MAX_TOKENS", Some FinishReason.MaxTokens
        | ScriptEnd.Refused -> "SAFETY", Some FinishReason.Refusal
        | ScriptEnd.ContextFull -> "OTHER", Some(FinishReason.Other "OTHER")
        | ScriptEnd.Novel -> "MALFORMED_FUNCTION_CALL", Some(FinishReason.Other "MALFORMED_FUNCTION_CALL")

    let private signature (script: Script) = if script.Style.Signed then [ "thoughtSignature", Tree.Text "c2ln" ] else []

    let private text (isThought: bool) (piece: string) beside =
        Tree.Members([ "text", Tree.Text piece ] @ (if isThought then [ "thought", Tree.Raw "true" ] else []) @ beside)

    /// The parts on the wire that are this part, in these pieces.
    let private parts (script: Script) (part: ScriptPart) (pieces: string list) : Tree list =
        let texts isThought =
            let first = pieces |> List.tryFindIndex (fun piece -> piece <> "")
            pieces |> List.mapi (fun index piece -> text isThought piece (if Some index = first then signature script else []))

        match part with
        | ScriptPart.Thought _ -> texts true
        | ScriptPart.Text _
        | ScriptPart.Refusal _ -> texts false
        | ScriptPart.Call(id, name, arguments) ->
            let call =
                [
                    yield! id |> Option.map (fun id -> "id", Tree.Text id) |> Option.toList
                    "name", Tree.Text name
                    "args", Tree.Raw(Script.argumentsOf arguments)
                ]

            [ Tree.Members([ "functionCall", Tree.Members call ] @ signature script) ]
        | ScriptPart.Unknown value -> [ Tree.Members [ "futurePart", Tree.Members [ "value", Tree.Raw value ] ] ]

    let private pieces (part: ScriptPart) : string list =
        match part with
        | ScriptPart.Text pieces
        | ScriptPart.Refusal pieces
        | ScriptPart.Thought pieces -> pieces
        | _ -> []

    let private usage (usage: ScriptUsage) (output: int64) : string * Tree =
        "usageMetadata",
        Tree.Open
            [
                "promptTokenCount", Tree.number usage.Input
                "candidatesTokenCount", Tree.number output
                "thoughtsTokenCount", Tree.number usage.Reasoning
                "cachedContentTokenCount", Tree.number usage.CacheRead
                "totalTokenCount", Tree.number (usage.Input + usage.Output)
                "promptTokensDetails", Tree.Items [ Tree.Members [ "modality", Tree.Text "TEXT"; "tokenCount", Tree.number usage.Input ] ]
            ]

    let write (script: Script) : Written =
        let random = Script.random script
        let said = script.Parts |> Script.refusalsAsTexts |> List.filter Script.isSaid |> Script.mergeNeighbours
        let word, reason = word script.End

        let answer parts (finish: string option) more =
            let content = Tree.Open [ "parts", Tree.Items parts; "role", Tree.Text "model" ]

            Tree.Open(
                [
                    "candidates",
                    Tree.Items
                        [
                            Tree.Open
                                [
                                    "content", content
                                    "index", Tree.Raw "0"
                                    yield! finish |> Option.map (fun word -> "finishReason", Tree.Text word) |> Option.toList
                                ]
                        ]
                    "responseId", Tree.Text script.Id
                    "modelVersion", Tree.Text script.Model
                ]
                @ more
            )

        let final = script.Usage |> Option.map (fun counts -> usage counts (counts.Output - counts.Reasoning)) |> Option.toList

        let early =
            match script.Usage with
            | Some counts when Tree.chance random 50 -> [ usage counts 0L ]
            | _ -> []

        let streamed = said |> List.collect (fun part -> parts script part (pieces part))
        /// Some parts come together.
        let groups = streamed |> List.chunkBySize (Tree.pick random [ 1; 1; 2 ])
        let isWithLast = Tree.chance random 50 && not (List.isEmpty groups)
        let before, last = if isWithLast then List.splitAt (groups.Length - 1) groups else groups, [ [] ]
        let future = Tree.Members [ "futureNews", Tree.Raw "[1]" ]

        let whole = said |> List.collect (fun part -> parts script part [ Script.said part ])

        let reply =
            said
            |> Script.content (fun _ value ->
                AssistantPart.Other { Kind = "futurePart"; Json = Json.trusted $"{{\"futurePart\":{{\"value\":{value}}}}}" })
            |> Written.reply script reason

        {
            Events =
                (before |> List.map (fun parts -> "", answer parts None early)) @ [ "", answer (List.concat last) (Some word) final ]
                |> Written.withNovelties script random ("", future)
            Mark = None
            Whole = answer whole (Some word) final
            Items = whole
            Reply = { reply with Usage = reply.Usage |> Option.map (fun usage -> { usage with CacheWriteTokens = 0L }) }
        }
