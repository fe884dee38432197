// Structured output as a provider sees it: a schema, and the way in which the model is held to it. How types become schemas and answers
// become values stands in Schema.fs and Format.fs.
namespace Llm.Core

open System

/// <summary>How a model is held to a schema.</summary>
[<RequireQualifiedAccess>]
type FormatMode =
    /// The provider enforces the schema.
    | Strict
    /// The provider gives JSON; the schema stands in the instructions.
    | Json
    /// The answer is the arguments of a tool that the model is made to call.
    | Tool
    /// Nothing but instructions; the caller parses the text.
    | Parser

/// <summary>What an answer should look like.</summary>
type OutputFormat =
    {
        /// The name of what is described, such as <c>Book</c>.
        Name: string
        /// What it is, for the model.
        Description: string option
        /// Its JSON Schema: an object.
        Schema: Json
        /// The way; None leaves the choice to the capabilities of provider and model.
        Mode: FormatMode option
        /// What is added to the system message; None for what the mode needs, <c>Some ""</c> for nothing.
        Instructions: string option
    }

/// Functions on <see cref="T:Llm.Core.OutputFormat"/>.
[<RequireQualifiedAccess>]
module OutputFormat =
    /// <summary>The name of the tool that carries structured output in the mode <c>Tool</c>; no other tool may begin with it.</summary>
    let toolName = ToolRequest.reservedPrefix

    /// Whether a tool call is structured output.
    let internal isFormatTool (name: string) = name.StartsWith(toolName, StringComparison.Ordinal)

    /// <summary>What stands in the system message for a mode, unless the caller says otherwise.</summary>
    let instructions (mode: FormatMode) (format: OutputFormat) : string option =
        match format.Instructions, mode with
        | Some "", _ -> None
        | Some own, _ -> Some own
        | None, FormatMode.Tool -> Some $"Always respond to the user's query using the {toolName} tool for structured output."
        | None, FormatMode.Json -> Some $"Respond only with valid JSON that matches this exact schema:\n{Json.indented format.Schema}"
        | None, FormatMode.Strict
        | None, FormatMode.Parser -> None

    /// What the tool that carries structured output says of itself.
    let internal toolDescription (format: OutputFormat) : string =
        let about = format.Description |> Option.map (fun text -> "\n" + text) |> Option.defaultValue ""

        $"Use this tool to extract data in {format.Name} format for a final response.{about}"

    /// The tool that carries structured output. All properties of the format are required, so that none is forgotten; what the format is
    /// called and said to be, the tool says.
    let internal asTool (format: OutputFormat) : ToolDefinition =
        {
            Name = toolName
            Description = toolDescription format
            Parameters = format.Schema |> SchemaRewrite.exactTop |> SchemaRewrite.top (SchemaRewrite.remove [ "title"; "description" ])
            Strict = None
        }

    /// <summary>
    /// The conversation with instructions in its system message: appended to the first one, or as a new first one; unchanged where
    /// they stand at its end already.
    /// </summary>
    let addInstructions (text: string) (messages: Message list) : Message list =
        let rec change (rest: Message list) =
            match rest with
            | [] -> None
            | Message.System system :: others when system.EndsWith(text, StringComparison.Ordinal) -> Some(Message.System system :: others)
            | Message.System system :: others -> Some(Message.System(system + "\n" + text) :: others)
            | message :: others -> change others |> Option.map (fun changed -> message :: changed)

        change messages |> Option.defaultWith (fun () -> Message.System text :: messages)

    let private asText (index: int) (chunk: Chunk) : Chunk =
        match chunk with
        | Chunk.ToolCallStart _ -> Chunk.TextStart index
        | Chunk.ToolCallDelta(_, arguments) -> Chunk.TextDelta(index, arguments)
        | Chunk.ToolCallEnd _ -> Chunk.TextEnd index
        | other -> other

    /// <summary>
    /// The chunk as the caller sees it: what a call of the tool for structured output says is text. The set holds the indices of such calls
    /// so far.
    /// </summary>
    let internal showAsText (carriers: Indices) (chunk: Chunk) : struct (Chunk * Indices) =
        match chunk with
        | Chunk.ToolCallStart(index, _, name) when isFormatTool name -> struct (asText index chunk, ByIndex.add index () carriers)
        | Chunk.ToolCallDelta(index, _)
        | Chunk.ToolCallEnd index when ByIndex.containsKey index carriers -> struct (asText index chunk, carriers)
        | _ -> struct (chunk, carriers)
