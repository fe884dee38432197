/// Ollama's native format: laws over made-up answers, and what single lines mean.
namespace Llm.Core.Tests

open System
open System.Text
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Llm.Core

/// An answer that nobody sent.
type OllamaAnswer = { IsChat: bool; Thought: string list; Text: string list; Calls: string list; Reason: string }

[<RequireQualifiedAccess>]
module internal OllamaMade =
    let codec = OllamaChat.codec OllamaDialect.standard

    let utf8 (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

    let private q (text: string) = Json.quote text

    let private callJson position (value: string) =
        $"""{{"function":{{"index":{position},"name":"f{position}","arguments":{{"a":{q value}}}}}}}"""

    let private head = """{"model":"m","created_at":"2026-01-02T03:04:05.6Z","""

    let private counters reason = $""""done":true,"done_reason":"{reason}","total_duration":9,"prompt_eval_count":7,"eval_count":5}}"""

    let private said (answer: OllamaAnswer) (thought: string) (text: string) (calls: string list) =
        let thinking = if thought = "" then "" else $",\"thinking\":{q thought}"
        let joined = String.concat "," calls
        let called = if List.isEmpty calls then "" else $",\"tool_calls\":[{joined}]"

        if answer.IsChat then
            $"\"message\":{{\"role\":\"assistant\",\"content\":{q text}{thinking}{called}}},"
        else
            $"\"response\":{q text}{thinking}{called},"

    let private whole (pieces: string list) = String.concat "" pieces

    /// The same answer as one object.
    let body (answer: OllamaAnswer) : string =
        head + said answer (whole answer.Thought) (whole answer.Text) (List.mapi callJson answer.Calls) + counters answer.Reason

    /// Its lines.
    let lines (answer: OllamaAnswer) : string list =
        [
            for piece in answer.Thought do
                head + said answer piece "" [] + "\"done\":false}"
            for piece in answer.Text do
                head + said answer "" piece [] + "\"done\":false}"
            for position, call in List.indexed answer.Calls do
                head + said answer "" "" [ callJson position call ] + "\"done\":false}"
            head + said answer "" "" [] + counters answer.Reason
        ]

    let stream (lines: string list) = lines |> List.map (fun line -> line + "\n") |> String.concat ""

    let read (lines: string list) = Reading.read codec [ utf8 (stream lines) ]

    let ending (lines: string list) = read lines |> snd

    let decode (text: string) = Codec.decode (utf8 text) codec

    let private text = ArbMap.defaults |> ArbMap.generate<string> |> Gen.map (fun text -> if isNull text then "" else text)

    let answer =
        gen {
            let! isChat = Gen.elements [ true; true; false ]
            let! thought = Gen.listOf text
            let! pieces = Gen.listOf text
            let! calls = Gen.listOf text
            let! reason = Gen.elements [ "stop"; "length"; "load" ]
            return { IsChat = isChat; Thought = thought; Text = pieces; Calls = calls; Reason = reason }
        }
        |> Arb.fromGen

    /// Each event with the state before it.
    let states (lines: string list) =
        let step state (text: string) =
            let event = { Name = ""; Data = utf8 text; IsWhole = true }

            match OllamaDecode.careful "ollama" state event with
            | Ok(struct (_, next)) -> (state, event), next
            | Error _ -> (state, event), state

        List.mapFold step OllamaState.initial lines |> fst

    /// Whether both readers say the same of an event, where the fast one says anything.
    let agree state event =
        match OllamaFast.tryRead state event, OllamaDecode.careful "ollama" state event with
        | ValueNone, _ -> true
        | ValueSome quick, Ok(struct (slow, next)) -> Chunks.toList quick = Chunks.toList slow && Object.ReferenceEquals(next, state)
        | ValueSome _, Error _ -> false

module OllamaChatTests =
    let private equal (expected: 'value) (actual: 'value) = Assert.That((actual = expected), Is.True, $"{actual}")

    [<Property>]
    let ``a folded stream equals the same answer decoded whole`` () =
        Prop.forAll OllamaMade.answer (fun answer ->
            match OllamaMade.ending (OllamaMade.lines answer), OllamaMade.decode (OllamaMade.body answer) with
            | Ending.Complete streamed, Ok whole ->
                { streamed with Native = None } = { whole with Native = None }
                && (streamed.Native.IsNone || not answer.IsChat || streamed.Native = whole.Native)
            | _ -> false)

    [<Property(MaxTest = 50)>]
    let ``bytes may be cut anywhere`` () =
        Prop.forAll OllamaMade.answer (fun answer ->
            let bytes = Encoding.UTF8.GetBytes(OllamaMade.stream (OllamaMade.lines answer))
            let single = [ for index in 0 .. bytes.Length - 1 -> ReadOnlyMemory(bytes, index, 1) ]
            Reading.read OllamaMade.codec single = OllamaMade.read (OllamaMade.lines answer))

    [<Property>]
    let ``a prefix of a stream is never complete`` (length: NonNegativeInt) =
        Prop.forAll OllamaMade.answer (fun answer ->
            let bytes = Encoding.UTF8.GetBytes(OllamaMade.stream(OllamaMade.lines answer).TrimEnd '\n')

            match Reading.read OllamaMade.codec [ ReadOnlyMemory(bytes, 0, length.Get % bytes.Length) ] |> snd with
            | Ending.Truncated _ -> true
            | _ -> false)

    [<Property>]
    let ``the fast reader agrees with the careful one wherever it answers`` () =
        Prop.forAll OllamaMade.answer (fun answer ->
            OllamaMade.states (OllamaMade.lines answer) |> List.forall (fun (state, event) -> OllamaMade.agree state event))

    [<Property(MaxTest = 500)>]
    let ``no damage to an event makes the readers throw or disagree`` (position: NonNegativeInt) (damage: byte) =
        Prop.forAll OllamaMade.answer (fun answer ->
            OllamaMade.states (OllamaMade.lines answer)
            |> List.forall (fun (state, event) ->
                let bytes = event.Data.ToArray()
                bytes[position.Get % bytes.Length] <- damage
                let damaged = { event with Data = ReadOnlyMemory bytes }
                OllamaDecode.whole "ollama" damaged.Data |> ignore
                OllamaMade.agree state damaged))

    [<TestCase(true)>]
    [<TestCase(false)>]
    let ``the fast reader answers for every delta of a part but the first`` (isChat: bool) =
        let answer = { IsChat = isChat; Thought = [ "a"; "b"; "c" ]; Text = [ "a"; "b" ]; Calls = []; Reason = "stop" }

        OllamaMade.states (OllamaMade.lines answer)
        |> List.filter (fun (state, event) -> (OllamaFast.tryRead state event).IsSome)
        |> List.length
        |> equal (2 + 1)

    [<Test>]
    let ``tool calls stop normally, and get ids of ours where they have none`` () =
        let answer = { IsChat = true; Thought = []; Text = []; Calls = [ "x"; "y" ]; Reason = "stop" }

        match OllamaMade.ending (OllamaMade.lines answer) with
        | Ending.Complete reply ->
            equal None reply.FinishReason

            equal
                [
                    AssistantPart.ToolCall { Id = "llm_2026-01-02T0304056Z_0"; Name = "f0"; Arguments = """{"a":"x"}""" }
                    AssistantPart.ToolCall { Id = "llm_2026-01-02T0304056Z_1"; Name = "f1"; Arguments = """{"a":"y"}""" }
                ]
                reply.Content
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``a call keeps the id that it has, and its arguments may be text`` () =
        let message =
            """{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{ }"}},
                {"function":{"name":"g","arguments":{}}}]}"""

        match OllamaMade.decode $"""{{"message":{message},"done":true}}""" with
        | Ok reply ->
            equal
                [
                    AssistantPart.ToolCall { Id = "c"; Name = "f"; Arguments = "{ }" }
                    AssistantPart.ToolCall { Id = "llm_1"; Name = "g"; Arguments = "{}" }
                ]
                reply.Content

            equal None reply.Usage
        | Error error -> Assert.Fail(LlmError.render error)

    [<Test>]
    let ``an error among the lines is a failure that keeps what came`` () =
        let lines = [ """{"message":{"content":"so far"},"done":false}"""; """{"error":"out of memory"}""" ]

        match OllamaMade.ending lines with
        | Ending.Failed(partial, LlmError.Api error) ->
            equal [ AssistantPart.Text "so far" ] partial.Content
            equal "out of memory" error.Message
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``an answer that is no success is an error by its status`` () =
        match OllamaMade.codec.DecodeError { Status = 404; Headers = []; Body = OllamaMade.utf8 """{"error":"model 'x' not found"}""" } with
        | LlmError.NotFound error -> equal "model 'x' not found" error.Message
        | other -> Assert.Fail $"{other}"

    [<TestCase("")>]
    [<TestCase("[]")>]
    [<TestCase("""{"models":[]}""")>]
    let ``a whole body that is no answer is invalid`` (body: string) =
        match OllamaMade.decode body with
        | Error(LlmError.InvalidResponse _) -> ()
        | other -> Assert.Fail $"{other}"

    [<Test>]
    let ``thoughts and texts to and fro are parts of their own`` () =
        let line kind text = $"""{{"message":{{"{kind}":"{text}"}},"done":false}}"""
        let lines = [ line "thinking" "a"; line "content" "b"; line "thinking" "c"; line "content" "d"; """{"done":true}""" ]

        match OllamaMade.ending lines with
        | Ending.Complete reply ->
            equal [ AssistantPart.Thought "a"; AssistantPart.Text "b"; AssistantPart.Thought "c"; AssistantPart.Text "d" ] reply.Content

            equal None reply.Native
        | other -> Assert.Fail $"{other}"
