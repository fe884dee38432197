/// Laws of chat completions, over answers and events of our own making.
module Llm.Core.Tests.ChatCompletionsLaws

open System
open System.Text
open FsCheck.FSharp
open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.ChatCompletionsFixture

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
