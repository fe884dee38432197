// The conversation in the terms of Converse: system texts, and turns of content blocks, users' and assistants' in turn.
// Called by the encoder, which writes them.
namespace Llm.Core

open System
open System.IO
open System.Text
open FsToolkit.ErrorHandling

/// Where the bytes of a medium are.
[<RequireQualifiedAccess>]
type internal ConverseSource =
    | Inline of Bytes
    /// An address in Amazon S3.
    | S3 of uri: string

/// A content block of a request.
[<RequireQualifiedAccess>]
type internal ConverseBlock =
    | Text of string
    | Image of format: string * ConverseSource
    | Document of format: string * name: string * ConverseSource
    | ToolUse of ToolCall
    | ToolResult of ToolOutput
    /// A content block as the model sent it.
    | Native of Json
    /// All content blocks of an answer, in one piece.
    | Whole of Json
    /// Up to here the model is to cache.
    | CachePoint of CacheLifetime

type internal ConverseTurn = { Role: string; Blocks: ConverseBlock list }

/// A whole conversation.
type internal ConverseConversation = { System: string list; Turns: ConverseTurn list; Warnings: Warning list }

[<RequireQualifiedAccess>]
module internal ConverseTurns =
    let private imageFormats =
        [ "image/png", "png"; "image/jpeg", "jpeg"; "image/jpg", "jpeg"; "image/gif", "gif"; "image/webp", "webp" ]

    let private documentFormats =
        [
            "application/pdf", "pdf"
            "text/csv", "csv"
            "text/html", "html"
            "text/markdown", "md"
            "text/plain", "txt"
            "application/msword", "doc"
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
            "application/vnd.ms-excel", "xls"
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
        ]

    let private find (key: string) (pairs: (string * string) list) = pairs |> List.tryFind (fun (known, _) -> known = key) |> Option.map snd

    /// Converse fetches from Amazon S3 only, and wants the format said: the address must end in it.
    let private ofUrl provider model (what: string) (formats: (string * string) list) (url: string) =
        let ending = Path.GetExtension(url).TrimStart('.').ToLowerInvariant()
        let format = if ending = "jpg" then "jpeg" else ending

        if not (url.StartsWith("s3://", StringComparison.OrdinalIgnoreCase)) then
            BlockTurns.unsupported
                provider
                model
                $"{what} by url"
                "download it and send its bytes, or give an address in Amazon S3 (s3://...)"
        elif not (formats |> List.exists (fun (_, known) -> known = format)) then
            let known = formats |> List.map snd |> List.distinct |> String.concat ", "
            BlockTurns.unsupported provider model $"{what} of the format '{format}'" $"give an address that ends in one of {known}"
        else
            Ok(struct (format, ConverseSource.S3 url))

    let private image provider model (image: Image) : Result<ConverseBlock, LlmError> =
        match image with
        | Image.Url url -> ofUrl provider model "images" imageFormats url |> Result.map (fun (struct (f, s)) -> ConverseBlock.Image(f, s))
        | Image.Inline(mediaType, data) ->
            match find mediaType imageFormats with
            | Some format -> Ok(ConverseBlock.Image(format, ConverseSource.Inline data))
            | None -> BlockTurns.unsupported provider model $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"

    let private inlineDocument provider model (mediaType: string) (data: Bytes) =
        match find mediaType documentFormats with
        | Some format -> Ok(struct (format, ConverseSource.Inline data))
        | None when mediaType.StartsWith("text/", StringComparison.Ordinal) -> Ok(struct ("txt", ConverseSource.Inline data))
        | None -> BlockTurns.unsupported provider model $"documents of type {mediaType}" "send a PDF, or the document's text"

    /// Documents need names; theirs are given when all are known.
    let private document provider model (document: Document) : Result<ConverseBlock, LlmError> =
        match document with
        | Document.Inline(mediaType, data) -> inlineDocument provider model mediaType data
        | Document.Text(mediaType, text) -> inlineDocument provider model mediaType (Bytes.ofArray (Encoding.UTF8.GetBytes text))
        | Document.Url url -> ofUrl provider model "documents" documentFormats url
        |> Result.map (fun (struct (format, source)) -> ConverseBlock.Document(format, "", source))

    let private userBlock provider model (part: UserPart) : Result<ConverseBlock, LlmError> =
        match part with
        | UserPart.Text text -> Ok(ConverseBlock.Text text)
        | UserPart.Image content -> image provider model content
        | UserPart.Document content -> document provider model content
        | UserPart.ToolOutput output -> Ok(ConverseBlock.ToolResult output)
        | UserPart.Audio _ -> BlockTurns.unsupported provider model "audio input" "send a transcript as text"

    let private withoutBlanks (blocks: ConverseBlock list) =
        blocks
        |> BlockTurns.without (fun block ->
            match block with
            | ConverseBlock.Text text -> BlockTurns.isBlank text
            | _ -> false)

    let private userTurn provider model (message: UserMessage) : Result<ConverseTurn, LlmError> =
        message.Content
        |> BlockTurns.userBlocks (userBlock provider model)
        |> Result.bind (fun blocks ->
            match withoutBlanks blocks with
            | [] -> Error(LlmError.InvalidRequest("messages", "empty message content"))
            | kept -> Ok { Role = "user"; Blocks = kept })

    /// The items that may go back: blank texts, which models do write before a tool call, would be refused.
    let private nativeBlocks (native: Json) : ConverseBlock list =
        let isSendable = BlockTurns.hasBlankText >> not

        if Wire.isWhole isSendable native then
            [ ConverseBlock.Whole native ]
        else
            BlockTurns.nativeItems isSendable native |> List.map ConverseBlock.Native

    let private assistantBlocks provider api (request: Request) (message: AssistantMessage) : ConverseBlock list * Warning list =
        match Request.nativeFor provider api request message |> Option.map nativeBlocks with
        | Some(_ :: _ as blocks) -> blocks, []
        | Some []
        | None ->
            let blocks, warnings = BlockTurns.assistantBlocks ConverseBlock.Text ConverseBlock.ToolUse provider request message
            withoutBlanks blocks, warnings

    /// An answer without content (a model may end its turn at once) must not make the conversation unsendable.
    let private assistantTurn provider api (request: Request) (message: AssistantMessage) : ConverseTurn option * Warning list =
        match assistantBlocks provider api request message with
        | [], warnings -> None, warnings @ [ BlockTurns.withoutContent provider request ]
        | blocks, warnings -> Some { Role = "assistant"; Blocks = blocks }, warnings

    /// Converse wants users and assistants to take turns: neighbours of one role become one turn.
    let private joined (turns: ConverseTurn list) : ConverseTurn list =
        let add (turn: ConverseTurn) (later: ConverseTurn list) =
            match later with
            | next :: rest when next.Role = turn.Role -> { turn with Blocks = turn.Blocks @ next.Blocks } :: rest
            | _ -> turn :: later

        let rec takeTurns (rest: ConverseTurn list) =
            match rest with
            | first :: (second :: _ as others) -> first.Role <> second.Role && takeTurns others
            | _ -> true

        // So do they nearly always already.
        if takeTurns turns then turns else List.foldBack add turns []

    /// Results stand first: the models behind Converse want them right after the calls.
    let private resultsFirst (turn: ConverseTurn) : ConverseTurn =
        let isResult block =
            match block with
            | ConverseBlock.ToolResult _ -> true
            | _ -> false

        let blocks = BlockTurns.resultsFirst isResult turn.Blocks

        if Object.ReferenceEquals(blocks, turn.Blocks) then turn else { turn with Blocks = blocks }

    /// Documents need names that differ: they are numbered through the conversation.
    let private withNames (turns: ConverseTurn list) : ConverseTurn list =
        let named count block =
            match block with
            | ConverseBlock.Document(format, _, source) -> ConverseBlock.Document(format, $"Document {count}", source), count + 1
            | _ -> block, count

        let inTurn count (turn: ConverseTurn) =
            let blocks, next = List.mapFold named count turn.Blocks
            { turn with Blocks = blocks }, next

        if turns |> List.exists (fun turn -> turn.Blocks |> List.exists _.IsDocument) then
            List.mapFold inTurn 1 turns |> fst
        else
            turns

    /// Converse refuses a document in a message that has no text.
    let private hasLonelyDocument (turn: ConverseTurn) : bool =
        let is (predicate: ConverseBlock -> bool) = List.exists predicate turn.Blocks

        is _.IsDocument && not (is _.IsText)

    /// The blocks with a cache point at their end, but before documents there, directly behind which Bedrock takes none.
    let private marked (lifetime: CacheLifetime) (blocks: ConverseBlock list) : ConverseBlock list =
        match blocks |> List.tryFindIndexBack (fun block -> not block.IsDocument) with
        | Some last ->
            let before, documents = List.splitAt (last + 1) blocks
            before @ [ ConverseBlock.CachePoint lifetime ] @ documents
        | None -> blocks

    /// The conversation with its last turn marked to be cached, where it goes on from an answer: one that is asked once only would pay
    /// more for the writing than any reading saves.
    let cached (lifetime: CacheLifetime) (turns: ConverseTurn list) : ConverseTurn list =
        match List.tryLast turns with
        | Some last when last.Role = "user" && turns |> List.exists (fun turn -> turn.Role = "assistant") ->
            List.truncate (turns.Length - 1) turns @ [ { last with Blocks = marked lifetime last.Blocks } ]
        | _ -> turns

    /// The conversation.
    let ofRequest (provider: string) (api: string) (request: Request) : Result<ConverseConversation, LlmError> =
        request
        |> BlockTurns.ofRequest provider (userTurn provider request.Model) (assistantTurn provider api request)
        |> Result.bind (fun (system, all, warnings) ->
            let turns = all |> joined |> List.map resultsFirst |> withNames

            if List.exists hasLonelyDocument turns then
                Error(LlmError.InvalidRequest("messages", "a document needs a text beside it in its message"))
            else
                Ok { System = system; Turns = turns; Warnings = warnings })
