// The conversation in the terms of Anthropic's messages: system texts, and turns of content blocks.
// Called by the encoder, which writes them; knows nothing of JSON but how a native item is told apart.
namespace Llm.Core

open System
open System.Text
open System.Text.Json
open FsToolkit.ErrorHandling

/// A content block of a request.
[<RequireQualifiedAccess>]
type internal AnthropicBlock =
    | Text of string
    | Image of Image
    | Document of Document
    | ToolUse of ToolCall
    | ToolResult of ToolOutput

/// What a turn says; <c>cached</c> is the index of the item up to which the provider is to cache the conversation.
[<RequireQualifiedAccess>]
type internal AnthropicContent =
    /// The one text of the message.
    | Plain
    | Blocks of AnthropicBlock list * cached: int option
    /// Content blocks as Anthropic sent them.
    | Native of Json list * cached: int option
    /// All content blocks of an answer, in one piece.
    | Whole of Json

/// A message and how it is said. Two references and no more: a history has thousands.
[<Struct>]
type internal AnthropicTurn = { Message: Message; Content: AnthropicContent }

/// A whole conversation.
type internal AnthropicConversation = { System: string list; Turns: AnthropicTurn array; Warnings: Warning list }

[<RequireQualifiedAccess>]
module internal AnthropicTurns =
    let private imageTypes = [ "image/jpeg"; "image/png"; "image/gif"; "image/webp" ]

    let private image provider model (image: Image) : Result<AnthropicBlock, LlmError> =
        match image with
        | Image.Inline("image/jpg", data) -> Ok(AnthropicBlock.Image(Image.Inline("image/jpeg", data)))
        | Image.Inline(mediaType, _) when not (List.contains mediaType imageTypes) ->
            BlockTurns.unsupported provider model $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"
        | Image.Inline _
        | Image.Url _ -> Ok(AnthropicBlock.Image image)

    let private document provider model (document: Document) : Result<AnthropicBlock, LlmError> =
        match document with
        | Document.Inline("application/pdf", _)
        | Document.Text _
        | Document.Url _ -> Ok(AnthropicBlock.Document document)
        | Document.Inline(mediaType, data) when mediaType.StartsWith("text/", StringComparison.Ordinal) ->
            Ok(AnthropicBlock.Document(Document.Text(mediaType, Encoding.UTF8.GetString data.Memory.Span)))
        | Document.Inline(mediaType, _) ->
            BlockTurns.unsupported provider model $"documents of type {mediaType}" "send a PDF, or the document's text"

    let private userBlock provider model (part: UserPart) : Result<AnthropicBlock, LlmError> =
        match part with
        | UserPart.Text text -> Ok(AnthropicBlock.Text text)
        | UserPart.Image content -> image provider model content
        | UserPart.Document content -> document provider model content
        | UserPart.ToolOutput output -> Ok(AnthropicBlock.ToolResult output)
        | UserPart.Audio _ -> BlockTurns.unsupported provider model "audio input" "send a transcript as text"

    let private isBlank (block: AnthropicBlock) =
        match block with
        | AnthropicBlock.Text text -> BlockTurns.isBlank text
        | _ -> false

    let private isToolResult (block: AnthropicBlock) =
        match block with
        | AnthropicBlock.ToolResult _ -> true
        | _ -> false

    /// The blocks of a message that is not plain; without any it is empty. Text before tool results is a 400.
    let private contentOf (blocks: AnthropicBlock list) : AnthropicContent option =
        match BlockTurns.without isBlank blocks with
        | [] -> None
        | kept -> Some(AnthropicContent.Blocks(BlockTurns.resultsFirst isToolResult kept, None))

    let private userTurn provider model (message: UserMessage) : Result<AnthropicTurn, LlmError> =
        message.Content
        |> BlockTurns.userBlocks (userBlock provider model)
        |> Result.bind (fun blocks ->
            match contentOf blocks with
            | Some content -> Ok { Message = Message.User message; Content = content }
            | None -> Error(LlmError.InvalidRequest("messages", "empty message content")))

    let private isText (item: JsonElement) : bool =
        match Dom.property "type" item with
        | ValueSome kind when kind.ValueKind = JsonValueKind.String -> kind.ValueEquals "text"
        | _ -> false

    /// A blank text without citations, which the model does write before a tool call, would be refused.
    let private isSendable (item: JsonElement) : bool = not (isText item && BlockTurns.hasBlankText item)

    /// Marks of the cache are our own to set.
    let private goesBackAsItCame (item: JsonElement) : bool = isSendable item && (Dom.propertyOrNull "cache_control" item).IsNone

    /// The items that may go back.
    let private nativeItems (native: Json) : Json list = BlockTurns.nativeItems isSendable native

    let private nativeContent (native: Json) : AnthropicContent option =
        if Wire.isWhole goesBackAsItCame native then
            Some(AnthropicContent.Whole native)
        else
            match nativeItems native with
            | [] -> None
            | items -> Some(AnthropicContent.Native(items, None))

    let private assistantContent provider api (request: Request) (message: AssistantMessage) =
        match Request.nativeFor provider api request message |> Option.bind nativeContent with
        | Some content -> Some content, []
        | None ->
            let blocks, warnings = BlockTurns.assistantBlocks AnthropicBlock.Text AnthropicBlock.ToolUse provider request message
            contentOf blocks, warnings

    /// An answer without content (a model may end its turn at once) must not make the conversation unsendable.
    let private assistantTurn provider api (request: Request) (message: AssistantMessage) =
        match assistantContent provider api request message with
        | Some content, warnings -> Some { Message = Message.Assistant message; Content = content }, warnings
        | None, warnings -> None, warnings @ [ BlockTurns.withoutContent provider request ]

    let private cacheableTypes = [ "text"; "image"; "document"; "tool_result"; "tool_use" ]

    let private isCacheable (native: Json) : bool =
        let kind = Dom.parseText (Json.text native) (Dom.string "type")
        kind |> Result.defaultValue ValueNone |> ValueOption.exists (fun kind -> List.contains kind cacheableTypes)

    /// The text of a message that is nothing else; empty for any other.
    let plainText (message: Message) : string =
        match message with
        | Message.User user ->
            match user.Content with
            | [ UserPart.Text text ] -> text
            | _ -> ""
        | Message.Assistant assistant ->
            match assistant.Content with
            | [ AssistantPart.Text text ] -> text
            | _ -> ""
        | Message.System _ -> ""

    let private isNative provider api (request: Request) (message: Message) =
        match message with
        | Message.Assistant assistant -> (Request.nativeFor provider api request assistant).IsSome
        | Message.System _
        | Message.User _ -> false

    let private plainTurn provider api (request: Request) (message: Message) : AnthropicTurn voption =
        if BlockTurns.isBlank (plainText message) || isNative provider api request message then
            ValueNone
        else
            ValueSome { Message = message; Content = AnthropicContent.Plain }

    /// The turn with its last cacheable item marked; thoughts and what servers' tools say are not.
    let private marked (turn: AnthropicTurn) : AnthropicTurn =
        let native items = { turn with Content = AnthropicContent.Native(items, items |> List.tryFindIndexBack isCacheable) }

        match turn.Content with
        | AnthropicContent.Plain ->
            { turn with
                Content = AnthropicContent.Blocks([ AnthropicBlock.Text(plainText turn.Message) ], Some 0)
            }
        | AnthropicContent.Blocks(blocks, _) -> { turn with Content = AnthropicContent.Blocks(blocks, Some(blocks.Length - 1)) }
        | AnthropicContent.Native(items, _) -> native items
        | AnthropicContent.Whole whole -> native (nativeItems whole)

    /// The turns, the last one marked where to cache. A conversation without an answer yet may well be asked once only: writing to the cache
    /// costs more than reading saves.
    let private withMark (turns: AnthropicTurn array) : AnthropicTurn array =
        if turns |> Array.exists (fun turn -> turn.Message.IsAssistant) then
            turns[turns.Length - 1] <- marked turns[turns.Length - 1]

        turns

    /// The conversation; its last turn is marked when it is to be cached.
    let ofRequest (provider: string) (api: string) (isCached: bool) (request: Request) : Result<AnthropicConversation, LlmError> =
        request
        |> BlockTurns.ofPlainRequest
            provider
            (plainTurn provider api request)
            (userTurn provider request.Model)
            (assistantTurn provider api request)
        |> Result.map (fun (system, turns, warnings) ->
            {
                System = system
                Turns = if isCached then withMark turns else turns
                Warnings = warnings
            })
