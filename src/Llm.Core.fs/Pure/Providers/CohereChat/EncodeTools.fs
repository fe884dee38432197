// Writes the tools of a request in Cohere's v2 chat format, the choice among them, and the format of the answer. Called by Encode, with a
// request whose format has its mode.
namespace Llm.Core

open System.Text.Json

/// What one request is written for.
[<NoComparison; NoEquality>]
type internal CohereTarget = { Dialect: CohereDialect; Model: CohereModel; Request: Request }

[<RequireQualifiedAccess>]
module internal CohereTools =
    let private isDocument (part: UserPart) =
        match part with
        | UserPart.Document _ -> true
        | _ -> false

    /// Cohere keeps to no format beside tools or documents (https://docs.cohere.com/reference/chat, response_format).
    let private enforcesFormat (request: Request) : bool =
        let hasDocuments =
            request.Messages
            |> List.exists (fun message ->
                match message with
                | Message.User user -> List.exists isDocument user.Content
                | Message.System _
                | Message.Assistant _ -> false)

        List.isEmpty request.Tools.Definitions && not hasDocuments

    /// By what the model can be held to a request's format.
    let support (model: CohereModel) (request: Request) : FormatSupport =
        let enforced = if enforcesFormat request then Support.Yes else Support.No

        {
            StrictSchemas = enforced
            StrictMaps = Support.Unknown
            JsonObjects = enforced
            ForcedTools = if model.ChoosesTools then Support.Yes else Support.No
        }

    /// Why a request's tools cannot be sent.
    let refusal (target: CohereTarget) : LlmError option =
        let refused feature alternative =
            Some(LlmError.FeatureNotSupported(feature, target.Dialect.Provider, Some target.Request.Model, Some alternative))

        let strictness = target.Request.Tools.Definitions |> List.map _.Strict

        if not (List.isEmpty target.Request.Tools.Provided) then
            refused "web search" "give the model a tool of your own that searches"
        elif List.contains (Some true) strictness && List.contains (Some false) strictness then
            refused "strictness of some tools only" "make all tools strict, or none: Cohere has one switch for all"
        else
            None

    /// The tools that are shown. One that must be called is shown alone, for Cohere only knows that some tool must be called.
    let private shown (target: CohereTarget) (tools: ToolRequest) : ToolDefinition list =
        match tools.Choice with
        | ToolChoice.One name -> tools.Definitions |> List.filter (fun tool -> tool.Name = name)
        | ToolChoice.None when not target.Model.ChoosesTools -> []
        | ToolChoice.None
        | ToolChoice.Auto
        | ToolChoice.Required -> tools.Definitions

    let private writeTools (target: CohereTarget) (writer: Utf8JsonWriter) =
        let tools = FormatSupport.tools target.Request

        match shown target tools with
        | [] -> ()
        | definitions ->
            writer.WritePropertyName "tools"
            Wire.array writer (fun () -> definitions |> List.iter (fun tool -> Spoken.writeTool tool writer))

            if definitions |> List.exists (fun tool -> Option.contains true tool.Strict) then
                writer.WriteBoolean("strict_tools", true)

            match tools.Choice with
            | ToolChoice.Auto -> ()
            | ToolChoice.None -> writer.WriteString("tool_choice", "NONE")
            | ToolChoice.Required
            | ToolChoice.One _ -> writer.WriteString("tool_choice", "REQUIRED")

    let private writeFormat (target: CohereTarget) (writer: Utf8JsonWriter) =
        let write (members: unit -> unit) =
            writer.WritePropertyName "response_format"

            Wire.object writer (fun () ->
                writer.WriteString("type", "json_object")
                members ())

        match target.Request.Format with
        | Some({ Mode = Some FormatMode.Strict } as format) ->
            write (fun () ->
                writer.WritePropertyName "json_schema"
                Wire.raw (SchemaRewrite.closed format.Schema) writer)
        | Some { Mode = Some FormatMode.Json } when enforcesFormat target.Request -> write ignore
        | _ -> ()

    /// The members of the body.
    let write (target: CohereTarget) (writer: Utf8JsonWriter) : unit =
        writeTools target writer
        writeFormat target writer
