// Going on with answers that broke off: that what is sent is legal, and that nothing which came is lost without a word.
module Llm.Core.Tests.InterruptionLaws

open System.Text
open System.Text.Json
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.Core.Tests.Scripts
open Llm.FsCheck

let private question = [ Message.user "Go." ]

/// What a stream that broke off after so many chunks leaves.
let private cut (stream: WellFormedStream) (length: PositiveInt) : Interruption =
    let state = stream.Chunks |> List.truncate (length.Get % (stream.Chunks.Length + 1)) |> Reducer.ofChunks

    {
        Provider = "p"
        Api = "a"
        ModelId = "p/m"
        ProviderModel = "m"
        Params = Params.none
        Tools = ToolRequest.none
        Format = None
        Messages = question
        Partial = Reducer.partial state
        Unfinished = Reducer.unfinished state
    }

let private outputOf (call: ToolCall) = UserPart.ToolOutput { Id = call.Id; Name = call.Name; Result = "r"; IsError = false }

/// Outputs for the first of the whole calls.
let private someOutputs (count: NonNegativeInt) (interruption: Interruption) =
    Content.toolCalls interruption.Partial.Content |> List.distinctBy (fun call -> call.Id) |> List.truncate count.Get |> List.map outputOf

let private continued content interruption = Interruption.continuation content interruption |> Fake.ok

let private kept (continuation: Continuation) =
    continuation.Messages
    |> List.collect (fun message ->
        match message with
        | Message.Assistant assistant -> assistant.Content
        | Message.System _
        | Message.User _ -> [])

let private outputIds (message: Message) =
    match message with
    | Message.User user ->
        user.Content
        |> List.choose (fun part ->
            match part with
            | UserPart.ToolOutput output -> Some output.Id
            | _ -> None)
    | Message.System _
    | Message.Assistant _ -> []

[<Law>]
let ``a continuation has no call without its output and no output without its call`` stream length count =
    let interruption = cut stream length
    let outputs = someOutputs count interruption
    let continuation = continued outputs interruption
    let calls = kept continuation |> Content.toolCalls |> List.map (fun call -> call.Id) |> Set.ofList
    let answered = continuation.Messages |> List.collect outputIds |> Set.ofList
    calls = answered && answered.Count = outputs.Length

[<Law>]
let ``all that came of a cut answer is kept or told to be dropped`` stream length count =
    let interruption = cut stream length
    let continuation = continued (someOutputs count interruption) interruption

    let dropped =
        continuation.Dropped
        |> List.map (fun dropped ->
            match dropped with
            | Dropped.Unfinished part -> part
            | Dropped.Unanswered call -> AssistantPart.ToolCall call
            | Dropped.Alien part -> AssistantPart.Other part
            | Dropped.Silent thought -> AssistantPart.Thought thought)

    let isBlank part =
        match part with
        | AssistantPart.Text text -> text.Trim() = ""
        | _ -> false

    let said = List.filter (isBlank >> not)
    let all = interruption.Partial.Content @ interruption.Unfinished |> said

    let left = kept continuation @ dropped |> said
    let count part parts = parts |> List.filter ((=) part) |> List.length
    left.Length = all.Length && all |> List.forall (fun part -> count part left = count part all)

[<Law>]
let ``a continuation begins with what was sent and ends with the user`` stream length =
    let continuation = cut stream length |> continued []

    let isLastTheUsers =
        match List.last continuation.Messages with
        | Message.User _ -> true
        | Message.System _
        | Message.Assistant _ -> false

    List.truncate question.Length continuation.Messages = question && isLastTheUsers

[<Law>]
let ``every wire format takes the continuation of any cut answer`` stream length count =
    let interruption = cut stream length
    let continuation = continued (someOutputs count interruption) interruption

    Format.each (fun format ->
        match format.Codec.Encode(Request.create "model" Params.none true continuation.Messages) with
        | Ok encoded ->
            use _document = JsonDocument.Parse(RequestBody.text encoded.Body)
            Law.holds
        | Error error -> Law.broken "a continuation can be sent" (LlmError.render error))

let private interruption (content: AssistantPart list) (unfinished: AssistantPart list) : Interruption =
    {
        Provider = "p"
        Api = "a"
        ModelId = "p/m"
        ProviderModel = "m"
        Params = Params.none
        Tools = ToolRequest.none
        Format = None
        Messages = question
        Partial = { Id = None; Model = None; Content = content; FinishReason = None; Usage = None; Native = None }
        Unfinished = unfinished
    }

[<Test>]
let ``cut text is kept, and the model is asked to go on`` () =
    let continuation = interruption [ AssistantPart.Text "1, 2" ] [] |> continued []
    Expect.equal [ AssistantPart.Text "1, 2" ] (kept continuation)
    Expect.equal (Message.user Interruption.goOn) (List.last continuation.Messages)
    Expect.equal [] continuation.Dropped

[<Test>]
let ``the caller's own words ask to go on in place of ours`` () =
    let continuation = interruption [ AssistantPart.Text "1, 2" ] [] |> continued [ UserPart.Text "Weiter." ]
    Expect.equal (Message.user "Weiter.") (List.last continuation.Messages)

[<Test>]
let ``where nothing was said the call is made once more`` () =
    let continuation = interruption [ AssistantPart.Thought "hm" ] [ AssistantPart.Thought "so" ] |> continued []
    Expect.equal question continuation.Messages
    Expect.equal [ Dropped.Silent "hm"; Dropped.Unfinished(AssistantPart.Thought "so") ] continuation.Dropped

[<Test>]
let ``an output of a call that broke off is refused`` () =
    let call = { Id = "c"; Name = "t"; Arguments = "{\"a\":" }

    match interruption [] [ AssistantPart.ToolCall call ] |> Interruption.continuation [ outputOf call ] with
    | Error(LlmError.InvalidRequest("content", reason)) -> Assert.That(reason, Does.Contain "'c'")
    | other -> Assert.Fail $"%A{other}"
