// A complete answer with the call around it, and how its content is shown as text.
namespace Llm.Core

open System

/// <summary>Something the caller asked for that this provider does not have; the call went on without it.</summary>
type Warning =
    {
        /// Id of the provider.
        Provider: string
        /// The model, as the provider names it.
        Model: string
        /// What was left out, such as <c>top_k</c>.
        Feature: string
        /// One line for people.
        Message: string
    }

/// Functions on <see cref="T:Llm.Core.Warning"/>.
[<RequireQualifiedAccess>]
module Warning =
    /// <summary>A parameter that was left out.</summary>
    let skipped (provider: string) (model: string) (parameter: string) (value: string) : Warning =
        {
            Provider = provider
            Model = model
            Feature = parameter
            Message = $"Skipping unsupported parameter: {parameter}={value} (provider: {provider} with model_id: {model})"
        }

/// <summary>A complete answer.</summary>
type Response =
    {
        /// The provider's id of the answer.
        Id: string option
        /// Id of the provider that was asked.
        Provider: string
        /// The wire format that was used.
        Api: string
        /// The model id that was asked, such as <c>openai/gpt-5</c>.
        ModelId: string
        /// The model that answered, as the provider names it.
        ProviderModel: string
        /// The parameters of the call.
        Params: Params
        /// What the model was allowed to use.
        Tools: ToolRequest
        /// What the answer was asked to look like, with the mode that was chosen.
        Format: OutputFormat option
        /// The conversation that was sent, as the caller gave it: a call holds on to a history and never copies it.
        Sent: Message list
        /// The answer as the message that follows.
        Answer: AssistantMessage
        /// What the model said.
        Content: AssistantPart list
        /// Why it stopped, if not normally.
        FinishReason: FinishReason option
        /// What was used; None when the provider has not said.
        Usage: Usage option
        /// What was asked for and left out.
        Warnings: Warning list
        /// The provider's id of the request, to quote to its support.
        RequestId: string option
        /// What is left of the provider's limits.
        RateLimits: RateLimits option
        /// The body as it came; None for a stream.
        Raw: Json option
        /// When it was asked for.
        StartedAt: DateTimeOffset
        /// When it was whole.
        EndedAt: DateTimeOffset
        /// What the prompt was made of besides its input, by name, such as answers of other calls.
        Fields: (string * string) list
        /// The caller's own notes on the prompt, by name.
        Metadata: (string * string) list
    }

    /// <summary>
    /// The conversation, this answer's message included. The list is made anew each time: ask once, not in a loop.
    /// <c>Model.resume</c> goes on without it.
    /// </summary>
    member this.Messages: Message list = this.Sent @ [ Message.Assistant this.Answer ]

/// How content is shown as text; the views of a stream give the same piece by piece.
[<RequireQualifiedAccess>]
module Content =
    /// Between two parts of a pretty text.
    let internal partSeparator = "\n\n"

    /// What stands before a tool call's arguments.
    let internal toolCallHeader (name: string) = $"**ToolCall ({name}):** "

    /// What stands before a thought.
    let internal thoughtHeader = "**Thinking:**\n  "

    /// A thought's lines are indented.
    let internal indentThought (thought: string) = thought.Replace("\n", "\n  ")

    let private said (content: AssistantPart list) : string list =
        content
        |> List.choose (fun part ->
            match part with
            | AssistantPart.Text text -> Some text
            | AssistantPart.Audio audio when audio.Transcript <> "" -> Some audio.Transcript
            | _ -> None)

    /// <summary>The texts of the parts, joined by line breaks. Audio counts by its transcript.</summary>
    /// <example><c>Content.text [ AssistantPart.Text "a"; AssistantPart.Thought "t"; AssistantPart.Text "b" ]</c> evaluates to <c>"a\nb"</c>.</example>
    let text (content: AssistantPart list) : string =
        match content with
        // Nearly every answer, which is not copied.
        | [ AssistantPart.Text text ] -> text
        | _ -> said content |> String.concat "\n"

    /// The texts of the parts with nothing between them: JSON may be cut into parts anywhere.
    let internal joined (content: AssistantPart list) : string = said content |> String.concat ""

    /// One part as readable text.
    let internal prettyPart (part: AssistantPart) : string =
        match part with
        | AssistantPart.Text text -> text
        | AssistantPart.Thought thought -> thoughtHeader + indentThought thought
        | AssistantPart.ToolCall call -> toolCallHeader call.Name + call.Arguments
        | AssistantPart.Audio audio -> audio.Transcript
        | AssistantPart.Image(Image.Inline(mediaType, data)) -> $"**Image ({mediaType}, {data.Length} bytes)**"
        | AssistantPart.Image(Image.Url url) -> $"**Image:** {url}"
        | AssistantPart.Other other -> $"**{other.Kind}**"

    /// <summary>All parts as readable text, separated by blank lines.</summary>
    /// <example><c>Content.pretty [ AssistantPart.Thought "a\nb"; AssistantPart.Text "c" ]</c> evaluates to <c>"**Thinking:**\n  a\n  b\n\nc"</c>.</example>
    let pretty (content: AssistantPart list) : string =
        content |> List.map prettyPart |> List.filter (fun text -> text <> "") |> String.concat partSeparator

    /// The tool calls, in order.
    let toolCalls (content: AssistantPart list) : ToolCall list =
        content
        |> List.choose (fun part ->
            match part with
            | AssistantPart.ToolCall call -> Some call
            | _ -> None)

    /// The thoughts, in order.
    let thoughts (content: AssistantPart list) : string list =
        content
        |> List.choose (fun part ->
            match part with
            | AssistantPart.Thought thought -> Some thought
            | _ -> None)

    /// The texts, in order.
    let texts (content: AssistantPart list) : string list =
        content
        |> List.choose (fun part ->
            match part with
            | AssistantPart.Text text -> Some text
            | _ -> None)

    /// The content as a caller sees it who asked not to see thoughts.
    let internal withoutThoughts (content: AssistantPart list) : AssistantPart list =
        content
        |> List.filter (fun part ->
            match part with
            | AssistantPart.Thought _ -> false
            | _ -> true)

/// Functions on <see cref="T:Llm.Core.Response"/>.
[<RequireQualifiedAccess>]
module Response =
    /// <summary>The texts of the answer, joined by line breaks.</summary>
    let text (response: Response) : string = Content.text response.Content

    /// <summary>All parts of the answer as readable text.</summary>
    let pretty (response: Response) : string = Content.pretty response.Content

    /// <summary>The tool calls of the answer, in order.</summary>
    let toolCalls (response: Response) : ToolCall list = Content.toolCalls response.Content

    /// <summary>The thoughts of the answer, in order.</summary>
    let thoughts (response: Response) : string list = Content.thoughts response.Content

    /// <summary>How long the answer took, from when it was asked for until it was whole.</summary>
    let duration (response: Response) : TimeSpan = response.EndedAt - response.StartedAt

    /// <summary>The answer as a message: the last one of the conversation.</summary>
    let message (response: Response) : Message = Message.Assistant response.Answer

    /// The conversation, and what follows it. The history is copied once.
    let internal followedBy (next: Message list) (response: Response) : Message list = response.Sent @ message response :: next

/// <summary>How a stream ended. Only <c>Complete</c> is an answer; what the others had so far is for the caller to judge.</summary>
[<RequireQualifiedAccess>]
type StreamEnd =
    /// The proof of completeness came.
    | Complete of Response
    /// The bytes ended before the proof.
    | Truncated of partial: Reply
    /// The provider, the connection or a limit broke it off.
    | Failed of partial: Reply * error: LlmError
    /// The caller cancelled it.
    | Cancelled of partial: Reply

/// Functions on <see cref="T:Llm.Core.StreamEnd"/>.
[<RequireQualifiedAccess>]
module StreamEnd =
    /// <summary>The response of a complete stream; of any other the error that it is. The provider's id is for the message.</summary>
    let toResult (provider: string) (ending: StreamEnd) : Result<Response, LlmError> =
        match ending with
        | StreamEnd.Complete response -> Ok response
        | StreamEnd.Truncated _ -> Error(LlmError.Truncated provider)
        | StreamEnd.Failed(_, error) -> Error error
        | StreamEnd.Cancelled _ -> Error(LlmError.Cancelled provider)
