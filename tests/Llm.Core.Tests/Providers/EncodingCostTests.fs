// What encoding allocates beyond the body: it is exact, so it is asserted where time is not. A long conversation costs its body and next
// to nothing else, in every wire format, and the tools of an agent are worked on once and not at each call.
module Llm.Core.Tests.EncodingCostTests

open System
open System.Buffers
open System.Text
open NUnit.Framework
open Llm.Core

/// What one format costs at most, in bytes: a message of one text, a call of a tool with its output and what is said around it, an answer
/// that goes back as it came, and a tool.
type private Limits = { Plain: int64; Tools: int64; Native: int64; Tool: int64 }

let private formats =
    let costs plain tools native tool = { Plain = plain; Tools = tools; Native = native; Tool = tool }

    [
        "chat", ChatCompletions.codec ChatDialect.openai, costs 16L 96L 64L 400L
        "responses", OpenAiResponses.codec ResponsesDialect.openai, costs 16L 64L 128L 400L
        "messages", AnthropicMessages.codec AnthropicDialect.standard, costs 8L 400L 320L 800L
        "generateContent", GenerateContent.codec GenerateContentDialect.standard, costs 8L 256L 128L 500L
        "v2-chat", CohereChat.codec CohereDialect.standard, costs 16L 96L 64L 400L
        "ollama-chat", OllamaChat.codec OllamaDialect.standard, costs 16L 160L 64L 400L
        "converse", BedrockConverse.codec ConverseDialect.standard, costs 400L 560L 480L 500L
    ]

let private text (turn: int) = $"Turn {turn}: the client said \"go on\", and the server, quietly, did.\n"

let private native (turn: int) = Json.trusted $"[{{\"role\":\"assistant\",\"type\":\"text\",\"text\":{Json.quote (text turn)}}}]"

let private plain (_: Codec) (turn: int) : Message = if turn % 2 = 0 then Message.user (text turn) else Message.assistant (text turn)

let private rounds (_: Codec) (turn: int) : Message =
    match turn % 4 with
    | 0 -> Message.user (text turn)
    | 1 ->
        Message.assistantParts
            [ AssistantPart.ToolCall { Id = $"call_{turn}"; Name = "search"; Arguments = $"{{\"q\":{Json.quote (text turn)}}}" } ]
    | 2 -> Message.userPart (UserPart.ToolOutput { Id = $"call_{turn - 1}"; Name = "search"; Result = text turn; IsError = false })
    | _ -> Message.assistant (text turn)

let private natives (codec: Codec) (turn: int) : Message =
    if turn % 2 = 0 then
        Message.user (text turn)
    else
        let target = codec.Target "m"

        Message.Assistant
            {
                Content = [ AssistantPart.Thought "Hm."; AssistantPart.Text(text turn) ]
                Name = None
                Origin = Some { Provider = target.Provider; Api = target.Api; Model = target.Model; Native = Some(native turn) }
            }

let private conversation (message: int -> Message) (count: int) : Request =
    Request.create "m" Params.none false [ for turn in 0..count -> message turn ]

let private equipped (count: int) : Request =
    let tool number =
        {
            Name = $"tool_{number}"
            Description = "Finds things by words."
            Parameters = Json.trusted """{"type":"object","properties":{"q":{"type":"string"},"n":{"type":"integer"}},"required":["q"]}"""
            Strict = None
        }

    { Request.create "m" Params.none false [ Message.user "Hi" ] with
        Tools = { ToolRequest.none with Definitions = List.init count tool }
    }

let private body = ArrayBufferWriter<byte>(4_000_000)

let private encode (codec: Codec) (request: Request) : unit =
    match codec.Encode request with
    | Ok encoded ->
        body.ResetWrittenCount()
        encoded.Body.WriteTo body
    | Error error -> failwith (LlmError.render error)

let private allocated (work: unit -> unit) : int64 =
    work ()
    work ()
    let before = GC.GetAllocatedBytesForCurrentThread()
    work ()
    GC.GetAllocatedBytesForCurrentThread() - before

/// What each of these costs, when there are few and when there are many.
let private each (codec: Codec) (request: int -> Request) : struct (int64 * int64) =
    let cost count =
        let made = request count
        allocated (fun () -> encode codec made)

    let one, few, many = cost 1, cost 501, cost 4_001
    struct ((few - one) / 500L, (many - one) / 4_000L)

/// A build that is not optimized keeps closures that the compiler would have dissolved.
let private allowance =
#if DEBUG
    4L
#else
    1L
#endif

let private holds (limit: Limits -> int64) (request: Codec -> int -> Request) : unit =
    Assert.Multiple(
        Action(fun () ->
            for name, codec, limits in formats do
                let struct (few, many) = each codec (request codec)
                TestContext.Out.WriteLine $"{name}: {few} B of 500, {many} B of 4,000"
                Assert.That(many, Is.LessThanOrEqualTo(allowance * limit limits), name)
                // As much each, however many there are.
                Assert.That(many, Is.LessThanOrEqualTo(few + few / 10L + 8L), $"{name} is not linear"))
    )

[<Test>]
let ``a message of one text costs its bytes in the body and next to nothing else`` () =
    holds _.Plain (fun codec -> conversation (plain codec))

[<Test>]
let ``a round of tools costs little beside its bytes`` () = holds _.Tools (fun codec -> conversation (rounds codec))

[<Test>]
let ``an answer that goes back as it came is not taken to pieces`` () = holds _.Native (fun codec -> conversation (natives codec))

[<Test>]
let ``a tool's schema is worked on once and not at each call`` () = holds _.Tool (fun _ -> equipped)
