// What the formats of chat messages (chat completions, Cohere's, Ollama's) share: what an assistant's message says where its native form
// may not go back, what of it is lost, and the messages that a user's message with tool outputs becomes. Called by their encoders.
namespace Llm.Core

/// What becomes of a part of an assistant's message.
[<RequireQualifiedAccess>]
type internal Spoken =
    | Text of string
    | Call of ToolCall
    /// Left out, and why.
    | Lost of feature: string * reason: string

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

    /// Whether something of a message may be left out: the texts and calls of a long conversation need no second look.
    let private mayLose (message: AssistantMessage) : bool =
        message.Content
        |> List.exists (fun part ->
            match part with
            | AssistantPart.Audio _
            | AssistantPart.Image _
            | AssistantPart.Other _ -> true
            | AssistantPart.Text _
            | AssistantPart.ToolCall _
            | AssistantPart.Thought _ -> false)

    /// What of the assistant's messages is left out, each kind said once. Nothing of one that goes back as it came.
    let warnings (provider: string) (goesBack: AssistantMessage -> bool) (spoken: AssistantMessage -> Spoken list) (request: Request) =
        request.Messages
        |> List.collect (fun message ->
            match message with
            | Message.Assistant assistant when mayLose assistant && not (goesBack assistant) -> spoken assistant
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

    /// Writes a user's message. Tool outputs are messages of their own; what stands between them keeps its place.
    let writeUser (writeContent: UserPart list -> unit) (writeToolOutput: ToolOutput -> unit) (message: UserMessage) : unit =
        let rec write (gathered: UserPart list) (rest: UserPart list) =
            let flush () = if not (List.isEmpty gathered) then writeContent (List.rev gathered)

            match rest with
            | [] -> flush ()
            | UserPart.ToolOutput output :: others ->
                flush ()
                writeToolOutput output
                write [] others
            | part :: others -> write (part :: gathered) others

        let isToolOutput part =
            match part with
            | UserPart.ToolOutput _ -> true
            | _ -> false

        if List.exists isToolOutput message.Content then
            write [] message.Content
        else
            writeContent message.Content
