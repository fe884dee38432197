// Streams to measure with: 2,000 deltas of text in each wire format, in bytes, as a provider sends them.
module Llm.Benchmarks.Streams

open System
open System.Text
open Llm.Core

/// How many deltas a stream has.
let deltas = 2000

let private words = [| " the"; " model"; "s"; " answer"; ","; " \\\"quoted\\\""; " na\u00efve"; " of"; ".\\n"; " tokens" |]

let private word (position: int) = words[position % words.Length]

let private each (delta: string -> string) : string list = [ for position in 0 .. deltas - 1 -> delta (word position) ]

let private body (events: string list) : byte[] =
    events |> List.map (fun data -> $"data: {data}\n\n") |> String.concat "" |> Encoding.UTF8.GetBytes

let private chat =
    let chunk delta reason =
        """{"id":"c1","object":"chat.completion.chunk","created":1757550000,"model":"m","system_fingerprint":"f","choices":[{"index":0,"delta":"""
        + delta
        + ""","logprobs":null,"finish_reason":"""
        + reason
        + "}],\"usage\":null}"

    [
        yield chunk """{"role":"assistant","content":""}""" "null"
        yield! each (fun text -> chunk ("{\"content\":\"" + text + "\"}") "null")
        yield chunk "{}" "\"stop\""
        yield "[DONE]"
    ]

let private responses =
    [
        yield """{"type":"response.created","response":{"id":"r1","object":"response","model":"m","status":"in_progress","output":[]}}"""
        yield
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"i1","type":"message","role":"assistant","content":[]}}"""
        yield!
            each (fun text ->
                """{"type":"response.output_text.delta","sequence_number":4,"item_id":"i1","output_index":0,"content_index":0,"delta":" """
                    .TrimEnd()
                + text
                + "\",\"logprobs\":[]}")
        yield """{"type":"response.completed","response":{"id":"r1","object":"response","model":"m","status":"completed","output":[]}}"""
    ]

let private messages =
    [
        yield """{"type":"message_start","message":{"id":"m1","role":"assistant","model":"m","content":[],"usage":{"input_tokens":9}}}"""
        yield """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
        yield!
            each (fun text ->
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}")
        yield """{"type":"content_block_stop","index":0}"""
        yield """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2000}}"""
        yield """{"type":"message_stop"}"""
    ]

let private generateContent =
    let chunk text reason =
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""
        + text
        + "\"}],\"role\":\"model\"},"
        + reason
        + "\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":7,\"totalTokenCount\":16},\"modelVersion\":\"m\",\"responseId\":\"g1\"}"

    [ yield! each (fun text -> chunk text ""); yield chunk "." "\"finishReason\":\"STOP\"," ]

/// The wire formats: name, codec, a stream, and the property that holds a delta's text.
let all: Map<string, struct (Codec * byte[] * byte[])> =
    Map.ofList
        [
            "chat", struct (ChatCompletions.codec ChatDialect.openai, body chat, "content"B)
            "responses", struct (OpenAiResponses.codec ResponsesDialect.standard, body responses, "delta"B)
            "messages", struct (AnthropicMessages.codec AnthropicDialect.standard, body messages, "text"B)
            "generateContent", struct (GenerateContent.codec GenerateContentDialect.standard, body generateContent, "text"B)
        ]
