// Tools as a provider sees them: names, descriptions, schemas, and which of them to call. How a tool is run stands with the effects.
namespace Llm.Core

/// <summary>A tool of the caller's that the model may ask to be called.</summary>
type ToolDefinition =
    {
        /// Its name: letters, digits, <c>_</c> and <c>-</c>, at most 64 characters.
        Name: string
        /// What it does and when to use it, for the model.
        Description: string
        /// The JSON Schema of its arguments: an object.
        Parameters: Json
        /// Whether the provider must keep to the schema to the letter; None leaves it to the provider's own default.
        Strict: bool option
    }

/// <summary>A tool that the provider runs by itself.</summary>
[<RequireQualifiedAccess>]
type ProviderTool =
    /// Search of the web, on the providers that have it.
    | WebSearch

/// <summary>Whether and which tools the model should call.</summary>
[<RequireQualifiedAccess>]
type ToolChoice =
    /// As the model sees fit.
    | Auto
    /// None, though they are shown to it.
    | None
    /// At least one, whichever.
    | Required
    /// This one.
    | One of name: string

/// <summary>What a model may use for its answer.</summary>
type ToolRequest =
    {
        /// The caller's tools; their names are unique.
        Definitions: ToolDefinition list
        /// The provider's tools.
        Provided: ProviderTool list
        /// Which to call.
        Choice: ToolChoice
    }

/// Functions on <see cref="T:Llm.Core.ToolRequest"/>.
[<RequireQualifiedAccess>]
module ToolRequest =
    /// No tools at all.
    let none: ToolRequest = { Definitions = []; Provided = []; Choice = ToolChoice.Auto }

    /// What the names of the library's own tools begin with, and no other's.
    let internal reservedPrefix = "__llm_format_tool__"

    let private isNameCharacter (character: char) = System.Char.IsAsciiLetterOrDigit character || character = '_' || character = '-'

    let private isName (name: string) = name <> "" && name.Length <= 64 && String.forall isNameCharacter name

    let private isReserved (name: string) = name.StartsWith(reservedPrefix, System.StringComparison.Ordinal)

    let rec private repeated (names: string list) : string option =
        match names with
        | [] -> None
        | name :: rest -> if List.contains name rest then Some name else repeated rest

    let private validateAsked (tools: ToolRequest) : Result<ToolRequest, LlmError> =
        let names = tools.Definitions |> List.map (fun tool -> tool.Name)
        let refuse reason = Error(LlmError.InvalidRequest("tools", reason))

        match repeated names, tools.Choice with
        | Some name, _ -> refuse $"several tools have the name '{name}'"
        | None, ToolChoice.One name when not (List.contains name names) -> refuse $"the choice names '{name}', which is not among the tools"
        | None, ToolChoice.Required when List.isEmpty names && List.isEmpty tools.Provided ->
            refuse "a tool is required, and there are none"
        | None, _ ->
            match names |> List.tryFind (isName >> not) with
            | Some name -> refuse $"'{name}' is no name for a tool: 1 to 64 letters, digits, _ and - are"
            | None ->
                match names |> List.tryFind isReserved with
                | Some name -> refuse $"'{name}' is a reserved name: those that begin with {reservedPrefix} are the library's own"
                | None -> Ok tools

    /// <summary>
    /// The tools, when their names are unique, not reserved and such as every provider takes, and the choice names one of them; else
    /// <c>InvalidRequest</c>.
    /// </summary>
    let validate (tools: ToolRequest) : Result<ToolRequest, LlmError> =
        match tools with
        | { Definitions = []; Choice = ToolChoice.Auto } -> Ok tools
        | _ -> validateAsked tools
