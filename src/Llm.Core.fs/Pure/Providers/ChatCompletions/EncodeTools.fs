// Writes the tools of a chat completions request, the choice among them, and the format of the answer. Called by Encode, with a request
// whose format has its mode.
namespace Llm.Core

open System.Text.Json

[<RequireQualifiedAccess>]
module internal ChatTools =
    let private writeTool (dialect: ChatDialect) (tool: ToolDefinition) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writer.WriteString("type", "function")
            writer.WritePropertyName "function"
            Wire.object writer (fun () -> OpenAISchema.writeFunction dialect.ToolStrict tool writer))

    let private writeChoice (target: ChatTarget) (choice: ToolChoice) (writer: Utf8JsonWriter) =
        match choice with
        | ToolChoice.Auto -> ()
        | ToolChoice.None -> writer.WriteString("tool_choice", "none")
        | ToolChoice.Required -> writer.WriteString("tool_choice", "required")
        | ToolChoice.One name ->
            writer.WritePropertyName "tool_choice"

            Wire.object writer (fun () ->
                writer.WriteString("type", "function")
                writer.WritePropertyName "function"
                Wire.object writer (fun () -> writer.WriteString("name", name)))

            // Structured output is one value.
            if OutputFormat.isFormatTool name && target.Model.LimitsCalls then
                writer.WriteBoolean("parallel_tool_calls", false)

    let private writeTools (target: ChatTarget) (writer: Utf8JsonWriter) =
        let tools = FormatSupport.tools target.Request

        let isForbidden = tools.Choice.IsNone && not target.Model.TakesNoTool

        if not (List.isEmpty tools.Definitions || isForbidden) then
            writer.WritePropertyName "tools"

            Wire.array writer (fun () ->
                for tool in tools.Definitions do
                    writeTool target.Dialect tool writer)

            writeChoice target tools.Choice writer

    let private writeFormat (target: ChatTarget) (writer: Utf8JsonWriter) =
        match target.Request.Format with
        | Some({ Mode = Some FormatMode.Strict } as format) ->
            writer.WritePropertyName "response_format"

            Wire.object writer (fun () ->
                writer.WriteString("type", "json_schema")
                writer.WritePropertyName "json_schema"
                Wire.object writer (fun () -> OpenAISchema.writeFormat format writer))
        | Some { Mode = Some FormatMode.Json } when target.Model.Formats.JsonObjects.IsYes ->
            writer.WritePropertyName "response_format"
            Wire.object writer (fun () -> writer.WriteString("type", "json_object"))
        | _ -> ()

    /// The members of the body.
    let write (target: ChatTarget) (writer: Utf8JsonWriter) : unit =
        writeTools target writer
        writeFormat target writer
