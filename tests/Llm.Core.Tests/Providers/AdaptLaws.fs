// Switching models in the middle: that adapting says what the encoders do, and that what is lost is told.
module Llm.Core.Tests.AdaptLaws

open System.Text
open System.Text.Json
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.Core.Tests.Scripts
open Llm.FsCheck

let private targets: (string * Codec) list =
    [ for format in Format.all -> format.Name, format.Codec ]
    @ [
        "converse", BedrockConverse.codec ConverseDialect.standard
        "deepseek", ChatCompletions.codec ChatDialect.deepseek
        "mistral", ChatCompletions.codec ChatDialect.mistral
        "groq", ChatCompletions.codec ChatDialect.groq
    ]

/// The dialogue as if its answers came from the target itself, from another model of its provider, or from strangers, in turn.
let private broughtNear (target: Target) (turn: int) (Dialogue messages) : Message list =
    let near index (origin: Origin) =
        match abs (turn + index) % 3 with
        | 0 -> { origin with Provider = target.Provider; Api = target.Api; Model = target.Model }
        | 1 -> { origin with Provider = target.Provider; Api = target.Api; Model = "another" }
        | _ -> origin

    messages
    |> List.mapi (fun index message ->
        match message with
        | Message.Assistant assistant -> Message.Assistant { assistant with Origin = Option.map (near index) assistant.Origin }
        | Message.System _
        | Message.User _ -> message)

let private parametersOf (asText: bool) =
    let thinking = { Level = ThinkingLevel.Default; IncludeThoughts = true; EncodeThoughtsAsText = asText }
    { Params.none with PromptCaching = PromptCaching.Off; Thinking = Some thinking }

/// A content of one text is the same as that text.
let rec private plain (element: JsonElement) : string =
    match element.ValueKind with
    | JsonValueKind.Object ->
        element.EnumerateObject()
        |> Seq.map (fun property ->
            let value =
                match property.Name, Dom.asItems property.Value with
                | "content", [ only ] when Dom.string "type" only = ValueSome "text" && Seq.length (only.EnumerateObject()) = 2 ->
                    Dom.property "text" only |> ValueOption.map plain |> ValueOption.defaultValue ""
                | _ -> plain property.Value

            Json.quote property.Name + ":" + value)
        |> String.concat ","
        |> fun members -> "{" + members + "}"
    | JsonValueKind.Array -> Dom.asItems element |> List.map plain |> String.concat "," |> (fun items -> "[" + items + "]")
    | _ -> element.GetRawText()

let private body (codec: Codec) (parameters: Params) (history: Message list) : Result<string, LlmError> =
    codec.Encode(Request.create "model" parameters false history)
    |> Result.map (fun encoded -> Meaning.read (RequestBody.text encoded.Body) plain)

let private forEachTarget (law: Codec -> Target -> Result<unit, BrokenLaw>) =
    targets
    |> Law.forEach (fun (name, codec) ->
        law codec (codec.Target "model") |> Result.mapError (fun broken -> { broken with Law = $"{name}: {broken.Law}" }))
    |> Law.toProperty

[<Law>]
let ``an adapted history is what the encoder says of the whole one`` (dialogue: Dialogue) (turn: int) (asText: bool) =
    forEachTarget (fun codec target ->
        let history = broughtNear target turn dialogue
        let parameters = parametersOf asText
        let adapted = Message.adapt target parameters history
        Law.equal "the same is sent" (body codec parameters history) (body codec parameters adapted.Messages))

[<Law>]
let ``adapting what was adapted changes nothing and loses nothing`` (dialogue: Dialogue) (turn: int) (asText: bool) =
    forEachTarget (fun _ target ->
        let parameters = parametersOf asText
        let once = Message.adapt target parameters (broughtNear target turn dialogue)
        Law.equal "twice is once" { once with Losses = [] } (Message.adapt target parameters once.Messages))

[<Law>]
let ``texts, calls and transcripts outlive every switch, and all else stays or is told to be lost`` (dialogue: Dialogue) (turn: int) =
    let said (messages: Message list) =
        messages
        |> List.collect (fun message ->
            match message with
            | Message.Assistant assistant -> assistant.Content
            | Message.System _
            | Message.User _ -> [])

    forEachTarget (fun _ target ->
        let history = broughtNear target turn dialogue
        let adapted = Message.adapt target (parametersOf false) history

        let isLost (part: AssistantPart) =
            adapted.Losses
            |> List.exists (fun loss ->
                match loss.Content, part with
                | LostContent.Thought lost, AssistantPart.Thought thought -> lost = thought
                | LostContent.Audio lost, AssistantPart.Audio audio -> lost = audio
                | LostContent.Image lost, AssistantPart.Image image -> lost = image
                | (LostContent.ProviderPart lost | LostContent.RedactedThought lost), AssistantPart.Other other -> lost = other
                | _ -> false)

        Law.all
            [
                Law.equal
                    "texts stay"
                    (said history |> List.map (fun part -> Content.text [ part ]) |> List.filter ((<>) ""))
                    (said adapted.Messages |> List.map (fun part -> Content.text [ part ]) |> List.filter ((<>) ""))
                Law.equal "calls stay" (Content.toolCalls (said history)) (Content.toolCalls (said adapted.Messages))
                said history
                |> Law.forEach (fun part ->
                    match part with
                    | AssistantPart.Text _
                    | AssistantPart.ToolCall _ -> Law.holds
                    | other when List.contains other (said adapted.Messages) || isLost other -> Law.holds
                    | other -> Law.broken "all else stays or is told" $"%A{other}")
            ])

let private native =
    """[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"Hi"}]"""

let private redacted = { Kind = "redacted_thinking"; Json = Json.trusted """{"type":"redacted_thinking","data":"x"}""" }

let private claudes: AssistantMessage =
    {
        Content = [ AssistantPart.Thought "hm"; AssistantPart.Other redacted; AssistantPart.Text "Hi" ]
        Name = None
        Origin = Some { Provider = "anthropic"; Api = "messages"; Model = "claude"; Native = Some(Json.trusted native) }
    }

let private history = [ Message.user "Hello"; Message.Assistant claudes; Message.user "And?" ]

let private losses (codec: Codec) (model: string) (asText: bool) =
    (Message.adapt (codec.Target model) (parametersOf asText) history).Losses |> List.map (fun loss -> loss.Message, loss.Content)

let private claude = AnthropicMessages.codec AnthropicDialect.standard
let private gpt = OpenAiResponses.codec ResponsesDialect.standard

[<Test>]
let ``a model's own message loses nothing`` () =
    Expect.equal [] (losses claude "claude" false)
    Expect.equal history (Message.adapt (claude.Target "claude") Params.none history).Messages

[<Test>]
let ``another model is not told thoughts, nor what proves them`` () =
    let expected = [ LostContent.Thought "hm"; LostContent.RedactedThought redacted; LostContent.Signature ]
    Expect.equal (List.map (fun lost -> 1, lost) expected) (losses gpt "gpt-5" false)
    Expect.equal (List.map (fun lost -> 1, lost) expected) (losses claude "claude-other" false)

[<Test>]
let ``thoughts as text are not lost`` () =
    Expect.equal [ 1, LostContent.RedactedThought redacted ] (losses gpt "gpt-5" true)

    match (Message.adapt (gpt.Target "gpt-5") (parametersOf true) history).Messages[1] with
    | Message.Assistant { Content = content } ->
        Expect.equal [ AssistantPart.Text "**Thinking:** hm"; AssistantPart.Text "Hi" ] content
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``encrypted reasoning is lost to others`` () =
    let items = """[{"type":"reasoning","id":"r","summary":[],"encrypted_content":"e"},{"type":"message","role":"assistant","content":[]}]"""
    let origin = { Provider = "openai"; Api = "responses"; Model = "gpt-5"; Native = Some(Json.trusted items) }
    let message = Message.Assistant { Content = [ AssistantPart.Text "Hi" ]; Name = None; Origin = Some origin }
    let adapted = Message.adapt (claude.Target "claude") Params.none [ message ]
    Expect.equal [ LostContent.EncryptedReasoning ] (adapted.Losses |> List.map (fun loss -> loss.Content))
    Expect.equal "message 0 of openai's gpt-5 loses encrypted reasoning" (adapted.Losses |> List.map Loss.render |> List.head)

[<Test>]
let ``audio goes back by its id to the model that said it, and as its transcript to others`` () =
    let audio = { SpokenAudio.Id = Some "a"; Data = Bytes.ofArray [| 1uy |]; Transcript = "Hi" }
    let origin = { Provider = "openai"; Api = "chat"; Model = "gpt-audio"; Native = None }
    let message = Message.Assistant { Content = [ AssistantPart.Audio audio ]; Name = None; Origin = Some origin }
    let chat = ChatCompletions.codec ChatDialect.openai

    let content (target: Target) =
        let adapted = Message.adapt target Params.none [ message ]

        match adapted.Messages with
        | [ Message.Assistant assistant ] -> assistant.Content, adapted.Losses |> List.map (fun loss -> loss.Content)
        | other -> failwith $"%A{other}"

    Expect.equal ([ AssistantPart.Audio audio ], []) (content (chat.Target "gpt-audio"))
    Expect.equal ([ AssistantPart.Text "Hi" ], [ LostContent.Audio audio ]) (content (gpt.Target "gpt-audio"))
