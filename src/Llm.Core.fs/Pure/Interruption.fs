// An answer that broke off, with the call around it, and the conversation by which a model may go on with it.
// Made by streams, read by the model; pure.
namespace Llm.Core

/// <summary>What of an answer that broke off cannot be sent back, for a provider would refuse it.</summary>
[<RequireQualifiedAccess>]
type Dropped =
    /// A thought, a tool call or audio that broke off in its middle, as far as it came.
    | Unfinished of AssistantPart
    /// A whole tool call that no output of a tool follows.
    | Unanswered of ToolCall
    /// What only that provider understands: it goes back with the rest of its answer, or not at all.
    | Alien of ProviderPart
    /// A thought after which nothing was said.
    | Silent of thought: string

/// Functions on <see cref="T:Llm.Core.Dropped"/>.
[<RequireQualifiedAccess>]
module Dropped =
    let private unfinished (part: AssistantPart) : string =
        match part with
        | AssistantPart.ToolCall call -> $"the call of '{call.Name}' broke off in its arguments"
        | AssistantPart.Thought _ -> "a thought broke off"
        | AssistantPart.Audio _ -> "audio broke off"
        | AssistantPart.Text _
        | AssistantPart.Image _
        | AssistantPart.Other _ -> "a part broke off"

    /// <summary>One line for people.</summary>
    let render (dropped: Dropped) : string =
        match dropped with
        | Dropped.Unfinished part -> unfinished part
        | Dropped.Unanswered call -> $"the call of '{call.Name}' has no output yet"
        | Dropped.Alien part -> $"'{part.Kind}' goes back with its whole answer only"
        | Dropped.Silent _ -> "a thought without anything said after it"

/// <summary>An answer that broke off: the call, and what came of the answer.</summary>
type Interruption =
    {
        /// Id of the provider that was asked.
        Provider: string
        /// The wire format that was used.
        Api: string
        /// The model id that was asked, such as <c>openai/gpt-5</c>.
        ModelId: string
        /// The model that was asked, as the provider names it.
        ProviderModel: string
        /// The parameters of the call.
        Params: Params
        /// What the model was allowed to use.
        Tools: ToolRequest
        /// What the answer was asked to look like.
        Format: OutputFormat option
        /// The conversation that was sent.
        Messages: Message list
        /// What came: text as far as it grew, everything else only where it is whole.
        Partial: Reply
        /// What had begun and is not whole: thoughts, tool calls and audio, as far as they came.
        Unfinished: AssistantPart list
    }

/// <summary>What to send for a model to go on with an answer that broke off.</summary>
type Continuation =
    {
        /// The conversation: what was sent, what came of the answer, and the request to go on.
        Messages: Message list
        /// What came and is left out of it.
        Dropped: Dropped list
    }

/// <summary>Functions on <see cref="T:Llm.Core.Interruption"/>.</summary>
[<RequireQualifiedAccess>]
module Interruption =
    /// <summary>What the user says where the caller gives no words of their own.</summary>
    let goOn: string =
        "Your answer broke off. Go on exactly where it stopped: do not repeat what you have said, do not comment on the interruption."

    /// What is kept of a part, and what is dropped.
    let private sort (outputs: string list) (part: AssistantPart) : Choice<AssistantPart, Dropped> =
        match part with
        | AssistantPart.ToolCall call when not (List.contains call.Id outputs) -> Choice2Of2(Dropped.Unanswered call)
        | AssistantPart.Other other -> Choice2Of2(Dropped.Alien other)
        | AssistantPart.Text _
        | AssistantPart.Thought _
        | AssistantPart.ToolCall _
        | AssistantPart.Audio _
        | AssistantPart.Image _ -> Choice1Of2 part

    let private isSaid (part: AssistantPart) : bool =
        match part with
        | AssistantPart.Thought _ -> false
        | AssistantPart.Text text -> text.Trim() <> ""
        | _ -> true

    let private silent (part: AssistantPart) : Dropped option =
        match part with
        | AssistantPart.Thought thought -> Some(Dropped.Silent thought)
        | _ -> None

    /// The message that the model sees of its own answer; it has no native form, for that needs the whole answer.
    let private message (interruption: Interruption) (kept: AssistantPart list) : Message =
        Message.Assistant
            {
                Content = kept
                Name = None
                Origin =
                    Some
                        {
                            Provider = interruption.Provider
                            Api = interruption.Api
                            Model = interruption.ProviderModel
                            Native = None
                        }
            }

    let private outputsOf (content: UserPart list) : string list =
        content
        |> List.choose (fun part ->
            match part with
            | UserPart.ToolOutput output -> Some output.Id
            | _ -> None)

    let private firstStray (partial: Reply) (outputs: string list) : string option =
        let called = Content.toolCalls partial.Content |> List.map (fun call -> call.Id)
        outputs |> List.tryFind (fun id -> not (List.contains id called))

    /// <summary>
    /// The conversation by which a model goes on with the answer. What is whole is kept, and so is cut text; a whole tool call is, where the
    /// user's content holds its output. The user's content asks to go on; empty, it is <c>goOn</c>, or nothing at all where nothing of the
    /// answer could be kept: then the call is made once more as it was. An output of no whole call is <c>InvalidRequest</c>.
    /// </summary>
    /// <example>
    /// After <c>[ Message.user "Count" ]</c> and the cut answer <c>"1, 2"</c>, <c>Interruption.continuation []</c> gives these three messages:
    /// the user's, the assistant's <c>"1, 2"</c>, and a user's with the text <c>Interruption.goOn</c>.
    /// </example>
    let continuation (content: UserPart list) (interruption: Interruption) : Result<Continuation, LlmError> =
        let outputs = outputsOf content

        match firstStray interruption.Partial outputs with
        | Some id -> Error(LlmError.InvalidRequest("content", $"the output '{id}' answers no whole tool call of the answer that broke off"))
        | None ->
            let kept, dropped =
                interruption.Partial.Content
                |> List.map (sort outputs)
                |> List.partitionWith id

            let left = dropped @ List.map Dropped.Unfinished interruption.Unfinished
            let says parts = Message.userParts parts |> Result.toOption |> Option.toList

            if List.exists isSaid kept then
                let asked = if List.isEmpty content then [ UserPart.Text goOn ] else content
                Ok { Messages = interruption.Messages @ message interruption kept :: says asked; Dropped = left }
            else
                Ok { Messages = interruption.Messages @ says content; Dropped = List.choose silent kept @ left }
