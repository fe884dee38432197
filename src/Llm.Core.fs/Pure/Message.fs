// Messages by role. A tool's output is a part of a user message; there is no tool role.
// Built by callers and by responses; read by every encoder.
namespace Llm.Core

/// <summary>Where an assistant message came from, and that provider's own form of it.</summary>
type Origin =
    {
        /// Id of the provider, such as <c>anthropic</c>.
        Provider: string
        /// The wire format, such as <c>messages</c>.
        Api: string
        /// The model that was asked, as the provider names it.
        Model: string
        /// What the provider sent, as a JSON array of its own items (content blocks, output items, parts, or the one message):
        /// the same model gets exactly this back, with signatures, encrypted reasoning and ids. None when nothing would be lost.
        Native: Json option
    }

/// <summary>What a user says: at least one part.</summary>
type UserMessage =
    private
        {
            content: UserPart list
            name: string option
        }

    /// The parts, in order; never empty.
    member this.Content = this.content
    /// The speaker's name; no provider is sent it today.
    member this.Name = this.name

/// What a model said.
type AssistantMessage =
    {
        /// The parts, in order; may be empty.
        Content: AssistantPart list
        /// The speaker's name.
        Name: string option
        /// Where it came from; None for a message that the caller wrote.
        Origin: Origin option
    }

/// A message of a conversation.
[<RequireQualifiedAccess>]
type Message =
    /// Instructions for the model.
    | System of text: string
    /// What a user says.
    | User of UserMessage
    /// What a model said.
    | Assistant of AssistantMessage

/// Constructors of <see cref="T:Llm.Core.Message"/>.
[<RequireQualifiedAccess>]
module Message =
    /// <summary>Instructions for the model.</summary>
    let system (text: string) : Message = Message.System text

    /// <summary>A user's text.</summary>
    /// <example><c>Message.user "Hello"</c> is a user message with one text part.</example>
    let user (text: string) : Message = Message.User { content = [ UserPart.Text text ]; name = None }

    /// <summary>A user's message of one part.</summary>
    let userPart (part: UserPart) : Message = Message.User { content = [ part ]; name = None }

    /// <summary>A user's message of several parts; an empty list is an <c>InvalidRequest</c>.</summary>
    /// <example><c>Message.userParts []</c> evaluates to <c>Error (LlmError.InvalidRequest("content", "a user message needs at least one part"))</c>.</example>
    let userParts (parts: UserPart list) : Result<Message, LlmError> =
        if List.isEmpty parts then
            Error(LlmError.InvalidRequest("content", "a user message needs at least one part"))
        else
            Ok(Message.User { content = parts; name = None })

    /// <summary>An assistant's message that the caller writes, such as an example of how to answer.</summary>
    let assistant (text: string) : Message = Message.Assistant { Content = [ AssistantPart.Text text ]; Name = None; Origin = None }

    /// <summary>An assistant's message of several parts.</summary>
    let assistantParts (parts: AssistantPart list) : Message = Message.Assistant { Content = parts; Name = None; Origin = None }

    /// <summary>The message with its speaker's name; a system message has none and stays as it is.</summary>
    let withName (name: string) (message: Message) : Message =
        match message with
        | Message.System _ -> message
        | Message.User user -> Message.User { user with name = Some name }
        | Message.Assistant assistant -> Message.Assistant { assistant with Name = Some name }
