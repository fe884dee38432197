// A script in a format: the events of a stream, the whole answer, and what both must be read as. Made by the writers of the formats.
namespace Llm.Core.Tests.Scripts

open System
open System.Text
open Llm.Core
open Llm.FsCheck

type internal Written =
    {
        /// Names and data, in order.
        Events: (string * Tree) list
        /// What follows the events that is no JSON.
        Mark: string option
        Whole: Tree
        /// The provider's own form of the whole answer, item by item.
        Items: Tree list
        /// What both must be read as, save their own forms.
        Reply: Reply
    }

[<RequireQualifiedAccess>]
module internal Written =
    /// The reply of a script in a format that knows all of it; a format that knows less changes it.
    let reply (script: Script) (reason: FinishReason option) (content: AssistantPart list) : Reply =
        {
            Reply.Id = Some script.Id
            Model = Some script.Model
            Content = content
            FinishReason = reason
            Usage =
                script.Usage
                |> Option.map (fun usage ->
                    { Usage.zero with
                        InputTokens = usage.Input
                        OutputTokens = usage.Output
                        CacheReadTokens = usage.CacheRead
                        CacheWriteTokens = usage.CacheWrite
                        ReasoningTokens = usage.Reasoning
                    })
            Native = None
        }

    /// The pieces of several parts, one part after the other or mixed.
    let mix (script: Script) (random: Random) (lists: 'item list list) : 'item list =
        if script.Style.Mixes then
            Rewriting.interleave (List.init (List.sumBy List.length lists) (fun _ -> random.Next())) lists
        else
            List.concat lists

    /// Events that nobody knows, here and there.
    let withNovelties (script: Script) (random: Random) (novelty: string * Tree) (events: (string * Tree) list) : (string * Tree) list =
        if script.Style.Novelties then
            events |> List.collect (fun event -> if Tree.chance random 15 then [ novelty; event ] else [ event ])
        else
            events

    let private lines (text: string) = text.Replace("\r\n", "\n").Replace('\r', '\n').Split '\n'

    /// Server-sent events: with comments, ids, and data of several lines.
    let serverSentEvents (script: Script) (random: Random) (events: (string * string) list) : byte[] =
        let style = script.Style
        let stop = style.LineEnd
        let field name value = name + Tree.pick random [ ":"; ": " ] + value

        let event (name: string, data: string) =
            [
                if style.Novelties && Tree.chance random 20 then
                    Tree.pick random [ ": keep-alive"; ":"; "id: 7"; "retry: 10"; "nonsense" ]
                if name <> "" then field "event" name
                // A space is eaten where it follows the colon, so it must stand there where the data begins with one.
                yield! lines data |> Array.map (fun line -> (if line.StartsWith ' ' then "data: " + line else field "data" line))
            ]
            |> String.concat stop

        let body = events |> List.map event |> String.concat (stop + stop)
        Encoding.UTF8.GetBytes(body + String.replicate style.LastLineEnds stop)

    let render (script: Script) (random: Random) (written: Written) : (string * string) list =
        (written.Events |> List.map (fun (name, data) -> name, Tree.render script.Style random data))
        @ (written.Mark |> Option.map (fun mark -> "", mark) |> Option.toList)

    /// The answer sent whole.
    let whole (script: Script) (written: Written) : byte[] =
        written.Whole |> Tree.render script.Style (Script.random script) |> Encoding.UTF8.GetBytes
