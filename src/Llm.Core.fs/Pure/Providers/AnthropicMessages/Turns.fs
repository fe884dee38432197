// The conversation in the terms of Anthropic's messages: system texts, and turns of content blocks.
// Called by the encoder, which writes them; knows nothing of JSON but how a native item is told apart.
namespace Llm.Core

open System
open System.Text
open FsToolkit.ErrorHandling

/// A content block of a request.
[<RequireQualifiedAccess>]
type internal AnthropicBlock =
    | Text of string
    | Image of Image
    | Document of Document
    | ToolUse of ToolCall
    | ToolResult of ToolOutput

/// What a turn says.
[<RequireQualifiedAccess>]
type internal AnthropicContent =
    /// A single text.
    | Plain of string
    | Blocks of AnthropicBlock list
    /// Content blocks as Anthropic sent them.
    | Native of Json list

type internal AnthropicTurn =
    {
        Role: string
        Content: AnthropicContent
        /// The index of the item up to which the provider is to cache the conversation.
        CachedItem: int option
    }

/// A whole conversation.
type internal AnthropicConversation = { System: string list; Turns: AnthropicTurn list; Warnings: Warning list }

[<RequireQualifiedAccess>]
module internal AnthropicTurns =
    let private warning (provider: string) (model: string) (feature: string) (message: string) : Warning =
        {
            Provider = provider
            Model = model
            Feature = feature
            Message = $"{message} (provider: {provider} with model_id: {model})"
        }

    /// Anthropic refuses text blocks that are empty or hold white space only.
    let private isBlank (text: string) = String.IsNullOrWhiteSpace text

    let private imageTypes = [ "image/jpeg"; "image/png"; "image/gif"; "image/webp" ]

    let private unsupported (provider: string) (model: string) (feature: string) (alternative: string) =
        Error(LlmError.FeatureNotSupported(feature, provider, Some model, Some alternative))

    let private image provider model (image: Image) : Result<AnthropicBlock, LlmError> =
        match image with
        | Image.Inline("image/jpg", data) -> Ok(AnthropicBlock.Image(Image.Inline("image/jpeg", data)))
        | Image.Inline(mediaType, _) when not (List.contains mediaType imageTypes) ->
            unsupported provider model $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"
        | Image.Inline _
        | Image.Url _ -> Ok(AnthropicBlock.Image image)

    let private document provider model (document: Document) : Result<AnthropicBlock, LlmError> =
        match document with
        | Document.Inline("application/pdf", _)
        | Document.Text _
        | Document.Url _ -> Ok(AnthropicBlock.Document document)
        | Document.Inline(mediaType, data) when mediaType.StartsWith("text/", StringComparison.Ordinal) ->
            Ok(AnthropicBlock.Document(Document.Text(mediaType, Encoding.UTF8.GetString data.Memory.Span)))
        | Document.Inline(mediaType, _) -> unsupported provider model $"documents of type {mediaType}" "send a PDF, or the document's text"

    let private userBlock provider model (part: UserPart) : Result<AnthropicBlock, LlmError> =
        match part with
        | UserPart.Text text -> Ok(AnthropicBlock.Text text)
        | UserPart.Image content -> image provider model content
        | UserPart.Document content -> document provider model content
        | UserPart.ToolOutput output -> Ok(AnthropicBlock.ToolResult output)
        | UserPart.Audio _ -> unsupported provider model "audio input" "send a transcript as text"

    let private withoutBlanks (blocks: AnthropicBlock list) =
        blocks
        |> List.filter (fun block ->
            match block with
            | AnthropicBlock.Text text -> not (isBlank text)
            | _ -> true)

    let private isToolResult (block: AnthropicBlock) =
        match block with
        | AnthropicBlock.ToolResult _ -> true
        | _ -> false

    /// Tool results stand first, as the API demands: text before them is a 400.
    let private resultsFirst (blocks: AnthropicBlock list) =
        let results, others = List.partition isToolResult blocks
        results @ others

    /// A message of one part that is text is that text, any other its blocks; without any it is empty.
    let private contentOf (partCount: int) (blocks: AnthropicBlock list) : AnthropicContent option =
        match withoutBlanks blocks with
        | [] -> None
        | [ AnthropicBlock.Text text ] when partCount = 1 -> Some(AnthropicContent.Plain text)
        | kept -> Some(AnthropicContent.Blocks(resultsFirst kept))

    let private userTurn provider model (message: UserMessage) : Result<AnthropicTurn, LlmError> =
        message.Content
        |> List.traverseResultM (userBlock provider model)
        |> Result.bind (fun blocks ->
            match contentOf message.Content.Length blocks with
            | Some content -> Ok { Role = "user"; Content = content; CachedItem = None }
            | None -> Error(LlmError.InvalidRequest("messages", "empty message content")))

    /// A part of an assistant's message that has no native form here: its block, or why it has none.
    let private assistantBlock provider model thoughtsAsText (part: AssistantPart) : AnthropicBlock list * Warning list =
        let leftOut feature what = warning provider model feature $"Leaving out {what} of an assistant message"

        match part with
        | AssistantPart.Text text -> [ AnthropicBlock.Text text ], []
        | AssistantPart.Thought thought when thoughtsAsText -> [ AnthropicBlock.Text $"**Thinking:** {thought}" ], []
        | AssistantPart.Thought _ -> [], []
        | AssistantPart.ToolCall call -> [ AnthropicBlock.ToolUse call ], []
        | AssistantPart.Audio audio when isBlank audio.Transcript -> [], [ leftOut "audio" "the audio" ]
        | AssistantPart.Audio audio -> [ AnthropicBlock.Text audio.Transcript ], [ leftOut "audio" "the audio, but not its transcript," ]
        | AssistantPart.Image _ -> [], [ leftOut "image" "an image" ]
        | AssistantPart.Other other -> [], [ leftOut other.Kind $"'{other.Kind}', which only its provider understands," ]

    /// The items that may go back. A blank text without citations, which the model does write before a tool call, would be refused.
    let private nativeItems (native: Json) : Json list =
        let isSendable item =
            match Dom.string "type" item, Dom.string "text" item with
            | ValueSome "text", ValueSome text -> not (isBlank text)
            | _ -> true

        Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text native))) (Dom.asItems >> List.filter isSendable >> List.map Dom.raw)
        |> Result.defaultValue []

    let private assistantContent provider api (request: Request) (message: AssistantMessage) =
        match Request.nativeFor provider api request message |> Option.map nativeItems with
        | Some(_ :: _ as items) -> Some(AnthropicContent.Native items), []
        | Some []
        | None ->
            let blocks, warnings =
                message.Content
                |> List.map (assistantBlock provider request.Model (Params.encodesThoughtsAsText request.Params))
                |> List.unzip

            contentOf message.Content.Length (List.concat blocks), List.concat warnings

    /// An answer without content (a model may end its turn at once) must not make the conversation unsendable.
    let private assistantTurn provider api (request: Request) (message: AssistantMessage) =
        match assistantContent provider api request message with
        | Some content, warnings -> Some { Role = "assistant"; Content = content; CachedItem = None }, warnings
        | None, warnings ->
            None, warnings @ [ warning provider request.Model "content" "Leaving out an assistant message that has no content to send" ]

    let private systemTexts (provider: string) (request: Request) : string list * Warning list =
        let text message =
            match message with
            | Message.System text -> Some text
            | _ -> None

        let leading = request.Messages |> List.takeWhile (text >> Option.isSome)
        let all = request.Messages |> List.choose text

        let moved =
            List.replicate
                (List.length all - List.length leading)
                (warning provider request.Model "system" "Moving a later system message to the front, where this format has its only place")

        List.filter (isBlank >> not) all, moved

    let private cacheableTypes = [ "text"; "image"; "document"; "tool_result"; "tool_use" ]

    let private isCacheable (native: Json) : bool =
        let kind = Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text native))) (Dom.string "type")
        kind |> Result.defaultValue ValueNone |> ValueOption.exists (fun kind -> List.contains kind cacheableTypes)

    /// The turn with its last cacheable item marked; thoughts and what servers' tools say are not.
    let private marked (turn: AnthropicTurn) : AnthropicTurn =
        match turn.Content with
        | AnthropicContent.Plain text -> { turn with Content = AnthropicContent.Blocks [ AnthropicBlock.Text text ]; CachedItem = Some 0 }
        | AnthropicContent.Blocks blocks -> { turn with CachedItem = Some(blocks.Length - 1) }
        | AnthropicContent.Native items -> { turn with CachedItem = items |> List.tryFindIndexBack isCacheable }

    /// The turns, marked where to cache. A conversation without an answer yet may well be asked once only: writing to the cache costs more
    /// than reading saves.
    let cached (turns: AnthropicTurn list) : AnthropicTurn list =
        if turns |> List.exists (fun turn -> turn.Role = "assistant") then
            let last = turns.Length - 1
            turns |> List.mapi (fun index turn -> if index = last then marked turn else turn)
        else
            turns

    /// The conversation. A later system message joins the leading ones, with a warning: said as a user it would lose its authority, and
    /// could part a tool's output from its call.
    let ofRequest (provider: string) (api: string) (request: Request) : Result<AnthropicConversation, LlmError> =
        let turn message : Result<AnthropicTurn option * Warning list, LlmError> =
            match message with
            | Message.System _ -> Ok(None, [])
            | Message.User user -> userTurn provider request.Model user |> Result.map (fun turn -> Some turn, [])
            | Message.Assistant assistant -> Ok(assistantTurn provider api request assistant)

        request.Messages
        |> List.traverseResultM turn
        |> Result.bind (fun pairs ->
            let system, moved = systemTexts provider request

            match List.choose fst pairs with
            | [] -> Error(LlmError.InvalidRequest("messages", "a call needs at least one user or assistant message with content"))
            | turns -> Ok { System = system; Turns = turns; Warnings = moved @ List.collect snd pairs })
