/// Cohere's v2 chat: laws over made-up answers, and what single events and bodies mean.
namespace Llm.Core.Tests

open System
open System.Text
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Llm.Core

module CohereChatTests =
    let private equal (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"{actual}")

    let private parts (ending: Ending) =
        match ending with
        | Ending.Complete reply
        | Ending.Truncated reply
        | Ending.Failed(reply, _) -> reply.Content

    let private kind (error: LlmError) =
        match error with
        | LlmError.ContextLength _ -> "context"
        | LlmError.Authentication _ -> "authentication"
        | LlmError.BadRequest _ -> "bad request"
        | LlmError.Server _ -> "server"
        | LlmError.Api _ -> "api"
        | LlmError.InvalidResponse _ -> "invalid"
        | other -> string other

    [<Property>]
    let ``a folded stream equals the same answer decoded whole`` () =
        Prop.forAll CohereMade.answer (fun answer ->
            match CohereMade.ending (CohereMade.events answer), CohereMade.decode (CohereMade.body answer) with
            | Ending.Complete streamed, Ok whole ->
                { streamed with Native = None } = { whole with Native = None }
                && (streamed.Native.IsNone || streamed.Native = whole.Native)
            | _ -> false)

    [<Property>]
    let ``a stream of plans, thoughts or citations goes back as one message`` () =
        Prop.forAll CohereMade.answer (fun answer ->
            match CohereMade.ending (CohereMade.events answer) with
            | Ending.Complete reply ->
                let isThought part =
                    match part with
                    | AssistantPart.Thought _ -> true
                    | _ -> false

                reply.Native.IsSome = (answer.HasCitations || List.exists isThought reply.Content)
            | _ -> false)

    [<Property(MaxTest = 50)>]
    let ``bytes may be cut anywhere`` () =
        Prop.forAll CohereMade.answer (fun answer ->
            let bytes = Encoding.UTF8.GetBytes(CohereMade.sse (CohereMade.events answer))
            let single = [ for index in 0 .. bytes.Length - 1 -> ReadOnlyMemory(bytes, index, 1) ]
            Reading.read CohereMade.codec single = CohereMade.read (CohereMade.events answer))

    [<Property>]
    let ``a prefix of a stream is never complete`` (length: NonNegativeInt) =
        Prop.forAll CohereMade.answer (fun answer ->
            let text = CohereMade.sse (CohereMade.events answer)
            let last = text.LastIndexOf "data: [DONE]" - "}\r\n\r\n".Length
            let bytes = Encoding.UTF8.GetBytes(text.Substring(0, last))

            match Reading.read CohereMade.codec [ ReadOnlyMemory(bytes, 0, length.Get % bytes.Length) ] |> snd with
            | Ending.Truncated _ -> true
            | _ -> false)

    [<Property>]
    let ``the fast reader agrees with the careful one wherever it answers`` () =
        Prop.forAll CohereMade.answer (fun answer ->
            CohereMade.states (CohereMade.events answer) |> List.forall (fun (state, event) -> CohereMade.agree state event))

    [<Property(MaxTest = 500)>]
    let ``no damage to an event makes the readers throw or disagree`` (position: NonNegativeInt) (damage: byte) =
        Prop.forAll CohereMade.answer (fun answer ->
            CohereMade.decode (CohereMade.body answer) |> ignore

            CohereMade.states (CohereMade.events answer)
            |> List.forall (fun (state, event) ->
                let bytes = event.Data.ToArray()
                bytes[position.Get % bytes.Length] <- damage
                let damaged = { event with Data = ReadOnlyMemory bytes }
                CohereDecode.whole "cohere" damaged.Data |> ignore
                CohereMade.agree state damaged))

    [<Test>]
    let ``the fast reader answers for every delta of a part but the first`` () =
        let answer =
            {
                Plan = [ "a"; "b"; "c" ]
                Contents = [ true, [ "a"; "b" ]; false, [ "a"; "b" ] ]
                Calls = [ [ "{"; "}" ] ]
                HasCitations = false
                Reason = "COMPLETE"
            }

        CohereMade.states (CohereMade.events answer)
        |> List.filter (fun (state, event) -> (CohereFast.tryRead state event).IsSome)
        |> List.length
        |> equal (2 + 1 + 1 + 1)

    [<Property>]
    let ``parts start before they grow, end once, and are never empty`` () =
        Prop.forAll CohereMade.answer (fun answer ->
            let chunks, _ = CohereMade.read (CohereMade.events answer)

            let step (opened: Set<int>, right) chunk =
                match chunk with
                | Chunk.TextStart index
                | Chunk.ThoughtStart index
                | Chunk.ToolCallStart(index, _, _) -> Set.add index opened, right && not (Set.contains index opened)
                | Chunk.TextDelta(index, text)
                | Chunk.ThoughtDelta(index, text)
                | Chunk.ToolCallDelta(index, text) -> opened, right && text <> "" && Set.contains index opened
                | Chunk.TextEnd index
                | Chunk.ThoughtEnd index
                | Chunk.ToolCallEnd index -> Set.remove index opened, right && Set.contains index opened
                | Chunk.Finish _ -> opened, right && Set.isEmpty opened
                | _ -> opened, right

            let opened, right = List.fold step (Set.empty, true) chunks
            right && Set.isEmpty opened)

    [<Test>]
    let ``usage is what the model read and wrote, not what is billed`` () =
        match
            CohereMade.ending
                [
                    """{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{
                        "billed_units":{"input_tokens":1,"output_tokens":2},"cached_tokens":16,
                        "tokens":{"input_tokens":30,"output_tokens":9,"reasoning_tokens":4}}}}"""
                        .ReplaceLineEndings
                        ""
                ]
        with
        | Ending.Complete { Usage = Some usage } ->
            equal
                { Usage.zero with
                    InputTokens = 30L
                    OutputTokens = 9L
                    CacheReadTokens = 16L
                    ReasoningTokens = 4L
                }
                usage
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``absent usage stays absent`` () =
        match CohereMade.ending [ """{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{}}}""" ] with
        | Ending.Complete reply -> equal None reply.Usage
        | other -> Assert.Fail $"{other}"

    [<TestCase("COMPLETE", "")>]
    [<TestCase("STOP_SEQUENCE", "")>]
    [<TestCase("TOOL_CALL", "")>]
    [<TestCase("MAX_TOKENS", "max_tokens")>]
    [<TestCase("ERROR_LIMIT", "context_length_exceeded")>]
    [<TestCase("TIMEOUT", "TIMEOUT")>]
    let ``an end has a reason where it is not normal`` (word: string) (expected: string) =
        match CohereMade.ending [ $"""{{"type":"message-end","delta":{{"finish_reason":"{word}"}}}}""" ] with
        | Ending.Complete reply -> reply.FinishReason |> Option.map FinishReason.name |> Option.defaultValue "" |> equal expected
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``a message that ends in an error has failed, and keeps what came`` () =
        let data =
            [
                """{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"so far"}}}}"""
                """{"type":"message-end","delta":{"finish_reason":"ERROR","error_type":"internal_server_error","error":"it broke"}}"""
            ]

        match CohereMade.ending data with
        | Ending.Failed(partial, (LlmError.Server error)) ->
            equal [ AssistantPart.Text "so far" ] partial.Content
            equal (Some "internal_server_error", "it broke") (error.Code, error.Message)
        | other -> Assert.Fail $"{other}"

    [<TestCase("""{"id":"x","message":"the stream was cut by us"}""", "api")>]
    [<TestCase("""{"error":"boom"}""", "api")>]
    [<TestCase("""{"type":"message-end","error_type":"TOO_MANY_TOKENS","delta":{"finish_reason":"ERROR"}}""", "context")>]
    let ``an error object within a stream is a failure`` (event: string) (expected: string) =
        match CohereMade.ending [ event ] with
        | Ending.Failed(_, error) -> equal expected (kind error)
        | other -> Assert.Fail $"{other}"

    [<TestCase(400, """{"id":"x","message":"too many tokens: over by 5","error_type":"TOO_MANY_TOKENS"}""", "context")>]
    [<TestCase(401, """{"id":"x","message":"no such key"}""", "authentication")>]
    [<TestCase(422, """{"message":"unknown field"}""", "bad request")>]
    [<TestCase(503, "", "server")>]
    let ``an answer that is no success is an error by its words, else by its status`` (status: int) (body: string) (expected: string) =
        CohereMade.codec.DecodeError { Status = status; Headers = []; Body = CohereMade.utf8 body } |> kind |> equal expected

    [<TestCase("""{"id":"x","message":"no"}""", "api")>]
    [<TestCase("""{"id":"x","message":{"role":"assistant"},"finish_reason":"ERROR"}""", "api")>]
    [<TestCase("""{"id":"x"}""", "invalid")>]
    [<TestCase("", "invalid")>]
    let ``a whole body that is no answer is an error`` (body: string) (expected: string) =
        match CohereMade.decode body with
        | Error error -> equal expected (kind error)
        | Ok reply -> Assert.Fail $"{reply}"

    [<Test>]
    let ``a streamed request may be answered by one whole message`` () =
        let body =
            """{"id":"x","message":{"role":"assistant","content":[{"type":"text","text":"Hi"}]},"finish_reason":"COMPLETE"}"""

        Reading.read CohereMade.codec [ CohereMade.utf8 body ] |> snd |> parts |> equal [ AssistantPart.Text "Hi" ]

    [<Test>]
    let ``a call without an id gets one of ours, and one without arguments an empty object`` () =
        let call = """{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"","function":{"name":"f"}}}}}"""

        CohereMade.ending [ """{"id":"a","type":"message-start"}"""; call; """{"type":"message-end"}""" ]
        |> parts
        |> equal [ AssistantPart.ToolCall { Id = "llm_a_0"; Name = "f"; Arguments = "{}" } ]

    [<Test>]
    let ``an id of ours stands in the provider's own form of a whole answer`` () =
        let call = """{"type":"function","function":{"name":"f","arguments":"{}"}}"""
        let message = $"""{{"role":"assistant","tool_plan":"So.","tool_calls":[{call}],"citations":[{{"start":0}}]}}"""

        match CohereMade.decode $"""{{"id":"a","message":{message},"finish_reason":"TOOL_CALL"}}""" with
        | Ok reply ->
            let native = Json.text reply.Native.Value
            Assert.That(native, Does.Contain "\"tool_plan\":\"So.\"")
            Assert.That(native, Does.Contain "\"id\":\"llm_a_1\"")
            Assert.That(native, Does.Contain "\"citations\":[{\"start\":0}]")
        | Error error -> Assert.Fail(LlmError.render error)

    [<Test>]
    let ``calls may grow in turns`` () =
        let start position =
            let call = $"""{{"id":"c{position}","function":{{"name":"f"}}}}"""
            $"""{{"type":"tool-call-start","index":{position},"delta":{{"message":{{"tool_calls":{call}}}}}}}"""

        let delta position (text: string) =
            let call = $"""{{"function":{{"arguments":{Json.quote text}}}}}"""
            $"""{{"type":"tool-call-delta","index":{position},"delta":{{"message":{{"tool_calls":{call}}}}}}}"""

        let data = [ start 0; start 1; delta 0 "{"; delta 1 "{ "; delta 0 "}"; delta 1 " }"; """{"type":"message-end"}""" ]

        CohereMade.ending data
        |> parts
        |> equal
            [
                AssistantPart.ToolCall { Id = "c0"; Name = "f"; Arguments = "{}" }
                AssistantPart.ToolCall { Id = "c1"; Name = "f"; Arguments = "{  }" }
            ]

    [<Test>]
    let ``what nobody knows is kept or skipped`` () =
        let data =
            [
                """{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"hologram","beam":1}}}}"""
                """{"type":"debug","prompt":"x"}"""
                """{"type":"content-start","index":1,"delta":{"message":{"content":{"type":"thinking","thinking":"","seal":"s"}}}}"""
                """{"type":"content-delta","index":1,"delta":{"message":{"content":{"thinking":"Hm","logprobs":null}}}}"""
                """{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}"""
            ]

        match CohereMade.ending data with
        | Ending.Complete reply ->
            equal
                [
                    AssistantPart.Other { Kind = "hologram"; Json = Json.trusted """{"type":"hologram","beam":1}""" }
                    AssistantPart.Thought "Hm"
                ]
                reply.Content

            equal
                (Some """[{"role":"assistant","content":[{"type":"hologram","beam":1},{"type":"thinking","thinking":"Hm","seal":"s"}]}]""")
                (Option.map Json.text reply.Native)
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``data that is no JSON has failed where more follows, and is a cut where nothing does`` () =
        match
            CohereMade.ending [ "{\"type\":"; """{"type":"message-end"}""" ],
            Reading.read CohereMade.codec [ CohereMade.utf8 "data: {\"ty" ]
        with
        | Ending.Failed(_, LlmError.InvalidResponse _), (_, Ending.Truncated _) -> ()
        | other -> Assert.Fail $"{other}"
