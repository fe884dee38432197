// Streams to measure with, in each wire format, in bytes, with all that the provider sends beside the deltas: numbers that grow from event to
// event, padding of any length, the text once more at the end. Called by the benchmarks, and by the tests of what a delta allocates.
module Llm.Benchmarks.Streams

open System
open System.Text
open Llm.Core

/// A wire format, and streams in it with as many deltas as one likes.
type Format =
    {
        Name: string
        Codec: Codec
        /// The property that holds a delta's text.
        Property: string
        /// A stream of one text.
        Text: int -> byte[]
        /// A stream of one tool call, where its arguments come in pieces.
        Arguments: (int -> byte[]) option
    }

/// How many deltas a long stream has.
let deltas = 2000

/// The deltas of a text, one after the other and again from the first, as they stand in JSON.
let words = [| " the"; " model"; "s"; " answer"; ","; " \\\"quoted\\\""; " na\u00efve"; " of"; ".\\n"; " tokens" |]

/// The deltas of a tool call's arguments, likewise; an object is around them.
let private pieces = [| "\\\""; "city"; "\\\":"; "\\\"Par"; "is"; "\\\"," |]

let private cycle (all: string[]) (count: int) : string list = [ for position in 0 .. count - 1 -> all[position % all.Length] ]

let private text (count: int) : string = String.concat "" (cycle words count)

/// The deltas of the arguments, which are one object.
let private argumentsOf (count: int) : string list =
    let whole = count - 2 - (count - 2) % pieces.Length
    [ "{" ] @ cycle pieces whole @ [ "\\\"country\\\":\\\"France\\\"}" ]

let private body (lineEnd: string) (events: string list) : byte[] =
    events |> List.map (fun data -> "data: " + data + lineEnd + lineEnd) |> String.concat "" |> Encoding.UTF8.GetBytes

/// The events have names: their data's types.
let private namedBody (events: string list) : byte[] =
    let typeOf (data: string) = data.Split('"')[3]

    events
    |> List.map (fun data -> "event: " + typeOf data + "\ndata: " + data + "\n\n")
    |> String.concat ""
    |> Encoding.UTF8.GetBytes

/// What OpenAI adds so that an event's length tells nothing.
let private padding (position: int) = "\"obfuscation\":\"" + String('x', 3 + position * 7 % 13) + "\""

// https://platform.openai.com/docs/api-reference/chat-streaming
let private chat (role: string) (written: string list) (reason: string) =
    let chunk position choices usage =
        """{"id":"chatcmpl-Bq1","object":"chat.completion.chunk","created":1757550000,"model":"gpt-m","service_tier":"default","""
        + "\"system_fingerprint\":\"fp_56\",\"choices\":"
        + choices
        + ",\"usage\":"
        + usage
        + ","
        + padding position
        + "}"

    let choice position delta reason =
        chunk position ("[{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":" + reason + "}]") "null"

    let usage =
        """{"prompt_tokens":9,"completion_tokens":2000,"total_tokens":2009,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"""
        + """"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}"""

    [
        yield choice 0 role "null"
        yield! written |> List.mapi (fun position delta -> choice position delta "null")
        yield choice 1 "{}" ("\"" + reason + "\"")
        yield chunk 2 "[]" usage
        yield "[DONE]"
    ]
    |> body "\n"

let private chatText (count: int) =
    chat """{"role":"assistant","content":"","refusal":null}""" [ for word in cycle words count -> "{\"content\":\"" + word + "\"}" ] "stop"

let private chatArguments (count: int) =
    chat
        ("""{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","""
         + """"function":{"name":"weather","arguments":""}}],"refusal":null}""")
        [ for piece in argumentsOf count -> "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" + piece + "\"}}]}" ]
        "tool_calls"

// https://platform.openai.com/docs/api-reference/responses-streaming
let private response (status: string) (output: string) (usage: string) =
    """"response":{"id":"resp_68","object":"response","created_at":1757550000,"status":" """.TrimEnd()
    + status
    + """","background":false,"error":null,"incomplete_details":null,"instructions":null,"model":"gpt-m","output":["""
    + output
    + """],"parallel_tool_calls":true,"store":true,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"usage":"""
    + usage
    + "}"

/// The events around an item and its deltas, each with its number.
let private responses opened (deltaType: string) (written: string list) closed (item: string) =
    let usage =
        """{"input_tokens":9,"input_tokens_details":{"cached_tokens":0},"output_tokens":2000,"""
        + """"output_tokens_details":{"reasoning_tokens":0},"total_tokens":2009}"""

    let events =
        [
            yield "response.created", response "in_progress" "" "null"
            yield "response.in_progress", response "in_progress" "" "null"
            yield! opened
            yield!
                written
                |> List.mapi (fun position delta ->
                    deltaType, "\"item_id\":\"item_68\",\"output_index\":0," + delta + "," + padding position)
            yield! closed
            yield "response.output_item.done", "\"output_index\":0,\"item\":" + item
            yield "response.completed", response "completed" item usage
        ]

    events
    |> List.mapi (fun position (kind, rest) -> "{\"type\":\"" + kind + "\",\"sequence_number\":" + string position + "," + rest + "}")
    |> namedBody

let private responsesText (count: int) =
    let part = "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"" + text count + "\"}"
    let at = "\"item_id\":\"item_68\",\"output_index\":0,\"content_index\":0,"

    responses
        [
            "response.output_item.added",
            """"output_index":0,"item":{"id":"item_68","type":"message","status":"in_progress","content":[],"role":"assistant"}"""
            "response.content_part.added", at + """"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}"""
        ]
        "response.output_text.delta"
        [ for word in cycle words count -> "\"content_index\":0,\"delta\":\"" + word + "\",\"logprobs\":[]" ]
        [
            "response.output_text.done", at + "\"logprobs\":[],\"text\":\"" + text count + "\""
            "response.content_part.done", at + "\"part\":" + part
        ]
        ("{\"id\":\"item_68\",\"type\":\"message\",\"status\":\"completed\",\"content\":[" + part + "],\"role\":\"assistant\"}")

let private responsesArguments (count: int) =
    let call status arguments =
        "{\"id\":\"item_68\",\"type\":\"function_call\",\"status\":\""
        + status
        + "\",\"arguments\":\""
        + arguments
        + "\",\"call_id\":\"call_1\",\"name\":\"weather\"}"

    let whole = String.concat "" (argumentsOf count)

    responses
        [ "response.output_item.added", "\"output_index\":0,\"item\":" + call "in_progress" "" ]
        "response.function_call_arguments.delta"
        [ for piece in argumentsOf count -> "\"delta\":\"" + piece + "\"" ]
        [
            "response.function_call_arguments.done", "\"item_id\":\"item_68\",\"output_index\":0,\"arguments\":\"" + whole + "\""
        ]
        (call "completed" whole)

// https://docs.anthropic.com/en/docs/build-with-claude/streaming
let private messages (block: string) (written: string list) (reason: string) =
    [
        yield
            """{"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-m","content":[],"""
            + """"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"""
            + """"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}"""
        yield "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":" + block + "}"
        yield """{"type":"ping"}"""
        for delta in written do
            yield "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":" + delta + "}"
        yield """{"type":"content_block_stop","index":0}"""
        yield
            "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""
            + reason
            + """","stop_sequence":null},"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"""
            + """"cache_read_input_tokens":0,"output_tokens":2000}}"""
        yield """{"type":"message_stop"}"""
    ]
    |> namedBody

let private messagesText (count: int) =
    messages
        """{"type":"text","text":""}"""
        [ for word in cycle words count -> "{\"type\":\"text_delta\",\"text\":\"" + word + "\"}" ]
        "end_turn"

let private messagesArguments (count: int) =
    messages
        """{"type":"tool_use","id":"toolu_01","name":"weather","input":{}}"""
        [ for piece in argumentsOf count -> "{\"type\":\"input_json_delta\",\"partial_json\":\"" + piece + "\"}" ]
        "tool_use"

// https://ai.google.dev/api/generate-content: each event says how many tokens there were until then. Lines end with CRLF.
let private generateContent (count: int) =
    let chunk position text reason =
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""
        + text
        + "\"}],\"role\":\"model\"},"
        + reason
        + "\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":"
        + string (position + 1)
        + ",\"totalTokenCount\":"
        + string (position + 10)
        + ",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":9}]},\"modelVersion\":\"gemini-m\",\"responseId\":\"r-8qLB\"}"

    [
        yield! cycle words count |> List.mapi (fun position word -> chunk position word "")
        yield chunk count "." "\"finishReason\":\"STOP\","
    ]
    |> body "\r\n"

/// The wire formats by name.
let all: Map<string, Format> =
    [
        {
            Name = "chat"
            Codec = ChatCompletions.codec ChatDialect.openai
            Property = "content"
            Text = chatText
            Arguments = Some chatArguments
        }
        {
            Name = "responses"
            Codec = OpenAiResponses.codec ResponsesDialect.standard
            Property = "delta"
            Text = responsesText
            Arguments = Some responsesArguments
        }
        {
            Name = "messages"
            Codec = AnthropicMessages.codec AnthropicDialect.standard
            Property = "text"
            Text = messagesText
            Arguments = Some messagesArguments
        }
        {
            Name = "generateContent"
            Codec = GenerateContent.codec GenerateContentDialect.standard
            Property = "text"
            Text = generateContent
            Arguments = None
        }
    ]
    |> List.map (fun format -> format.Name, format)
    |> Map.ofList

let private oneKilobyte = text 100

/// Two formats' answers sent whole, with about a kilobyte of text.
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
