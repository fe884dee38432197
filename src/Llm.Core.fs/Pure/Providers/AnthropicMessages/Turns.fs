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

/// What a turn says that is no plain text; <c>cached</c> is the index of the item up to which the provider is to cache the conversation.
[<RequireQualifiedAccess>]
type internal AnthropicContent =
    | Blocks of AnthropicBlock list * cached: int option
    /// Content blocks as Anthropic sent them.
    | Native of Json list * cached: int option
    /// All content blocks of an answer, in one piece.
    | Whole of Json

/// A whole conversation; <c>CachedTo</c> is the place of the message up to which it is to be cached.
type internal AnthropicConversation =
    {
        System: string list
        Turns: Retold<AnthropicContent>
        CachedTo: int voption
        Warnings: Warning list
    }

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

    let private userContent provider model (message: UserMessage) : Result<AnthropicContent, LlmError> =
        message.Content
        |> BlockTurns.userBlocks (userBlock provider model)
        |> Result.bind (fun blocks ->
            match contentOf blocks with
            | Some content -> Ok content
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

    let private contentOrNone provider api (request: Request) (message: AssistantMessage) =
        match Request.nativeFor provider api request message |> Option.bind nativeContent with
        | Some content -> Some content, []
        | None ->
            let blocks, warnings = BlockTurns.assistantBlocks AnthropicBlock.Text AnthropicBlock.ToolUse provider request message
            contentOf blocks, warnings

    /// An answer without content (a model may end its turn at once) must not make the conversation unsendable.
    let private assistantContent provider api (request: Request) (message: AssistantMessage) =
        match contentOrNone provider api request message with
        | Some content, warnings -> Some content, warnings
        | None, warnings -> None, warnings @ [ BlockTurns.withoutContent provider request ]

    let private cacheableTypes = [ "text"; "image"; "document"; "tool_result"; "tool_use" ]

    let private isCacheable (native: Json) : bool =
        let kind = Dom.parseText (Json.text native) (Dom.string "type")
        kind |> Result.defaultValue ValueNone |> ValueOption.exists (fun kind -> List.contains kind cacheableTypes)

    let private isNative provider api (request: Request) (message: Message) =
        match message with
        | Message.Assistant assistant -> (Request.nativeFor provider api request assistant).IsSome
        | Message.System _
        | Message.User _ -> false

    let private isPlain provider api (request: Request) (message: Message) : bool =
        not (BlockTurns.isBlank (Retold.plainText message)) && not (isNative provider api request message)

    /// What is said, with its last cacheable item marked; thoughts and what servers' tools say are not. A plain text is its own last item.
    let marked (telling: Telling<AnthropicContent>) : Telling<AnthropicContent> =
        let native items = Told(AnthropicContent.Native(items, items |> List.tryFindIndexBack isCacheable))

        match telling with
        | Plain -> Plain
        | Told(AnthropicContent.Blocks(blocks, _)) -> Told(AnthropicContent.Blocks(blocks, Some(blocks.Length - 1)))
        | Told(AnthropicContent.Native(items, _)) -> native items
        | Told(AnthropicContent.Whole whole) -> native (nativeItems whole)
        | LeftOut -> LeftOut

    /// Where to cache: at the last turn. A conversation without an answer yet may well be asked once only: writing to the cache costs more
    /// than reading saves.
    let private cachedTo (turns: Retold<AnthropicContent>) : int voption =
        let note (struct (isAnswered, _)) position (message: Message) _ = struct (isAnswered || message.IsAssistant, position)
        let struct (isAnswered, last) = turns |> Retold.fold note (struct (false, 0))
        if isAnswered then ValueSome last else ValueNone

    /// The conversation; its last turn is where the cache goes to, when it is to be cached.
    let ofRequest (provider: string) (api: string) (isCached: bool) (request: Request) : Result<AnthropicConversation, LlmError> =
        request
        |> BlockTurns.ofPlainRequest
            provider
            (isPlain provider api request)
            (userContent provider request.Model)
            (assistantContent provider api request)
        |> Result.map (fun (system, turns, warnings) ->
            {
                System = system
                Turns = turns
                CachedTo = if isCached then cachedTo turns else ValueNone
                Warnings = warnings
            })
