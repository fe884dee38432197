// All wire formats with their writers: what a law needs to hold a codec to it.
namespace Llm.Core.Tests.Scripts

open System
open System.Text
open System.Text.Json
open Llm.Core
open Llm.FsCheck

type internal Format =
    {
        Name: string
        Provider: string
        Codec: Codec
        Write: Script -> Written
        /// The body of a stream of these events.
        Frame: Script -> Random -> (string * string) list -> byte[]
        /// Whether arguments are objects on the wire, so that only their meaning is kept.
        TakesObjects: bool
        /// Whether calls are known by their ids, so that an id of ours must go back too.
        NeedsIds: bool
        /// The assistant's part of a request's body, in the form of native items.
        Sent: JsonElement -> JsonElement list
        /// An answer that says these items.
        Answer: string list -> string
        /// What of the provider's own form a stream keeps, where it keeps one.
        Kept: JsonElement -> string
        HotPathAgrees: (Tree -> string list) -> (string * Tree * string) list -> Result<unit, BrokenLaw>
    }

/// JSON by its meaning.
[<RequireQualifiedAccess>]
module internal Meaning =
    /// The same text for all that mean the same: members sorted, the last of two of a name, nothing for null.
    let rec ofElement (element: JsonElement) : string =
        match element.ValueKind with
        | JsonValueKind.Object ->
            element.EnumerateObject()
            |> Seq.map (fun property -> GeminiJson.name property, property.Value)
            |> Seq.fold (fun all (name, value) -> Map.add name value all) Map.empty
            |> Map.toSeq
            |> Seq.filter (fun (_, value) -> value.ValueKind <> JsonValueKind.Null)
            |> Seq.map (fun (name, value) -> Json.quote name + ":" + ofElement value)
            |> String.concat ","
            |> fun members -> "{" + members + "}"
        | JsonValueKind.Array -> Dom.asItems element |> List.map ofElement |> String.concat "," |> (fun items -> "[" + items + "]")
        | JsonValueKind.String -> Dom.asString element |> ValueOption.get |> Json.quote
        | _ -> element.GetRawText()

    let read (text: string) (read: JsonElement -> 'result) : 'result =
        use document = JsonDocument.Parse(Json.escapeLoneSurrogates text, JsonDocumentOptions(MaxDepth = 512))
        read document.RootElement

    let ofText (text: string) : string = read text ofElement

    let private ofPart (format: Format) (part: AssistantPart) : AssistantPart =
        match part with
        | AssistantPart.ToolCall call when format.TakesObjects -> AssistantPart.ToolCall { call with Arguments = ofText call.Arguments }
        | AssistantPart.Other other -> AssistantPart.Other { other with Json = Json.trusted (ofText (Json.text other.Json)) }
        | other -> other

    let content (format: Format) (content: AssistantPart list) : AssistantPart list = List.map (ofPart format) content

    /// All that a reply says, save the provider's own form.
    let ofReply (format: Format) (reply: Reply) : Reply = { reply with Content = content format reply.Content; Native = None }

    /// The items of the provider's own form.
    let items (format: Format) (native: Json) : string list = read (Json.text native) (fun root -> Dom.asItems root |> List.map format.Kept)

[<RequireQualifiedAccess>]
module internal Format =
    let private rest (name: string) (root: JsonElement) = Dom.items name root |> List.skip 1

    let private joined (items: string list) = String.concat "," items

    let private firstOr (fallback: string) (items: string list) = List.tryHead items |> Option.defaultValue fallback

    let private still (fast: 'state -> WireEvent -> Chunks voption) (state: 'state) (event: WireEvent) =
        fast state event |> ValueOption.map (fun chunks -> struct (chunks, state))

    /// Deltas of open parts, and the events that frame a text.
    let private chatWithoutDocument (state: ChatState) (event: WireEvent) =
        match still ChatDecodeFast.tryRead state event with
        | ValueNone -> ChatDecodePlain.tryRead state event
        | read -> read

    let private chat: Format =
        let codec = ChatCompletions.codec ChatDialect.openai

        {
            Name = "chat"
            Provider = "openai"
            Codec = codec
            Write = ChatWriter.write
            Frame = Written.serverSentEvents
            TakesObjects = false
            NeedsIds = true
            Sent = rest "messages"
            Answer = fun items -> $"""{{"choices":[{{"index":0,"message":{firstOr "null" items},"finish_reason":"stop"}}]}}"""
            // The stream's own form has thoughts only as details, and a refusal as text.
            Kept =
                fun item ->
                    [ "reasoning_details"; "tool_calls" ]
                    |> List.map (fun name -> Dom.property name item |> ValueOption.map Meaning.ofElement |> ValueOption.defaultValue "")
                    |> joined
            HotPathAgrees = Hostile.agree ChatState.initial chatWithoutDocument (ChatDecode.careful "openai") (=)
        }

    /// Deltas of open parts, and the events that frame a text.
    let private responsesWithoutDocument (state: ResponsesState) (event: WireEvent) =
        match ResponsesDecode.fast state event.Data with
        | ValueNone -> ResponsesDecodePlain.tryRead state event
        | read -> read

    let private responses: Format =
        {
            Name = "responses"
            Provider = ResponsesDialect.standard.Provider
            Codec = OpenAiResponses.codec ResponsesDialect.standard
            Write = ResponsesWriter.write
            Frame = Written.serverSentEvents
            TakesObjects = false
            NeedsIds = true
            Sent = rest "input"
            Answer =
                fun items ->
                    // What the caller wrote goes as messages without a type, and with their text as the content.
                    let typed (item: string) = if item.Contains "\"type\":" then item else item.Insert(1, "\"type\":\"message\",")
                    $"""{{"object":"response","status":"completed","output":[{items |> List.map typed |> joined}]}}"""
            Kept = Meaning.ofElement
            HotPathAgrees = Hostile.agree ResponsesState.initial responsesWithoutDocument (ResponsesDecode.careful "openai") (=)
        }

    /// As in chat completions, and the first deltas of parts.
    let private messagesWithoutDocument (state: AnthropicState) (event: WireEvent) =
        [ still AnthropicDeltas.fast; AnthropicDecodePlain.tryRead; AnthropicDeltas.tryBegin ]
        |> List.tryPick (fun read -> read state event |> ValueOption.toOption)
        |> ValueOption.ofOption

    let private anthropic: Format =
        {
            Name = "messages"
            Provider = AnthropicDialect.standard.Provider
            Codec = AnthropicMessages.codec AnthropicDialect.standard
            Write = AnthropicWriter.write
            Frame = Written.serverSentEvents
            TakesObjects = true
            NeedsIds = true
            Sent =
                fun root ->
                    match rest "messages" root |> List.tryHead |> Option.map (Dom.property "content") with
                    | Some(ValueSome content) when content.ValueKind = JsonValueKind.Array -> Dom.asItems content
                    | Some(ValueSome text) -> [ text ]
                    | _ -> []
            Answer =
                fun items ->
                    let block (item: string) = if item.StartsWith '"' then $"""{{"type":"text","text":{item}}}""" else item
                    $"""{{"type":"message","content":[{items |> List.map block |> joined}],"stop_reason":"end_turn"}}"""
            Kept = Meaning.ofElement
            HotPathAgrees = Hostile.agree (AnthropicFrame.initial "anthropic") messagesWithoutDocument AnthropicDecode.careful (=)
        }

    /// Gemini streams server-sent events, or, unasked, one array.
    let private geminiFrame (script: Script) (random: Random) (events: (string * string) list) : byte[] =
        if script.Style.Seed % 3 = 0 then
            events |> List.map snd |> String.concat ",\r\n" |> (fun items -> Encoding.UTF8.GetBytes("[" + items + "]"))
        else
            Written.serverSentEvents script random events

    /// Deltas, and the events in which a text begins and ends.
    let private geminiWithoutDocument (state: GeminiState) (event: WireEvent) =
        match GenerateContentFast.fast state event.Data.Span with
        | ValueNone -> GenerateContentPlain.tryRead state event
        | read -> read

    let private gemini: Format =
        let dialect = GenerateContentDialect.standard

        let careful state (event: WireEvent) =
            match GeminiJson.parse event.Data (GenerateContentDecode.careful dialect state) with
            | Ok result -> result
            | Error message -> Error(ErrorBody.invalid dialect.Provider message event.Data)

        {
            Name = "generateContent"
            Provider = dialect.Provider
            Codec = GenerateContent.codec dialect
            Write = GeminiWriter.write
            Frame = geminiFrame
            TakesObjects = true
            NeedsIds = false
            Sent = fun root -> rest "contents" root |> List.collect (Dom.items "parts")
            Answer = fun items -> $"""{{"candidates":[{{"content":{{"parts":[{joined items}],"role":"model"}},"finishReason":"STOP"}}]}}"""
            Kept = Meaning.ofElement
            HotPathAgrees = Hostile.agree GeminiState.initial geminiWithoutDocument careful (=)
        }

    let private cohere: Format =
        {
            Name = "cohere"
            Provider = CohereDialect.standard.Provider
            Codec = CohereChat.codec CohereDialect.standard
            Write = CohereWriter.write
            Frame = Written.serverSentEvents
            TakesObjects = false
            NeedsIds = true
            Sent = rest "messages"
            Answer = fun items -> $"""{{"id":"a","message":{firstOr "{}" items},"finish_reason":"COMPLETE"}}"""
            Kept = Meaning.ofElement
            HotPathAgrees = Hostile.agree CohereState.initial (still CohereFast.tryRead) (CohereDecode.careful "cohere") (=)
        }

    let private ollama: Format =
        {
            Name = "ollama"
            Provider = OllamaDialect.standard.Provider
            Codec = OllamaChat.codec OllamaDialect.standard
            Write = OllamaWriter.write
            Frame = fun _ _ events -> events |> List.map snd |> String.concat "\n" |> Encoding.UTF8.GetBytes
            TakesObjects = true
            NeedsIds = false
            Sent = rest "messages"
            Answer = fun items -> $"""{{"message":{firstOr "{}" items},"done":true,"done_reason":"stop"}}"""
            Kept = Meaning.ofElement
            HotPathAgrees = Hostile.agree OllamaState.initial (still OllamaFast.tryRead) (OllamaDecode.careful "ollama") (=)
        }

    /// All of them.
    let all: Format list = [ chat; responses; anthropic; gemini; cohere; ollama ]

    /// The stream's body.
    let stream (script: Script) (format: Format) : byte[] =
        let random = Script.random script
        format.Write script |> Written.render script random |> format.Frame script random

    let whole (script: Script) (format: Format) : byte[] = format.Write script |> Written.whole script

    /// A law, held by each format; the first that breaks it is named.
    let each (law: Format -> Result<unit, BrokenLaw>) : FsCheck.Property =
        all
        |> Law.forEach (fun format -> law format |> Result.mapError (fun broken -> { broken with Law = $"{format.Name}: {broken.Law}" }))
        |> Law.toProperty
