// What the formats of content blocks (Anthropic's messages, Converse) share in turning a conversation into turns: what a message says,
// what is left out and its warnings, and where system messages go. Called by their Turns modules, which know the blocks.
namespace Llm.Core

open System
open System.Runtime.InteropServices
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal BlockTurns =
    let private warning (provider: string) (model: string) (feature: string) (message: string) : Warning =
        {
            Provider = provider
            Model = model
            Feature = feature
            Message = $"{message} (provider: {provider} with model_id: {model})"
        }

    /// Both formats refuse texts that are empty or hold white space only.
    let isBlank (text: string) : bool = String.IsNullOrWhiteSpace text

    let unsupported (provider: string) (model: string) (feature: string) (alternative: string) : Result<'value, LlmError> =
        Error(LlmError.FeatureNotSupported(feature, provider, Some model, Some alternative))

    /// The blocks of what a user says, or why the first part that cannot be sent cannot.
    let userBlocks (blockOf: UserPart -> Result<'block, LlmError>) (content: UserPart list) : Result<'block list, LlmError> =
        let rec read (found: 'block list) (rest: UserPart list) =
            match rest with
            | [] -> Ok(List.rev found)
            | part :: others ->
                match blockOf part with
                | Ok block -> read (block :: found) others
                | Error error -> Error error

        read [] content

    /// The blocks without those that are blank; nearly always all of them, and then no copy.
    let without (isBlank: 'block -> bool) (blocks: 'block list) : 'block list =
        if List.exists isBlank blocks then List.filter (isBlank >> not) blocks else blocks

    /// The blocks with results of tools in front, as the models want them right after the calls; no copy where they are.
    let resultsFirst (isResult: 'block -> bool) (blocks: 'block list) : 'block list =
        if blocks |> List.skipWhile isResult |> List.exists isResult then
            let results, others = List.partition isResult blocks
            results @ others
        else
            blocks

    /// A part of an assistant's message that has no native form here: its block, and what of it is left out.
    let private assistantBlock (ofText: string -> 'block) (ofCall: ToolCall -> 'block) provider (request: Request) (part: AssistantPart) =
        let leftOut feature what = warning provider request.Model feature $"Leaving out {what} of an assistant message"

        match part with
        | AssistantPart.Text text -> struct (ValueSome(ofText text), ValueNone)
        | AssistantPart.Thought thought when Params.encodesThoughtsAsText request.Params ->
            struct (ValueSome(ofText $"**Thinking:** {thought}"), ValueNone)
        | AssistantPart.Thought _ -> struct (ValueNone, ValueNone)
        | AssistantPart.ToolCall call -> struct (ValueSome(ofCall call), ValueNone)
        | AssistantPart.Audio audio when isBlank audio.Transcript -> struct (ValueNone, ValueSome(leftOut "audio" "the audio"))
        | AssistantPart.Audio audio ->
            struct (ValueSome(ofText audio.Transcript), ValueSome(leftOut "audio" "the audio, but not its transcript,"))
        | AssistantPart.Image _ -> struct (ValueNone, ValueSome(leftOut "image" "an image"))
        | AssistantPart.Other other ->
            struct (ValueNone, ValueSome(leftOut other.Kind $"'{other.Kind}', which only its provider understands,"))

    /// The blocks of an assistant's message that does not go back as it came, blank ones too.
    let assistantBlocks ofText ofCall (provider: string) (request: Request) (message: AssistantMessage) : 'block list * Warning list =
        let add part (blocks, warnings) =
            match assistantBlock ofText ofCall provider request part with
            | struct (ValueSome block, ValueNone) -> block :: blocks, warnings
            | struct (ValueSome block, ValueSome warning) -> block :: blocks, warning :: warnings
            | struct (ValueNone, ValueSome warning) -> blocks, warning :: warnings
            | struct (ValueNone, ValueNone) -> blocks, warnings

        List.foldBack add message.Content ([], [])

    /// The items of a message's native form that may go back.
    let nativeItems (isSendable: JsonElement -> bool) (native: Json) : Json list =
        Dom.parseText (Json.text native) (Dom.asItems >> List.filter isSendable >> List.map Dom.raw) |> Result.defaultValue []

    /// Whether an item's text is blank. One that begins with a letter, as nearly all do, need not be read for that.
    let hasBlankText (item: JsonElement) : bool =
        match Dom.property "text" item with
        | ValueSome text when text.ValueKind = JsonValueKind.String ->
            let raw = JsonMarshal.GetRawUtf8Value text

            if Char.IsAsciiLetterOrDigit(char raw[1]) then
                false
            else
                Dom.asString text |> ValueOption.forall isBlank
        | _ -> false

    /// Said of an assistant's message that has nothing to send.
    let withoutContent (provider: string) (request: Request) : Warning =
        warning provider request.Model "content" "Leaving out an assistant message that has no content to send"

    let private systemTexts (provider: string) (request: Request) : string list * Warning list =
        let text message =
            match message with
            | Message.System text -> Some text
            | _ -> None

        let leading = request.Messages |> List.takeWhile (text >> Option.isSome)
        let all = request.Messages |> List.choose text

        let later = List.length all - List.length leading

        let moved =
            if later = 0 then
                []
            else
                warning provider request.Model "system" "Moving a later system message to the front, where this format has its only place"
                |> List.replicate later

        List.filter (isBlank >> not) all, moved

    /// The system texts, the turns and the warnings of a conversation. A later system message joins the leading ones, with a warning: said
    /// as a user it would lose its authority, and could part a tool's output from its call. What is plain is told by its message alone.
    let ofPlainRequest
        (provider: string)
        (isPlain: Message -> bool)
        (ofUser: UserMessage -> Result<'content, LlmError>)
        (ofAssistant: AssistantMessage -> 'content option * Warning list)
        (request: Request)
        : Result<string list * Retold<'content> * Warning list, LlmError> =
        let tell (message: Message) =
            match message with
            | Message.System _ -> Ok(struct (LeftOut, []))
            | _ when isPlain message -> Ok(struct (Plain, []))
            | Message.User user -> ofUser user |> Result.map (fun content -> struct (Told content, []))
            | Message.Assistant assistant ->
                match ofAssistant assistant with
                | Some content, warnings -> Ok(struct (Told content, warnings))
                | None, warnings -> Ok(struct (LeftOut, warnings))

        match Retold.ofMessages tell request.Messages with
        | Error error -> Error error
        | Ok(struct (turns, _)) when Retold.isEmpty turns ->
            Error(LlmError.InvalidRequest("messages", "a call needs at least one user or assistant message with content"))
        | Ok(struct (turns, warnings)) ->
            let system, moved = systemTexts provider request
            Ok(system, turns, moved @ warnings)

    /// As <c>ofPlainRequest</c>, for a format in which nothing is plain.
    let ofRequest provider ofUser ofAssistant (request: Request) : Result<string list * 'content list * Warning list, LlmError> =
        request
        |> ofPlainRequest provider (fun _ -> false) ofUser ofAssistant
        |> Result.map (fun (system, turns, warnings) -> system, Retold.told turns, warnings)
