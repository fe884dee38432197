// What a call is asked with: the messages, and what a prompt may decide besides them. Made by prompt functions, read by calls.
namespace Llm.Core

/// <summary>
/// A prompt: the conversation that is sent, and what goes with it. A prompt function may also choose tools and parameters by its input; they
/// take the place of those of the call.
/// </summary>
type Prompt =
    {
        /// The conversation that is sent.
        Messages: Message list
        /// Tools in place of the call's own; None keeps those.
        Tools: ToolRequest option
        /// Parameters in place of the call's own; None keeps those.
        Params: Params option
        /// What it was made of besides its input, by name, such as answers of other calls: stays visible on the response and in a trace.
        Fields: (string * string) list
        /// The caller's own notes, by name: stay visible on the response.
        Metadata: (string * string) list
    }

/// <summary>Functions on <see cref="T:Llm.Core.Prompt"/>.</summary>
[<RequireQualifiedAccess>]
module Prompt =
    /// <summary>A conversation.</summary>
    let ofMessages (messages: Message list) : Prompt = { Messages = messages; Tools = None; Params = None; Fields = []; Metadata = [] }

    /// <summary>A user's text.</summary>
    /// <example><c>Prompt.user $"Translate: {text}" |> Prompt.withField "text" text</c></example>
    let user (text: string) : Prompt = ofMessages [ Message.user text ]

    /// <summary>The prompt with these tools in place of the call's.</summary>
    let withTools (tools: ToolRequest) (prompt: Prompt) : Prompt = { prompt with Tools = Some tools }

    /// <summary>The prompt with these parameters in place of the call's.</summary>
    let withParams (parameters: Params) (prompt: Prompt) : Prompt = { prompt with Params = Some parameters }

    /// Each name stands once, where it was first named, with what it was last given.
    let private named (name: string) (value: string) (pairs: (string * string) list) : (string * string) list =
        if pairs |> List.exists (fun (known, _) -> known = name) then
            pairs |> List.map (fun (known, old) -> known, (if known = name then value else old))
        else
            pairs @ [ name, value ]

    /// <summary>The prompt with something that it was made of, as text; a name that is there already gets the new text.</summary>
    let withField (name: string) (value: string) (prompt: Prompt) : Prompt = { prompt with Fields = named name value prompt.Fields }

    /// <summary>The prompt with a note of the caller's; a name that is there already gets the new one.</summary>
    /// <example><c>Prompt.user "Hi" |> Prompt.withMetadata "version" "2"</c> has the <c>Metadata</c> <c>[ "version", "2" ]</c>.</example>
    let withMetadata (name: string) (value: string) (prompt: Prompt) : Prompt = { prompt with Metadata = named name value prompt.Metadata }
