// Going on: with a response alone, with an answer that broke off, and with another provider; over recorded wire formats in a script.
module Llm.Core.Tests.ResumeTests

open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private none = CancellationToken.None

let private answer (text: string) =
    ScriptedTransport.json
        $"""{{"id":"c","model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":{Json.quote text}}},"finish_reason":"stop"}}]}}"""

let private delta (members: string) = $"""{{"id":"c","model":"m","choices":[{{"index":0,"delta":{{{members}}},"finish_reason":null}}]}}"""

let private text (value: string) = delta $"\"content\":{Json.quote value}"

let private call (arguments: string) =
    let called = $"""{{"name":"search","arguments":{Json.quote arguments}}}"""
    delta $""""tool_calls":[{{"index":0,"id":"t1","function":{called}}}]"""

let private over (answers: ScriptedAnswer list) : struct (Client * ScriptedTransport) =
    let script = ScriptedTransport.create answers
    struct ({ Client.standard with Transport = script.Transport; Environment = fun _ -> Some "key" }, script)

let private bodies (script: ScriptedTransport) =
    script.Requests() |> List.map (fun request -> RequestBody.text request.Body)

let private tool = { Name = "search"; Description = "Finds."; Parameters = Encoded.objectOf "q"; Strict = None }

let private equipped client =
    Model.parse "openai/gpt-4o:completions"
    |> Model.withClient client
    |> Model.withParams { Params.none with Temperature = Some 0.5 }
    |> Model.withTools { ToolRequest.none with Definitions = [ tool ] }
    |> Model.withFormat (Format.ofType<{| Title: string |}> ()).Output

let private question = [ Message.user "Tell me." ]

/// The body without the conversation: what a resumed call must ask the same way.
let private asked (body: string) =
    Scripts.Meaning.read body (fun root ->
        root.EnumerateObject()
        |> Seq.filter (fun property -> property.Name <> "messages" && property.Name <> "stream" && property.Name <> "stream_options")
        |> Seq.map (fun property -> property.Name, property.Value.GetRawText())
        |> List.ofSeq)

[<Test>]
let ``a response alone goes on with its model, parameters, tools and format`` () : Task = task {
    let struct (client, script) = over [ answer "{}"; answer "{}"; ScriptedTransport.events [ text "{}"; "[DONE]" ] ]
    let! first = Model.call question none (equipped client)
    let! _ = Response.resume client [ UserPart.Text "More." ] none (Fake.ok first)
    let! stream = Response.resumeStream client [ UserPart.Text "More." ] none (Fake.ok first)
    let! last = StreamResponse.response none (Fake.ok stream)

    let all = bodies script |> List.map asked
    Expect.equal [ all[0]; all[0]; all[0] ] all
    Assert.That(all[0] |> List.map fst, Is.SupersetOf [ "temperature"; "tools"; "response_format" ])
    Expect.equal 4 (Fake.ok last).Messages.Length
}

/// A stream of these events without its proof, read to its end.
let private interrupted (client: Client) : Task<Interruption> = task {
    let! opened = Model.stream question none (equipped client)
    let stream = Fake.ok opened
    let! _ = StreamResponse.finish none stream
    return stream.Interruption.Value
}

[<Test>]
let ``a cut answer goes on with the same model, and the response holds the whole conversation`` () : Task = task {
    let struct (client, script) = over [ ScriptedTransport.events [ text "One, "; text "two" ]; answer ", three." ]
    let! interruption = interrupted client
    Expect.equal [ AssistantPart.Text "One, two" ] interruption.Partial.Content
    let! resumed = interruption |> Interruption.resume client [] none
    let response = Fake.ok resumed

    let said =
        response.Messages
        |> List.map (fun message ->
            match message with
            | Message.System text -> "system", text
            | Message.User user -> "user", user.Content |> List.map string |> String.concat ""
            | Message.Assistant assistant -> "assistant", Content.text assistant.Content)

    Expect.equal
        [
            "user", string (UserPart.Text "Tell me.")
            "assistant", "One, two"
            "user", string (UserPart.Text Interruption.goOn)
            "assistant", ", three."
        ]
        said

    let all = bodies script |> List.map asked
    Expect.equal all[0] all[1]
    Expect.equal [] response.Warnings
}

[<Test>]
let ``a tool call that broke off stays behind, and a warning says so`` () : Task = task {
    let struct (client, script) = over [ ScriptedTransport.events [ text "Let me see."; call "{\"q\":" ]; answer "Done." ]
    let! interruption = interrupted client
    Expect.equal [ AssistantPart.ToolCall { Id = "t1"; Name = "search"; Arguments = "{\"q\":" } ] interruption.Unfinished
    let! resumed = Model.ofInterruption client interruption |> Model.resumeInterrupted interruption [] none
    Assert.That((bodies script)[1], Does.Not.Contain "t1")
    Assert.That((bodies script)[1], Does.Contain "Let me see.")

    match (Fake.ok resumed).Warnings with
    | [ { Feature = "interrupted"; Message = message } ] -> Assert.That(message, Does.Contain "'search' broke off")
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a stream that failed or was cancelled goes on as well, as a stream too`` () : Task = task {
    let broken = ScriptedTransport.broken (ScriptedTransport.events [ text "One" ])
    let struct (client, _) = over [ broken; ScriptedTransport.events [ text ", two"; "[DONE]" ] ]
    let! interruption = interrupted client
    let! opened = interruption |> Interruption.resumeStream client [] none
    let! response = StreamResponse.response none (Fake.ok opened)
    Expect.equal ", two" (Response.text (Fake.ok response))

    let struct (client, _) = over [ ScriptedTransport.events [ text "One"; text "two" ] ]
    let! opened = Model.stream question none (equipped client)
    let stream = Fake.ok opened
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    Expect.equal None stream.Interruption
    do! stream.DisposeAsync()
    Expect.equal (Some [ AssistantPart.Text "One" ]) (stream.Interruption |> Option.map (fun cut -> cut.Partial.Content))
}

[<Test>]
let ``a complete stream has nothing to go on with`` () : Task = task {
    let struct (client, _) = over [ ScriptedTransport.events [ text "One"; "[DONE]" ] ]
    let! opened = Model.stream question none (equipped client)
    let! _ = StreamResponse.finish none (Fake.ok opened)
    Expect.equal None (Fake.ok opened).Interruption
}

let private claudes =
    ScriptedTransport.json
        """{"id":"m","type":"message","role":"assistant","model":"claude","stop_reason":"end_turn","content":[
        {"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"Hi"}],"usage":{"input_tokens":1,"output_tokens":1}}"""

[<Test>]
let ``going on with another provider says what was lost, and with the same one nothing`` () : Task = task {
    let struct (client, script) = over [ claudes; claudes; answer "Hello" ]
    let claude = Model.parse "anthropic/claude-sonnet-4-5" |> Model.withClient client
    let gpt = Model.parse "openai/gpt-4o:completions" |> Model.withClient client
    let! first = Model.call question none claude
    let! again = Model.resume (Fake.ok first) [ UserPart.Text "And?" ] none claude
    Expect.equal [] (Fake.ok again).Warnings
    Assert.That((bodies script)[1], Does.Contain "\"signature\":\"s\"")

    let adapted = Model.adapt (Fake.ok first).Messages gpt |> Fake.ok
    Expect.equal [ LostContent.Thought "hm"; LostContent.Signature ] (adapted.Losses |> List.map (fun loss -> loss.Content))

    let! other = Model.resume (Fake.ok first) [ UserPart.Text "And?" ] none gpt
    Expect.equal [ "thought"; "signature" ] ((Fake.ok other).Warnings |> List.map (fun warning -> warning.Feature))
    Assert.That((bodies script)[2], Does.Not.Contain "hm")
}
