// What the formats of chat messages (chat completions, Cohere's, Ollama's) share: what an assistant's message says where its native form
// may not go back, what of it is lost, the messages that a user's message with tool outputs becomes, and tools. Called by their encoders.
namespace Llm.Core

open System.Text.Json

/// What becomes of a part of an assistant's message.
[<RequireQualifiedAccess>]
type internal Spoken =
    | Text of string
    | Call of ToolCall
    /// Left out, and why.
    | Lost of feature: string * reason: string

/// What a format of chat messages writes in its own way. A message of one text is the same in all of them.
[<AbstractClass>]
type internal SpokenWriters() =
    abstract UserParts: parts: UserPart list * writer: Utf8JsonWriter -> unit
    abstract ToolOutput: output: ToolOutput * writer: Utf8JsonWriter -> unit

    /// The vendor's own form of a message, where it may go back.
    abstract Native: message: AssistantMessage -> Json option
    abstract AssistantParts: message: AssistantMessage * writer: Utf8JsonWriter -> unit

    /// The role that instructions have.
    abstract SystemRole: string
    default _.SystemRole = "system"

[<RequireQualifiedAccess>]
module internal Spoken =
    /// What a part says to any model.
    let ofPart (parameters: Params) (part: AssistantPart) : Spoken list =
        match part with
        | AssistantPart.Text text -> [ Spoken.Text text ]
        | AssistantPart.ToolCall call -> [ Spoken.Call call ]
        | AssistantPart.Thought thought when Params.encodesThoughtsAsText parameters -> [ Spoken.Text("**Thinking:** " + thought) ]
        | AssistantPart.Thought _ -> []
        | AssistantPart.Audio audio ->
            let transcript = if audio.Transcript = "" then [] else [ Spoken.Text audio.Transcript ]
            transcript @ [ Spoken.Lost("audio", "only its transcript is sent") ]
        | AssistantPart.Image _ -> [ Spoken.Lost("image", "an assistant's image cannot be sent back") ]
        | AssistantPart.Other other -> [ Spoken.Lost(other.Kind, "only the model that sent it understands it") ]

    /// What a message says to any model.
    let ofMessage (parameters: Params) (message: AssistantMessage) : Spoken list = message.Content |> List.collect (ofPart parameters)

    let texts (all: Spoken list) : string list =
        all
        |> List.choose (fun spoken ->
            match spoken with
            | Spoken.Text text -> Some text
            | _ -> None)

    let calls (all: Spoken list) : ToolCall list =
        all
        |> List.choose (fun spoken ->
            match spoken with
            | Spoken.Call call -> Some call
            | _ -> None)

    /// Whether something of these parts may be left out: the texts and calls of a long conversation need no second look.
    let rec mayLose (content: AssistantPart list) : bool =
        match content with
        | [] -> false
        | (AssistantPart.Audio _ | AssistantPart.Image _ | AssistantPart.Other _) :: _ -> true
        | (AssistantPart.Text _ | AssistantPart.ToolCall _ | AssistantPart.Thought _) :: rest -> mayLose rest

    let rec mayLoseAny (messages: Message list) : bool =
        match messages with
        | [] -> false
        | Message.Assistant assistant :: _ when mayLose assistant.Content -> true
        | _ :: rest -> mayLoseAny rest

    let losses provider goesBack (spoken: AssistantMessage -> Spoken list) (request: Request) : Warning list =
        request.Messages
        |> List.collect (fun message ->
            match message with
            | Message.Assistant assistant when mayLose assistant.Content && not (goesBack assistant) -> spoken assistant
            | _ -> [])
        |> List.choose (fun spoken ->
            match spoken with
            | Spoken.Lost(feature, reason) ->
                Some
                    {
                        Provider = provider
                        Model = request.Model
                        Feature = feature
                        Message = $"Leaving out an assistant's part: {feature}: {reason}"
                    }
            | _ -> None)
        |> List.distinct

    /// What of the assistant's messages is left out, each kind said once. Nothing of one that goes back as it came. Inlined, for most calls
    /// lose nothing and need no functions then.
    let inline warnings
        (provider: string)
        ([<InlineIfLambda>] goesBack: AssistantMessage -> bool)
        ([<InlineIfLambda>] spoken: AssistantMessage -> Spoken list)
        (request: Request)
        : Warning list =
        if mayLoseAny request.Messages then losses provider goesBack spoken request else []

    let rec private holdsToolOutput (content: UserPart list) : bool =
        match content with
        | [] -> false
        | UserPart.ToolOutput _ :: _ -> true
        | _ :: rest -> holdsToolOutput rest

    let private writeContent (own: SpokenWriters) (parts: UserPart list) (writer: Utf8JsonWriter) : unit =
        match parts with
        | [ UserPart.Text text ] -> Wire.message "user" text writer
        | _ -> own.UserParts(parts, writer)

    let private writeGathered (own: SpokenWriters) (latestFirst: UserPart list) (writer: Utf8JsonWriter) : unit =
        if not (List.isEmpty latestFirst) then writeContent own (List.rev latestFirst) writer

    /// Tool outputs are messages of their own; what stands between them keeps its place.
    let rec private writeMixed (own: SpokenWriters) (gathered: UserPart list) (rest: UserPart list) (writer: Utf8JsonWriter) : unit =
        match rest with
        | [] -> writeGathered own gathered writer
        | UserPart.ToolOutput output :: others ->
            writeGathered own gathered writer
            own.ToolOutput(output, writer)
            writeMixed own [] others writer
        | part :: others -> writeMixed own (part :: gathered) others writer

    /// Writes the messages of a conversation, one after the other.
    let writeMessages (own: SpokenWriters) (messages: Message list) (writer: Utf8JsonWriter) : unit =
        for message in messages do
            match message with
            | Message.System text -> Wire.message own.SystemRole text writer
            | Message.User user when holdsToolOutput user.Content -> writeMixed own [] user.Content writer
            | Message.User user -> writeContent own user.Content writer
            | Message.Assistant assistant ->
                match own.Native assistant, assistant.Content with
                | Some native, _ -> Wire.nativeItems native writer
                | None, [ AssistantPart.Text text ] -> Wire.message "assistant" text writer
                | None, _ -> own.AssistantParts(assistant, writer)

    /// Writes a tool as a function, where nothing is said of its strictness.
    let writeTool (tool: ToolDefinition) (writer: Utf8JsonWriter) : unit =
        Wire.object writer (fun () ->
            writer.WriteString("type", "function")
            writer.WritePropertyName "function"

            Wire.object writer (fun () ->
                writer.WriteString("name", tool.Name)

                if tool.Description <> "" then Wire.textProperty "description" tool.Description writer

                writer.WritePropertyName "parameters"
                Wire.raw tool.Parameters writer))
