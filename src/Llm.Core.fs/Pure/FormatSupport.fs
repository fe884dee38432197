// In which way a model is held to a format: chosen from what is known of it, and turned into the messages and tools that the way needs.
// Called by the encoders, before they write.
namespace Llm.Core

/// <summary>What is known of a feature of a model.</summary>
[<RequireQualifiedAccess>]
type Support =
    /// It has it.
    | Yes
    /// Nothing: it is used where the caller asks for it.
    | Unknown
    /// It lacks it: a caller who asks for it is refused.
    | No

/// <summary>By what a model can be held to a format.</summary>
type FormatSupport =
    {
        /// The provider enforces a JSON Schema.
        StrictSchemas: Support
        /// Such a schema may have maps: objects with properties of any name.
        StrictMaps: Support
        /// The provider makes the answer JSON; where that is not known, only the instructions ask for it.
        JsonObjects: Support
        /// A tool's call can be demanded.
        ForcedTools: Support
    }

/// Functions on <see cref="T:Llm.Core.FormatSupport"/>.
[<RequireQualifiedAccess>]
module FormatSupport =
    /// <summary>Of a model of which nothing is known: the default mode is then <c>Tool</c>.</summary>
    let unknown: FormatSupport =
        {
            StrictSchemas = Support.Unknown
            StrictMaps = Support.Unknown
            JsonObjects = Support.Unknown
            ForcedTools = Support.Unknown
        }

    /// <summary>Of a model that has everything, and of whose maps nothing is known: the default mode is then <c>Strict</c>.</summary>
    let full: FormatSupport =
        {
            StrictSchemas = Support.Yes
            StrictMaps = Support.Unknown
            JsonObjects = Support.Yes
            ForcedTools = Support.Yes
        }

    /// <summary>
    /// The mode of a format that leaves it open: the strictest that the model is known to have and the schema allows (a map's names are not
    /// known beforehand, so no provider can hold a model to it), with a tool before plain JSON.
    /// </summary>
    /// <example>
    /// <c>FormatSupport.defaultMode FormatSupport.unknown schema</c> evaluates to <c>FormatMode.Tool</c>.
    /// </example>
    let defaultMode (support: FormatSupport) (schema: Json) : FormatMode =
        match support with
        | { StrictSchemas = Support.Yes } when not (SchemaRewrite.hasMaps schema) -> FormatMode.Strict
        | { ForcedTools = Support.No } -> FormatMode.Json
        | _ -> FormatMode.Tool

    /// What is asked for to the letter, and has a map in it.
    let private strictMap (mode: FormatMode option) (request: Request) : struct (string * string) option =
        let isStrictMap (tool: ToolDefinition) = Option.contains true tool.Strict && SchemaRewrite.hasMaps tool.Parameters

        match mode, request.Format, List.tryFind isStrictMap request.Tools.Definitions with
        | Some FormatMode.Strict, Some format, _ when SchemaRewrite.hasMaps format.Schema ->
            Some(struct ($"format mode strict for the schema of '{format.Name}', which has a map in it", "leave the mode open"))
        | _, _, Some tool -> Some(struct ($"the strict tool '{tool.Name}', whose schema has a map in it", "leave Strict out"))
        | _ -> None

    /// What of a format and a choice of tools the model lacks, and what to do instead.
    let private lacking (support: FormatSupport) (mode: FormatMode option) (request: Request) : struct (string * string) option =
        match mode, request.Tools.Choice with
        | Some FormatMode.Strict, _ when support.StrictSchemas.IsNo ->
            Some(struct ("format mode strict", "leave the mode open, or take another"))
        | Some FormatMode.Tool, _ when support.ForcedTools.IsNo ->
            Some(struct ("format mode tool", "leave the mode open, or take FormatMode.Json"))
        | _, (ToolChoice.Required | ToolChoice.One _) when support.ForcedTools.IsNo ->
            Some(struct ("forced tool choice", "choose ToolChoice.Auto, and say in the prompt which tool to call"))
        | _ when support.StrictMaps.IsNo -> strictMap mode request
        | _ -> None

    /// <summary>
    /// The request with the mode of its format chosen and the mode's instructions in its system message; or <c>FeatureNotSupported</c>, where
    /// it asks for what the model is known to lack.
    /// </summary>
    let internal resolve (provider: string) (support: FormatSupport) (request: Request) : Result<Request, LlmError> =
        let mode =
            request.Format
            |> Option.map (fun format -> format.Mode |> Option.defaultWith (fun () -> defaultMode support format.Schema))

        match lacking support mode request, request.Format, mode with
        | Some(struct (feature, instead)), _, _ -> Error(LlmError.FeatureNotSupported(feature, provider, Some request.Model, Some instead))
        | None, Some format, Some mode ->
            let instructed =
                match OutputFormat.instructions mode format with
                | Some text -> OutputFormat.addInstructions text request.Messages
                | None -> request.Messages

            Ok { request with Messages = instructed; Format = Some { format with Mode = Some mode } }
        | None, _, _ -> Ok request

    /// <summary>
    /// The tools of a resolved request, with the one that carries structured output where the mode is <c>Tool</c>: demanded alone where
    /// there is no other to call, else the model must call some tool, and that one is how it ends.
    /// </summary>
    let internal tools (request: Request) : ToolRequest =
        let asked = request.Tools

        match request.Format with
        | Some({ Mode = Some FormatMode.Tool } as format) ->
            let isAlone = List.isEmpty asked.Definitions && List.isEmpty asked.Provided

            let choice =
                match asked.Choice with
                | ToolChoice.Auto
                | ToolChoice.Required when not isAlone -> ToolChoice.Required
                | ToolChoice.One name -> ToolChoice.One name
                | _ -> ToolChoice.One OutputFormat.toolName

            { asked with Definitions = asked.Definitions @ [ OutputFormat.asTool format ]; Choice = choice }
        | _ -> asked
