// The most tokens that a prompt can take, for budgets: counted without the model's own tokenizer, so from above. A token of text has at
// least one byte, because tokenizers of today fall back to bytes.
namespace Llm.Core

open System.Text

/// <summary>Upper bounds of what a call uses.</summary>
[<RequireQualifiedAccess>]
module TokenBound =
    /// For what stands between messages, and what providers say to their models about tools and formats.
    let private perMessage = 16L

    let private perUse = 1024L

    let private bytes (text: string) = int64 (Encoding.UTF8.GetByteCount text)

    let private sum (bounds: int64 option list) : int64 option =
        (Some 0L, bounds) ||> List.fold (fun total bound -> Option.map2 (+) total bound)

    let private ofUserPart (part: UserPart) : int64 option =
        match part with
        | UserPart.Text text -> Some(bytes text)
        | UserPart.ToolOutput output -> Some(bytes output.Id + bytes output.Name + bytes output.Result + perMessage)
        | _ -> None

    let private ofAssistantPart (part: AssistantPart) : int64 option =
        match part with
        | AssistantPart.Text text
        | AssistantPart.Thought text -> Some(bytes text)
        | AssistantPart.ToolCall call -> Some(bytes call.Id + bytes call.Name + bytes call.Arguments + perMessage)
        | _ -> None

    let private ofMessage (message: Message) : int64 option =
        match message with
        | Message.System text -> Some(bytes text)
        | Message.User user -> user.Content |> List.map ofUserPart |> sum
        | Message.Assistant assistant ->
            let native = assistant.Origin |> Option.bind _.Native |> Option.map (Json.text >> bytes) |> Option.defaultValue 0L
            assistant.Content |> List.map ofAssistantPart |> sum |> Option.map (max native)

    let private ofTools (tools: ToolRequest) : int64 option =
        if not tools.Provided.IsEmpty then
            None
        elif tools.Definitions.IsEmpty then
            Some 0L
        else
            let each (tool: ToolDefinition) = bytes tool.Name + bytes tool.Description + bytes (Json.text tool.Parameters) + perMessage
            Some(perUse + List.sumBy each tools.Definitions)

    let private ofFormat (format: OutputFormat) : int64 =
        let texts = [ Some format.Name; format.Description; format.Instructions ] |> List.choose id
        // The schema may stand both in the request and in the instructions.
        perUse + List.sumBy bytes texts + 2L * bytes (Json.text format.Schema)

    /// <summary>
    /// The most tokens of the input; None where the prompt holds images, audio or documents, or the provider runs tools of its own: those are
    /// not counted by their letters.
    /// </summary>
    let input (messages: Message list) (tools: ToolRequest) (format: OutputFormat option) : int64 option =
        [
            for message in messages do
                ofMessage message |> Option.map (fun bound -> bound + perMessage)

            ofTools tools
            Some(format |> Option.map ofFormat |> Option.defaultValue 0L)
        ]
        |> sum

    /// <summary>The most that a call uses; None without <c>MaxTokens</c>, and where the input has no bound.</summary>
    let usage (messages: Message list) (tools: ToolRequest) (format: OutputFormat option) (parameters: Params) : Usage option =
        (input messages tools format, parameters.MaxTokens)
        ||> Option.map2 (fun input output -> { Usage.zero with InputTokens = input; OutputTokens = int64 output })
