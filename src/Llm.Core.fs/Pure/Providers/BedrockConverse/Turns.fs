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

type internal ConverseTurn = { Role: string; Blocks: ConverseBlock list }

/// A whole conversation.
type internal ConverseConversation = { System: string list; Turns: ConverseTurn list; Warnings: Warning list }

[<RequireQualifiedAccess>]
module internal ConverseTurns =
    let private warning (provider: string) (model: string) (feature: string) (message: string) : Warning =
        {
            Provider = provider
            Model = model
            Feature = feature
            Message = $"{message} (provider: {provider} with model_id: {model})"
        }

    /// Converse refuses texts that are empty or hold white space only.
    let private isBlank (text: string) = String.IsNullOrWhiteSpace text

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

    let private unsupported (provider: string) (model: string) (feature: string) (alternative: string) =
        Error(LlmError.FeatureNotSupported(feature, provider, Some model, Some alternative))

    /// Converse fetches from Amazon S3 only, and wants the format said: the address must end in it.
    let private ofUrl provider model (what: string) (formats: (string * string) list) (url: string) =
        let ending = Path.GetExtension(url).TrimStart('.').ToLowerInvariant()
        let format = if ending = "jpg" then "jpeg" else ending

        if not (url.StartsWith("s3://", StringComparison.OrdinalIgnoreCase)) then
            unsupported provider model $"{what} by url" "download it and send its bytes, or give an address in Amazon S3 (s3://...)"
        elif not (formats |> List.exists (fun (_, known) -> known = format)) then
            let known = formats |> List.map snd |> List.distinct |> String.concat ", "
            unsupported provider model $"{what} of the format '{format}'" $"give an address that ends in one of {known}"
        else
            Ok(struct (format, ConverseSource.S3 url))

    let private image provider model (image: Image) : Result<ConverseBlock, LlmError> =
        match image with
        | Image.Url url -> ofUrl provider model "images" imageFormats url |> Result.map (fun (struct (f, s)) -> ConverseBlock.Image(f, s))
        | Image.Inline(mediaType, data) ->
            match find mediaType imageFormats with
            | Some format -> Ok(ConverseBlock.Image(format, ConverseSource.Inline data))
            | None -> unsupported provider model $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"

    let private inlineDocument provider model (mediaType: string) (data: Bytes) =
        match find mediaType documentFormats with
        | Some format -> Ok(struct (format, ConverseSource.Inline data))
        | None when mediaType.StartsWith("text/", StringComparison.Ordinal) -> Ok(struct ("txt", ConverseSource.Inline data))
        | None -> unsupported provider model $"documents of type {mediaType}" "send a PDF, or the document's text"

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
        | UserPart.Audio _ -> unsupported provider model "audio input" "send a transcript as text"

    let private withoutBlanks (blocks: ConverseBlock list) =
        blocks
        |> List.filter (fun block ->
            match block with
            | ConverseBlock.Text text -> not (isBlank text)
            | _ -> true)

    let private userTurn provider model (message: UserMessage) : Result<ConverseTurn, LlmError> =
        message.Content
        |> List.traverseResultM (userBlock provider model)
        |> Result.bind (fun blocks ->
            match withoutBlanks blocks with
            | [] -> Error(LlmError.InvalidRequest("messages", "empty message content"))
            | kept -> Ok { Role = "user"; Blocks = kept })

    /// A part of an assistant's message that has no native form here: its block, or why it has none.
    let private assistantBlock provider model thoughtsAsText (part: AssistantPart) : ConverseBlock list * Warning list =
        let leftOut feature what = warning provider model feature $"Leaving out {what} of an assistant message"

        match part with
        | AssistantPart.Text text -> [ ConverseBlock.Text text ], []
        | AssistantPart.Thought thought when thoughtsAsText -> [ ConverseBlock.Text $"**Thinking:** {thought}" ], []
        | AssistantPart.Thought _ -> [], []
        | AssistantPart.ToolCall call -> [ ConverseBlock.ToolUse call ], []
        | AssistantPart.Audio audio when isBlank audio.Transcript -> [], [ leftOut "audio" "the audio" ]
        | AssistantPart.Audio audio -> [ ConverseBlock.Text audio.Transcript ], [ leftOut "audio" "the audio, but not its transcript," ]
        | AssistantPart.Image _ -> [], [ leftOut "image" "an image" ]
        | AssistantPart.Other other -> [], [ leftOut other.Kind $"'{other.Kind}', which only its provider understands," ]

    /// The items that may go back: blank texts, which models do write before a tool call, would be refused.
    let private nativeBlocks (native: Json) : ConverseBlock list =
        let isSendable item =
            match Dom.string "text" item with
            | ValueSome text -> not (isBlank text)
            | ValueNone -> true

        Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text native))) (Dom.asItems >> List.filter isSendable >> List.map Dom.raw)
        |> Result.defaultValue []
        |> List.map ConverseBlock.Native

    let private assistantBlocks provider api (request: Request) (message: AssistantMessage) : ConverseBlock list * Warning list =
        match Request.nativeFor provider api request message |> Option.map nativeBlocks with
        | Some(_ :: _ as blocks) -> blocks, []
        | Some []
        | None ->
            let blocks, warnings =
                message.Content
                |> List.map (assistantBlock provider request.Model (Params.encodesThoughtsAsText request.Params))
                |> List.unzip

            withoutBlanks (List.concat blocks), List.concat warnings

    /// An answer without content (a model may end its turn at once) must not make the conversation unsendable.
    let private assistantTurn provider api (request: Request) (message: AssistantMessage) : ConverseTurn option * Warning list =
        match assistantBlocks provider api request message with
        | [], warnings ->
            None, warnings @ [ warning provider request.Model "content" "Leaving out an assistant message that has no content to send" ]
        | blocks, warnings -> Some { Role = "assistant"; Blocks = blocks }, warnings

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

    /// Converse wants users and assistants to take turns: neighbours of one role become one turn.
    let private joined (turns: ConverseTurn list) : ConverseTurn list =
        let add (turn: ConverseTurn) (later: ConverseTurn list) =
            match later with
            | next :: rest when next.Role = turn.Role -> { turn with Blocks = turn.Blocks @ next.Blocks } :: rest
            | _ -> turn :: later

        List.foldBack add turns []

    /// Results stand first: the models behind Converse want them right after the calls.
    let private resultsFirst (turn: ConverseTurn) : ConverseTurn =
        let isResult block =
            match block with
            | ConverseBlock.ToolResult _ -> true
            | _ -> false

        let results, others = List.partition isResult turn.Blocks
        { turn with Blocks = results @ others }

    /// Documents need names that differ: they are numbered through the conversation.
    let private withNames (turns: ConverseTurn list) : ConverseTurn list =
        let named count block =
            match block with
            | ConverseBlock.Document(format, _, source) -> ConverseBlock.Document(format, $"Document {count}", source), count + 1
            | _ -> block, count

        let inTurn count (turn: ConverseTurn) =
            let blocks, next = List.mapFold named count turn.Blocks
            { turn with Blocks = blocks }, next

        List.mapFold inTurn 1 turns |> fst

    /// Converse refuses a document in a message that has no text.
    let private hasLonelyDocument (turn: ConverseTurn) : bool =
        let is (predicate: ConverseBlock -> bool) = List.exists predicate turn.Blocks

        is _.IsDocument && not (is _.IsText)

    /// The conversation. A later system message joins the leading ones, with a warning: said as a user it would lose its authority, and
    /// could part a tool's output from its call.
    let ofRequest (provider: string) (api: string) (request: Request) : Result<ConverseConversation, LlmError> =
        let turn message : Result<ConverseTurn option * Warning list, LlmError> =
            match message with
            | Message.System _ -> Ok(None, [])
            | Message.User user -> userTurn provider request.Model user |> Result.map (fun turn -> Some turn, [])
            | Message.Assistant assistant -> Ok(assistantTurn provider api request assistant)

        request.Messages
        |> List.traverseResultM turn
        |> Result.bind (fun pairs ->
            let system, moved = systemTexts provider request

            match pairs |> List.choose fst |> joined |> List.map resultsFirst |> withNames with
            | [] -> Error(LlmError.InvalidRequest("messages", "a call needs at least one user or assistant message with content"))
            | turns when List.exists hasLonelyDocument turns ->
                Error(LlmError.InvalidRequest("messages", "a document needs a text beside it in its message"))
            | turns -> Ok { System = system; Turns = turns; Warnings = moved @ List.collect snd pairs })
