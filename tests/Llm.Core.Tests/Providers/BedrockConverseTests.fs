/// Bedrock's Converse, decoded: laws over streams of our own making, then the rules of the format one by one; Claude by invocation last.
module Llm.Core.Tests.BedrockConverseTests

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open FsCheck.NUnit
open Llm.Core
open Llm.Core.Tests.EventStreamFixture

/// Lists are compared as values.
let private equalTo (expected: 'value) = Is.EqualTo(box expected)

let private codec = BedrockConverse.codec ConverseDialect.standard
let private claude = AnthropicMessages.codec AnthropicDialect.bedrock

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let private opened (index: int) (start: string) =
    event "contentBlockStart" $$"""{"contentBlockIndex":{{index}},"p":"abc","start":{{start}} }"""

let private deltaData (index: int) (change: string) = $$"""{"contentBlockIndex":{{index}},"delta":{{change}},"p":"abcdef"}"""
let private delta (index: int) (change: string) = event "contentBlockDelta" (deltaData index change)
let private text (index: int) (words: string) = delta index $$"""{"text":{{Json.quote words}} }"""
let private thought (index: int) (words: string) = delta index $$"""{"reasoningContent":{"text":{{Json.quote words}} } }"""
let private input (index: int) (piece: string) = delta index $$"""{"toolUse":{"input":{{Json.quote piece}} } }"""
let private closed (index: int) = event "contentBlockStop" $$"""{"contentBlockIndex":{{index}},"p":"a"}"""
let private start = event "messageStart" """{"role":"assistant","p":"abcd"}"""
let private stop (reason: string) = event "messageStop" $$"""{"stopReason":"{{reason}}","p":"ab"}"""

let private usage =
    """{"inputTokens":10,"outputTokens":7,"totalTokens":22,"cacheReadInputTokens":3,"cacheWriteInputTokens":2}"""

let private metadata = event "metadata" ("""{"metrics":{"latencyMs":5},"p":"a","usage":""" + usage + "}")

let private ended (reason: string) = [ stop reason; metadata ]

/// Everything at once: reasoning in the clear and encrypted, a tool at the provider's side, citations, tools, what nobody knows.
let private rich =
    [
        start
        thought 0 "Let me "
        thought 0 "see."
        delta 0 """{"reasoningContent":{"signature":"c2ln"}}"""
        closed 0
        delta 1 """{"reasoningContent":{"redactedContent":"c2VjcmV0"}}"""
        delta 1 """{"reasoningContent":{"redactedContent":"IQ=="}}"""
        closed 1
        opened 2 """{"toolUse":{"toolUseId":"srv_1","name":"search","type":"server_tool_use"}}"""
        input 2 "{\"query\": "
        input 2 "\"größer\"}"
        closed 2
        opened 3 """{"toolResult":{"toolUseId":"srv_1","type":"search_result","status":"success"}}"""
        delta 3 """{"toolResult":[{"text":"one"}]}"""
        delta 3 """{"toolResult":[{"json":{"n":2}}]}"""
        closed 3
        text 4 ""
        text 4 "Grün 🌱 "
        delta 4 """{"citation":{"title":"a","location":{"web":{"url":"https://a.example"}}}}"""
        delta 4 """{"citation":{"title":"b"}}"""
        text 4 "ist es."
        closed 4
        event "eventOfTomorrow" """{"contentBlockIndex":4}"""
        text 5 "Plain."
        closed 5
        opened 6 """{"toolUse":{"toolUseId":"t_1","name":"add"}}"""
        opened 7 """{"toolUse":{"toolUseId":"t_2","name":"now","type":"tool_use"}}"""
        input 6 "{\"a\":"
        input 7 ""
        input 6 " 1}"
        closed 7
        closed 6
        opened 8 """{"image":{"format":"png"}}"""
        delta 8 """{"image":{"source":{"bytes":"AQI="}}}"""
        closed 8
        opened 9 """{"blockOfTomorrow":{"a":1}}"""
        delta 9 """{"blockOfTomorrow":{"b":2}}"""
        closed 9
    ]
    @ ended "tool_use"

/// The same answer, whole.
let private richWhole =
    """{"metrics":{"latencyMs":5},"output":{"message":{"role":"assistant","content":[
    {"reasoningContent":{"reasoningText":{"text":"Let me see.","signature":"c2ln"}}},
    {"reasoningContent":{"redactedContent":"c2VjcmV0IQ=="}},
    {"toolUse":{"toolUseId":"srv_1","name":"search","type":"server_tool_use","input":{"query": "größer"}}},
    {"toolResult":{"toolUseId":"srv_1","type":"search_result","status":"success","content":[{"text":"one"},{"json":{"n":2}}]}},
    {"citationsContent":{"content":[{"text":"Grün 🌱 ist es."}],
    "citations":[{"title":"a","location":{"web":{"url":"https://a.example"}}},{"title":"b"}]}},
    {"text":"Plain."},
    {"toolUse":{"toolUseId":"t_1","name":"add","input":{"a": 1}}},
    {"toolUse":{"toolUseId":"t_2","name":"now","type":"tool_use","input":{}}},
    {"image":{"format":"png","source":{"bytes":"AQI="}}},
    {"blockOfTomorrow":{"a":1,"b":2}}]}},
    "stopReason":"tool_use",
    "usage":{"inputTokens":10,"outputTokens":7,"totalTokens":22,"cacheReadInputTokens":3,"cacheWriteInputTokens":2}}"""

let private joined (frames: byte[] list) = Array.concat frames

let private readBy (codec: Codec) (frames: byte[] list) = Reading.read codec [ ReadOnlyMemory(joined frames) ]

let private read = readBy codec

let private replyBy (codec: Codec) (frames: byte[] list) : Reply =
    match snd (readBy codec frames) with
    | Ending.Complete reply -> reply
    | other -> failwith $"not complete: {other}"

let private complete = replyBy codec

let private decoded (whole: string) : Reply =
    match Codec.decode (bytes whole) codec with
    | Ok reply -> reply
    | Error error -> failwith (LlmError.render error)

let private sameJson (first: Json option) (second: Json option) =
    let node (json: Json option) = json |> Option.map (fun json -> Nodes.JsonNode.Parse(Json.text json)) |> Option.toObj
    Nodes.JsonNode.DeepEquals(node first, node second)

let private withoutJson (reply: Reply) =
    let bare part =
        match part with
        | AssistantPart.Other other -> AssistantPart.Other { other with Json = Json.ofString "" }
        | _ -> part

    { reply with Native = None; Content = List.map bare reply.Content }

let private others (reply: Reply) =
    reply.Content
    |> List.choose (fun part ->
        match part with
        | AssistantPart.Other other -> Some other
        | _ -> None)

let private texts (reply: Reply) =
    reply.Content
    |> List.choose (fun part ->
        match part with
        | AssistantPart.Text text -> Some text
        | _ -> None)

// Laws

[<Property>]
let ``the bytes may be cut anywhere`` (cuts: int list) =
    let all = joined rich

    let places =
        cuts |> List.map (fun cut -> abs (cut % all.Length)) |> List.append [ 0; all.Length ] |> List.distinct |> List.sort

    let pieces = places |> List.pairwise |> List.map (fun (first, last) -> ReadOnlyMemory(all, first, last - first))
    Reading.read codec pieces = read rich

[<Test>]
let ``one byte at a time is as good as all at once`` () =
    let pieces = joined rich |> Array.map (fun byte -> ReadOnlyMemory [| byte |]) |> List.ofArray
    Assert.That((Reading.read codec pieces = read rich))

[<Test>]
let ``folding a stream equals decoding the same answer whole`` () =
    let streamed, whole = complete rich, decoded richWhole
    Assert.That(withoutJson streamed, equalTo (withoutJson whole))
    Assert.That(sameJson streamed.Native whole.Native)

    for one, other in List.zip (others streamed) (others whole) do
        Assert.That(sameJson (Some one.Json) (Some other.Json))

[<Test>]
let ``a prefix of a stream never completes`` () =
    let all = joined rich
    let proof = all.Length - metadata.Length

    for length in 0 .. proof - 1 do
        match snd (Reading.read codec [ ReadOnlyMemory(all, 0, length) ]) with
        | Ending.Truncated partial -> Assert.That(partial.Native.IsNone)
        | other -> Assert.Fail $"{length} bytes: {other}"

/// Deltas in all shapes that the fast path may meet, the odd ones too.
let private deltas =
    [
        deltaData 4 """{"text":"a"}"""
        deltaData 4 """{"text":""}"""
        deltaData 4 """{"text":"\ud83d"}"""
        deltaData 4 """{"text":"\u00e9\n\"x\""}"""
        deltaData 4 """{"text":null}"""
        deltaData 4 """{"text":1}"""
        deltaData 4 """{"text":"a","more":1}"""
        deltaData 4 """{"text":"a","text":"b"}"""
        deltaData 4 """{"citation":{"title":"a"}}"""
        deltaData 4 """{"toolUse":{"input":"a"}}"""
        deltaData 4 """{"reasoningContent":{"text":"a"}}"""
        deltaData 4 "{}"
        deltaData 4 "\"text\""
        deltaData 0 """{"reasoningContent":{"text":"a"}}"""
        deltaData 0 """{"reasoningContent":{"text":"a","signature":"b"}}"""
        deltaData 0 """{"reasoningContent":{"signature":"b"}}"""
        deltaData 0 """{"reasoningContent":{"redactedContent":"AA=="}}"""
        deltaData 0 """{"reasoningContent":{"text":null}}"""
        deltaData 0 """{"reasoningContent":"a"}"""
        deltaData 6 """{"toolUse":{"input":"a"}}"""
        deltaData 6 """{"toolUse":{"input":""}}"""
        deltaData 6 """{"toolUse":{"input":{}}}"""
        deltaData 6 """{"toolUse":{"input":"a","name":"b"}}"""
        deltaData 9 """{"text":"a"}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4}"""
        """{"p":"x","delta":{"text":"a"},"contentBlockIndex":4,"p":"y"}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4.0}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4,"contentBlockIndex":9}"""
        """{"delta":{"text":"a"},"delta":{"text":"b"},"contentBlockIndex":4}"""
        """{"delta":{"text":"a"},"contentBlockIndex":null}"""
        """{"delta":{"text":"a"}}"""
        """{"contentBlockIndex":4}"""
        """{"delta":{"text":"a","\ud800\ud800\ud800":1},"contentBlockIndex":4}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4} {}"""
        """{"delta":{"text":"a"},"contentBlockIndex":4"""
        "[]"
    ]

let private wire (name: string) (data: string) : WireEvent = { Name = name; Data = bytes data; IsWhole = true }

let private stepped (state: ConverseState) (name: string, data: string) =
    match ConverseDecode.careful state (wire name data) with
    | Ok(struct (_, next)) -> next
    | Error error -> failwith (LlmError.render error)

/// A state with a thought, a text and a tool call that have begun.
let private busy =
    [
        "contentBlockDelta", deltaData 0 """{"reasoningContent":{"text":"a"}}"""
        "contentBlockDelta", deltaData 4 """{"text":"a"}"""
        "contentBlockStart", """{"contentBlockIndex":6,"start":{"toolUse":{"toolUseId":"t","name":"n"}}}"""
    ]
    |> List.fold stepped (ConverseDecode.initial "bedrock")

[<Test>]
let ``the fast path says what the careful one says, wherever it answers`` () =
    let answers =
        deltas
        |> List.map (fun data ->
            let event = wire "contentBlockDelta" data

            match ConverseDeltas.fast busy event, ConverseDecode.careful busy event with
            | ValueSome chunks, Ok(struct (others, next)) ->
                Assert.That(Chunks.toList chunks, equalTo (Chunks.toList others), data)
                Assert.That(Object.ReferenceEquals(next, busy), data)
                true
            | ValueSome _, Error error -> failwith $"{data}: {error}"
            | ValueNone, _ -> false)

    Assert.That(answers |> List.filter id |> List.length, Is.GreaterThan 6)

[<Test>]
let ``a delta that changes nothing but its part keeps the state`` () =
    for data in
        [
            deltaData 4 """{"text":"a"}"""
            deltaData 0 """{"reasoningContent":{"text":"a"}}"""
            deltaData 6 """{"toolUse":{"input":"a"}}"""
        ] do
        Assert.That((ConverseDeltas.fast busy (wire "contentBlockDelta" data)).IsSome, data)

[<Property>]
let ``no bytes make the decoder throw`` (kinds: int list) (noise: byte[]) (place: int) =
    let names = [ "messageStart"; "contentBlockStart"; "contentBlockDelta"; "contentBlockStop"; "messageStop"; "metadata"; "" ]

    let payloads =
        deltas @ [ "null"; "\"\\ud800\""; "{\"\\ud800\":{}}"; """{"contentBlockIndex":0,"start":{"\ud800":{"\udc00":1}}}""" ]

    let pick (all: 'item list) (kind: int) = all[int (uint32 kind % uint32 all.Length)]
    let frames = kinds |> List.map (fun kind -> event (pick names kind) (pick payloads (kind / 7)))
    let broken = joined (frames @ [ noise; stop "end_turn" ])
    let spoiled = Array.copy broken
    spoiled[int (uint32 place % uint32 spoiled.Length)] <- 255uy

    for all in [ broken; spoiled ] do
        Reading.read codec [ ReadOnlyMemory all ] |> ignore
        Reading.read claude [ ReadOnlyMemory all ] |> ignore

// The rules of the format

[<Test>]
let ``every part comes with its kind, in order`` () =
    let reply = complete rich

    Assert.That(
        withoutJson reply |> _.Content,
        equalTo
            [
                AssistantPart.Thought "Let me see."
                AssistantPart.Other { Kind = "redactedContent"; Json = Json.ofString "" }
                AssistantPart.Other { Kind = "server_tool_use"; Json = Json.ofString "" }
                AssistantPart.Other { Kind = "search_result"; Json = Json.ofString "" }
                AssistantPart.Text "Grün 🌱 ist es."
                AssistantPart.Text "Plain."
                AssistantPart.ToolCall { Id = "t_1"; Name = "add"; Arguments = "{\"a\": 1}" }
                AssistantPart.ToolCall { Id = "t_2"; Name = "now"; Arguments = "{}" }
                AssistantPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))
                AssistantPart.Other { Kind = "blockOfTomorrow"; Json = Json.ofString "" }
            ]
    )

[<Test>]
let ``input counts what went through the cache`` () =
    Assert.That(
        (complete rich).Usage,
        equalTo (
            Some
                { Usage.zero with
                    InputTokens = 15L
                    OutputTokens = 7L
                    CacheReadTokens = 3L
                    CacheWriteTokens = 2L
                }
        )
    )

[<Test>]
let ``usage that has not come is absent`` () =
    match snd (read [ start; text 0 "a"; stop "end_turn" ]) with
    | Ending.Complete reply -> Assert.That(reply.Usage, Is.EqualTo None)
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``usage may come before the proof, which is awaited`` () =
    Assert.That((complete [ start; text 0 "a"; metadata; stop "end_turn" ]).Usage.IsSome)

    match snd (read [ start; text 0 "a"; metadata ]) with
    | Ending.Truncated partial -> Assert.That(partial.Usage.IsSome)
    | other -> Assert.Fail $"{other}"

[<TestCase("end_turn", null)>]
[<TestCase("tool_use", null)>]
[<TestCase("stop_sequence", null)>]
[<TestCase("max_tokens", "max_tokens")>]
[<TestCase("guardrail_intervened", "refusal")>]
[<TestCase("content_filtered", "refusal")>]
[<TestCase("model_context_window_exceeded", "context_length_exceeded")>]
[<TestCase("malformed_tool_use", "malformed_tool_use")>]
let ``reasons to stop`` (word: string, expected: string | null) =
    let streamed = complete ([ start; text 0 "a" ] @ ended word)
    let whole = decoded ("""{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":""" + Json.quote word + "}")
    Assert.That(streamed.FinishReason |> Option.map FinishReason.name |> Option.toObj, Is.EqualTo expected)
    Assert.That(whole.FinishReason, equalTo streamed.FinishReason)

[<Test>]
let ``reasoning with a signature and no words is no thought, but goes back`` () =
    let streamed =
        complete ([ start; delta 0 """{"reasoningContent":{"signature":"c2ln"}}"""; closed 0; text 1 "a"; closed 1 ] @ ended "end_turn")

    Assert.That(streamed.Content, equalTo [ AssistantPart.Text "a" ])
    let native = Json.tryParse """[{"reasoningContent":{"reasoningText":{"text":"","signature":"c2ln"}}},{"text":"a"}]"""
    Assert.That(sameJson streamed.Native (Result.toOption native))

[<Test>]
let ``blocks that are empty are no parts`` () =
    Assert.That(
        (complete ([ start; text 0 ""; closed 0; text 1 "a"; closed 1 ] @ ended "end_turn")).Content,
        equalTo [ AssistantPart.Text "a" ]
    )

    Assert.That(
        (decoded """{"output":{"message":{"content":[{"text":""},{"text":"a"},{},null,7]}}}""").Content,
        equalTo [ AssistantPart.Text "a" ]
    )

[<Test>]
let ``a block that another kind of delta follows under its index ends there`` () =
    let reply = complete ([ start; thought 0 "Hm."; text 0 "Yes."; closed 0; text 1 "No."; closed 1 ] @ ended "end_turn")
    Assert.That(reply.Content, equalTo [ AssistantPart.Thought "Hm."; AssistantPart.Text "Yes."; AssistantPart.Text "No." ])

[<Test>]
let ``a tool call without an id gets one of ours, each its own`` () =
    let streamed =
        complete (
            [
                start
                opened 0 """{"toolUse":{"name":"add"}}"""
                closed 0
                opened 1 """{"toolUse":{"toolUseId":"","name":"add"}}"""
                closed 1
            ]
            @ ended "tool_use"
        )

    let whole =
        decoded
            """{"output":{"message":{"content":[{"toolUse":{"name":"add","input":{}}},
            {"toolUse":{"toolUseId":"","name":"add"}}]}},"stopReason":"tool_use"}"""

    let ids (reply: Reply) = Content.toolCalls reply.Content |> List.map _.Id
    Assert.That(ids streamed |> List.distinct, Has.Length.EqualTo 2)
    Assert.That(ids streamed, Has.None.EqualTo "")
    Assert.That(ids whole, equalTo (ids streamed))
    Assert.That((Option.get whole.Native |> Json.text).Contains((ids whole)[0]))

[<Test>]
let ``arguments that are cut off stay as they came`` () =
    let reply =
        complete ([ start; opened 0 """{"toolUse":{"toolUseId":"t","name":"add"}}"""; input 0 "{\"a\": 1" ] @ ended "max_tokens")

    Assert.That(Content.toolCalls reply.Content |> List.map _.Arguments, equalTo [ "{\"a\": 1" ])

[<Test>]
let ``citations of a whole answer stand beside its text`` () =
    let reply =
        decoded
            """{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"One, "},{"text":"two."}],
            "citations":[{"title":"a"}]}}]}}}"""

    Assert.That(texts reply, equalTo [ "One, two." ])
    Assert.That((Option.get reply.Native |> Json.text).Contains "\"title\":\"a\"")

[<Test>]
let ``an exception within a stream is a failure that keeps what came`` () =
    match snd (read [ start; text 0 "Hel"; exceptionOf "throttlingException" """{"message":"Slow down."}"""; text 0 "lo" ]) with
    | Ending.Failed(partial, LlmError.RateLimit error) ->
        Assert.That(texts partial, equalTo [ "Hel" ])

        Assert.That(
            (error.Provider, error.Code, error.Message, error.Status),
            equalTo ("bedrock", Some "throttlingException", "Slow down.", (None: int option))
        )
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a wrong checksum is a failure that keeps what came`` () =
    let broken = text 0 "lo"
    broken[broken.Length - 6] <- broken[broken.Length - 6] ^^^ 1uy

    match snd (read [ start; text 0 "Hel"; broken; stop "end_turn" ]) with
    | Ending.Failed(partial, LlmError.InvalidResponse("bedrock", _, _)) -> Assert.That(texts partial, equalTo [ "Hel" ])
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an event that is no JSON is a failure when more follows`` () =
    match snd (read [ start; event "contentBlockDelta" "{\"delta\""; stop "end_turn" ]) with
    | Ending.Failed(_, LlmError.InvalidResponse _) -> ()
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``nothing counts after usage that follows the proof`` () =
    Assert.That(fst (read (rich @ [ text 0 "more"; exceptionOf "throttlingException" "{}" ])), equalTo (fst (read rich)))

[<Test>]
let ``events in odd shapes are passed over`` () =
    let odd =
        [
            event "contentBlockStart" "{}"
            event "contentBlockStart" """{"contentBlockIndex":0,"start":null}"""
            event "contentBlockDelta" """{"contentBlockIndex":0,"delta":{}}"""
            event "contentBlockDelta" """{"contentBlockIndex":"0","delta":{"text":"a"}}"""
            event "contentBlockDelta" """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}}"""
            event "contentBlockStop" "{}"
            event "contentBlockStop" """{"contentBlockIndex":5}"""
            event "metadata" """{"usage":null}"""
            event "" "[1]"
            event "messageStart" "7"
        ]

    Assert.That((complete ([ start ] @ odd @ [ text 0 "a" ] @ ended "end_turn")).Content, equalTo [ AssistantPart.Text "a" ])

[<Test>]
let ``a server that does not stream is understood`` () =
    match snd (Reading.read codec [ bytes richWhole ]) with
    | Ending.Complete reply -> Assert.That(withoutJson reply, equalTo (withoutJson (decoded richWhole)))
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an error with a 200 is an error, streamed or not`` () =
    let body = bytes """{"Message":"Not today.","__type":"com.amazon.coral#ServiceUnavailableException"}"""

    match Codec.decode body codec, snd (Reading.read codec [ body ]) with
    | Error(LlmError.Server whole), Ending.Failed(_, LlmError.Server streamed) ->
        Assert.That(whole.Message, equalTo "Not today.")
        Assert.That(streamed.Message, equalTo "Not today.")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``bodies that are no answers are invalid`` () =
    for body in [ ""; "no JSON"; "{}"; "[]"; """{"output":{}}""" ] do
        match Codec.decode (bytes body) codec with
        | Error(LlmError.InvalidResponse("bedrock", _, _)) -> ()
        | other -> Assert.Fail $"{body}: {other}"

[<Test>]
let ``an error's type stands in a header, without its address`` () =
    let answer: ErrorAnswer =
        {
            Status = 429
            Headers = [ "x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/coral/"; "x-amzn-RequestId", "r-1" ]
            Body = bytes """{"message":"Too many."}"""
        }

    match codec.DecodeError answer with
    | LlmError.RateLimit error ->
        Assert.That((error.Code, error.Message, error.RequestId), equalTo (Some "ThrottlingException", "Too many.", Some "r-1"))
    | other -> Assert.Fail $"{other}"

// Claude by InvokeModelWithResponseStream

let private claudeEvents =
    [
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],
        "usage":{"input_tokens":10,"output_tokens":1}}}"""
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grün "}}"""
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"🌱"}}"""
        """{"type":"content_block_stop","index":0}"""
        """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"""
        """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":10}}"""
    ]

[<Test>]
let ``Claude by invocation gives what Claude gives by server-sent events`` () =
    let oneLine (data: string) = data.Replace("\n", " ")
    let bySse = claudeEvents |> List.map (fun data -> $"data: {oneLine data}\n\n") |> String.concat ""
    let expected = Reading.read (AnthropicMessages.codec AnthropicDialect.standard) [ bytes bySse ]
    let frames = claudeEvents |> List.map chunk
    Assert.That((readBy claude frames = expected))
    let pieces = joined frames |> Array.map (fun byte -> ReadOnlyMemory [| byte |]) |> List.ofArray
    Assert.That((Reading.read claude pieces = expected))

[<Test>]
let ``Claude by invocation may be cut off or fail`` () =
    let frames = claudeEvents |> List.map chunk

    match snd (readBy claude (List.truncate 4 frames)) with
    | Ending.Truncated partial -> Assert.That(texts partial, equalTo [ "Grün 🌱" ])
    | other -> Assert.Fail $"{other}"

    match snd (readBy claude (List.truncate 4 frames @ [ exceptionOf "modelStreamErrorException" """{"message":"Sorry."}""" ])) with
    | Ending.Failed(partial, LlmError.Server error) ->
        Assert.That(texts partial, equalTo [ "Grün 🌱" ])
        Assert.That(error.Message, equalTo "Sorry.")
    | other -> Assert.Fail $"{other}"
