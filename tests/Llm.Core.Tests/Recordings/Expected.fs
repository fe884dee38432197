// What Mirascope's authors expect an exchange to give, and where they are known to be wrong.
module Llm.Core.Tests.Recordings.Expected

open System
open System.Text.Json
open System.Text.Json.Nodes
open System.IO
open Llm.Core
open Llm.Recordings.Outcomes

/// A part, as far as both sides know it; JSON is compared as a value.
[<CustomEquality; NoComparison>]
type ExpectedPart =
    | Text of string
    | Thought of string
    | ToolCall of name: string * arguments: string

    override this.Equals other =
        let isSameJson (first: string) (second: string) =
            try
                JsonNode.DeepEquals(JsonNode.Parse first, JsonNode.Parse second)
            with :? JsonException ->
                false

        match this, other with
        | Text first, (:? ExpectedPart as part) ->
            match part with
            | Text second -> first = second || isSameJson first second
            | _ -> false
        | Thought first, (:? ExpectedPart as part) -> part.IsThought && part.Said = first
        | ToolCall(name, arguments), (:? ExpectedPart as part) ->
            match part with
            | ToolCall(otherName, others) -> name = otherName && (arguments = others || isSameJson arguments others)
            | _ -> false
        | _ -> false

    override _.GetHashCode() = 0

    member private this.Said =
        match this with
        | Text text
        | Thought text
        | ToolCall(_, text) -> text

/// The end of the conversation, as they expect it.
type ExpectedReply = { Content: ExpectedPart list; FinishReason: string option; Usage: int64 list option }

let private isFormatTool (name: string) = name.StartsWith("__mirascope_formatted_output_tool__", StringComparison.Ordinal)

let private text (name: string) (element: JsonElement) = element.GetProperty(name).GetString() |> Option.ofObj |> Option.defaultValue ""

let private part (element: JsonElement) : ExpectedPart =
    match text "$type" element with
    | "Text" -> Text(text "text" element)
    | "Thought" -> Thought(text "thought" element)
    | "ToolCall" -> ToolCall(text "name" element, text "args" element)
    | other -> failwith $"an assistant's part of type {other}"

let private usageNames = [ "input_tokens"; "output_tokens"; "cache_read_tokens"; "cache_write_tokens"; "reasoning_tokens" ]

let private usage (element: JsonElement) : int64 list option =
    if element.ValueKind = JsonValueKind.Object then
        Some(usageNames |> List.map (fun name -> element.GetProperty(name).GetInt64()))
    else
        None

/// `{"$enum":"FinishReason.MAX_TOKENS"}` is "max_tokens".
let private finishReason (element: JsonElement) : string option =
    if element.ValueKind = JsonValueKind.Object then
        Some((text "$enum" element).Replace("FinishReason.", "").ToLowerInvariant())
    else
        None

/// The expected end, where the file tells one.
let tryRead (path: string) : ExpectedReply option =
    use document = JsonDocument.Parse(File.ReadAllBytes path)
    let mutable response = Unchecked.defaultof<JsonElement>
    let mutable messages = Unchecked.defaultof<JsonElement>

    if
        document.RootElement.TryGetProperty("response", &response)
        && response.ValueKind = JsonValueKind.Object
        && response.TryGetProperty("messages", &messages)
    then
        let last = messages.EnumerateArray() |> Seq.last

        Some
            {
                Content = [ for item in last.GetProperty("content").EnumerateArray() -> part item ]
                FinishReason = finishReason (response.GetProperty "finish_reason")
                Usage = usage (response.GetProperty "usage")
            }
    else
        None

/// What the library gave, in their terms: the output tool is text, what they have no part for is left out.
let ofReply (withThoughts: bool) (reply: Reply) : ExpectedPart list =
    reply.Content
    |> List.choose (fun part ->
        match part with
        | AssistantPart.Text text -> Some(Text text)
        | AssistantPart.Thought thought when withThoughts -> Some(Thought thought)
        | AssistantPart.ToolCall call when isFormatTool call.Name -> Some(Text call.Arguments)
        | AssistantPart.ToolCall call -> Some(ToolCall(call.Name, call.Arguments))
        | _ -> None)

let private numbers (usage: Usage) =
    [ usage.InputTokens; usage.OutputTokens; usage.CacheReadTokens; usage.CacheWriteTokens; usage.ReasoningTokens ]

/// What they count wrongly, each with the format it concerns: theirs, and what ours is then.
let private miscounts: (string * bool * (Usage -> int64 list option)) list =
    let counted change usage = Some(numbers (change usage))

    [
        // Streams: what the caches held is not in the input.
        "messages",
        true,
        counted (fun usage -> { usage with InputTokens = usage.InputTokens - usage.CacheReadTokens - usage.CacheWriteTokens })
        // Streams: reasoning is not in the output.
        "generateContent", true, counted (fun usage -> { usage with OutputTokens = usage.OutputTokens - usage.ReasoningTokens })
        // Streams that end as incomplete: no usage at all.
        "responses", true, (fun _ -> None)
    ]

/// The prompt of Google's own tools is left out; how long it was, they do not say.
let private lacksToolPrompt (api: string) (expected: int64 list option) (usage: Usage) =
    match expected, numbers usage with
    | Some(input :: _), ours when api = "generateContent" && input < List.head ours -> Some { usage with InputTokens = input }
    | _ -> None

let private agreesOnUsage (api: string) (stream: bool) (expected: int64 list option) (usage: Usage) : bool =
    let counts = usage :: Option.toList (lacksToolPrompt api expected usage)

    let miscounted usage =
        miscounts |> List.exists (fun (format, streams, theirs) -> format = api && streams = stream && theirs usage = expected)

    counts |> List.exists (fun usage -> Some(numbers usage) = expected || miscounted usage)

/// Whether the reply is what they expect, save where they are known to be wrong.
let agrees (expected: ExpectedReply) (decoded: Decoded) : bool =
    match decoded.Reply, decoded.Codec with
    | Some reply, Some codec ->
        let withThoughts = expected.Content |> List.exists _.IsThought

        ofReply withThoughts reply = expected.Content
        && (reply.FinishReason |> Option.map FinishReason.name) = expected.FinishReason
        && match reply.Usage with
           | Some usage -> agreesOnUsage codec.Api decoded.Stream expected.Usage usage
           | None -> expected.Usage.IsNone
    | _ -> false
