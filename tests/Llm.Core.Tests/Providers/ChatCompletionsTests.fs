/// Chat completions: what streams and whole answers of OpenAI and those who speak like it mean. All traffic here is made up.
module Llm.Core.Tests.ChatCompletionsTests

open System
open System.Text
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core

let private codec = ChatCompletions.codec (ChatDialect.standard "acme")

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let private sse (events: string list) = events |> List.map (fun event -> $"data: {event}\n\n") |> String.concat ""

let private read (events: string list) = Reading.read codec [ bytes (sse events) ]

let private complete (events: string list) : Reply =
    match read events with
    | _, Ending.Complete reply -> reply
    | _, other -> failwith $"not complete: {other}"

let private failure (events: string list) : LlmError =
    match read events with
    | _, Ending.Failed(_, error) -> error
    | _, other -> failwith $"not failed: {other}"

let private decodeWhole (body: string) = Codec.decode (bytes body) codec

let private wholeReply (body: string) : Reply =
    match decodeWhole body with
    | Ok reply -> reply
    | Error error -> failwith (LlmError.render error)

let private chunk (delta: string) =
    $"""{{"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"""

let private finish (word: string) = $"""{{"id":"c-1","model":"m-1","choices":[{{"index":0,"delta":{{}},"finish_reason":"{word}"}}]}}"""

let private content (text: string) = chunk $"""{{"content":{Json.quote text}}}"""

let private callDelta (json: string) = chunk $"""{{"tool_calls":[{json}]}}"""

let private answer (message: string) (reason: string) =
    $"""{{"id":"c-1","model":"m-1","choices":[{{"index":0,"message":{message},"finish_reason":"{reason}"}}]}}"""

let private same (expected: 'a) (actual: 'a) = Assert.That((actual = expected), $"expected {expected} but was {actual}")

let private parts (expected: AssistantPart list) (reply: Reply) = same expected reply.Content

let private call id name arguments = AssistantPart.ToolCall { Id = id; Name = name; Arguments = arguments }

let private usageOf (reply: Reply) = Option.get reply.Usage

// ---------------------------------------------------------------- laws

/// An answer in parts, and where its strings are cut on the way.
type private Spoken = { Thought: string; Text: string; Refusal: string; Calls: (string * string) list; Cuts: int list }

let private words = Gen.elements [ ""; "Hello"; "é\n\"quoted\""; "日本語 \\ text"; "a🙂b"; "x" ]

let private spoken: FsCheck.Gen<Spoken> = gen {
    let! thought = words
    let! text = words
    let! refusal = Gen.frequency [ 4, Gen.constant ""; 1, words ]

    let! calls =
        Gen.listOf (Gen.elements [ "add", "{\"a\":1}"; "now", ""; "find", "{\"q\":\"é \\\" x\"}" ]) |> Gen.map (List.truncate 3)

    let! cuts = Gen.listOfLength 40 (Gen.choose (1, 5))
    return { Thought = thought; Text = text; Refusal = refusal; Calls = calls; Cuts = cuts }
}

/// The string in pieces of these lengths; a surrogate pair is not cut.
let rec private pieces (cuts: int list) (text: string) : string list =
    match cuts with
    | cut :: rest when cut < text.Length ->
        let at = if Char.IsLowSurrogate text[cut] then cut + 1 else cut
        text.Substring(0, at) :: pieces rest (text.Substring at)
    | _ -> if text = "" then [] else [ text ]

let private messageOf (said: Spoken) =
    let calls =
        said.Calls
        |> List.mapi (fun index (name, arguments) ->
            $"""{{"id":"id-{index}","type":"function","function":{{"name":"{name}","arguments":{Json.quote arguments}}}}}""")
        |> String.concat ","

    $"""{{"role":"assistant","content":{Json.quote said.Text},"reasoning":{Json.quote said.Thought},"refusal":{Json.quote said.Refusal},"""
    + $"\"tool_calls\":[{calls}]}}"

let private streamOf (said: Spoken) : string list =
    let deltas name text = pieces said.Cuts text |> List.map (fun piece -> chunk $"""{{"{name}":{Json.quote piece}}}""")

    let calls =
        said.Calls
        |> List.mapi (fun index (name, arguments) ->
            callDelta $"""{{"index":{index},"id":"id-{index}","type":"function","function":{{"name":"{name}","arguments":""}}}}"""
            :: (pieces said.Cuts arguments
                |> List.map (fun piece -> callDelta $"""{{"index":{index},"function":{{"arguments":{Json.quote piece}}}}}""")))
        |> List.concat

    [
        chunk """{"role":"assistant","content":""}"""
        yield! deltas "reasoning" said.Thought
        yield! deltas "content" said.Text
        yield! deltas "refusal" said.Refusal
        yield! calls
    ]

[<FsCheck.NUnit.Property>]
let ``folding a stream equals decoding the same answer sent whole`` () =
    Prop.forAll (Arb.fromGen spoken) (fun said ->
        let whole = wholeReply (answer (messageOf said) "stop")
        let streamed = complete (streamOf said @ [ finish "stop"; "[DONE]" ])
        { whole with Native = None } = streamed)

[<FsCheck.NUnit.Property>]
let ``the bytes may be cut anywhere`` () =
    let sizes = Gen.listOfLength 2000 (Gen.choose (1, 40))

    Prop.forAll (Arb.fromGen (Gen.zip spoken sizes)) (fun (said, sizes) ->
        let body = sse (streamOf said @ [ finish "stop"; "[DONE]" ]) |> Encoding.UTF8.GetBytes

        let rec cut position sizes =
            match sizes with
            | size :: rest when position + size < body.Length -> ReadOnlyMemory(body, position, size) :: cut (position + size) rest
            | _ -> [ ReadOnlyMemory(body, position, body.Length - position) ]

        let inOne, _ = Reading.read codec [ ReadOnlyMemory body ]
        let inMany, _ = Reading.read codec (cut 0 sizes)
        inOne = inMany)

[<FsCheck.NUnit.Property>]
let ``a prefix of a stream never completes`` () =
    Prop.forAll (Arb.fromGen (Gen.zip spoken (Gen.choose (0, 10000)))) (fun (said, length) ->
        let body = sse (streamOf said) |> Encoding.UTF8.GetBytes

        match Reading.read codec [ ReadOnlyMemory(body, 0, min length body.Length) ] with
        | _, Ending.Truncated _ -> true
        | _ -> false)

[<FsCheck.NUnit.Property>]
let ``every part that starts ends before the finish`` () =
    Prop.forAll (Arb.fromGen spoken) (fun said ->
        let chunks, _ = read (streamOf said @ [ finish "stop" ])

        let starts =
            chunks
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.TextStart index
                | Chunk.ThoughtStart index
                | Chunk.ToolCallStart(index, _, _) -> Some index
                | _ -> None)

        let ends =
            chunks
            |> List.takeWhile (fun chunk -> chunk <> Chunk.Finish None && chunk <> Chunk.Finish(Some FinishReason.Refusal))
            |> List.choose (fun chunk ->
                match chunk with
                | Chunk.TextEnd index
                | Chunk.ThoughtEnd index
                | Chunk.ToolCallEnd index -> Some index
                | _ -> None)

        starts = List.sort starts && List.sort ends = starts)

/// Events of all shapes, odd ones too: what the fast path may or may not take.
let private anyEvent: FsCheck.Gen<string> =
    let delta =
        Gen.elements
            [
                """{"content":"a"}"""
                """{"content":""}"""
                """{"content":null,"tool_calls":null,"refusal":null,"reasoning":null,"audio":null}"""
                """{"content":"a","content":null}"""
                """{"content":null,"content":"\ud83d"}"""
                """{"role":"assistant","content":"\u0061\n"}"""
                """{"co\u006etent":"escaped name"}"""
                """{"content":"a","reasoning":"b"}"""
                """{"content":"","reasoning":"b"}"""
                """{"reasoning_content":"c"}"""
                """{"reasoning":"d","reasoning_content":"e"}"""
                """{"reasoning":"d","reasoning_details":[{"type":"reasoning.text","text":"d","index":0}]}"""
                """{"reasoning_details":[{"type":"reasoning.text","text":"f","signature":"s","index":0}]}"""
                """{"content":[{"type":"thinking","thinking":[{"type":"text","text":"g"}]},{"type":"text","text":"h"}]}"""
                """{"content":7}"""
                """{"refusal":"no"}"""
                """{"refusal":""}"""
                """{"audio":{"id":"u","data":"AQI","transcript":"t"}}"""
                """{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AQI="}}]}"""
                """{"tool_calls":[]}"""
                """{"tool_calls":[{}]}"""
                """{"tool_calls":[{"index":0,"id":"i","type":"function","function":{"name":"n","arguments":""}}]}"""
                """{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}"""
                """{"tool_calls":[{"index":0,"id":"","type":"function","function":{"arguments":"}"}}]}"""
                """{"tool_calls":[{"function":{"arguments":"1"},"index":1}]}"""
                """{"tool_calls":[{"index":1,"id":"j","function":{"name":"o","arguments":"{}"}},{"index":0,"function":{"arguments":"2"}}]}"""
                """{"tool_calls":[{"index":1,"function":{"name":"p","arguments":"{\"k\":1}"}}]}"""
                """{"tool_calls":[{"index":0,"function":{"arguments":{"a":1}}}]}"""
                """{"tool_calls":[{"index":0,"custom":{"input":"x"}}]}"""
                """{"tool_calls":[{"index":0.5,"function":{"arguments":"3"}}]}"""
                """{"tool_calls":[{"index":0,"function":{"arguments":"4"}}],"content":"x"}"""
                """[]"""
                """null"""
            ]

    let choice delta =
        Gen.elements
            [
                $"""{{"index":0,"delta":{delta},"finish_reason":null,"logprobs":null}}"""
                $"""{{"delta":{delta}}}"""
                $"""{{"delta":{delta},"finish_reason":""}}"""
                $"""{{"finish_reason":null,"delta":{delta},"index":1}}"""
                $"""{{"index":0,"delta":{delta},"message":{{"content":"so far"}}}}"""
            ]

    let event choice =
        Gen.frequency
            [
                8, Gen.constant $"""{{"id":"c","model":"m","choices":[{choice}]}}"""
                4, Gen.constant $"""{{"choices":[{choice}],"usage":null,"obfuscation":"zz"}}"""
                1, Gen.constant $"""{{"choices":[{choice}],"usage":{{"prompt_tokens":1,"completion_tokens":2}}}}"""
                1, Gen.constant $"""{{"choices":[{choice},{{"index":1,"delta":{{"content":"other"}}}}]}}"""
                1, Gen.constant $"""{{"choices":[{choice}],"choices":[]}}"""
                1, Gen.constant $"""{{"choices":[{choice}]}} x"""
                1, Gen.constant $"""{{"choices":[{choice}],"error":null}}"""
                1, Gen.constant $"""{{"choices":[{choice}],"error":{{"message":"bad"}}}}"""
                1, Gen.constant """{"choices":[]}"""
                1, Gen.constant """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""
                1, Gen.constant "[DONE]"
                1, Gen.constant """{"choices":[{"ind"""
            ]

    delta |> Gen.bind choice |> Gen.bind event

[<FsCheck.NUnit.Property(MaxTest = 2000)>]
let ``where the fast path answers, it answers as the careful one`` () =
    Prop.forAll (Arb.fromGen (Gen.listOf anyEvent)) (fun events ->
        let rec agree state rest =
            match rest with
            | [] -> true
            | (data: string) :: others ->
                let event = { Name = ""; Data = bytes data; IsWhole = true }
                let careful = ChatDecode.careful "acme" state event

                let agrees =
                    match ChatDecodeFast.tryRead state event, careful with
                    | ValueNone, _ -> true
                    | ValueSome chunks, Ok(struct (expected, next)) -> Chunks.toList chunks = Chunks.toList expected && next = state
                    | ValueSome _, Error _ -> false

                match careful with
                | Ok(struct (_, next)) -> agrees && agree next others
                | Error _ -> agrees && agree state others

        agree ChatState.initial events)

[<Test>]
let ``the fast path takes the deltas that make a part longer`` () =
    let stateAfter (events: string list) =
        events
        |> List.fold
            (fun state data ->
                match ChatDecode.careful "acme" state { Name = ""; Data = bytes data; IsWhole = true } with
                | Ok(struct (_, next)) -> next
                | Error error -> failwith (LlmError.render error))
            ChatState.initial

    let takes before data = (ChatDecodeFast.tryRead (stateAfter before) { Name = ""; Data = bytes data; IsWhole = true }).IsSome

    Assert.That(takes [ content "a" ] (content "b"), "text")
    Assert.That(takes [ chunk """{"reasoning":"a"}""" ] (chunk """{"content":"","reasoning":"b"}"""), "thought")

    let begun = callDelta """{"index":0,"id":"i","function":{"name":"n","arguments":"{"}}"""
    Assert.That(takes [ begun ] (callDelta """{"index":0,"function":{"arguments":"}"}}"""), "arguments")

// ---------------------------------------------------------------- streams

[<Test>]
let ``a stream of text is complete at its finish reason`` () =
    let reply = complete [ content "Hel"; content "lo"; finish "stop" ]
    parts [ AssistantPart.Text "Hello" ] reply
    same (Some "c-1") reply.Id
    same (Some "m-1") reply.Model
    same None reply.FinishReason

[<Test>]
let ``nothing after done is read`` () =
    complete [ content "a"; finish "stop"; "[DONE]"; content "b"; "no json" ] |> parts [ AssistantPart.Text "a" ]

[<Test>]
let ``done proves a stream without a finish reason`` () = complete [ content "a"; "[DONE]" ] |> parts [ AssistantPart.Text "a" ]

[<Test>]
let ``an error object fails the stream wherever it stands`` () =
    let error = """{"error":{"code":429,"message":"slow down"}}"""
    let isRateLimit events = (failure events).IsRateLimit
    Assert.That(isRateLimit [ error; "[DONE]" ], "first")
    Assert.That(isRateLimit [ content "a"; error ], "later")
    Assert.That(isRateLimit [ finish "stop"; """{"choices":[],"error":{"code":429,"message":"late"}}""" ], "after the finish")

[<Test>]
let ``an event that is named error is one`` () =
    let body = "event: error\ndata: {\"message\":\"out of order\",\"code\":503}\n\n"

    match Reading.read codec [ bytes body ] with
    | _, Ending.Failed(_, LlmError.Server error) -> same "out of order" error.Message
    | other -> failwith $"{other}"

[<Test>]
let ``data that is no JSON is an error when more follows and a cut when nothing does`` () =
    Assert.That((failure [ "{\"choi"; content "a" ]).IsInvalidResponse)

    match read [ content "a"; "{\"choi" ] with
    | _, Ending.Truncated partial -> parts [ AssistantPart.Text "a" ] partial
    | other -> failwith $"{other}"

[<Test>]
let ``a whole answer to a streamed request is read as one`` () =
    let body = answer """{"role":"assistant","content":"all at once"}""" "stop"
    complete [ body ] |> parts [ AssistantPart.Text "all at once" ]

    match Reading.read codec [ bytes body ] with
    | _, Ending.Complete reply -> parts [ AssistantPart.Text "all at once" ] reply
    | other -> failwith $"{other}"

[<Test>]
let ``a member whose name holds half of a pair is passed over`` () =
    let odd = chunk """{"content":" there","\ud83d":1}"""
    complete [ content "Hi"; odd; finish "stop" ] |> parts [ AssistantPart.Text "Hi there" ]

    wholeReply """{"\ud83d":1,"choices":[{"message":{"content":"Hi","tool_calls":[{"id":"a","\ud83d":1,"function":{"name":"f"}}]}}]}"""
    |> parts [ AssistantPart.Text "Hi"; call "a" "f" "{}" ]

    complete [ callDelta """{"index":0,"id":"a","\ud83d":1,"function":{"name":"f","arguments":"{}"}}"""; finish "stop" ]
    |> parts [ call "a" "f" "{}" ]

[<Test>]
let ``a message with a call that has no id does not go back as it came`` () =
    let withId (id: string) =
        answer
            $"""{{"role":"assistant","tool_calls":[{{{id}"type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}}"""
            "tool_calls"

    same true (wholeReply (withId "\"id\":\"a\",")).Native.IsSome
    same None (wholeReply (withId "")).Native

[<Test>]
let ``the message so far beside each delta is not read twice`` () =
    let beside delta soFar reason =
        $"""{{"choices":[{{"index":0,"delta":{{"content":"{delta}"}},"message":{{"content":"{soFar}"}},"finish_reason":{reason}}}]}}"""

    complete [ beside "a" "a" "null"; beside "b" "ab" "null"; beside "" "ab" "\"stop\"" ]
    |> parts [ AssistantPart.Text "ab" ]

[<Test>]
let ``a later null does not take a finish reason back, and a refusal beats a later stop`` () =
    let reply = complete [ content "a"; finish "length"; chunk "{}"; "[DONE]" ]
    same (Some FinishReason.MaxTokens) reply.FinishReason
    same (Some FinishReason.Refusal) (complete [ finish "content_filter"; finish "stop" ]).FinishReason

[<Test>]
let ``a refusal is text and the reason`` () =
    let reply = complete [ chunk """{"refusal":"I "}"""; chunk """{"refusal":"cannot"}"""; finish "stop" ]
    parts [ AssistantPart.Text "I cannot" ] reply
    same (Some FinishReason.Refusal) reply.FinishReason

[<Test>]
let ``finish reasons are read in all their spellings`` () =
    let reasonOf word = (complete [ finish word ]).FinishReason
    same None (reasonOf "eos")
    same None (reasonOf "tool_calls")
    same (Some FinishReason.ContextLengthExceeded) (reasonOf "model_length")
    same (Some(FinishReason.Other "nap")) (reasonOf "nap")

[<Test>]
let ``other choices, empty choices and missing choices are passed over`` () =
    complete
        [
            """{"choices":[],"prompt_filter_results":[]}"""
            """{"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"}}]}"""
            """{"moderation":{}}"""
            """{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"""
            finish "stop"
        ]
    |> parts [ AssistantPart.Text "yes" ]

[<Test>]
let ``an emoji whose escapes are cut in two is put together`` () =
    complete [ chunk """{"content":"\ud83d"}"""; chunk """{"content":"\ude42"}"""; finish "stop" ]
    |> parts [ AssistantPart.Text "🙂" ]

// ---------------------------------------------------------------- thoughts

[<Test>]
let ``reasoning is taken once from its three places`` () =
    let details = """[{"type":"reasoning.text","text":"think","index":0}]"""
    let delta = $"""{{"reasoning_content":"think","reasoning":"think","reasoning_details":{details}}}"""

    complete [ chunk delta; content "so"; finish "stop" ]
    |> parts [ AssistantPart.Thought "think"; AssistantPart.Text "so" ]

    complete [ chunk $"""{{"reasoning_details":{details}}}"""; finish "stop" ] |> parts [ AssistantPart.Thought "think" ]

[<Test>]
let ``reasoning details go back put together, with the signature and the calls`` () =
    let detail json = chunk $"""{{"reasoning_details":[{json}]}}"""

    let reply =
        complete
            [
                detail """{"type":"reasoning.text","text":"thi","index":0,"format":"f"}"""
                detail """{"type":"reasoning.text","text":"nk","index":0,"signature":null}"""
                detail """{"type":"reasoning.text","signature":"sig","index":0}"""
                detail """{"type":"reasoning.encrypted","data":"xyz","index":1}"""
                content "a"
                callDelta """{"index":0,"id":"i","function":{"name":"n","arguments":"{}"},"extra_content":{"s":1}}"""
                finish "tool_calls"
            ]

    parts [ AssistantPart.Thought "think"; AssistantPart.Text "a"; call "i" "n" "{}" ] reply
    use document = Json.JsonDocument.Parse(Json.text reply.Native.Value)
    let message = document.RootElement[0]
    same "a" (message.GetProperty("content").GetString())
    same 2 (message.GetProperty("reasoning_details").GetArrayLength())
    let first = message.GetProperty("reasoning_details")[0]

    same
        ("think", "sig", "f")
        (first.GetProperty("text").GetString(), first.GetProperty("signature").GetString(), first.GetProperty("format").GetString())

    let call = message.GetProperty("tool_calls")[0]
    same "{}" (call.GetProperty("function").GetProperty("arguments").GetString())
    same 1 (call.GetProperty("extra_content").GetProperty("s").GetInt32())

[<Test>]
let ``thinking chunks of a content list are thoughts`` () =
    let thinking text = $"""{{"type":"thinking","thinking":[{{"type":"text","text":"{text}"}}]}}"""

    let streamed =
        complete
            [
                chunk $"""{{"content":[{thinking "a"}]}}"""
                chunk $"""{{"content":[{thinking "b"},{{"type":"text","text":"c"}}]}}"""
                content "d"
                finish "stop"
            ]

    parts [ AssistantPart.Thought "ab"; AssistantPart.Text "cd" ] streamed

    wholeReply (
        answer $"""{{"content":[{thinking "ab"},{{"type":"text","text":"cd"}},{{"type":"reference","reference_ids":[1]}}]}}""" "stop"
    )
    |> fun reply ->
        parts
            [
                AssistantPart.Thought "ab"
                AssistantPart.Text "cd"
                AssistantPart.Other
                    {
                        Kind = "reference"
                        Json = Json.tryParse """{"type":"reference","reference_ids":[1]}""" |> Result.defaultValue (Json.ofString "")
                    }
            ]
            reply

// ---------------------------------------------------------------- tool calls

[<Test>]
let ``parallel calls whose deltas are mixed stay apart`` () =
    complete
        [
            callDelta """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"""
            callDelta """{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}"""
            callDelta """{"index":1,"function":{"arguments":"{\"y\":"}}"""
            callDelta """{"index":0,"function":{"arguments":"{\"x\":"}}"""
            callDelta """{"index":1,"function":{"arguments":"2}"}}"""
            callDelta """{"index":0,"function":{"arguments":"1}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{\"x\":1}"; call "b" "g" "{\"y\":2}" ]

[<Test>]
let ``empty and repeated ids, empty lists and null start no call`` () =
    complete
        [
            chunk """{"tool_calls":[]}"""
            chunk """{"tool_calls":null}"""
            callDelta """{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"""
            callDelta """{"index":0,"id":"","type":"function","function":{"name":"","arguments":"\"x\""}}"""
            callDelta """{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{\"x\":1}" ]

[<Test>]
let ``calls that come whole are told apart though they share an index or have none`` () =
    let whole index id name = callDelta $"""{{{index}"id":"{id}","function":{{"name":"{name}","arguments":"{{}}"}}}}"""

    for index in [ "\"index\":0,"; "" ] do
        complete [ whole index "a" "f"; whole index "b" "f"; finish "stop" ] |> parts [ call "a" "f" "{}"; call "b" "f" "{}" ]

        complete [ whole index "" "f"; whole index "" "f"; whole index "" "g"; finish "stop" ]
        |> parts [ call "llm_c-1_0" "f" "{}"; call "llm_c-1_1" "f" "{}"; call "llm_c-1_2" "g" "{}" ]

[<Test>]
let ``arguments may be an object, null or missing`` () =
    let whole =
        answer
            """{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x": 1}}},{"id":"b","function":{"name":"g","arguments":null}},{"function":{"name":"h"}}]}"""
            "tool_calls"

    wholeReply whole |> parts [ call "a" "f" "{\"x\": 1}"; call "b" "g" "{}"; call "llm_c-1_2" "h" "{}" ]

[<Test>]
let ``a call whose name comes late begins then`` () =
    complete
        [
            callDelta """{"index":0,"id":"a","function":{"arguments":"{"}}"""
            callDelta """{"index":0,"function":{"name":"f"}}"""
            callDelta """{"index":0,"function":{"arguments":"}"}}"""
            finish "tool_calls"
        ]
    |> parts [ call "a" "f" "{}" ]

[<Test>]
let ``text before and after a call stays in order`` () =
    complete
        [
            content "a"
            callDelta """{"index":0,"id":"i","function":{"name":"f","arguments":"{}"}}"""
            content "b"
            finish "stop"
        ]
    |> parts [ AssistantPart.Text "a"; call "i" "f" "{}"; AssistantPart.Text "b" ]

[<Test>]
let ``a call of a custom tool is kept as it is`` () =
    let expected = """{"id":"i","type":"custom","custom":{"name":"calc","input":"1 + 1"}}"""

    let streamed =
        complete
            [
                callDelta """{"index":0,"id":"i","type":"custom","custom":{"name":"calc","input":""}}"""
                callDelta """{"index":0,"custom":{"input":"1 + "}}"""
                callDelta """{"index":0,"custom":{"input":"1"}}"""
                finish "tool_calls"
            ]

    let part = AssistantPart.Other { Kind = "custom"; Json = Json.tryParse expected |> Result.defaultValue (Json.ofString "") }
    parts [ part ] streamed
    wholeReply (answer $"""{{"tool_calls":[{expected}]}}""" "tool_calls") |> parts [ part ]

// ---------------------------------------------------------------- audio and images

[<Test>]
let ``audio comes in pieces of base64 of any length, with its transcript`` () =
    let data = [| 1uy .. 40uy |]
    let text = Convert.ToBase64String data

    let streamed =
        complete
            [
                chunk """{"role":"assistant","audio":{"id":"au","transcript":"Hel"}}"""
                chunk $"""{{"audio":{{"data":"{text.Substring(0, 5)}"}}}}"""
                chunk """{"audio":{"transcript":"lo"}}"""
                chunk $"""{{"audio":{{"data":"{text.Substring 5}"}}}}"""
                """{"choices":[{"index":0,"delta":{"audio":{"expires_at":5}}}]}"""
                "[DONE]"
            ]

    let expected = [ AssistantPart.Audio { Id = Some "au"; Data = Bytes.ofArray data; Transcript = "Hello" } ]
    parts expected streamed

    wholeReply (answer $"""{{"content":null,"audio":{{"id":"au","data":"{text}","transcript":"Hello"}}}}""" "stop")
    |> parts expected

[<Test>]
let ``images come inline or by address`` () =
    let image url = $"""{{"type":"image_url","image_url":{{"url":"{url}"}}}}"""

    complete
        [
            chunk $"""{{"content":"","images":[{image "data:image/png;base64,AQI="},{image "https://example.org/i.png"}]}}"""
            finish "stop"
        ]
    |> parts
        [
            AssistantPart.Image(Image.Inline("image/png", Bytes.ofArray [| 1uy; 2uy |]))
            AssistantPart.Image(Image.Url "https://example.org/i.png")
        ]

// ---------------------------------------------------------------- usage

[<Test>]
let ``usage is absent when the vendor sends none`` () = same None (complete [ content "a"; finish "stop"; "[DONE]" ]).Usage

[<Test>]
let ``usage comes in a chunk of its own, with the finish, or beside it`` () =
    let usage = """{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"""
    let expected = { Usage.zero with InputTokens = 5L; OutputTokens = 7L }

    for last in [ $"""{{"choices":[],"usage":{usage}}}"""; $"""{{"choices":[],"x_groq":{{"usage":{usage}}}}}""" ] do
        same expected (usageOf (complete [ content "a"; finish "stop"; last; """{"choices":[],"usage":null}"""; "[DONE]" ]))

    let withFinish = $"""{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}],"usage":{usage}}}"""
    same expected (usageOf (complete [ content "a"; withFinish ]))

[<Test>]
let ``a total that is larger by the reasoning means that the completion leaves it out`` () =
    let usage total =
        $"""{{"choices":[],"usage":{{"prompt_tokens":10,"completion_tokens":5,"total_tokens":{total},"completion_tokens_details":{{"reasoning_tokens":3}}}}}}"""

    let output total = (usageOf (complete [ finish "stop"; usage total ])).OutputTokens
    same 8L (output 18)
    same 5L (output 15)
    same 5L (output 99)

[<Test>]
let ``cached tokens are found by all their names, and audio by its details`` () =
    let read usage =
        usageOf (
            wholeReply $"""{{"choices":[{{"message":{{"content":"a"}}}}],"usage":{{"prompt_tokens":9,"completion_tokens":1,{usage}}}}}"""
        )

    for name in [ "cached_tokens"; "prompt_cache_hit_tokens"; "num_cached_tokens" ] do
        same 4L (read $"\"{name}\":4").CacheReadTokens

    same 2L (read "\"prompt_tokens_details\":{\"cached_tokens\":2},\"cached_tokens\":4").CacheReadTokens

    let audio = read "\"prompt_tokens_details\":{\"audio_tokens\":3},\"completion_tokens_details\":{\"audio_tokens\":1}"
    same (3L, 1L) (audio.AudioInputTokens, audio.AudioOutputTokens)

// ---------------------------------------------------------------- whole answers

[<Test>]
let ``a whole answer keeps the message for the way back`` () =
    let message = """{"role":"assistant","content":"a","annotations":[]}"""
    let reply = wholeReply (answer message "stop")
    same (Some $"[{message}]") (reply.Native |> Option.map Json.text)

[<Test>]
let ``a filtered answer without a message is a refusal without parts`` () =
    let reply = wholeReply """{"choices":[{"index":0,"finish_reason":"content_filter"}]}"""
    parts [] reply
    same (Some FinishReason.Refusal) reply.FinishReason

[<Test>]
let ``what is no answer is an error`` () =
    let error body =
        match decodeWhole body with
        | Error error -> error
        | Ok reply -> failwith $"{reply}"

    Assert.That((error "").IsInvalidResponse)
    Assert.That((error "<html>").IsInvalidResponse)
    Assert.That((error "{}").IsInvalidResponse)
    Assert.That((error """{"error":{"code":401,"message":"who"}}""").IsAuthentication)
    Assert.That((error """[{"error":{"code":404,"message":"what"}}]""").IsNotFound)
    Assert.That((error """{"choices":[{"message":{"content":"a"}}],"error":{"code":500,"message":"late"}}""").IsServer)
    Assert.That((error """{"object":"error","message":"odd","code":400}""").IsBadRequest)
