// The events that frame a streamed text of Anthropic's messages, and the first deltas of its parts, in every state that a stream comes
// through: read from their bytes they say what their documents say.
module Llm.Core.Tests.AnthropicFrameTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private event (text: string) : WireEvent = { Name = ""; Data = ReadOnlyMemory(Encoding.UTF8.GetBytes text); IsWhole = true }

let private start (message: string) = $"""{{"type":"message_start","message":{{{message}}}}}"""
let private opened (index: int) (block: string) = $"""{{"type":"content_block_start","index":{index},"content_block":{{{block}}}}}"""
let private emptyText = "\"type\":\"text\",\"text\":\"\""
let private delta (index: int) (rest: string) = $"""{{"type":"content_block_delta","index":{index},"delta":{{{rest}}}}}"""

/// Each as it comes, or nearly so.
let private events =
    [
        start
            "\"id\":\"a\",\"type\":\"message\",\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"cache_creation\":{\"ephemeral_5m_input_tokens\":7},\"output_tokens\":1}"
        start
            "\"id\":\"b\",\"model\":\"\",\"stop_reason\":\"max_tokens\",\"usage\":{\"cache_read_input_tokens\":2,\"cache_creation_input_tokens\":4}"
        start "\"id\":null,\"usage\":null"
        start ""
        """{"message":{"model":"n","content":[{"type":"text","text":"Hi"}]},"type":"message_start","more":{"usage":1}}"""
        opened 0 emptyText
        opened 1 " \"type\" : \"text\", \"text\":\"\" "
        """{"type": "ping"}"""
        """{"type":"content_block_stop","index":0}"""
        """{"type":"content_block_stop","index":2}"""
        """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}"""
        """{"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":5,"output_tokens_details":{"thinking_tokens":2}}}"""
        """{"type":"message_delta","delta":{"stop_reason":"pause_turn"},"usage":{}}"""
        """{"usage":{"input_tokens":null,"output_tokens":8},"delta":{"stop_reason":""},"type":"message_delta"}"""
        """{"type":"message_delta","delta":{}}"""
        """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":8}}"""
    ]

/// What else opens parts, and lets them grow.
let private others =
    [
        opened 0 "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\""
        opened 1 "\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}"
        opened 2 "\"type\":\"tool_use\",\"name\":\"f\",\"input\":{\"a\":1}"
        opened 2 "\"type\":\"novel\",\"text\":\"\""
        delta 0 "\"type\":\"citations_delta\",\"citation\":{\"a\":1}"
    ]

let private deltas =
    [
        for index in 0..3 do
            delta index "\"type\":\"text_delta\",\"text\":\"Hi\""
            delta index "\"type\":\"text_delta\",\"text\":\"\""
            delta index "\"type\":\"thinking_delta\",\"thinking\":\"Hm\""
            delta index "\"type\":\"input_json_delta\",\"partial_json\":\"{\""
    ]

let private careful (state: AnthropicState) (text: string) =
    match AnthropicDecode.careful state (event text) with
    | Ok(struct (chunks, next)) -> Chunks.toList chunks, next
    | Error error -> failwithf "%A" error

/// Every state before the last that some of the events lead to, in some order.
let private states: AnthropicState list =
    let after (state: AnthropicState) = events @ others @ deltas |> List.map (fun text -> snd (careful state text))
    let first = AnthropicFrame.initial "anthropic"
    let once = after first |> List.distinct
    first :: once @ List.collect after once |> List.distinct |> List.filter (fun state -> not state.IsDone)

[<Test>]
let ``an event that frames a text says what its document says, in every state`` () =
    Assert.That(states.Length, Is.GreaterThan 50)

    for state in states do
        for text in events do
            match AnthropicDecodePlain.tryRead state (event text) with
            | ValueSome(struct (chunks, next)) -> Expect.equal (careful state text) (Chunks.toList chunks, next)
            | ValueNone -> Assert.Fail $"{text} was not read"

[<Test>]
let ``a first delta says what its document says, in every state`` () =
    let begun =
        [
            for state in states do
                for text in deltas do
                    match AnthropicDeltas.tryBegin state (event text) with
                    | ValueSome(struct (chunks, next)) ->
                        Expect.equal (careful state text) (Chunks.toList chunks, next)
                        if not (Object.ReferenceEquals(state, next)) then text
                    | ValueNone -> ()
        ]

    let kinds = [ "text_delta"; "thinking_delta"; "input_json_delta" ]
    Expect.equal [] (kinds |> List.filter (fun kind -> not (begun |> List.exists _.Contains(kind))))

/// Where the bytes alone are not certain: there the document decides.
[<TestCase """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}""">]
[<TestCase """{"type":"content_block_start","index":0,"content_block":{"text":"","type":"text"}}""">]
[<TestCase """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}""">]
[<TestCase """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""">]
[<TestCase """{"type":"content_block_start","index":1.0,"content_block":{"type":"text","text":""}}""">]
[<TestCase """{"type":"content_block_start","content_block":{"type":"text","text":""}}""">]
[<TestCase """{"type":"message_start","message":{"usage":{"input_tokens":1.5}}}""">]
[<TestCase """{"type":"message_start","message":{"usage":1}}""">]
[<TestCase """{"type":"message_start","message":{"id":"a","id":"b"}}""">]
[<TestCase """{"type":"message_start","message":{"id":1}}""">]
[<TestCase """{"type":"message_start"}""">]
[<TestCase """{"type":"message_delta","usage":{"output_tokens":1}}""">]
[<TestCase """{"type":"message_delta","delta":{},"message":{"stop_reason":"refusal"}}""">]
[<TestCase """{"type":"ping","type":"message_stop"}""">]
[<TestCase """{"type":"error","error":{"message":"Gone"}}""">]
[<TestCase """{"type":"message","content":[]}""">]
[<TestCase """{"error":"Gone"}""">]
[<TestCase """{"type":"message_stop"}}""">]
[<TestCase """[{"type":"message_stop"}]""">]
let ``an event of which more is to be understood is left to its document`` (text: string) =
    Expect.equal true (AnthropicDecodePlain.tryRead (AnthropicFrame.initial "anthropic") (event text)).IsNone
