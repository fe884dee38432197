// Streams to measure with: 2,000 deltas of text in each wire format, in bytes, as a provider sends them.
module Llm.Benchmarks.Streams

open System
open System.Text
open Llm.Core

/// How many deltas a long stream has.
let deltas = 2000

let private words = [| " the"; " model"; "s"; " answer"; ","; " \\\"quoted\\\""; " na\u00efve"; " of"; ".\\n"; " tokens" |]

let private word (position: int) = words[position % words.Length]

let private each (count: int) (delta: string -> string) : string list = [ for position in 0 .. count - 1 -> delta (word position) ]

let private body (events: string list) : byte[] =
    events |> List.map (fun data -> "data: " + data + "\n\n") |> String.concat "" |> Encoding.UTF8.GetBytes

/// The events have names: their data's types.
let private namedBody (events: string list) : byte[] =
    let typeOf (data: string) = data.Split('"')[3]

    events
    |> List.map (fun data -> "event: " + typeOf data + "\ndata: " + data + "\n\n")
    |> String.concat ""
    |> Encoding.UTF8.GetBytes

let private chat (count: int) =
    let chunk delta reason =
        """{"id":"c1","object":"chat.completion.chunk","created":1757550000,"model":"m","system_fingerprint":"f","choices":[{"index":0,"delta":"""
        + delta
        + ""","logprobs":null,"finish_reason":"""
        + reason
        + "}],\"usage\":null}"

    [
        yield chunk """{"role":"assistant","content":""}""" "null"
        yield! each count (fun text -> chunk ("{\"content\":\"" + text + "\"}") "null")
        yield chunk "{}" "\"stop\""
        yield "[DONE]"
    ]

let private responses (count: int) =
    [
        yield """{"type":"response.created","response":{"id":"r1","object":"response","model":"m","status":"in_progress","output":[]}}"""
        yield
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"i1","type":"message","role":"assistant","content":[]}}"""
        yield!
            each count (fun text ->
                """{"type":"response.output_text.delta","sequence_number":4,"item_id":"i1","output_index":0,"content_index":0,"delta":" """
                    .TrimEnd()
                + text
                + "\",\"logprobs\":[]}")
        yield """{"type":"response.completed","response":{"id":"r1","object":"response","model":"m","status":"completed","output":[]}}"""
    ]

let private messages (count: int) =
    [
        yield """{"type":"message_start","message":{"id":"m1","role":"assistant","model":"m","content":[],"usage":{"input_tokens":9}}}"""
        yield """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
        yield!
            each count (fun text ->
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}")
        yield """{"type":"content_block_stop","index":0}"""
        yield """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2000}}"""
        yield """{"type":"message_stop"}"""
    ]

let private generateContent (count: int) =
    let chunk text reason =
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""
        + text
        + "\"}],\"role\":\"model\"},"
        + reason
        + "\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":7,\"totalTokenCount\":16},\"modelVersion\":\"m\",\"responseId\":\"g1\"}"

    [ yield! each count (fun text -> chunk text ""); yield chunk "." "\"finishReason\":\"STOP\"," ]

/// The wire formats: name, codec, a stream, and the property that holds a delta's text.
let all: Map<string, struct (Codec * byte[] * string)> =
    Map.ofList
        [
            "chat", struct (ChatCompletions.codec ChatDialect.openai, body (chat deltas), "content")
            "responses", struct (OpenAiResponses.codec ResponsesDialect.standard, namedBody (responses deltas), "delta")
            "messages", struct (AnthropicMessages.codec AnthropicDialect.standard, namedBody (messages deltas), "text")
            "generateContent", struct (GenerateContent.codec GenerateContentDialect.standard, body (generateContent deltas), "text")
        ]

/// A stream of chat completions, or of messages, with this many deltas.
let chatOf (count: int) : byte[] = body (chat count)

let messagesOf (count: int) : byte[] = namedBody (messages count)

let private oneKilobyte = String.init 100 word

/// The same formats' answers sent whole, with about a kilobyte of text.
let wholeChat: byte[] =
    """{"id":"c1","object":"chat.completion","created":1757550000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":" """
        .TrimEnd()
    + oneKilobyte
    + """","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":200,"total_tokens":209}}"""
    |> Encoding.UTF8.GetBytes

let wholeMessage: byte[] =
    "{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\""
    + oneKilobyte
    + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":9,\"output_tokens\":200}}"
    |> Encoding.UTF8.GetBytes
