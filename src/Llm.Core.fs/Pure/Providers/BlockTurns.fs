// What the formats of content blocks (Anthropic's messages, Converse) share in turning a conversation into turns: what a message says,
// what is left out and its warnings, and where system messages go. Called by their Turns modules, which know the blocks.
namespace Llm.Core

open System
open System.Text
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

    /// A part of an assistant's message that has no native form here: its block, or why it has none.
    let private assistantBlock (ofText: string -> 'block) (ofCall: ToolCall -> 'block) provider (request: Request) (part: AssistantPart) =
        let leftOut feature what = warning provider request.Model feature $"Leaving out {what} of an assistant message"

        match part with
        | AssistantPart.Text text -> [ ofText text ], []
        | AssistantPart.Thought thought when Params.encodesThoughtsAsText request.Params -> [ ofText $"**Thinking:** {thought}" ], []
        | AssistantPart.Thought _ -> [], []
        | AssistantPart.ToolCall call -> [ ofCall call ], []
        | AssistantPart.Audio audio when isBlank audio.Transcript -> [], [ leftOut "audio" "the audio" ]
        | AssistantPart.Audio audio -> [ ofText audio.Transcript ], [ leftOut "audio" "the audio, but not its transcript," ]
        | AssistantPart.Image _ -> [], [ leftOut "image" "an image" ]
        | AssistantPart.Other other -> [], [ leftOut other.Kind $"'{other.Kind}', which only its provider understands," ]

    /// The blocks of an assistant's message that does not go back as it came, blank ones too.
    let assistantBlocks ofText ofCall (provider: string) (request: Request) (message: AssistantMessage) : 'block list * Warning list =
        let blocks, warnings = message.Content |> List.map (assistantBlock ofText ofCall provider request) |> List.unzip
        List.concat blocks, List.concat warnings

    /// The items of a message's native form that may go back.
    let nativeItems (isSendable: JsonElement -> bool) (native: Json) : Json list =
        Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes(Json.text native))) (Dom.asItems >> List.filter isSendable >> List.map Dom.raw)
        |> Result.defaultValue []

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

        let moved =
            List.replicate
                (List.length all - List.length leading)
                (warning provider request.Model "system" "Moving a later system message to the front, where this format has its only place")

        List.filter (isBlank >> not) all, moved

    /// The system texts, the turns and the warnings of a conversation. A later system message joins the leading ones, with a warning: said
    /// as a user it would lose its authority, and could part a tool's output from its call. What is plain becomes a turn without the detour
    /// over blocks and warnings: that is nearly all of a long conversation.
    let ofPlainRequest
        (provider: string)
        (ofPlain: Message -> 'turn voption)
        (ofUser: UserMessage -> Result<'turn, LlmError>)
        (ofAssistant: AssistantMessage -> 'turn option * Warning list)
        (request: Request)
        : Result<string list * 'turn array * Warning list, LlmError> =
        let turns = Array.zeroCreate<'turn>(List.length request.Messages)
        let mutable count = 0
        let mutable warnings: Warning list list = []

        let add (turn: 'turn) =
            turns[count] <- turn
            count <- count + 1

        let rec read (messages: Message list) : LlmError voption =
            match messages with
            | [] -> ValueNone
            | message :: rest ->
                match ofPlain message, message with
                | ValueSome turn, _ ->
                    add turn
                    read rest
                | ValueNone, Message.System _ -> read rest
                | ValueNone, Message.User user ->
                    match ofUser user with
                    | Ok turn ->
                        add turn
                        read rest
                    | Error error -> ValueSome error
                | ValueNone, Message.Assistant assistant ->
                    let turn, lost = ofAssistant assistant
                    Option.iter add turn
                    warnings <- lost :: warnings
                    read rest

        match read request.Messages with
        | ValueSome error -> Error error
        | ValueNone when count = 0 ->
            Error(LlmError.InvalidRequest("messages", "a call needs at least one user or assistant message with content"))
        | ValueNone ->
            let system, moved = systemTexts provider request
            let kept = if count = turns.Length then turns else Array.truncate count turns
            Ok(system, kept, moved @ List.concat (List.rev warnings))

    /// As <c>ofPlainRequest</c>, for a format in which nothing is plain.
    let ofRequest provider ofUser ofAssistant (request: Request) : Result<string list * 'turn list * Warning list, LlmError> =
        request
        |> ofPlainRequest provider (fun _ -> ValueNone) ofUser ofAssistant
        |> Result.map (fun (system, turns, warnings) -> system, List.ofArray turns, warnings)
