/// Answers of the Responses format that nobody sent: made up from a few kinds of items, written whole and as streams of several styles.
module internal Llm.Core.Tests.ResponsesStreams

open System
open System.Text
open Llm.Core

type Item =
    | Message of string list
    | Refusal of string
    | Summary of string list
    | Content of string list
    | Encrypted
    | Call of string
    | Search

/// How a vendor streams.
type Style =
    {
        HasNames: bool
        HasAdded: bool
        HasDeltas: bool
        HasPartsDone: bool
        HasItemsDone: bool
        HasOutput: bool
        LineEnd: string
    }

let q (text: string) = Json.quote text

let joined (parts: string list) = String.concat "," parts

let private textPart kind (text: string) = $"""{{"type":"{kind}","text":{q text}}}"""

let itemJson (position: int) (item: Item) : string =
    match item with
    | Message texts ->
        let content = texts |> List.map (textPart "output_text") |> joined
        $"""{{"id":"msg_{position}","type":"message","phase":"final_answer","role":"assistant","content":[{content}]}}"""
    | Refusal text ->
        let content = $"""{{"type":"refusal","refusal":{q text}}}"""
        $"""{{"id":"msg_{position}","type":"message","role":"assistant","content":[{content}]}}"""
    | Summary texts ->
        let summary = texts |> List.map (textPart "summary_text") |> joined
        $"""{{"id":"rs_{position}","type":"reasoning","summary":[{summary}],"encrypted_content":"x{position}"}}"""
    | Content texts ->
        let content = texts |> List.map (textPart "reasoning_text") |> joined
        $"""{{"id":"rs_{position}","type":"reasoning","summary":[],"content":[{content}]}}"""
    | Encrypted -> $"""{{"id":"rs_{position}","type":"reasoning","summary":[],"encrypted_content":"x{position}"}}"""
    | Call arguments ->
        $"""{{"id":"fc_{position}","type":"function_call","call_id":"call_x{position}","name":"add","arguments":{q arguments}}}"""
    | Search -> $"""{{"id":"ws_{position}","type":"web_search_call","status":"completed","action":{{"query":null}}}}"""

let private announcement (position: int) (item: Item) : string =
    match item with
    | Message _
    | Refusal _ -> $"""{{"id":"msg_{position}","type":"message","role":"assistant","content":[]}}"""
    | Summary _
    | Content _
    | Encrypted -> $"""{{"id":"rs_{position}","type":"reasoning","summary":[]}}"""
    | Call _ -> $"""{{"id":"fc_{position}","type":"function_call","call_id":"call_x{position}","name":"add","arguments":""}}"""
    | Search -> $"""{{"id":"ws_{position}","type":"web_search_call","status":"in_progress"}}"""

/// A text in pieces of up to three characters, cut where it may hurt.
let private pieces (text: string) = text |> Seq.chunkBySize 3 |> Seq.map String |> List.ofSeq

/// Deltas, then the event that repeats the whole.
let private partEvents style (position: int) (kind: string) (indexName: string) (textName: string) (index: int) (text: string) =
    let place = $"\"output_index\":{position},\"item_id\":\"i\",\"{indexName}\":{index}"

    [
        if style.HasDeltas then
            for piece in pieces text do
                $"""{{"type":"response.{kind}.delta",{place},"delta":{q piece},"obfuscation":"abc"}}"""
        if style.HasPartsDone then $"""{{"type":"response.{kind}.done",{place},"{textName}":{q text}}}"""
    ]

let private itemEvents style (position: int) (item: Item) : string list =
    let parts kind indexName texts = texts |> List.mapi (partEvents style position kind indexName "text") |> List.concat

    [
        if style.HasAdded then
            $"""{{"type":"response.output_item.added","output_index":{position},"item":{announcement position item}}}"""
        match item with
        | Message texts -> yield! parts "output_text" "content_index" texts
        | Refusal text -> yield! partEvents style position "refusal" "content_index" "refusal" 0 text
        | Summary texts -> yield! parts "reasoning_summary_text" "summary_index" texts
        | Content texts -> yield! parts "reasoning_text" "content_index" texts
        | Call text -> yield! partEvents style position "function_call_arguments" "unused" "arguments" 0 text
        | Encrypted -> ()
        | Search -> $"""{{"type":"response.web_search_call.searching","output_index":{position},"item_id":"ws_{position}"}}"""
        if style.HasItemsDone then
            $"""{{"type":"response.output_item.done","output_index":{position},"item":{itemJson position item}}}"""
    ]

let usageJson =
    """{"input_tokens":7,"input_tokens_details":{"cached_tokens":3},"output_tokens":5,"""
    + """"output_tokens_details":{"reasoning_tokens":2},"total_tokens":12}"""

let response status (output: string list) =
    let items = joined output
    $"""{{"id":"resp_1","object":"response","status":"{status}","model":"gpt-x","error":null,"output":[{items}],"usage":{usageJson}}}"""

let completed (output: string list) = response "completed" output

let wholeJson (items: Item list) = response "completed" (List.mapi itemJson items)

/// The data of the events of a stream.
let eventsOf (style: Style) (items: Item list) : string list =
    let output = if style.HasOutput then List.mapi itemJson items else []

    [
        """{"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","output":[],"usage":null}}"""
        yield! items |> List.mapi (itemEvents style) |> List.concat
        $"""{{"type":"response.completed","response":{completed output}}}"""
    ]
