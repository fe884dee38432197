// Answers that a later request of the same recording sent back: decoded, put into a history and encoded again by the library, they should
// be what that client sent, where it kept the answer whole.
module Llm.Recordings.RoundTrip

open System
open System.Text.Json
open Llm.Core
open Llm.Recordings.Difference
open Llm.Recordings.Element
open Llm.Recordings.Formats
open Llm.Recordings.Outcomes
open Llm.Recordings.Recording

/// How what the library sends back compares with what the client sent.
[<RequireQualifiedAccess>]
type Return =
    /// It is the same.
    | Same
    /// The library's has all that the client's has, and more: the client kept less.
    | ClientKeptLess
    /// As before, save for what clients write anew, such as ids of their own.
    | ClientRewrote
    /// The client's has what the library's has not.
    | Different
    /// The library would not encode it.
    | Refused

/// An answer, and the exchange whose request sent it back.
type Returned =
    {
        Answer: Exchange
        Later: Exchange
        Format: Format
        Return: Return
        Ours: string
        Theirs: string
        Differences: Difference list
        Defect: exn option
    }

let private historyName (format: Format) : string =
    match format with
    | Format.ChatCompletions
    | Format.AnthropicMessages
    | Format.BedrockConverse
    | Format.CohereChat
    | Format.OllamaChat
    | Format.OllamaGenerate -> "messages"
    | Format.Responses -> "input"
    | Format.GenerateContent -> "contents"

let private history (format: Format) (body: JsonElement) : JsonElement list = itemsOf (historyName format) body

/// What a user's side says in the history of the Responses format; all else is the model's.
let private userItems =
    set [ "function_call_output"; "computer_call_output"; "custom_tool_call_output"; "mcp_approval_response" ]

let private isAnswer (format: Format) (item: JsonElement) : bool =
    match format, tryText "role" item, tryText "type" item with
    | Format.Responses, Some role, _ -> role = "assistant"
    | Format.Responses, None, kind -> not (kind |> Option.exists userItems.Contains)
    | Format.GenerateContent, role, _ -> role = Some "model"
    | _, role, _ -> role = Some "assistant"

/// What the client tells the provider to cache is no part of what was said, and moves from message to message.
let private withoutCaching (differences: Difference list) : Difference list =
    differences
    |> List.filter (fun difference -> not (difference.Pointer.EndsWith("/cache_control", StringComparison.Ordinal)))

let private differ (ours: JsonElement) (theirs: JsonElement) : Difference list = Difference.all ours theirs |> withoutCaching

let private texts (all: JsonElement list) : string = all |> List.map _.GetRawText() |> array

/// The items by which a later request gives the answer back: they follow the whole history of the request that was answered.
let private sentBack (format: Format) (earlier: JsonElement) (later: JsonElement) : JsonElement list =
    let before, after = history format earlier, history format later
    let isSame (first, second) = (differ first second).IsEmpty

    if after.Length > before.Length && List.forall isSame (List.zip before (List.truncate before.Length after)) then
        after |> List.skip before.Length |> List.takeWhile (isAnswer format)
    else
        []

let private model (exchange: Exchange) : string =
    let inBody = exchange.Request.Body |> Option.bind (tryText "model")
    let path = exchange.Request.Url.Split('?')[0]
    let last = path.Substring(path.LastIndexOf '/' + 1)
    inBody |> Option.defaultValue (last.Split(':')[0])

/// A history that ends with the answer and one more message of the user.
let private request (format: Format) (exchange: Exchange) (reply: Reply) : Request =
    let origin =
        {
            Provider = Codecs.providerId format exchange.Provider
            Api = api format
            Model = model exchange
            Native = reply.Native
        }

    let outputs =
        Content.toolCalls reply.Content
        |> List.map (fun call -> UserPart.ToolOutput { Id = call.Id; Name = call.Name; Result = "done"; IsError = false })

    let next =
        match Message.userParts outputs with
        | Ok message -> message
        | Error _ -> Message.user "Go on."

    Request.create
        (model exchange)
        { Params.none with PromptCaching = PromptCaching.Off }
        false
        [ Message.user "Begin."; Message.Assistant { Content = reply.Content; Name = None; Origin = Some origin }; next ]

let private parse (text: string) : JsonElement = (JsonDocument.Parse(text, JsonDocumentOptions(MaxDepth = 1024))).RootElement.Clone()

let private compare (format: Format) (encoded: EncodedRequest) (theirs: JsonElement list) : Return * string * Difference list =
    let body = parse (RequestBody.text encoded.Body)
    let ours = history format body |> List.filter (isAnswer format) |> texts
    let own, other = parse ours, parse (texts theirs)
    let differences = differ own other

    let outcome =
        match differences with
        | [] -> Return.Same
        | _ when Kept.isLess own other -> Return.ClientKeptLess
        | _ when Kept.isRewritten own other -> Return.ClientRewrote
        | _ -> Return.Different

    outcome, ours, differences

let private returned (format: Format) (codec: Codec) (reply: Reply) (answer: Exchange) (later: Exchange) (theirs: JsonElement list) =
    let line =
        {
            Answer = answer
            Later = later
            Format = format
            Return = Return.Refused
            Ours = "null"
            Theirs = texts theirs
            Differences = []
            Defect = None
        }

    try
        match codec.Encode(request format answer reply) with
        | Error error -> { line with Ours = Json.quote (LlmError.render error) }
        | Ok encoded ->
            let outcome, ours, differences = compare format encoded theirs
            { line with Return = outcome; Ours = ours; Differences = differences }
    with defect ->
        { line with Defect = Some defect }

let private tryReply (exchange: Exchange) : (Codec * Reply) option =
    let decoded = if exchange.Response.Status < 400 then Some(decode exchange) else None

    match decoded with
    | Some { Outcome = Outcome.Complete; Codec = Some codec; Reply = Some reply } when not reply.Content.IsEmpty -> Some(codec, reply)
    | _ -> None

/// The answers of a recording that a later one of its requests sent back; the first such request counts.
let ofRecording (exchanges: Exchange list) : Returned list =
    let back (format: Format) (answer: Exchange) (later: Exchange) =
        match answer.Request.Body, later.Request.Body with
        | Some earlier, Some body when Formats.tryFormat later = Some format ->
            match sentBack format earlier body with
            | [] -> None
            | items -> Some(later, items)
        | _ -> None

    [
        for answer in exchanges do
            match Formats.tryFormat answer, tryReply answer with
            | Some format, Some(codec, reply) ->
                let found = exchanges |> List.filter (fun later -> later.Index > answer.Index) |> List.tryPick (back format answer)

                match found with
                | Some(later, items) -> returned format codec reply answer later items
                | None -> ()
            | _ -> ()
    ]

/// The name of an outcome.
let name (outcome: Return) : string =
    match outcome with
    | Return.Same -> "same"
    | Return.ClientKeptLess -> "client kept less"
    | Return.ClientRewrote -> "client rewrote"
    | Return.Different -> "different"
    | Return.Refused -> "refused"
