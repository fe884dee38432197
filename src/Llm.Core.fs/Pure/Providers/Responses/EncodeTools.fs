// Writes the tools of a Responses call, the choice among them, and the format of the answer. Called by Encode, with a request whose format
// has its mode and whose provider's tools the vendor has.
namespace Llm.Core

open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesTools =
    /// The type by which a tool of the provider is asked for; None where the vendor lacks it.
    let private providedType (dialect: ResponsesDialect) (tool: ProviderTool) : string option =
        match tool with
        | ProviderTool.WebSearch -> dialect.WebSearch

    let private missing (dialect: ResponsesDialect) (provided: ProviderTool list) : ProviderTool option =
        provided |> List.tryFind (fun tool -> (providedType dialect tool).IsNone)

    /// The request, when the vendor has all tools of the provider's that it asks for.
    let check (dialect: ResponsesDialect) (request: Request) : Result<Request, LlmError> =
        let lacking = if request.Tools.Provided.IsEmpty then None else missing dialect request.Tools.Provided

        match lacking with
        | Some ProviderTool.WebSearch ->
            let instead = "take a provider that searches, such as openai, or give the model a tool of your own"
            Error(LlmError.FeatureNotSupported("web search", dialect.Provider, Some request.Model, Some instead))
        | None -> Ok request

    let private writeTyped (kind: string) (members: unit -> unit) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writer.WriteString("type", kind)
            members ())

    let private writeNamed (name: string) (writer: Utf8JsonWriter) =
        writer |> writeTyped "function" (fun () -> writer.WriteString("name", name))

    let private writeChoice (request: Request) (tools: ToolRequest) (provided: string list) (writer: Utf8JsonWriter) =
        match tools.Choice, request.Format with
        | ToolChoice.Auto, _ -> ()
        | ToolChoice.None, _ -> writer.WriteString("tool_choice", "none")
        // With "required" alone a search would do, and the answer come as plain text.
        | ToolChoice.Required, Some { Mode = Some FormatMode.Tool } ->
            writer.WritePropertyName "tool_choice"

            writer
            |> writeTyped "allowed_tools" (fun () ->
                writer.WriteString("mode", "required")
                writer.WritePropertyName "tools"

                Wire.array writer (fun () ->
                    for tool in tools.Definitions do
                        writeNamed tool.Name writer

                    for kind in provided do
                        writeTyped kind ignore writer))
        | ToolChoice.Required, _ -> writer.WriteString("tool_choice", "required")
        | ToolChoice.One name, _ ->
            writer.WritePropertyName "tool_choice"
            writeNamed name writer

    let private writeTools (dialect: ResponsesDialect) (request: Request) (writer: Utf8JsonWriter) =
        let tools = FormatSupport.tools request

        let provided =
            match tools.Provided with
            | [] -> []
            | asked -> asked |> List.distinct |> List.choose (providedType dialect)

        if not (List.isEmpty tools.Definitions && List.isEmpty provided) then
            writer.WritePropertyName "tools"

            Wire.array writer (fun () ->
                for tool in tools.Definitions do
                    writer |> writeTyped "function" (fun () -> OpenAISchema.writeFunction (Some true) tool writer)

                for kind in provided do
                    writeTyped kind ignore writer)

            writeChoice request tools provided writer

    let private writeText (format: Utf8JsonWriter -> unit) (writer: Utf8JsonWriter) =
        writer.WritePropertyName "text"

        Wire.object writer (fun () ->
            writer.WritePropertyName "format"
            format writer)

    let private writeFormat (dialect: ResponsesDialect) (request: Request) (writer: Utf8JsonWriter) =
        match request.Format with
        | Some({ Mode = Some FormatMode.Strict } as format) ->
            writer
            |> writeText (fun writer -> writer |> writeTyped "json_schema" (fun () -> OpenAISchema.writeFormat format writer))
        | Some { Mode = Some FormatMode.Json } when (dialect.Formats request.Model).JsonObjects.IsYes ->
            writer |> writeText (writeTyped "json_object" ignore)
        | _ -> ()

    /// The members of the body.
    let write (dialect: ResponsesDialect) (request: Request) (writer: Utf8JsonWriter) : unit =
        writeTools dialect request writer
        writeFormat dialect request writer
