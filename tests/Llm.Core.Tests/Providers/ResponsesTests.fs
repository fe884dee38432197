/// The Responses format: what vendors send, by example.
namespace Llm.Core.Tests

open NUnit.Framework
open Llm.Core
open Llm.Core.Tests.ResponsesStreams

module ResponsesDecodeTests =
    let private complete (text: string) =
        match Made.ending text with
        | Ending.Complete reply -> reply
        | other -> failwith $"{other}"

    let private failed (text: string) =
        match Made.ending text with
        | Ending.Failed(_, error) -> error
        | other -> failwith $"{other}"

    let private equal (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"{actual}")

    let private closing output = $"""{{"type":"response.completed","response":{completed output}}}"""

    let private itemDone index json = $"""{{"type":"response.output_item.done","output_index":{index},"item":{json}}}"""

    [<Test>]
    let ``an answer has its id, model, usage and parts in order`` () =
        let reply =
            complete (Made.sse (eventsOf Made.plain [ Summary [ "Hm."; "Well." ]; Message [ "Hi" ]; Call """{"a":1}"""; Search ]))

        equal (Some "resp_1") reply.Id
        equal (Some "gpt-x") reply.Model
        equal None reply.FinishReason

        equal (Some { Usage.zero with InputTokens = 7L; OutputTokens = 5L; CacheReadTokens = 3L; ReasoningTokens = 2L }) reply.Usage

        match reply.Content with
        | [ AssistantPart.Thought "Hm."
            AssistantPart.Thought "Well."
            AssistantPart.Text "Hi"
            AssistantPart.ToolCall { Id = "call_x2"; Name = "add"; Arguments = """{"a":1}""" }
            AssistantPart.Other { Kind = "web_search_call" } ] -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``reasoning that is done after the message still stands before it`` () =
        let reasoning = itemJson 0 (Content [ "Hm" ])
        let message = itemJson 1 (Message [ "4" ])

        let reply =
            complete (
                Made.sse
                    [
                        """{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"Hm"}"""
                        """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"4"}"""
                        itemDone 1 message
                        itemDone 0 reasoning
                        closing []
                    ]
            )

        equal [ AssistantPart.Thought "Hm"; AssistantPart.Text "4" ] reply.Content
        equal (Some $"[{reasoning},{message}]") (Option.map Json.text reply.Native)

    [<Test>]
    let ``items that get new ids at the end are not taken twice`` () =
        let items = [ Content [ "Hm" ]; Message [ "4" ] ]
        let renamed = items |> List.mapi (fun index item -> (itemJson index item).Replace($"_{index}\"", $"_new{index}\""))
        let events = eventsOf { Made.plain with HasOutput = false } items
        let reply = complete (Made.sse (List.take (events.Length - 1) events @ [ closing renamed ]))
        equal [ AssistantPart.Thought "Hm"; AssistantPart.Text "4" ] reply.Content

    [<Test>]
    let ``an index that a vendor uses for two items gives two items`` () =
        let item position what = itemDone 0 (itemJson position what)
        let reply = complete (Made.sse [ item 0 (Summary [ "Hm" ]); item 1 (Message [ "4" ]); closing [] ])
        equal [ AssistantPart.Thought "Hm"; AssistantPart.Text "4" ] reply.Content

    [<Test>]
    let ``the parts of vLLM's reasoning events are thoughts`` () =
        let part what text =
            let json = $"""{{"type":"reasoning_text","text":"{text}"}}"""
            $"""{{"type":"response.reasoning_part.{what}","output_index":0,"content_index":0,"part":{json}}}"""

        let reply = complete (Made.sse [ part "added" ""; part "done" "Hm"; closing [] ])

        equal [ AssistantPart.Thought "Hm" ] reply.Content
        equal None reply.Native

    [<Test>]
    let ``the data says what an event is, and the name only where the data does not`` () =
        let text =
            "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"a\"}\nevent: nonsense\n\n"
            + "event: response.output_text.delta\ndata: {\"output_index\":0,\"content_index\":0,\"delta\":\"b\"}\n\n"
            + $"data:{closing []}\n\n"

        equal [ AssistantPart.Text "ab" ] (complete text).Content

    [<Test>]
    let ``events without output_index belong to the item they name`` () =
        let reply =
            complete (
                Made.sse
                    [
                        """{"type":"response.output_item.added","item":{"type":"message","id":"m1"}}"""
                        """{"type":"response.output_text.delta","item_id":"m1","delta":"a"}"""
                        """{"type":"response.output_item.added","item":{"type":"message","id":"m2"}}"""
                        """{"type":"response.output_text.delta","item_id":"m2","delta":"b"}"""
                        """{"type":"response.output_text.delta","item_id":"m1","delta":"c"}"""
                        closing []
                    ]
            )

        equal [ AssistantPart.Text "ac"; AssistantPart.Text "b" ] reply.Content

    [<Test>]
    let ``a refusal is a text and the finish reason, whatever follows`` () =
        let reply = complete (Made.sse (eventsOf Made.plain [ Refusal "No." ]))
        equal [ AssistantPart.Text "No." ] reply.Content
        equal (Some FinishReason.Refusal) reply.FinishReason

    [<TestCase("max_output_tokens", "max_tokens")>]
    [<TestCase("content_filter", "refusal")>]
    [<TestCase("something_new", "something_new")>]
    let ``an incomplete answer is proved and says why`` (reason: string, name: string) =
        let answer = $"""{{"status":"incomplete","incomplete_details":{{"reason":"{reason}"}},"output":[],"usage":{usageJson}}}"""

        let streamed = complete (Made.sse [ $"""{{"type":"response.incomplete","response":{answer}}}""" ])
        equal (Some name) (streamed.FinishReason |> Option.map FinishReason.name)
        Assert.That(streamed.Usage.IsSome)

        match Made.whole answer with
        | Ok whole -> equal streamed whole
        | Error error -> Assert.Fail $"{error}"

    [<Test>]
    let ``a used-up quota inside a 200 is a rate limit`` () =
        let error = """{"type":"insufficient_quota","code":"insufficient_quota","message":"Pay.","param":null}"""

        for data in
            [
                $"""{{"type":"error","error":{error}}}"""
                """{"type":"error","code":"insufficient_quota","message":"Pay.","param":null}"""
                $"""{{"type":"response.failed","response":{{"status":"failed","error":{error}}}}}"""
                $"""{{"error":{error}}}"""
            ] do
            match failed (Made.body { Made.plain with HasNames = false } [ data ]) with
            | LlmError.RateLimit { Code = Some "insufficient_quota"; Message = "Pay." } -> ()
            | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``a whole answer that failed is an error`` () =
        match Made.whole """{"object":"response","status":"failed","error":{"code":"server_error","message":"Oh."},"output":[]}""" with
        | Error(LlmError.Server { Message = "Oh." }) -> ()
        | other -> Assert.Fail $"{other}"

    [<TestCase("")>]
    [<TestCase("<html>")>]
    [<TestCase("[]")>]
    [<TestCase("{}")>]
    let ``a body that is no answer is an invalid response`` (body: string) =
        match Made.whole body with
        | Error(LlmError.InvalidResponse _) -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``the mark of the end without the proof is no proof`` () =
        match Made.ending "data: [DONE]\n\ndata: {\"type\":\"response.completed\"}\n\n" with
        | Ending.Truncated _ -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``nothing counts after the proof`` () =
        let events = eventsOf Made.plain [ Message [ "Hi" ] ]
        let reply = complete (Made.sse (events @ [ """{"type":"error","message":"late"}""" ] @ events))
        equal [ AssistantPart.Text "Hi" ] reply.Content

    [<Test>]
    let ``an answer to a streamed request that was not streamed is read`` () =
        equal [ AssistantPart.Text "Hi" ] (complete (wholeJson [ Message [ "Hi" ] ])).Content

    [<Test>]
    let ``a tool call without an id gets one, and goes back with it`` () =
        let call = """{"type":"function_call","call_id":"","name":"add","arguments":""}"""

        let reply =
            complete (
                Made.sse [ $"""{{"type":"response.output_item.added","output_index":0,"item":{call}}}"""; itemDone 0 call; closing [] ]
            )

        match reply.Content with
        | [ AssistantPart.ToolCall { Id = id; Name = "add"; Arguments = "{}" } ] ->
            Assert.That(id, Is.Not.Empty)
            Assert.That((reply.Native |> Option.map Json.text).Value, Does.Contain $"\"call_id\":\"{id}\"")
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``reasoning that the vendor counts apart is added to the output`` () =
        let usage total =
            let details = """{"reasoning_tokens":7}"""
            let counts = $"""{{"input_tokens":10,"output_tokens":5,"output_tokens_details":{details},"total_tokens":{total}}}"""
            $"""{{"output":[],"usage":{counts}}}"""

        let output total =
            match Made.whole (usage total) with
            | Ok { Usage = Some usage } -> usage.OutputTokens
            | other -> failwith $"{other}"

        equal 12L (output 22)
        equal 5L (output 15)

    [<Test>]
    let ``usage that did not come is absent`` () =
        equal None (complete (Made.sse [ """{"type":"response.completed","response":{"usage":{}}}""" ])).Usage

    [<Test>]
    let ``nulls, wrong types and news do not break a stream`` () =
        let reply =
            complete (
                Made.sse
                    [
                        """{"type":"response.something.new","output_index":"x","delta":{}}"""
                        """{"type":"response.output_text.delta","output_index":null,"delta":null}"""
                        """{"type":"response.output_text.delta","output_index":0.0,"content_index":99999999999999999999,"delta":"a"}"""
                        """{"\ud800":1,"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"b"}"""
                        """{"type":"response.output_item.done","item":7}"""
                        "5"
                        """{"type":"response.completed","response":null}"""
                    ]
            )

        equal [ AssistantPart.Text "ab" ] reply.Content

    [<Test>]
    let ``an answer that is still at work is not complete`` () =
        match Made.ending """{"object":"response","status":"in_progress","output":[]}""" with
        | Ending.Truncated _ -> ()
        | other -> Assert.Fail $"{other}"
